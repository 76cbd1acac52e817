"""Where do arrays begin to pay, and how much? Stage 3 against stage 2, by batch and by width.

One training step of `MLP(2, [width, width, 1])`, tanh throughout: forward pass, mean squared error,
backward pass, SGD step, in float64, with the same numbers at both stages. A number below 1 in the
table says that numbers one by one are faster than arrays.

At stage 2 a million operations take a second and more. Steps of that size are not run: its time is
then taken from the largest batch that was, in proportion to the examples, and marked with `~`.

    python benchmarks/sweep.py
"""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path
from typing import Any

import timing

BATCHES = (1, 4, 16, 64, 256, 1024)
WIDTHS = (4, 16, 64, 256)
MOST_OPERATIONS = 160_000  # of stage 2 in one step
PROMISED = (100, 16, 100.0)  # batch, width, times faster at least


def operations(batch: int, width: int) -> int:
    """About how many operations on numbers the forward pass has."""
    return batch * 2 * (2 * width + width * width + width)


def steps(batch: int, width: int) -> tuple[Any, Any]:
    """A training step at stage 2 and the same at stage 3; both return the loss."""
    import numpy as np

    import micrograd_plus
    import microgradx

    rng = random.Random(batch)
    xs = [[rng.uniform(-1, 1), rng.uniform(-1, 1)] for _ in range(batch)]
    ys = [1.0 if x[0] * x[1] < 0 else -1.0 for x in xs]
    X, Y = np.array(xs), np.array(ys)
    settings = {"last_activation": "tanh", "seed": 1}
    numbers = micrograd_plus.MLP(2, [width, width, 1], **settings)
    arrays = microgradx.MLP(2, [width, width, 1], **settings)
    sgd = micrograd_plus.SGD(numbers.parameters(), lr=0.01)
    array_sgd = microgradx.SGD(arrays.parameters(), lr=0.01)

    def number_step() -> float:
        loss = micrograd_plus.mse(ys, [numbers(x) for x in xs])
        sgd.zero_grad()
        loss.backward()
        sgd.step()
        return loss.data

    def array_step() -> float:
        loss = microgradx.mse(Y, arrays(X))
        array_sgd.zero_grad()
        loss.backward()
        array_sgd.step()
        return loss.item()

    return number_step, array_step


def measure(batch: int, width: int, rounds: int, budget: float) -> dict[str, Any]:
    """Check that both stages compute the same loss twice, then time them."""
    old, new = steps(batch, width)
    timing.same([old(), old()], [new(), new()], tolerance=1e-11)  # sums run in another order
    found = timing.compare(
        timing.stopwatch(old), timing.stopwatch(new), rounds=rounds, budget=budget
    )
    return {"batch": batch, "width": width, "estimated": False, **found.record()}


def estimate(batch: int, width: int, known: dict[str, Any], budget: float) -> dict[str, Any]:
    """Time stage 3 alone, and take stage 2's time from a smaller batch of the same width."""
    _, new = steps(batch, width)
    run = timing.stopwatch(new)
    calls = timing.calibrated(run, budget)
    after = min(run(calls) / calls for _ in range(3))
    before = known["before_seconds"] * batch / known["batch"]
    times = {"before_seconds": before, "after_seconds": after, "faster": {"median": before / after}}
    return {"batch": batch, "width": width, "estimated": True, **timing.rounded(times)}


def cell(result: dict[str, Any]) -> str:
    """How many times faster, for the table."""
    faster = result["faster"]["median"]
    return f"{'~' if result['estimated'] else ''}{faster:.{2 if faster < 10 else 0}f}"


def main() -> None:
    """Measure, print the tables, write the record."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3, help="how many times each step is timed")
    parser.add_argument("--out", type=Path, default=timing.RESULTS / "sweep.json")
    options = parser.parse_args()
    results: dict[tuple[int, int], dict[str, Any]] = {}
    with timing.one_thread() as threads:
        machine = timing.machine(threads)
        for width in WIDTHS:
            largest: dict[str, Any] = {}
            for batch in BATCHES:
                if operations(batch, width) <= MOST_OPERATIONS:
                    largest = measure(batch, width, options.rounds, 0.02)
                    results[batch, width] = largest
                else:
                    results[batch, width] = estimate(batch, width, largest, 0.02)
        batch, width, wanted = PROMISED
        promised = measure(batch, width, 3 * options.rounds, 0.02)
    rows = [[b, *[cell(results[b, w]) for w in WIDTHS]] for b in BATCHES]
    times = [[b, *[f"{1e6 * results[b, w]['after_seconds']:.0f}" for w in WIDTHS]] for b in BATCHES]
    header = ["batch", *[f"width {width}" for width in WIDTHS]]
    print("microgradx, times faster than micrograd-plus", timing.table(header, rows), sep="\n")
    print("\nmicroseconds per step of microgradx", timing.table(header, times), sep="\n")
    faster = timing.Ratio(**promised["faster"])
    print(f"\nbatch {batch}, 2-{width}-{width}-1: {faster} times faster")
    print(*(f"{name}: {value}" for name, value in machine.items()), sep="; ")
    step = "MLP(2, [width, width, 1]), tanh, float64, mse, SGD"
    record = {"machine": machine, "step": step, "promised": promised}
    timing.write_json(options.out, {**record, "results": list(results.values())})
    if faster.median < wanted:
        sys.exit(f"microgradx should be {wanted:g} times micrograd-plus there")


if __name__ == "__main__":
    main()
