"""Every operation at zeros, infinities, nan and the ends of the range, against PyTorch."""

import json
from pathlib import Path

import pytest

from micrograd_plus import Value, ops

GOLDEN = Path(__file__).parent / "golden" / "scalar_edges.json"
ROWS = json.loads(GOLDEN.read_text(encoding="utf-8"))["rows"]
EXPRESSIONS = {
    "leaky_relu": ops.leaky_relu(),
    "elu": ops.elu(),
    "clip": ops.clip(-1.0, 2.5),
    "1/x": lambda x: 1 / x,
    "0/x": lambda x: 0 / x,
    "x/0": lambda x: x / 0,
}
# where the project follows IEEE and PyTorch takes a shortcut
OTHERWISE = {
    ("0/x", "5e-324"),  # PyTorch multiplies by a reciprocal, which is inf
    ("absolute", "nan"),  # PyTorch's gradient is 0; nothing is known of nan, so ours is nan
    ("gelu", "1e308"),  # PyTorch's gradient is inf * 0; the curve is flat there
    ("gelu", "-1e308"),
    ("gelu", "inf"),
    ("gelu", "-inf"),
    ("x**0.5", "-0.0"),  # PyTorch calls sqrt; IEEE's pow(-0.0, 0.5) is 0.0
    ("x**0.5", "-inf"),  # IEEE's pow(-inf, 0.5) is inf
    ("x**-0.5", "-0.0"),  # PyTorch calls rsqrt
    ("x**-0.5", "-inf"),
    ("x**1.5", "-inf"),  # the same in PyTorch's gradient
}


def function(name):
    """The operation of a row."""
    if name.startswith("x**"):
        return ops.power(float(name.removeprefix("x**")))
    return EXPRESSIONS.get(name) or getattr(ops, name)


@pytest.mark.parametrize("name", sorted({row[0] for row in ROWS}))
def test_results_and_gradients_are_those_of_pytorch(name):
    """nan equals nan here, and 0.0 equals -0.0."""
    different = []
    for _, inputs, result, gradients in [row for row in ROWS if row[0] == name]:
        leaves = [Value(float(x)) for x in inputs]
        out = function(name)(*leaves)
        out.backward()
        expected = [float(x) for x in (result, *gradients)]
        found = [out.data, *(leaf.grad for leaf in leaves)]
        # a few units in the last place between two libraries of functions
        same = expected == pytest.approx(found, rel=1e-14, abs=1e-320, nan_ok=True)
        if not same and (name, *inputs) not in OTHERWISE:
            different.append((inputs, expected, found))

    assert [] == different
