"""Numbers that remember how they were made, and the walk back through that memory.

An `Op` is an operation with its derivatives; a `Node` is a number with the operation and the inputs
that made it. Together the nodes form a graph, and `backward` is the chain rule walked along it.
This file knows no calculus (see `ops`), and the calculus knows no graph.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Self

__all__ = ["Node", "Op", "backward", "topological_order"]


class Op:
    """An operation: a forward function and, for each input, one rule of calculus.

    All of them are pure functions of raw numbers. A rule takes the gradient that arrives at the
    result, the result itself and the inputs, and returns the gradient of its own input.

    Args:
        name: how the operation is drawn and printed.
        forward: raw inputs to raw result.
        backward: one rule `(g, out, *inputs) -> gradient` per input; None where an input has none.

    Example:
        >>> from micrograd.ops import mul
        >>> mul.forward(3.0, 4.0), mul.backward[0](1.0, 12.0, 3.0, 4.0)
        (12.0, 4.0)
    """

    __slots__ = ("backward", "forward", "name")

    def __init__(self, name: str, forward: Any, *backward: Callable[..., Any] | None) -> None:
        self.name, self.forward, self.backward = name, forward, backward

    def __repr__(self) -> str:
        return f"Op({self.name!r})"

    def __call__(self, *inputs: Any) -> Any:
        """Apply to nodes and constants; the result is a node that remembers `self` and `inputs`."""
        nodes = [x for x in inputs if isinstance(x, Node)]
        if not nodes:
            return self.of_constants(inputs)
        cls = latest_class(self, nodes)
        inputs = tuple(x if isinstance(x, Node) else cls.constant(x) for x in inputs)
        raw = [x.data if isinstance(x, Node) else x for x in inputs]
        return cls.result(self.apply(self.forward, raw), self, inputs)

    def push(self, node: Node) -> None:
        """Send the gradient of `node`, which this operation made, on to the node's inputs."""
        raw = [x.data if isinstance(x, Node) else x for x in node.inputs]
        for x, rule in zip(node.inputs, self.backward, strict=True):
            if rule is not None and isinstance(x, Node):
                x.accumulate(self.apply(rule, (node.grad, node.data, *raw)))

    def of_constants(self, inputs: tuple[Any, ...]) -> Any:
        """The result where no input is a node: nothing to remember, so a plain number."""
        return self.forward(*inputs)

    def apply(self, function: Callable[..., Any], arguments: Sequence[Any]) -> Any:
        """Call the forward function or a rule; stage 2 answers where Python raises (1/0)."""
        return function(*arguments)


class Node:
    """A number and its past: the operation that made it and that operation's inputs.

    Edges lead only from result to inputs, so a graph lives exactly as long as somebody holds its
    result. A leaf was computed by nobody: it has no operation and no inputs. Later stages replace
    `result`, `accumulate`, and `constant` with the constructor.
    """

    __slots__ = ("data", "grad", "inputs", "label", "op")

    data: Any
    grad: Any
    op: Op | None
    inputs: tuple[Any, ...]
    label: str

    holds: ClassVar[str] = "a number"  # only nodes that hold the same kind of data can meet
    initial_grad: ClassVar[Any] = 0.0  # what `grad` is before a gradient has arrived

    @classmethod
    def result(cls, data: Any, op: Op | None = None, inputs: tuple[Any, ...] = ()) -> Self:
        """Make a node from data that is known to be right; without an operation, a leaf."""
        node = object.__new__(cls)
        node.data, node.grad, node.label = data, cls.initial_grad, ""
        node.op, node.inputs = op, inputs
        return node

    @classmethod
    def constant(cls, x: Any) -> Any:
        """Check a plain input of an operation. Constants take part in it and get no gradient."""
        return x

    def accumulate(self, g: Any) -> None:
        """Add a gradient. Several arrive where a node was used several times: they add up."""
        self.grad += g

    @staticmethod
    def summary(x: Any) -> str:
        """How drawings show data, gradients and constants; arrays will show their shape."""
        return f"{x:.4f}" if x == 0 or 1e-4 <= abs(x) < 1e6 else f"{x:.3e}"


def latest_class(op: Op, nodes: Sequence[Node]) -> type[Node]:
    """The class that makes the result: that of the latest stage among `nodes`."""
    classes: list[type[Node]] = list(dict.fromkeys(type(node) for node in nodes))
    latest = max(classes, key=lambda cls: len(cls.__mro__))
    if not all(issubclass(latest, cls) and latest.holds == cls.holds for cls in classes):
        stages = [cls.__module__.partition(".")[0] for cls in classes]
        names = [f"{s}.{c.__name__} (holds {c.holds})" for s, c in zip(stages, classes)]
        raise TypeError(f"'{op.name}' cannot combine {' and '.join(names)}; make them one class.")
    return latest


def topological_order(root: Node) -> list[Node]:
    """All nodes that `root` was made from, inputs before results; `root` comes last.

    Depth-first with a stack of its own instead of recursion, so the depth has no limit.
    """
    order: list[Node] = []
    seen: set[Node] = set()
    stack: list[Node | None] = [root]
    while stack:
        node = stack.pop()
        if node is None:  # the marker: all inputs of the node below it are in order
            order.append(stack.pop())  # type: ignore[arg-type]  # a marker lies on a node only
        elif node not in seen:
            seen.add(node)
            stack += (node, None)
            for x in node.inputs:
                if isinstance(x, Node) and x not in seen:
                    stack.append(x)
    return order


def backward(order: Sequence[Node], gradient: Any) -> None:
    """Send `gradient` from the last node of `order` back to all the others: the chain rule.

    In reverse topological order, a node has received all of its gradient before it passes any of
    it on. Leaves add what arrives to what they have; computed nodes start afresh, so a second pass
    over the same graph adds exactly once more to the leaves.
    """
    for node in order:
        if node.op is not None:
            node.grad = node.initial_grad
    order[-1].accumulate(gradient)
    for node in reversed(order):
        if node.op is not None and node.grad is not None:
            node.op.push(node)
