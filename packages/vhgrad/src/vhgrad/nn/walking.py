"""What a module is made of, and where: every part comes with the path that leads to it.

Nothing is registered. Attributes, lists, tuples and dicts are looked through, as stage 1 does it;
new here are modules and buffers, and that a part kept in two places is met in both.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from micrograd.graph import Node
from micrograd.module import Module as Stage1Module
from micrograd.module import parts
from vhgrad.nn.parameter import Parameter

__all__ = ["Parameters", "Place", "is_buffer", "is_parameter", "once", "walk"]


OUTER = (Stage1Module, dict, list, tuple)  # what has parts
WALKED = (*OUTER, Node, np.ndarray)  # all else are settings


class Place(NamedTuple):
    """Where a part was found.

    Attributes:
        path: such as `layers.0.weight`.
        part: what is there.
        holder: the module, dict, list or tuple that it is in.
        name: its name, key or number in the holder.
        private: whether it is kept in an attribute that begins with `_`.
    """

    path: str
    part: Any
    holder: Any
    name: Any
    private: bool


def walk(
    whole: Any, path: str = "", above: tuple[int, ...] = (), private: bool = False
) -> Iterator[Place]:
    """Modules, collections, tensors and arrays in `whole`, outer before inner, as defined.

    Raises:
        TypeError: if a part is a module of an earlier stage.
        ValueError: if something contains itself.
    """
    above = (*above, id(whole))
    for name, part in parts(whole):
        if not isinstance(part, WALKED):
            continue
        where = f"{path}.{name}" if path else str(name)
        if isinstance(whole, Stage1Module):
            private = str(name).startswith("_")
        check_stage(where, part)
        yield Place(where, part, whole, name, private)
        if isinstance(part, OUTER):
            if id(part) in above:
                raise ValueError(
                    f"`{where}` leads back to the {type(part).__name__} that it is a part of; a "
                    "module cannot contain itself. Keep a way back as weakref.ref(module)."
                )
            yield from walk(part, where, above, private)


def check_stage(path: str, part: Any) -> None:
    """Raise for a module of an earlier stage: its tensors are no parameters, so it would not learn.

    Stage 4's modules, and they alone, say that a parameter is a `Parameter`.
    """
    if isinstance(part, Stage1Module) and part.parameter is not Parameter:
        kind = type(part)
        raise TypeError(
            f"`{path}` is a {kind.__name__} of {kind.__module__}, which would not be trained here; "
            "build it from vhgrad's own modules."
        )


class Parameters(list[Any]):
    """A list of parameters that `next()` takes from, too: in PyTorch it is an iterator.

    Example:
        >>> parameters = Parameters("abc")
        >>> next(parameters), next(parameters), len(parameters), list(parameters)
        ('a', 'b', 3, ['a', 'b', 'c'])
    """

    taken = 0

    def __next__(self) -> Any:
        if self.taken == len(self):
            raise StopIteration
        self.taken += 1
        return self[self.taken - 1]


def is_parameter(place: Place) -> bool:
    """A parameter that nobody computed."""
    return isinstance(place.part, Parameter) and place.part.op is None


def is_buffer(place: Place) -> bool:
    """An array of numbers kept in an attribute, list or dict, under a public name.

    What a tuple holds cannot be replaced when a state is loaded, so that is a setting.
    """
    return (
        isinstance(place.part, np.ndarray)
        and place.part.dtype.kind in "biufc"
        and not place.private
        and not isinstance(place.holder, tuple)
    )


def once(places: Iterator[Place]) -> Iterator[tuple[str, Any]]:
    """Each part with the first path to it."""
    seen: set[int] = set()
    for place in places:
        if id(place.part) not in seen:
            seen.add(id(place.part))
            yield place.path, place.part
