"""Is memory flat over 100,000 steps without Python's collector, and how high is one step's peak?

Graphs have edges from results to inputs only, so each is freed the moment its loss is dropped. The
collector is switched off here to show that it has nothing to do. The peak is what one step holds at
its highest point beyond the network and the data, by tracemalloc.

    python benchmarks/memory.py
"""

from __future__ import annotations

import argparse
import gc
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import timing

NETWORKS = {"2-16-16-2, batch 100": (2, [16, 16, 2], 100), "784-256-10": (784, [256, 10], 64)}
ALLOWED = 4 * 1024 * 1024  # bytes of the process: what allocators keep for themselves


def training_step(nin: int, nouts: list[int], batch: int) -> tuple[Callable[[], None], Any]:
    """One step of Adam on fixed data, and the network."""
    import numpy as np

    from microgradx import MLP, Adam, cross_entropy

    rng = np.random.default_rng(0)
    X = rng.normal(size=(batch, nin)).astype("float32")
    y = rng.integers(nouts[-1], size=batch)
    model = MLP(nin, nouts, activation="relu", seed=1, dtype="float32")
    optimizer = Adam(model.parameters())

    def step() -> None:
        loss = cross_entropy(y, model(X))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return step, model


def resident() -> int | None:
    """Bytes of this process in memory; None where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1])
    except OSError:
        return None
    import resource

    return pages * resource.getpagesize()


def peak(nin: int, nouts: list[int], batch: int) -> dict[str, int]:
    """What a step holds at its highest point, beside the size of the parameters."""
    step, model = training_step(nin, nouts, batch)
    for _ in range(3):
        step()  # the optimiser's memory is there
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    step()
    highest = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    return {"parameters": sum(p.data.nbytes for p in model.parameters()), "peak": highest}


def flatness(steps: int, samples: int = 10) -> dict[str, Any]:
    """Memory in use and in the process after each tenth of the steps, the collector being off."""
    step, _ = training_step(*NETWORKS["2-16-16-2, batch 100"])
    gc.collect()
    gc.disable()
    try:
        traced, process = [], []
        for _ in range(samples):
            for _ in range(steps // samples - 10):
                step()
            tracemalloc.start()  # for ten steps only: it would slow all of them down by half
            for _ in range(10):
                step()
            traced.append(tracemalloc.get_traced_memory()[0])
            tracemalloc.stop()
            process.append(resident())
        return {"steps": steps, "traced": traced, "resident": process, "garbage": gc.collect()}
    finally:
        gc.enable()


def main() -> None:
    """Measure, print, write the record."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--steps", type=int, default=100_000)
    parser.add_argument("--out", type=Path, default=timing.RESULTS / "memory.json")
    options = parser.parse_args()
    with timing.one_thread() as threads:
        machine = timing.machine(threads)
        peaks = {name: peak(*network) for name, network in NETWORKS.items()}
        flat = flatness(options.steps)
    rows = [[name, f"{p['parameters']:,}", f"{p['peak']:,}"] for name, p in peaks.items()]
    print(timing.table(["bytes, float32, Adam", "parameters", "peak of a step"], rows))
    grown = flat["traced"][-1] - flat["traced"][0]
    print(f"{options.steps:,} steps without the collector: {grown:+,} bytes traced")
    if flat["resident"][0] is not None:
        first, *_, last = flat["resident"]
        grown = last - first
        print(f"process: {first:,} bytes after a tenth of the steps, {last:,} at the end")
    print(f"objects that only the collector could free: {flat['garbage']}")
    timing.write_json(options.out, {"machine": machine, "peaks": peaks, "flat": flat})
    if grown > ALLOWED or flat["garbage"]:
        sys.exit("memory grew")


if __name__ == "__main__":
    main()
