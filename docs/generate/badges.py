"""Draws the README's badges from what was recorded: nothing is fetched, and nothing is promised.

python docs/generate/badges.py
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "images" / "badges"
GREEN, RED = "#2a7a3b", "#a32a2a"
BADGE = """\
<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="22" role="img" aria-label="{alt}">
<title>{alt}</title>
<rect width="{width}" height="22" rx="4" fill="{colour}"/>
<path d="M4 0h{left}v22H4a4 4 0 0 1-4-4V4a4 4 0 0 1 4-4z" fill="#444"/>
<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">
<text x="8" y="15" textLength="{label_length}">{label}</text>
<text x="{start}" y="15" textLength="{value_length}">{value}</text>
</g>
</svg>
"""


def badge(label: str, value: str, good: bool) -> str:
    """A label on grey, and beside it a value on green, or on red."""
    label_length, value_length = (round(6.6 * len(text)) for text in (label, value))
    return BADGE.format(
        alt=escape(f"{label}: {value}"),
        label=escape(label),
        value=escape(value),
        colour=GREEN if good else RED,
        label_length=label_length,
        value_length=value_length,
        left=label_length + 12,
        start=label_length + 24,
        width=label_length + value_length + 32,
    )


def recorded(name: str) -> Any:
    """What a session wrote down for the docs."""
    return json.loads((ROOT / "docs" / "results" / name).read_text(encoding="utf-8"))


def badges() -> dict[str, str]:
    """All of them, by file name."""
    proof = recorded("proof.json")["rows"]
    cases = sum(int(row["cases"].replace(",", "")) for row in proof)
    proved = all(row["verdict"] == "proved" for row in proof)
    kinds = recorded("mutants.json")["kinds"]
    caught, survived = (sum(k[what] for k in kinds) for what in ("caught", "survived"))
    return {
        "proof.svg": badge("proof", f"{cases:,} cases hold" if proved else "fails", proved),
        "mistakes.svg": badge("mistakes", f"{caught:,} caught, {survived} missed", survived == 0),
    }


def main() -> None:
    """Write the files."""
    FOLDER.mkdir(exist_ok=True)
    for name, svg in badges().items():
        (FOLDER / name).write_text(svg, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
