"""A recorded graph as a straight-line Python program, written by the operations themselves.

Every operation is asked to be itself on symbols: its forward gives one line, and each of its rules
one more. The order of the lines is the order of the eager engine, so every sum comes out the same.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from micrograd.graph import Node, Op, backward, topological_order
from micrograd_plus import functions, symbols
from micrograd_plus.symbols import Symbol
from micrograd_plus.value import Value, plain

__all__ = ["Program"]

LONG = 500  # with more inputs, an operation is called instead of spelled out


class Program:
    """What computes the `outputs` of a recorded graph, and the gradients of one of them.

    Args:
        name: of the function, for the generated text.
        inputs: the leaves that stand for the arguments and captured Values.
        outputs: the recorded results.

    Attributes:
        source: the generated Python: `values(*numbers)` gives all outputs, and for a single output
            `gradients(g, *numbers)` gives it and the gradients of all inputs.
    """

    def __init__(self, name: str, inputs: dict[Node, str], outputs: Sequence[Any]) -> None:
        self.inputs = inputs
        self.outputs = outputs
        self.names: dict[Node, Symbol] = {node: Symbol(text) for node, text in inputs.items()}
        self.scope = {**vars(functions), "inf": math.inf, "nan": math.nan}
        self.source = "\n".join(self.lines(name)) + "\n"
        code = compile(self.source, f"<compiled {name}>", "exec")
        exec(code, self.scope)  # our own text; of the user's, only names of arguments

    def run(self, numbers: Sequence[float]) -> list[float]:
        """All outputs."""
        try:
            return list(self.scope["values"](*numbers))
        except (ArithmeticError, ValueError):
            return self.eagerly(None, numbers)

    def run_back(self, g: float, numbers: Sequence[float]) -> list[float]:
        """The only output, and after it the gradients of all inputs where `g` arrives at it."""
        try:
            return list(self.scope["gradients"](g, *numbers))
        except (ArithmeticError, ValueError):
            return self.eagerly(g, numbers)

    def eagerly(self, g: float | None, numbers: Sequence[float]) -> list[float]:
        """The same by the eager engine, which knows what to do at undefined points."""
        nodes: dict[Any, Any] = dict(zip(self.inputs, map(Value, numbers), strict=True))
        given = list(nodes.values())
        for node in self.order():
            assert node.op is not None
            for x in node.inputs:
                if isinstance(x, Node) and x not in nodes:
                    nodes[x] = Value(x.data)  # made by the function of a constant
            nodes[node] = node.op(*[nodes.get(x, x) for x in node.inputs])
        results = [nodes.get(out, out) for out in self.outputs]
        if g is None:
            return [plain(x) for x in results]
        backward(topological_order(results[0]), g)
        return [results[0].data, *[x.grad for x in given]]

    def lines(self, name: str) -> Iterator[str]:
        """The text of both functions."""
        order = self.order()
        forward = [f"    {self.name(node)} = {self.forward(node)}" for node in order]
        arguments = ", ".join(self.inputs.values())
        results = "".join(f"{symbols.text(self.symbol(out))}, " for out in self.outputs)
        yield f"# {' '.join(name.split())}: {len(order)} operations on {len(self.inputs)} numbers"
        yield f"def values({arguments}):"
        yield from forward
        yield f"    return ({results})"
        if len(self.outputs) != 1 or not isinstance(self.outputs[0], Node):
            return
        yield ""
        yield f"def gradients(g, {arguments}):"
        yield from forward
        yield from self.backward(order)

    def order(self) -> list[Node]:
        """The recorded nodes, inputs before results; what lies behind an input is not followed."""
        order = dict.fromkeys(
            node for out in self.outputs if isinstance(out, Node) for node in topological_order(out)
        )
        needed = {out for out in self.outputs if isinstance(out, Node)}
        for node in reversed(order):
            if node in needed and node not in self.inputs:
                needed.update(x for x in node.inputs if isinstance(x, Node))
        return [node for node in order if node in needed and node not in self.inputs and node.op]

    def name(self, node: Node) -> str:
        """The variable that a computed node gets."""
        variable = f"v{len(self.names) - len(self.inputs) + 1}"
        return self.names.setdefault(node, Symbol(variable)).code

    def symbol(self, x: Any) -> Any:
        """A node's variable; a constant, also one that the function made a Value of, is itself."""
        if not isinstance(x, Node):
            return x
        return self.names[x] if x in self.names else plain(x)

    def forward(self, node: Node) -> str:
        """The text of one operation."""
        assert node.op is not None
        return symbols.text(self.applied(node.op, None, [self.symbol(x) for x in node.inputs]))

    def backward(self, order: Sequence[Node]) -> Iterator[str]:
        """The lines of all rules, from the result back.

        As in the eager engine, the gradient of a leaf starts from 0.0. That of a computed node
        starts with the first that arrives, and where that is another variable, needs no line.
        """
        gradients: dict[Node, str] = {order[-1] if order else self.outputs[0]: "g"}
        for node in reversed(order):
            if node.op is None or node not in gradients:
                continue
            arguments = [Symbol(gradients[node]), self.names[node], *map(self.symbol, node.inputs)]
            for k, x in enumerate(node.inputs):
                if x not in self.names or node.op.backward[k] is None:
                    continue
                arriving = self.applied(node.op, k, arguments)
                if x in gradients:
                    arriving = Symbol(gradients[x]) + arriving
                elif x in self.inputs:
                    arriving = 0.0 + arriving
                elif arriving.code.isidentifier():
                    gradients[x] = arriving.code
                    continue
                gradients[x] = f"d_{self.names[x].code}"
                yield f"    {gradients[x]} = {symbols.text(arriving)}"
        slots = [gradients.get(x, "0.0") for x in self.inputs]
        yield f"    return ({', '.join([self.symbol(self.outputs[0]).code, *slots])})"

    def applied(self, op: Op, rule: int | None, arguments: list[Any]) -> Symbol:
        """An operation's forward or rule as text; a call of it where it has no text."""
        spoken = op.on(symbols) if hasattr(op, "on") else op
        try:
            if rule is None and len(arguments) > LONG:
                raise ValueError("a line with so many operations is too deep for Python")
            function: Any = spoken.forward if rule is None else spoken.backward[rule]
            return symbols.symbol(function(*arguments))
        except (TypeError, ValueError, AttributeError, ArithmeticError):  # it has no text
            function = op.forward if rule is None else op.backward[rule]
            name = f"function{len(self.scope)}"
            self.scope[name] = function
            return symbols.call(name, *arguments)
