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
    timing.one_thread()
    results: dict[str, Any] = {}
    for name, network in STEPS.items():
        if options.only in (None, name):
            results[name] = measured(contestants(*network), 0.05 if options.short else 0.2)
    print(results)


def measured(ways: dict[str, Callable[[], float]], seconds: float) -> dict[str, Any]:
    """Each way against the one by hand."""
    check(ways)
    return {}


if __name__ == "__main__":
    main()
