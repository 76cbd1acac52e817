"""How fast is `vhgrad` beside others? Each framework in a process of its own, asked in turn.

    python benchmarks/peers [NETWORK ...] [--torch-python PATH] [--peers-python PATH] [--threads 1]

Every framework trains the same network from the same weights on the same data; first the losses of
five steps are compared. Then each round asks every process for its time, in another order, and
gives one ratio per framework; reported are medians and bootstrap 95 % intervals. One framework has
a second process: its ratio to the first (A/A) is the noise floor. All processes are pinned to the
same cores.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import report  # noqa: E402
import timing  # noqa: E402
from asking import Peer, Silent  # noqa: E402
from networks import EPOCH, NAMES, write_start  # noqa: E402

FRAMEWORKS = {  # and in which environment each lives
    "by_hand": "own",
    "vhgrad_eager": "own",
    "vhgrad_compiled": "own",
    "torch_eager": "torch",
    "torch_slices": "torch",
    "torch_fused": "torch",
    "torch_compiled": "torch",
    "jax_jit": "peers",
    "autograd_numpy": "peers",
    "mygrad_eager": "peers",
    "tinygrad_jit": "peers",
}
OURS = "vhgrad_eager"  # with which all are compared


def start(name: str, pythons: dict[str, str], arrays: Path, threads: int) -> dict[str, Peer]:
    """A process for every framework that can train this network, and a second one of ours."""
    peers: dict[str, Peer] = {}
    for framework, environment in FRAMEWORKS.items():
        if environment not in pythons:
            continue
        try:
            peers[framework] = Peer(pythons[environment], framework, name, arrays, threads)
        except Silent as absent:
            if not absent.by_choice:
                print(f"absent: {framework} on {name}: {absent}", file=sys.stderr)
    peers["A/A"] = Peer(pythons["own"], OURS, name, arrays, threads)
    return peers


def agree(peers: dict[str, Peer], name: str) -> None:
    """Stop if the frameworks do not do the same; epochs differ in their order, so by more."""
    steps, tolerance = (1, 0.1) if name == EPOCH else (5, 1e-3)
    losses = {framework: peer.ask(losses=steps) for framework, peer in peers.items()}
    for framework, values in losses.items():
        print(f"{name} {framework:16} loss {values[-1]:.5f}", file=sys.stderr)
        timing.same(losses[OURS], values, tolerance)


def measured(peers: dict[str, Peer], rounds: int, budget: float) -> dict[str, Any]:
    """Seconds of a step, ratio to ours and largest memory, for every framework."""
    rng = random.Random(0)
    calls = {name: timing.calibrated(peer.seconds, budget) for name, peer in peers.items()}
    times: dict[str, list[float]] = {name: [] for name in peers}
    for _ in range(rounds):
        for name in rng.sample(sorted(peers), len(peers)):
            times[name].append(peers[name].seconds(calls[name]) / calls[name])
    return {
        name: {
            "seconds": statistics.median(found),
            "ratio": [a / b for a, b in zip(found, times[OURS], strict=True)],
            "compiled": ratios(found, times.get("vhgrad_compiled")),
            "megabytes": peers[name].ask(memory=True),
        }
        for name, found in times.items()
    }


def ratios(found: Sequence[float], ours: Sequence[float] | None) -> list[float]:
    """Round by round; none without ours."""
    return [a / b for a, b in zip(found, ours, strict=True)] if ours else []


def with_intervals(found: dict[str, Any]) -> dict[str, Any]:
    """The ratios of all rounds as a median and its interval."""
    rng = random.Random(0)
    for row in found.values():
        for which in ("ratio", "compiled"):
            values = row[which]
            row[which] = vars(timing.interval(values, rng)) if values else None
    return timing.rounded(found)


def main() -> None:
    """Measure network by network; write the record, the table and the picture."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("networks", nargs="*", metavar="NETWORK", help=", ".join(NAMES))
    parser.add_argument("--torch-python", help="a Python that has torch")
    parser.add_argument("--peers-python", help="a Python that has jax, autograd, mygrad, tinygrad")
    parser.add_argument("--threads", type=int, default=1, help="cores for every process")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--budget", type=float, default=0.2, help="seconds of one turn")
    parser.add_argument("--data-dir", help="folder of the MNIST files, for the epoch")
    parser.add_argument("--out", type=Path, help="the record, a JSON file")
    options = parser.parse_args()
    pythons = {"own": sys.executable, "torch": options.torch_python, "peers": options.peers_python}
    pythons = {name: python for name, python in pythons.items() if python}
    out = options.out or HERE.parents[1] / "docs" / "results" / f"peers-{options.threads}.json"

    results: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in options.networks or NAMES:
            arrays = Path(folder) / f"{name}.npz"
            write_start(name, arrays, options.data_dir)
            peers = start(name, pythons, arrays, options.threads)
            try:
                agree(peers, name)
                rounds = min(options.rounds, 5) if name == EPOCH else options.rounds
                results[name] = with_intervals(measured(peers, rounds, options.budget))
            finally:
                for peer in peers.values():
                    peer.close()
            print(report.table({name: results[name]}), end="\n\n", flush=True)
    machine = timing.machine(f"{options.threads}, pinned")
    report.write(out, {"machine": machine, "results": results})


if __name__ == "__main__":
    main()
