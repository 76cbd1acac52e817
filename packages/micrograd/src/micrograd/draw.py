"""Drawings of a graph: for notebooks and files (`draw_dot`), or as text in two languages.

What is drawn is decided in `picture`; here it is written down.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from micrograd.graph import Node
from micrograd.picture import picture

if TYPE_CHECKING:
    import graphviz

__all__ = ["draw_dot", "to_dot", "to_mermaid"]

DOT_STYLES: dict[str, dict[str, str]] = {
    "value": {"shape": "record"},
    "op": {"shape": "ellipse", "style": "filled", "margin": "0.03", "width": "0.4"},
    "constant": {"shape": "box", "color": "gray60", "height": "0.25", "width": "0.3"},
    "part": {"shape": "box", "style": "rounded,filled", "height": "0.6", "width": "1.1"},
    "cut": {"shape": "plaintext", "width": "0.3"},
}
MERMAID_SHAPES = {
    "value": '["{}"]',
    "op": '(("{}"))',
    "constant": '("{}")',
    "part": '[["{}"]]',
    "cut": '>"{}"]',
}


def draw_dot(
    root: Node,
    *,
    depth: int | None = None,
    limit: int = 500,
    fold: Mapping[str, Any] | Iterable[Any] = (),
    format: str = "svg",
) -> graphviz.Digraph:
    """Draw everything that `root` was made from, from left to right.

    A notebook shows the result by itself; `.render("name")` writes a file. Both need the program
    `dot` of Graphviz (https://graphviz.org), the text of `to_dot` and `to_mermaid` does not.

    Every node is a box with its label, its data and its gradient (a dash until it is computed),
    every operation a circle, every plain number that takes part a small box.

    Args:
        root: the result to start from.
        depth: how many steps to go back from it; what lies further away is drawn as `…`.
        limit: how many nodes are too many to draw.
        fold: parts of a network, such as `model.layers`, to draw as one box each; a dict names
            them. A part is anything with `parameters()`.
        format: what `.render` writes, such as "svg", "png" or "pdf".

    Raises:
        TypeError: if `root` is not a node.
        ValueError: if there are more than `limit` nodes to draw, or `depth` is negative.

    Example:
        >>> from micrograd import Value
        >>> a = Value(2.0, label="a")
        >>> draw_dot(a + a).source.count("n1 -> n0_op")  # two edges from a to the operation
        2
    """
    from graphviz import Digraph  # here, because it takes 34 ms and few programs draw

    font = {"fontname": "Helvetica", "fontsize": "11"}
    dot = Digraph(
        format=format,
        graph_attr={"rankdir": "LR", "ordering": "in", "nodesep": "0.15", "ranksep": "0.3"},
        node_attr={**font, "fillcolor": "gray92", "height": "0.4"},
        edge_attr={"arrowsize": "0.6", "color": "gray40"},
    )
    boxes, edges = picture(root, depth=depth, limit=limit, fold=fold)
    for name, kind, fields in boxes:
        dot.node(name, " | ".join(map(dot_text, fields)), **DOT_STYLES[kind])
    dot.edges(edges)
    return dot


def to_dot(root: Node, **options: Any) -> str:
    """The drawing as text in the language of Graphviz; `options` are those of `draw_dot`."""
    return str(draw_dot(root, **options).source)


def to_mermaid(root: Node, **options: Any) -> str:
    """The drawing as text that Markdown pages (on GitHub, in mkdocs) show as a picture.

    The options are `depth`, `limit` and `fold` of `draw_dot`. Mermaid itself refuses more than 500
    edges unless its `maxEdges` says otherwise.

    Example:
        >>> from micrograd import Value
        >>> print(to_mermaid(2 * Value(3.0, label="x")))
        flowchart LR
            n0["data 6.0000<br/>grad –"]
            n0_op(("#42;"))
            n0_op_0("2.0000")
            n1["x<br/>data 3.0000<br/>grad –"]
            n0_op --> n0
            n0_op_0 --> n0_op
            n1 --> n0_op
    """
    boxes, edges = picture(root, **options)
    lines = [
        f"    {name}{MERMAID_SHAPES[kind].format('<br/>'.join(map(mermaid_text, fields)))}"
        for name, kind, fields in boxes
    ]
    lines += [f"    {source} --> {end}" for source, end in edges]
    return "\n".join(["flowchart LR", *lines])


def dot_text(text: str) -> str:
    """Plain text as Graphviz wants it in a record, where `{}|<>` and entities have a meaning."""
    return re.sub(r"([{}|<>\\])", r"\\\1", text.replace("&", "&amp;")).replace("\n", r"\n")


def mermaid_text(text: str) -> str:
    """Plain text as Mermaid wants it: what could be markup, such as a lone `+`, by its number."""
    markup = r"[^\w\s.…–-]|[.-](?!\d)"
    return re.sub(markup, lambda sign: f"#{ord(sign[0])};", text).replace("\n", "<br/>")
