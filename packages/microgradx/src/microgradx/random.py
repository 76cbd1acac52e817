"""The default source of randomness: one `numpy.random.Generator` per process.

Everything random takes a generator or a seed of its own; without one it draws from here.
NumPy's global state is neither read nor changed.
"""

from __future__ import annotations

import numpy as np

__all__ = ["as_generator", "default_generator", "manual_seed"]

_default = np.random.default_rng()


def default_generator() -> np.random.Generator:
    """The generator that is used where none is given."""
    return _default


def as_generator(generator: int | np.random.Generator | None) -> np.random.Generator:
    """A generator as it is, a new one of a seed, or the default one for None.

    Raises:
        TypeError: if it is none of these.
        ValueError: if the seed is negative.

    Example:
        >>> float(as_generator(0).random()) == float(np.random.default_rng(0).random())
        True
    """
    if generator is None:
        return _default
    if isinstance(generator, np.random.Generator):
        return generator
    if isinstance(generator, bool) or not isinstance(generator, int | np.integer):
        raise TypeError(
            "`generator` needs a whole number or a numpy.random.Generator, "
            f"got {type(generator).__name__}."
        )
    if generator < 0:
        raise ValueError(f"`generator` needs a seed of 0 or more, got {generator}.")
    return np.random.default_rng(generator)


def manual_seed(seed: int) -> np.random.Generator:
    """Start the default generator anew, so that everything after it can be repeated.

    Args:
        seed: a whole number of 0 or more.

    Returns:
        The default generator.

    Raises:
        TypeError: if `seed` is not a whole number.
        ValueError: if it is negative.

    Example:
        >>> a = manual_seed(7).random()
        >>> a == manual_seed(7).random()
        True
    """
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer):
        raise TypeError(f"manual_seed needs a whole number, got {type(seed).__name__} {seed!r}.")
    if seed < 0:
        raise ValueError(f"manual_seed needs a seed of 0 or more, got {seed}.")
    _default.bit_generator.state = np.random.default_rng(seed).bit_generator.state
    return _default
