"""What a drawing of a graph shows: boxes and edges, in no language yet (see `draw`).

The walk goes breadth-first from the root, so what lies beyond `depth` costs nothing. Boxes are
numbered in the order of the walk: the same graph always gives the same picture.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from micrograd.fold import nodes_inside
from micrograd.graph import Node

__all__ = ["Box", "picture"]


class Box(NamedTuple):
    """One box. Its kind is "value", "op", "constant", "part" or, where the drawing ends, "cut"."""

    name: str
    kind: str
    fields: tuple[str, ...]


def picture(
    root: Node,
    *,
    depth: int | None = None,
    limit: int = 500,
    fold: Mapping[str, Any] | Iterable[Any] = (),
) -> tuple[list[Box], list[tuple[str, str]]]:
    """The boxes, and the edges between their names; `draw_dot` explains the arguments."""
    if not isinstance(root, Node):
        raise TypeError(
            f"A drawing starts from one node such as a Value, got {type(root).__name__}; "
            "give it the result of a calculation, or one item of a list."
        )
    inside = nodes_inside(root, fold)
    parts = {title: f"part{i}" for i, title in enumerate(dict.fromkeys(inside.values()))}
    steps = steps_from(root, depth, limit, inside)
    names = {x: parts[inside[x]] if x in inside else f"n{i}" for i, x in enumerate(steps)}
    names[root] = "n0"  # drawn in any case
    boxes: dict[str, Box] = {}
    edges: list[tuple[str, str]] = []

    def connect(source: str, end: str) -> None:
        if {source, end}.isdisjoint(parts.values()):
            edges.append((source, end))  # `a + a` has two
        elif source != end and (source, end) not in edges:
            edges.append((source, end))  # a part has one to each neighbour

    def draw(box: Box, end: str) -> None:
        boxes[box.name] = box
        connect(box.name, end)

    for node, name in names.items():
        if node is root or node not in inside:
            boxes[name] = Box(name, "value", lines(node, root))
        end = name  # where the edges of its inputs end
        if node in inside:
            end = parts[inside[node]]
            draw(Box(end, "part", (inside[node],)), name)
        elif node.op is not None and steps[node] != depth:
            end = f"{name}_op"
            draw(Box(end, "op", (node.op.name,)), name)
        if node.op is not None and steps[node] == depth:
            draw(Box(f"{end}_cut", "cut", ("…",)), end)
            continue
        for i, x in enumerate(node.inputs):
            if isinstance(x, Node):
                connect(names[x], end)
            elif node not in inside:
                draw(Box(f"{end}_{i}", "constant", (node.summary(x),)), end)
    return list(boxes.values()), edges


def steps_from(
    root: Node, depth: int | None, limit: int, inside: Mapping[Node, str]
) -> dict[Node, int]:
    """The nodes up to `depth` steps away from `root`, nearest first, with their distance."""
    if depth is not None and depth < 0:
        raise ValueError(f"`depth` counts steps from the root, 0 or more, got {depth}.")
    steps = {root: 0}
    order = [root]
    drawn = 1
    for node in order:  # it grows while we walk
        if steps[node] == depth:
            break  # all that follow are as far away
        for x in node.inputs:
            if isinstance(x, Node) and x not in steps:
                steps[x] = steps[node] + 1
                order.append(x)
                drawn += x not in inside
        if drawn > limit:
            raise ValueError(
                f"More than {limit} nodes are too many for one drawing; draw only those near the "
                "root with a depth such as depth=4, or allow more with limit=."
            )
    return steps


def lines(node: Node, root: Node) -> tuple[str, ...]:
    """The text of a node's box. A gradient that is not computed yet is shown as a dash."""
    missing = node.grad is None or (untouched(root) and untouched(node))
    grad = "–" if missing else node.summary(node.grad)
    return (*filter(None, [node.label]), f"data {node.summary(node.data)}", f"grad {grad}")


def untouched(node: Node) -> bool:
    """Whether no gradient has arrived; at the root it means that none was computed anywhere."""
    if node.grad is None or node.initial_grad is None:
        return node.grad is None
    return bool(node.grad == node.initial_grad)
