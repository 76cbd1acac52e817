"""Modules, layers and models."""

from vhgrad.nn.activations import ReLU, Tanh
from vhgrad.nn.container import MLP, Sequential
from vhgrad.nn.conv import Conv2d
from vhgrad.nn.flatten import Flatten, Identity
from vhgrad.nn.linear import Layer, Linear
from vhgrad.nn.module import Module
from vhgrad.nn.parameter import Parameter
from vhgrad.nn.pooling import AvgPool2d, MaxPool2d

__all__ = [
    "MLP",
    "AvgPool2d",
    "Conv2d",
    "Flatten",
    "Identity",
    "Layer",
    "Linear",
    "MaxPool2d",
    "Module",
    "Parameter",
    "ReLU",
    "Sequential",
    "Tanh",
]
