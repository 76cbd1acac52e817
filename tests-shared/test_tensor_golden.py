"""Every operation on arrays against PyTorch's recorded answers, in both precisions and any layout.

An expression is read in the names of `microgradx`; `oracle/tensor_ops.py` says what PyTorch calls
them. Among the cases are 41 pairs of shapes for the binary operations, and the edges that have a
number in PyTorch.
"""

import json
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

import microgradx
from microgradx import TensorValue

GOLDEN = Path(__file__).parent / "golden" / "tensor_ops.json"
CASES = defaultdict(list)
for case in json.loads(GOLDEN.read_text(encoding="utf-8"))["cases"]:
    CASES[case["expression"]].append(case)
NAMES = {**vars(microgradx), "array": np.array}


def reversed_in_memory(x):
    """The same numbers, the last one first in memory, where nobody can write."""
    backwards = x[(slice(None, None, -1),) * x.ndim].copy()
    backwards.setflags(write=False)
    return backwards[(slice(None, None, -1),) * x.ndim]


def every_other(x):
    """The same numbers with others between them in memory."""
    wide = np.full((*x.shape, 2), np.nan, x.dtype)
    wide[..., 0] = x
    wide.setflags(write=False)
    return wide[..., 0]


LAYOUTS = {
    "C": np.ascontiguousarray,
    "Fortran": np.asfortranarray,
    "reversed": reversed_in_memory,
    "strided": every_other,
    "swapped": lambda x: x.astype(x.dtype.newbyteorder()),
}


def numbers(shape, nested):
    """An array from nested lists in which words stand for what is not finite."""
    flat = [float(x) for x in flattened(nested)]
    return np.array(flat).reshape(shape)


def flattened(nested):
    """The numbers in nested lists, in reading order."""
    if isinstance(nested, list):
        return [x for part in nested for x in flattened(part)]
    return [nested]


def close(expected, found, tolerance):
    """Whether shapes, dtypes apart, and numbers agree, relative to the largest finite entry."""
    finite = np.abs(expected[np.isfinite(expected)])
    scale = max(1.0, finite.max(initial=0.0))
    return expected.shape == found.shape and np.allclose(
        expected, found, rtol=0, atol=tolerance * scale, equal_nan=True
    )


def failures(case, dtype, layout, tolerance):
    """What differs from the recorded answer: the result, a dtype, the gradient of an input."""
    inputs = {k: numbers(*x).astype(dtype) for k, x in case["inputs"].items()}
    leaves = {
        k: TensorValue(x if layout == "C" else LAYOUTS[layout](x).reshape(x.shape))
        for k, x in inputs.items()
    }
    out = eval(case["expression"], dict(NAMES), leaves)
    upstream = numbers(out.shape, case["upstream"]).astype(dtype)
    out.backward(upstream)
    if not close(numbers(*case["result"]), out.data, tolerance):
        yield "result", out.data.tolist()
    if out.dtype != dtype:
        yield "dtype", str(out.dtype)
    for name, leaf in leaves.items():
        grad = np.zeros(leaf.shape, dtype) if leaf.grad is None else leaf.grad
        if grad.dtype != dtype:
            yield f"dtype of the gradient of {name}", str(grad.dtype)
        if not close(numbers(leaf.shape, case["gradients"][name]), grad, tolerance):
            yield f"gradient of {name}", grad.tolist()


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("expression", CASES)
def test_float64_equals_pytorch(expression, layout):
    """To 1e-12 of the largest entry: sums and powers are computed in another order."""
    found = [list(failures(case, np.float64, layout, 1e-12)) for case in CASES[expression]]

    assert [[]] * len(found) == found


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("expression", [e for e in CASES if e != "x.expm1()"])
def test_float32_stays_float32(expression, layout):
    """Results and gradients are float32, and right to what float32 can hold."""
    found = [
        list(failures(case, np.float32, layout, 1e-5))
        for case in CASES[expression]
        if largest(case) < 1e38
    ]

    assert [[]] * len(found) == found


def largest(case):
    """The largest finite number of a case."""
    found = [float(x) for x in flattened([case["result"][1], list(case["gradients"].values())])]
    return max((abs(x) for x in found if np.isfinite(x)), default=0.0)


def test_there_are_enough_pairs_of_shapes():
    """At least 40 for each binary operation, with 0-d and empty ones among them."""
    pairs = {tuple(tuple(x[0]) for x in case["inputs"].values()) for case in CASES["a + b"]}

    assert len(pairs) >= 40
    assert {((), (3,)), ((0,), (1,))} <= pairs
