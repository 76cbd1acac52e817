"""The default source of randomness: one `Generator` per process.

Everything random takes a generator or a seed of its own; without one it draws from here.
NumPy's global state is neither read nor changed.
"""

from __future__ import annotations

import numpy as np

from microgradx.generator import Generator, checked_seed

__all__ = ["Generator", "as_generator", "default_generator", "manual_seed"]

_default = Generator()


def default_generator() -> Generator:
    """The generator that is used where none is given; every thread of a process has the same.

    Example:
        >>> _ = manual_seed(0)
        >>> first = default_generator().random()
        >>> _ = manual_seed(0)
        >>> first == default_generator().random()
        True
    """
    return _default


def as_generator(generator: int | np.random.Generator | None) -> np.random.Generator:
    """A generator as it is, a new one of a seed, or the default one for None.

    Raises:
        TypeError: if it is none of these.
        ValueError: if the seed is negative.

    Example:
        >>> as_generator(0).random() == np.random.default_rng(0).random()
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
    return Generator(checked_seed(generator, "`generator`"))


def manual_seed(seed: int) -> Generator:
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
    _default.load_state_dict(Generator(checked_seed(seed, "manual_seed")).state_dict())
    return _default
