"""`folded`: the graph of a network on one page, with every part of it as one operation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from micrograd.draw import shown_gradient
from micrograd.graph import Node, Op, topological_order
from micrograd.module import Module
from micrograd_plus.standin import StandIn

__all__ = ["folded", "nodes_inside"]

FEW = 4  # how many numbers in one box, or constants of one part, are all shown


def folded(root: Node, parts: Module | Iterable[Module] | Mapping[str, Module]) -> StandIn:
    """A small graph to draw instead of that of `root`, with every part as one operation.

    What a part gives to the outside lies in one box, which says how many values it holds. A part
    that was called several times is one operation all the same: it has one set of parameters.

    Args:
        root: the result to start from.
        parts: a module, several such as `model.layers`, or a dict that names them.

    Returns:
        A root for `draw_dot`, `to_dot` and `to_mermaid`.

    Raises:
        TypeError: if `root` is not a node, or a part is not a module.

    Example:
        >>> from micrograd_plus import MLP, Value, to_mermaid
        >>> model = MLP(1, [2, 1], seed=1)
        >>> print(to_mermaid(folded(model([Value(3.0, "x")]), model.layers)))
        flowchart LR
            n0["data 0.1632<br/>grad –"]
            n0_op(("Layer 1"))
            n1["2 values<br/>data -0.9050, 0.7979<br/>grad –"]
            n1_op(("Layer 0"))
            n2["x<br/>data 3.0000<br/>grad –"]
            n0_op --> n0
            n1 --> n0_op
            n1_op --> n1
            n2 --> n1_op
    """
    if not isinstance(root, Node):
        raise TypeError(f"`root` needs one node such as a Value, got {type(root).__name__}.")
    inside = nodes_inside(root, named(parts))
    operation = {title: StandIn(Op(title, never)) for title in dict.fromkeys(inside.values())}
    order = topological_order(root)[::-1]  # in this direction, first inputs come first
    box = {x: operation[inside[x]] if x in inside else StandIn(x.op) for x in order}

    inputs: dict[StandIn, list[StandIn | str]] = {}
    results: dict[StandIn, dict[Node, None]] = {box[root]: {root: None}}
    for node in order:
        for x in node.inputs:
            source = box[x] if isinstance(x, Node) else node.summary(x)
            if source is not box[node]:
                inputs.setdefault(box[node], []).append(source)
                if isinstance(source, StandIn):
                    results.setdefault(source, {})[x] = None

    for stand_in, nodes in results.items():
        stand_in.label = next(iter(nodes)).label if len(nodes) == 1 else f"{len(nodes)} values"
        stand_in.data = listed([x.summary(x.data) for x in nodes])
        stand_in.grad = listed([shown_gradient(x, root) for x in nodes])
        stand_in.inputs = tuple(inputs.get(stand_in, ()))
    for part in operation.values():
        part.inputs = each_once(part.inputs)
    return box[root]


def named(parts: Module | Iterable[Module] | Mapping[str, Module]) -> Mapping[str, Module]:
    """The parts with the names that are drawn: `Layer 0`, `Layer 1`, unless a dict has others."""
    if isinstance(parts, Module):
        parts = {type(parts).__name__: parts}
    if not isinstance(parts, Mapping):
        parts = {f"{type(part).__name__} {i}": part for i, part in enumerate(parts)}
    for part in parts.values():
        if not isinstance(part, Module):
            raise TypeError(f"`parts` needs modules such as layers, got {type(part).__name__}.")
    return parts


def nodes_inside(root: Node, parts: Mapping[str, Module]) -> dict[Node, str]:
    """The names of the parts that nodes are inside of, judged from the parameters alone.

    Inside are a part's parameters, what takes one of them (`w * x`), and what is made of nothing
    but nodes inside (their sum, its tanh). A constant (`y - 1.0`) ends the part.
    """
    weights = {node: name for name, part in parts.items() for node in part.parameters()}
    inside: dict[Node, str] = dict(weights)
    for node in topological_order(root):
        nodes = [x for x in node.inputs if isinstance(x, Node)]
        names = {weights[x] for x in nodes if x in weights}
        if not names and len(nodes) == len(node.inputs):
            names = {inside.get(x, "") for x in nodes}
        if len(names) == 1 and names != {""}:
            inside[node] = names.pop()
            if len(node.inputs) == 1 and nodes[0] in weights:
                weights[node] = inside[node]  # a weight in another form, such as `weight.T`
    return inside


def listed(texts: Sequence[str]) -> str:
    """Some numbers in a row; of many, the first and the last; of nothing but dashes, one."""
    if len(set(texts)) == 1:
        return texts[0]
    return ", ".join(texts if len(texts) <= FEW else [texts[0], "…", texts[-1]])


def each_once(sources: Sequence[StandIn | str]) -> tuple[StandIn | str, ...]:
    """What goes into a part, without repeats; many constants are only mentioned."""
    once = dict.fromkeys(sources)
    if sum(isinstance(x, str) for x in once) > FEW:
        once = dict.fromkeys("constants" if isinstance(x, str) else x for x in once)
    return tuple(once)


def never(*inputs: Any) -> Any:
    """What a part computes when it is only drawn."""
    raise TypeError("a folded graph can be drawn, not calculated with.")
