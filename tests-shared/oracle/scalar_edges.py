"""Recompute `golden/scalar_edges.json` with PyTorch: every operation at every special number.

Run `python tests-shared/oracle/scalar_edges.py` where torch is installed; the tests only read the
file. Numbers are written as text, because JSON knows neither nan nor inf.
"""

import itertools
import json
import operator
from pathlib import Path

import torch

POINTS = ["0.0", "-0.0", "1.0", "-1.0", "2.5", "-3.0", "1e3", "-1e3", "1e308", "-1e308", "5e-324"]
POINTS += ["inf", "-inf", "nan"]

ONE_INPUT = {
    "neg": torch.neg,
    "exp": torch.exp,
    "log": torch.log,
    "sqrt": torch.sqrt,
    "sin": torch.sin,
    "cos": torch.cos,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "softplus": torch.nn.functional.softplus,
    "relu": torch.relu,
    "leaky_relu": torch.nn.functional.leaky_relu,
    "absolute": torch.abs,
    "log1p": torch.log1p,
    "expm1": torch.expm1,
    "elu": torch.nn.functional.elu,
    "silu": torch.nn.functional.silu,
    "gelu": lambda x: torch.nn.functional.gelu(x, approximate="tanh"),
    "clip": lambda x: torch.clamp(x, -1.0, 2.5),
    "x**0": lambda x: x**0,
    "x**1": lambda x: x**1,
    "x**2": lambda x: x**2,
    "x**3": lambda x: x**3,
    "x**-1": lambda x: x**-1,
    "x**-2": lambda x: x**-2,
    "x**0.5": lambda x: x**0.5,
    "x**-0.5": lambda x: x**-0.5,
    "x**1.5": lambda x: x**1.5,
    "1/x": lambda x: 1 / x,
    "0/x": lambda x: 0 / x,
    "x/0": lambda x: x / 0,
}
TWO_INPUTS = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "pow": operator.pow,
    "maximum": torch.maximum,
    "minimum": torch.minimum,
}


def row(name, function, inputs):
    """The name, the inputs, the result and the gradients."""
    leaves = [torch.tensor(float(x), dtype=torch.float64, requires_grad=True) for x in inputs]
    out = function(*leaves)
    out.backward()
    return [name, inputs, repr(out.item()), [repr(leaf.grad.item()) for leaf in leaves]]


if __name__ == "__main__":
    rows = [row(name, f, [x]) for name, f in ONE_INPUT.items() for x in POINTS]
    rows += [
        row(name, f, [a, b])
        for name, f in TWO_INPUTS.items()
        for a, b in itertools.product(POINTS, POINTS)
    ]
    lines = ",\n".join(json.dumps(row) for row in rows)
    text = f'{{"made_with": "torch {torch.__version__}", "rows": [\n{lines}\n]}}\n'
    path = Path(__file__).parent.parent / "golden" / "scalar_edges.json"
    path.write_text(text, encoding="utf-8")
    print(f"{path.name}: {len(rows)} rows")
