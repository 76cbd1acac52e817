"""A compiled step does what the step does, to the last bit."""

import numpy as np
import pytest

from microgradx import MLP, SGD, Adam, cross_entropy, mse
from microgradx.compiling import compile

FORMULAS = {
    "sgd": lambda params: SGD(params, lr=0.1),
    "momentum": lambda params: SGD(params, lr=0.1, momentum=0.9, weight_decay=0.01),
    "nesterov": lambda params: SGD(params, lr=0.1, momentum=0.9, nesterov=True),
    "adam": lambda params: Adam(params, lr=0.01),
    "adam with decay": lambda params: Adam(params, lr=0.01, weight_decay=0.1),
}


def training(make_optimizer, loss=cross_entropy, nouts=(5, 3), dtype=np.float32, **settings):
    """A network, and one step of training it."""
    model = MLP(4, list(nouts), seed=1, dtype=dtype, **settings)
    optimizer = make_optimizer(model.parameters())

    def step(x, y):
        optimizer.zero_grad()
        value = loss(y, model(x))
        value.backward()
        optimizer.step()
        return value

    return model, optimizer, step


def batches(count, size=8, seed=0):
    """Inputs and labels of 3 classes."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        yield rng.standard_normal((size, 4)).astype(np.float32), rng.integers(0, 3, size)


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_compiled_step_is_the_step(formula, dtype):
    """Losses, parameters and gradients are equal to the last bit for 60 steps."""
    model, _, step = training(FORMULAS[formula], dtype=dtype)
    twin, _, other = training(FORMULAS[formula], dtype=dtype)
    compiled = compile(other)
    for x, y in batches(60):
        expected, actual = step(x, y), compiled(x, y)

        assert expected.item() == actual.item()
        for p, q in zip(model.parameters(), twin.parameters(), strict=True):
            assert np.array_equal(p.data, q.data)
            assert np.array_equal(p.grad, q.grad)
    assert 1 == len(compiled.programs)


ACTIVATIONS = ["linear", "relu", "tanh", "sigmoid", "gelu", "silu", "softplus", "leaky_relu", "elu"]


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation(activation):
    """A network with any activation is trained alike."""
    settings = {"loss": mse, "nouts": (6, 1), "activation": activation}
    _, _, step = training(FORMULAS["adam"], **settings)
    _, _, other = training(FORMULAS["adam"], **settings)
    compiled = compile(other)
    for x, _ in batches(10):
        y = x.sum(axis=1)

        assert step(x, y).item() == compiled(x, y).item()
