"""`explain`: see the backward pass happen, as a table and as a series of drawings."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Self

from micrograd.draw import draw_dot, nearest
from micrograd.graph import Node, topological_order
from micrograd_plus.standin import StandIn
from micrograd_plus.steps import Step, steps

if TYPE_CHECKING:
    import graphviz

__all__ = ["Explanation", "explain"]

MANY, ENDS = 10_000, 20  # of more steps than MANY, only the first and last ENDS are printed
HEADER = (
    *("step", "result", "operation", "input"),
    *("arriving", "×", "local", "=", "product", "before", "→", "after"),
)
ALIGNED = "><<<>^>^>>^>"  # numbers to the right, as `format` spells it


def explain(root: Node) -> Explanation:
    """What `root.backward()` does, step by step, without doing it.

    Each step is one use of the chain rule: the gradient arriving at a result, times the local
    derivative of the operation by one input, is added to the gradient of that input.

    Args:
        root: the result to start from.

    Returns:
        The steps: a tuple that prints as a table and draws the graph as it is after step k.

    Raises:
        TypeError: if `root` is not a node that holds a number.

    Example:
        >>> from micrograd_plus import Value
        >>> a, b = Value(2.0, "a"), Value(-3.0, "b")
        >>> steps = explain(a * b + a)
        >>> steps
        step  result  operation  input  arriving  ×    local  =  product  before  →    after
           0          start      v2                               1.0000  0.0000  →   1.0000
           1  v2      +          v1       1.0000  ×   1.0000  =   1.0000  0.0000  →   1.0000
           2  v2      +          a        1.0000  ×   1.0000  =   1.0000  0.0000  →   1.0000
           3  v1      *          a        1.0000  ×  -3.0000  =  -3.0000  1.0000  →  -2.0000
           4  v1      *          b        1.0000  ×   2.0000  =   2.0000  0.0000  →   2.0000
        >>> steps[2].after
        -2.0
    """
    if not isinstance(root, Node):
        raise TypeError(
            f"explain() starts from one node such as a Value, got {type(root).__name__}."
        )
    if not isinstance(root.data, float):
        raise TypeError(f"explain() is for numbers, this {type(root).__name__} holds {root.holds}.")
    return Explanation(root)


class Explanation(tuple[Step, ...]):
    """The steps of a backward pass; made by `explain`."""

    root: Node
    start: float
    names: dict[Node, str]

    def __new__(cls, root: Node) -> Self:
        """Go through the backward pass of `root` and keep its steps."""
        self = super().__new__(cls, steps(root))
        self.root = root
        self.start = root.grad if root.op is None else root.initial_grad
        self.names = named(topological_order(root))
        return self

    def drawing(self, k: int | None = None, **options: Any) -> graphviz.Digraph:
        """Draw the graph as it is after step `k`, with a red arrow for that step.

        Args:
            k: how many steps have been done; 0 is only the start, None is all of them.
            options: those of `draw_dot`.
        """
        k = len(self) if k is None else k
        if not 0 <= k <= len(self):
            raise ValueError(f"`k` counts the steps done, 0 to {len(self)}, got {k}.")
        twins = self.twins(k)
        root = twins[self.root]
        drawing = draw_dot(root, **options)
        near = nearest(root, options.get("depth"), options.get("limit", 500))
        boxes = {node: f"n{i}" for i, node in enumerate(near)}  # as `draw_dot` calls them
        for step in self[:k][-1:]:
            ends = [boxes.get(twins[node], "") for node in (step.result, step.input)]
            if all(ends):
                drawing.edge(*ends, color="firebrick", constraint="false", penwidth="2")
        return drawing

    def twins(self, k: int) -> dict[Node, StandIn]:
        """A copy of the graph for drawing, with the gradients that are there after step `k`."""
        gradients: dict[Node, float | None] = {self.root: self.start + 1.0}
        for step in self:
            if step.number <= k:
                gradients[step.input] = step.after
            else:
                gradients.setdefault(step.input, step.before or None)
        twins: dict[Any, StandIn] = {}
        for node in topological_order(self.root):
            grad = gradients.get(node)
            shown = "–" if grad is None else node.summary(grad)
            twin = StandIn(node.op, node.summary(node.data), shown, self.names[node])
            twin.inputs = tuple(twins.get(x) or node.summary(x) for x in node.inputs)
            twins[node] = twin
        return twins

    def rows(self) -> Iterator[Sequence[str]]:
        """The cells of the table. Where steps are left out, one cell says how many."""
        yield HEADER
        text = self.root.summary
        begin = ("0", "", "start", self.names[self.root], "", "", "", "")
        yield (*begin, text(1.0), text(self.start), "→", text(self.start + 1.0))
        left_out = len(self) - 2 * ENDS if len(self) > MANY else 0
        yield from map(self.row, self[:ENDS] if left_out else self)
        if left_out:
            yield (f"… {left_out:,} more steps …",)
            yield from map(self.row, self[-ENDS:])

    def row(self, step: Step) -> Sequence[str]:
        """The cells of one step."""
        text = step.result.summary
        return (
            *(str(step.number), self.names[step.result], step.op, self.names[step.input]),
            *(text(step.arriving), "×", text(step.local), "=", text(step.product)),
            *(text(step.before), "→", text(step.after)),
        )

    def __repr__(self) -> str:
        rows = list(self.rows())
        widths = [max(map(len, column)) for column in zip(*[x for x in rows if len(x) > 1])]
        lines = [
            "  ".join(f"{cell:{side}{width}}" for cell, side, width in zip(row, ALIGNED, widths))
            for row in rows
        ]
        return "\n".join(line.rstrip() for line in lines)

    def _repr_html_(self) -> str:
        """The table for notebooks."""
        from html import escape  # here, because it takes 2 ms

        lines: list[str] = []
        for row in self.rows():
            tag = "td" if lines else "th"
            span = "" if len(row) > 1 else f' colspan="{len(HEADER)}"'
            cells = [f"<{tag}{span}>{escape(cell)}</{tag}>" for cell in row]
            lines.append(f"<tr>{''.join(cells)}</tr>")
        return "\n".join(["<table>", *lines, "</table>"])


def named(nodes: Sequence[Node]) -> dict[Node, str]:
    """The labels of the nodes; who has none is called v1, v2, ... in the order of computation."""
    taken = {node.label for node in nodes}
    free = (name for i in itertools.count(1) if (name := f"v{i}") not in taken)
    return {node: node.label or next(free) for node in nodes}
