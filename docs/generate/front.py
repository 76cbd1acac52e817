"""Draws the front page's picture from the front page's code: `python docs/generate/front.py`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from vhgrad import plot

DOCS = Path(__file__).resolve().parents[1]
CODE = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def main() -> None:
    """Run the code, draw what its model says; no axes, so that it suits light and dark."""
    names: dict[str, Any] = {}
    exec(CODE.search((DOCS / "index.md").read_text(encoding="utf-8"))[1], names)
    figure = plot.decision_boundary(names["model"], *names["others"])
    axes = figure.axes[0]
    axes.set_axis_off()
    axes.set_position((0, 0, 1, 1))
    figure.set_layout_engine("none")
    figure.set_size_inches(6, 6)
    print(plot.save(figure, DOCS / "images" / "front.png", dpi=133))


if __name__ == "__main__":
    main()
