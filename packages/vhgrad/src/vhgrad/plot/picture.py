"""Which boxes there are in the drawing of a run, in which frames, and the edges between them."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from micrograd.graph import Node, topological_order
from vhgrad.plot.calls import Call, Run

__all__ = ["Box", "Picture", "title"]


class Box(NamedTuple):
    """One box: the frame it is in, how edges call it, one of the looks, and its text."""

    frame: Call | None
    name: str
    look: str
    label: str


class Picture:
    """What is drawn of a run: a call of a module is one box, or a frame around what it did.

    Args:
        run: what happened.
        shapes: of its tensors, as texts.
        depth: calls within so many others, or more, are boxes; None opens all.
    """

    def __init__(self, run: Run, shapes: dict[Any, str], depth: int | None) -> None:
        self.run, self.shapes, self.depth = run, shapes, depth
        self.names = {call: f"call{number}" for number, call in enumerate(run.calls)}
        order = dict.fromkeys(node for root in run.outputs for node in topological_order(root))
        self.numbers = {node: number for number, node in enumerate(order)}
        made = Counter(
            call for node in order if node in run.made_by for call in run.made_by[node].around()
        )
        self.single = {c for c in run.calls if made[c] < 2 and not c.module.parameters()}
        model = run.calls[0].module
        self.parameters = {id(p): name for name, p in model.named_parameters()}

    def is_folded(self, call: Call) -> bool:
        """Whether a call is one box, and not a frame; a frame around one operation says no more."""
        return call in self.single or (self.depth is not None and call.depth >= self.depth)

    def frames(self) -> Iterator[Call]:
        """The calls that are drawn as frames."""
        return (call for call in self.run.calls if not self.is_folded(call))

    def box(self, call: Call | None) -> Call | None:
        """The box that a call is in: the outermost folded one around it, if there is any."""
        folded = [c for c in (call.around() if call else ()) if self.is_folded(c)]
        return folded[-1] if folded else None

    def place(self, node: Node) -> str:
        """The name of the box that a tensor comes out of."""
        for number, x in enumerate(self.run.inputs):
            if node is x:
                return f"input{number}"
        folded = self.box(self.run.made_by.get(node))
        return self.names[folded] if folded else f"node{self.numbers[node]}"

    def boxes(self) -> Iterator[Box]:
        """Every box; one that is used twice comes twice."""
        for end, count in ("input", len(self.run.inputs)), ("output", len(self.run.outputs)):
            for number in range(count):
                yield Box(None, f"{end}{number}", "input", f"{end} {number}" if count > 1 else end)
        for call in self.run.calls:
            if self.is_folded(call) and self.box(call) is call:
                learns = "learns" if call.module.parameters() else "fixed"
                yield Box(call.outer, self.names[call], learns, title(call))
        for node in self.opened():
            made_by = self.run.made_by[node]
            yield Box(made_by, self.place(node), "op", name_of(node))
            for x, source in self.sources(node):
                if isinstance(x, Node) and id(x) in self.parameters:
                    label = f"{self.parameters[id(x)].rpartition('.')[2]} {x.data.shape}"
                    yield Box(made_by, source, "learns", label)
                elif is_leaf(x) and not source.startswith("input"):
                    yield Box(made_by, source, "constant", shown(x))

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
                handed = [n for n in self.run.made_by[node].takes if self.is_input(x, n)]
                yield x, f"input{handed[0]}" if handed else f"node{self.numbers[node]}_{k}"

    def is_input(self, x: Any, number: int) -> bool:
        """Whether a constant holds what the model was handed."""
        return np.array_equal(x, self.run.inputs[number])

    def edges(self) -> Iterator[tuple[str, str, str]]:
        """Every edge: from which box, to which, and the shape of what goes along it."""
        for node in self.numbers:
            if node not in self.run.made_by:
                continue
            end = self.place(node)
            folded = self.box(self.run.made_by[node]) is not None
            for x, source in self.sources(node):
                inside = is_leaf(x) and not source.startswith("input")
                if source != end and not (folded and inside):
                    yield source, end, "" if inside else self.shape(x)
        for call in self.run.calls:
            box = self.box(call)
            if box is not None:
                for number in call.takes:
                    yield f"input{number}", self.names[box], self.shape(self.run.inputs[number])
        for number, root in enumerate(self.run.outputs):
            yield self.place(root), f"output{number}", self.shape(root)

    def shape(self, x: Any) -> str:
        """The shape of a tensor, or of indices."""
        return self.shapes[x] if isinstance(x, Node) else str(np.shape(x))


def is_leaf(x: Any) -> bool:
    """Whether nothing was computed to get this: a parameter, a constant, an input."""
    return not isinstance(x, Node) or x.op is None


def name_of(node: Node) -> str:
    """What an operation is called."""
    return node.op.name if node.op is not None else ""


def shown(x: Any) -> str:
    """A constant: one number as it is, an array by its shape."""
    array = np.asarray(x.data if isinstance(x, Node) else x)
    return f"{array.item():g}" if not array.ndim else f"{array.shape}"


def title(call: Call, frame: bool = False) -> str:
    """What stands in the box of a module: its class and settings, its path, its parameters.

    On a frame it stands at the left, and is short, because edges come in from above.
    """
    from html import escape  # here, because it takes 2 ms and few programs draw

    line = '<br align="left"/>' if frame else "<br/>"
    settings = "" if frame else call.module.settings()
    text = f"<b>{escape(type(call.module).__name__)}</b>"
    if settings:
        text += line.join(map(escape, textwrap.wrap(f"({settings})", 44)))
    count = sum(p.size for p in call.module.parameters())
    facts = [call.path] if call.path else []
    facts += [f"call {call.repeats + 1}"] if call.repeats else []
    facts += [f"{count:,} parameters"] if count else []
    if facts:
        small = escape(" · ".join(facts))
        text += f'{line}<font point-size="9" color="gray30">{small}</font>'
    return f"<{text}{line if frame else ''}>"
