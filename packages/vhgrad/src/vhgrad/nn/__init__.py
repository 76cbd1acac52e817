"""Modules, layers and models."""

from vhgrad.nn.activations import ReLU, Tanh
from vhgrad.nn.container import MLP, Sequential
from vhgrad.nn.linear import Layer, Linear
from vhgrad.nn.module import Module
from vhgrad.nn.parameter import Parameter

__all__ = ["MLP", "Layer", "Linear", "Module", "Parameter", "ReLU", "Sequential", "Tanh"]
