"""Puts onto a page what stands elsewhere, so that nothing is typed twice.

    <!-- code: micrograd/ops.py mul tanh -->    definitions, as they stand in a package
    <!-- file: examples/xor_micrograd.py -->    a whole file, folded away if it is asked for: `fold`
    <!-- table: ladder -->                      a table made from recorded numbers (tables.py)

What `--8<-- "proof.md"` would take from docs/results/ may not have been recorded yet: then a note
says so.
"""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import tables

ROOT = Path(__file__).resolve().parents[2]
SNIPPET = re.compile(r'^--8<-- "(.+?)"$', re.MULTILINE)
DIRECTIVE = re.compile(r"^([ \t]*)<!-- (code|file|table): (.+?) -->[ \t]*$", re.MULTILINE)


def on_page_markdown(markdown: str, **_: object) -> str:
    """Replace every directive on a page."""

    def replaced(found: re.Match[str]) -> str:
        indent, kind, words = found.groups()
        text = KINDS[kind](*words.split())
        return "\n".join(indent + line if line else "" for line in text.splitlines())

    return DIRECTIVE.sub(replaced, SNIPPET.sub(there_or_a_note, markdown))


def there_or_a_note(found: re.Match[str]) -> str:
    """A fragment that a session recorded stays; where there is none, a note takes its place."""
    if (ROOT / "docs" / "results" / found[1]).is_file():
        return found[0]
    return f'!!! note "Not recorded yet"\n\n    `docs/results/{found[1]}` will stand here.'


def code(path: str, *names: str) -> str:
    """The source of functions, classes, methods and assignments of a module, in the order asked."""
    package = path.split("/")[0].replace("_", "-")
    source = (ROOT / "packages" / package / "src" / path).read_text(encoding="utf-8")
    parts = [definition(source, name) for name in names] if names else [source.strip()]
    return f'```py title="{path}"\n' + "\n\n".join(parts) + "\n```"


def definition(source: str, name: str) -> str:
    """One definition such as `Value.__add__`, with its decorators, moved to the left margin."""
    nodes = ast.parse(source).body
    for word in name.split("."):
        node = next(node for node in nodes if word in names_of(node))
        nodes = getattr(node, "body", [])
    first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
    lines = source.splitlines()[first - 1 : node.end_lineno]
    return "\n".join(line[node.col_offset :] for line in lines)


def names_of(node: ast.stmt) -> list[str]:
    """What a statement defines."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else []
    return [
        name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)
    ]


def file(path: str, fold: str = "") -> str:
    """A whole file with its path as title."""
    text = (ROOT / path).read_text(encoding="utf-8").strip()
    block = f'```py title="{path}"\n{text}\n```'
    if not fold:
        return block
    inside = "\n".join("    " + line if line else "" for line in block.splitlines())
    return f'??? example "The whole program, {len(text.splitlines())} lines"\n\n{inside}'


KINDS = {"code": code, "file": file, "table": tables.table}
