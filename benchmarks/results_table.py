"""What the framework reaches on data that it has not seen: the recipes of the examples, five seeds.

    python benchmarks/results_table.py [--short] [--data-dir FOLDER] [ROW ...]

Each finished run is written down at once, so a table that was broken off goes on where it was; a
row whose recipe has changed begins anew, and `--fresh` begins everything anew. Exits with 1 if the
mean of a row is below its aim.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import runpy
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean
from typing import Any

import timing

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
RESULTS = Path(__file__).resolve().parent.parent / "docs" / "results" / "results.json"
SEEDS = range(5)


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
        title: what is learned, by what.
        example: the script whose `train` is run.
        aim: the share of test examples that the mean of all seeds has to reach.
        settings: what `train` is given beside data and seed.
        short: the settings that differ in a short run.
        samples: training images, where the example loads data; `small` of them in a short run.
        network: the first argument of `train`, where it takes one.
    """

    title: str
    example: str
    aim: float
    settings: dict[str, Any] = field(default_factory=dict)
    samples: int = 0
    network: str = ""


ROWS = {
    "xor": Row("XOR, 4 rows, MLP", "xor_vhgrad", 1.0),
    "spiral": Row("spiral of three arms, 600 points, MLP", "spiral_vhgrad", 0.99),
    "mnist-1000": Row(
        "MNIST, 1,000 images, MLP",
        "mnist_vhgrad",
        0.91,
        {"epochs": 10, "batch_size": 10},
        samples=1000,
    ),
    "mnist-10000": Row(
        "MNIST, 10,000 images, MLP", "mnist_vhgrad", 0.968, {"epochs": 20}, samples=10_000
    ),
    "mnist-60000": Row(
        "MNIST, 60,000 images, MLP", "mnist_vhgrad", 0.984, {"epochs": 6}, samples=60_000
    ),
    "cifar10-mlp": Row(
        "CIFAR-10, 10,000 images, MLP",
        "cifar10_vhgrad",
        0.46,
        {"epochs": 8},
        samples=10_000,
        network="mlp",
    ),
    "cifar10-cnn": Row(
        "CIFAR-10, 10,000 images, small CNN",
        "cifar10_vhgrad",
        0.63,
        {"epochs": 8},
        samples=10_000,
        network="cnn",
    ),
    "mnist-cnn": Row(
        "MNIST, 60,000 images, small CNN",
        "mnist_cnn_vhgrad",
        0.992,
        {"epochs": 5},
        samples=60_000,
    ),
}
SLOW = ("cifar10-cnn", "mnist-cnn")  # seed by seed in turn, after all others


def run(name: str, seed: int, short: bool, data_dir: str | None) -> dict[str, float]:
    """Train once: the share of test examples that is right, and the seconds that training took."""
    row = ROWS[name]
    script = runpy.run_path(str(EXAMPLES / f"{row.example}.py"))
    if not row.samples:
        start = time.perf_counter()
        share = script["train"](seed)[-1]
        share = share / 4 if name == "xor" else share
        return {"accuracy": float(share), "seconds": time.perf_counter() - start}
    data = script["load"](data_dir, min(row.samples, 200) if short else row.samples, seed)
    before = [row.network] if row.network else []
    settings = row.settings | ({"epochs": 1} if short else {})
    start = time.perf_counter()
    share = script["train"](*before, data, seed=seed, **settings)[-1]
    return {"accuracy": float(share), "seconds": time.perf_counter() - start}


def in_order(names: list[str], seeds: range) -> list[tuple[str, int]]:
    """What is to be run: rows that are quick first, those that are slow seed by seed."""
    quick = [(name, seed) for name in names if name not in SLOW for seed in seeds]
    return quick + [(name, seed) for seed in seeds for name in names if name in SLOW]


def recipe(row: Row) -> dict[str, Any]:
    """What makes results comparable."""
    return {"example": row.example, "samples": row.samples, **row.settings}


def begun(path: Path, fresh: bool) -> dict[str, Any]:
    """What was written down before, without rows whose recipe is another one now."""
    old = json.loads(path.read_text(encoding="utf-8")) if path.exists() and not fresh else {}
    rows = old.get("rows", {})
    same = {name: rows[name] for name in ROWS if name in rows}
    return {name: found for name, found in same.items() if found["recipe"] == recipe(ROWS[name])}


def mean(found: dict[str, Any], what: str) -> float:
    """Over all seeds of a row."""
    return fmean(seed[what] for seed in found["seeds"].values())


def as_table(rows: dict[str, Any]) -> str:
    """The table for people, in Markdown."""
    lines = [
        "| task | epochs | aim | mean | lowest | seeds | seconds |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, row in ROWS.items():
        if name not in rows:
            continue
        found = rows[name]
        shares = [seed["accuracy"] for seed in found["seeds"].values()]
        epochs = row.settings.get("epochs", "")
        lines.append(
            f"| {row.title} | {epochs} | {row.aim:.1%} | **{fmean(shares):.2%}** | "
            f"{min(shares):.2%} | {len(shares)} | {mean(found, 'seconds'):.1f} |"
        )
    return "\n".join(lines)


def write(path: Path, rows: dict[str, Any], jobs: int) -> None:
    """The record, and beside it the table."""
    ordered = {
        name: {**rows[name], "seeds": dict(sorted(rows[name]["seeds"].items()))}
        for name in ROWS
        if name in rows
    }
    machine = timing.machine("OpenBLAS 1 per run")
    timing.write_json(path, {"machine": machine | {"runs at a time": jobs}, "rows": ordered})
    path.with_suffix(".md").write_text(as_table(ordered) + "\n", encoding="utf-8", newline="\n")


def main() -> None:
    """Run what is missing, write it down, print the table."""
    parser = argparse.ArgumentParser(description="Recompute the table of results.")
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"some of {', '.join(ROWS)}")
    parser.add_argument("--short", action="store_true", help="one seed, 200 images, one epoch")
    parser.add_argument("--fresh", action="store_true", help="forget what was written before")
    parser.add_argument("--data-dir", help="folder of the MNIST and CIFAR-10 files")
    parser.add_argument("--jobs", type=int, default=2, help="runs at a time, default 2")
    parser.add_argument("--out", type=Path, default=RESULTS, help="the record, a JSON file")
    options = parser.parse_args()
    names = options.rows or list(ROWS)
    if unknown := set(names) - set(ROWS):
        parser.error(f"no row {', '.join(sorted(unknown))}; there are {', '.join(ROWS)}")

    rows = begun(options.out, options.fresh)
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # workers read it when they import NumPy
    missing = [
        (name, seed)
        for name, seed in in_order(names, SEEDS[:1] if options.short else SEEDS)
        if str(seed) not in rows.get(name, {"seeds": {}})["seeds"]
    ]
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(options.jobs, mp_context=spawn) as pool:
        waiting = {
            pool.submit(run, name, seed, options.short, options.data_dir): (name, seed)
            for name, seed in missing
        }
        for done in as_completed(waiting):
            name, seed = waiting[done]
            found = rows.setdefault(name, {"recipe": recipe(ROWS[name]), "seeds": {}})
            found["seeds"][str(seed)] = timing.rounded(done.result())
            write(options.out, rows, options.jobs)
            print(name, seed, found["seeds"][str(seed)], flush=True)
    print(as_table(rows))
    short_of = [n for n in names if mean(rows[n], "accuracy") < ROWS[n].aim]
    if short_of and not options.short:
        sys.exit(f"below the aim: {', '.join(short_of)}")


if __name__ == "__main__":
    main()
