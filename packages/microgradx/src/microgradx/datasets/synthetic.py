"""Points in the plane with a class each, and a noisy curve: small enough to look at.

The functions with classes return `(X, y)`: points as float64 of shape `(n, 2)`, classes as int64 of
shape `(n,)`. Neighbouring rows belong to different classes, so the first half is as mixed as all.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from microgradx.random import as_generator

__all__ = ["make_circles", "make_moons", "make_sine", "make_spiral", "make_xor"]

Points = tuple[NDArray[np.float64], NDArray[np.int64]]
Seed = int | np.random.Generator | None


def make_xor() -> Points:
    """The four rows of exclusive or: the smallest task that no straight line can solve.

    Example:
        >>> X, y = make_xor()
        >>> X.tolist(), y.tolist()
        ([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0])
    """
    X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    return X, np.array([0, 1, 1, 0], dtype=np.int64)


def make_spiral(
    samples: int = 300, *, classes: int = 3, noise: float = 0.2, seed: Seed = None
) -> Points:
    """Arms that wind around each other, one per class.

    Args:
        samples: number of points, shared out evenly.
        classes: number of arms.
        noise: standard deviation of the angle, in radians.
        seed: a whole number or a generator; None takes the default generator.

    Source:
        Karpathy, CS231n notes (2015), "Putting it together: minimal neural network case study".

    Example:
        >>> X, y = make_spiral(6, seed=0)
        >>> X.shape, y.tolist()
        ((6, 2), [0, 1, 2, 0, 1, 2])
    """
    rng, y = start(samples, classes, noise, seed)
    radius = rng.uniform(0.05, 1.0, samples)
    angle = 4 * radius + 2 * math.pi * y / classes + rng.normal(0.0, noise, samples)
    return polar(radius, angle), y


def make_moons(samples: int = 200, *, noise: float = 0.1, seed: Seed = None) -> Points:
    """Two half circles that reach into each other.

    Args:
        samples: number of points, shared out evenly.
        noise: standard deviation of both coordinates.
        seed: a whole number or a generator; None takes the default generator.

    Source:
        scikit-learn, `sklearn.datasets.make_moons`; here the angle is random, not in equal steps.

    Example:
        >>> X, y = make_moons(100, noise=0.0, seed=0)
        >>> upper = X[y == 0]
        >>> bool(np.allclose(np.hypot(*upper.T), 1.0))
        True
    """
    rng, y = start(samples, 2, noise, seed)
    upper = polar(np.ones(samples), rng.uniform(0.0, math.pi, samples))
    lower = np.array([1.0, 0.5]) - upper
    return np.where(y[:, None] == 0, upper, lower) + rng.normal(0.0, noise, (samples, 2)), y


def make_circles(
    samples: int = 200, *, factor: float = 0.5, noise: float = 0.05, seed: Seed = None
) -> Points:
    """A circle inside another one; class 1 is the inner.

    Args:
        samples: number of points, shared out evenly.
        factor: radius of the inner circle; the outer one's is 1.
        noise: standard deviation of both coordinates.
        seed: a whole number or a generator; None takes the default generator.

    Source:
        scikit-learn, `sklearn.datasets.make_circles`; here the angle is random, not in equal steps.

    Example:
        >>> X, y = make_circles(4, noise=0.0, seed=0)
        >>> np.hypot(*X.T).round(12).tolist()
        [1.0, 0.5, 1.0, 0.5]
    """
    if not 0 < factor < 1:
        raise ValueError(f"`factor` needs to be between 0 and 1, got {factor}.")
    rng, y = start(samples, 2, noise, seed)
    circle = polar(np.where(y == 0, 1.0, factor), rng.uniform(0.0, 2 * math.pi, samples))
    return circle + rng.normal(0.0, noise, (samples, 2)), y


def make_sine(
    samples: int = 200, *, noise: float = 0.1, seed: Seed = None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """One wave of a sine, measured with noise: a curve to fit, where the right answer is known.

    Args:
        samples: number of points, at random places from -π to π.
        noise: standard deviation of what is added to the sine.
        seed: a whole number or a generator; None takes the default generator.

    Returns:
        `(X, y)`: places, shape `(n, 1)`, and measured heights, shape `(n,)`.

    Example:
        >>> X, y = make_sine(5, noise=0.0, seed=0)
        >>> bool(np.allclose(y, np.sin(X[:, 0])))
        True
    """
    rng, _ = start(samples, 1, noise, seed)
    X = rng.uniform(-math.pi, math.pi, (samples, 1))
    return X, np.sin(X[:, 0]) + rng.normal(0.0, noise, samples)


def start(
    samples: int, classes: int, noise: float, seed: Seed
) -> tuple[np.random.Generator, NDArray[np.int64]]:
    """What every set begins with: checked settings, a generator, and the classes in turn."""
    for name, number in (("samples", samples), ("classes", classes)):
        if isinstance(number, bool) or not isinstance(number, int | np.integer):
            raise TypeError(
                f"`{name}` needs a whole number, got {type(number).__name__} {number!r}."
            )
        if number < 1:
            raise ValueError(f"`{name}` needs to be 1 or more, got {number}.")
    if not 0 <= noise < math.inf:
        raise ValueError(f"`noise` needs to be a finite number, 0 or more, got {noise}.")
    return as_generator(seed), np.arange(samples, dtype=np.int64) % classes


def polar(radius: NDArray[np.float64], angle: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points from their distance to the origin and their direction."""
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
