"""How long does a step of an optimiser take, and what do its fast ways bring?

The same gradients and the same formula, parameter by parameter on whole arrays (before), and as
`step()` does it (after): small parameters together, large ones in blocks, both where they lie.
Both are asked in turn, in one process.

    python benchmarks/optimizers.py
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import timing

from vhgrad import MLP
from vhgrad.optim import SGD, Adam, AdamW, RMSprop

NETWORKS = {
    "S 2-16-16-2": (2, [16, 16, 2]),
    "M 784-128-10": (784, [128, 10]),
    "L 784-1024-1024-10": (784, [1024, 1024, 10]),
}
OPTIMIZERS: dict[str, tuple[Any, dict[str, Any]]] = {
    "SGD": (SGD, {}),
    "SGD with momentum": (SGD, {"momentum": 0.9}),
    "Adam": (Adam, {}),
    "AdamW": (AdamW, {}),
    "RMSprop": (RMSprop, {}),
}


def stepper(sizes: tuple[int, list[int]], cls: Any, settings: dict[str, Any]) -> Any:
    """An optimiser whose parameters have gradients; `step()` is the contestant."""
    rng = np.random.default_rng(0)
    params = MLP(*sizes, seed=0).parameters()
    for p in params:
        p.grad = rng.normal(size=p.shape).astype(p.dtype)
    return cls(params, **settings)


def plain(cls: Any) -> Any:
    """The same optimiser by its formula alone: a subclass's own `update` gets whole arrays."""

    class Plain(cls):
        def update(self, data: Any, g: Any, state: Any, group: Any) -> Any:
            return super().update(data, g, state, group)

    return Plain


def numbers(optimizer: Any) -> list[float]:
    """Some of the parameters."""
    return [x for p in optimizer.state for x in p.data.ravel()[:100].tolist()]


def bandwidth() -> Callable[[], object]:
    """The traffic that Adam needs for L, and nothing else: four arrays read, three written."""
    a, b, c, d = (np.ones(1_863_690, np.float32) for _ in range(4))

    def copies() -> None:
        np.add(a, b, out=b)
        np.copyto(c, d)
        np.copyto(d, a)

    return copies


def main() -> None:
    """Measure, print the table, write the record."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=timing.RESULTS / "optimizers.json")
    parser.add_argument("--rounds", type=int, default=21)
    options = parser.parse_args()

    rows, results = [], {}
    with timing.one_thread() as threads:
        for network, sizes in NETWORKS.items():
            for name, (cls, settings) in OPTIMIZERS.items():
                before, after = stepper(sizes, plain(cls), settings), stepper(sizes, cls, settings)
                for _ in range(3):
                    before.step()
                    after.step()
                timing.same(numbers(before), numbers(after), 0.0)
                found = timing.compare(
                    timing.stopwatch(before.step),
                    timing.stopwatch(after.step),
                    rounds=options.rounds,
                    budget=0.03,
                )
                rows.append([f"{network}, {name}", *found.row()])
                results[f"{network}, {name}"] = found.record()
        traffic = timing.stopwatch(bandwidth())
        traffic(10)
        least = min(traffic(10) / 10 for _ in range(options.rounds))
    print(timing.table(["one step", *timing.Timing.header], rows))
    print(f"the memory traffic of Adam for L alone: {1e3 * least:.3f} ms")
    record = {"machine": timing.machine(threads), "results": results}
    record["traffic of Adam for L, seconds"] = timing.rounded(least)
    timing.write_json(options.out, record)


if __name__ == "__main__":
    main()
