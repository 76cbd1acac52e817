"""Random expressions: described once, as data, so that every stage can be asked the same question.

An expression has a few leaves, each with a number at several points, and steps: an operation of
the shared table and the places of its inputs among the leaves and earlier steps. While it is
made, NumPy's oracles follow it, so that it stays away from poles, kinks and huge numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from cases import CASES, STAGE_1, Case

__all__ = ["Expression", "Step", "random_expression", "values"]

POINTS = 3
SMALL = [case for case in CASES if case.name in STAGE_1]


@dataclass(frozen=True)
class Step:
    """One operation and where its inputs stand: leaves first, then the steps before."""

    case: Case
    inputs: tuple[int, ...]


@dataclass(frozen=True)
class Expression:
    """What is calculated, where, and which gradient arrives at its end."""

    leaves: tuple[tuple[float, ...], ...]
    steps: tuple[Step, ...]
    upstream: float = 1.0

    def __len__(self) -> int:
        return len(self.leaves) + len(self.steps)

    def at(self, point: int) -> Expression:
        """The same at one of its points."""
        return replace(self, leaves=tuple((leaf[point],) for leaf in self.leaves))


def values(expression: Expression, leaves=None) -> list[np.ndarray]:
    """What NumPy gives for every leaf and every step, at all points."""
    known = list(np.asarray(expression.leaves) if leaves is None else leaves)
    for step in expression.steps:
        known.append(step.case.oracle(*[known[k] for k in step.inputs]))
    return known


def random_expression(rng: np.random.Generator, nodes: int, cases=CASES) -> Expression:
    """An expression of about so many nodes; what is not used yet is preferred as an input."""
    leaves = rng.uniform(-2.0, 2.0, (int(rng.integers(1, 9)), POINTS))
    known, steps = list(leaves), []
    unused = set(range(len(known)))
    for _ in range(4 * nodes):
        if len(known) >= nodes:
            break
        case = cases[rng.integers(len(cases))]
        inputs = tuple(pick(rng, unused, len(known)) for _ in case.domains)
        given = [known[k] for k in inputs]
        if not safe(case, given):
            continue
        result = case.oracle(*given)
        if not np.all(np.abs(result) < 50):
            continue
        unused -= set(inputs)
        unused.add(len(known))
        known.append(result)
        steps.append(Step(case, inputs))
    plain = tuple(tuple(leaf.tolist()) for leaf in leaves)
    return Expression(plain, tuple(steps), float(rng.uniform(0.5, 2.0)))


def pick(rng: np.random.Generator, unused: set[int], count: int) -> int:
    """A place: mostly one that nothing uses yet, else any, so that leaves and results recur."""
    if unused and rng.random() < 0.7:
        return sorted(unused)[rng.integers(len(unused))]
    return int(rng.integers(count))


def safe(case: Case, given: list[np.ndarray]) -> bool:
    """Whether the operation is smooth near these inputs, at every point."""
    x, y = given[0], given[-1]
    name = case.name
    if name == "pow":
        return bool(np.all((x > 0.1) & (x < 5) & (np.abs(y) < 3)))
    if name in ("log", "sqrt", "log1p") or (name == "power" and case.settings == (0.5,)):
        return bool(np.all(x > 0.1))
    if name == "power" and case.settings in ((0,), (-1,)):
        return bool(np.all(np.abs(x) > 0.2))
    if name == "div":
        return bool(np.all(np.abs(y) > 0.2))
    if name in ("exp", "expm1"):
        return bool(np.all(x < 4))
    if name in ("maximum", "minimum"):
        return bool(np.all(np.abs(x - y) > 0.05))
    if name in ("absolute", "relu", "leaky_relu", "elu"):
        return bool(np.all(np.abs(x) > 0.05))
    if name == "clip":
        return bool(np.all([np.abs(x - edge) > 0.05 for edge in case.settings]))
    return True
