"""Draws the pictures of chapter 4: `python docs/generate/pictures_arrays.py`.

Data and network are those of the page: the code that makes them is taken from there.
"""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np

import vhgrad
from vhgrad import plot

sys.path.insert(0, str(Path(__file__).parent))
pictures = importlib.import_module("pictures")

DOCS = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def of_the_page(definition: str, page: str = "4-framework.md") -> dict[str, Any]:
    """The names that a page has when it has come to a definition."""
    page = (DOCS / "journey" / page).read_text(encoding="utf-8")
    names: dict[str, Any] = {"print": lambda *_: None}
    for code in BLOCK.findall(page):
        exec(code, names)
        if definition in code:
            return names
    raise LookupError(f"the page does not define {definition!r} any more")


def bars() -> Any:
    """The first eight training pictures, with their labels."""
    X, y = of_the_page("def pictures(")["train"]
    return plot.image_grid(X[:8], y[:8], columns=4)


def convolutional() -> Any:
    """The network that sees, on these eight pictures."""
    names = of_the_page("convolutional = ")
    model, (X, _) = names["convolutional"], names["train"]
    out = model(vhgrad.TensorValue(X[:8], "pictures"))
    out.backward(np.ones(out.shape), keep=True)
    layers = {f"{type(part).__name__} {i}": part for i, part in enumerate(model)}
    return vhgrad.folded(out, {name: part for name, part in layers.items() if part.parameters()})


pictures.PICTURES["convolutional"] = convolutional

if __name__ == "__main__":
    pictures.main()
    print(plot.save(bars(), DOCS / "images" / "bars.png"))
