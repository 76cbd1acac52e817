"""Drawings of a graph: for notebooks and files (`draw_dot`), or as text in two languages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from micrograd.graph import Node

if TYPE_CHECKING:
    import graphviz

__all__ = ["draw_dot", "to_dot", "to_mermaid"]

DOT_STYLES = {
    "value": {"shape": "record"},
    "op": {"style": "filled", "fillcolor": "gray92", "margin": "0.03"},
    "constant": {"shape": "box", "color": "gray60", "height": "0.25"},
}
MERMAID_SHAPES = {"value": '["{}"]', "op": '(("{}"))', "constant": '("{}")'}


def draw_dot(
    root: Node, *, depth: int | None = None, limit: int = 500, format: str = "svg"
) -> graphviz.Digraph:
    """Draw what `root` was made from, left to right: values as boxes, operations as circles.

    A gradient is a dash until it is computed. A notebook shows the drawing by itself, and
    `.render("name")` writes a file; both need the program `dot` of Graphviz.

    Args:
        root: the result to start from.
        depth: how many steps to go back from it; operations further away are drawn as `…`.
        limit: how many nodes are too many to draw.
        format: what `.render` writes, such as "svg", "png" or "pdf".
    """
    from graphviz import Digraph  # here, because it takes 34 ms and few programs draw

    dot = Digraph(
        format=format,
        graph_attr={"rankdir": "LR", "ordering": "in", "nodesep": "0.15", "ranksep": "0.3"},
        node_attr={"fontname": "Helvetica", "fontsize": "11", "width": "0.4", "height": "0.4"},
        edge_attr={"arrowsize": "0.6", "color": "gray40"},
    )
    boxes, edges = picture(root, depth, limit)
    for name, kind, *lines in boxes:  # in a record, `{}|<>` and entities have a meaning
        fields = [re.sub(r"([{}|<>\\])", r"\\\1", x.replace("&", "&amp;")) for x in lines]
        dot.node(name, " | ".join(fields).replace("\n", r"\n"), **DOT_STYLES[kind])
    dot.edges(edges)
    return dot


def to_dot(root: Node, **options: Any) -> str:
    """The drawing as text in the language of Graphviz; `options` are those of `draw_dot`."""
    return str(draw_dot(root, **options).source)


def to_mermaid(root: Node, *, depth: int | None = None, limit: int = 500) -> str:
    """The drawing as text that Markdown pages, as on GitHub, show as a picture."""
    boxes, edges = picture(root, depth, limit)
    text = ["flowchart LR"]
    for name, kind, *lines in boxes:  # what could be markup, such as a lone `+`, by its number
        markup = r"[^\w\s.,…–-]|[.-](?!\d)"
        label = re.sub(markup, lambda sign: f"#{ord(sign[0])};", "\n".join(lines))
        text.append(f"    {name}{MERMAID_SHAPES[kind]}".format(label.replace("\n", "<br/>")))
    return "\n".join(text + [f"    {source} --> {end}" for source, end in edges])


def picture(root: Node, depth: int | None, limit: int) -> tuple[list[list[str]], list[list[str]]]:
    """The boxes as `[name, kind, *lines of text]`, and the edges between their names."""
    distance = nearest(root, depth, limit)
    names = {node: f"n{i}" for i, node in enumerate(distance)}
    boxes, edges = [], []
    for node, name in names.items():
        numbers = [f"data {node.summary(node.data)}", f"grad {shown_gradient(node, root)}"]
        boxes.append([name, "value", *filter(None, [node.label]), *numbers])
        if node.op is None:
            continue
        cut = distance[node] == depth
        boxes.append([f"{name}_op", "op", "…" if cut else node.op.name])
        edges.append([f"{name}_op", name])
        for i, x in enumerate(() if cut else node.inputs):
            source = names[x] if isinstance(x, Node) else f"{name}_op_{i}"
            edges.append([source, f"{name}_op"])
            if not isinstance(x, Node):
                boxes.append([source, "constant", node.summary(x)])
    return boxes, edges


def nearest(root: Node, depth: int | None, limit: int) -> dict[Node, int]:
    """The nodes up to `depth` steps away from `root`, nearest first, with their distance."""
    if not isinstance(root, Node):
        raise TypeError(f"A drawing starts from one node, got {type(root).__name__}.")
    if depth is not None and depth < 0:
        raise ValueError(f"`depth` counts steps from the root, 0 or more, got {depth}.")
    distance = {root: 0}
    order = [root]
    for node in order:  # it grows while we walk
        for x in node.inputs if distance[node] != depth else ():
            if isinstance(x, Node) and x not in distance:
                distance[x] = distance[node] + 1
                order.append(x)
        if len(order) > limit:
            raise ValueError(f"More than {limit} nodes to draw; try depth=4, or a higher limit=.")
    return distance


def shown_gradient(node: Node, root: Node) -> str:
    """A gradient as text. As long as the root has 0 too, a 0 is not computed yet: a dash."""
    missing = node.grad is None or node.initial_grad == 0 == node.grad == root.grad
    return "–" if missing else node.summary(node.grad)
