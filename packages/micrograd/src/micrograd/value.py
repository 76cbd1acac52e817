"""`Value`: a number you calculate with as with any other, and then ask for its gradients."""

from __future__ import annotations

import numbers
from typing import Any, ClassVar, Self

from micrograd import ops
from micrograd.graph import Node, backward, topological_order

__all__ = ["Value"]


class Value(Node):
    """A number that remembers how it was made (Karpathy, micrograd, 2020).

    Args:
        data: a real number, kept as a float.
        label: a name for drawings.

    Attributes:
        grad: d root / d self after `root.backward()`; 0.0 before.
        op: the operation that made it, None for a number you wrote down yourself.
        inputs: the Values and plain numbers that the operation was applied to.

    Example:
        >>> a, b = Value(2.0), Value(-3.0)
        >>> c = a * b + 10
        >>> c.backward()
        >>> c.data, a.grad, b.grad
        (4.0, -3.0, 2.0)
    """

    __slots__ = ()
    ops: ClassVar[Any] = ops  # where methods find the operations; later stages have more
    __array_ufunc__ = None  # a NumPy number on the left lets our `*` answer: np.float64(2) * v

    def __init__(self, data: float, label: str = "") -> None:
        self.data, self.grad, self.label = self.constant(data), self.initial_grad, label
        self.op, self.inputs = None, ()

    @classmethod
    def constant(cls, x: Any) -> float:
        """A plain number as a float; anything else is an error."""
        if not isinstance(x, numbers.Real):
            raise TypeError(f"{cls.__name__} needs a number, got {type(x).__name__} {x!r:.40}.")
        try:
            return float(x)
        except OverflowError:
            raise ValueError(f"{cls.__name__} needs a number in the range of a float.") from None

    def __add__(self, other: float | Value) -> Self:
        return self.ops.add(self, other)

    def __radd__(self, other: float | Value) -> Self:
        return self.ops.add(other, self)

    def __mul__(self, other: float | Value) -> Self:
        return self.ops.mul(self, other)

    def __rmul__(self, other: float | Value) -> Self:
        return self.ops.mul(other, self)

    def tanh(self) -> Self:
        """Hyperbolic tangent: squashes any number to between -1 and 1."""
        return self.ops.tanh(self)

    def backward(self) -> None:
        """Fill `grad` of every Value that this one was made from, by the chain rule.

        The gradients of leaves add up over several calls; set them to 0.0 between two steps.
        """
        backward(topological_order(self), 1.0)

    def __repr__(self) -> str:
        label = f", label={self.label!r}" if self.label else ""
        return f"{type(self).__name__}(data={self.data}, grad={self.grad}{label})"
