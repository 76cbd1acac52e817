"""No public name is missing in the reference, and links of the READMEs lead somewhere."""

import importlib
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "docs" / "hooks"))
hook = importlib.import_module("names")

WITH_LINKS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md"]


@pytest.mark.parametrize(("room", "page"), hook.ROOMS.items())
def test_the_reference_shows_every_public_name(room, page):
    """Each name of `__all__` stands on the page of its package, there or as a link."""
    text = (ROOT / "docs" / "reference" / page).read_text(encoding="utf-8")
    shown = set(re.findall(r"\w+", hook.on_page_markdown(text)))

    assert set() == set(importlib.import_module(room).__all__) - shown


@pytest.mark.parametrize("room", hook.ROOMS)
def test_every_public_class_and_function_has_an_example(room):
    """In its docstring; stage 1, which has few lines, has some on its page. Tests run both."""
    offered = hook.public(importlib.import_module(room))
    described = {name: thing.__doc__ for name, thing in offered.items() if hook.canonical(thing)}
    bare = [name for name, doc in described.items() if "Example:\n" not in (doc or "")]
    page = (ROOT / "docs" / "reference" / "micrograd.md").read_text(encoding="utf-8")
    code = re.findall(r"```python\n(.*?)```", page, re.DOTALL)

    assert [] == [name for name in bare if not re.search(rf"\b{name}\b", "".join(code))]


@pytest.mark.parametrize("path", WITH_LINKS, ids=lambda path: path.name)
def test_links_of_a_page_lead_to_files_that_exist(path):
    """A link within the project names something that is there."""
    targets = re.findall(r"(?:\]\(|src=\")([^)#\s\"]+)", path.read_text(encoding="utf-8"))
    within = [target for target in targets if ":" not in target]

    assert [] == [target for target in within if not (path.parent / target).exists()]
