"""Every row of three areas of the table of edges has a test that names it.

F is data and metrics, G checkpoints, H the command line. A test names its rows in its docstring.
"""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROWS = {"F": 45, "G": 42, "H": 43}
ELSEWHERE = {
    "H25": "the command has no early stopping yet",
    "H38": "pip refuses other versions: `requires-python` and `numpy>=2.0` in pyproject.toml",
    "H42": "there is no command for the gradient check: it is a function",
}


def named():
    """The rows that the tests and proofs of the project name."""
    files = [*ROOT.glob("packages/*/tests/test_*.py"), *ROOT.glob("durability/*.py")]
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and (text := ast.get_docstring(node)):
                yield from re.findall(r"\b[FGH]\d+\b", text)


@pytest.mark.parametrize("area", ROWS)
def test_every_row_has_a_test(area):
    """What is not named is missing."""
    rows = {f"{area}{number}" for number in range(1, ROWS[area] + 1)}

    assert set() == rows - set(named()) - set(ELSEWHERE)
