"""Run a model on tensors that remember what is done with them, whatever the model does besides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from micrograd_plus.unknown import NotRecordable
from microgradx import TensorValue, no_grad
from vhgrad.nn.module import Module
from vhgrad.nn.parameter import Frozen
from vhgrad.training.modes import in_use

__all__ = ["Run", "Traced", "another", "run"]


class Traced(Frozen):
    """A tensor that depends on the input, and remembers how.

    An operation asks the latest class among its inputs to make the result. That is this one, after
    `Parameter` and `Frozen`: neither frozen parameters nor `no_grad` make it forget. What no input
    went into is not traced, and so a constant, however it was computed.
    """

    __slots__ = ()

    @classmethod
    def result(cls, data: Any, op: Any = None, inputs: tuple[Any, ...] = ()) -> Any:
        """A tensor that remembers its operation and all of its inputs."""
        node = TensorValue.result(data)
        node.op, node.inputs = op, inputs
        node.__class__ = cls
        return node

    def detach(self) -> Self:
        """Itself: there are no gradients here, and the numbers still depend on the input."""
        return self


class Run(NamedTuple):
    """What went into a model and what came out, and between them the graph.

    Attributes:
        batch: length of the batch.
        inputs: traced tensors.
        outputs: traced tensors.
    """

    batch: int
    inputs: list[Traced]
    outputs: list[Traced]


def run(model: Callable[..., Any], examples: Sequence[NDArray[Any]]) -> Run:
    """Run a model in the mode for use; every module then has the mode it had before.

    Raises:
        NotRecordable: if what comes out does not depend on what goes in.

    Example:
        >>> run(lambda x: x + 1.0, [np.ones((4, 3))]).outputs[0].op
        Op('+')
    """
    inputs = [Traced.result(x.copy()) for x in examples]
    with in_use(model) if isinstance(model, Module) else no_grad():
        made = model(*inputs)
    outputs = list(made) if isinstance(made, list | tuple) else [made]
    for x in outputs:
        if not isinstance(x, Traced):
            raise NotRecordable(
                "a model has to give a tensor, or several, that is computed from its input by "
                f"operations on tensors; got {type(x).__name__} {x!r:.60}."
            )
    return Run(len(inputs[0]), inputs, outputs)


def another(x: NDArray[Any], batch: int) -> NDArray[Any]:
    """Other numbers such as could stand in the place of an example, in a batch of this length.

    Example:
        >>> another(np.array([[1, 2], [3, 4]]), batch=3).tolist()
        [[4, 3], [2, 1], [4, 3]]
    """
    turned = np.resize(np.flip(x), (batch, *x.shape[1:]))
    return turned * x.dtype.type(-0.5) if x.dtype.kind == "f" else turned
