"""One run of a model, with a note of which module made which operation.

Operations do not know who made them, so that training pays nothing for drawings. A copy of the
model is run instead, whose modules report when they are called and what they return.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from micrograd.graph import Node, Op
from microgradx import TensorValue, default_generator
from vhgrad.nn import Module

__all__ = ["Call", "Run", "recorded"]

PASS = Op("same", lambda x: x)  # what a module that returns its very input does


@dataclass(eq=False)
class Call:
    """One call of a module.

    Attributes:
        path: where the module is in the model; the model itself is at "".
        module: the module.
        outer: the call within which it happened.
        repeats: how often the module had been called before.
        takes_input: whether it was handed an input of the model that is no tensor, such as indices.
    """

    path: str
    module: Module
    outer: Call | None
    repeats: int = 0
    takes_input: bool = False

    @property
    def depth(self) -> int:
        """How many calls it is within."""
        return 0 if self.outer is None else self.outer.depth + 1

    def around(self) -> Iterator[Call]:
        """This call and those around it, inner before outer."""
        call: Call | None = self
        while call is not None:
            yield call
            call = call.outer


@dataclass(eq=False)
class Run:
    """What happened when the model was called.

    Attributes:
        calls: all calls of modules, in order.
        inputs: the inputs as tensors; None for one that is no tensor.
        outputs: the results.
        made_by: the innermost call that made a tensor, in the order in which they were found.
    """

    calls: list[Call] = field(default_factory=list)
    inputs: list[Node | None] = field(default_factory=list)
    outputs: list[Node] = field(default_factory=list)
    made_by: dict[Node, Call] = field(default_factory=dict)

    def claim(self, call: Call, results: Sequence[Node], given: set[int]) -> None:
        """Everything between what a call was given and its results is its own, or of calls within.

        Those have claimed theirs already, because they returned before.
        """
        pending = list(results)
        while pending:
            node = pending.pop()
            if node.op is not None and node not in self.made_by and id(node) not in given:
                self.made_by[node] = call
                pending += nodes_in(node.inputs)


def recorded(model: Module, inputs: Sequence[Any], dtype: DTypeLike) -> Run:
    """Run a copy of a model in its mode for use; nothing about the model itself changes.

    Args:
        model: the model.
        inputs: arrays or tensors, or shapes of zeros as tuples of whole numbers.
        dtype: of the zeros.
    """
    run = Run()
    twin = deepcopy(model).eval()
    given = [np.zeros(x, dtype) if isinstance(x, tuple) else x for x in inputs]
    arrays = [np.asarray(x.data if isinstance(x, Node) else x) for x in given]
    # whole numbers are indices and stay as they are; other inputs become tensors that can be drawn
    run.inputs = [TensorValue(x) if x.dtype.kind == "f" else None for x in arrays]
    handed = [x if tensor is None else tensor for x, tensor in zip(arrays, run.inputs)]
    for path, module in twin.named_modules():
        watch(run, path, module, [x for x in handed if not isinstance(x, Node)])
    with generator_kept():
        run.outputs = list(nodes_in(twin(*handed)))
    return run


def watch(run: Run, path: str, module: Module, plain_inputs: Sequence[Any]) -> None:
    """Let a module report its calls."""
    forward = module.forward
    stack = vars(run).setdefault("open", [])

    def watched(*inputs: Any, **named: Any) -> Any:
        repeats = sum(call.module is module for call in run.calls)
        call = Call(path, module, stack[-1] if stack else None, repeats)
        call.takes_input = any(x is y for x in inputs for y in plain_inputs)
        run.calls.append(call)
        stack.append(call)
        try:
            outputs = forward(*inputs, **named)
        finally:
            stack.pop()
        given = {id(node) for node in nodes_in((inputs, named))}
        outputs = passed(outputs, given)
        run.claim(call, list(nodes_in(outputs)), given)
        return outputs

    vars(module)["forward"] = watched


def passed(outputs: Any, given: set[int]) -> Any:
    """The outputs; an input that is returned as it is becomes a node of its own, to be drawn."""
    if isinstance(outputs, list | tuple):
        return type(outputs)([passed(part, given) for part in outputs])
    if isinstance(outputs, Node) and id(outputs) in given:
        return type(outputs).result(outputs.data, PASS, (outputs,))
    return outputs


def nodes_in(whole: Any) -> Iterator[Node]:
    """The nodes in lists, tuples and dicts."""
    if isinstance(whole, Node):
        yield whole
    elif isinstance(whole, list | tuple | dict):
        for part in whole.values() if isinstance(whole, dict) else whole:
            yield from nodes_in(part)


@contextmanager
def generator_kept() -> Iterator[None]:
    """Use no random numbers of the default generator."""
    bits = default_generator().bit_generator
    before = bits.state
    try:
        yield
    finally:
        bits.state = before
