"""The parts of a run, and how they get their states back: all of them, or none.

A part is anything with `state_dict()` and `load_state_dict(state)`, a model of any stage, a NumPy
generator, or a dict or list of such.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from micrograd import Module as Stage1Module
from vhgrad.checkpoint.errors import CheckpointError, printable
from vhgrad.checkpoint.order import reordered
from vhgrad.checkpoint.streams import is_stream, set_stream, stream_of
from vhgrad.nn.stages import load_state_dict, state_dict

__all__ = ["PARTS", "restore", "state_of"]

PARTS = ("model", "optimizer", "scheduler", "loader", "generator", "early_stopping", "history")
# The largest last: of the last part no copy need be kept if its class is one of ours, which load
# all of their state or nothing.
OURS = ("vhgrad.", "microgradx.", "micrograd_plus.")
LOADED = ("history", "early_stopping", "generator", "loader", "scheduler", "model", "optimizer")


def state_of(part: Any, where: str) -> Any:
    """The state of a part as plain data.

    Raises:
        TypeError: if it has none.

    Example:
        >>> import numpy as np
        >>> state_of(np.random.default_rng(0), "generator")["bit_generator"]
        'PCG64'
    """
    inner = members(part, where)
    if inner is None:
        if is_stream(part):
            return stream_of(part)
        return part.state_dict() if hasattr(part, "state_dict") else state_dict(part)
    states = {key: state_of(member, f"{where}.{key}") for key, member in inner.items()}
    return states if isinstance(part, dict) else list(states.values())


def members(part: Any, where: str) -> dict[Any, Any] | None:
    """The members of a collection of parts; None for a part with a state of its own."""
    if isinstance(part, type):
        raise TypeError(f"{where} needs an object, got the class {part.__name__}; make one of it.")
    if hasattr(part, "state_dict") or is_stream(part) or isinstance(part, Stage1Module):
        return None
    if isinstance(part, dict):
        return part
    if isinstance(part, list | tuple):
        return dict(enumerate(part))
    raise TypeError(
        f"{where} needs state_dict() and load_state_dict(state); {type(part).__name__} has none."
    )


def restore(parts: Mapping[str, Any], states: Mapping[str, Any]) -> None:
    """Give every part its saved state.

    Args:
        parts: the parts by name.
        states: what was saved, by the same names.

    Raises:
        CheckpointError: with all that does not fit; every part is then as it was.
    """
    problems: list[str] = []
    before: list[tuple[Any, Any]] = []
    reason: Exception | None = None
    parts = {name: parts[name] for name in LOADED if name in parts}
    try:
        found = list(pairs(parts, states, "", problems))
        problems += reordered(parts, states)
        for where, part, state in found:
            if problems or part is not found[-1][1] or not is_ours(part):
                before.append((part, state_of(part, where)))
            try:
                give(part, state)
            except Exception as error:  # whatever a part says of a state that does not fit
                reason = reason or error
                problems.append(f"{where}: {error or type(error).__name__}")
        if problems:
            listed = "\n  ".join(map(printable, problems))
            raise CheckpointError(f"it does not fit:\n  {listed}") from reason
    except BaseException as error:
        for part, state in reversed(before):
            try:
                give(part, state)
            except Exception as refused:  # a part of yours: the others go back all the same
                error.add_note(f"A {type(part).__name__} could not be put back: {refused!r}")
        raise


def pairs(
    parts: Mapping[Any, Any], states: Any, prefix: str, problems: list[str]
) -> Iterator[tuple[str, Any, Any]]:
    """Each single part with its name and its state; what has no counterpart is a problem."""
    saved = dict(enumerate(states)) if isinstance(states, list) else states
    if not isinstance(saved, dict):
        saved = {}
    if prefix and (extra := [key for key in saved if key not in parts]):
        problems.append(f"{prefix[:-1]}: the checkpoint also has {', '.join(map(ascii, extra))}")
    for key, part in parts.items():
        where = f"{prefix}{key}"
        inner = members(part, where)
        if key not in saved:
            problems.append(f"{where}: the checkpoint has none")
        elif inner is None:
            yield where, part, saved[key]
        else:
            yield from pairs(inner, saved[key], f"{where}.", problems)


def is_ours(part: Any) -> bool:
    """Whether it is known how a part loads: as a whole, or not at all."""
    method = getattr(part, "load_state_dict", None)
    return is_stream(part) or getattr(method, "__module__", "").startswith(OURS)


def give(part: Any, state: Any) -> None:
    """Load one state into one part."""
    if is_stream(part):
        set_stream(part, state)
    elif hasattr(part, "load_state_dict"):
        part.load_state_dict(state)
    else:
        load_state_dict(part, state)
