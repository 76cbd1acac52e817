"""The backward pass of stage 1 in slow motion: every use of the chain rule is one `Step`.

No gradient is changed. The steps come in the order of `micrograd.graph.backward`, with its numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from micrograd.graph import Node, Op, topological_order

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
        product: arriving times local, as the rule of the operation computes it.
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
        op = node.op
        if op is None:
            continue
        arriving = gradient[node]
        point = (node.data, *[x.data if isinstance(x, Node) else x for x in node.inputs])
        # asked for twice: the rules of a compiled function share one gradient that arrives
        for x, rule, same_rule in zip(node.inputs, op.backward, op.backward, strict=True):
            if rule is not None and same_rule is not None and isinstance(x, Node):
                number += 1
                product = applied(op, rule, (arriving, *point))
                local = applied(op, same_rule, (1.0, *point))
                before = gradient[x]
                gradient[x] = after = before + product
                yield Step(number, node, op.name, x, arriving, local, product, before, after)


def applied(op: Op, rule: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    """The gradient that a rule gives, also where Python raises."""
    try:
        return rule(*arguments)
    except (ArithmeticError, ValueError):
        return op.at_edge(rule, arguments)
