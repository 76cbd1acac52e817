"""`TensorValue`: stage 2's Value on arrays. One node holds what took thousands before.

Arithmetic, graph and backward pass are inherited; what can be done with an array stands in
`methods`. New here are the constructor (arrays), `result` (arrays in a graph are frozen) and
`accumulate` (the one place that undoes broadcasting).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, Self

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from micrograd.graph import Node, backward, topological_order
from microgradx.broadcasting import unbroadcast
from microgradx.freezing import as_array, as_it_is, frozen, plain_array
from microgradx.methods import ArrayMethods
from microgradx.recording import DETACHED, NoGraph, pause
from microgradx.spelling import NUMPYS, hint, refuse_numpy

__all__ = ["TensorValue", "as_array", "frozen", "plain_array", "unbroadcast"]


class Clock:
    """Counts the writes into tensors, so that "written after it was used" can be seen."""

    def __init__(self) -> None:
        self.latest = 0
        self.lock = threading.Lock()  # two threads must not set it back, or get one number

    def tick(self) -> int:
        """The number of a new write."""
        with self.lock:
            self.latest += 1
            return self.latest


clock = Clock()


class TensorValue(ArrayMethods):
    """An array that remembers how it was made.

    `data` is read-only and never shares memory with an array of yours, so that nothing can change
    under a graph unseen. To give a leaf new numbers, assign: `w.data = w.data - 0.1 * w.grad`.
    `grad` is a plain array in the shape and dtype of `data`; None until a gradient has arrived. It
    has no graph: there are no second derivatives.

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

    stamp: int

    def __init__(self, data: ArrayLike, label: str = "", *, dtype: DTypeLike | None = None) -> None:
        if isinstance(data, Node):
            raise TypeError(f"TensorValue needs numbers, got a {type(data).__name__}.")
        set_data(self, as_array(data, dtype))
        self.stamp = clock.latest
        self.grad = self.initial_grad
        self.op = None
        self.inputs = ()
        self.label = label

    def assign(self, new: ArrayLike) -> None:
        """`tensor.data = new`: other numbers in the same shape and dtype, for a leaf.

        Graphs made before see by the stamp that they are out of date.
        """
        if self.op is not None and self.inputs:
            raise TypeError(
                f"the data of a {type(self).__name__} made by '{self.op.name}' cannot be replaced, "
                "because its gradient belongs to it; make a new tensor, or detach() it first."
            )
        array = plain_array(new)
        if array.shape != self.shape:
            raise ValueError(f"expected data of shape {self.shape}, got {array.shape}.")
        set_data(self, frozen(array, self.dtype))
        self.stamp = clock.tick()

    data = property(Node.data.__get__, assign)  # type: ignore[misc]  # stage 1's slot, now checked
    _array = Node.data  # type: ignore[misc]  # the slot itself: as `data`, in a third of the time

    @classmethod
    def result(cls, data: Any, op: Any = None, inputs: tuple[Any, ...] = ()) -> Self:
        """Make a tensor from the array that an operation gave, and freeze it."""
        node = object.__new__(cls)
        if type(data) is not np.ndarray:
            data = as_it_is(data)
        data.setflags(False)  # by name it takes twice as long
        if pause.depth:
            op, inputs = pause.seen(data, op, inputs)
        set_data(node, data)
        node.stamp = clock.latest
        node.grad = None
        node.op = op
        node.inputs = inputs
        node.label = ""
        return node

    @classmethod
    def constant(cls, x: Any) -> Any:
        """Plain numbers stay plain (they take the dtype of the array they meet); arrays freeze."""
        if type(x) is float:
            return x
        if isinstance(x, np.generic):
            x = x.item()
        if isinstance(x, int | float):
            try:
                return float(x)
            except OverflowError:
                raise ValueError("expected a number in the range of a float.") from None
        return frozen(plain_array(x))

    def accumulate(self, g: Any) -> None:
        """Add a gradient, summed over the axes along which this tensor was broadcast."""
        data = self._array
        if type(g) is not np.ndarray:
            g = as_it_is(g)
        if g.shape != data.shape:
            g = unbroadcast(g, data.shape)
        if g.dtype is not data.dtype and g.dtype != data.dtype:
            g = g.astype(data.dtype)
        if self.grad is not None:
            g = self.grad + g  # rebound, not +=: an operation may hand one array to both inputs
            if type(g) is not np.ndarray:
                g = as_it_is(g)
        if self.inputs:
            g.setflags(False)  # it will be handed on
        elif self.op is not None:
            return  # detached: a constant
        elif g.base is not None or not g.flags.writeable:
            g = g.copy()  # it was handed on: a leaf's gradient belongs to the leaf alone
        self.grad = g

    def backward(self, gradient: ArrayLike | None = None, *, keep: bool = False) -> None:
        """Fill `grad` of every leaf that this tensor was made from.

        Args:
            gradient: the gradient of this tensor, in its shape; 1 by default if it is one number.
            keep: True keeps the gradients of computed tensors, too, for a drawing; else each is
                dropped once it has been handed on, which saves a quarter of a step's memory.

        Raises:
            ValueError: if this tensor is not one number and no gradient is given, or the gradient
                has another shape.
            RuntimeError: if an array was changed after it was used, or there is no graph.
        """
        data = self.data
        if gradient is not None:
            gradient = np.array(gradient, dtype=data.dtype)
            if gradient.shape != data.shape:
                raise ValueError(
                    f"backward(gradient) needs the shape {data.shape}, got {gradient.shape}."
                )
        elif data.size == 1:
            gradient = np.array(1.0, data.dtype).reshape(data.shape)
        else:
            raise ValueError(
                f"backward() starts from one number, this {type(self).__name__} has shape "
                f"{data.shape}; take .sum() or .mean() first."
            )
        order = topological_order(self)
        check(order)
        with np.errstate(all="ignore"):
            if pause.watched:
                from microgradx.anomaly import watched_backward

                watched_backward(order, gradient, keep)
            else:
                backward(Keeping(order) if keep else order, gradient)

    def detach(self) -> Self:
        """The same numbers without their past, a constant: no gradient goes through it.

        Example:
            >>> x = TensorValue(3.0)
            >>> (x * x.detach()).backward()
            >>> x.grad
            array(3.)
        """
        return self.result(self.data, DETACHED)

    @property
    def shape(self) -> tuple[int, ...]:
        """Length of every axis."""
        return self._array.shape

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return self.data.ndim

    @property
    def size(self) -> int:
        """Number of entries."""
        return self.data.size

    def numel(self) -> int:
        """PyTorch's word for `size`."""
        return self.data.size

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of the entries, which is also the gradient's."""
        return self._array.dtype

    def item(self) -> float:
        """The only entry as a Python number."""
        if self.size != 1:
            raise ValueError(
                f"item(), float() and bool() need a tensor of one number, this one has shape "
                f"{self.shape}; select one with t[...], or reduce it with .sum() or .max()."
            )
        return self.data.item()

    def numpy(self) -> NDArray[Any]:
        """The entries as an array of your own."""
        return self.data.copy()

    def __float__(self) -> float:
        return float(self.item())

    def __bool__(self) -> bool:
        return bool(self.item())

    def __array__(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError(
            f"NumPy would lose the graph of a {type(self).__name__}; use the function of that name "
            "in microgradx, or t.numpy() for the plain array."
        )

    def __array_function__(
        self, function: Callable[..., Any], types: Any, args: Any, kwargs: Any
    ) -> Any:
        if function not in NUMPYS:
            refuse_numpy(type(self), function)
        return getattr(self, NUMPYS[function])

    if not TYPE_CHECKING:  # a type checker knows all attributes, and should

        def __getattr__(self, name: str) -> NoReturn:
            raise AttributeError(hint(type(self), name), name=name, obj=self)

    def __eq__(self, other: object) -> Any:
        return self.data == (other.data if isinstance(other, Node) else other)

    def __ne__(self, other: object) -> Any:
        return self.data != (other.data if isinstance(other, Node) else other)

    def __repr__(self) -> str:
        numbers = np.array2string(self.data, separator=", ", threshold=50, prefix="TensorValue(")
        made_by = "" if self.op is None else f", op={self.op.name!r}"
        return f"{type(self).__name__}({numbers}, shape={self.shape}, dtype={self.dtype}{made_by})"

    @staticmethod
    def summary(x: Any) -> str:
        """Drawings show one number as it is, and of an array shape and dtype."""
        return f"{x.shape} {x.dtype}" if np.ndim(x) else Node.summary(float(x))


class Keeping(list[Node]):
    """An order of nodes that get back the gradients that operations drop when handing on."""

    def __reversed__(self) -> Iterator[Node]:
        for node in super().__reversed__():
            g = node.grad
            yield node
            node.grad = g


set_data = Node.data.__set__  # type: ignore[misc]  # the slot, not a value in it


def check(order: Sequence[Any]) -> None:
    """Raise if the gradients of a graph would be wrong, or would go nowhere.

    Only tensors without inputs can be written into. If none was since the first operation of this
    graph, the graph is fresh; that takes a microsecond to see.
    """
    made, leads_somewhere = clock.latest, False
    for node in order:
        if node.inputs:
            if node.stamp < made:
                made = node.stamp
        elif node.op is None:
            leads_somewhere = True
    if not leads_somewhere:
        causes = [node.op.cause for node in order if isinstance(node.op, NoGraph)]
        raise RuntimeError(
            f"backward() found no graph of this {type(order[-1]).__name__}: {causes[-1]}."
        )
    if made < clock.latest:
        check_fresh(order)


def check_fresh(order: Sequence[Any]) -> None:
    """Raise if an array was written after the graph had used it: its gradients would be wrong."""
    for node in order:
        for x in node.inputs:
            if isinstance(x, TensorValue) and x.stamp > node.stamp:
                raise RuntimeError(
                    f"a {type(x).__name__} of shape {x.shape} was changed after '{node.op.name}' "
                    "had used it; run the forward pass again before backward()."
                )
