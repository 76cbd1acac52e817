"""Beliefs about the walk back: what is added, in which order, from where, and what is forgotten."""

from __future__ import annotations

from typing import Any

from micrograd.graph import Node, backward, topological_order
from micrograd_plus.lab.misconception import Misconception
from micrograd_plus.value import Value

__all__ = ["ORDERS"]


class Assigns(Value):
    """Writes a gradient down instead of adding it."""

    __slots__ = ()

    def accumulate(self, g: Any) -> None:
        """The last gradient that arrives is the only one."""
        self.grad = g


class Unordered(Value):
    """Goes from the result outwards and passes on what a node has when it is met."""

    __slots__ = ()

    def backward(self) -> None:
        """Level by level, each node once."""
        order: list[Node] = [self]
        for node in order:  # which grows meanwhile
            order += [x for x in node.inputs if isinstance(x, Node) and x not in order]
        backward(order[::-1], 1.0)


class Recursive(Value):
    """Sends everything on again whenever something has arrived."""

    __slots__ = ()

    def backward(self) -> None:
        """As many visits of a node as there are paths to it."""
        for node in topological_order(self):
            if node.op is not None:
                node.grad = node.initial_grad
        self.grad = 1.0
        send(self)


def send(node: Node) -> None:
    """Pass on the whole gradient, also what was passed on before."""
    if node.op is not None:
        node.op.push(node)
    for x in node.inputs:
        if isinstance(x, Node):
            send(x)


class Stale(Value):
    """Does not clear the gradients of computed numbers before it walks back."""

    __slots__ = ()

    def backward(self) -> None:
        """In the right order, on top of what an earlier walk has left."""
        self.accumulate(1.0)
        for node in reversed(topological_order(self)):
            if node.op is not None:
                node.op.push(node)


class ByNumber(Value):
    """Takes two nodes that hold equal numbers for one and the same."""

    __slots__ = ()

    def backward(self) -> None:
        """Each number once."""
        order: list[Node] = []
        seen: set[float] = set()

        def visit(node: Node) -> None:
            if node.data not in seen:
                seen.add(node.data)
                for x in node.inputs:
                    if isinstance(x, Node):
                        visit(x)
                order.append(node)

        visit(self)
        backward(order, 1.0)


class FromLoss(Value):
    """Starts the walk back with the loss itself."""

    __slots__ = ()

    def backward(self) -> None:
        """The larger the loss, the larger all gradients."""
        backward(topological_order(self), self.data)


def square(x: Any) -> Any:
    return x * x


def two_squares(x: Any, y: Any) -> Any:
    return x * x + y * y


def late_news(x: Any) -> Any:
    y = x * 2
    return y + y * y


def double_squared(x: Any) -> Any:
    y = x + x
    return y * y


def shared_by_two_losses(x: Any) -> Any:
    y = x * x
    (y * 3).backward()
    x.grad = 0.0
    return y * x


ORDERS = (
    Misconception(
        name="assigned_not_added",
        idea="A gradient has arrived, so write it down: self.grad = g.",
        truth="A number used twice gets two gradients, and they add up: self.grad += g.",
        expression=square,
        point=(3.0,),
        engine=Assigns,
    ),
    Misconception(
        name="no_topological_order",
        idea="Walk from the result outwards; each node passes on what it has when it is met.",
        truth="A node may pass on only when all has arrived: first everything that it was used in.",
        expression=late_news,
        point=(3.0,),
        engine=Unordered,
    ),
    Misconception(
        name="recursion_counts_twice",
        idea="Whenever a gradient arrives at a node, call its inputs: recursion follows all paths.",
        truth="The second visit sends on again what the first one sent: visit each node once.",
        expression=double_squared,
        point=(3.0,),
        engine=Recursive,
    ),
    Misconception(
        name="stale_interior_gradients",
        idea="Only leaves have to be set to 0 between two backward passes.",
        truth="A computed number keeps what the last pass left, and would send it on once more.",
        expression=shared_by_two_losses,
        point=(3.0,),
        engine=Stale,
    ),
    Misconception(
        name="equal_is_the_same",
        idea="Two nodes that are equal have been seen before: if node in seen.",
        truth="A node is a place in the graph, not its number; it is told by identity.",
        expression=two_squares,
        point=(2.0, 2.0),
        engine=ByNumber,
    ),
    Misconception(
        name="started_from_the_loss",
        idea="Backward starts from the loss, so the first gradient is the loss.",
        truth="It starts from d loss / d loss, which is 1 however large the loss is.",
        expression=square,
        point=(3.0,),
        engine=FromLoss,
    ),
)
