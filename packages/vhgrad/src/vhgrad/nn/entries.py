"""The parameters of stages 1 to 3 by the names of stage 4: single numbers are entries of arrays.

| stages 1 and 2 | stages 3 and 4 |
|---|---|
| `layers.0.neurons.3.weights.1` | `layers.0.weight`, entry `[3, 1]` |
| `layers.0.neurons.3.bias` | `layers.0.bias`, entry `[3]` |
| another parameter of a neuron, `layers.0.neurons.3.slope` | `layers.0.slope`, entry `[3]` |
| a neuron by itself, `weights.1` and `bias` | `weight`, entry `[0, 1]`, and `bias`, entry `[0]` |
| another parameter, `scale` or `parts.0` | the same name, an array of shape `()` |
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from micrograd.graph import Node
from micrograd.module import Module, parts
from micrograd.nn import Layer, Neuron
from microgradx import TensorValue

__all__ = ["Entries", "array_of", "entries"]

Index = tuple[int, ...]
Entries = dict[str, dict[Index, Node]]  # by name, which parameter is which entry


def entries(model: Module) -> Entries:
    """All parameters of a model; one that is shared stands in all its places.

    Raises:
        ValueError: if two parameters would be one entry.
    """
    found: Entries = {}
    for name, index, parameter in places(model):
        array = found.setdefault(name, {})
        if index in array:
            raise ValueError(
                f"two parameters of this {type(model).__name__} would both be `{name}`; give one "
                "of them another name."
            )
        array[index] = parameter
    return found


def places(
    whole: Any, name: str = "", index: Index = (), above: tuple[int, ...] = ()
) -> Iterator[tuple[str, Index, Node]]:
    """Every parameter in `whole` with the name of its array and its index in this.

    The number of a neuron in its layer is a row, that of a weight in its neuron a column.
    """
    if isinstance(whole, Node) and whole.op is None:  # what was computed is no parameter
        yield name, index, whole
    if id(whole) in above:  # a way back, such as to the parent: what is there comes anyway
        return
    above = (*above, id(whole))
    if isinstance(whole, Neuron) and not index:
        index = (0,)
    for key, part in parts(whole):
        if isinstance(whole, Layer) and key == "neurons":
            for row, neuron in parts(part):
                yield from places(neuron, name, (row,), above)
        elif isinstance(whole, Neuron) and key == "weights":
            for column, weight in parts(part):
                yield from places(weight, joined(name, "weight"), (*index, column), above)
        else:
            yield from places(part, joined(name, key), index, above)


def joined(name: str, key: Any) -> str:
    """The name of something within something."""
    return f"{name}.{key}" if name else str(key)


def array_of(name: str, parameters: Mapping[Index, Node]) -> NDArray[Any]:
    """A new array of these entries, float64; or a copy of the array that the only one holds.

    Raises:
        ValueError: if they leave gaps.
    """
    tensors = [x for x in parameters.values() if isinstance(x, TensorValue)]
    if tensors and len(parameters) == 1:
        return tensors[0].numpy()
    shape = tuple(1 + max(along) for along in zip(*parameters))
    ragged = any(len(index) != len(shape) for index in parameters)
    if tensors or ragged or len(parameters) != np.prod(shape):
        raise ValueError(
            f"the neurons of a layer need equally many weights to be the rows of `{name}`; "
            f"{len(parameters)} numbers do not fill the shape {shape}."
        )
    array = np.empty(shape)
    for index, parameter in parameters.items():
        array[index] = parameter.data
    return array
