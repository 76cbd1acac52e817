"""Einstein's sums: `einsum("ij,jk->ik")` names the axes and says which to sum over."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from microgradx.broadcasting import unbroadcast
from microgradx.op import ArrayOp, with_settings

__all__ = ["einsum"]

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


@with_settings
def einsum(subscripts: str) -> ArrayOp:
    """Any sum of products over named axes, as in `np.einsum`.

    Example:
        >>> einsum("ii->i")([[1.0, 2.0], [3.0, 4.0]]).data.tolist()
        [1.0, 4.0]
    """
    n = subscripts.partition("->")[0].count(",") + 1

    def forward(*inputs: Any) -> Any:
        # with three or more, a good order saves powers of the length; it takes 20 µs to find
        return np.einsum(subscripts, *inputs, optimize=len(inputs) > 2)

    def rule(k: int) -> Any:
        return lambda g, out, *inputs: gradient(subscripts, k, g, inputs)

    return ArrayOp(
        "einsum",
        forward,
        *map(rule, range(n)),
        expected=f"{n} arrays whose axes fit '{subscripts}'",
    )


def gradient(subscripts: str, k: int, g: Any, inputs: tuple[Any, ...]) -> Any:
    """The gradient of input k: the same sum, with g in its place and its axes as the result."""
    *terms, result = explicit(subscripts, *(x.ndim for x in inputs))
    x, term = inputs[k], terms[k]
    others = [other for i, other in enumerate(terms) if i != k]
    found = "".join(dict.fromkeys(c for c in term if c in result or c in "".join(others)))
    operands = [y for i, y in enumerate(inputs) if i != k]
    h = np.einsum(f"{','.join([result, *others])}->{found}", g, *operands, optimize=bool(others))
    names = "".join(dict.fromkeys(term))  # "ii" names one axis
    missing = tuple(i for i, c in enumerate(names) if c not in found)  # was summed over alone
    h = np.expand_dims(h, missing)
    if len(names) == len(term):
        return h
    full = np.zeros(x.shape, h.dtype)  # what is not on the diagonal took no part
    diagonal = np.einsum(f"{term}->{names}", full)
    diagonal[...] = unbroadcast(h, diagonal.shape)
    return full


@functools.lru_cache(maxsize=1024)
def explicit(subscripts: str, *ndims: int) -> tuple[str, ...]:
    """The axes of each input and, last, of the result: one letter each, no dots, nothing implied.

    Example:
        >>> explicit("...ij,jk", 3, 2)
        ('Aij', 'jk', 'Aik')
    """
    left, arrow, result = subscripts.replace(" ", "").partition("->")
    terms = left.split(",")
    free = [c for c in LETTERS if c not in subscripts]
    most = max([n - len(t) + 3 for t, n in zip(terms, ndims) if "..." in t], default=0)
    dots = "".join(free[:most])
    if not arrow:  # NumPy's rule: the dots, then what occurs once, in alphabetical order
        seen = left.replace(",", "").replace(".", "")
        result = "..." + "".join(sorted(c for c in set(seen) if seen.count(c) == 1))
    filled = [
        t.replace("...", dots[most - (n - len(t) + 3) :]) if "..." in t else t
        for t, n in zip(terms, ndims)
    ]
    return (*filled, result.replace("...", dots))
