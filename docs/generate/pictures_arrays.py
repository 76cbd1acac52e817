"""Draws docs/images/bars.png, the data of chapter 4: `python docs/generate/pictures_arrays.py`.

The pictures are those of the page: the function that makes them is taken from there.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from vhgrad import plot

DOCS = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def bars() -> Any:
    """The first eight training pictures of chapter 4, with their labels."""
    page = (DOCS / "journey" / "4-framework.md").read_text(encoding="utf-8")
    [code] = [block for block in BLOCK.findall(page) if "def pictures(" in block]
    names: dict[str, Any] = {}
    exec("import numpy as np\n" + code, names)
    X, y = names["train"]
    return plot.image_grid(X[:8], y[:8], columns=8)


if __name__ == "__main__":
    print(plot.save(bars(), DOCS / "images" / "bars.png"))
