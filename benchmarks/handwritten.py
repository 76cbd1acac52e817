"""A training step written by hand in NumPy: the limit that a framework on NumPy can come close to.

Fixed buffers, `out=` everywhere, all parameters, gradients and moments as views of flat arrays, so
that Adam is eleven calls. No framework would make its users write this.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

__all__ = ["Handwritten"]


class Handwritten:
    """A multi-layer perceptron with tanh inside, cross-entropy and Adam, for one batch size.

    Args:
        arrays: weight and bias of every layer, in turn.
        batch: examples per step.
        lr: of Adam; betas 0.9 and 0.999, eps 1e-8.
    """

    def __init__(self, arrays: Sequence[Any], batch: int, lr: float = 1e-3) -> None:
        sizes = [math.prod(a.shape) for a in arrays]
        self.data, self.grad, self.mean, self.square, self.t1, self.t2 = np.zeros(
            (6, sum(sizes)), np.float32
        )
        self.p, self.g, start = [], [], 0
        for a, n in zip(arrays, sizes, strict=True):
            self.p.append(self.data[start : start + n].reshape(a.shape))
            self.g.append(self.grad[start : start + n].reshape(a.shape))
            self.p[-1][...] = a
            start += n
        self.weights, self.biases = self.p[::2], self.p[1::2]
        self.h = [np.empty((batch, len(w)), np.float32) for w in self.weights]
        self.d = [np.empty_like(h) for h in self.h]
        self.slope = [np.empty_like(h) for h in self.h]
        self.row = np.empty((batch, 1), np.float32)
        self.sums = np.empty((batch, 1), np.float32)
        self.rows = np.arange(batch)
        self.batch, self.lr, self.steps = batch, lr, 0
        # numbers as arrays of shape (): NumPy reads them in a third of the time
        numbers = (1.0, batch, 0.9, 0.1, 0.999, 0.001, 0.0, 0.0)
        boxes = [np.array(x, np.float32) for x in numbers]
        self.one, self.n, self.b1, self.c1, self.b2, self.c2, self.rate, self.eps = boxes

    def step(self, x: Any, labels: Any) -> float:
        """Forward, backward and Adam; returns the loss."""
        h, inputs = x, [x]
        last = len(self.weights) - 1
        for k, (w, b, out) in enumerate(zip(self.weights, self.biases, self.h)):
            np.matmul(h, w.T, out)
            np.add(out, b, out)
            if k < last:
                np.tanh(out, out)
                inputs.append(out)
            h = out
        np.maximum.reduce(h, 1, None, self.row, True)
        np.subtract(h, self.row, h)
        d = self.d[last]
        np.exp(h, d)
        np.add.reduce(d, 1, None, self.sums, True)
        np.divide(d, self.sums, d)
        np.log(self.sums, self.sums)
        loss = float((self.sums.sum() - h[self.rows, labels].sum()) / self.batch)
        d[self.rows, labels] -= self.one
        np.divide(d, self.n, d)
        for k in range(last, -1, -1):
            np.matmul(d.T, inputs[k], self.g[2 * k])
            np.add.reduce(d, 0, None, self.g[2 * k + 1])
            if k:
                h, slope = inputs[k], self.slope[k - 1]
                np.multiply(h, h, slope)
                np.subtract(self.one, slope, slope)
                np.matmul(d, self.weights[k], self.d[k - 1])
                d = np.multiply(self.d[k - 1], slope, self.d[k - 1])
        self.adam()
        return loss

    def adam(self) -> None:
        """Kingma and Ba (2015), with both corrections in two numbers."""
        self.steps += 1
        root = math.sqrt(1 - 0.999**self.steps)
        self.rate[()] = self.lr * root / (1 - 0.9**self.steps)
        self.eps[()] = root * 1e-8
        g, t1, t2 = self.grad, self.t1, self.t2
        np.multiply(self.mean, self.b1, self.mean)
        np.multiply(g, self.c1, t1)
        np.add(self.mean, t1, self.mean)
        np.multiply(self.square, self.b2, self.square)
        np.multiply(g, g, t1)
        np.multiply(t1, self.c2, t1)
        np.add(self.square, t1, self.square)
        np.sqrt(self.square, t1)
        np.add(t1, self.eps, t1)
        np.multiply(self.mean, self.rate, t2)
        np.divide(t2, t1, t2)
        np.subtract(self.data, t2, self.data)
