"""Every operation of stage 2 with its derivatives.

Rules are pure and branch with `where`, never by multiplying with 0 or 1 (0 * inf is nan). What
calls a function takes it from `f`, so the same lines serve numbers, arrays and the compiler.
At points without a derivative the convention is PyTorch's, said beside the rule.
"""

from __future__ import annotations

import functools
import operator
from math import inf, pi
from typing import Any

from micrograd import ops as stage1
from micrograd_plus.op import Op, defined

__all__ = [
    "absolute",
    "add",
    "clip",
    "cos",
    "div",
    "elu",
    "exp",
    "expm1",
    "gelu",
    "leaky_relu",
    "log",
    "log1p",
    "maximum",
    "minimum",
    "mul",
    "neg",
    "pow",
    "power",
    "relu",
    "sigmoid",
    "silu",
    "sin",
    "softplus",
    "sqrt",
    "sub",
    "tanh",
]

add, mul = Op.of(stage1.add), Op.of(stage1.mul)

sub = Op(
    "-",
    operator.sub,
    lambda g, out, a, b: g,  # d(a-b)/da = 1
    lambda g, out, a, b: -g,  # d(a-b)/db = -1
)

neg = Op(
    "neg",
    operator.neg,
    lambda g, out, x: -g,  # d(-x)/dx = -1
)

div = Op(
    "/",
    operator.truediv,
    lambda g, out, a, b: g / b,  # d(a/b)/da = 1/b
    lambda g, out, a, b: -g * out / b,  # d(a/b)/db = -a/b**2 = -out/b
)


@functools.lru_cache(maxsize=1024)
def power(n: float) -> Op:
    """Raise to a fixed power: `power(3)(x)` is `x**3`."""
    n = n if type(n) is int else float(n)

    def definition(f: Any) -> Op:
        if n == 0:  # x**0 is 1 everywhere, also at 0, so it does not change
            return Op("**0", lambda x: f.power(x, n), lambda g, out, x: 0.0 * g)
        return Op(
            f"**{n:g}",
            lambda x: f.power(x, n),
            lambda g, out, x: g * (n * f.power(x, n - 1)),  # d(x**n)/dx = n * x**(n-1)
        )

    return defined(definition)


@defined
def pow(f: Any) -> Op:
    """Both the base and the exponent are differentiated."""
    return Op(
        "**",
        f.power,
        # d(a**b)/da = b * a**(b-1), and 0 where b is 0
        lambda g, out, a, b: f.where(b == 0, 0.0, g * (b * f.power(a, b - 1))),
        # d(a**b)/db = a**b * log(a), and 0 for a base 0 that stays 0 or 1
        lambda g, out, a, b: f.where((a == 0) & (b >= 0), 0.0, g * (out * f.log(a))),
    )


@defined
def exp(f: Any) -> Op:
    """The exponential function."""
    return Op("exp", f.exp, lambda g, out, x: g * out)  # d exp(x)/dx = exp(x)


@defined
def log(f: Any) -> Op:
    """The natural logarithm."""
    return Op("log", f.log, lambda g, out, x: g / x)  # d log(x)/dx = 1/x


@defined
def log1p(f: Any) -> Op:
    """log(1 + x), exact for small x."""
    return Op("log1p", f.log1p, lambda g, out, x: g / (1 + x))  # d log(1+x)/dx = 1/(1+x)


@defined
def expm1(f: Any) -> Op:
    """exp(x) - 1, exact for small x."""
    return Op("expm1", f.expm1, lambda g, out, x: g * f.exp(x))  # d (exp(x)-1)/dx = exp(x)


@defined
def sqrt(f: Any) -> Op:
    """The square root."""
    return Op("sqrt", f.sqrt, lambda g, out, x: g / (2 * out))  # d sqrt(x)/dx = 1/(2*sqrt(x))


@defined
def sin(f: Any) -> Op:
    """The sine of an angle in radians."""
    return Op("sin", f.sin, lambda g, out, x: g * f.cos(x))  # d sin(x)/dx = cos(x)


@defined
def cos(f: Any) -> Op:
    """The cosine of an angle in radians."""
    return Op("cos", f.cos, lambda g, out, x: -g * f.sin(x))  # d cos(x)/dx = -sin(x)


@defined
def tanh(f: Any) -> Op:
    """The hyperbolic tangent: stage 1's rule, unchanged."""
    return Op("tanh", f.tanh, *stage1.tanh.backward)


@defined
def relu(f: Any) -> Op:
    """The larger of x and 0; at 0 the derivative is 0."""
    return Op(
        "relu",
        lambda x: f.maximum(x, 0.0),
        lambda g, out, x: f.where(x <= 0, 0.0, g),  # d relu(x)/dx = 1 if x > 0 else 0
    )


@functools.lru_cache(maxsize=1024)
def leaky_relu(slope: float = 0.01) -> Op:
    """x, or `slope * x` where x is not positive; at 0 the derivative is `slope`."""
    slope = float(slope)

    def definition(f: Any) -> Op:
        return Op(
            "leaky_relu",
            lambda x: f.where(x > 0, x, slope * x),
            lambda g, out, x: f.where(x > 0, g, slope * g),
        )

    return defined(definition)


@functools.lru_cache(maxsize=1024)
def elu(alpha: float = 1.0) -> Op:
    """x, or `alpha * (exp(x) - 1)` where x is not positive (Clevert et al. 2016, equation 15)."""
    alpha = float(alpha)

    def definition(f: Any) -> Op:
        return Op(
            "elu",
            lambda x: f.where(x > 0, x, alpha * f.expm1(f.minimum(x, 0.0))),
            lambda g, out, x: f.where(x <= 0, g * (alpha * f.exp(f.minimum(x, 0.0))), g),
        )

    return defined(definition)


@functools.lru_cache(maxsize=1024)
def clip(low: float = -inf, high: float = inf) -> Op:
    """x kept between two bounds; on a bound the derivative is 1, beyond it 0."""
    low, high = float(low), float(high)

    def definition(f: Any) -> Op:
        return Op(
            "clip",
            lambda x: f.minimum(f.maximum(x, low), high),
            lambda g, out, x: f.where((x >= low) & (x <= high), g, 0.0),
        )

    return defined(definition)


@defined
def absolute(f: Any) -> Op:
    """The absolute value; at 0 the derivative is 0."""
    return Op("abs", f.absolute, lambda g, out, x: g * f.sign(x))  # d|x|/dx = sign(x)


@defined
def sigmoid(f: Any) -> Op:
    """1 / (1 + exp(-x)), written so that exp cannot overflow."""

    def forward(x: Any) -> Any:
        e = f.exp(-f.absolute(x))  # between 0 and 1
        return f.where(x >= 0, 1.0, e) / (1.0 + e)

    return Op("sigmoid", forward, lambda g, out, x: g * (out * (1 - out)))


@defined
def silu(f: Any) -> Op:
    """x * sigmoid(x), also called swish."""

    def slope(out: Any, x: Any) -> Any:
        s = sigmoid.on(f).forward(x)
        return s + out * (1 - s)  # d x*s(x)/dx = s + x*s*(1-s)

    return Op(
        "silu",
        lambda x: x * sigmoid.on(f).forward(x),
        lambda g, out, x: g * slope(out, x),
    )


@defined
def gelu(f: Any) -> Op:
    """x * sigmoid(2u), u = sqrt(2/pi) * (x + 0.044715 x**3): the usual tanh form of GELU.

    Source: Hendrycks and Gimpel, Gaussian Error Linear Units (2016), section 2.
    """
    scale, cubic = 2 * (2 / pi) ** 0.5, 0.044715

    def gate(x: Any) -> Any:
        return sigmoid.on(f).forward(scale * (x + cubic * x * x * x))

    def slope(x: Any) -> Any:
        x = f.maximum(f.minimum(x, 30.0), -30.0)  # beyond, it is 1 or 0, and x*x must not be inf
        s = gate(x)
        return s + x * s * (1 - s) * (scale * (1 + 3 * cubic * x * x))

    return Op("gelu", lambda x: x * gate(x), lambda g, out, x: g * slope(x))


@defined
def softplus(f: Any) -> Op:
    """log(1 + exp(x)), written so that exp cannot overflow."""
    return Op(
        "softplus",
        lambda x: f.maximum(x, 0.0) + f.log1p(f.exp(-f.absolute(x))),
        lambda g, out, x: g * sigmoid.on(f).forward(x),  # d softplus(x)/dx = sigmoid(x)
    )


@defined
def maximum(f: Any) -> Op:
    """The larger of two; equals share the gradient."""
    return Op(
        "max",
        f.maximum,
        lambda g, out, a, b: f.where(a == b, 0.5 * g, f.where(a < b, 0.0, g)),
        lambda g, out, a, b: f.where(a == b, 0.5 * g, f.where(b < a, 0.0, g)),
    )


@defined
def minimum(f: Any) -> Op:
    """The smaller of two; equals share the gradient."""
    return Op(
        "min",
        f.minimum,
        lambda g, out, a, b: f.where(a == b, 0.5 * g, f.where(a > b, 0.0, g)),
        lambda g, out, a, b: f.where(a == b, 0.5 * g, f.where(b > a, 0.0, g)),
    )
