"""How close does a training step come to NumPy written by hand? Eager, and compiled.

Three networks from small to large, Adam, cross-entropy, float32: zero_grad, forward, backward, step
and reading the loss. All three ways are asked in turn, in one process, after it was seen that they
compute the same.

    python benchmarks/step.py
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import timing
from handwritten import Handwritten

from microgradx import MLP, Adam, cross_entropy
from microgradx.compiling import compile

STEPS = {
    "S": (2, [16, 16, 2], 100),
    "M": (784, [128, 10], 64),
    "L": (784, [1024, 1024, 10], 256),
}


def contestants(nin: int, nouts: list[int], batch: int) -> dict[str, Callable[[], float]]:
    """One step of each way, on the same network and the same batch."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((batch, nin)).astype(np.float32)
    y = rng.integers(0, nouts[-1], batch)

    def eager() -> Callable[[Any, Any], Any]:
        model = MLP(nin, nouts, seed=1, dtype=np.float32)
        optimizer = Adam(model.parameters(), lr=1e-3)

        def step(x: Any, y: Any) -> Any:
            optimizer.zero_grad()
            loss = cross_entropy(y, model(x))
            loss.backward()
            optimizer.step()
            return loss

        return step

    by_hand = Handwritten(
        [p.data for p in MLP(nin, nouts, seed=1, dtype=np.float32).parameters()], batch
    )
    slow, fast = eager(), compile(eager())
    return {
        "by hand": lambda: by_hand.step(x, y),
        "compiled": lambda: fast(x, y).item(),
        "eager": lambda: slow(x, y).item(),
    }


def check(ways: dict[str, Callable[[], float]]) -> None:
    """All ways give the same losses: compiled and eager to the last bit, by hand to rounding."""
    for _ in range(10):
        losses = {name: way() for name, way in ways.items()}
        assert losses["compiled"] == losses["eager"], losses
        assert abs(losses["by hand"] - losses["eager"]) < 1e-4 * abs(losses["eager"]), losses


def main() -> None:
    """Check, time, print a table and write the results."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--short", action="store_true", help="fewer rounds")
    parser.add_argument("--only", choices=STEPS, help="one network")
    parser.add_argument("--results", type=Path, default=timing.RESULTS / "step.json")
    options = parser.parse_args()
    with timing.one_thread() as threads:
        record: dict[str, Any] = {"machine": timing.machine(threads), "steps": {}}
        rows = []
        for name, network in STEPS.items():
            if options.only in (None, name):
                ways = contestants(*network)
                check(ways)
                for way in ("compiled", "eager"):
                    found = timing.compare(
                        timing.stopwatch(ways[way]),
                        timing.stopwatch(ways["by hand"]),
                        rounds=15 if options.short else 61,
                        budget=0.05,
                    )
                    record["steps"][f"{name} {way}"] = found.record()
                    microseconds = [1e6 * found.before_seconds, 1e6 * found.after_seconds]
                    times = [f"{t:,.0f}" for t in microseconds]
                    rows.append([f"{name} {way}", *times, found.faster, found.noise])
    header = ["step", "us", "us by hand", "times by hand", "A/A"]
    print(timing.table(header, rows))
    timing.write_json(options.results, record)


if __name__ == "__main__":
    main()
