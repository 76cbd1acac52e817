"""Layers of neurons: stage 3's layer, made of parameters."""

from __future__ import annotations

import random
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

import microgradx.nn as stage3
from micrograd.nn import whole
from microgradx.random import as_generator
from vhgrad.nn.module import Module
from vhgrad.nn.parameter import Parameter

__all__ = ["Layer", "Linear"]


class Layer(Module, stage3.Layer):
    """A layer of neurons with an activation: `activation(x @ weight.T + bias)`.

    As `microgradx.Layer`, but its weights are parameters and float32 by default, and the seed may
    come from a NumPy generator.

    Example:
        >>> Layer(3, 2, activation="relu", seed=0)(np.ones((5, 3))).shape
        (5, 2)
    """

    value = Parameter
    activation: Callable[[Any], Any]

    def __init__(
        self,
        nin: int,
        nout: int,
        *,
        seed: int | random.Random | None = None,
        generator: int | np.random.Generator | None = None,
        dtype: DTypeLike = np.float32,
        **settings: Any,
    ) -> None:
        super().__init__(nin, nout, seed=seed_from(seed, generator), dtype=dtype, **settings)

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
        in_features: number of inputs; 0 makes a layer without weights, and a warning.
        out_features: number of outputs.
        bias: False leaves out the shift.
        init: "uniform" (PyTorch's default: within ±1/sqrt(in_features)), "xavier" or "he".
        seed: an integer makes the same weights every time; None takes one from the generator.
        generator: where the seed comes from; an integer is the same as `seed`, None is the
            default generator.
        dtype: of the parameters.

    Attributes:
        weight: shape `(out_features, in_features)`.
        bias: shape `(out_features,)`, or None.

    Raises:
        TypeError: if a size is not a whole number.
        ValueError: if a size is too small, or both `seed` and `generator` are given.

    Example:
        >>> Linear(784, 10)(np.zeros((32, 784))).shape
        (32, 10)
    """

    bias: Parameter | None  # type: ignore[assignment]  # stage 3 always has one

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        *,
        init: str = "uniform",
        seed: int | random.Random | None = None,
        generator: int | np.random.Generator | None = None,
        dtype: DTypeLike = np.float32,
    ) -> None:
        self.in_features = whole(in_features, "in_features", least=0)
        self.out_features = whole(out_features, "out_features")
        super().__init__(
            max(self.in_features, 1),
            self.out_features,
            activation="linear",
            init=init,
            seed=seed,
            generator=generator,
            dtype=dtype,
        )
        if not self.in_features:
            warnings.warn("Linear got in_features=0: it has no weights to learn.", stacklevel=2)
            self.weight = Parameter(np.zeros((self.out_features, 0), self.weight.dtype))
            self.bias = Parameter(np.zeros(self.out_features, self.weight.dtype))
        if not bias:
            self.bias = None

    def settings(self) -> str:
        """Inputs and outputs, and whether the shift is left out."""
        return super().settings() + ("" if self.bias is not None else ", bias=False")


def seed_from(seed: Any, generator: int | np.random.Generator | None) -> Any:
    """One seed: weights are drawn from `random.Random`, as at every stage."""
    if generator is None:
        return seed
    if seed is not None:
        raise ValueError("expected `seed` or `generator`, got both.")
    drawn = as_generator(generator)
    return int(drawn.integers(2**63)) if drawn is generator else generator
