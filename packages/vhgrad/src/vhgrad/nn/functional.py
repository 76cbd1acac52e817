"""Layers and losses as functions, under PyTorch's names: `F.conv2d(x, weight, bias, stride=2)`.

Each layer is defined beside the class that owns its parameters. Losses are those of `vhgrad` itself
and take targets first: `F.cross_entropy(labels, logits)`.
"""

from microgradx import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    one_hot,
)
from microgradx import huber as huber_loss
from microgradx import l1 as l1_loss
from microgradx import mse as mse_loss
from microgradx import nll as nll_loss
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
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "conv2d",
    "cross_entropy",
    "dropout",
    "elu",
    "embedding",
    "gelu",
    "huber_loss",
    "l1_loss",
    "layer_norm",
    "leaky_relu",
    "log_softmax",
    "max_pool2d",
    "mse_loss",
    "nll_loss",
    "one_hot",
    "relu",
    "sigmoid",
    "silu",
    "softmax",
    "softplus",
    "tanh",
]
