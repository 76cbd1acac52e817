"""Does each stage reach what the roadmap aimed at? Its own examples, five seeds each.

    python benchmarks/aims.py [--data-dir FOLDER]

What stage 4 reaches is recorded by `results_table.py`, which takes an hour; its row comes from
there. Exits with 1 if a mean is below its aim.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import io
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from types import ModuleType

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
        share: of unseen examples that are right, to reach on average.
        within: the steps or epochs that are allowed; 0 is any number.
        unit: which of the two.
        example: the script that learns it.
        row: of the table of results, where it is measured there.
    """

    stage: str
    what: str
    share: float
    within: int
    unit: str
    example: str = ""
    row: str = ""


AIMS = (
    Aim("micrograd-plus", "XOR", 0.95, 5000, "steps", "xor_micrograd_plus"),
    Aim("microgradx", "a spiral of three arms", 0.90, 0, "epochs", "spiral_microgradx"),
    Aim("microgradx", "MNIST, 1,000 images", 0.90, 10, "epochs", "mnist_microgradx"),
    Aim("vhgrad", "MNIST, 10,000 images", 0.95, 20, "epochs", row="mnist-10000"),
)


def xor(example: ModuleType, seed: int) -> float:
    """The share of the four rows that is right."""
    return example.train(seed)[-1] / 4


def spiral(example: ModuleType, seed: int) -> float:
    """The share of 1,000 new points that is right."""
    with contextlib.redirect_stdout(io.StringIO()):  # it tells its epochs
        return float(example.train(seed))


def measured(aim: Aim, digits: Callable[[], tuple]) -> dict[str, object]:
    """What five seeds reach, and after how many steps or epochs."""
    if aim.row:
        found = json.loads((RESULTS / "results.json").read_text(encoding="utf-8"))["rows"][aim.row]
        shares = [seed["accuracy"] for seed in found["seeds"].values()]
        return {"after": found["recipe"]["epochs"], "shares": shares}
    example = importlib.import_module(aim.example)
    if aim.example.startswith("mnist"):
        shares = [float(example.train(seed, *digits())) for seed in SEEDS]
    else:
        shares = [(xor if "xor" in aim.example else spiral)(example, seed) for seed in SEEDS]
    return {"after": getattr(example, aim.unit), "shares": shares}


def main() -> None:
    """Measure, write `docs/results/aims.json`, print what was reached."""
    parser = argparse.ArgumentParser(description="Measure what the roadmap aims at.")
    parser.add_argument("--data-dir", help="folder of the MNIST files")
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT / "examples"))

    def digits() -> tuple:
        return importlib.import_module("microgradx.datasets").load_mnist(options.data_dir)

    rows, short_of = [], []
    for aim in AIMS:
        found = measured(aim, digits)
        mean = fmean(found["shares"])
        row = {"stage": aim.stage, "what": aim.what, "aim": aim.share, "within": aim.within}
        rows.append({**row, "unit": aim.unit, **timing.rounded(found), "mean": round(mean, 4)})
        print(f"{aim.stage}: {aim.what}: {mean:.2%} after {found['after']} {aim.unit}", flush=True)
        if mean < aim.share or found["after"] > (aim.within or found["after"]):
            short_of.append(aim.what)
    record = {"machine": timing.machine("not fixed"), "rows": rows}
    timing.write_json(RESULTS / "aims.json", record)
    sys.exit(f"below the aim: {', '.join(short_of)}" if short_of else 0)


if __name__ == "__main__":
    main()
