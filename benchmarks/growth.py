"""How do time and memory of a step grow with batch, width, depth and parameters?

    python benchmarks/growth.py [--rounds 9] [--short]

A step is that of the yardstick (Adam, cross-entropy, float32) on networks that differ in one thing.
All sizes run in turn, round by round; each round gives one slope, by least squares through the
logarithms of the largest half of the sizes, where what a step costs whatever its size counts less.
Time is that of the processor, in one thread, so that other work on the machine counts less.
Slope 1 is linear. Reported are the median slope and its 95 % interval. Memory is the most that a
step holds beyond what was there before it, by tracemalloc; parameters and Adam's moments were.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
import tracemalloc
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import timing

from vhgrad import MLP, Adam, cross_entropy

BATCHES = (32, 64, 128, 256, 512, 1024, 2048)
WIDTHS = (32, 64, 128, 256, 512, 1024)
DEPTHS = (2, 4, 8, 16, 32, 64)
SERIES = {  # name: sizes, (hidden layers, batch) of each, what the slope of time should be
    "batch": (BATCHES, lambda n: ([256, 256], n), 1),
    "width": (WIDTHS, lambda n: ([n, n], 64), 2),
    "depth": (DEPTHS, lambda n: ([128] * n, 64), 1),
}
INPUTS, OUTPUTS = 64, 10


def step_of(hidden: list[int], batch: int) -> tuple[Callable[[], float], int]:
    """A training step, and how many parameters it moves."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((batch, INPUTS), np.float32)
    y = rng.integers(0, OUTPUTS, batch)
    model = MLP(INPUTS, [*hidden, OUTPUTS], seed=1, init="xavier")
    optimizer = Adam(model.parameters())

    def step() -> float:
        optimizer.zero_grad()
        loss = cross_entropy(y, model(x))
        loss.backward()
        optimizer.step()
        return float(loss.item())

    return step, sum(p.size for p in model.parameters())


def peak(step: Callable[[], float]) -> int:
    """The most bytes that a step holds beyond what was there."""
    step()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    step()
    highest = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return highest - before


def processor_time(step: Callable[[], float]) -> Callable[[int], float]:
    """A contestant: seconds that so many steps had the processor."""

    def seconds(calls: int) -> float:
        began = time.process_time()
        for _ in range(calls):
            step()
        return time.process_time() - began

    return seconds


def slope(sizes: Sequence[float], values: Sequence[float]) -> float:
    """Of a line through the logarithms of the larger half."""
    half = len(sizes) // 2
    return float(np.polyfit(np.log(sizes[half:]), np.log(values[half:]), 1)[0])


def measure(name: str, rounds: int, budget: float) -> dict[str, Any]:
    """Seconds and bytes of a step for every size of a series, and the slopes."""
    sizes, network, expected = SERIES[name]
    made = [step_of(*network(n)) for n in sizes]
    parameters = [count for _, count in made]
    memory = [peak(step) for step, _ in made]
    run = [processor_time(step) for step, _ in made]
    calls = [timing.calibrated(seconds, budget) for seconds in run]
    rng = random.Random(0)
    times: list[list[float]] = [[] for _ in sizes]
    for _ in range(rounds):
        for k in rng.sample(range(len(sizes)), len(sizes)):
            times[k].append(run[k](calls[k]) / calls[k])
    against = {name: sizes, **({"parameters": parameters} if name != "batch" else {})}
    return {
        "sizes": list(sizes),
        "parameters": parameters,
        "seconds": [float(f"{statistics.median(found):.4g}") for found in times],
        "bytes": memory,
        "slopes": {
            what: {
                "time": timing.rounded(
                    vars(timing.interval([slope(x, round_) for round_ in zip(*times)], rng))
                ),
                "memory": round(slope(x, memory), 3),
                "linear": expected if what == name else 1,
            }
            for what, x in against.items()
        },
    }


def rows_of(found: dict[str, Any]) -> list[list[str]]:
    """For the printed table and the docs."""
    rows = []
    for name, series in found.items():
        for what, fitted in series["slopes"].items():
            slopes = "{median:.2f} ({low:.2f} to {high:.2f})".format(**fitted["time"])
            title = what if what == name else f"{what}, by {name}"
            span = series["sizes"] if what == name else series["parameters"]
            half = len(span) // 2
            sizes = f"{span[half]:,} to {span[-1]:,}"
            rows.append([title, sizes, slopes, f"{fitted['memory']:.2f}", str(fitted["linear"])])
    return rows


HEADER = ["a step against", "fitted from", "slope of time", "slope of memory", "work grows by"]


def draw(found: dict[str, Any], path: Path) -> None:
    """Time above, memory below, both axes logarithmic; for light and dark pages."""
    import matplotlib
    from matplotlib.figure import Figure

    style = {"text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"}
    with matplotlib.rc_context({**dict.fromkeys(style, "0.5"), "svg.hashsalt": "growth"}):
        figure = Figure(figsize=(9, 5), layout="constrained")
        axes = figure.subplots(2, len(found), sharex="col", sharey="row")
        for column, (name, series) in zip(axes.T, found.items(), strict=True):
            column[0].loglog(series["sizes"], [1e3 * t for t in series["seconds"]], "o-")
            column[1].loglog(
                series["sizes"], [b / 2**20 for b in series["bytes"]], "s-", color="C1"
            )
            column[1].set_xlabel(name)
            for one in column:
                one.grid(which="both", color="0.5", alpha=0.25)
        axes[0, 0].set_ylabel("time of a step, ms")
        axes[1, 0].set_ylabel("memory of a step, MiB")
        figure.savefig(path, metadata={"Date": None}, transparent=True)


def main() -> None:
    """Measure, print, write the record, the table and the picture."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--budget", type=float, default=0.1, help="seconds of one turn")
    parser.add_argument("--short", action="store_true", help="three rounds, not recorded")
    options = parser.parse_args()
    rounds = 3 if options.short else options.rounds
    with timing.one_thread() as threads:
        found = {name: measure(name, rounds, options.budget) for name in SERIES}
    print(timing.table(HEADER, rows_of(found)))
    if not options.short:
        record = {"machine": timing.machine(threads), "rounds": rounds, "results": found}
        timing.write_json(timing.RESULTS / "growth.json", record)
        docs = Path(__file__).resolve().parents[1] / "docs"
        timing.write_markdown(
            docs / "results" / "growth.md", HEADER, rows_of(found), record["machine"]
        )
        draw(found, docs / "images" / "growth.svg")


if __name__ == "__main__":
    main()
