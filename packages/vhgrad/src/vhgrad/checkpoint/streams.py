"""NumPy's generators as parts of a checkpoint: where in its stream each one is."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["is_stream", "set_stream", "stream_of"]


def is_stream(part: Any) -> bool:
    """Whether a part is a generator of NumPy's, without `state_dict`."""
    return isinstance(part, np.random.Generator) and not hasattr(part, "state_dict")


def stream_of(generator: np.random.Generator) -> dict[str, Any]:
    """Where a generator is in its stream."""
    return dict(generator.bit_generator.state)


def set_stream(generator: np.random.Generator, state: Any) -> None:
    """Set a generator to a saved place in its stream.

    Raises:
        ValueError: if the state is none, or that of another kind of generator.

    Example:
        >>> a, b = np.random.default_rng(1), np.random.default_rng(2)
        >>> set_stream(b, a.bit_generator.state)
        >>> a.random() == b.random()
        True
    """
    bits = generator.bit_generator
    kind = type(bits).__name__
    if not isinstance(state, dict) or state.get("bit_generator") != kind:
        other = state.get("bit_generator") if isinstance(state, dict) else type(state).__name__
        raise ValueError(f"expected the state of a {kind}, got {other!a}.")
    trial = type(bits)()
    try:
        trial.state = state
    except Exception:  # NumPy has many: TypeError, ValueError, KeyError, OverflowError
        raise ValueError(f"that is no state of a {kind}.") from None
    if not same(trial.state, state) or not in_bounds(state):
        raise ValueError(f"that is no state of a {kind}.")
    bits.state = state


def in_bounds(state: dict[str, Any]) -> bool:
    """Whether the place in the buffer is one: NumPy does not ask, and would read behind its end."""
    inner = state.get("state", {})
    return 0 <= inner.get("pos", 0) <= 624 and 0 <= state.get("buffer_pos", 0) <= 4


def same(a: Any, b: Any) -> bool:
    """Whether two nested dicts of numbers and arrays are equal."""
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    return bool(np.array_equal(a, b))
