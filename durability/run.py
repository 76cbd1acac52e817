"""Prove that nothing is lost: kills, faults, damage and round trips, in one table.

    python durability/run.py           a short form, under a minute
    python durability/run.py --full    all of it, most of an hour; written to docs/results
    python durability/run.py kills     one proof

The full form in parts, `run.py --full --out docs/results kills faults`, puts new rows beside those
of the same commit. Ends with 1 if anything was lost.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "benchmarks"), str(Path(__file__).resolve().parent)]

import downloads  # noqa: E402
import faults  # noqa: E402
import full_disk  # noqa: E402
import inspecting  # noqa: E402
import intake  # noqa: E402
import kills  # noqa: E402
import mutants  # noqa: E402
import races  # noqa: E402
import resume  # noqa: E402
import round_trips  # noqa: E402
import runs  # noqa: E402
import system_faults  # noqa: E402
from rows import Row, measured  # noqa: E402
from timing import machine, rounded, table, version, write_json  # noqa: E402

__all__ = ["main"]

# What to run, with how many tries in the short and in the full form.
PROOFS: dict[str, tuple[Callable[[int], Row], int, int]] = {
    "kills": (kills.kills, 100, 2000),
    "keeping": (kills.kills_while_keeping, 30, 500),
    "interrupts": (kills.interrupts, 30, 500),
    "faults": (faults.faults, 100, 10**6),
    "system-faults": (system_faults.system_faults, 1, 5),
    "short-writes": (faults.short_writes, 20, 500),
    "reading-faults": (faults.reading_faults, 4, 4),
    "races": (races.races, 2, 30),
    "folder-races": (races.folder_races, 2, 30),
    "pauses": (races.pauses, 20, 200),
    "truncations": (mutants.truncations, 29, 1),
    "flips": (mutants.flips, 101, 1),
    "mutants": (mutants.mutants, 500, 100_000),
    "large-mutants": (mutants.large_mutants, 20, 500),
    "inspect": (inspecting.inspecting, 100, 2000),
    "cut-data": (intake.cut_data, 37, 1),
    "damaged-data": (intake.damaged_data, 20, 500),
    "downloads": (downloads.downloads, 10, 100),
    "full-disk": (full_disk.full_disk, 30, 300),
    "runs": (runs.runs, 1, 15),
    "resumes": (resume.resumes, 61, 1),
    "round-trips": (round_trips.round_trips, 200, 20_000),
}
HEADER = ("proof", "tried", "lost", "seconds", "notes")


def main() -> int:
    """Run the proofs, print the table, and say whether anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("proofs", nargs="*", metavar="proof", help=", ".join(PROOFS))
    parser.add_argument("--full", action="store_true", help="all tries; most of an hour")
    parser.add_argument("--out", type=Path, help="a folder to write durability.json and .md to")
    options = parser.parse_args()
    if unknown := set(options.proofs) - set(PROOFS):
        parser.error(f"no proof {', '.join(sorted(unknown))}; there are {', '.join(PROOFS)}")
    out = options.out or (ROOT / "docs/results" if options.full and not options.proofs else None)
    rows = {}
    for name in options.proofs or PROOFS:
        proof, short, full = PROOFS[name]
        row = rows[name] = measured(proof, full if options.full else short)
        print(f"{row.name}: {row.tried:,} tried, {len(row.losses):,} lost", file=sys.stderr)
        for loss in row.losses[:5]:
            print(f"  {loss[:500]}", file=sys.stderr)
        if out is not None:
            record(rows, out, "full" if options.full else "short")
    lines = table(HEADER[:-1], [cells(row)[:-1] for row in rows.values()]).splitlines()
    for line, notes in zip(lines, [HEADER[-1], *(row.notes for row in rows.values())]):
        print(f"{line}  {notes}".rstrip())
    return 1 if any(row.losses for row in rows.values()) else 0


def cells(row: Row) -> tuple[str, ...]:
    """A row as texts."""
    return row.name, f"{row.tried:,}", f"{len(row.losses):,}", f"{row.seconds:.1f}", row.notes


def record(rows: dict[str, Row], out: Path, form: str) -> None:
    """Write the figures for programs and for readers, beside others of this form and commit."""
    about = {"form": form, "safetensors": version("safetensors"), **machine("one")}
    path = out / "durability.json"
    before = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    if all(before.get(name) == about[name] for name in ("form", "commit")):
        rows = {name: Row(**row) for name, row in before["rows"].items()} | rows
    rows = {name: rows[name] for name in PROOFS if name in rows}
    found = {name: asdict(row) for name, row in rows.items()}
    write_json(path, rounded({**about, "rows": found}))
    lines = ["| " + " | ".join(HEADER) + " |", "|---|---:|---:|---:|---|"]
    lines += ["| " + " | ".join(cells(row)) + " |" for row in rows.values()]
    lines += ["", f"{about['date']}, commit {about['commit']}, Python {about['python']},"]
    lines += [f"NumPy {about['numpy']}, safetensors {about['safetensors']}, {about['cpu']}."]
    (out / "durability.md").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    raise SystemExit(main())
