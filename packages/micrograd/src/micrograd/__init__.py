"""Stage 1: numbers that remember how they were made, a drawing of their graph, and a network."""

from micrograd.draw import draw_dot, to_dot, to_mermaid
from micrograd.graph import Node, Op, topological_order
from micrograd.module import Module
from micrograd.nn import MLP, Layer, Neuron
from micrograd.ops import add, mul, tanh
from micrograd.value import Value

__all__ = [
    "MLP",
    "Layer",
    "Module",
    "Neuron",
    "Node",
    "Op",
    "Value",
    "add",
    "draw_dot",
    "mul",
    "tanh",
    "to_dot",
    "to_mermaid",
    "topological_order",
]
