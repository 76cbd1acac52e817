"""The operations of stages 1 and 2 on arrays; those that only arrays have stand in other files.

No rule of an earlier stage stands here again: an operation is asked to be itself on NumPy's
functions. Rules may leave a gradient in its broadcast shape; `TensorValue.accumulate` brings it
back to the shape of the input, for all operations.

Operations with settings are made by a function: `sum_over(axis=0)` is an operation. Every file
with operations is re-exported here.
"""

from __future__ import annotations

import numbers

import numpy as np

from micrograd_plus import ops as plus
from microgradx.einstein import einsum
from microgradx.indexing import getitem
from microgradx.joining import concatenate, pad, stack
from microgradx.matrices import linear, matmul
from microgradx.op import ArrayOp, on_arrays, with_settings
from microgradx.reductions import max_over, mean_over, min_over, norm_over, sum_over
from microgradx.running import cumsum, prod_over
from microgradx.shaping import broadcast_to, expand_dims, reshape, squeeze, swapaxes, transpose
from microgradx.softmaxes import log_softmax, logsumexp_over, softmax
from microgradx.variances import std_over, var_over

__all__ = [
    "absolute",
    "add",
    "broadcast_to",
    "clip",
    "concatenate",
    "cos",
    "cumsum",
    "div",
    "einsum",
    "elu",
    "exp",
    "expand_dims",
    "expm1",
    "gelu",
    "getitem",
    "leaky_relu",
    "linear",
    "log",
    "log1p",
    "log_softmax",
    "logsumexp_over",
    "matmul",
    "max_over",
    "maximum",
    "mean_over",
    "min_over",
    "minimum",
    "mul",
    "neg",
    "norm_over",
    "pad",
    "pow",
    "power",
    "prod_over",
    "relu",
    "reshape",
    "sigmoid",
    "silu",
    "sin",
    "softmax",
    "softplus",
    "sqrt",
    "squeeze",
    "stack",
    "std_over",
    "sub",
    "sum_over",
    "swapaxes",
    "tanh",
    "transpose",
    "var_over",
    "where",
]

absolute = on_arrays(plus.absolute)
add = on_arrays(plus.add)
cos = on_arrays(plus.cos)
div = on_arrays(plus.div)
exp = on_arrays(plus.exp)
expm1 = on_arrays(plus.expm1)
gelu = on_arrays(plus.gelu)
log = on_arrays(plus.log)
log1p = on_arrays(plus.log1p)
maximum = on_arrays(plus.maximum)
minimum = on_arrays(plus.minimum)
mul = on_arrays(plus.mul)
neg = on_arrays(plus.neg)
pow = on_arrays(plus.pow)
relu = on_arrays(plus.relu)
sigmoid = on_arrays(plus.sigmoid)
silu = on_arrays(plus.silu)
sin = on_arrays(plus.sin)
softplus = on_arrays(plus.softplus)
sqrt = on_arrays(plus.sqrt)
sub = on_arrays(plus.sub)
tanh = on_arrays(plus.tanh)

where = ArrayOp(
    "where",
    np.where,
    None,  # the condition
    lambda g, out, condition, a, b: np.where(condition, g, 0.0),  # d out/da = 1 where it holds
    lambda g, out, condition, a, b: np.where(condition, 0.0, g),  # d out/db = 1 elsewhere
)


@with_settings
def power(n: float) -> ArrayOp:
    """Raise to a fixed power."""
    return on_arrays(plus.power(n))


@with_settings
def leaky_relu(slope: float = 0.01) -> ArrayOp:
    """x, or `slope * x` where x is not positive."""
    return on_arrays(plus.leaky_relu(slope))


@with_settings
def elu(alpha: float = 1.0) -> ArrayOp:
    """x, or `alpha * (exp(x) - 1)` where x is not positive."""
    return on_arrays(plus.elu(alpha))


@with_settings
def clip(low: float = -np.inf, high: float = np.inf) -> ArrayOp:
    """x kept between two numbers; `maximum` and `minimum` take arrays as bounds."""
    for bound in (low, high):
        if not isinstance(bound, numbers.Real):
            raise TypeError(
                f"clip needs numbers as bounds, got {type(bound).__name__}; of arrays, write "
                "x.maximum(low).minimum(high)."
            )
    return on_arrays(plus.clip(low, high))
