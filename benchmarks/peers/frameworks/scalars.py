"""A step of gradient descent number by number, for everything that has a `Value`.

Only sums and products: the original has no tanh and stage 1 has no relu, so there is no bend here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

__all__ = ["Scalars"]

RATE = 0.01


class Scalars:
    """Layers of sums of products, mean squared error.

    Args:
        value: the class that remembers how a number was made.
        arrays: points `x`, numbers `y`, and a table of weights and biases for each layer.
    """

    def __init__(self, value: type[Any], arrays: dict[str, Any]) -> None:
        self.x, self.y = arrays.pop("x").tolist(), arrays.pop("y").tolist()
        self.layers = [
            [[value(w) for w in neuron] for neuron in layer.tolist()] for layer in arrays.values()
        ]

    def parameters(self) -> Iterator[Any]:
        """All weights and biases."""
        return (w for layer in self.layers for neuron in layer for w in neuron)

    def of_one(self, x: Any, y: Any) -> Any:
        """A point's share of the loss."""
        for layer in self.layers:
            x = [sum((w * a for w, a in zip(weights, x)), bias) for *weights, bias in layer]
        miss = x[0] + -1.0 * y
        return miss * miss * (1 / len(self.y))

    def step(self, backward: Callable[[], float] | None = None) -> float:
        """Zero the gradients, go forward and back, descend; `backward` gives gradients and loss."""
        for p in self.parameters():
            p.grad = 0.0
        loss = backward() if backward else self.backward()
        for p in self.parameters():
            p.data -= RATE * p.grad
        return loss

    def backward(self) -> float:
        """One graph for all points."""
        loss = sum((self.of_one(x, y) for x, y in zip(self.x, self.y)), 0.0)
        loss.backward()
        return float(loss.data)
