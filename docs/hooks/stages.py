"""The four stages side by side, from what was recorded.

<!-- stages: cards -->    what each adds, how long it is, how fast, whether it is proved
<!-- stages: row -->      the same neuron, drawn at every stage
<!-- drawn: xor-vhgrad -->    one of the small drawings
"""

from __future__ import annotations

import ast
import io
import json
import re
import sys
import tokenize
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
import tables

ROW = tables.ROOT / "docs" / "images" / "row"
SILENT = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
SILENT |= {tokenize.ENDMARKER}
DIRECTIVE = re.compile(r"^<!-- stages: (\w+) -->$", re.MULTILINE)
CHAPTERS = dict(zip(tables.STAGES, ("1-numbers", "2-operations", "3-arrays", "4-framework")))
DRAWN = re.compile(r"^<!-- drawn: (\S+) -->$", re.MULTILINE)
ADDS = {
    "micrograd": "A number that remembers how it was made: `+`, `*`, `tanh`, and the walk back.",
    "micrograd-plus": "Every operation, losses, an optimiser, a gradient checker, a compiler.",
    "microgradx": "The same on whole arrays: batches, broadcasting, data sets, Adam.",
    "vhgrad": "A framework: layers, convolutions, `fit`, metrics, plots, checkpoints.",
}


def on_page_markdown(markdown: str, page: Any = None, **_: object) -> str:
    """Replace every directive on a page."""
    up = "" if page is None or "/" not in page.file.src_uri else "../"
    markdown = DRAWN.sub(lambda found: one(found[1]), markdown)
    return DIRECTIVE.sub(lambda found: KINDS[found[1]](up), markdown)


def drawing(name: str) -> str:
    """A small graph, as part of the page: so its lines are light in the dark."""
    svg = "".join((ROW / f"{name}.svg").read_text(encoding="utf-8").splitlines()[1:])
    kind, stage = ("XOR", name[4:]) if name.startswith("xor-") else ("A neuron", name)
    text = f"{kind} on four examples at stage {number(stage)}: {parts(name)} boxes and circles"
    return svg.replace("<svg", f'<svg role="img" aria-label="{text}"', 1)


def one(name: str) -> str:
    """A drawing with a line on its size."""
    caption = f"The graph of one loss, all four rows: {parts(name)} boxes and circles"
    figure = '<figure class="drawn" markdown>'
    return f"{figure}\n{drawing(name)}\n<figcaption>{caption}</figcaption>\n</figure>"


def number(stage: str) -> int:
    """Which of the four it is, from 1."""
    return tables.STAGES.index(stage) + 1


def parts(name: str) -> int:
    """How many boxes and circles a drawing has."""
    heading = (ROW / f"{name}.svg").read_text(encoding="utf-8").splitlines()[0]
    return int(re.search(r"(\d+) parts", heading)[1])


def lines_of_code(stage: str) -> int:
    """Lines of a package on which code stands: no comments, docstrings or blank lines."""
    files = (tables.ROOT / "packages" / stage / "src").rglob("*.py")
    return sum(len(coded(path.read_text(encoding="utf-8"))) for path in files)


def coded(source: str) -> set[int]:
    """The numbers of the lines on which code stands."""
    texts = [  # strings that are statements: docstrings
        range(node.lineno, node.end_lineno + 1)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    ]
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    words = [range(t.start[0], t.end[0] + 1) for t in tokens if t.type not in SILENT]
    return set().union(*words) - set().union(*texts)


def speed(stage: str) -> str:
    """How many times faster a training step is than at the stage before."""
    rows = tables.figures("ladder.json")["results"]
    faster = {row["after"]: row["faster"]["median"] for row in rows if row["batch"] == 100}
    if stage not in faster:
        return "–"
    return f"**{faster[stage]:.3g} ×** as fast"


def proof(stage: str) -> str:
    """How many random cases gave the same as the stage before, measured slopes and PyTorch."""
    rows = json.loads((tables.ROOT / "docs/results/proof.json").read_text("utf-8"))["rows"]
    mine = [row for row in rows if row["pair"].endswith(f", {stage}")]
    if not mine:
        return "–"
    cases = sum(int(row["cases"].replace(",", "")) for row in mine)
    wrong = [row for row in mine if row["verdict"] != "proved"]
    return f"**{cases:,}** cases, " + (f"{len(wrong)} kinds not proved" if wrong else "all agree")


def cards(up: str) -> str:
    """Four cards, and a line on where their numbers come from."""
    text = ['<div class="stages" markdown>']
    for stage in tables.STAGES:
        text += [
            '<div class="stage" markdown>',
            f"[{number(stage)} · {stage}]({up}journey/{CHAPTERS[stage]}.md){{ .name }}",
            drawing(stage),
            ADDS[stage],
            f"lines of code\n:   **{lines_of_code(stage):,}**\n\n"
            f"training step\n:   {speed(stage)}\n\n"
            f"proof\n:   {proof(stage)}",
            "</div>",
        ]
    recorded = tables.figures("ladder.json")
    proved = json.loads((tables.ROOT / "docs/results/proof.json").read_text("utf-8"))
    note = (
        "Each stage is compared with the one before. Drawn: the same neuron on four examples. "
        "Lines without comments and docstrings. "
        f"[Proof]({up}proof.md) of {proved['date']}: random expressions and networks, against "
        "the stage before, measured slopes and PyTorch. "
        f"[Speed]({up}evidence/speed.md): {tables.step(recorded)}"
    )
    return "\n\n".join([*text, "</div>", f"{note}\n{{ .note }}"])


def row(up: str) -> str:
    """The four drawings, each with its number of parts."""
    text = ['<div class="stages row" markdown>']
    for stage in tables.STAGES:
        caption = f"**{number(stage)} · {stage}**: {parts(stage)} boxes and circles"
        text += ['<div class="stage" markdown>', drawing(stage), caption, "</div>"]
    return "\n\n".join([*text, "</div>"])


KINDS = {"cards": cards, "row": row}
