"""What a model does, as a list of steps that hold for every batch.

One run of a model shows what it did for one input. Two runs on batches of different lengths and
numbers show what depends on the input: whatever differs between them has to be a result of an
operation, or a length that goes with the batch. All other differences are refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from micrograd.graph import Node, topological_order
from micrograd_plus.unknown import NotRecordable
from microgradx import ops
from vhgrad.onnx.tracing import Run, Traced
from vhgrad.ops import embedding

__all__ = ["Shape", "Step", "Steps", "steps"]

Shape = tuple[int | str | None, ...]  # "batch" for the length of it, None for others that vary

TAKES_WHOLE = (embedding, ops.where)  # numbers of rows, and masks
BY_SHAPE = (ops.reshape, ops.broadcast_to)  # their settings are the shape of the result


@dataclass(eq=False)
class Step:
    """An operation on what depends on the input, or an input.

    Attributes:
        op: the operation; None for an input.
        inputs: steps, and constants: parameters and other tensors, arrays and numbers.
        shape: of the result.
        dtype: of the result.
    """

    op: Any
    inputs: tuple[Any, ...]
    shape: Shape
    dtype: np.dtype[Any]


class Steps(NamedTuple):
    """All that a model does with its inputs.

    Attributes:
        order: inputs before results.
        inputs: those of them that are given.
        outputs: those that are wanted.
    """

    order: list[Step]
    inputs: list[Step]
    outputs: list[Step]


def steps(one: Run, two: Run) -> Steps:
    """What two runs on batches of different lengths have in common, if that is all of them.

    Raises:
        NotRecordable: if they differ in what they do.
        TypeError: if whole numbers are used as floats.

    Example:
        >>> from vhgrad.onnx.tracing import run
        >>> short, long = (run(lambda x: 2.0 * x.tanh(), [np.ones((n, 3))]) for n in (2, 5))
        >>> [(step.op, step.shape) for step in steps(short, long).order]
        [(None, ('batch', 3)), (Op('tanh'), ('batch', 3)), (Op('*'), ('batch', 3))]
    """
    first, second = nodes(one), nodes(two)
    twins = {id(a): b for a, b in zip(first, second)}
    found: dict[int, Step] = {}
    for a, b in zip(first, second):
        check_operation(a.op, b.op)
        for x, y in zip(a.inputs, b.inputs):
            if not (twins.get(id(x)) is y if isinstance(x, Traced) else equal(x, y)):
                raise NotRecordable(
                    f"'{a.op.name}' has other constants for another input: numbers that are "
                    "random, or computed from the input otherwise than by operations on tensors "
                    "(x > 0 is none), or that have the length of the batch."
                )
        inputs = tuple(found[id(x)] if isinstance(x, Traced) else x for x in a.inputs)
        check_dtypes(a.op, inputs, a.dtype)
        found[id(a)] = Step(a.op, inputs, common(a.shape, b.shape, one.batch, two.batch), a.dtype)
    if len(first) != len(second):
        raise NotRecordable("for another input the model does more, or less.")
    return Steps(
        list(found.values()),
        [found[id(x)] for x in one.inputs],
        [found[id(x)] for x in one.outputs],
    )


def nodes(run: Run) -> Sequence[Any]:
    """Everything traced that leads to the outputs, inputs before results."""
    found = {id(node): node for node in run.inputs}
    for output in run.outputs:
        for node in topological_order(output):
            if isinstance(node, Traced):
                found.setdefault(id(node), node)
    return list(found.values())


def check_operation(one: Any, two: Any) -> None:
    """Raise if two operations are different ones."""
    if one is two:
        return
    if one is None or two is None or one.maker is None or one.maker is not two.maker:
        raise NotRecordable(f"for another input the model does {two} in place of {one}.")
    if one.maker not in BY_SHAPE:
        raise NotRecordable(
            f"'{one.name}' has other settings for another input: {two.settings} in place of "
            f"{one.settings}."
        )


def check_dtypes(op: Any, inputs: Sequence[Any], dtype: np.dtype[Any]) -> None:
    """Raise if whole numbers became floats: layers make float32 of an array of them, not this."""
    whole = any(isinstance(x, Step) and x.dtype.kind != "f" for x in inputs)
    if whole and dtype.kind == "f" and (op.maker or op) not in TAKES_WHOLE:
        raise TypeError(
            f"'{op.name}' got whole numbers of an example, which only embeddings take, and "
            "masks; give floats, such as example.astype(np.float32)."
        )


def equal(x: Any, y: Any) -> bool:
    """Whether two constants are the same, bit by bit."""
    if x is y:
        return True
    x, y = (np.asarray(c.data if isinstance(c, Node) else c) for c in (x, y))
    return x.dtype == y.dtype and x.shape == y.shape and x.tobytes() == y.tobytes()


def common(one: tuple[int, ...], two: tuple[int, ...], n: int, m: int) -> Shape:
    """The shape in two runs on batches of n and m.

    Example:
        >>> common((2, 8, 3), (5, 20, 3), 2, 5)
        ('batch', None, 3)
    """
    if len(one) != len(two):
        raise NotRecordable(f"for another input the model makes the shape {two}, not {one}.")
    varying = {a: "batch" if (a, b) == (n, m) else None for a, b in zip(one, two) if a != b}
    return tuple(a if a == b else varying[a] for a, b in zip(one, two))
