"""Runs of 26 kinds, to be stopped and gone on with: see `resume.py`.

As a program it loads a checkpoint in a fresh process, trains to the end, and prints a sum of all
that it came to: python durability/resume_runs.py KIND FILE
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import Any

import numpy as np
from subject import bits

from microgradx import default_generator, manual_seed
from vhgrad import SGD, Adam, AdamW, DataLoader, RMSprop, accuracy, cross_entropy
from vhgrad.checkpoint import load_checkpoint
from vhgrad.nn import BatchNorm1d, Dropout, Linear, Sequential, Tanh
from vhgrad.optim.lr_scheduler import (
    ConstantLR,
    CosineAnnealingLR,
    CosineAnnealingWarmRestarts,
    ExponentialLR,
    LambdaLR,
    LinearLR,
    MultiStepLR,
    OneCycleLR,
    PolynomialLR,
    ReduceLROnPlateau,
    SequentialLR,
    StepLR,
)
from vhgrad.training import EarlyStopping, History, fit, generators

__all__ = ["EPOCHS", "KINDS", "STEPS", "load", "made", "other", "run", "state", "total"]

STEPS, EPOCHS = 8, 27  # of an epoch, and of a run: 216 steps, or 208 with early stopping
_rng = np.random.default_rng(0)
X = _rng.normal(size=(STEPS * 6 - 1, 3)).astype(np.float32)  # the last batch is smaller
Y = _rng.integers(3, size=len(X))
HELD_OUT = [(X[::2] + np.float32(0.3), Y[::2])]

# Each with its settings, and with those that the state has to win over.
OPTIMIZERS: dict[str, tuple[Any, dict[str, Any], dict[str, Any]]] = {
    "SGD": (SGD, {"lr": 0.1}, {"lr": 0.7, "momentum": 0.5}),
    "momentum": (
        SGD,
        {"lr": 0.05, "momentum": 0.9, "nesterov": True, "weight_decay": 1e-3},
        {"lr": 0.7},
    ),
    "Adam": (Adam, {"lr": 0.02}, {"lr": 0.5, "betas": (0.1, 0.2), "eps": 0.1}),
    "AdamW": (AdamW, {"lr": 0.02, "weight_decay": 0.1}, {"lr": 0.5, "betas": (0.5, 0.5)}),
    "RMSprop": (
        RMSprop,
        {"lr": 0.01, "centered": True, "momentum": 0.8},
        {"lr": 0.5, "alpha": 0.1},
    ),
}

# Each made with `b`, whether it is the other one, as settings: x[b] is a pair's first or second.
SCHEDULES: dict[str, Any] = {
    "none": lambda o, b: None,
    "StepLR": lambda o, b: StepLR(o, (4, 1)[b], (0.7, 0.1)[b]),
    "MultiStepLR": lambda o, b: MultiStepLR(o, ([3, 9, 9, 20], [1])[b], (0.5, 0.9)[b]),
    "ExponentialLR": lambda o, b: ExponentialLR(o, (0.93, 0.1)[b]),
    "LambdaLR": lambda o, b: LambdaLR(o, lambda epoch: 1 / (1 + epoch)),  # it is not saved
    "ConstantLR": lambda o, b: ConstantLR(o, (0.3, 0.9)[b], (7, 2)[b]),
    "LinearLR": lambda o, b: LinearLR(o, (0.1, 0.9)[b], 1.0, (15, 3)[b]),
    "PolynomialLR": lambda o, b: PolynomialLR(o, (30, 2)[b], (1.5, 1.0)[b]),
    "CosineAnnealingLR": lambda o, b: CosineAnnealingLR(o, (EPOCHS, 2)[b], (1e-3, 0.0)[b]),
    "restarts": lambda o, b: CosineAnnealingWarmRestarts(o, (4, 9)[b], (2, 1)[b]),
    "OneCycleLR": lambda o, b: OneCycleLR(
        o, (0.1, 0.9)[b], (STEPS * EPOCHS, 999)[b], cycle_momentum=True, pct_start=(0.3, 0.9)[b]
    ),
    "plateau": lambda o, b: ReduceLROnPlateau(
        o, patience=(1, 9)[b], cooldown=(2, 0)[b], factor=(0.6, 0.1)[b]
    ),
    "one after the other": lambda o, b: SequentialLR(
        o,
        [LinearLR(o, (0.2, 0.9)[b], total_iters=(5, 2)[b]), ExponentialLR(o, (0.9, 0.2)[b])],
        ([5], [2])[b],
    ),
}
GROUPED = ("ConstantLR", "CosineAnnealingLR", "MultiStepLR", "OneCycleLR", "none")  # two groups
DROPOUTS = ("no dropout", "dropout", "dropout of its own")
STOPPINGS = ("to the end", "early stopping", "stopping, best weights")


def all_kinds() -> dict[str, tuple[str, str, str, str]]:
    """Every schedule with two optimisers; dropout and stopping change from one to the next."""
    names, kinds = list(OPTIMIZERS), {}
    for k, schedule in enumerate(SCHEDULES):
        for j in range(2):
            dropout, stopping = DROPOUTS[(k + j) % 3], STOPPINGS[(k // 2 + 2 * j) % 3]
            kind = (names[(k + 2 * j) % len(names)], schedule, dropout, stopping)
            kinds[", ".join(kind)] = kind
    return kinds


KINDS = all_kinds()


def made(name: str, b: bool = False) -> dict[str, Any]:
    """All parts of a kind of run; with `b` made of other settings, to load a state into.

    The same are only the sizes, what the arrays mean, and functions, which no file holds.
    """
    optimizer, schedule, dropout, stopping = KINDS[name]
    manual_seed((1, 99)[b])
    drops = {
        "no dropout": [],
        "dropout": [Dropout(0.2)],
        "dropout of its own": [Dropout(0.2, generator=(5, 6)[b]), Dropout(0.1)],
    }
    model = Sequential(
        Linear(3, 8, seed=(1, 8)[b]),
        BatchNorm1d(8),
        Tanh(),
        *drops[dropout],
        Linear(8, 3, generator=(2, 9)[b]),
    )
    kind, first, second = OPTIMIZERS[optimizer]
    parameters = model.parameters()
    groups = [{"params": parameters[:3], "lr": (0.03, 0.9)[b]}, {"params": parameters[3:]}]
    moved = kind(groups if schedule in GROUPED else parameters, **(first, second)[b])
    stop = {
        "to the end": None,
        # best is the first epoch, so it stops after the 26th
        "early stopping": EarlyStopping((25, 1)[b], (9.0, 0.0)[b], ("min", "max")[b], b),
        "stopping, best weights": EarlyStopping((30, 1)[b], 0.0, ("min", "max")[b], not b),
    }
    return {
        "model": model,
        "optimizer": moved,
        "scheduler": SCHEDULES[schedule](moved, b),
        "loader": DataLoader(
            (X, Y),
            6,
            shuffle=True,
            generator=(4, 3)[b],
            transform=noisy if dropout == "dropout" else None,
        ),
        "early_stopping": stop[stopping],
        "history": History(),
    }


def noisy(inputs: Any, generator: np.random.Generator) -> Any:
    """Inputs with noise that the loader's own stream decides."""
    return inputs + 0.1 * generator.standard_normal(inputs.shape, dtype=np.float32)


def other(name: str, path: Path | None) -> dict[str, Any]:
    """Fresh parts made otherwise, and filled from a file; without one, those of a new run."""
    parts = made(name, b=path is not None)
    if path is not None:
        load(path, parts)
    return parts


def load(path: Path, parts: dict[str, Any]) -> None:
    """Fill all parts and generators from a file."""
    load_checkpoint(path, **parts, generator=generators(parts["model"]))


def run(parts: dict[str, Any], **settings: Any) -> None:
    """Train to the end, or until a callback stops it."""
    fit(
        parts["model"],
        parts["loader"],
        loss=cross_entropy,
        optimizer=parts["optimizer"],
        epochs=EPOCHS,
        validation=HELD_OUT,
        metrics=accuracy,
        scheduler=parts["scheduler"],
        early_stopping=parts["early_stopping"],
        clip=1.0,
        history=parts["history"],
        **settings,
    )


def total(parts: dict[str, Any]) -> int:
    """How many steps a run has made."""
    return parts["history"].epochs * STEPS + parts["history"].steps


def state(parts: dict[str, Any]) -> str:
    """A sum over all states, to the bit; only the time that epochs took is left out."""
    states = {name: part.state_dict() for name, part in parts.items() if part is not None}
    states["history"]["seconds"] = 0.0
    states["history"]["columns"].pop("seconds", None)
    streams = {
        name: stream.bit_generator.state for name, stream in generators(parts["model"]).items()
    }
    return hashlib.sha256(repr([bits(states), bits(streams)]).encode()).hexdigest()


if __name__ == "__main__":
    default_generator().random(7)  # wherever this process stands, the file decides
    resumed = other(sys.argv[1], Path(sys.argv[2]))
    run(resumed)
    print(state(resumed))
