"""`Value` with every operation: stage 1's number, extended and not rewritten."""

from __future__ import annotations

from math import inf
from typing import Any, ClassVar, Self

import micrograd
from micrograd.graph import Node
from micrograd_plus import ops
from micrograd_plus.copying import Copied
from micrograd_plus.unknown import looked_at

__all__ = ["Value"]


class Value(Copied, micrograd.Value):
    """A number that remembers how it was made, now with all the usual operations.

    Results follow IEEE arithmetic: `1 / Value(0)` is inf, not an error. `<`, `>`, `<=`, `>=`,
    `float(v)` and `bool(v)` look at the data; `==` stays identity, so Values work in sets.

    Example:
        >>> x = Value(3.0)
        >>> y = (x - 1) ** 2 / 2
        >>> y.backward()
        >>> y.data, x.grad
        (2.0, 2.0)
    """

    __slots__ = ()

    ops: ClassVar[Any] = ops

    def __neg__(self) -> Self:
        return self.ops.neg(self)

    def __pos__(self) -> Self:
        return self

    def __abs__(self) -> Self:
        return self.ops.absolute(self)

    def __sub__(self, other: float | micrograd.Value) -> Self:
        return self.ops.sub(self, other)

    def __rsub__(self, other: float | micrograd.Value) -> Self:
        return self.ops.sub(other, self)

    def __truediv__(self, other: float | micrograd.Value) -> Self:
        return self.ops.div(self, other)

    def __rtruediv__(self, other: float | micrograd.Value) -> Self:
        return self.ops.div(other, self)

    def __pow__(self, exponent: float | micrograd.Value) -> Self:
        if not isinstance(exponent, Node):
            exponent = self.constant(exponent)
            if isinstance(exponent, int | float):  # stage 3 has arrays as exponents, too
                return self.ops.power(exponent)(self)
        return self.ops.pow(self, exponent)

    def __rpow__(self, base: float | micrograd.Value) -> Self:
        return self.ops.pow(base, self)

    def exp(self) -> Self:
        """e to the power of self."""
        return self.ops.exp(self)

    def log(self) -> Self:
        """Natural logarithm; -inf at 0, nan below."""
        return self.ops.log(self)

    def log1p(self) -> Self:
        """log(1 + self), exact for small numbers."""
        return self.ops.log1p(self)

    def expm1(self) -> Self:
        """exp(self) - 1, exact for small numbers."""
        return self.ops.expm1(self)

    def sqrt(self) -> Self:
        """Square root; nan below 0."""
        return self.ops.sqrt(self)

    def sin(self) -> Self:
        """Sine of an angle in radians."""
        return self.ops.sin(self)

    def cos(self) -> Self:
        """Cosine of an angle in radians."""
        return self.ops.cos(self)

    def tanh(self) -> Self:
        """Hyperbolic tangent."""
        return self.ops.tanh(self)

    def sigmoid(self) -> Self:
        """1 / (1 + exp(-self)): squashes any number to between 0 and 1."""
        return self.ops.sigmoid(self)

    def softplus(self) -> Self:
        """log(1 + exp(self)): a smooth relu."""
        return self.ops.softplus(self)

    def relu(self) -> Self:
        """Self where positive, else 0."""
        return self.ops.relu(self)

    def leaky_relu(self, slope: float = 0.01) -> Self:
        """Self where positive, else `slope * self`."""
        return self.ops.leaky_relu(slope)(self)

    def elu(self, alpha: float = 1.0) -> Self:
        """Self where positive, else `alpha * (exp(self) - 1)`."""
        return self.ops.elu(alpha)(self)

    def silu(self) -> Self:
        """self * sigmoid(self): a relu with a soft corner."""
        return self.ops.silu(self)

    def gelu(self) -> Self:
        """A relu with a soft corner, in its tanh form."""
        return self.ops.gelu(self)

    def clip(self, low: float = -inf, high: float = inf) -> Self:
        """Self, but not below `low` and not above `high`."""
        return self.ops.clip(low, high)(self)

    def maximum(self, other: float | micrograd.Value) -> Self:
        """The larger of self and other."""
        return self.ops.maximum(self, other)

    def minimum(self, other: float | micrograd.Value) -> Self:
        """The smaller of self and other."""
        return self.ops.minimum(self, other)

    def __float__(self) -> float:
        return float(looked_at(self.data))

    def __format__(self, spec: str) -> str:
        """`f"{loss:.4f}"` is of the number; without a format, the whole node is printed."""
        return format(float(self), spec) if spec else str(self)

    def __bool__(self) -> bool:
        return bool(looked_at(self.data))

    def __lt__(self, other: Any) -> Any:
        return looked_at(self.data) < plain(other)

    def __le__(self, other: Any) -> Any:
        return looked_at(self.data) <= plain(other)

    def __gt__(self, other: Any) -> Any:
        return looked_at(self.data) > plain(other)

    def __ge__(self, other: Any) -> Any:
        return looked_at(self.data) >= plain(other)


def plain(x: Any) -> Any:
    """The number in a node, or the number itself."""
    return x.data if isinstance(x, Node) else x
