"""`detect_anomaly`: stop at the operation that first gave nan, instead of many steps later.

A nan spreads: from one operation to the loss, from there to every gradient. The graph remembers the
way it took, so the operation where it began can be found and named.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from micrograd.graph import Node, Op, backward
from microgradx.recording import OF_CONSTANTS, pause
from microgradx.tensor import Keeping

__all__ = ["AnomalyError", "detect_anomaly", "look", "watched_backward"]


class AnomalyError(FloatingPointError):
    """An operation gave nan, or a gradient is nan or infinite.

    Attributes:
        op: name of the operation where it began.
        inputs: that operation's inputs, tensors and constants.

    Example:
        >>> from microgradx import TensorValue, detect_anomaly
        >>> with detect_anomaly():
        ...     try:
        ...         TensorValue([-1.0]).log()
        ...     except AnomalyError as error:
        ...         print(error.op)
        log
    """

    def __init__(self, message: str, op: str, inputs: tuple[Any, ...]) -> None:
        super().__init__(message)
        self.op, self.inputs = op, inputs


class detect_anomaly(contextlib.ContextDecorator):  # read like no_grad
    """Look at every result and every gradient, in a block or in a whole function.

    The first operation whose result holds nan raises, so a debugger stops where it is computed.
    Infinities may be meant, as -inf is in a mask: they raise where nan came of one, where
    `backward` starts from one, and in the gradient of a leaf. The error names the operation where
    it began, and its shapes. A training step takes 10 to 30 % longer; other threads are not looked
    at. A backward pass that is stopped leaves the gradients of the leaves as they were.

    Example:
        >>> from microgradx import TensorValue
        >>> x = TensorValue([1000.0, 1.0], label="x")
        >>> with detect_anomaly():
        ...     y = x.exp() - x.exp()
        Traceback (most recent call last):
            ...
        microgradx.anomaly.AnomalyError: 'exp' made inf (1 of 2 entries) of x with shape (2,).
    """

    def __enter__(self) -> None:
        pause.depth += 1
        pause.watched += 1

    def __exit__(self, *error: object) -> None:
        pause.depth -= 1
        pause.watched -= 1


def look(data: Any, op: Op | None, inputs: tuple[Any, ...]) -> None:
    """Raise if the result of an operation holds nan."""
    if op is not None and inputs and trouble(data) == "nan":
        raise origin(data, op, inputs)


def origin(data: Any, op: Op, inputs: tuple[Any, ...]) -> AnomalyError:
    """Walk back from a result to the operation that first made it nan or infinite."""
    while True:
        source = culprit(inputs)
        if source is None:
            what = f"made {counted(data)} of {' and '.join(map(shown, inputs))}"
            break
        if not (isinstance(source, Node) and source.op is not None and source.inputs):
            what = f"was given {shown(source)}, which holds {counted(plain(source))}"
            break
        data, op, inputs = source.data, source.op, source.inputs
    return AnomalyError(f"'{op.name}' {what}.", op.name, inputs)


def culprit(inputs: tuple[Any, ...]) -> Any:
    """The input where trouble came in, nan before inf; None if there is none.

    What was computed without a graph comes last: `cross_entropy` keeps log q beside its logits.
    """
    beside = [x for x in inputs if isinstance(x, Node) and x.op is OF_CONSTANTS]
    for suspects in ([x for x in inputs if not any(x is y for y in beside)], beside):
        found = {trouble(x): x for x in reversed(suspects)}
        if "nan" in found or "inf" in found:
            return found.get("nan", found.get("inf"))
    return None


def watched_backward(order: Sequence[Any], gradient: Any, keep: bool) -> None:
    """`backward`, looking at the number it starts from and at every gradient that it makes."""
    root = order[-1]
    if trouble(root):
        raise origin(root.data, root.op, root.inputs)
    leaves = [(node, node.grad) for node in order if node.op is None]
    try:
        backward(Watched(order, keep), gradient)
    except AnomalyError:
        for leaf, grad in leaves:
            leaf.grad = grad
        raise


class Watched(Keeping):
    """An order of nodes whose gradients are looked at as the walk back makes them."""

    def __init__(self, order: Sequence[Any], keep: bool) -> None:
        super().__init__(order)
        self.keep = keep
        self.made: dict[Node, tuple[Node, Node]] = {}  # where the trouble of each node began

    def __reversed__(self) -> Iterator[Node]:
        for node in super().__reversed__() if self.keep else list.__reversed__(self):
            yield node
            for x in node.inputs:
                if isinstance(x, Node) and x not in self.made and trouble(x.grad):
                    self.made[x] = self.made.get(node, (node, x))
                    if trouble(x.grad) == "nan" or x.op is None:
                        raise self.error(x)

    def error(self, x: Any) -> AnomalyError:
        """Name the operation in whose rule the trouble of x began."""
        node, source = self.made[x]
        assert node.op is not None
        return AnomalyError(
            f"in the backward pass, '{node.op.name}' gave {shown(source)} a gradient that holds "
            f"{trouble(source.grad) or 'inf'}.",
            node.op.name,
            node.inputs,
        )


def plain(x: Any) -> Any:
    """The array in a tensor, or a constant."""
    return np.asarray(x.data if isinstance(x, Node) else x)


def trouble(x: Any) -> str:
    """'nan' or 'inf' if x holds one, else ''; nan counts before inf."""
    array = plain(x)
    if array.dtype.kind != "f" or np.isfinite(array).all():
        return ""
    return "nan" if np.isnan(array).any() else "inf"


def counted(array: Any) -> str:
    """What it holds and how often, such as `inf (1 of 2 entries)`."""
    what = trouble(array)
    bad = np.isnan(array) if what == "nan" else np.isinf(array)
    return f"{what} ({bad.sum():,} of {array.size:,} entries)" if array.ndim else what


def shown(x: Any) -> str:
    """An input in an error: its label if it has one, and its shape."""
    name = x.label if isinstance(x, Node) and x.label else ""
    if not isinstance(x, Node):
        return f"a constant of shape {np.shape(x)}" if np.ndim(x) else f"the number {x}"
    return f"{name or 'a ' + type(x).__name__} with shape {np.shape(x.data)}"
