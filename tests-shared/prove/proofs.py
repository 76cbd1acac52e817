"""The proofs of a pair of stages: expressions, arrays, networks; each is a row of the table."""

from __future__ import annotations

import collections
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from cases import CASES

from prove import arrays, networks
from prove.comparing import compare
from prove.expressions import SMALL, Expression, random_expression
from prove.programs import program
from prove.shrinking import shrunk
from prove.slopes import agrees
from prove.stages import Stage, answer
from prove.torch_opinion import torch_answer

__all__ = ["Row", "prove_arrays", "prove_expressions", "prove_networks", "prove_with_torch"]


@dataclass
class Row:
    """A line of the table.

    Attributes:
        pair: whom it is about.
        what: what was compared.
        cases: how many.
        worst: the largest difference where `1e-12` was the bound.
        bounds: how often each bound was needed.
        seconds: how long it took.
        failures: what went wrong, each as a program or a description.
    """

    pair: str
    what: str
    cases: int = 0
    worst: float = 0.0
    bounds: collections.Counter = field(default_factory=collections.Counter)
    seconds: float = 0.0
    failures: list[str] = field(default_factory=list)

    def timed(self, cases: Iterator[tuple[float, str, str | None]]) -> Row:
        """Take in the cases: worst difference, the bound that was needed, a failure or None."""
        begin = time.perf_counter()
        for worst, bound, failure in cases:
            self.cases += 1
            self.worst = max(self.worst, worst)
            self.bounds[bound] += 1
            if failure is not None:
                self.failures.append(failure)
                break  # one is enough, and shrinking takes time
        self.seconds = time.perf_counter() - begin
        return self


def entries(rows: np.ndarray) -> list[np.ndarray]:
    """Every entry as a quantity of its own: none may hide behind a larger one."""
    return [np.asarray(entry) for entry in rows.ravel()]


def same(one: Callable[..., np.ndarray], other: Callable[..., np.ndarray], expression: Expression):
    """Compare two ways to answer for an expression."""
    return compare(
        entries(one(expression)),
        entries(other(expression)),
        lambda place: entries(one(expression, place)),
        len(expression.leaves),
        len(expression),
    )


def random_expressions(rng: np.random.Generator, stage: Stage, count: int) -> Iterator[Expression]:
    """Expressions of 5 to 200 nodes of what a stage and the next one know."""
    for _ in range(count):
        nodes = int(np.exp(rng.uniform(np.log(5), np.log(200))))
        yield random_expression(rng, nodes, SMALL if stage.name == "micrograd" else CASES)


def prove_expressions(pair: tuple[Stage, Stage], rng: np.random.Generator, count: int) -> list[Row]:
    """The later stage against the one before, and against slopes measured with NumPy."""
    before, after = pair

    def between(expression: Expression):
        return same(lambda *e: answer(before, *e), lambda *e: answer(after, *e), expression)

    def stages_cases() -> Iterator[tuple[float, str, str | None]]:
        for expression in random_expressions(rng, before, count):
            verdict = between(expression)
            failure = None
            if not verdict.right:
                small = shrunk(expression, lambda e: not between(e).right)
                failure = program(small, pair)
            yield verdict.worst, verdict.bound, failure

    def slope_cases() -> Iterator[tuple[float, str, str | None]]:
        for expression in random_expressions(rng, before, count):
            right, worst = agrees(expression, answer(after, expression))
            failure = None
            if not right:
                small = shrunk(expression, lambda e: not agrees(e, answer(after, e))[0])
                failure = program(small, pair)
            yield worst, "1e-9 or the slope's own error", failure

    name = f"{before.name}, {after.name}"
    return [
        Row(name, "expressions").timed(stages_cases()),
        Row(name, "slopes").timed(slope_cases()),
    ]


def prove_with_torch(stage: Stage, before: Stage, rng: np.random.Generator, count: int) -> Row:
    """A stage against PyTorch.

    Its tanh may differ from ours in the last bit, and where tanh is close to 1, `1 - tanh**2`
    enlarges that beyond any bound; then the slopes, in extended precision, decide.
    """

    def cases() -> Iterator[tuple[float, str, str | None]]:
        for expression in random_expressions(rng, before, count):
            verdict = same(lambda *e: answer(stage, *e), lambda e: torch_answer(e), expression)
            if verdict.right:
                yield verdict.worst, verdict.bound, None
            else:
                right, _ = agrees(expression, answer(stage, expression))
                yield 0.0, "slopes", None if right else program(expression, (stage, stage))

    return Row(f"PyTorch, {stage.name}", "expressions").timed(cases())


def prove_arrays(later: str, leaf, rng: np.random.Generator, count: int) -> Row:
    """Array programs against the same with one node of stage 2 for every number."""

    def cases() -> Iterator[tuple[float, str, str | None]]:
        for _ in range(count):
            made = arrays.random_program(rng, int(rng.integers(3, 25)))
            verdict = compare(
                arrays.ask_arrays(leaf, made),
                arrays.ask_numbers(made),
                lambda place, made=made: arrays.ask_arrays(leaf, made, place),
                len(made.leaves),
                len(made),
            )
            yield verdict.worst, verdict.bound, None if verdict.right else written(made)

    return Row(f"micrograd-plus, {later}", "arrays, number by number").timed(cases())


def written(made: arrays.ArrayProgram) -> str:
    """A program with all digits of its numbers."""
    with np.printoptions(floatmode="unique", threshold=1000):
        return repr(made)


def prove_networks(before: str, after: str, rng: np.random.Generator, count: int) -> Row:
    """Ten training steps of random networks, every quantity against its largest entry."""

    def cases() -> Iterator[tuple[float, str, str | None]]:
        for _ in range(count):
            network = networks.random_network(rng, after)
            bound = 1e-11 if network.points == 100 else 1e-12
            worst = differ(networks.train(before, network), networks.train(after, network))
            failure = None if worst <= bound else f"networks.train(stage, {network})"
            yield worst, f"{bound:g}", failure

    return Row(f"{before}, {after}", "networks, ten steps").timed(cases())


def differ(expected: dict[str, np.ndarray], actual: dict[str, np.ndarray]) -> float:
    """The largest difference as a share of the largest entry of its quantity."""
    if expected.keys() != actual.keys():
        return np.inf
    shares = [0.0]
    for name, array in expected.items():
        if array.shape != actual[name].shape or not np.all(np.isfinite(actual[name])):
            return np.inf
        scale = np.max(np.abs(array), initial=0.0)
        difference = np.max(np.abs(array - actual[name]), initial=0.0)
        shares.append(float(difference / scale) if difference else 0.0)
    return max(shares)
