"""Whether an optimiser's memories, which go by number, still belong to the parameters of a model.

A model finds its weights by name, so two layers may change places in `__init__` between saving and
loading. An optimiser numbers the same parameters in their order: of two with one shape, each would
go on with what was remembered of the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from vhgrad.nn.module import Module
from vhgrad.nn.state import stateful

__all__ = ["reordered"]


def reordered(parts: Mapping[Any, Any], states: Mapping[str, Any]) -> Iterator[str]:
    """The problem with the order, if there is one.

    Args:
        parts: the parts to load into, by name.
        states: what was saved, by the same names.
    """
    model, optimizer, saved = parts.get("model"), parts.get("optimizer"), states.get("model")
    if not isinstance(model, Module) or not isinstance(saved, Mapping):
        return
    try:
        found = stateful(model)
    except (TypeError, ValueError):  # which loading the model will tell
        return
    moved = [id(p) for group in getattr(optimizer, "param_groups", ()) for p in group["params"]]
    wanted = set(moved)
    places = {
        path: id(place.part)
        for path, place in found.items()
        if id(place.part) in wanted and path in saved
    }
    first = list(dict.fromkeys(places.values()))  # what is shared has several paths
    if moved != first:  # an optimiser with an order of its own, which need not be the model's
        return
    then, now = [path for path in saved if path in places], list(places)
    if then != now:
        was, there = next(names for names in zip(then, now) if names[0] != names[1])
        yield (
            f"optimizer: it knows parameters by their order, in which {was!a} was where {there!a} "
            "is now; define the parts of the model in the order of then, or load the model alone"
        )
