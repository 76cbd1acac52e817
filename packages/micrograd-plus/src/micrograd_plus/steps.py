"""The backward pass of stage 1 in slow motion: every use of the chain rule is one `Step`.

No gradient is changed. The steps come in the order of `micrograd.graph.backward`, with its numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from micrograd.graph import Node, topological_order

__all__ = ["Step", "steps"]


@dataclass(frozen=True, slots=True)
class Step:
    """What one input of one operation gets.

    Attributes:
        number: its place in the pass; the first is 1.
        result: the node whose gradient is passed on.
        op: the name of the operation that made it.
        input: the input that this share of the gradient goes to.
        arriving: the gradient of the result.
        local: the derivative of the result by the input.
        product: arriving times local, as the operation computes it.
        before: the gradient of the input until now.
        after: before plus product.
    """

    number: int
    result: Node
    op: str
    input: Node
    arriving: float
    local: float
    product: float
    before: float
    after: float


def steps(root: Node) -> Iterator[Step]:
    """The steps of `root.backward()`, which starts by giving `root` the gradient 1."""
    order = topological_order(root)
    gradient = {node: node.grad if node.op is None else node.initial_grad for node in order}
    gradient[root] += 1.0
    number = 0
    for node in reversed(order):
        if node.op is None:
            continue
        arriving = gradient[node]
        inputs = [x for x in node.inputs if isinstance(x, Node)]
        for x, product, local in zip(inputs, shares(node, arriving), shares(node, 1.0)):
            if product is not None:
                number += 1
                before = gradient[x]
                gradient[x] = after = before + product
                yield Step(number, node, node.op.name, x, arriving, local, product, before, after)


class Probe(Node):
    """Takes the place of an input, and notes what is sent to it."""

    __slots__ = ()

    initial_grad = None

    def accumulate(self, g: Any) -> None:
        """Note, instead of adding."""
        self.grad = g


def shares(node: Node, g: float) -> list[Any]:
    """What the inputs of a node get if `g` arrives at it; None where an input gets nothing."""
    assert node.op is not None
    inputs = tuple(Probe.result(x.data) if isinstance(x, Node) else x for x in node.inputs)
    twin = Probe.result(node.data, node.op, inputs)
    twin.grad = g
    node.op.push(twin)
    return [x.grad for x in inputs if isinstance(x, Probe)]
