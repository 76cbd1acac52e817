"""Modules made of modules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

import microgradx.nn as stage3
from vhgrad.nn.linear import Layer
from vhgrad.nn.module import Module

__all__ = ["MLP", "Sequential"]


class Sequential(Module):
    """Modules one after the other, each fed with the outputs of the one before.

    Args:
        modules: the modules in order; none at all is the identity.

    Example:
        >>> from vhgrad import Linear, ReLU
        >>> model = Sequential(Linear(2, 8), ReLU(), Linear(8, 3))
        >>> model(np.zeros((5, 2))).shape
        (5, 3)
    """

    def __init__(self, *modules: Module) -> None:
        for module in modules:
            if not callable(module) or isinstance(module, type):
                got = f"the class {module.__name__}" if isinstance(module, type) else repr(module)
                raise TypeError(f"Sequential needs modules, got {got}.")
        self.layers = list(modules)

    def forward(self, x: Any) -> Any:
        """The output of the last module."""
        for layer in self.layers:
            x = layer(x)
        return x

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self) -> Iterator[Module]:
        return iter(self.layers)

    def __getitem__(self, index: int | slice) -> Any:
        return Sequential(*self.layers[index]) if isinstance(index, slice) else self.layers[index]


class MLP(Module, stage3.MLP):
    """A multi-layer perceptron: the one of stages 1 to 3, made of parameters.

    Args:
        nin: number of inputs.
        nouts: number of neurons of each layer; the last is the number of outputs.
        activation: of every layer but the last.
        last_activation: of the last layer.
        init: "uniform", "xavier" or "he".
        seed: makes the same network every time, at every stage.
        dtype: of the parameters.

    Example:
        >>> model = MLP(2, [3, 1], seed=1)
        >>> model([[0.0, 0.0], [0.0, 1.0]]).shape
        (2,)
    """

    layer = Layer

    def __init__(
        self,
        nin: int,
        nouts: Sequence[int],
        *,
        activation: str = "tanh",
        last_activation: str = "linear",
        init: str = "uniform",
        seed: int | None = None,
        dtype: DTypeLike = np.float32,
    ) -> None:
        super().__init__(
            nin,
            nouts,
            activation=activation,
            last_activation=last_activation,
            init=init,
            seed=seed,
            dtype=dtype,
        )

    def forward(self, x: Any) -> Any:
        """Outputs of shape `(batch, nout)`, or `(batch,)` where there is only one."""
        return stage3.MLP.__call__(self, x)
