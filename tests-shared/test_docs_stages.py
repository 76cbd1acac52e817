"""The four cards of the front page say what was recorded, and count what is code."""

import importlib
import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "docs" / "hooks"))
stages = importlib.import_module("stages")

SOURCE = '''"""A module."""

import math  # the comment of a line that counts

# a comment
def area(r):
    """Of a circle.

    In square units.
    """
    return (
        math.pi  # half of tau
        * r**2
    )
'''


def test_lines_of_code_are_those_that_do_something():
    """Neither docstrings nor comments nor blank lines count."""
    assert {3, 6, 11, 12, 13, 14} == stages.coded(SOURCE)


def test_the_cards_show_the_recorded_numbers():
    """Speed from the ladder, cases from the proof, and a drawing for each stage."""
    text = stages.on_page_markdown("<!-- stages: cards -->")
    ladder = json.loads((ROOT / "benchmarks/results/ladder.json").read_text("utf-8"))["results"]
    rows = json.loads((ROOT / "docs/results/proof.json").read_text("utf-8"))["rows"]
    cases = [
        sum(int(r["cases"].replace(",", "")) for r in rows if r["pair"].endswith(f", {stage}"))
        for stage in stages.tables.STAGES[1:]
    ]

    speeds = [f"{row['faster']['median']:.3g}" for row in ladder if row["batch"] == 100]
    assert speeds == re.findall(r"\*\*([\d.]+) ×\*\* as fast", text)
    assert [f"{n:,}" for n in cases] == re.findall(r"\*\*([\d,]+)\*\* cases, all agree", text)
    assert 4 == text.count("<svg role")


def test_a_proof_that_failed_is_not_called_proved(monkeypatch, tmp_path):
    """Then the card says so."""
    folder = tmp_path / "docs" / "results"
    folder.mkdir(parents=True)
    row = {"pair": "micrograd-plus, microgradx", "cases": "1,000", "verdict": "2 differ"}
    (folder / "proof.json").write_text(json.dumps({"rows": [row]}), encoding="utf-8")
    monkeypatch.setattr(stages.tables, "ROOT", tmp_path)

    assert "**1,000** cases, 1 kinds not proved" == stages.proof("microgradx")
