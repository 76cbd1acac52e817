"""Recompute `golden/tensor_ops.json` with PyTorch: every operation on arrays and its gradients.

Run `python tests-shared/oracle/tensor_ops.py` where torch is installed; the tests only read the
file. A case is an expression in the names of `microgradx`; below stands what PyTorch calls them.
What is not finite is written as text, because JSON knows neither nan nor inf.
"""

import itertools
import json
import math
import random
from pathlib import Path

import torch
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)
draw = random.Random(5)


def dims(x, axis):
    """All axes where NumPy says None."""
    return tuple(range(x.ndim)) if axis is None else axis


def prod(x, axis=None, keepdims=False):
    """PyTorch multiplies along one axis only."""
    axes = sorted({k % x.ndim for k in ([axis] if isinstance(axis, int) else dims(x, axis))})
    for k in reversed(axes):
        x = x.prod(k, keepdim=keepdims)
    return x


def pad(x, widths, value=0.0):
    """PyTorch names the widths of the last axis first."""
    return F.pad(x, [n for pair in widths[::-1] for n in pair], value=value)


def take_along_axis(x, indices, axis):
    """PyTorch wants the indices as a tensor."""
    return torch.take_along_dim(x, torch.tensor(indices), axis)


NAMES = {
    "array": torch.tensor,
    "clip": torch.clamp,
    "concatenate": torch.cat,
    "cumsum": torch.cumsum,
    "einsum": torch.einsum,
    "elu": F.elu,
    "expand_dims": torch.unsqueeze,
    "gelu": lambda x: F.gelu(x, approximate="tanh"),
    "leaky_relu": F.leaky_relu,
    "logsumexp": lambda x, axis=None, keepdims=False: torch.logsumexp(x, dims(x, axis), keepdims),
    "max": lambda x, axis=None, keepdims=False: torch.amax(x, dims(x, axis), keepdims),
    "min": lambda x, axis=None, keepdims=False: torch.amin(x, dims(x, axis), keepdims),
    "mean": lambda x, axis=None, keepdims=False: torch.mean(x, axis, keepdims),
    "norm": lambda x, axis=None, keepdims=False: torch.linalg.vector_norm(x, 2, axis, keepdims),
    "pad": pad,
    "prod": prod,
    "silu": F.silu,
    "softplus": F.softplus,
    "stack": torch.stack,
    "std": lambda x, axis=None, ddof=0, keepdims=False: torch.std(
        x, dims(x, axis), correction=ddof, keepdim=keepdims
    ),
    "sum": lambda x, axis=None, keepdims=False: torch.sum(x, axis, keepdims),
    "take_along_axis": take_along_axis,
    "var": lambda x, axis=None, ddof=0, keepdims=False: torch.var(
        x, dims(x, axis), correction=ddof, keepdim=keepdims
    ),
    "where": lambda c, a, b: torch.where(torch.tensor(c), a, b),
}

PAIRS = """
()~() ()~1 1~() ()~3 3~() ()~2,3 2,3~() 1~1 1~3 3~1 3~3 1,1~3 3~1,1 3,1~1,4 1,4~3,1 2,3~3 3~2,3
2,3~1,3 2,3~2,1 2,1~2,3 2,3~2,3 2,1,3~4,1 4,1~2,1,3 2,2,2~2 2~2,2,2 2,1,2~2,1 1,2,1~2,1,2
2,1,1~1,1,3 1,1,1~() 2,1,1,2~3,1 0~1 1~0 0~() ()~0 0~0 0,3~3 0,3~1,3 2,0~2,1 2,0~1 3,1~1,0
0,1~0,2 1,0,2~2,1,1
"""
BINARY = ["a + b", "a - b", "a * b", "a / b", "abs(a) ** b", "a.maximum(b)", "a.minimum(b)"]
UNARY = """
-x abs(x) x.exp() x.expm1() x.sin() x.cos() x.tanh() x.sigmoid() x.relu() x**0 x**1 x**2 x**3
x**-1 x**-2 2**x 3/x 1-x elu(x) elu(x,0.3) gelu(x) leaky_relu(x) leaky_relu(x,0.3) silu(x)
softplus(x) clip(x,-1,2)
"""
POSITIVE = "x.log() x.log1p() x.sqrt() x**0.5 x**-1.5 x**2.5"
REDUCTIONS = ["sum", "mean", "max", "min", "prod", "var", "std", "logsumexp", "norm"]
AXES = ["", "axis=0", "axis=-1", "axis=(0, 2)", "axis=(-1, 0, 1)", "axis=1, keepdims=True"]
SHAPES = {
    (2, 3): [
        "x.reshape(3, 2)",
        "x.reshape(-1)",
        "x.T",
        "x.swapaxes(0, -1)",
        "x.flatten()",
        "x.broadcast_to((2, 2, 3))",
        "expand_dims(x, 1)",
        "expand_dims(x, -1)",
        "x.cumsum(0)",
        "x.cumsum(-1)",
        "x.softmax(0)",
        "x.softmax(-1)",
        "x.log_softmax(0)",
        "x.log_softmax(-1)",
        "pad(x, ((1, 0), (0, 2)))",
        "pad(x, ((0, 0), (1, 1)), 5.0)",
        "concatenate([x, x])",
        "concatenate([x, 2 * x, x * x], 1)",
        "stack([x, 3 * x])",
        "stack([x, x * x], -1)",
        "x.reshape(2, 3)[1:, ::2]",
        "x[1]",
        "x[-1, 2]",
        "x[:, 1:]",
        "x[..., 0]",
        "x[None, 1, None]",
        "x[[0, 0, 1]]",
        "x[:, [0, 2, 2, 2]]",
        "x[[0, 1, 1], [2, 0, 0]]",
        "x[[[0, 1], [1, 1]], 1]",
        "x[[True, False]]",
        "x[array([[True, False, True], [False, False, True]])]",
        "x[[False, False]]",
        "x[:0]",
        "take_along_axis(x, [[0, 0], [2, 1]], 1)",
        "take_along_axis(x, [[1, 0, 1]], 0)",
        "where([[True, False, True], [False, True, True]], x, x * x)",
        "where([True, False, True], x, x.exp())",
        "var(x, axis=1, ddof=1)",
        "std(x, ddof=1)",
        "einsum('ij->ji', x)",
        "einsum('ij->j', x)",
        "einsum('ij,ij->', x, x)",
        "einsum('ij,kj->ik', x, x)",
        "einsum('...j->...', x)",
    ],
    (3, 3): ["einsum('ii->i', x)", "einsum('ii->', x)", "einsum('ii,ij->j', x, x)", "x @ x"],
    (2, 1, 3): ["x.squeeze(1)", "x.squeeze()", "x.permute(2, 0, 1)", "x[[0, 1], :, [2, 0]]"],
    (2, 2, 3): [
        "x[:, [1, 0, 0], 2]",
        "x[..., [0, 0], :]",
        "x[1, [0, 1], [2, 2]]",
    ],
    (0, 3): [
        "x.T",
        "x.reshape(3, 0)",
        "sum(x, 0)",
        "prod(x, 0)",
        "sum(x)",
        "x.softmax(-1)",
        "x[:, 1]",
    ],
    (2, 0): ["sum(x, 1)", "prod(x)", "logsumexp(x, 1)", "concatenate([x, x], 1)", "x.exp()"],
    (): [
        "x.reshape(1, 1)",
        "x.exp()",
        "sum(x)",
        "max(x)",
        "prod(x)",
        "norm(x)",
        "x[None]",
        "x[...]",
    ],
}
MATRICES = """
3~3 3~3,4 2,3~3 2,3~3,4 5,2,3~3 3~5,3,2 5,1,2,3~4,3,2 2,3~4,3,2 0,3~3,2 2,0~0,3 0~0 1,3~3,1
"""
EDGES = {
    "max(x)": [[1.0, 3.0, 3.0], [[2.0, 2.0], [2.0, 1.0]], [-math.inf, -math.inf]],
    "min(x, axis=0)": [[[1.0, 2.0], [1.0, 3.0]]],
    "clip(x, -1, 2)": [[-1.0, 2.0, -1.5, 2.5, 0.0]],
    "abs(x)": [[0.0, -0.0]],
    "norm(x)": [[0.0, 0.0], [0.0, 3.0]],
    "norm(x, axis=1)": [[[0.0, 0.0], [3.0, 4.0]]],
    "prod(x)": [[0.0, 2.0, 3.0], [0.0, 0.0, 3.0], [2.0, 0.0, 0.0]],
    "prod(x, axis=1)": [[[0.0, 2.0], [1.0, 3.0], [0.0, 0.0]]],
    "var(x)": [[5.0], [0.5, 0.5, 0.5]],
    "std(x)": [[0.5, 0.5, 0.5]],
    "logsumexp(x)": [[-math.inf, -math.inf], [1e4, 0.0], [-1e4, -1e4], [0.0, -math.inf]],
    "x.softmax(-1)": [[1e4, 0.0, -1e4], [-math.inf, 0.0], [-math.inf, -math.inf]],
    "x.log_softmax(-1)": [[1e4, 0.0], [-1e4, 0.0, 1e4]],
    "where([True, False], x.log(), x * 0)": [[2.0, 0.0]],
    "silu(x)": [[1e3, -1e3, 0.0]],
    "elu(x)": [[0.0, 1e3, -1e3]],
    "x.expm1()": [[1e3, 0.0, 1e-20]],
    "x.log1p()": [[-1.0, 0.0, 1e-20]],
}


def numbers(shape):
    """Nested lists of random numbers of both signs."""
    if not shape:
        return draw.uniform(0.2, 2) * draw.choice([-1, 1])
    return [numbers(shape[1:]) for _ in range(shape[0])]


def shapes(pair):
    """`2,3~()` as [(2, 3), ()]."""
    return [tuple(map(int, s.split(","))) if s != "()" else () for s in pair.split("~")]


def text(x):
    """Nested lists with words in place of numbers that are not finite."""
    if isinstance(x, list):
        return [text(part) for part in x]
    return x if math.isfinite(x) else str(x)


def case(expression, **inputs):
    """The expression, its inputs, the gradient that arrives, the result and the gradients."""
    leaves = {k: v.clone().requires_grad_() for k, v in inputs.items()}
    out = eval(expression, dict(NAMES), leaves)
    upstream = torch.tensor(numbers(out.shape)).reshape(out.shape)
    if out.requires_grad:
        out.backward(upstream)
    grads = {k: torch.zeros_like(x) if x.grad is None else x.grad for k, x in leaves.items()}
    return {
        "expression": expression,
        "inputs": {k: [list(v.shape), text(v.tolist())] for k, v in inputs.items()},
        "upstream": upstream.tolist(),
        "result": [list(out.shape), text(out.tolist())],
        "gradients": {k: text(g.tolist()) for k, g in grads.items()},
    }


def tensor(shape):
    """Random numbers in a shape; reshaped, because empty lists do not tell theirs."""
    return torch.tensor(numbers(shape)).reshape(shape)


def cases():
    """All of them."""
    for pair, expression in itertools.product(PAIRS.split(), BINARY):
        a, b = map(tensor, shapes(pair))
        yield case(expression, a=a, b=b)
    for pair in MATRICES.split():
        a, b = map(tensor, shapes(pair))
        yield case("a @ b", a=a, b=b)
    for shape, expressions in SHAPES.items():
        for expression in expressions:
            yield case(expression, x=tensor(shape))
    for expression in UNARY.split():
        yield case(expression, x=tensor((2, 3)))
    for expression in POSITIVE.split():
        yield case(expression, x=tensor((2, 3)).abs())
    for name, axes in itertools.product(REDUCTIONS, AXES):
        yield case(f"{name}(x, {axes})" if axes else f"{name}(x)", x=tensor((2, 2, 3)))
    for expression, points in EDGES.items():
        for point in points:
            yield case(expression, x=torch.tensor(point))


if __name__ == "__main__":
    rows = list(cases())
    lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
    text_of_all = f'{{"made_with": "torch {torch.__version__}", "cases": [\n{lines}\n]}}\n'
    path = Path(__file__).parent.parent / "golden" / "tensor_ops.json"
    path.write_text(text_of_all, encoding="utf-8")
    print(f"{path.name}: {len(rows)} cases")
