"""`Graph`: ONNX operators in order, with the arrays that they use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from micrograd.graph import Node as Tensor
from vhgrad.onnx.steps import Step

__all__ = ["Graph", "Node"]


class Node(NamedTuple):
    """One ONNX operator: what it is called, and the names of what goes in and comes out."""

    operator: str
    inputs: tuple[str, ...]
    output: str
    attributes: dict[str, Any]


class Graph:
    """Nodes in order, and constants by name.

    Args:
        inputs: steps with which the graph begins, by name.
        outputs: steps with which it ends.
        parameters: tensors by the names that they are to have.

    Attributes:
        nodes: the operators, inputs before results.
        constants: arrays by name.

    Example:
        >>> graph = Graph({}, {}, {})
        >>> graph.node("Relu", graph.constant([-1.0, 2.0], np.float32))
        'relu'
        >>> graph.nodes
        [Node(operator='Relu', inputs=('constant',), output='relu', attributes={})]
    """

    def __init__(
        self,
        inputs: Mapping[str, Step],
        outputs: Mapping[str, Step],
        parameters: Mapping[str, Tensor],
    ) -> None:
        self.inputs, self.outputs = inputs, outputs
        self.nodes: list[Node] = []
        self.constants: dict[str, NDArray[Any]] = {}
        self.taken = {*inputs, *outputs}
        self.results = {id(step): name for name, step in inputs.items()}  # what steps are called
        self.titles = {id(tensor): name for name, tensor in parameters.items()}
        self.placed: dict[tuple[int, np.dtype[Any]], str] = {}  # what tensors are called

    def node(self, operator: str, *inputs: str, **attributes: Any) -> str:
        """Add an operator; returns the name of its result."""
        output = self.free(operator.lower())
        self.nodes.append(Node(operator, inputs, output, attributes))
        return output

    def constant(self, x: Any, dtype: DTypeLike = np.int64) -> str:
        """Add numbers or a tensor; returns the name. The same tensor is added once."""
        if not isinstance(x, Tensor):
            return self.keep("constant", np.asarray(x, dtype))
        key = id(x), np.dtype(dtype)
        if key not in self.placed:
            self.placed[key] = self.keep(self.titles.get(id(x), "constant"), x.data.astype(dtype))
        return self.placed[key]

    def keep(self, name: str, array: NDArray[Any]) -> str:
        """Add an array under this name, or one like it."""
        name = self.free(name)
        self.constants[name] = array
        return name

    def free(self, name: str) -> str:
        """The name as valid text, with a number behind it if it is taken."""
        name = free = name.encode("utf-8", "backslashreplace").decode() or "constant"
        number = 1
        while free in self.taken:
            number += 1
            free = f"{name}_{number}"
        self.taken.add(free)
        return free

    def value(self, x: Any, dtype: DTypeLike) -> str:
        """What an input of an operation is called, in the dtype that is needed."""
        if not isinstance(x, Step):
            return self.constant(x, dtype)
        name = self.results[id(x)]
        return name if x.dtype == dtype else self.node("Cast", name, to=np.dtype(dtype))

    def values(self, step: Step) -> list[str]:
        """What all inputs of an operation are called, in the dtype of its result."""
        return [self.value(x, step.dtype) for x in step.inputs]

    def used(self) -> list[Node]:
        """The nodes that lead to an output, which each has a node of its own."""
        last = [
            Node("Identity", (self.results[id(step)],), name, {})
            for name, step in self.outputs.items()
        ]
        wanted, found = set(self.outputs), []
        for node in reversed(self.nodes + last):
            if node.output in wanted:
                wanted.update(node.inputs)
                found.append(node)
        return found[::-1]
