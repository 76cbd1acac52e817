"""How much memory does training take beside PyTorch, and does it grow?

    python benchmarks/peers/memory.py [--python torch=PATH] [--steps 100000]

The peak is the largest resident memory (VmHWM of Linux) of a process that imports the framework,
NumPy and the batch, and trains 200 steps: code, weights, Adam's moments, everything. Beside it
stands how much of that came after the import. Growth is the memory of network S after a tenth of
the steps against that at the end, in the process and, by tracemalloc, in Python and NumPy.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import timing  # noqa: E402
from asking import Peer, Silent  # noqa: E402
from networks import describe, write_start  # noqa: E402
from report import TITLES  # noqa: E402

FRAMEWORKS = {
    "by_hand": "own",
    "vhgrad_eager": "own",
    "vhgrad_compiled": "own",
    "torch_eager": "torch",
    "torch_fused": "torch",
}
STEPS = 200  # of the peak
ALLOWED = 4  # megabytes that allocators may keep for themselves over 100,000 steps


def peaks(pythons: dict[str, str], folder: Path) -> dict[str, Any]:
    """Megabytes of every framework on M and L."""
    found: dict[str, Any] = {}
    for network in ("M", "L"):
        arrays = folder / f"{network}.npz"
        write_start(network, arrays, None)
        for framework, environment in FRAMEWORKS.items():
            try:
                peer = Peer(pythons[environment], framework, network, arrays, 1)
            except (KeyError, Silent) as absent:
                print(f"absent: {framework} on {network}: {absent}", file=sys.stderr)
                continue
            peer.seconds(STEPS)
            peak = peer.ask(memory=True)
            row = {"peak": peak, "after import": peak - peer.imported}
            found.setdefault(network, {})[framework] = row
            peer.close()
    return found


def growth(python: str, folder: Path, steps: int) -> dict[str, Any]:
    """What is held after each tenth of the steps, eager and compiled."""
    arrays = folder / "S.npz"
    write_start("S", arrays, None)
    found: dict[str, Any] = {}
    for framework in ("vhgrad_eager", "vhgrad_compiled"):
        peer = Peer(python, framework, "S", arrays, 1)
        samples = []
        for _ in range(10):
            peer.seconds(steps // 10 - 10)
            samples.append(peer.ask(held=True))
        peer.close()
        found[framework] = {name: [sample[name] for sample in samples] for name in samples[0]}
    return found


def rows_of_peaks(found: dict[str, Any]) -> list[list[str]]:
    """For people; the share is that of the larger process of PyTorch."""
    rows = []
    for network, frameworks in found.items():
        torch = frameworks.get("torch_eager", {}).get("peak")
        for name, row in frameworks.items():
            share = f"{row['peak'] / torch:.2f}" if torch else "-"
            numbers = (f"{row['peak']:.0f}", share, f"{row['after import']:.0f}")
            rows.append([f"{network}: {describe(network)}, {TITLES[name]}", *numbers])
    return rows


def rows_of_growth(found: dict[str, Any]) -> list[list[str]]:
    """For people."""
    return [
        [
            TITLES[name],
            *(f"{row['resident'][k]:.1f}" for k in (0, -1)),
            *(f"{row['traced'][k]:,}" for k in (0, -1)),
        ]
        for name, row in found.items()
    ]


PEAKS = ["process that trains 200 steps", "peak, MB", "of PyTorch's", "MB after import"]
GROWTH = ["S", "MB at a tenth", "MB at the end", "bytes held at a tenth", "at the end"]


def main() -> None:
    """Measure, print, write the record and the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--python", action="append", default=[], metavar="NAME=PATH")
    parser.add_argument("--steps", type=int, default=100_000)
    options = parser.parse_args()
    pythons = {"own": sys.executable, **dict(word.split("=", 1) for word in options.python)}
    machine = timing.machine("1, pinned")
    record: dict[str, Any] = {"machine": machine, "steps": options.steps}
    results = HERE.parents[1] / "docs" / "results"
    with tempfile.TemporaryDirectory() as folder:
        highest = record["peaks"] = peaks(pythons, Path(folder))
        print(timing.table(PEAKS, rows_of_peaks(highest)), flush=True)
        timing.write_markdown(results / "peers-memory.md", PEAKS, rows_of_peaks(highest), machine)
        timing.write_json(results / "peers-memory.json", record)
        grown = record["growth"] = growth(sys.executable, Path(folder), options.steps)
        print(timing.table(GROWTH, rows_of_growth(grown)))
        timing.write_markdown(results / "peers-growth.md", GROWTH, rows_of_growth(grown), machine)
        timing.write_json(results / "peers-memory.json", record)
    for name, row in grown.items():
        if row["resident"][-1] - row["resident"][0] > ALLOWED:
            sys.exit(f"the memory of {name} grew")


if __name__ == "__main__":
    main()
