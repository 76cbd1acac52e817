"""The drawing of chapter 4's network is the one that its page would make today."""

import runpy
from pathlib import Path

DOCS = Path(__file__).resolve().parents[1] / "docs"


def test_the_network_of_chapter_4_is_todays():
    """docs/generate/pictures_arrays.py makes it anew, from the code on the page."""
    pictures = runpy.run_path(str(DOCS / "generate" / "pictures_arrays.py"))["pictures"]
    svg = (pictures.FOLDER / "convolutional.svg").read_text(encoding="utf-8")

    assert pictures.fingerprint("convolutional") == svg.splitlines()[0]
