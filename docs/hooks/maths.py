"""Formulas: `$x^2$` in a line and `$$...$$` by themselves become MathML, which browsers draw."""

from __future__ import annotations

import re

from latex2mathml.converter import convert

CODE = re.compile(r"(^[ \t]*```.*?^[ \t]*```[ \t]*$|`[^`\n]+`)", re.DOTALL | re.MULTILINE)
BLOCK = re.compile(r"\$\$(.+?)\$\$", re.DOTALL)
INLINE = re.compile(r"(?<![\\$\w])\$(?=\S)([^$\n]+?)(?<=\S)\$(?![\w$])")


def on_page_markdown(markdown: str, **_: object) -> str:
    """Replace formulas everywhere but in code."""
    parts = CODE.split(markdown)
    return "".join(part if i % 2 else drawn(part) for i, part in enumerate(parts))


def drawn(text: str) -> str:
    """The text with its formulas as MathML."""
    text = BLOCK.sub(lambda found: formula(found[1], "block"), text)
    return INLINE.sub(lambda found: formula(found[1], "inline"), text)


def formula(latex: str, display: str) -> str:
    """One formula; on its own it can be scrolled sideways where the window is narrow."""
    text = convert(latex.strip(), display=display)
    return f'<div class="formula" tabindex="0">{text}</div>' if display == "block" else text
