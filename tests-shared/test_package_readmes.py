"""What the packages' own READMEs show is what happens."""

import re
from pathlib import Path

import pytest

import vhgrad

PACKAGES = Path(__file__).resolve().parents[1] / "packages"
STAGES = ["micrograd", "micrograd-plus", "microgradx", "vhgrad"]


def blocks(text):
    """The fenced blocks of a page: what language, what it says."""
    return re.findall(r"^```(\w+)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("stage", STAGES)
def test_the_page_runs_from_top_to_bottom(stage, capsys, recwarn):
    """All Python on a page makes one program, and prints the text blocks."""
    found = blocks((PACKAGES / stage / "README.md").read_text(encoding="utf-8"))
    vhgrad.manual_seed(0)
    names = {}
    for language, block in found:
        if language == "python":
            exec(block, names)
    shown = "".join(block for language, block in found if language == "text")

    assert not list(recwarn)
    if shown:
        assert shown in capsys.readouterr().out


@pytest.mark.parametrize("stage", STAGES)
def test_links_lead_somewhere_from_the_package_index_too(stage):
    """There, an address without a host leads nowhere."""
    text = (PACKAGES / stage / "README.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)]*)\)", text)

    assert all(link.startswith("https://") for link in links)
