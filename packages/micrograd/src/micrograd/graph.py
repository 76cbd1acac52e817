"""Numbers that remember how they were made, and the walk back through that memory.

An `Op` is an operation with its derivatives; a `Node` is a number with the operation and the inputs
that made it. Together the nodes form a graph, and `backward` is the chain rule walked along it.
This file knows no calculus (see `ops`), and the calculus knows no graph.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from copy import copy
from types import MemberDescriptorType
from typing import Any, ClassVar, Self

__all__ = ["Node", "Op", "backward", "binary", "topological_order", "unary"]


class Op:
    """An operation: a forward function and, for each input, one rule of calculus.

    All of them are pure functions of raw numbers. A rule takes the gradient that arrives at the
    result, the result itself and the inputs, and returns the gradient of its own input.

    Args:
        name: how the operation is drawn and printed.
        forward: raw inputs to raw result.
        backward: one rule `(g, out, *inputs) -> gradient` per input; None where an input has none.

    Example:
        >>> import operator
        >>> mul = Op("*", operator.mul, lambda g, out, a, b: g * b, lambda g, out, a, b: g * a)
        >>> mul(3.0, 4.0)  # of plain numbers it is the plain function
        12.0
    """

    __slots__ = ("backward", "forward", "name")

    def __init__(
        self, name: str, forward: Callable[..., Any], *backward: Callable[..., Any] | None
    ) -> None:
        self.name = name
        self.forward = forward
        self.backward = backward

    def __repr__(self) -> str:
        return f"Op({self.name!r})"

    def __call__(self, *inputs: Any) -> Any:
        """Apply to nodes and constants; the result is a node that remembers `self` and `inputs`."""
        nodes = [x for x in inputs if isinstance(x, Node)]
        if not nodes:
            return self.of_constants(inputs)
        made_by = latest_class(nodes, self)
        inputs = tuple(x if isinstance(x, Node) else made_by.constant(x) for x in inputs)
        raw = [x.data if isinstance(x, Node) else x for x in inputs]
        try:
            data = self.forward(*raw)
        except (ArithmeticError, ValueError):
            data = self.at_edge(self.forward, raw)
        return made_by.result(data, self, inputs)

    def push(self, node: Node) -> None:
        """Send the gradient of `node`, which this operation made, on to the node's inputs."""
        g, out, inputs = node.grad, node.data, node.inputs
        if len(inputs) == 2:  # spelled out for the commonest case: a step takes a quarter less
            (a, b), (rule_a, rule_b) = inputs, self.backward
            x = a.data if isinstance(a, Node) else a
            y = b.data if isinstance(b, Node) else b
            try:
                to_a = rule_a(g, out, x, y) if x is not a and rule_a else None
                to_b = rule_b(g, out, x, y) if y is not b and rule_b else None
            except (ArithmeticError, ValueError):
                pass  # below, one rule at a time
            else:
                if to_a is not None:
                    a.accumulate(to_a)
                if to_b is not None:
                    b.accumulate(to_b)
                return
        raw = [x.data if isinstance(x, Node) else x for x in inputs]
        for x, rule in zip(inputs, self.backward, strict=True):
            if rule is not None and isinstance(x, Node):
                try:
                    gradient = rule(g, out, *raw)
                except (ArithmeticError, ValueError):
                    gradient = self.at_edge(rule, (g, out, *raw))
                x.accumulate(gradient)

    def of_constants(self, inputs: tuple[Any, ...]) -> Any:
        """The result where no input is a node: nothing to remember, so a plain number."""
        return self.forward(*inputs)

    def at_edge(self, function: Callable[..., Any], arguments: Sequence[Any]) -> Any:
        """What `function`, forward or a rule, gives where Python raised instead of answering.

        Nothing can raise in `+`, `*` and `tanh`; stage 2 answers here for 1/0, log(0) and the like.
        """
        raise  # the error that brought us here


class Node:
    """A number and its past: the operation that made it and that operation's inputs.

    Edges lead only from result to inputs, so the graph lives exactly as long as somebody holds its
    result. A node that nobody computed, a leaf, has no operation and no inputs.

    Three seams are what later stages replace: `result` (how arithmetic makes a new node),
    `accumulate` (how a gradient is added) and `constant` with the constructor (what data may be).
    """

    __slots__ = ("_label", "data", "grad", "inputs", "op")

    data: Any
    grad: Any
    op: Op | None
    inputs: tuple[Any, ...]

    holds: ClassVar[str] = "a number"  # only nodes that hold the same kind of data can meet
    initial_grad: ClassVar[Any] = 0.0  # what `grad` is before a gradient has arrived

    @classmethod
    def result(cls, data: Any, op: Op | None = None, inputs: tuple[Any, ...] = ()) -> Self:
        """Make a node from data that is known to be right; without an operation, a leaf."""
        node = object.__new__(cls)
        node.data = data
        node.grad = cls.initial_grad
        node.op = op
        node.inputs = inputs
        return node

    @classmethod
    def constant(cls, x: Any) -> Any:
        """Check a plain input of an operation. Constants take part in it and get no gradient."""
        return x

    def accumulate(self, g: Any) -> None:
        """Add a gradient. Several arrive where a node was used several times: they add up."""
        self.grad += g

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Copy the graph behind this node with it, however deep it is."""
        for node in topological_order(self):
            if id(node) not in memo:
                cls: type = type(node)
                twin: Any = object.__new__(cls)
                memo[id(node)] = twin
                for slot in slots(cls):
                    if hasattr(node, slot.__name__):  # a label may never have been given
                        slot.__set__(twin, slot.__get__(node))
                twin.grad = copy(node.grad)
                twin.inputs = tuple(memo.get(id(x), x) for x in node.inputs)
        return memo[id(self)]

    def __reduce__(self) -> Any:
        """Pickle a leaf, without its gradient; of a graph, save the leaves."""
        if self.op is not None:
            raise TypeError(
                f"a computed {type(self).__name__} cannot be pickled; pickle its leaves."
            )
        return type(self), (self.data, self.label)

    @staticmethod
    def summary(x: Any) -> str:
        """How drawings show data, gradients and constants; arrays will show their shape."""
        return f"{x:.4f}" if x == 0 or 1e-4 <= abs(x) < 1e6 else f"{x:.3e}"

    @property
    def label(self) -> str:
        """The name that drawings show; an empty string until one is given."""
        return getattr(self, "_label", "")  # the slot stays empty on most nodes: that costs no time

    @label.setter
    def label(self, text: str) -> None:
        self._label = text


@functools.cache
def slots(cls: type) -> list[Any]:
    """The places where nodes of a class keep what they hold."""
    members = [member for base in cls.__mro__ for member in vars(base).values()]
    return [member for member in members if isinstance(member, MemberDescriptorType)]


def unary(op: Op, x: Any) -> Any:
    """`op(x)`, shorter because `x` is known to be a node."""
    try:
        data = op.forward(x.data)
    except (ArithmeticError, ValueError):
        data = op.at_edge(op.forward, (x.data,))
    return x.result(data, op, (x,))


def binary(op: Op, a: Any, b: Any) -> Any:
    """`op(a, b)`, shorter where two nodes of one class meet, as they do nearly always."""
    if type(a) is type(b):
        try:
            data = op.forward(a.data, b.data)
        except (ArithmeticError, ValueError):
            data = op.at_edge(op.forward, (a.data, b.data))
        return a.result(data, op, (a, b))
    return op(a, b)


def latest_class(nodes: Sequence[Node], op: Op) -> type[Node]:
    """The class that makes the result: that of the latest stage among `nodes`."""
    latest: type[Node] = Node
    for cls in (type(node) for node in nodes):
        if latest is not Node and (
            latest.holds != cls.holds or not (issubclass(latest, cls) or issubclass(cls, latest))
        ):
            names = [
                f"{c.__module__.partition('.')[0]}.{c.__name__} (holds {c.holds})"
                for c in (latest, cls)
            ]
            raise TypeError(f"'{op.name}' cannot combine {' and '.join(names)}; convert one first.")
        latest = cls if issubclass(cls, latest) else latest
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
