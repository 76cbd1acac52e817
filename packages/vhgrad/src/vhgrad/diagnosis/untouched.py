"""Whoever looks at a model leaves it as it was, also what a loss does to it on the side."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from vhgrad.nn import Module
from vhgrad.training.buffers import Buffers
from vhgrad.training.generators import generators

__all__ = ["untouched"]


@contextmanager
def untouched(model: Module) -> Iterator[None]:
    """Take back what happens to gradients, buffers and generators in a block.

    A copy of the model has copies of its own. But a loss may hold on to the model itself, to add a
    penalty on its weights or to call it once more, and a function is not copied.
    """
    gradients = [(p, p.grad) for p in model.parameters()]
    for p, _ in gradients:
        p.grad = None  # what is there would be added to, perhaps in place
    buffers = Buffers(model)
    bits = [generator.bit_generator for generator in generators(model).values()]
    streams = [bit.state for bit in bits]
    try:
        yield
    finally:
        for bit, stream in zip(bits, streams):
            bit.state = stream
        buffers.restore()
        for p, gradient in gradients:
            p.grad = gradient
