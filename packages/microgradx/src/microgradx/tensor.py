"""`TensorValue`: stage 2's Value on arrays. One node holds what took thousands before.

Arithmetic, graph and backward pass are inherited. New are the constructor (arrays), `result`
(arrays in a graph are frozen) and `accumulate` (the one place that undoes broadcasting).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

import micrograd_plus
from micrograd.graph import Node, backward, binary, topological_order, unary
from microgradx import ops

__all__ = ["TensorValue", "as_array", "frozen", "unbroadcast"]

clock = itertools.count()  # every write takes the next number, so "written after" can be seen


class TensorValue(micrograd_plus.Value):
    """An array that remembers how it was made.

    `data` is read-only and never shares memory with an array of yours, so that nothing can change
    under a graph unseen. To give a leaf new numbers, assign: `w.data = w.data - 0.1 * w.grad`.

    Args:
        data: number, nested lists or array. Float arrays keep their dtype; all else is float64.
        label: a name for drawings.
        dtype: a float dtype to convert to.

    Raises:
        TypeError: if `data` does not hold real numbers.
        ValueError: if nested lists are ragged.

    Example:
        >>> w = TensorValue([[1.0, 2.0], [3.0, 4.0]])
        >>> (w * w).sum().backward()
        >>> w.grad
        array([[2., 4.],
               [6., 8.]])
    """

    __slots__ = ("stamp",)
    __hash__ = Node.__hash__  # `==` compares numbers; sets and dicts go by identity

    holds: ClassVar[str] = "an array"
    initial_grad: ClassVar[Any] = None
    ops: ClassVar[Any] = ops

    stamp: int

    def __init__(self, data: ArrayLike, label: str = "", *, dtype: DTypeLike | None = None) -> None:
        if isinstance(data, Node):
            raise TypeError(f"TensorValue needs numbers, got a {type(data).__name__}.")
        self.write(as_array(data, dtype))
        self.grad = self.initial_grad
        self.op = None
        self.inputs = ()
        if label:
            self.label = label

    def write(self, array: NDArray[Any]) -> None:
        """Take a frozen array. Graphs made before see by the stamp that they are out of date."""
        set_data(self, array)
        self.stamp = next(clock)

    def assign(self, new: ArrayLike) -> None:
        """`tensor.data = new`: other numbers in the same shape and dtype."""
        array = plain_array(new)
        if array.shape != self.shape:
            raise ValueError(f"expected data of shape {self.shape}, got {array.shape}.")
        self.write(frozen(array.astype(self.dtype, copy=False)))

    data = property(Node.data.__get__, assign)  # type: ignore[misc]  # stage 1's slot, now checked

    @classmethod
    def result(cls, data: Any, op: Any = None, inputs: tuple[Any, ...] = ()) -> Self:
        """Make a tensor from the array that an operation gave, and freeze it."""
        node = object.__new__(cls)
        if type(data) is not np.ndarray:
            data = np.asarray(data)  # of 0-d arrays, NumPy makes scalars
        data.setflags(write=False)
        set_data(node, data)
        node.stamp = next(clock)
        node.grad = None
        node.op = op
        node.inputs = inputs
        return node

    @classmethod
    def constant(cls, x: Any) -> Any:
        """Plain numbers stay plain (they take the dtype of the array they meet); arrays freeze."""
        if isinstance(x, np.generic):
            x = x.item()
        if isinstance(x, int | float):
            return x
        return frozen(plain_array(x))

    def accumulate(self, g: Any) -> None:
        """Add a gradient, summed over the axes along which this tensor was broadcast."""
        data = self.data
        if type(g) is not np.ndarray:
            g = np.asarray(g)
        if g.shape != data.shape:
            g = unbroadcast(g, data.shape)
        if g.dtype != data.dtype:
            g = g.astype(data.dtype)
        if self.grad is not None:
            g = self.grad + g  # rebound, not +=: an operation may hand one array to both inputs
            if type(g) is not np.ndarray:
                g = np.asarray(g)
        if self.op is not None:
            g.setflags(write=False)  # it will be handed on
        elif g.base is not None or not g.flags.writeable:
            g = g.copy()  # it was handed on: a leaf's gradient belongs to the leaf alone
        self.grad = g

    def backward(self, gradient: ArrayLike | None = None) -> None:
        """Fill `grad` of every tensor that this one was made from.

        Args:
            gradient: the gradient of this tensor, in its shape; 1 by default if it is one number.

        Raises:
            ValueError: if this tensor is not one number and no gradient is given, or the gradient
                has another shape.
            RuntimeError: if an array was changed after it was used.
        """
        if gradient is None:
            if self.size != 1:
                raise ValueError(
                    f"backward() starts from one number, this {type(self).__name__} has shape "
                    f"{self.shape}; take .sum() or .mean() first."
                )
            gradient = np.ones(self.shape, self.dtype)
        gradient = np.array(gradient, dtype=self.dtype)
        if gradient.shape != self.shape:
            raise ValueError(
                f"backward(gradient) needs the shape {self.shape}, got {gradient.shape}."
            )
        order = topological_order(self)
        check_fresh(order)
        with np.errstate(all="ignore"):
            backward(order, gradient)

    def __pow__(self, exponent: Any) -> Self:
        if isinstance(exponent, np.ndarray | list | tuple):  # one exponent per entry
            return binary(self.ops.pow, self, exponent)
        return super().__pow__(exponent)

    # Arithmetic and functions are inherited; what follows exists on arrays only.

    def __matmul__(self, other: Any) -> Self:
        return binary(self.ops.matmul, self, other)

    def __rmatmul__(self, other: Any) -> Self:
        return binary(self.ops.matmul, other, self)

    def sum(self, axis: ops.Axis = None, keepdims: bool = False) -> Self:
        """Sum of all entries, or along one or several axes."""
        return unary(self.ops.sum_over(axis, keepdims), self)

    def mean(self, axis: ops.Axis = None, keepdims: bool = False) -> Self:
        """Mean of all entries, or along one or several axes."""
        return unary(self.ops.mean_over(axis, keepdims), self)

    def reshape(self, *shape: int | Sequence[int]) -> Self:
        """The same numbers in another shape; one length may be -1."""
        return unary(self.ops.reshape(unpacked(shape)), self)

    def transpose(self, *axes: int | Sequence[int]) -> Self:
        """Axes in another order; without arguments, reversed."""
        return unary(self.ops.transpose(unpacked(axes) or None), self)

    @property
    def T(self) -> Self:
        """All axes reversed."""
        return unary(self.ops.transpose(), self)

    @property
    def shape(self) -> tuple[int, ...]:
        """Length of every axis."""
        return self.data.shape

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return self.data.ndim

    @property
    def size(self) -> int:
        """Number of entries."""
        return self.data.size

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of the entries, which is also the gradient's."""
        return self.data.dtype

    def item(self) -> float:
        """The only entry as a Python number."""
        return self.data.item()

    def numpy(self) -> NDArray[Any]:
        """The entries as an array of your own."""
        return self.data.copy()

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("a TensorValue of shape () has no length.")
        return self.shape[0]

    def __eq__(self, other: object) -> Any:
        return self.data == (other.data if isinstance(other, Node) else other)

    def __ne__(self, other: object) -> Any:
        return self.data != (other.data if isinstance(other, Node) else other)

    def __repr__(self) -> str:
        numbers = np.array2string(self.data, separator=", ", threshold=50, prefix="TensorValue(")
        made_by = "" if self.op is None else f", op={self.op.name!r}"
        return f"{type(self).__name__}({numbers}, shape={self.shape}, dtype={self.dtype}{made_by})"


set_data = Node.data.__set__  # type: ignore[misc]  # the slot, not a value in it


def unpacked(numbers: Any) -> tuple[int, ...]:
    """The numbers of `f(2, 3)`, which may also have been written `f((2, 3))`."""
    one = len(numbers) == 1 and isinstance(numbers[0], Sequence)
    return tuple(numbers[0]) if one else numbers


def as_array(data: Any, dtype: DTypeLike | None = None) -> NDArray[Any]:
    """A float array of our own."""
    array = plain_array(data)
    if dtype is None:
        dtype = array.dtype if array.dtype.kind == "f" else np.float64
    elif np.dtype(dtype).kind != "f":
        raise TypeError(f"`dtype` needs a float type, got {np.dtype(dtype)}.")
    return frozen(array.astype(dtype, copy=False))


def plain_array(data: Any) -> NDArray[Any]:
    """`data` as a NumPy array of real numbers."""
    try:
        array = np.asarray(data)
    except ValueError:
        raise ValueError("expected lists of equal lengths, got ragged ones.") from None
    if array.dtype.kind not in "fiub":
        raise TypeError(
            f"expected real numbers, got {type(data).__name__} with dtype {array.dtype}."
        )
    return array


def frozen(array: NDArray[Any]) -> NDArray[Any]:
    """The array itself if nobody can write into it, else a copy into which nobody can."""
    memory: Any = array
    while isinstance(memory, np.ndarray) and not memory.flags.writeable:
        if memory.base is None:
            return array
        memory = memory.base
    array = np.array(array)
    array.setflags(write=False)
    return array


def unbroadcast(g: NDArray[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    """Sum a gradient over the axes that broadcasting added or stretched.

    Example:
        >>> unbroadcast(np.ones((3, 4)), (3, 1)).tolist()
        [[4.0], [4.0], [4.0]]
    """
    added = g.ndim - len(shape)
    if added > 0:
        g = np.add.reduce(g, axis=tuple(range(added)))
    if g.ndim == len(shape):
        stretched = tuple(k for k, n in enumerate(shape) if n == 1 != g.shape[k])
        if stretched:
            g = np.add.reduce(g, axis=stretched, keepdims=True)
    return g if g.shape == shape else np.broadcast_to(g, shape)  # a rule may leave g smaller


def check_fresh(order: Sequence[Any]) -> None:
    """Raise if an array was written after the graph had used it: its gradients would be wrong."""
    for node in order:
        for x in node.inputs:
            if isinstance(x, TensorValue) and x.stamp > node.stamp:
                raise RuntimeError(
                    f"a {type(x).__name__} of shape {x.shape} was changed after '{node.op.name}' "
                    "had used it; run the forward pass again before backward()."
                )
