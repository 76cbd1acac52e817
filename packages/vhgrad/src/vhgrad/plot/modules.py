"""The computation graph of a model, with its modules as boxes, folded or opened."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import DTypeLike

from micrograd.graph import Node, topological_order
from vhgrad.nn import Module
from vhgrad.plot.calls import Call, Run, recorded

if TYPE_CHECKING:
    import graphviz

__all__ = ["model_graph"]

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
        ['input0 -> call1 [label=" (None, 4)"]',
         'call1 -> call2 [label=" (None, 8)"]',
         'call2 -> call3 [label=" (None, 8)"]',
         'call3 -> output0 [label=" (None, 3)"]']
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
    picture = Picture(*recorded_twice(model, inputs, dtype), depth)
    boxes = list(picture.boxes())
    if len(boxes) > limit:
        raise ValueError(f"{len(boxes)} boxes to draw, more than {limit}; try a smaller depth=.")
    dot = Digraph(
        format=format,
        graph_attr={
            "rankdir": direction,
            "bgcolor": "white",
            "pad": "0.2",
            "nodesep": "0.25",
            "ranksep": "0.35",
            "fontname": "Helvetica",
            "fontsize": "11",
        },
        node_attr={
            "fontname": "Helvetica",
            "fontsize": "11",
            "height": "0.3",
            "margin": "0.12,0.06",
        },
        edge_attr={
            "fontname": "Helvetica",
            "fontsize": "9",
            "fontcolor": "gray30",
            "color": "gray40",
            "arrowsize": "0.6",
        },
    )
    fill(dot, None, boxes, picture)
    for source, end, label in dict.fromkeys(picture.edges()):
        dot.edge(source, end, **({"label": f" {label}"} if label else {}))
    return dot


def fill(dot: Any, frame: Call | None, boxes: list[tuple[Any, ...]], picture: Picture) -> None:
    """Put the boxes that are directly in a frame into it, and the frames in it."""
    for around, name, look, label in boxes:
        if around is frame:
            dot.node(name, label, **LOOKS[look])
    for call in picture.frames():
        if call.outer is frame:
            with dot.subgraph(name=f"cluster_{picture.names[call]}") as inner:
                inner.attr(
                    label=title(call, "left"),
                    labeljust="l",
                    style="rounded",
                    color="gray65",
                    penwidth="0.8",
                )
                inner.attr(bgcolor="#FAFAFA" if call.depth % 2 else "white")
                fill(inner, call, boxes, picture)


class Picture:
    """Which boxes there are for a run, in which frames, and the edges between them."""

    def __init__(self, run: Run, shapes: dict[Node, str], depth: int | None) -> None:
        self.run, self.shapes, self.depth = run, shapes, depth
        self.names = {call: f"call{number}" for number, call in enumerate(run.calls)}
        order = dict.fromkeys(node for root in run.outputs for node in topological_order(root))
        self.numbers = {node: number for number, node in enumerate(order)}
        model = run.calls[0].module
        self.parameters = {id(p): name for name, p in model.named_parameters()}

    def is_folded(self, call: Call) -> bool:
        """Whether a call is one box, and not a frame."""
        return self.depth is not None and call.depth >= self.depth

    def frames(self) -> Iterator[Call]:
        """The calls that are drawn as frames."""
        return (call for call in self.run.calls if not self.is_folded(call))

    def box(self, call: Call | None) -> Call | None:
        """The box that a call is in: the outermost folded one around it, if there is any."""
        folded = [c for c in (call.around() if call else ()) if self.is_folded(c)]
        return folded[-1] if folded else None

    def place(self, node: Node) -> str:
        """The name of the box that a tensor comes out of."""
        if any(node is x for x in self.run.inputs):
            return f"input{[node is x for x in self.run.inputs].index(True)}"
        folded = self.box(self.run.made_by.get(node))
        return self.names[folded] if folded else f"node{self.numbers[node]}"

    def boxes(self) -> Iterator[tuple[Call | None, str, str, str]]:
        """Every box: the frame it is in, its name, its look and its label."""
        for end, count in ("input", len(self.run.inputs)), ("output", len(self.run.outputs)):
            for number in range(count):
                yield None, f"{end}{number}", "input", f"{end} {number}" if count > 1 else end
        for call in self.run.calls:
            if self.is_folded(call) and self.box(call) is call:
                learns = "learns" if call.module.parameters() else "fixed"
                yield call.outer, self.names[call], learns, title(call)
        for node in self.opened():
            made_by = self.run.made_by[node]
            yield made_by, self.place(node), "op", name_of(node)
            for x, source in self.sources(node):
                if isinstance(x, Node) and id(x) in self.parameters:
                    label = f"{self.parameters[id(x)].rpartition('.')[2]} {x.data.shape}"
                    yield made_by, source, "learns", label
                elif not isinstance(x, Node) or (x.op is None and not source.startswith("input")):
                    yield made_by, source, "constant", shown(x)

    def opened(self) -> Iterator[Node]:
        """The results of the operations that are drawn themselves."""
        for node in self.numbers:
            if node in self.run.made_by and self.box(self.run.made_by[node]) is None:
                yield node

    def sources(self, node: Node) -> Iterator[tuple[Any, str]]:
        """The inputs of an operation that is drawn, with the boxes that they come from."""
        for k, x in enumerate(node.inputs):
            if isinstance(x, Node):
                yield x, self.place(x)
            elif isinstance(x, float | int | np.ndarray) and np.size(x):
                yield x, f"node{self.numbers[node]}_{k}"

    def edges(self) -> Iterator[tuple[str, str, str]]:
        """Every edge: from which box, to which, and the shape of what goes along it."""
        for node in self.numbers:
            if node not in self.run.made_by:
                continue
            end = self.place(node)
            folded = self.box(self.run.made_by[node]) is not None
            for x, source in self.sources(node):
                leaf = not isinstance(x, Node) or (x.op is None and not source.startswith("input"))
                if source != end and not (folded and leaf):
                    yield source, end, "" if leaf else self.shapes[x]
        for number, root in enumerate(self.run.outputs):
            yield self.place(root), f"output{number}", self.shapes[root]
        yield from self.plain_inputs()

    def plain_inputs(self) -> Iterator[tuple[str, str, str]]:
        """Inputs that are no tensors go to the outermost boxes that they were handed to."""
        plain = [f"input{k}" for k, tensor in enumerate(self.run.inputs) if tensor is None]
        for call in self.run.calls if plain else ():
            folded = self.box(call)
            if call.takes_input and folded is not None:
                yield plain[0], self.names[folded], ""
            elif call.takes_input:
                for node, made_by in self.run.made_by.items():
                    if made_by is call and not any(
                        isinstance(x, Node) and x.op is not None for x in node.inputs
                    ):
                        yield plain[0], self.place(node), ""


def title(call: Call, align: str = "center") -> str:
    """What stands in the box of a module: its class and settings, its path, its parameters."""
    settings = call.module.settings()
    count = sum(p.size for p in call.module.parameters())
    facts = [call.path] if call.path else []
    facts += [f"{count:,} parameters"] if count else []
    facts += [f"call {call.repeats + 1}"] if call.repeats else []
    kind = html.escape(type(call.module).__name__)
    text = f"<b>{kind}</b>" + (f"({html.escape(settings)})" if settings else "")
    side = f' align="{align}"' if align != "center" else ""
    line = f"<br{side}/>"
    small = html.escape(" · ".join(facts))
    return f"<{text}{line}" + (
        f'<font point-size="9" color="gray30">{small}</font>{line}>' if facts else ">"
    )


def name_of(node: Node) -> str:
    """What an operation is called."""
    return node.op.name if node.op is not None else ""


def shown(x: Any) -> str:
    """A constant: one number as it is, an array by its shape."""
    array = np.asarray(x.data if isinstance(x, Node) else x)
    return f"{array.item():g}" if not array.ndim else f"{array.shape}"


def recorded_twice(
    model: Module, inputs: Sequence[Any], dtype: DTypeLike
) -> tuple[Run, dict[Node, str]]:
    """A run, and what the shapes of its tensors are, with None along the batch.

    Where a shape has None, the model is run with two sizes of batch, to see what changes with it.
    """
    runs = [recorded(model, [sized(x, batch) for x in inputs], dtype) for batch in (2, 3)]
    orders = [[node for root in run.outputs for node in topological_order(root)] for run in runs]
    same = len(orders[0]) == len(orders[1])
    shapes = {}
    for a, b in zip(orders[0], orders[1] if same else orders[0]):
        sizes = [m if m == n else None for m, n in zip(a.data.shape, b.data.shape)]
        shapes[a] = str(tuple(sizes))
    return runs[0], shapes


def sized(x: Any, batch: int) -> Any:
    """A shape with the size of a batch in place of None; all else as it is."""
    if isinstance(x, tuple) and all(n is None or isinstance(n, int) for n in x):
        return tuple(batch if n is None else n for n in x)
    return np.asarray(x) if isinstance(x, list | tuple) else x
