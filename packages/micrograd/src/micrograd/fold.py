"""Which nodes of a graph belong to which part of a network, so that a drawing can fold them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from micrograd.graph import Node, topological_order

__all__ = ["nodes_inside"]


def nodes_inside(root: Node, parts: Mapping[str, Any] | Iterable[Any]) -> dict[Node, str]:
    """The names of the parts that nodes are inside of, judged from the parameters alone.

    Inside are a part's parameters, what takes one of them (`w * x`), and what is made of nothing
    but nodes inside (their sum, its tanh). A constant (`y - 1.0`) ends the part.
    """
    if hasattr(parts, "parameters"):
        parts = [parts]
    if not isinstance(parts, Mapping):
        parts = {f"{type(part).__name__} {i}": part for i, part in enumerate(parts)}
    weights = {node: name for name, part in parts.items() for node in part.parameters()}
    inside: dict[Node, str] = dict(weights)
    for node in topological_order(root) if weights else ():
        nodes = [x for x in node.inputs if isinstance(x, Node)]
        names = {weights[x] for x in nodes if x in weights}
        if not names and len(nodes) == len(node.inputs):
            names = {inside.get(x, "") for x in nodes}
        if len(names) == 1 and names != {""}:
            inside[node] = names.pop()
            if len(nodes) == 1 and nodes[0] in weights:
                weights[node] = inside[node]
    return inside
