"""Modules, layers and models."""

import typing

from vhgrad import init, spelling
from vhgrad.nn.activations import (
    ELU,
    GELU,
    LeakyReLU,
    LogSoftmax,
    ReLU,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Tanh,
)
from vhgrad.nn.container import MLP, Sequential
from vhgrad.nn.conv import Conv2d
from vhgrad.nn.dropout import Dropout
from vhgrad.nn.embedding import Embedding
from vhgrad.nn.flatten import Flatten, Identity
from vhgrad.nn.layer_norm import LayerNorm
from vhgrad.nn.linear import Layer, Linear
from vhgrad.nn.losses import (
    BCELoss,
    BCEWithLogitsLoss,
    CrossEntropyLoss,
    HingeLoss,
    HuberLoss,
    L1Loss,
    MSELoss,
    NLLLoss,
    SmoothL1Loss,
)
from vhgrad.nn.module import Module
from vhgrad.nn.norm import BatchNorm1d, BatchNorm2d
from vhgrad.nn.parameter import Parameter
from vhgrad.nn.pooling import AvgPool2d, MaxPool2d
from vhgrad.nn.stages import load_state_dict, state_dict

__all__ = [
    "ELU",
    "GELU",
    "MLP",
    "AvgPool2d",
    "BCELoss",
    "BCEWithLogitsLoss",
    "BatchNorm1d",
    "BatchNorm2d",
    "Conv2d",
    "CrossEntropyLoss",
    "Dropout",
    "Embedding",
    "Flatten",
    "HingeLoss",
    "HuberLoss",
    "Identity",
    "L1Loss",
    "Layer",
    "LayerNorm",
    "LeakyReLU",
    "Linear",
    "LogSoftmax",
    "MSELoss",
    "MaxPool2d",
    "Module",
    "NLLLoss",
    "Parameter",
    "ReLU",
    "Sequential",
    "SiLU",
    "Sigmoid",
    "SmoothL1Loss",
    "Softmax",
    "Softplus",
    "Tanh",
    "init",
    "load_state_dict",
    "state_dict",
]

if not typing.TYPE_CHECKING:  # a type checker knows all names, and should
    __getattr__ = spelling.hinted(__name__, spelling.NN)
