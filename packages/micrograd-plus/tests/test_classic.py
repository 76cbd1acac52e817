"""Expressions as they were written for the original micrograd, with stored numbers.

The numbers were computed with PyTorch in float64.
"""

import pytest

from micrograd_plus import Value as NewValue
from micrograd_plus import nn as new_nn
from micrograd_plus.engine import Value
from micrograd_plus.nn import MLP, Layer, Module, Neuron


def test_the_readme_of_the_original():
    """Its example expression: g, dg/da and dg/db as printed there."""
    a = Value(-4.0)
    b = Value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    g.backward()

    assert "24.7041" == f"{g.data:.4f}"
    assert "138.8338" == f"{a.grad:.4f}"
    assert "645.5773" == f"{b.grad:.4f}"
    # four digits are printed there; these are all of them, within the last one or two
    assert [24.70408163265306, 138.83381924198252, 645.5772594752186] == pytest.approx(
        [g.data, a.grad, b.grad], rel=1e-14
    )


def mixed(a, b):
    """Products, a quotient by a sum, relu and in-place operators."""
    c = a * b + a**2
    c += c / (b**2 + 1)
    d = (c - a).relu() * b - c**-1
    d += d * c + (-b)
    d -= a / c
    return d**2 / (1 + d**2) + d * 0.1


def symmetric(a, b, c):
    """A sum of a list, two hinges and numbers on the left."""
    s = sum([a * b, b * c, c * a])
    p = (s - 1.5).relu() + (1.5 - s).relu()
    q = p**3 / (s**2 + 2)
    q *= a - b / c
    return 5.0 - q + a**0.5


def iterated(a, b):
    """A loop that uses its result twice per turn."""
    x = a
    for i in range(5):
        x = (x * b + i).relu() - x / (2 + i)
        x *= 0.7
    return x


@pytest.mark.parametrize(
    ("expression", "inputs", "result", "gradients"),
    [
        (mixed, [1.5, -2.0], 1.3122967753525554, [0.637464252012057, 0.5541035421335572]),
        (
            symmetric,
            [2.0, -1.0, 0.5],
            -18.997551143509256,
            [-9.736412007330602, 31.391003460207614, 32.88581314878893],
        ),
        (iterated, [1.25, 0.75], 3.9196182850477426, [0.0028084613715277764, 2.502445259331597]),
    ],
)
def test_expressions_of_that_kind(expression, inputs, result, gradients):
    """Value and gradients are PyTorch's."""
    leaves = [Value(x) for x in inputs]
    out = expression(*leaves)
    out.backward()

    # a handful of roundings in another order
    assert result == pytest.approx(out.data, rel=1e-13)
    assert gradients == pytest.approx([leaf.grad for leaf in leaves], rel=1e-12)


def test_the_classic_paths_are_the_new_classes():
    """`engine` and `nn` of the original, under this package's name."""
    assert Value is NewValue
    assert [new_nn.Module, new_nn.Neuron, new_nn.Layer, new_nn.MLP] == [Module, Neuron, Layer, MLP]
    assert all(issubclass(part, Module) for part in (Neuron, Layer, MLP))


def test_a_neuron_without_its_nonlinearity():
    """`Neuron(nin, nonlin=False)` is the weighted sum; by default there is an activation."""
    linear, curved = Neuron(2, nonlin=False, seed=1), Neuron(2, nonlin=True, seed=1)
    x = [Value(3.0), Value(-4.0)]
    z = linear(x)

    assert sum((w * xi for w, xi in zip(linear.weights, x)), linear.bias).data == z.data
    assert z.tanh().data == curved(x).data
    assert z.data == Neuron(2, False, seed=1)(x).data


def test_the_moons_demo():
    """The original's demo loop runs as it was written: margin loss, L2 and steps by hand."""
    xs = [[-0.9, 0.4], [0.0, 1.0], [0.9, 0.4], [0.1, 0.1], [1.0, -0.5], [1.9, 0.1]]
    ys = [-1, -1, -1, 1, 1, 1]
    model = MLP(2, [8, 8, 1], activation="relu", seed=1)

    def loss():
        inputs = [list(map(Value, row)) for row in xs]
        scores = list(map(model, inputs))
        losses = [(1 + -yi * scorei).relu() for yi, scorei in zip(ys, scores)]
        data_loss = sum(losses) * (1.0 / len(losses))
        reg_loss = 1e-4 * sum(p * p for p in model.parameters())
        accuracy = [(yi > 0) == (scorei.data > 0) for yi, scorei in zip(ys, scores)]
        return data_loss + reg_loss, sum(accuracy) / len(accuracy)

    for k in range(100):
        total_loss, acc = loss()
        model.zero_grad()
        total_loss.backward()
        learning_rate = 1.0 - 0.9 * k / 100
        for p in model.parameters():
            p.data -= learning_rate * p.grad

    assert 1.0 == acc
    assert 0.1 > total_loss.data
