"""How much faster is each stage than the one before, on the same network and the same numbers?

One training step of `MLP(2, [16, 16, 1])`, tanh throughout: forward pass, mean squared error,
backward pass, SGD step, everything in float64. At stage 1 the loss and the step are written by
hand. Batches of several sizes show what a stage gains with the size.

    python benchmarks/ladder.py
    python benchmarks/ladder.py --short --pair micrograd-plus microgradx
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import timing

NIN, NOUTS, SEED, RATE = 2, [16, 16, 1], 1, 0.05
BATCHES = (1, 10, 100)
AT_LEAST = {("micrograd-plus", "microgradx", 100): 5.0}  # only what no noise can turn around

Step = Callable[[], float]


def points(count: int) -> tuple[list[list[float]], list[float]]:
    """Random points in a square, and whether their signs differ: XOR of many rows."""
    rng = random.Random(SEED)
    xs = [[rng.uniform(-1, 1), rng.uniform(-1, 1)] for _ in range(count)]
    return xs, [1.0 if x[0] * x[1] < 0 else -1.0 for x in xs]


def micrograd_step(xs: list[list[float]], ys: list[float]) -> Step:
    """Stage 1: loss, `zero_grad` and step by hand."""
    from micrograd import MLP

    model = MLP(NIN, NOUTS, seed=SEED)
    parameters = model.parameters()
    share = 1 / len(xs)

    def step() -> float:
        loss: Any = 0.0
        for x, y in zip(xs, ys):
            error = model(x) + -1.0 * y
            loss = loss + error * error
        loss = loss * share
        for p in parameters:
            p.grad = 0.0
        loss.backward()
        for p in parameters:
            p.data -= RATE * p.grad
        return loss.data

    return step


def micrograd_plus_step(xs: list[list[float]], ys: list[float]) -> Step:
    """Stage 2: the same with `mse` and `SGD`."""
    from micrograd_plus import MLP, SGD, mse

    model = MLP(NIN, NOUTS, last_activation="tanh", seed=SEED)
    optimizer = SGD(model.parameters(), lr=RATE)

    def step() -> float:
        loss = mse(ys, [model(x) for x in xs])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.data

    return step


def microgradx_step(xs: list[list[float]], ys: list[float]) -> Step:
    """Stage 3: all rows at once."""
    import numpy as np

    from microgradx import MLP, SGD, mse

    model = MLP(NIN, NOUTS, last_activation="tanh", seed=SEED)
    return array_step(model, SGD(model.parameters(), lr=RATE), mse, np.array(xs), np.array(ys))


def vhgrad_step(xs: list[list[float]], ys: list[float]) -> Step:
    """Stage 4: the same, made of parameters."""
    import numpy as np

    from vhgrad import MLP, SGD, mse

    model = MLP(NIN, NOUTS, last_activation="tanh", seed=SEED, dtype=np.float64)
    return array_step(model, SGD(model.parameters(), lr=RATE), mse, np.array(xs), np.array(ys))


def array_step(model: Any, optimizer: Any, mse: Any, X: Any, Y: Any) -> Step:
    """What stages 3 and 4 have in common."""

    def step() -> float:
        loss = mse(Y, model(X))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


STAGES = {
    "micrograd": micrograd_step,
    "micrograd-plus": micrograd_plus_step,
    "microgradx": microgradx_step,
    "vhgrad": vhgrad_step,
}


def measure(before: str, after: str, batch: int, rounds: int, budget: float) -> timing.Timing:
    """Check that two stages learn alike on one batch, then time them."""
    old, new = (STAGES[stage](*points(batch)) for stage in (before, after))
    # Ten steps: sums run in another order, so the last digits of the losses differ.
    timing.same([old() for _ in range(10)], [new() for _ in range(10)], tolerance=1e-11)
    return timing.compare(
        timing.stopwatch(old), timing.stopwatch(new), rounds=rounds, budget=budget
    )


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--short", action="store_true", help="fewer rounds, one batch size")
    parser.add_argument(
        "--pair", nargs=2, choices=STAGES, metavar=("BEFORE", "AFTER"), help="only these two stages"
    )
    parser.add_argument("--out", type=Path, help="where to write the record (JSON)")
    options = parser.parse_args()
    if options.out is None:  # a short or a partial run does not take the place of the full one
        parts = ["ladder", *(options.pair or []), *(["short"] if options.short else [])]
        options.out = timing.RESULTS / f"{'-'.join(parts)}.json"
    return options


def main() -> None:
    """Measure, print the table, write the record."""
    options = arguments()
    pairs = [tuple(options.pair)] if options.pair else list(pairwise(STAGES))
    batches = BATCHES[-1:] if options.short else BATCHES
    rounds, budget = (7, 0.02) if options.short else (31, 0.05)
    rows, results, missed = [], [], []
    with timing.one_thread() as threads:
        machine = timing.machine(threads)
        for before, after in pairs:
            for batch in batches:
                result = measure(before, after, batch, rounds, budget)
                results.append(
                    {"before": before, "after": after, "batch": batch, **result.record()}
                )
                rows.append([before, after, batch, *result.row()])
                wanted = AT_LEAST.get((before, after, batch), 0.0)
                if result.faster.median < wanted:
                    missed.append(f"{after} should be {wanted:g} times {before} at batch {batch}")
    print(timing.table(["before", "after", "batch", *timing.Timing.header], rows))
    print(*(f"{name}: {value}" for name, value in machine.items()), sep="; ")
    network = f"MLP({NIN}, {NOUTS}), tanh, float64, mse, SGD"
    timing.write_json(options.out, {"machine": machine, "step": network, "results": results})
    if missed:
        sys.exit("\n".join(missed))


if __name__ == "__main__":
    main()
