"""NumPy's functions for tensors: `sum(x, axis=0)` is the operation `sum_over(axis=0)` on x.

Each is made from the function in `ops` that makes the operation, and takes the same settings after
the tensor. Of plain numbers and arrays the result is a tensor without a graph.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any, Concatenate, ParamSpec

from numpy.typing import ArrayLike

from micrograd.graph import Node
from microgradx import ops
from microgradx.op import ArrayOp
from microgradx.recording import OF_CONSTANTS
from microgradx.tensor import TensorValue, as_array

__all__ = [
    "broadcast_to",
    "clip",
    "concatenate",
    "cumsum",
    "einsum",
    "elu",
    "expand_dims",
    "flatten",
    "leaky_relu",
    "log_softmax",
    "logsumexp",
    "max",
    "mean",
    "min",
    "norm",
    "pad",
    "permute",
    "power",
    "prod",
    "reshape",
    "softmax",
    "split",
    "squeeze",
    "stack",
    "std",
    "sum",
    "swapaxes",
    "take",
    "take_along_axis",
    "transpose",
    "var",
]

P = ParamSpec("P")


def applied(
    make: Callable[P, ArrayOp], example: str, shown: object
) -> Callable[Concatenate[Any, P], TensorValue]:
    """`call(x, *settings)` for what is made by `make(*settings)`, and named as in the example.

    Example:
        >>> double_sum = applied(ops.sum_over, "double_sum([1.0, 2.0])", 3.0)
        >>> double_sum([[1.0, 2.0], [3.0, 4.0]], axis=0).data
        array([4., 6.])
    """

    @functools.wraps(make)
    def call(x: Any, /, *settings: P.args, **named: P.kwargs) -> TensorValue:
        return make(*settings, **named)(x)

    what = inspect.cleandoc(make.__doc__ or "").partition("\n\nExample:")[0]
    call.__doc__ = f"{what}\n\nExample:\n    >>> {example}.data.tolist()\n    {shown}\n"
    call.__name__ = call.__qualname__ = example.partition("(")[0]
    call.__module__ = __name__
    x = inspect.Parameter("x", inspect.Parameter.POSITIONAL_ONLY)
    settings = list(inspect.signature(make).parameters.values())
    call.__signature__ = inspect.Signature([x, *settings])  # type: ignore[attr-defined]  # for help()
    return call


broadcast_to = applied(ops.broadcast_to, "broadcast_to([1.0, 2.0], (2, 2))", [[1.0, 2.0]] * 2)
clip = applied(ops.clip, "clip([-2.0, 0.5, 3.0], 0.0, 1.0)", [0.0, 0.5, 1.0])
cumsum = applied(ops.cumsum, "cumsum([1.0, 2.0, 3.0])", [1.0, 3.0, 6.0])
elu = applied(ops.elu, "elu([-1e9, 2.0], 0.5)", [-0.5, 2.0])
expand_dims = applied(ops.expand_dims, "expand_dims([1.0, 2.0], 1)", [[1.0], [2.0]])
leaky_relu = applied(ops.leaky_relu, "leaky_relu([-2.0, 2.0], 0.25)", [-0.5, 2.0])
log_softmax = applied(ops.log_softmax, "log_softmax([-1e9, 0.0])", [-1e9, 0.0])
logsumexp = applied(ops.logsumexp_over, "logsumexp([-1e9, 3.0])", 3.0)
max = applied(ops.max_over, "max([[1.0, 2.0], [4.0, 3.0]], axis=1)", [2.0, 4.0])
mean = applied(ops.mean_over, "mean([[1.0, 2.0], [4.0, 3.0]], axis=1)", [1.5, 3.5])
min = applied(ops.min_over, "min([[1.0, 2.0], [4.0, 3.0]], axis=1)", [1.0, 3.0])
norm = applied(ops.norm_over, "norm([3.0, 4.0])", 5.0)
pad = applied(ops.pad, "pad([1.0, 2.0], 1)", [0.0, 1.0, 2.0, 0.0])
power = applied(ops.power, "power([2.0, 3.0], 2)", [4.0, 9.0])
prod = applied(ops.prod_over, "prod([2.0, 3.0, 4.0])", 24.0)
reshape = applied(ops.reshape, "reshape([1.0, 2.0], (2, -1))", [[1.0], [2.0]])
softmax = applied(ops.softmax, "softmax([0.0, 0.0])", [0.5, 0.5])
squeeze = applied(ops.squeeze, "squeeze([[1.0, 2.0]])", [1.0, 2.0])
std = applied(ops.std_over, "std([1.0, 3.0])", 1.0)
sum = applied(ops.sum_over, "sum([[1.0, 2.0], [4.0, 3.0]], axis=0)", [5.0, 5.0])
swapaxes = applied(ops.swapaxes, "swapaxes([[1.0, 2.0]], 0, 1)", [[1.0], [2.0]])
transpose = permute = applied(ops.transpose, "transpose([[1.0, 2.0]])", [[1.0], [2.0]])
var = applied(ops.var_over, "var([1.0, 3.0], ddof=1)", 2.0)


def concatenate(tensors: Sequence[Any], axis: int = 0) -> TensorValue:
    """Join along an axis that all have.

    Example:
        >>> concatenate([TensorValue([1.0, 2.0]), [3.0]]).data
        array([1., 2., 3.])
    """
    return ops.concatenate(len(tensors), axis)(*tensors)


def stack(tensors: Sequence[Any], axis: int = 0) -> TensorValue:
    """Join tensors of one shape along a new axis.

    Example:
        >>> stack([TensorValue([1.0, 2.0]), [3.0, 4.0]], axis=1).data
        array([[1., 3.],
               [2., 4.]])
    """
    return ops.stack(len(tensors), axis)(*tensors)


def einsum(subscripts: str, *tensors: Any) -> TensorValue:
    """A sum of products over axes that `subscripts` names, as in NumPy.

    Example:
        >>> einsum("ij,j->i", [[1.0, 2.0], [3.0, 4.0]], TensorValue([1.0, 10.0])).data
        array([21., 43.])
    """
    return ops.einsum(subscripts)(*tensors)


def flatten(x: Any) -> TensorValue:
    """All entries in one row, in reading order.

    Example:
        >>> flatten([[1.0, 2.0], [3.0, 4.0]]).data
        array([1., 2., 3., 4.])
    """
    return tensor(x).flatten()


def split(x: Any, sections: int | Sequence[int], axis: int = 0) -> list[TensorValue]:
    """Cut into equal sections along an axis, or cut at the given places.

    Example:
        >>> [part.data.tolist() for part in split([1.0, 2.0, 3.0], [1])]
        [[1.0], [2.0, 3.0]]
    """
    return tensor(x).split(sections, axis)


def take(x: Any, indices: ArrayLike, axis: int | None = None) -> TensorValue:
    """Entries by number along an axis, or of the flattened tensor.

    Example:
        >>> take([1.0, 2.0, 3.0], [2, 0, 2]).data
        array([3., 1., 3.])
    """
    return tensor(x).take(indices, axis)


def take_along_axis(x: Any, indices: ArrayLike, axis: int) -> TensorValue:
    """One entry along an axis for each index, each row with indices of its own.

    Example:
        >>> take_along_axis([[1.0, 2.0], [3.0, 4.0]], [[1], [0]], axis=1).data
        array([[2.],
               [3.]])
    """
    return tensor(x).take_along_axis(indices, axis)


def tensor(x: Any) -> TensorValue:
    """A tensor as it is; numbers and arrays as a tensor without a graph."""
    return x if isinstance(x, Node) else TensorValue.result(as_array(x), OF_CONSTANTS)  # type: ignore[return-value]  # the attribute error of a stage 2 Value names it
