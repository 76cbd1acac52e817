"""Stage 1's network on stage 2's values, with a choice of activations and `zero_grad`."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from micrograd import nn as stage1
from micrograd.module import Module as Stage1Module
from micrograd_plus import ops
from micrograd_plus.value import Value
from micrograd_plus.weighted_sum import weighted_sum

__all__ = ["MLP", "Layer", "Module", "Neuron", "linear"]


def linear(x: Any) -> Any:
    """The activation that changes nothing."""
    return x


def activations_by_name(ops: Any) -> dict[str, Callable[[Any], Any]]:
    """What a layer's activation may be called, with the operations of one stage."""
    return {
        "linear": linear,
        "tanh": ops.tanh,
        "relu": ops.relu,
        "leaky_relu": ops.leaky_relu(),
        "elu": ops.elu(),
        "gelu": ops.gelu,
        "silu": ops.silu,
        "sigmoid": ops.sigmoid,
        "softplus": ops.softplus,
    }


class Module(Stage1Module):
    """Anything with parameters, whose gradients can be cleared.

    Example:
        >>> from micrograd_plus import MLP
        >>> model = MLP(2, [1], seed=1)
        >>> model([1.0, 2.0]).backward()
        >>> model.zero_grad()
        >>> [p.grad for p in model.parameters()]
        [0.0, 0.0, 0.0]
    """

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters, before the next backward pass adds its own."""
        for parameter in self.parameters():
            parameter.grad = parameter.initial_grad


class Neuron(stage1.Neuron, Module):
    """`activation(w1*x1 + ... + wn*xn + bias)`.

    Args:
        nin: number of inputs.
        nonlin: False leaves out the activation, as in the original micrograd.
        activation: one of the names in `Neuron.activations`.
        seed: an integer or a `random.Random` to draw from.

    Raises:
        ValueError: if the activation has no such name.

    Example:
        >>> Neuron(2, activation="relu", seed=2)([1.0, 1.0]).op
        Op('relu')
        >>> len(Neuron(2).parameters())
        3
    """

    value = Value
    activations: ClassVar[dict[str, Callable[[Any], Any]]] = activations_by_name(ops)

    def __init__(
        self,
        nin: int,
        nonlin: bool = True,
        *,
        activation: str = "tanh",
        seed: int | random.Random | None = None,
    ) -> None:
        self.activation = named(self.activations, activation) if nonlin else linear
        super().__init__(nin, seed=seed)

    def weigh(self, x: Sequence[Any]) -> Any:
        """As at stage 1, in one operation."""
        return weighted_sum(self.weights, x, self.bias)


class Layer(stage1.Layer, Module):
    """Neurons side by side.

    Example:
        >>> [round(y.data, 4) for y in Layer(2, 3, seed=1)([1.0, -1.0])]
        [-0.5618, -0.3896, -0.6459]
    """

    neuron = Neuron


class MLP(stage1.MLP, Module):
    """A multi-layer perceptron with the activations of your choice.

    Args:
        nin: number of inputs.
        nouts: number of neurons of each layer; the last is the number of outputs.
        activation: of every layer but the last.
        last_activation: of the last layer; "linear" lets the outputs be any number.
        seed: makes the same network every time, at every stage.

    Example:
        >>> model = MLP(2, [3, 1], activation="relu", seed=1)
        >>> model([1.0, 0.0])
        Value(data=0.3028549524203401, grad=0.0)
    """

    layer = Layer

    def __init__(
        self,
        nin: int,
        nouts: Sequence[int],
        *,
        activation: str = "tanh",
        last_activation: str = "linear",
        seed: int | None = None,
    ) -> None:
        named(self.layer.neuron.activations, activation)  # also where no hidden layer looks it up
        self.build(nin, nouts, seed, {"activation": activation}, {"activation": last_activation})


def named(table: dict[str, Any], name: str) -> Any:
    """Look a setting up by name; an unknown name is answered with the known ones."""
    if name not in table:
        raise ValueError(f"no {name!r} here; choose one of {', '.join(map(repr, table))}.")
    return table[name]
