"""Numbers for a weight that keep the size of what passes through the layer.

Of a weight of shape `(out, in, ...)`, what follows the first two axes is the window of a
convolution: each output sees `fan_in = in * window` inputs, and each input reaches
`fan_out = out * window` outputs.
"""

from __future__ import annotations

import math

import numpy as np

from micrograd_plus.nn import named
from microgradx import TensorValue
from microgradx.random import as_generator
from vhgrad.init.filling import Generator, T, filled, normal_, shape_of, uniform_

__all__ = [
    "calculate_gain",
    "kaiming_normal_",
    "kaiming_uniform_",
    "orthogonal_",
    "xavier_normal_",
    "xavier_uniform_",
]


def xavier_uniform_(p: T, gain: float = 1.0, generator: Generator = None) -> T:
    """Uniform within ±gain·sqrt(6 / (fan_in + fan_out)): for tanh, sigmoid and linear layers.

    Raises:
        ValueError: if the parameter has fewer than two axes.

    Source:
        Glorot and Bengio, Understanding the difficulty of training deep feedforward neural
        networks (2010), equation 16.

    Example:
        >>> from vhgrad import Linear
        >>> layer = Linear(4, 2)
        >>> bool((abs(xavier_uniform_(layer.weight).data) <= 1.0).all())
        True
    """
    bound = gain * math.sqrt(6 / sum(fans(p)))
    return uniform_(p, -bound, bound, generator)


def xavier_normal_(p: T, gain: float = 1.0, generator: Generator = None) -> T:
    """Normal with the standard deviation gain·sqrt(2 / (fan_in + fan_out)).

    Raises:
        ValueError: if the parameter has fewer than two axes.

    Source:
        Glorot and Bengio (2010), equation 12.

    Example:
        >>> import numpy as np
        >>> from vhgrad import Parameter
        >>> weight = xavier_normal_(Parameter(np.zeros((100, 100))), generator=0)
        >>> round(float(weight.data.std()), 2)  # sqrt(2 / 200)
        0.1
    """
    return normal_(p, 0.0, gain * math.sqrt(2 / sum(fans(p))), generator)


def kaiming_uniform_(
    p: T,
    a: float = 0.0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Generator = None,
) -> T:
    """Uniform within ±gain·sqrt(3 / fan): for layers before a relu.

    Args:
        p: a weight of two axes or more.
        a: slope of the leaky relu for negative inputs; 0 is a relu.
        mode: "fan_in" keeps the size of outputs, "fan_out" that of gradients.
        nonlinearity: what comes after the layer, as in `calculate_gain`.
        generator: a seed or a generator to draw from; None is the default generator.

    Raises:
        ValueError: if there is no such mode or nonlinearity, or the parameter has fewer than two
            axes.

    Source:
        He et al., Delving deep into rectifiers (2015), equations 10, 14 and 15.

    Example:
        >>> import numpy as np
        >>> from vhgrad import Parameter
        >>> weight = kaiming_uniform_(Parameter(np.zeros((300, 200))), generator=0)
        >>> round(float(abs(weight.data).max()), 2)  # sqrt(2) * sqrt(3 / 200)
        0.17
    """
    bound = math.sqrt(3.0) * kaiming_std(p, a, mode, nonlinearity)
    return uniform_(p, -bound, bound, generator)


def kaiming_normal_(
    p: T,
    a: float = 0.0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Generator = None,
) -> T:
    """Normal with the standard deviation gain / sqrt(fan); arguments as of `kaiming_uniform_`.

    Raises:
        ValueError: if there is no such mode or nonlinearity, or the parameter has fewer than two
            axes.

    Source:
        He et al. (2015), equations 10, 14 and 15.

    Example:
        >>> import numpy as np
        >>> from vhgrad import Parameter
        >>> weight = kaiming_normal_(Parameter(np.zeros((300, 200))), generator=0)
        >>> round(float(weight.data.std()), 2)  # sqrt(2 / 200)
        0.1
    """
    return normal_(p, 0.0, kaiming_std(p, a, mode, nonlinearity), generator)


def orthogonal_(p: T, gain: float = 1.0, generator: Generator = None) -> T:
    """Rows at right angles to each other, or columns where those are fewer, of length `gain`.

    Raises:
        ValueError: if the parameter has fewer than two axes.

    Source:
        Saxe, McClelland and Ganguli, Exact solutions to the nonlinear dynamics of learning in deep
        linear neural networks (2014), section 3.

    Example:
        >>> import numpy as np
        >>> from vhgrad import Parameter
        >>> rows = orthogonal_(Parameter(np.zeros((2, 3))), generator=0).data
        >>> np.allclose(rows @ rows.T, np.eye(2), atol=1e-6)
        True
    """
    columns, _ = fans(p)
    draws = as_generator(generator).normal(size=(p.shape[0], columns))
    tall = draws if draws.shape[0] >= draws.shape[1] else draws.T
    q, r = np.linalg.qr(tall)
    q *= np.sign(np.diag(r))  # else not every rotation would be as likely
    return filled(p, gain * (q if tall is draws else q.T).reshape(p.shape))


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """By how much a layer's weights must be larger because of what comes after it.

    Args:
        nonlinearity: "linear", "conv2d", "sigmoid", "tanh", "relu", "leaky_relu" or "selu".
        param: slope of the leaky relu for negative inputs, 0.01 if None.

    Raises:
        ValueError: if there is no such nonlinearity.

    Example:
        >>> calculate_gain("relu")
        1.4142135623730951
    """
    slope = 0.01 if param is None else param
    gains = {
        "linear": 1.0,
        "conv2d": 1.0,
        "sigmoid": 1.0,
        "tanh": 5 / 3,  # as in PyTorch: an approximation
        "relu": math.sqrt(2),  # half of the outputs are 0
        "leaky_relu": math.sqrt(2 / (1 + slope**2)),  # He et al. 2015, equation 15
        "selu": 3 / 4,
    }
    return float(named(gains, nonlinearity))


def fans(p: TensorValue) -> tuple[int, int]:
    """How many inputs each output sees, and how many outputs each input reaches."""
    shape = shape_of(p)
    if len(shape) < 2 or not math.prod(shape):
        raise ValueError(
            f"fan-in and fan-out need a weight of two axes or more, none of length 0, got shape "
            f"{shape}; start a bias with zeros_ or uniform_."
        )
    outputs, inputs, *window = shape
    return inputs * math.prod(window), outputs * math.prod(window)


def kaiming_std(p: TensorValue, a: float, mode: str, nonlinearity: str) -> float:
    """The standard deviation of He et al. (2015)."""
    fan = named(dict(zip(("fan_in", "fan_out"), fans(p))), mode)
    return calculate_gain(nonlinearity, a) / math.sqrt(fan)
