"""A neuron's sum as one operation: stage 1 has a node per product, stage 3 will have one per layer.

Nothing new is calculated, but the graph of a network is ten times smaller, and a drawing shows
neurons where it showed sums and products.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

from micrograd.graph import Node
from micrograd_plus.op import Op

__all__ = ["weighted_sum"]


def weighted_sum(weights: Sequence[Any], x: Sequence[Any], bias: Any) -> Any:
    """`bias + w1*x1 + ... + wn*xn`, added up in this order.

    Args:
        weights: n numbers or Values.
        x: n numbers or Values.
        bias: a number or Value.

    Returns:
        One Value; a number if no Value went in.

    Raises:
        ValueError: if there are not as many weights as inputs.

    Example:
        >>> from micrograd_plus import Value
        >>> w = Value(3.0)
        >>> total = weighted_sum([w, 2.0], [0.5, 1.0], 0.25)
        >>> total.backward()
        >>> total.data, w.grad
        (3.75, 0.5)
    """
    if len(weights) != len(x):
        raise ValueError(f"expected as many weights as inputs, got {len(weights)} and {len(x)}.")
    return sum_of(len(x))(bias, *weights, *x)


class WeightedSum(Op):
    """The sum of `n` products and a bias; inputs are the bias, the weights, and what they weigh."""

    __slots__ = ("n",)

    def __init__(self, n: int) -> None:
        partners = [*range(n + 1, 2 * n + 1), *range(1, n + 1)]  # of each weight, and of each x
        rules = [functools.partial(partner_times_g, k) for k in partners]
        super().__init__("Σ", self.added, lambda g, out, *inputs: g, *rules)  # d out/d bias = 1
        self.n = n

    def added(self, bias: Any, *inputs: Any) -> Any:
        """A loop, because `sum` of floats rounds differently from Python 3.12 on."""
        for w, x in zip(inputs[: self.n], inputs[self.n :]):
            bias = bias + w * x
        return bias

    def push(self, node: Node) -> None:
        """All gradients in one go: by the rules, each call would have to carry all inputs."""
        g, (bias, *inputs) = node.grad, node.inputs
        raw = [x.data if isinstance(x, Node) else x for x in inputs]
        if isinstance(bias, Node):
            bias.accumulate(g)
        for x, partner in zip(inputs, raw[self.n :] + raw[: self.n]):
            if isinstance(x, Node):
                x.accumulate(g * partner)


def partner_times_g(k: int, g: Any, out: Any, *inputs: Any) -> Any:
    """The rule of a factor: d(w*x)/dw = x, where x is input k."""
    return g * inputs[k]


sum_of = functools.lru_cache(maxsize=64)(WeightedSum)  # one operation for all sums of n
