"""Puts the recorded numbers into the README, so that nobody types one.

    python docs/generate/readme.py

Between two marks such as `<!-- ladder -->` stands what a function of that name makes here. The
badges are drawn, too.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "hooks"))
import badges
import tables

ROOT = tables.ROOT
README = ROOT / "README.md"


def filled(text: str) -> str:
    """The page with every block made anew."""
    for name, make in BLOCKS.items():
        before, _, after = text.split(mark := f"<!-- {name} -->\n")
        text = before + mark + make().strip() + "\n" + mark + after
    return text


def recorded(name: str) -> Any:
    """What a run wrote down for the docs."""
    return json.loads((ROOT / "docs" / "results" / name).read_text(encoding="utf-8"))


def roadmap() -> str:
    """What each stage aims at, and what it reaches."""
    first = next(row for row in recorded("proof.json")["rows"] if row["what"] == "slopes")
    proved = f"{first['cases']} random expressions against slopes: [{first['verdict']}]"
    lines = [
        "| stage | aim | measured |",
        "|---|---|---|",
        f"| 1 `micrograd` | every gradient can be checked by hand | {proved}(docs/proof.md) |",
    ]
    names = {stage: f"{number} `{stage}`" for number, stage in enumerate(tables.STAGES, 1)}
    names["micrograd-plus"] += ", also called micrograd++"
    for row in recorded("aims.json")["rows"]:
        within = f" within {row['within']:,} {row['unit']}" if row["within"] else ""
        aim = f"{row['what']}: {row['aim']:.0%} right{within}"
        reached = f"**{row['mean']:.2%}** after {row['after']} {row['unit']}"
        lines.append(f"| {names[row['stage']]} | {aim} | {reached} |")
    return "\n".join(lines)


def ladder() -> str:
    """What each stage adds, and how much faster it is."""
    faster = of_ladder()
    lines = [
        "| stage | what it adds | training step, against the stage before | the same results? |",
        "|---|---|---|---|",
    ]
    for number, stage in enumerate(tables.STAGES, 1):
        ratio, held = "–", "–"
        if number > 1:
            ratio = tables.ratio(faster[stage, 100])
            held = tables.verdict(stage).replace("(proof.md)", "(docs/proof.md)")
        lines.append(f"| {number} `{stage}` | {tables.ADDS[stage]} | {ratio} | {held} |")
    return "\n".join([*lines, "", tables.step(tables.figures("ladder.json")), "", aside()])


def of_ladder() -> dict[tuple[str, int], dict[str, float]]:
    """The ratios by stage and batch."""
    rows = tables.figures("ladder.json")["results"]
    return {(row["after"], row["batch"]): row["faster"] for row in rows}


def aside() -> str:
    """Where arrays gain less, what the framework costs, and the original micrograd."""
    faster, original = of_ladder(), tables.figures("original.json")["results"]
    ten, one = (f"{faster['microgradx', batch]['median']:.2g}" for batch in (10, 1))
    eager, compiled = original["the same source"], original["compiled per example"]
    memory = eager["original"]["bytes"] / eager["ours"]["bytes"]
    return (
        f"Arrays need batches: at 10 points stage 3 is {ten} times as fast as stage 2, at one "
        f"point {one} times.\nThe framework's conveniences cost a little, so stage 4 is below 1.\n"
        f"Against the original micrograd, in a process of its own, stage 2 is "
        f"{tables.ratio(eager['timing']['faster'])} as fast with 1/{memory:.0f} of the memory, "
        f"and compiled {tables.ratio(compiled['timing']['faster'])}."
    )


def results() -> str:
    """The table that `nox -s results` wrote."""
    return (ROOT / "docs" / "results" / "results.md").read_text(encoding="utf-8")


BLOCKS = {"roadmap": roadmap, "ladder": ladder, "results": results}

if __name__ == "__main__":
    text = filled(README.read_text(encoding="utf-8"))
    README.write_text(text, encoding="utf-8", newline="\n")
    badges.main()
