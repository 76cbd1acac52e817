"""`StandIn`: a node that exists only to be drawn, in place of a real one or of several."""

from __future__ import annotations

from typing import Any

from micrograd.graph import Node, Op

__all__ = ["StandIn"]


class StandIn(Node):
    """A node whose data, gradient and constants are the very texts to show.

    Args:
        op: what is drawn as its operation.
        data: the text in place of the number.
        grad: the text in place of the gradient.
        label: its name.

    Example:
        >>> from micrograd_plus import to_mermaid
        >>> print(to_mermaid(StandIn(None, "quite a lot", "–", label="x")))
        flowchart LR
            n0["x<br/>data quite a lot<br/>grad –"]
    """

    __slots__ = ()

    def __init__(self, op: Op | None, data: str = "", grad: str = "", label: str = "") -> None:
        self.op = op
        self.data = data
        self.grad = grad
        self.label = label
        self.inputs = ()

    @staticmethod
    def summary(x: Any) -> str:
        """The text itself."""
        return str(x)
