"""Seeds: one default generator, and generators of your own to pass to everything random."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from microgradx.random import Generator, as_generator, default_generator, manual_seed

__all__ = [
    "Generator",
    "as_generator",
    "default_generator",
    "get_rng_state",
    "manual_seed",
    "set_rng_state",
]


def get_rng_state() -> dict[str, Any]:
    """Where the default generator stands, in plain data.

    Example:
        >>> state = get_rng_state()
        >>> number = default_generator().random()
        >>> set_rng_state(state)
        >>> number == default_generator().random()
        True
    """
    return default_generator().state_dict()


def set_rng_state(state: Mapping[str, Any]) -> None:
    """Let the default generator go on where it stood.

    Raises:
        ValueError: if it is not the state of a `Generator`; then nothing is changed.

    Example:
        >>> set_rng_state(get_rng_state())  # changes nothing
    """
    default_generator().load_state_dict(state)
