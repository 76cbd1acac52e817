"""Puts measured results onto a page, with date and machine.

<!-- recorded: mnist_microgradx -->           what an example printed (generate/recorded.py)
<!-- measured: MNIST, 1,000 | MNIST, 60 -->   rows of docs/results/results.md that begin so
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import tables

RESULTS = Path(__file__).resolve().parents[1] / "results"
DIRECTIVE = re.compile(r"^<!-- (recorded|measured): (.+?) -->$", re.MULTILINE)


def on_page_markdown(markdown: str, **_: object) -> str:
    """Replace every directive on a page."""
    return DIRECTIVE.sub(lambda found: KINDS[found[1]](found[2]), markdown)


def recorded(words: str) -> str:
    """The output of an example that ran once; of a long one, named with `last`, the last line."""
    name, *last = words.split()
    record = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
    output = "\n".join(record["output"][-1:] if last else record["output"])
    return f"```text\n{output}\n```\n\n{tables.when(record['machine'])}"


def measured(beginnings: str) -> str:
    """Some rows of the table of results."""
    header, line, *rows = (RESULTS / "results.md").read_text(encoding="utf-8").splitlines()
    wanted = [f"| {beginning}" for beginning in beginnings.split(" | ")]
    chosen = [row for begin in wanted for row in rows if row.startswith(begin)]
    assert len(chosen) >= len(wanted), f"the table of results lacks one of {beginnings}"
    return "\n".join([header, line, *chosen, "", tables.results_when()])


KINDS = {"recorded": recorded, "measured": measured}
