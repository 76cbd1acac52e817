"""Optimisers."""

from microgradx import SGD, Adam, Optimizer

__all__ = ["SGD", "Adam", "Optimizer"]
