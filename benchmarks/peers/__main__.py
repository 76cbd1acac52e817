"""How fast is `vhgrad` beside others? Each framework in a process of its own, asked in turn.

    python benchmarks/peers [NETWORK ...] [--python torch=PATH ...] [--threads 1] [--short]

Every framework trains the same network from the same weights on the same data; first the losses of
five steps are compared. Then each round asks every process for its time, in another order, and
gives one ratio per framework; reported are medians and bootstrap 95 % intervals. One framework has
a second process: its ratio to the first (A/A) is the noise floor. All processes are pinned to the
same cores. Who cannot be asked is reported as absent. Networks that are named replace those of the
record, the others stay in it. `nox -s benchmark-peers` makes the environments and calls this.
"""

from __future__ import annotations

import argparse
import json
import os
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
from networks import EPOCH, NAMES, SCALARS, write_start  # noqa: E402

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
ON_SCALARS = {
    "scalars_original": "original",
    "scalars_stage1": "own",
    "scalars_stage2": "own",
    "scalars_compiled": "own",
}
OURS = ("vhgrad_eager", "vhgrad_compiled")  # with which all are compared
OURS_ON_SCALARS = ("scalars_stage2", "scalars_compiled")


def start(
    name: str, pythons: dict[str, str], arrays: Path, threads: int
) -> tuple[dict[str, Peer], dict[str, str]]:
    """A process for every framework that can train this network, a second one of ours; who not."""
    peers: dict[str, Peer] = {}
    absent: dict[str, str] = {}
    for framework, environment in (ON_SCALARS if name == SCALARS else FRAMEWORKS).items():
        if environment not in pythons:
            absent[framework] = "its environment could not be made"
            continue
        try:
            peers[framework] = Peer(pythons[environment], framework, name, arrays, threads)
        except Silent as silent:
            if not silent.by_choice:
                absent[framework] = str(silent)
    peers["A/A"] = Peer(pythons["own"], ours(name)[0], name, arrays, threads)
    return peers, absent


def ours(name: str) -> tuple[str, str]:
    """The eager and the compiled one of ours."""
    return OURS_ON_SCALARS if name == SCALARS else OURS


def agree(peers: dict[str, Peer], name: str) -> dict[str, str]:
    """Stop if the frameworks do not do the same; epochs differ in their order, so by more.

    Who fails at a step leaves, and is returned with the reason.
    """
    steps, tolerance = (1, 0.1) if name == EPOCH else (5, 1e-3)
    losses, absent = {}, {}
    for framework in list(peers):
        try:
            losses[framework] = peers[framework].ask(losses=steps)
        except Silent as silent:
            absent[framework] = str(silent)
            peers.pop(framework).close()
    for framework, values in losses.items():
        print(f"{name} {framework:16} loss {values[-1]:.5f}", file=sys.stderr)
        timing.same(losses[ours(name)[0]], values, tolerance)
    return absent


def measured(peers: dict[str, Peer], name: str, rounds: int, budget: float) -> dict[str, Any]:
    """Seconds of a step, ratios to ours and largest memory, for every framework."""
    rng = random.Random(0)
    calls = {name: timing.calibrated(peer.seconds, budget) for name, peer in peers.items()}
    times: dict[str, list[float]] = {name: [] for name in peers}
    for _ in range(rounds):
        for framework in rng.sample(sorted(peers), len(peers)):
            taken = peers[framework].seconds(calls[framework])
            times[framework].append(taken / calls[framework])
    eager, compiled = ours(name)
    return timing.rounded(
        {
            framework: {
                "seconds": statistics.median(found),
                "ratio": against(found, times[eager], rng),
                "compiled": against(found, times.get(compiled, []), rng),
                "megabytes": peers[framework].ask(memory=True),
                "about": peers[framework].ask(about=True),
            }
            for framework, found in times.items()
        }
    )


def against(
    found: Sequence[float], others: Sequence[float], rng: random.Random
) -> dict[str, float] | None:
    """The ratio of the same rounds with its interval; none where the other is absent."""
    if not others:
        return None
    ratios = [a / b for a, b in zip(found, others, strict=True)]
    return vars(timing.interval(ratios, rng))


def main() -> None:
    """Measure network by network; write the record, the table and the picture."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("networks", nargs="*", metavar="NETWORK", help=", ".join(NAMES))
    parser.add_argument(
        "--python",
        action="append",
        default=[],
        metavar="NAME=PATH",
        help="a Python of torch, peers (jax, autograd, mygrad, tinygrad) or original (micrograd)",
    )
    parser.add_argument("--threads", type=int, default=1, help="cores for every process")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--budget", type=float, default=0.2, help="seconds of one turn")
    clocks = ("wall", "processor")  # the second for one thread, on a machine with other work
    parser.add_argument("--clock", choices=clocks, default=clocks[0])
    parser.add_argument("--short", action="store_true", help="S and M, three rounds, not recorded")
    parser.add_argument("--data-dir", help="folder of the MNIST files, for the epoch")
    parser.add_argument("--out", type=Path, help="the record, a JSON file")
    options = parser.parse_args()
    if options.short:
        options.networks, options.rounds, options.budget = options.networks or ["S", "M"], 3, 0.05
    data = options.data_dir or os.environ.get("VHGRAD_DATA_DIR")
    pythons = {"own": sys.executable, **dict(word.split("=", 1) for word in options.python)}
    name_of_record = f"peers-{options.threads}{'-short' if options.short else ''}.json"
    out = options.out or HERE.parents[1] / "docs" / "results" / name_of_record

    if options.clock == "processor" and options.threads > 1:
        parser.error("the processor's time is that of all threads: take --clock wall")
    Peer.clock = options.clock
    record: dict[str, Any] = json.loads(out.read_text()) if out.is_file() else {}
    for name in options.networks or NAMES:
        with tempfile.TemporaryDirectory() as folder:
            arrays = Path(folder) / "start.npz"
            write_start(name, arrays, data)
            peers, absent = start(name, pythons, arrays, options.threads)
            try:
                absent |= agree(peers, name)
                for framework, why in absent.items():
                    print(f"absent: {framework} on {name}: {why}", file=sys.stderr)
                rounds = min(options.rounds, 7) if name == EPOCH else options.rounds
                rows = measured(peers, name, rounds, options.budget)
            finally:
                for peer in peers.values():
                    peer.close()
        machine = timing.machine(f"{options.threads}, pinned") | {"clock": options.clock}
        record[name] = {"machine": machine, "rounds": rounds, "absent": absent, "rows": rows}
        print(report.table(name, record[name]), end="\n\n", flush=True)
        report.write(out, {name: record[name] for name in NAMES if name in record})


if __name__ == "__main__":
    main()
