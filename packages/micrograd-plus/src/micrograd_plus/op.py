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
from micrograd.graph import Node
from micrograd_plus import functions, ieee
from micrograd_plus.unknown import Unknown

__all__ = ["Op", "defined"]


class Op(graph.Op):
    """An operation of stage 1 that knows its definition and answers where Python raises.

    Args:
        name: how the operation is drawn and printed.
        forward: raw inputs to raw result.
        backward: one rule `(g, out, *inputs) -> gradient` per input.

    Example:
        >>> from micrograd_plus import ieee, symbols
        >>> from micrograd_plus.ops import log
        >>> log.on(ieee).forward(0.0)
        -inf
        >>> log.on(symbols).forward(symbols.Symbol("x")).code
        'log(x)'
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

    @classmethod
    def of(cls, op: graph.Op) -> Op:
        """An operation of stage 1 as one of this stage, its rules as they are."""
        return cls(op.name, op.forward, *op.backward)

    def with_forward(self, forward: Callable[..., Any]) -> Op:
        """The same operation computed by another function: its rules stay."""
        return Op(self.name, forward, *self.backward)

    def __call__(self, *inputs: Any) -> Any:
        """As at stage 1, and spelled out for the commonest inputs: one node, two of one class."""
        a, b = inputs[0], inputs[-1]
        if type(a) is type(b) and isinstance(a, Node) and len(inputs) < 3:
            try:
                data = self.forward(a.data) if len(inputs) == 1 else self.forward(a.data, b.data)
            except (ArithmeticError, ValueError):
                pass  # below, with care
            else:
                return a.result(data, self, inputs)
        return super().__call__(*inputs)

    def push(self, node: Node) -> None:
        """As at stage 1, and spelled out for two inputs: a training step takes a quarter less."""
        if len(node.inputs) == 2:
            (a, b), (rule_a, rule_b) = node.inputs, self.backward
            g, out = node.grad, node.data
            x = a.data if isinstance(a, Node) else a
            y = b.data if isinstance(b, Node) else b
            try:
                to_a = rule_a(g, out, x, y) if x is not a and rule_a else None
                to_b = rule_b(g, out, x, y) if y is not b and rule_b else None
            except (ArithmeticError, ValueError):
                pass  # below, one rule at a time and with care
            else:
                if x is not a and rule_a:
                    a.accumulate(to_a)
                if y is not b and rule_b:
                    b.accumulate(to_b)
                return
        super().push(node)

    def apply(self, function: Callable[..., Any], arguments: Sequence[Any]) -> Any:
        """Call the forward function or a rule; where Python raises, answer as IEEE says."""
        try:
            return function(*arguments)
        except (ArithmeticError, ValueError):
            return self.at_edge(function, arguments)

    def of_constants(self, inputs: tuple[Any, ...]) -> Any:
        """As at stage 1; at edges, too, as it is with Values."""
        return self.apply(self.forward, inputs)

    def at_edge(self, function: Callable[..., Any], arguments: Sequence[Any]) -> Any:
        """The IEEE result of one operation, or of one rule, for which Python raised an error."""
        for x in arguments:
            if isinstance(x, Unknown):
                return x  # being recorded: the result is not known either
            if not isinstance(x, int | float):
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
