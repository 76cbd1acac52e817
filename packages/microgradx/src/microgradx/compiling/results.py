"""What a step returns: quantities while it is kept in a recording, then the caller's own arrays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from micrograd.graph import Node
from microgradx.compiling.standins import StandIn
from microgradx.compiling.tape import Var
from microgradx.recording import NoGraph
from microgradx.tensor import TensorValue

__all__ = ["COMPILED", "Tensor", "given_back", "outputs", "quantities", "returned", "settled_value"]

COMPILED = NoGraph("compiled step", "it came out of a compiled step, which has done its own pass")


class Tensor:
    """A tensor among the results."""

    def __init__(self, data: Any) -> None:
        self.data = data


def returned(x: Any) -> Any:
    """What a step returned, with `Var` for arrays; a tensor as a tuple that is marked."""
    if isinstance(x, Node):
        return Tensor(quantities(x.data))
    if isinstance(x, StandIn):
        return x.var
    if type(x) in (tuple, list):
        return type(x)([returned(part) for part in x])
    if type(x) is dict:
        return {key: returned(part) for key, part in x.items()}
    return x


def outputs(x: Any) -> Iterator[Var]:
    """The quantities among what a step returned."""
    if isinstance(x, Tensor):
        yield from outputs(x.data)
    elif isinstance(x, Var):
        yield x
    elif isinstance(x, tuple | list):
        for part in x:
            yield from outputs(part)
    elif isinstance(x, dict):
        yield from outputs(list(x.values()))


def given_back(x: Any) -> Any:
    """What a step returned, with arrays and tensors of the caller's own."""
    if isinstance(x, Tensor):
        return TensorValue.result(np.array(settled_value(x.data)), COMPILED)
    if isinstance(x, Var):
        return np.array(x.value) if isinstance(x.value, np.ndarray) else x.value
    if type(x) in (tuple, list):
        return type(x)([given_back(part) for part in x])
    if type(x) is dict:
        return {key: given_back(part) for key, part in x.items()}
    return x


def quantities(x: Any) -> Any:
    """Stand-ins as their quantities; anything else as it is."""
    if isinstance(x, StandIn):
        return x.var
    if type(x) is tuple and any(isinstance(part, StandIn) for part in x):
        return tuple([part.var if isinstance(part, StandIn) else part for part in x])
    return x


def settled_value(x: Any) -> Any:
    """What a quantity was in this run, also of each in a tuple."""
    if isinstance(x, tuple):
        return tuple(map(settled_value, x))
    return x.value if isinstance(x, Var) else x
