"""One run of a function on numbers that are not known, to see what it does with them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from micrograd.graph import Node, topological_order
from micrograd_plus import functions
from micrograd_plus.arrangement import arranged, leaves, mapped
from micrograd_plus.unknown import NotRecordable, Unknown, state
from micrograd_plus.value import Value

__all__ = ["INSIDE", "Trace"]

GENERATED = re.compile(r"v\d+|d_.*|captured_\d+|function\d+")  # names that programs use

INSIDE = (
    "a compiled function cannot call backward() inside; let it return the result, and write "
    "f.backward(...) outside."
)


class Trace:
    """One run of a function on unknown numbers.

    Attributes:
        inputs: the arguments, with what they are called.
        results: what the function returned.
        met: the nodes that the results were made from.
    """

    def __init__(self, func: Callable[..., Any], key: Any) -> None:
        self.inputs: dict[Node, str] = {}
        arguments = mapped(self.unknown, key, "x")
        rename(self.inputs, func, len(arguments))
        state.recording = True
        try:
            self.results = func(*arguments)
        finally:
            state.recording = False
        roots = leaves(self.results, arranged(self.results))
        self.roots = [root for root in roots if isinstance(root, Node)]
        self.met = {node for root in self.roots for node in topological_order(root)}

    def nearest(self, before: set[Node]) -> list[Node]:
        """Those of the nodes `before` that the run itself used, not what lies behind them."""
        found: dict[Node, None] = {}
        for root in self.roots:
            for node in topological_order(root):
                used = (root, *node.inputs) if node not in before else (root,)
                found.update((x, None) for x in used if x in before)
        return list(found)

    def unknown(self, path: str) -> Recorder:
        """A place for a number that comes later."""
        node = Recorder.result(Unknown())
        self.inputs[node] = path
        return node


class Recorder(Value):
    """A Value whose number is not known yet."""

    __slots__ = ()

    def backward(self) -> None:
        """An error: there are no numbers to send back, and the program would not repeat it."""
        raise NotRecordable(INSIDE)


def rename(inputs: dict[Node, str], func: Callable[..., Any], count: int) -> None:
    """Call the arguments in the program as the function does, where it says: `x_0` becomes `a`."""
    code = getattr(func, "__code__", None)
    names = code.co_varnames[: code.co_argcount] if code else ()
    if len(names) != count:
        return
    paths = [path.split("_", 2)[1:] for path in inputs.values()]
    spoken = ["_".join([names[int(position)], *rest]) for position, *rest in paths]
    taken = {"abs", "g", "inf", "nan", "values", "gradients", *vars(functions)}
    if len({*spoken}) == len(spoken) and not any(
        name in taken or GENERATED.fullmatch(name) for name in spoken
    ):
        inputs.update(zip(inputs, spoken))
