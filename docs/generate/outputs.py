"""Writes under the code on pages what it prints: `python docs/generate/outputs.py PAGE...`.

A `text` block that follows a `python` block is that block's output. All Python on a page is one
program. The tests compare; this script is for who writes pages.
"""

from __future__ import annotations

import contextlib
import io
import re
import sys
import textwrap
from pathlib import Path
from typing import Any

import vhgrad

BLOCK = re.compile(
    r"^(?P<indent>[ ]*)```(?P<kind>python|text)\n(?P<body>.*?)^[ ]*```$", re.S | re.M
)


def filled(page: str) -> str:
    """The page with every output as it is now."""
    vhgrad.manual_seed(0)
    names: dict[str, Any] = {}
    printed = ""

    def block(found: re.Match[str]) -> str:
        nonlocal printed
        if found["kind"] == "python":
            output = io.StringIO()
            with contextlib.redirect_stdout(output):
                exec(textwrap.dedent(found["body"]), names)
            printed = output.getvalue()
            return found[0]
        lines = [found["indent"] + line if line else "" for line in printed.splitlines()]
        return "\n".join([f"{found['indent']}```text", *lines, f"{found['indent']}```"])

    return BLOCK.sub(block, page)


def main() -> None:
    """Fill the pages that are named."""
    for name in sys.argv[1:]:
        path = Path(name)
        path.write_text(filled(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
