"""A failing expression made as small as it can be while it still fails.

Hypothesis shrinks what it generates itself (`test_prove.py` lets it); the cases of a long run come
from a faster generator, so they are shrunk here by the same moves: take away what is not needed,
then make numbers simple.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from prove.expressions import Expression

__all__ = ["shrunk"]

Fails = Callable[[Expression], bool]


def shrunk(expression: Expression, fails: Fails) -> Expression:
    """The smallest failing expression that the moves below lead to."""
    progress = True
    while progress:
        progress = False
        for smaller in candidates(expression):
            if fails_safely(smaller, fails):
                expression, progress = smaller, True
                break
    return expression


def fails_safely(expression: Expression, fails: Fails) -> bool:
    """Whether it fails; one that cannot be calculated at all is no smaller failure."""
    try:
        return fails(expression)
    except Exception:
        return False


def candidates(expression: Expression) -> Iterator[Expression]:
    """Everything one move away, boldest first."""
    if len(expression.leaves[0]) > 1:
        yield from map(expression.at, range(len(expression.leaves[0])))
    for end in range(1, len(expression.steps)):
        yield without_unused(replace(expression, steps=expression.steps[:end]))
    for place in range(len(expression.leaves), len(expression)):
        yield from without(expression, place)
    if expression.upstream != 1.0:
        yield replace(expression, upstream=1.0)
    for k, leaf in enumerate(expression.leaves):
        for simple in (tuple(float(round(x)) for x in leaf), tuple(round(x, 1) for x in leaf)):
            if simple != leaf:
                leaves = (*expression.leaves[:k], simple, *expression.leaves[k + 1 :])
                yield replace(expression, leaves=leaves)


def without(expression: Expression, place: int) -> Iterator[Expression]:
    """The expression with one of the inputs of a step in place of the step."""
    first = len(expression.leaves)
    gone = expression.steps[place - first]
    if place == len(expression) - 1:
        return
    for stand_in in gone.inputs:
        steps = []
        for step in (*expression.steps[: place - first], *expression.steps[place - first + 1 :]):
            inputs = tuple(stand_in if k == place else k - (k > place) for k in step.inputs)
            steps.append(replace(step, inputs=inputs))
        yield without_unused(replace(expression, steps=tuple(steps)))


def without_unused(expression: Expression) -> Expression:
    """Without the leaves and steps that the end does not need."""
    first, needed = len(expression.leaves), {len(expression) - 1}
    for place in reversed(range(first, len(expression))):
        if place in needed:
            needed |= set(expression.steps[place - first].inputs)
    kept = sorted(needed)
    number = {place: k for k, place in enumerate(kept)}
    return replace(
        expression,
        leaves=tuple(expression.leaves[place] for place in kept if place < first),
        steps=tuple(
            replace(step, inputs=tuple(number[k] for k in step.inputs))
            for step in (expression.steps[place - first] for place in kept if place >= first)
        ),
    )
