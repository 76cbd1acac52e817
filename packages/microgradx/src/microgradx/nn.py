"""The network of stages 1 and 2 on arrays: a layer is one matrix product for a whole batch.

Row i of a layer's weight holds the weights of neuron i, drawn in the same order as at stage 1, so
the same seed makes the same network.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike, NDArray

from micrograd.nn import source, whole
from micrograd_plus import nn as plus
from micrograd_plus.nn import Module, activations_by_name, named
from microgradx import ops
from microgradx.freezing import converted, plain_array
from microgradx.random import default_generator
from microgradx.tensor import TensorValue

__all__ = ["MLP", "Layer", "Module", "Neuron"]


class Layer(Module):
    """A layer of neurons: `activation(x @ weight.T + bias)`.

    Args:
        nin: number of inputs.
        nout: number of neurons.
        activation: one of the names in `Layer.activations`.
        init: one of the names in `Layer.bounds`: how far from 0 the weights are drawn.
        seed: an integer or a `random.Random`; None takes one from the default generator.
        dtype: of the parameters.

    Attributes:
        weight: shape `(nout, nin)`.
        bias: shape `(nout,)`.

    Example:
        >>> layer = Layer(3, 2, seed=1)
        >>> layer(np.ones((5, 3))).shape
        (5, 2)
    """

    value: ClassVar[type[TensorValue]] = TensorValue
    activations: ClassVar[dict[str, Callable[[Any], Any]]] = activations_by_name(ops)
    bounds: ClassVar[dict[str, Callable[[int, int], float]]] = {
        "uniform": lambda nin, nout: 1 / nin**0.5,  # as at stage 1, also for the bias
        "xavier": lambda nin, nout: (6 / (nin + nout)) ** 0.5,  # Glorot and Bengio 2010, eq. 16
        "he": lambda nin, nout: (6 / nin) ** 0.5,  # He et al. 2015, eq. 10, as a uniform draw
    }

    def __init__(
        self,
        nin: int,
        nout: int,
        *,
        activation: str = "tanh",
        init: str = "uniform",
        seed: int | random.Random | None = None,
        dtype: DTypeLike = np.float64,
    ) -> None:
        self.activation = named(self.activations, activation)
        bound = named(self.bounds, init)(whole(nin, "nin"), whole(nout, "nout"))
        # to the last bit what `random.uniform(-bound, bound)` gives at stage 1
        draws = -bound + 2 * bound * uniform(source(fresh(seed)), (nout, nin + 1))
        if init != "uniform":
            draws[:, -1] = 0.0  # Xavier and He start with biases of 0
        self.weight = self.value(draws[:, :-1], dtype=dtype)
        self.bias = self.value(draws[:, -1], dtype=dtype)

    def __call__(self, x: Any) -> Any:
        """Outputs of shape `(..., nout)` for inputs of shape `(..., nin)`."""
        if not isinstance(x, TensorValue):
            x = converted(plain_array(x), self.weight.dtype)
        bias = 0.0 if self.bias is None else self.bias  # stage 4 offers layers without one
        try:
            sums = ops.linear(x, self.weight, bias)
        except ValueError:
            self.check_shape(x)
            raise
        return self.activation(sums)

    def check_shape(self, x: Any) -> None:
        """Say what is wrong with the shape of the inputs."""
        nin = self.weight.shape[1]
        if not x.shape or x.shape[-1] != nin:
            hint = "" if x.shape else "; add a batch axis"
            raise ValueError(
                f"{type(self).__name__} expected inputs of shape (..., {nin}), got {x.shape}{hint}."
            ) from None


class Neuron(Layer):
    """One neuron on a batch: a layer with one output, given as one number per example.

    Networks are not made of these: the neurons of a layer are the rows of its weight.

    Args:
        nin: number of inputs.
        settings: those of a `Layer`.

    Attributes:
        weight: shape `(1, nin)`.
        bias: shape `(1,)`.

    Example:
        >>> Neuron(2, seed=1)([[1.0, -2.0], [0.0, 0.0]]).data.round(4)  # the first as at stage 1
        array([-0.8099,  0.3566])
    """

    def __init__(self, nin: int, **settings: Any) -> None:
        super().__init__(nin, 1, **settings)

    def __call__(self, x: Any) -> Any:
        """Outputs of shape `(...)` for inputs of shape `(..., nin)`."""
        return without_last_axis(super().__call__(x))


class MLP(plus.MLP):
    """A multi-layer perceptron on batches: `(batch, nin)` in, `(batch, nout)` out.

    With one output it gives one number per example, shape `(batch,)`.

    Args:
        nin: number of inputs.
        nouts: number of neurons of each layer; the last is the number of outputs.
        activation: of every layer but the last.
        last_activation: of the last layer.
        init: "uniform", "xavier" or "he".
        seed: makes the same network every time, at every stage.
        dtype: of the parameters.

    Example:
        >>> model = MLP(2, [3, 1], activation="relu", seed=0)
        >>> model([[1.0, 0.0], [0.0, 1.0]]).shape
        (2,)
        >>> round(model([1.0, 0.0]).item(), 12)  # as at stage 2
        -0.213836878984
    """

    layer = Layer  # type: ignore[assignment]  # a layer of neurons, but made of arrays

    def __init__(
        self,
        nin: int,
        nouts: Sequence[int],
        *,
        activation: str = "tanh",
        last_activation: str = "linear",
        init: str = "uniform",
        seed: int | None = None,
        dtype: DTypeLike = np.float64,
    ) -> None:
        named(self.layer.activations, activation)  # also where no hidden layer looks it up
        hidden = {"activation": activation, "init": init, "dtype": dtype}
        self.build(nin, nouts, fresh(seed), hidden, {**hidden, "activation": last_activation})

    def unwrap(self, outputs: Any) -> Any:
        """A single output stands for itself: the last axis goes."""
        return without_last_axis(outputs) if outputs.shape[-1] == 1 else outputs


def without_last_axis(outputs: Any) -> Any:
    """`(..., 1)` becomes `(...)`."""
    return outputs.reshape(outputs.shape[:-1])


def fresh(seed: Any) -> Any:
    """The seed that was given, or one from the default generator."""
    return int(default_generator().integers(2**63)) if seed is None else seed


def uniform(stream: random.Random, shape: tuple[int, int]) -> NDArray[np.float64]:
    """Numbers in [0, 1), exactly those that `stream.random()` would give one by one.

    NumPy knows the same generator, the Mersenne Twister, so its state is lent to NumPy and taken
    back: a million weights take milliseconds.
    """
    version, internal, gauss = stream.getstate()
    twister = np.random.RandomState()
    twister.set_state(("MT19937", np.array(internal[:-1], np.uint32), internal[-1], 0, 0.0))
    draws = twister.random_sample(shape)
    state: Any = twister.get_state()
    stream.setstate((version, (*state[1].tolist(), int(state[2])), gauss))
    return draws
