"""The operations of stage 1 with their derivatives, as on the inside cover of a calculus book.

In a rule, `g` is the gradient that arrives at the result (d loss / d out); multiplied by the
derivative of the result by one input (d out / d input) it is the gradient of that input.
"""

import math
import operator

from micrograd.graph import Op

__all__ = ["add", "mul", "tanh"]

add = Op(
    "+",
    operator.add,
    lambda g, out, a, b: g,  # d(a+b)/da = 1
    lambda g, out, a, b: g,  # d(a+b)/db = 1
)

mul = Op(
    "*",
    operator.mul,
    lambda g, out, a, b: g * b,  # d(a*b)/da = b
    lambda g, out, a, b: g * a,  # d(a*b)/db = a
)

tanh = Op(
    "tanh",
    math.tanh,
    lambda g, out, x: g * (1 - out * out),  # d tanh(x)/dx = 1 - tanh(x)**2
)
