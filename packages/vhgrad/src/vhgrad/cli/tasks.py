"""The tasks that `vhgrad train` knows: data, network, and settings that work.

This table is all that `vhgrad evaluate` and `vhgrad predict` can build: a checkpoint says which
task it belongs to, and nothing else in it decides what is made.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vhgrad.data import (
    CIFAR10_CLASSES,
    Compose,
    DatasetError,
    Normalize,
    RandomCrop,
    RandomHorizontalFlip,
    RandomShift,
    load_cifar10,
    load_mnist,
    make_moons,
    make_spiral,
    make_xor,
)
from vhgrad.nn import MLP, Conv2d, Flatten, Linear, MaxPool2d, Module, ReLU, Sequential

__all__ = ["TASKS", "Task", "digits"]

Split = tuple[NDArray[Any], NDArray[Any]]


@dataclass(frozen=True)
class Task:
    """One line of the table.

    Attributes:
        load: `(samples, generator, data_dir)` to training and test set.
        network: an untrained network from a seed.
        shape: of one example.
        classes: their names.
        samples: how many are made where nothing is asked; None is all there are.
        most_samples: how many there can be.
        epochs: how often to go through them.
        batch_size: samples per step, where there are plenty.
        lr: learning rate at the start.
        moved: what may happen to an image without its being another: changes batches in training.
    """

    load: Callable[[int | None, np.random.Generator, str | None], tuple[Split, Split]]
    network: Callable[[int], Module]
    shape: tuple[int, ...]
    classes: tuple[str, ...]
    samples: int | None
    most_samples: int
    epochs: int
    batch_size: int
    lr: float
    moved: Any = None

    @property
    def images(self) -> bool:
        """Whether the examples are images, which are brought to mean 0 and spread 1."""
        return len(self.shape) == 3

    def transform(self, normalize: Normalize | None) -> Any:
        """What the loader does to a batch in training."""
        return Compose([self.moved, normalize]) if self.moved and normalize else normalize


def xor(samples: int | None, rng: np.random.Generator, data_dir: str | None) -> tuple[Split, Split]:
    """The four rows, for training and for the test."""
    X, y = make_xor()
    return (X[:samples], y[:samples]), (X, y)


def spiral(
    samples: int | None, rng: np.random.Generator, data_dir: str | None
) -> tuple[Split, Split]:
    """Three arms, and 1,000 other points of them for the test."""
    return make_spiral(samples or 600, seed=rng), make_spiral(1000, seed=rng)


def moons(
    samples: int | None, rng: np.random.Generator, data_dir: str | None
) -> tuple[Split, Split]:
    """Two half moons, and 1,000 other points of them for the test."""
    return make_moons(samples or 600, seed=rng), make_moons(1000, seed=rng)


def mnist(
    samples: int | None, rng: np.random.Generator, data_dir: str | None
) -> tuple[Split, Split]:
    """Handwritten digits: some training images, drawn at random, or all; and all test images."""
    train, test = load_mnist(data_dir)
    X, y = some(train, samples, rng)
    return (X.reshape(-1, 1, 28, 28), y), (test[0].reshape(-1, 1, 28, 28), test[1])


def cifar10(
    samples: int | None, rng: np.random.Generator, data_dir: str | None
) -> tuple[Split, Split]:
    """Small colour photographs of ten kinds."""
    train, test = load_cifar10(data_dir)
    return some(train, samples, rng), test


def some(split: Split, samples: int | None, rng: np.random.Generator) -> Split:
    """So many examples, drawn at random."""
    X, y = split
    if samples is None:
        return X, y
    if samples > len(X):
        raise DatasetError(
            f"The files hold {len(X):,} training images, {samples:,} were asked for."
        )
    chosen = rng.permutation(len(X))[:samples]
    return X[chosen], y[chosen]


def digits(seed: int) -> Module:
    """For images of 28 by 28: two hidden layers, 256 and 128 neurons."""
    return Sequential(Flatten(), MLP(784, (256, 128, 10), activation="relu", seed=seed))


def photographs(seed: int) -> Module:
    """For colour images of 32 by 32: two layers of filters, one hidden layer of 128 neurons."""
    rng = np.random.default_rng(seed)
    return Sequential(
        Conv2d(3, 32, 3, padding=1, generator=rng),
        MaxPool2d(2),
        ReLU(),
        Conv2d(32, 64, 3, padding=1, generator=rng),
        MaxPool2d(2),
        ReLU(),
        Flatten(),
        Linear(4096, 128, generator=rng),
        ReLU(),
        Linear(128, 10, generator=rng),
    )


TASKS = {
    "xor": Task(
        xor,
        lambda seed: MLP(2, (8, 2), seed=seed),
        shape=(2,),
        classes=("0", "1"),
        samples=4,
        most_samples=4,
        epochs=100,
        batch_size=4,
        lr=0.05,
    ),
    "spiral": Task(
        spiral,
        lambda seed: MLP(2, (32, 32, 3), activation="relu", seed=seed),
        shape=(2,),
        classes=("0", "1", "2"),
        samples=600,
        most_samples=10**6,
        epochs=100,
        batch_size=64,
        lr=0.01,
    ),
    "moons": Task(
        moons,
        lambda seed: MLP(2, (16, 16, 2), activation="relu", seed=seed),
        shape=(2,),
        classes=("0", "1"),
        samples=600,
        most_samples=10**6,
        epochs=50,
        batch_size=64,
        lr=0.01,
    ),
    "mnist": Task(
        mnist,
        digits,
        shape=(1, 28, 28),
        classes=tuple("0123456789"),
        samples=None,
        most_samples=60_000,
        epochs=10,
        batch_size=64,
        lr=0.001,
        moved=RandomShift(1),
    ),
    "cifar10": Task(
        cifar10,
        photographs,
        shape=(3, 32, 32),
        classes=tuple(CIFAR10_CLASSES),
        samples=None,
        most_samples=50_000,
        epochs=12,
        batch_size=64,
        lr=0.002,
        moved=Compose([RandomHorizontalFlip(), RandomCrop(32, padding=2)]),
    ),
}
