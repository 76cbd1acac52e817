"""A neuron, a layer of neurons, a network of layers: each is a list of the one before.

Every class names the part it is built from (`MLP.layer`, `Layer.neuron`, `Neuron.value`); later
stages replace a part and inherit the rest.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from itertools import pairwise
from numbers import Integral
from typing import Any, ClassVar

from micrograd.module import Module
from micrograd.ops import tanh
from micrograd.value import Value

__all__ = ["MLP", "Layer", "Neuron"]


class Neuron(Module):
    """`tanh(w1*x1 + ... + wn*xn + bias)`: the smallest thing that learns.

    Weights, then the bias, are drawn uniformly from ±1/sqrt(nin), so that the sum is about as large
    however many inputs there are (LeCun et al., Efficient BackProp, 1998, 4.6).

    Args:
        nin: number of inputs.
        seed: an integer or a `random.Random` to draw from; None draws from Python's `random`.

    Example:
        >>> Neuron(2, seed=1)([1.0, -2.0])
        Value(data=-0.8099020969075271, grad=0.0)
    """

    value: ClassVar[type[Value]] = Value
    activation: Callable[[Any], Any] = tanh

    def __init__(self, nin: int, *, seed: Any = None) -> None:
        bound = 1 / whole(nin, "nin") ** 0.5
        draw = source(seed).uniform
        self.weights = [self.value(draw(-bound, bound)) for _ in range(nin)]
        self.bias = self.value(draw(-bound, bound))

    def __call__(self, x: Sequence[float | Value]) -> Any:
        """One number for one example `x` of `nin` numbers."""
        if isinstance(x, dict | str) or not hasattr(x, "__len__"):
            raise TypeError(f"expected a list of {len(self.weights)} inputs, got {x!r:.40}.")
        if len(x) != len(self.weights):
            raise ValueError(f"expected {len(self.weights)} inputs, got {len(x)}.")
        return self.activation(self.weigh(x))

    def weigh(self, x: Sequence[float | Value]) -> Any:
        """What is activated: every input times its weight, and the bias."""
        return sum((w * xi for w, xi in zip(self.weights, x)), self.bias)


class Layer(Module):
    """`nout` neurons that see the same inputs; `neuron` are settings that each is made with."""

    neuron: ClassVar[type[Neuron]] = Neuron

    def __init__(self, nin: int, nout: int, **neuron: Any) -> None:
        neuron["seed"] = source(neuron.get("seed"))  # one stream for all of them
        self.neurons = [self.neuron(nin, **neuron) for _ in range(whole(nout, "nout"))]

    def __call__(self, x: Sequence[float | Value]) -> Any:
        """`nout` numbers for one example `x` of `nin` numbers, always as a list."""
        return [neuron(x) for neuron in self.neurons]


class MLP(Module):
    """A multi-layer perceptron: layers, each fed with the outputs of the one before.

    Args:
        nin: number of inputs.
        nouts: number of neurons of each layer; the last is the number of outputs.
        seed: makes the same network every time, at this and at every later stage.

    Example:
        >>> MLP(3, [4, 4, 1], seed=1)([2.0, 3.0, -1.0])
        Value(data=0.3825473979955781, grad=0.0)
    """

    layer: ClassVar[type[Layer]] = Layer

    def __init__(self, nin: int, nouts: Sequence[int], *, seed: int | None = None) -> None:
        self.build(nin, nouts, seed, {}, {})

    def build(self, nin: int, nouts: Sequence[int], seed: Any, hidden: Any, last: Any) -> None:
        """Make the layers, with settings for those inside and for the last one."""
        if not isinstance(nouts, Sequence) or not nouts:
            raise ValueError(f"MLP needs a list of layer sizes such as [4, 1], got {nouts!r}.")
        stream = source(seed)
        each = zip(pairwise([nin, *nouts]), [hidden] * (len(nouts) - 1) + [last])
        self.layers = [self.layer(n, m, seed=stream, **settings) for (n, m), settings in each]

    def __call__(self, x: Any) -> Any:
        """The outputs for one example: a list, or the number itself where there is only one."""
        for layer in self.layers:
            x = layer(x)
        return self.unwrap(x)

    def unwrap(self, outputs: Any) -> Any:
        """A single output stands for itself."""
        return outputs[0] if len(outputs) == 1 else outputs


def source(seed: Any) -> Any:
    """Where random numbers come from: a stream of their own, or Python's common one."""
    if seed is None or seed is random or isinstance(seed, random.Random):
        return seed or random
    return random.Random(whole(seed, "seed", least=0))  # of -1, Python would make the stream of 1


def whole(x: int, name: str, least: int = 1) -> int:
    """A size or a seed, checked where it enters."""
    if isinstance(x, bool) or not isinstance(x, Integral):
        raise TypeError(f"`{name}` needs a whole number, got {x!r}.")
    if x < least:
        raise ValueError(f"`{name}` needs to be {least} or more, got {x}.")
    return int(x)
