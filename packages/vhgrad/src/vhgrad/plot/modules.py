"""The computation graph of a model, with its modules as boxes, folded or opened."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import DTypeLike

from vhgrad.nn import Module
from vhgrad.plot.calls import Call, with_shapes
from vhgrad.plot.picture import Box, Picture, title

if TYPE_CHECKING:
    import graphviz

__all__ = ["model_graph"]

FONT = {"fontname": "Helvetica", "fontsize": "11"}
PAGE = {"bgcolor": "white", "pad": "0.2", "nodesep": "0.25", "ranksep": "0.35", "ordering": "in"}
ARROW = {"fontsize": "9", "fontcolor": "gray30", "color": "gray40", "arrowsize": "0.6"}
FRAME = {"labeljust": "l", "style": "rounded", "color": "gray65", "penwidth": "0.8"}
# fill and border: light enough for black letters, and told apart with every kind of colour vision
LOOKS = {
    "input": {
        "shape": "box",
        "style": "rounded,filled",
        "fillcolor": "#FFF6D6",
        "color": "#B8A42F",
    },
    "learns": {"shape": "box", "style": "filled", "fillcolor": "#DCE8F4", "color": "#4477AA"},
    "fixed": {"shape": "box", "style": "filled", "fillcolor": "#F0F0F0", "color": "gray55"},
    "op": {"shape": "ellipse", "style": "filled", "fillcolor": "white", "color": "gray40"},
    "constant": {"shape": "plaintext", "fontcolor": "gray35"},
}


def model_graph(
    model: Module,
    *inputs: Any,
    depth: int | None = 1,
    direction: str = "TB",
    limit: int = 500,
    dtype: DTypeLike = np.float32,
    format: str = "svg",
) -> graphviz.Digraph:
    """Draw how a model computes: modules as boxes, and how the shapes go from one to the next.

    A module is either one box, or a frame around the modules and operations inside it. What holds
    parameters is blue. A copy of the model is run, in its mode for use; the model does not change.

    Args:
        model: the model.
        inputs: what it is called with: for each input a shape, such as `(None, 784)` with None
            along the batch, or an array or tensor. Indices, as an embedding takes them, come as an
            array of whole numbers.
        depth: how many levels of modules are opened. 0 is the whole model as one box, 1 shows the
            parts of the model, 2 the parts of these, None everything down to the operations.
        direction: "TB" draws from top to bottom, "LR" from left to right.
        limit: how many boxes are too many to draw.
        dtype: of inputs given as shapes.
        format: what `.render` writes, such as "svg", "png" or "pdf".

    Returns:
        A drawing. A notebook shows it, `.render("name")` writes a file; both need the program
        `dot` of Graphviz. `.source` is its text.

    Raises:
        TypeError: if `model` is not a module.
        ValueError: if there is no input, `depth` is negative, or there is too much to draw.

    Example:
        >>> from vhgrad import Linear, ReLU, Sequential
        >>> model = Sequential(Linear(4, 8), ReLU(), Linear(8, 3))
        >>> drawing = model_graph(model, (None, 4))
        >>> [line.strip() for line in drawing.source.splitlines() if "->" in line]
        ['input0 -> call1 [label=" (None, 4)" weight=5]',
         'call1 -> call2 [label=" (None, 8)" weight=5]',
         'call2 -> call3 [label=" (None, 8)" weight=5]',
         'call3 -> output0 [label=" (None, 3)" weight=5]']
    """
    from graphviz import Digraph  # here, because it takes 34 ms and few programs draw

    if not isinstance(model, Module):
        raise TypeError(f"model_graph needs a module, got {type(model).__name__}.")
    if not inputs:
        raise ValueError("model_graph needs an input: a shape such as (None, 784), or an array.")
    if depth is not None and depth < 0:
        raise ValueError(f"`depth` counts levels that are opened, 0 or more, got {depth}.")
    if direction not in ("TB", "LR"):
        raise ValueError(f"`direction` needs to be 'TB' or 'LR', got {direction!r}.")
    picture = Picture(*with_shapes(model, inputs, dtype), depth)
    boxes: dict[str, Box] = {}
    for box in picture.boxes():
        boxes.setdefault(box.name, box)  # a shared parameter stands where it is used first
    if len(boxes) > limit:
        raise ValueError(f"{len(boxes)} boxes to draw, more than {limit}; try a smaller depth=.")
    dot = Digraph(
        format=format,
        graph_attr={**FONT, **PAGE, "rankdir": direction},
        node_attr={**FONT, "height": "0.3", "margin": "0.12,0.06"},
        edge_attr={**FONT, **ARROW},
    )
    fill(dot, None, boxes.values(), picture)
    for source, end, label in dict.fromkeys(picture.edges()):
        # what flows through the model pulls straighter than what stands beside it
        dot.edge(source, end, **({"label": f" {label}", "weight": "5"} if label else {}))
    return dot


def fill(dot: Any, frame: Call | None, boxes: Collection[Box], picture: Picture) -> None:
    """Put the boxes that are directly in a frame into it, and the frames in it."""
    for box in boxes:
        if box.frame is frame:
            dot.node(box.name, box.label, **LOOKS[box.look])
    for call in picture.frames():
        if call.outer is frame:
            with dot.subgraph(name=f"cluster_{picture.names[call]}") as inner:
                shade = "#FAFAFA" if call.depth % 2 else "white"
                inner.attr(label=title(call, frame=True), bgcolor=shade, **FRAME)
                fill(inner, call, boxes, picture)
