"""What the README shows is what happens."""

import importlib
import re
import sys
from pathlib import Path

import pytest

import vhgrad

README = Path(__file__).resolve().parents[1] / "README.md"


@pytest.mark.parametrize("seed", range(3))
def test_the_quickstart_runs_word_for_word(seed):
    """The code on the front page learns XOR, and prints what the page says."""
    text = README.read_text(encoding="utf-8")
    code = re.search(r"```python\n(from vhgrad import.*?)```", text, re.DOTALL)[1]
    names = {"xs": [[0, 0], [0, 1], [1, 0], [1, 1]], "ys": [0, 1, 1, 0]}
    vhgrad.manual_seed(seed)
    exec(code, names)
    answers = [round(names["model"](x).item(), 2) for x in names["xs"]]

    assert [0.0, 1.0, 1.0, 0.0] == answers
    assert str(answers) in text


def test_the_four_stages_of_the_readme_are_one_network():
    """The same seed makes the same weights in all four packages, as the page says."""
    outputs = []
    for name in ("micrograd", "micrograd_plus", "microgradx", "vhgrad"):
        settings = {"dtype": "float64"} if name == "vhgrad" else {}
        package = __import__(name)
        parameters = package.MLP(2, [3, 1], seed=1, **settings).parameters()
        outputs.append(
            sum(float(p.data.sum() if hasattr(p.data, "sum") else p.data) for p in parameters)
        )

    assert pytest.approx(outputs[0], rel=1e-14) == outputs[1]
    assert pytest.approx(outputs[0], rel=1e-14) == outputs[2]
    assert pytest.approx(outputs[0], rel=1e-14) == outputs[3]


def test_the_network_of_ones_own_learns_what_the_page_says():
    """The second program on the page, word for word."""
    text = README.read_text(encoding="utf-8")
    code = re.search(r"```python\n(from vhgrad import data.*?)```", text, re.DOTALL)[1]
    vhgrad.manual_seed(0)
    names = {}
    exec(code, names)

    assert 0.99 < names["history"]["accuracy"][-1]


def generated(name):
    """One of the scripts that make parts of the page."""
    sys.path.insert(0, str(README.parent / "docs" / "generate"))
    return importlib.import_module(name)


def test_the_numbers_are_those_that_were_recorded():
    """Roadmap, ladder and results stand in the page as `docs/generate/readme.py` writes them."""
    text = README.read_text(encoding="utf-8")

    assert generated("readme").filled(text) == text
    assert generated("readme").filled(text.replace("99.39%", "99.93%")) == text


def test_the_badges_tell_what_was_recorded():
    """Each is drawn by `docs/generate/badges.py`, and stands on the page."""
    text = README.read_text(encoding="utf-8")
    badges = generated("badges")

    for name, svg in badges.badges().items():
        assert svg == (badges.FOLDER / name).read_text(encoding="utf-8")
        assert f"(docs/images/badges/{name})" in text
