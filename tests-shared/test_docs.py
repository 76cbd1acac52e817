"""What the pages of the site show is what happens: all Python on a page is one program."""

import contextlib
import io
import re
import textwrap
from pathlib import Path

import pytest
from sybil import Region, Sybil

import vhgrad

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGES = sorted(
    path
    for path in DOCS.rglob("*.md")
    if "results" not in path.parts and re.search(r"^ *```python$", path.read_text("utf-8"), re.M)
)
CHAPTERS = sorted((DOCS / "journey").glob("[1-4]-*.md"))
BLOCK = re.compile(r"^ *```(?P<kind>python|text)\n(?P<body>.*?)^ *```$", re.DOTALL | re.MULTILINE)
WRONG = re.compile(r"^<!-- wrong: (?P<body>.+) -->$", re.MULTILINE)


def run(example):
    """Run a piece of Python and keep what it prints, or compare it with the text that follows."""
    kind, body = example.parsed
    names = example.namespace
    if kind == "python":
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            where = f"{example.path}:{example.line}"
            exec(compile(body, where, "exec", optimize=0), names)  # with asserts, also under -O
        names["printed"] = printed.getvalue()
    elif stripped(names.pop("printed", "")) != stripped(body):
        raise AssertionError(f"the page shows\n{body}\nrun python docs/generate/outputs.py on it")


def stripped(text):
    """Lines without the spaces at their ends, which editors take away."""
    return [line.rstrip() for line in text.strip().splitlines()]


def refuse(example):
    """A wrong answer, hidden in a comment, has to be noticed by the exercise's check."""
    with pytest.raises(AssertionError):
        exec(compile(example.parsed, example.path, "exec", optimize=0), example.namespace)


def blocks(document):
    """Python and text blocks, also those that are folded away."""
    for found in BLOCK.finditer(document.text):
        parsed = found["kind"], textwrap.dedent(found["body"])
        yield Region(found.start(), found.end(), parsed, run)


def wrong_answers(document):
    """The comments with wrong answers."""
    for found in WRONG.finditer(document.text):
        yield Region(found.start(), found.end(), found["body"], refuse)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(DOCS).as_posix())
def test_the_page_runs_from_top_to_bottom(page, recwarn):
    """Every output on the page is that of the code above it."""
    vhgrad.manual_seed(0)
    for example in Sybil(parsers=[blocks, wrong_answers]).parse(page).examples():
        example.evaluate()

    assert not list(recwarn)


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_exercises_have_checks_that_know_right_from_wrong(chapter):
    """At least five on every page of the journey, with a check, an answer, a wrong answer."""
    text = chapter.read_text(encoding="utf-8")
    parts = re.split(r"^### \d\. ", text, flags=re.MULTILINE)[1:]
    names = [re.search(r"^def (check_\d+)\(", part, re.MULTILINE)[1] for part in parts]

    assert 5 <= len(parts)
    assert [f"check_{k}" for k in range(1, len(parts) + 1)] == names
    for name, part in zip(names, parts):
        assert f"\n    {name}(" in part.split("One answer")[1]
        assert f"<!-- wrong: {name}(" in part
