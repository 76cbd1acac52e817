"""The misconception lab of arrays: what can go wrong only where numbers come in shapes.

Continues `micrograd_plus.lab`, in the same words. The checker multiplies the result with a random
number, so its gradients and slopes are that many times those of `wrong()` and `right()`.
"""

from __future__ import annotations

import types
from typing import Any, ClassVar

import numpy as np

from micrograd_plus.lab.collection import Collection
from micrograd_plus.lab.misconception import Misconception
from microgradx import ops
from microgradx.broadcasting import unbroadcast
from microgradx.gradcheck import gradcheck
from microgradx.op import ArrayOp
from microgradx.tensor import TensorValue

__all__ = ["ArrayMisconception", "collection", "find", "names", "show"]


class ArrayMisconception(Misconception):
    """A belief about arrays: the engine is a class of tensors.

    Example:
        >>> from microgradx import lab
        >>> [gradient.tolist() for gradient in lab.find("bias_averaged").wrong()]
        [[[1.0], [1.0]], [1.0]]
        >>> [gradient.tolist() for gradient in lab.find("bias_averaged").right()]
        [[[1.0], [1.0]], [2.0]]
    """

    right_engine: ClassVar[Any] = TensorValue
    check = gradcheck


class NotSummed(TensorValue):
    """Leaves a gradient in the shape in which it arrives."""

    __slots__ = ()

    def accumulate(self, g: Any) -> None:
        """Of a bias, one gradient per row of the batch."""
        if np.size(g) <= self.size:
            super().accumulate(g)
        else:
            self.grad = g


class Averaged(TensorValue):
    """Undoes broadcasting with a mean."""

    __slots__ = ()

    def accumulate(self, g: Any) -> None:
        """Of a bias, the mean over the batch."""
        copies = np.size(g) / self.size
        super().accumulate(unbroadcast(np.asarray(g), self.shape) / max(copies, 1.0))


class InPlace(TensorValue):
    """Keeps the array that arrives and adds to it in place."""

    __slots__ = ()

    def accumulate(self, g: Any) -> None:
        """Saves a copy."""
        g = unbroadcast(np.asarray(g), self.shape)
        if self.grad is None:
            self.grad = g
        else:
            self.grad += g


class EntryByEntry(TensorValue):
    """Has the softmax's rule from the sigmoid."""

    __slots__ = ()

    ops: ClassVar[Any] = types.SimpleNamespace(
        **{
            **vars(ops),
            "softmax": lambda axis: ArrayOp(
                "softmax",
                ops.softmax(axis).forward,
                lambda g, out, x: g * out * (1 - out),
            ),
        }
    )


def with_bias(x: Any, bias: Any) -> Any:
    return (x + bias).sum()


def sum_and_product(x: Any, y: Any) -> Any:
    total = x + y
    return (total + x * y).sum()


def first_share(x: Any) -> Any:
    return (x.softmax() * [1.0, 0.0]).sum()


collection = Collection(
    ArrayMisconception(
        name="missing_unbroadcast",
        idea="x + b: the rule of + is g, so b gets g as it is.",
        truth="b was used once per row, so it gets the sum over the rows, in its own shape.",
        expression=with_bias,
        point=([[1.0], [2.0]], [0.5]),
        engine=NotSummed,
    ),
    ArrayMisconception(
        name="bias_averaged",
        idea="A bias that was stretched over a batch gets the mean of the gradients.",
        truth="Each use adds its gradient: the sum. The mean, if wanted, is in the loss.",
        expression=with_bias,
        point=([[1.0], [2.0]], [0.5]),
        engine=Averaged,
    ),
    ArrayMisconception(
        name="shared_array",
        idea="self.grad += g saves a copy.",
        truth="x + y hands one array to both: what is added to one is added to the other.",
        expression=sum_and_product,
        point=([2.0], [5.0]),
        engine=InPlace,
    ),
    ArrayMisconception(
        name="softmax_entry_by_entry",
        idea="The softmax is a sigmoid of many classes, so its rule is g * s * (1 - s).",
        truth="Each share depends on all scores: s_i * ((i == j) - s_j).",
        expression=first_share,
        point=([0.0, 0.0],),
        engine=EntryByEntry,
    ),
)
find, names, show = collection.find, collection.names, collection.show
