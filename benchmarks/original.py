"""How much faster and smaller is stage 2 than the original micrograd?

One training step of the original's moons demo: `MLP(2, [16, 16, 1])` with relu on 100 points,
margin loss plus L2, forward and backward pass and step. Each package runs in a process of its own,
because both are imported as `micrograd`; the processes are asked in turn. Graph memory is what
tracemalloc sees after the forward pass that was not there before, per operation of the original's
graph: ours has one node for the 2n operations of a neuron's sum, stage 1 has as many as it.

    python benchmarks/original.py --original-python PATH

PATH is a Python in whose environment `micrograd==0.1.0` is installed; stage 2 is taken from the
environment that this script runs in.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import timing

WORKER = Path(__file__).resolve().with_name("original_worker.py")
POINTS = 100
VARIANTS = {
    "the same source": "values",
    "plain numbers as inputs": "numbers",
    "compiled per example": "compiled",
}


def moons(count: int, seed: int = 1337, noise: float = 0.1) -> dict[str, list[Any]]:
    """Two half circles that reach into each other, with the labels -1 and 1."""
    rng = random.Random(seed)
    points, labels = [], []
    for k in range(count):
        angle, lower = rng.uniform(0, math.pi), k % 2
        x = 1 - math.cos(angle) if lower else math.cos(angle)
        y = 0.5 - math.sin(angle) if lower else math.sin(angle)
        points.append([x + rng.gauss(0, noise), y + rng.gauss(0, noise)])
        labels.append(2.0 * lower - 1.0)
    return {"points": points, "labels": labels}


class Worker:
    """A process with one of the two packages."""

    def __init__(self, python: str, package: str, isolated: bool) -> None:
        # -E: our own packages on PYTHONPATH must not hide the original.
        command = [python, *(["-E"] if isolated else []), str(WORKER)]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)
        self.about = self.ask(package=package, **moons(POINTS))

    def ask(self, **request: Any) -> Any:
        """Send a request and wait for the answer."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"the process of {self.process.args!r} ended; its error stands above")
        return json.loads(line)

    def seconds(self, calls: int) -> float:
        """A contestant for `timing.compare`."""
        return self.ask(seconds=calls)


def memory(worker: Worker) -> dict[str, float]:
    """Bytes and operations of the graph of one step."""
    return worker.ask(memory=True)


def measure(original: Worker, ours: Worker, how: str, rounds: int) -> dict[str, Any]:
    """Check that both learn alike from the same weights; then time and weigh them."""
    ours.ask(how=how)
    original.ask(weights=ours.ask(weights=None))
    # Twenty losses: only the order of a few additions differs.
    timing.same(original.ask(losses=20), ours.ask(losses=20), tolerance=1e-12)
    result = timing.compare(original.seconds, ours.seconds, rounds=rounds, budget=0.1)
    return {"timing": result, "original": memory(original), "ours": memory(ours)}


def main() -> None:
    """Measure, print the table, write the record."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--original-python", required=True, metavar="PATH")
    parser.add_argument("--short", action="store_true", help="fewer rounds")
    parser.add_argument("--out", type=Path, help="where to write the record (JSON)")
    options = parser.parse_args()
    name = "original-short.json" if options.short else "original.json"

    original = Worker(options.original_python, "micrograd", isolated=True)
    ours = Worker(sys.executable, "micrograd_plus", isolated=False)
    rows, results = [], {}
    for variant, how in VARIANTS.items():
        found = measure(original, ours, how, rounds=5 if options.short else 21)
        operations = found["original"]["operations"]
        sizes = [round(found[who]["bytes"] / operations, 1) for who in ("original", "ours")]
        rows.append([variant, *found["timing"].row(), *sizes, f"1/{sizes[0] / sizes[1]:.1f}"])
        results[variant] = {**found, "timing": found["timing"].record()}
    header = ["micrograd-plus", *timing.Timing.header, "bytes/op before", "after", "share"]
    print(timing.table(header, rows))
    machine = timing.machine("one process each")
    print(*(f"{key}: {value}" for key, value in machine.items()), sep="; ")
    about = {"original": original.about, "ours": ours.about}
    record = {"machine": machine, **about, "step": f"MLP(2, [16, 16, 1]), relu, {POINTS} points"}
    timing.write_json(options.out or timing.RESULTS / name, {**record, "results": results})


if __name__ == "__main__":
    main()
