"""Layers of neurons: stage 3's layer, made of parameters."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

import microgradx.nn as stage3
from vhgrad.nn.module import Module
from vhgrad.nn.parameter import Parameter

__all__ = ["Layer", "Linear"]


class Layer(Module, stage3.Layer):
    """A layer of neurons with an activation: `activation(x @ weight.T + bias)`.

    As `microgradx.Layer`, but its weights are parameters and float32 by default.
    """

    value = Parameter
    activation: Callable[[Any], Any]

    def __init__(
        self, nin: int, nout: int, *, dtype: DTypeLike = np.float32, **settings: Any
    ) -> None:
        super().__init__(nin, nout, dtype=dtype, **settings)

    def forward(self, x: Any) -> Any:
        """Outputs of shape `(..., nout)` for inputs of shape `(..., nin)`."""
        return stage3.Layer.__call__(self, x)

    def settings(self) -> str:
        """Inputs and outputs."""
        nout, nin = self.weight.shape
        return f"{nin}, {nout}"


class Linear(Layer):
    """A linear map and a shift: `x @ weight.T + bias`.

    Args:
        nin: number of inputs.
        nout: number of outputs.
        init: "uniform" (PyTorch's default: within ±1/sqrt(nin)), "xavier" or "he".
        seed: None takes one from the default generator.
        dtype: of the parameters.

    Example:
        >>> Linear(784, 10)(np.zeros((32, 784))).shape
        (32, 10)
    """

    def __init__(
        self,
        nin: int,
        nout: int,
        *,
        init: str = "uniform",
        seed: int | random.Random | None = None,
        dtype: DTypeLike = np.float32,
    ) -> None:
        super().__init__(nin, nout, activation="linear", init=init, seed=seed, dtype=dtype)
