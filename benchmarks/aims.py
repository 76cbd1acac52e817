"""Does each stage reach what the roadmap aimed at? Five seeds each.

    python benchmarks/aims.py

Learns XOR at stage 2 and the spiral at stage 3. MNIST takes longer, so its shares come from what
`docs/generate/recorded.py mnist_microgradx` and `results_table.py` wrote down. Exits with 1 if a
mean is below its aim.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import runpy
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

import timing

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "docs" / "results"
SEEDS = range(5)


@dataclass(frozen=True)
class Aim:
    """One line of the roadmap.

    Attributes:
        stage: whose aim it is.
        what: what is learned.
        aim: the share of unseen examples that is right on average.
        within: the steps or epochs that are allowed; 0 is any number.
        unit: which of the two.
    """

    stage: str
    what: str
    aim: float
    within: int
    unit: str


def learned(example: str, unit: str, examples: int) -> tuple[int, list[float]]:
    """Train an example here: after how many steps or epochs, and the share of each seed."""
    names = runpy.run_path(str(ROOT / "examples" / f"{example}.py"))
    with contextlib.redirect_stdout(io.StringIO()):  # some tell their epochs
        found = [names["train"](seed) for seed in SEEDS]
    rights = [result[-1] if isinstance(result, tuple) else result for result in found]
    return names[unit], [float(right) / examples for right in rights]


def printed(example: str) -> tuple[int, list[float]]:
    """What a recorded example printed: a line for each seed, and its epochs in the last."""
    *lines, last = read(f"{example}.json")["output"]
    shares = [float(re.search(r"([\d.]+)%", line)[1]) / 100 for line in lines]
    return int(re.search(r"(\d+) epochs", last)[1]), shares


def tabled(row: str) -> tuple[int, list[float]]:
    """A row of the table of results."""
    found = read("results.json")["rows"][row]
    return found["recipe"]["epochs"], [seed["accuracy"] for seed in found["seeds"].values()]


def read(name: str) -> Any:
    """What was recorded for the docs."""
    return json.loads((RESULTS / name).read_text(encoding="utf-8"))


AIMS = (
    (Aim("micrograd-plus", "XOR", 0.95, 5000, "steps"), learned, "xor_micrograd_plus", "steps", 4),
    (Aim("microgradx", "a spiral", 0.90, 0, "epochs"), learned, "spiral_microgradx", "epochs", 1),
    (Aim("microgradx", "MNIST, 1,000 images", 0.90, 10, "epochs"), printed, "mnist_microgradx"),
    (Aim("vhgrad", "MNIST, 10,000 images", 0.95, 20, "epochs"), tabled, "mnist-10000"),
)


def main() -> None:
    """Measure or look up, write `docs/results/aims.json`, print what was reached."""
    rows, short_of = [], []
    for aim, source, *words in AIMS:
        after, shares = source(*words)
        mean = round(fmean(shares), 4)
        rows.append({**asdict(aim), "after": after, "shares": shares, "mean": mean})
        print(f"{aim.stage}: {aim.what}: {mean:.2%} after {after} {aim.unit}")
        if mean < aim.aim or after > (aim.within or after):
            short_of.append(aim.what)
    machine = timing.machine("not fixed")
    timing.write_json(RESULTS / "aims.json", timing.rounded({"machine": machine, "rows": rows}))
    sys.exit(f"below the aim: {', '.join(short_of)}" if short_of else 0)


if __name__ == "__main__":
    main()
