"""Layers as functions, under PyTorch's names: `F.conv2d(x, weight, bias, stride=2)`.

Each is defined beside the layer that owns its parameters; losses are in `vhgrad` itself.
"""

from vhgrad.nn.activations import (
    elu,
    gelu,
    leaky_relu,
    log_softmax,
    relu,
    sigmoid,
    silu,
    softmax,
    softplus,
    tanh,
)
from vhgrad.nn.conv import conv2d
from vhgrad.nn.dropout import dropout
from vhgrad.nn.embedding import embedding
from vhgrad.nn.layer_norm import layer_norm
from vhgrad.nn.norm import batch_norm
from vhgrad.nn.pooling import avg_pool2d, max_pool2d

__all__ = [
    "avg_pool2d",
    "batch_norm",
    "conv2d",
    "dropout",
    "elu",
    "embedding",
    "gelu",
    "layer_norm",
    "leaky_relu",
    "log_softmax",
    "max_pool2d",
    "relu",
    "sigmoid",
    "silu",
    "softmax",
    "softplus",
    "tanh",
]
