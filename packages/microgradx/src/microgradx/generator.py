"""`Generator`: NumPy's generator of random numbers, with a state that is plain data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

__all__ = ["Generator", "checked_seed"]

LARGEST = {"state": 2**128 - 1, "inc": 2**128 - 1, "has_uint32": 1, "uinteger": 2**32 - 1}


class Generator(np.random.Generator):
    """A stream of random numbers: `numpy.random.default_rng(seed)`, and its state in plain data.

    It goes wherever a `numpy.random.Generator` goes. Threads may share one: every draw is made by
    exactly one of them, though which thread gets which is chance.

    Args:
        seed: a whole number of 0 or more; None takes fresh entropy from the system.

    Raises:
        TypeError: if `seed` is not a whole number.
        ValueError: if it is negative.

    Source:
        O'Neill, PCG: a family of simple fast space-efficient statistically good algorithms for
        random number generation (2014); NumPy's `PCG64`.

    Example:
        >>> generator = Generator(0)
        >>> state = generator.state_dict()
        >>> first = generator.random()
        >>> generator.load_state_dict(state)
        >>> first == generator.random() == np.random.default_rng(0).random()
        True
    """

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(np.random.PCG64(seed if seed is None else checked_seed(seed, "Generator")))

    def state_dict(self) -> dict[str, Any]:
        """Where the stream stands; the two numbers of 128 bits as text, for readers of JSON.

        Example:
            >>> sorted(Generator(0).state_dict())
            ['bit_generator', 'has_uint32', 'inc', 'state', 'uinteger']
        """
        with self.bit_generator.lock:
            now: dict[str, Any] = dict(self.bit_generator.state)
        words = {name: str(number) for name, number in now.pop("state").items()}
        return {**words, **now}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on where a saved stream stood.

        Raises:
            ValueError: if it is not the state of a `Generator`; then nothing is changed.
        """
        numbers = checked_state(state)
        words = {name: numbers.pop(name) for name in ("state", "inc")}
        with self.bit_generator.lock:  # a draw of another thread must not see half of it
            self.bit_generator.state = {"bit_generator": "PCG64", "state": words, **numbers}

    def spawn(self, n_children: int) -> list[Generator]:  # type: ignore[override]  # of this class
        """Independent streams, seeded by draws from this one, so that its state decides them too.

        Example:
            >>> first, second = Generator(0).spawn(2)
            >>> first.random() == second.random()
            False
        """
        return [Generator(int(seed)) for seed in self.integers(2**63, size=n_children)]

    def __reduce__(self) -> tuple[Any, ...]:  # copies would be NumPy's, without these methods
        return restored, (self.state_dict(),)


def restored(state: Mapping[str, Any]) -> Generator:
    """A generator of a saved state."""
    generator = Generator(0)
    generator.load_state_dict(state)
    return generator


def checked_state(state: Mapping[str, Any]) -> dict[str, int]:
    """The four numbers of a state, each in its range."""
    if not isinstance(state, Mapping) or set(state) != {"bit_generator", *LARGEST}:
        raise ValueError(
            f"Generator needs a state with the entries {['bit_generator', *LARGEST]}, "
            f"got {list(state) if isinstance(state, Mapping) else type(state).__name__}."
        )
    if state["bit_generator"] != "PCG64":
        raise ValueError(
            f"Generator needs the state of a PCG64, got one of {state['bit_generator']!r}."
        )
    numbers = {name: as_number(state[name]) for name in LARGEST}
    for name, number in numbers.items():
        if not 0 <= number <= LARGEST[name] or (name == "inc" and number % 2 == 0):
            raise ValueError(f"Generator got a state whose {name!r} is damaged: {state[name]!r}.")
    return numbers


def as_number(value: Any) -> int:
    """A whole number, or its decimal digits; -1 for anything else."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 40:
        return int(value)
    return value if type(value) is int else -1


def checked_seed(seed: Any, name: str) -> int:
    """A seed as an int; `name` is whose argument it is."""
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer):
        raise TypeError(f"{name} needs a whole number, got {type(seed).__name__} {seed!r}.")
    if seed < 0:
        raise ValueError(f"{name} needs a seed of 0 or more, got {seed}.")
    return int(seed)
