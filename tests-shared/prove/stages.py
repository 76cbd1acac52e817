"""How each stage is asked: its leaves, its operations, and what it answers."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

import micrograd.ops
import micrograd_plus.ops
import microgradx.ops
import vhgrad
from prove.comparing import moved
from prove.expressions import Expression

__all__ = ["PAIRS", "STAGES", "Stage", "answer"]


@dataclass(frozen=True)
class Stage:
    """A stage: its name, how a leaf is made, and its operations."""

    name: str
    leaf: Callable[[Any], Any]
    ops: ModuleType
    arrays: bool  # whether one node holds all points

    @property
    def code(self) -> str:
        """How a leaf is written in a program."""
        return f"{self.leaf.__module__.split('.')[0]}.{self.leaf.__name__}"


STAGES = [
    Stage("micrograd", micrograd.Value, micrograd.ops, False),
    Stage("micrograd-plus", micrograd_plus.Value, micrograd_plus.ops, False),
    Stage("microgradx", microgradx.TensorValue, microgradx.ops, True),
    Stage("vhgrad", vhgrad.Parameter, microgradx.ops, True),
]
PAIRS = list(itertools.pairwise(STAGES))


def answer(stage: Stage, expression: Expression, nudged: int | None = None) -> np.ndarray:
    """The result and the gradient of every leaf, one row each, one column per point.

    `nudged` is the place of a leaf or step that is moved by one unit in the last place.
    """
    if stage.arrays:
        return ask(stage, expression, np.array(expression.leaves), nudged)
    points = range(len(expression.leaves[0]))
    return np.hstack([ask(stage, expression, column(expression, k), nudged) for k in points])


def column(expression: Expression, point: int) -> list[float]:
    """The leaves at one point, as plain numbers."""
    return [leaf[point] for leaf in expression.leaves]


def ask(stage: Stage, expression: Expression, leaves: Any, nudged: int | None) -> np.ndarray:
    """One forward and one backward pass."""
    inputs = [stage.leaf(leaf) for leaf in leaves]
    known: list[Any] = []
    for place in range(len(expression)):
        if place < len(inputs):
            known.append(inputs[place])
        else:
            step = expression.steps[place - len(inputs)]
            known.append(step.case.op(stage.ops)(*[known[k] for k in step.inputs]))
        if nudged is not None and nudged == place:
            known[place] = moved(known[place])
        elif (
            nudged is not None and place >= len(inputs) and nudged == place + len(expression.steps)
        ):
            known[place] = moved(known[place], again=True)
    total = known[-1] * expression.upstream
    (total.sum() if stage.arrays else total).backward()
    rows = [total.data, *(0.0 if x.grad is None else x.grad for x in inputs)]
    width = len(expression.leaves[0]) if stage.arrays else 1
    return np.array([np.broadcast_to(row, width) for row in rows], float)
