"""The drawings on the site are those that the packages make today, and pages say what they show."""

import re
import runpy
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGES = sorted(path for path in DOCS.rglob("*.md") if "results" not in path.parts)
EXAMPLES = sorted(path.stem for path in (DOCS.parent / "examples").glob("*.py"))
row = runpy.run_path(str(DOCS / "generate" / "pictures_row.py"))
pictures = runpy.run_path(str(DOCS / "generate" / "pictures.py"))


@pytest.mark.parametrize("name", pictures["PICTURES"])
def test_the_drawing_is_todays(name):
    """A picture says of which drawing it was made; docs/generate/pictures.py makes it anew."""
    svg = (pictures["FOLDER"] / f"{name}.svg").read_text(encoding="utf-8")

    assert pictures["fingerprint"](name) == svg.splitlines()[0]


@pytest.mark.parametrize("name", row["PICTURES"])
def test_the_small_drawing_is_todays(name):
    """docs/generate/pictures_row.py makes it anew."""
    svg = (row["FOLDER"] / f"{name}.svg").read_text(encoding="utf-8")

    assert row["heading"](name) == svg.splitlines()[0]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(DOCS).as_posix())
def test_pictures_are_described_and_come_from_here(page):
    """Every picture has a text for those who do not see it, and a file of this project."""
    found = re.findall(r"!\[([^\]]*)\]\(([^)\s]+)[^)]*\)", page.read_text(encoding="utf-8"))

    for text, address in found:
        assert 20 <= len(text), address
        assert (page.parent / address).is_file()


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_gallery_shows_every_example(name):
    """Its source, what it printed, and a picture."""
    text = (DOCS / "gallery.md").read_text(encoding="utf-8")
    part = text.split(f"### {name}\n")[1].split("\n#")[0]

    assert f"<!-- file: examples/{name}.py fold -->" in part
    assert f"<!-- recorded: {name}" in part
    assert (DOCS / "results" / f"{name}.json").is_file()
    assert re.search(r"!\[|<!-- (drawn|stages): ", part) or name == "xor_ladder"
