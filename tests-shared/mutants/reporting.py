"""What came out, as a table for the screen, for the documents and for programs."""

from __future__ import annotations

import collections
import datetime
import json
import platform
import subprocess

import numpy as np

from mutants.planting import ROOT

KINDS = {
    "listed": "mistakes of engines, compiler, losses, optimisers and layers, written by hand",
    "sign": "a rule with the wrong sign",
    "1 %": "a rule 1 % too large",
    "nothing": "a rule that gives 0",
    "g alone": "a rule that hands on what arrives",
    "forward 1 %": "a result 1 % too large",
    "operator": "an operator exchanged in a formula",
    "number": "a number 1 % too large in a formula",
}


def line(text):
    """A piece of code in one line."""
    text = " ".join(text.split())
    return text if len(text) <= 50 else text[:47] + "..."


def described(mutant):
    """A mistake in one line."""
    return f"{mutant.file}: {' '.join(mutant.lines.split())} (instead of {line(mutant.old)})"


def rows(outcomes):
    """For each kind of mistake how many were planted, caught, equivalent, and survived."""
    counts = collections.Counter((m.kind, o) for o, found in outcomes.items() for m, _ in found)
    for kind, meaning in KINDS.items():
        three = [counts[kind, o] for o in ("caught", "equivalent", "survived")]
        yield meaning, sum(three), *three


def files(outcomes):
    """The same for each file."""
    counts = collections.Counter((m.file, o) for o, found in outcomes.items() for m, _ in found)
    for file in sorted({file for file, _ in counts}):
        three = [counts[file, o] for o in ("caught", "equivalent", "survived")]
        yield file, sum(three), *three


def table(outcomes, seconds):
    """For the screen, by file."""
    found = list(files(outcomes))
    total = [sum(row[k] for row in found) for k in range(1, 5)]
    lines = [f"{'':46} planted  caught  equivalent  survived"]
    lines += [f"{r[0]:46} {r[1]:7} {r[2]:7} {r[3]:11} {r[4]:9}" for r in found]
    lines += [f"{'all':46} {total[0]:7} {total[1]:7} {total[2]:11} {total[3]:9}  {seconds:.0f} s"]
    return "\n".join(lines)


def write(outcomes, seconds, checked, folder):
    """Leave `mutants.json` and `mutants.md` in a folder."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True
    ).stdout.strip()
    origin = {
        "date": datetime.date.today().isoformat(),
        "commit": commit,
        "machine": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "numpy": np.__version__,
        "seconds": round(seconds),
        "right gradients": checked[0],
        "false alarms": checked[1],
    }
    head = ("planted", "caught", "equivalent", "survived")
    data = {
        **origin,
        "kinds": [dict(zip(("kind", *head), row, strict=True)) for row in rows(outcomes)],
        "files": [dict(zip(("file", *head), row, strict=True)) for row in files(outcomes)],
        "not caught": [
            {"mistake": described(m), "reason": reason or "survived"}
            for outcome in ("equivalent", "survived")
            for m, reason in outcomes[outcome]
        ],
    }
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(data, indent=1, ensure_ascii=False) + "\n"
    (folder / "mutants.json").write_text(text, encoding="utf-8")
    (folder / "mutants.md").write_text(fragment(outcomes, origin), encoding="utf-8")


def fragment(outcomes, origin):
    """For the documents: by kind of mistake, and why some cannot be noticed."""
    found = list(rows(outcomes))
    total = [sum(row[k] for row in found) for k in range(1, 5)]
    lines = ["| mistake | planted | caught | equivalent | survived |", "| --- |" + " ---: |" * 4]
    lines += [f"| {' | '.join(map(str, row))} |" for row in found]
    lines += [f"| **all** | {' | '.join(f'**{n:,}**' for n in total)} |", ""]
    lines += [
        f"{origin['date']}, commit `{origin['commit']}`, Python {origin['python']}, NumPy "
        f"{origin['numpy']}, {origin['machine']}, {origin['seconds']} s.",
        "A mistake is equivalent if it changes no result; the reasons stand in `equivalent.txt`.",
        f"Of {origin['right gradients']:,} right gradients, the gradient checkers complained about "
        f"{origin['false alarms']}.",
    ]
    return "\n".join(lines) + "\n"
