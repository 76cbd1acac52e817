"""An operation that can be asked to be itself again on another set of functions.

The rule of the sine needs a cosine. So its definition does not say `math.cos` but `f.cos`, and
whoever hands in `f` decides what the operation works on: `math` for numbers, NumPy for arrays,
`ieee` for infinities, symbols for compiling. The calculus is written once.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from micrograd import graph
from micrograd_plus import functions, ieee
from micrograd_plus.symbols import Unknown

__all__ = ["Op", "defined"]


class Op(graph.Op):
    """An operation of stage 1 that knows its definition and answers where Python raises.

    Args:
        name: how the operation is drawn and printed.
        forward: raw inputs to raw result.
        backward: one rule `(g, out, *inputs) -> gradient` per input.

    Example:
        >>> import numpy as np
        >>> from micrograd_plus.ops import sin
        >>> float(sin.on(np).forward(np.array(0.0)))
        0.0
    """

    __slots__ = ("definition",)

    definition: Callable[[Any], Op] | None

    def __init__(
        self, name: str, forward: Callable[..., Any], *backward: Callable[..., Any] | None
    ) -> None:
        super().__init__(name, forward, *backward)
        self.definition = None

    def on(self, f: Any) -> Op:
        """The same operation with its functions taken from `f`."""
        return self if self.definition is None else defined_on(self.definition, f)

    def with_forward(self, forward: Callable[..., Any]) -> Op:
        """The same operation computed by another function: its rules stay."""
        return Op(self.name, forward, *self.backward)

    def at_edge(self, function: Callable[..., Any], arguments: Sequence[Any]) -> Any:
        """The IEEE result of one operation, or of one rule, for which Python raised an error."""
        for x in arguments:
            if isinstance(x, Unknown):
                return x  # being recorded: the result is not known either
            if not isinstance(x, float):
                raise  # not an edge of numbers: the error stands
        careful = self.on(ieee)
        if function is self.forward:
            again: Callable[..., Any] | None = careful.forward
        else:
            again = careful.backward[self.backward.index(function)]
        assert again is not None
        return float(again(*map(ieee.Number, arguments)))


@functools.cache
def defined_on(definition: Callable[[Any], Op], f: Any) -> Op:
    """Build an operation from its definition; the same two always give the same operation."""
    op = definition(f)
    op.definition = definition
    return op


def defined(definition: Callable[[Any], Op]) -> Op:
    """Decorate a definition: it becomes the operation on plain numbers."""
    return defined_on(definition, functions)
