"""How numbers lie in arguments: bare, or in lists, tuples and dicts within each other.

`arranged` tells the arrangement as a key; the other functions follow such a key, always in the same
order. What holds no number (a string, None, True) is part of the arrangement.
"""

from __future__ import annotations

import numbers
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from micrograd.graph import Node

__all__ = ["arranged", "leaves", "mapped", "plain", "refilled"]


def arranged(x: Any) -> Any:
    """A key, equal for two arguments with the same arrangement of numbers.

    Example:
        >>> arranged((1.5, [0.5, 2.5], "mean"))
        (<class 'tuple'>, (<class 'float'>, (<class 'list'>, 2, <class 'float'>), (None, 'mean')))
    """
    kind = type(x)
    if kind is list or kind is tuple:
        kinds = set(map(type, x))
        if len(kinds) == 1 and is_number(x[0]):
            return kind, len(x), kinds.pop()  # the ordinary case, quick for long lists
        return kind, tuple(map(arranged, x))
    if kind is dict:
        return kind, tuple(map(arranged, x.values())), tuple(x)
    if is_number(x):
        return kind
    if isinstance(x, Iterable | Node) and not isinstance(x, str):
        raise TypeError(
            f"compile() takes numbers in lists, tuples and dicts, got {kind.__name__}; hand in, or "
            "return, a list of what is in it."
        )
    return None, x


def is_number(x: Any) -> bool:
    """Whether `x` is a place for a number; True and False are not."""
    if isinstance(x, Node):
        return x.holds == Node.holds
    return isinstance(x, numbers.Real) and not isinstance(x, bool)


def leaves(x: Any, key: Any) -> list[Any]:
    """The numbers and Values in `x`, in order."""
    match key:
        case (kind, int(), _):
            return list(x)
        case (kind, tuple(parts), *_) if kind is not None:
            items = x.values() if kind is dict else x
            return [leaf for item, part in zip(items, parts) for leaf in leaves(item, part)]
        case (None, _):
            return []
    return [x]


def plain(x: Any, key: Any) -> list[float]:
    """The numbers in `x` as floats; of a Value, its data."""
    match key:
        case (_, int(), kind):
            if kind is float:
                return x  # not copied: nobody writes into it
            if issubclass(kind, Node):
                return [node.data for node in x]
        case (kind, tuple(parts), *_) if kind is not None:
            items = x.values() if kind is dict else x
            found: list[float] = []
            for item, part in zip(items, parts):
                found += plain(item, part)
            return found
    return [leaf.data if isinstance(leaf, Node) else float(leaf) for leaf in leaves(x, key)]


def refilled(key: Any, new: Iterator[Any]) -> Any:
    """The arrangement filled with the next numbers from `new`."""
    match key:
        case (kind, int(length), _):
            return kind(islice(new, length))
        case (kind, tuple(parts)) if kind is not None:
            return kind([refilled(part, new) for part in parts])
        case (_, tuple(parts), names):
            return {name: refilled(part, new) for name, part in zip(names, parts)}
        case (None, x):
            return x
    return next(new)


def mapped(make: Callable[[str], Any], key: Any, path: str) -> Any:
    """The arrangement filled with `make(path)`, the path leading to each number."""
    match key:
        case (kind, int(length), _):
            return kind([make(f"{path}_{k}") for k in range(length)])
        case (kind, tuple(parts)) if kind is not None:
            return kind([mapped(make, part, f"{path}_{k}") for k, part in enumerate(parts)])
        case (_, tuple(parts), names):
            filled = (mapped(make, part, f"{path}_{k}") for k, part in enumerate(parts))
            return dict(zip(names, filled))
        case (None, x):
            return x
    return make(path)
