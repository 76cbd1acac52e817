"""The arguments of a compiled step: arrays, which may be others each time, and their form."""

from __future__ import annotations

from typing import Any

import numpy as np

from micrograd.graph import Node

__all__ = ["put_together", "taken_apart"]


def taken_apart(args: Any, kwargs: Any) -> tuple[list[Any], list[Any], Any]:
    """The arrays in arguments, what else is in them, and the form of everything around."""
    arrays: list[Any] = []
    others: list[Any] = []
    form = tuple([form_of(x, arrays, others) for x in args])
    return arrays, others, (tuple, ((tuple, form), form_of(kwargs, arrays, others)))


def form_of(x: Any, arrays: list[Any], others: list[Any]) -> Any:
    """The form of an argument; its arrays are added to `arrays`."""
    kind = type(x)
    if kind in (tuple, list) and x and all(type(part) in (int, float, bool) for part in x):
        raise TypeError(
            f"a compiled step takes arrays, got a {kind.__name__} of numbers; hand in np.array(x)."
        )
    if kind is tuple or kind is list:
        return kind, tuple([form_of(part, arrays, others) for part in x])
    if kind is dict:
        return kind, tuple(x), tuple([form_of(part, arrays, others) for part in x.values()])
    if isinstance(x, Node):
        raise TypeError(
            f"a compiled step takes arrays, got a {kind.__name__}; hand in its numbers (t.data), "
            "or let the step reach it as it reaches the model."
        )
    if isinstance(x, np.ndarray) and kind is not np.ndarray:
        raise TypeError(
            f"a compiled step takes plain arrays, got a {kind.__name__}; hand in np.asarray(x)."
        )
    if isinstance(x, np.random.Generator):
        raise TypeError(
            "a compiled step takes no generator as an argument; let the step reach it by name."
        )
    if kind is np.ndarray:
        arrays.append(x)
        return kind
    if isinstance(x, np.generic) or kind is float:
        arrays.append(x)
        return kind
    others.append(x)
    return None


def put_together(form: Any, arrays: list[Any], others: list[Any]) -> Any:
    """The arguments with other arrays in the place of theirs."""
    left, rest = iter(arrays), iter(others)

    def fill(form: Any) -> Any:
        match form:
            case (kind, tuple(parts)) if kind in (tuple, list):
                return kind([fill(part) for part in parts])
            case (kind, tuple(names), tuple(parts)) if kind is dict:
                return dict(zip(names, [fill(part) for part in parts]))
        return next(rest) if form is None else next(left)

    return fill(form)
