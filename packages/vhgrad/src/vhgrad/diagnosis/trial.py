"""One training step on a copy of everything, with a note of all that came up on the way."""

from __future__ import annotations

import math
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import numpy as np
from numpy.typing import NDArray

from micrograd.graph import Node, topological_order
from vhgrad.nn import Module
from vhgrad.nn.norm import BatchNorm
from vhgrad.nn.parameter import Frozen
from vhgrad.plot.calls import Run, watch
from vhgrad.training.step import one_number

__all__ = ["Trial", "rms"]


class Trial:
    """What happened in one step, as far as it came.

    Attributes:
        model: the copy that made it.
        optimizer: the copy of the optimizer, which holds the copy's parameters; or None.
        examples: how many there are in the batch.
        value: the loss; None if the model or the loss refused.
        too_few: the error of a model that needs more examples than one.
        refusal: the error of a loss that did not take the targets.
        no_graph: the error of a backward pass that led nowhere.
        order: all that the loss was made from, inputs before results.
        gradients: by the name of the parameter; without frozen ones.
    """

    def __init__(
        self,
        model: Module,
        inputs: Any,
        targets: Any,
        loss: Callable[[Any, Any], Any],
        optimizer: Any,
    ) -> None:
        # in one go, so that an optimizer and a loss that hold on to the model hold the copy
        parts = deepcopy((model, inputs, targets, loss, optimizer))
        self.model, self.inputs, self.targets, self.loss, self.optimizer = parts
        self.examples = len(self.targets)
        self.value: Any = None
        self.too_few: Exception | None = None
        self.refusal: Exception | None = None
        self.no_graph: Exception | None = None
        self.order: list[Node] = []
        self.gradients: dict[str, NDArray[Any] | None] = {}
        self.run = Run()
        self.forget()
        for path, module in list(self.model.named_modules()):
            watch(self.run, path, module)
        self.forward()
        if self.finite:
            self.backward()

    def forward(self) -> None:
        """The loss, or what was in its way."""
        try:
            self.outputs = self.model(self.inputs)
        except ValueError as error:
            if self.examples > 1 or not any(isinstance(m, BatchNorm) for m in self.modules):
                raise
            self.too_few = error
            return
        try:
            value = self.loss(self.targets, self.outputs)
            self.number = one_number(value)
        except (IndexError, TypeError, ValueError) as error:
            self.refusal = error
            return
        self.value = value
        self.order = topological_order(value)

    def backward(self) -> None:
        """All gradients."""
        try:
            self.value.backward()
        except RuntimeError as error:
            self.no_graph = error
        self.gradients = {name: p.grad for name, p in self.parameters.items()}

    def forget(self) -> None:
        """No gradients, as before a step."""
        self.model.zero_grad()
        if self.optimizer is not None:
            self.optimizer.zero_grad()

    @property
    def finite(self) -> bool:
        """Whether there is a loss, and it is a number."""
        return self.value is not None and math.isfinite(self.number)

    @property
    def modules(self) -> list[Module]:
        """All modules."""
        return list(self.model.modules())

    @property
    def parameters(self) -> dict[str, Any]:
        """What is to be trained, by name."""
        return {n: p for n, p in self.model.named_parameters() if not isinstance(p, Frozen)}

    def place(self, node: Any) -> str:
        """The path of the module that made a tensor, for a reader."""
        call = self.run.made_by.get(node)
        if call is None:
            return "the loss"
        return f"`{call.path}`" if call.path else "the model itself"


def rms(array: Any) -> float:
    """The root of the mean of the squares: how large the entries are."""
    if not np.size(array):
        return 0.0
    with np.errstate(all="ignore"):
        return float(np.sqrt(np.mean(np.square(array, dtype=np.float64))))
