"""A compiled step that finds out on its way that it cannot go on has done nothing yet."""

import numpy as np
import pytest

import vhgrad
from vhgrad import nn, optim


def runs(make, steps=40):
    """The results and parameters of each step, as it stands and compiled."""
    found = []
    for compiled in (False, True):
        rng = np.random.default_rng(0)
        model, step = make()
        fast = vhgrad.compile(step) if compiled else step
        seen = []
        for _ in range(steps):
            x = rng.normal(size=(2, 4)).astype(np.float32) * rng.choice([0.1, 1, 3])
            result = fast(x, rng.integers(0, 3, 2))
            seen.append(
                [np.array(result).tobytes(), *(p.data.tobytes() for p in model.parameters())]
            )
        found.append(seen)
    return found


def test_a_shape_that_is_known_only_after_an_optimizer_has_stepped():
    """GELU takes some numbers by a mask; how many is known before either optimiser moves."""

    def make():
        first = nn.Linear(4, 5, generator=1)
        second = nn.Sequential(
            nn.Linear(4, 5, generator=2), nn.GELU(), nn.Linear(5, 3, generator=3)
        )
        sgd, adam = optim.SGD(first.parameters(), 0.1), optim.Adam(second.parameters(), 0.1)

        def step(x, y):
            sgd.zero_grad()
            adam.zero_grad()
            ((first(x) - 1.0) ** 2).mean().backward()
            sgd.step()
            loss = vhgrad.cross_entropy(y, second(x))
            loss.backward()
            adam.step()
            return loss.data

        return nn.Sequential(first, second), step

    expected, actual = runs(make)

    assert expected == actual


def test_an_old_gradient_that_is_read_before_a_decision():
    """The new gradient is not written over the old one while the step may still be taken back."""

    def make():
        model = nn.Sequential(nn.Linear(4, 5, generator=1), nn.Tanh(), nn.Linear(5, 3, generator=2))
        optimizer = optim.Adam(model.parameters(), lr=0.05)
        bias = model[0].bias
        bias.grad = np.zeros(bias.shape, bias.dtype)

        def step(x, y):
            old = bias.grad * 1.0
            optimizer.zero_grad()
            vhgrad.cross_entropy(y, model(x)).backward()
            if (bias.grad**2).sum() > 0.02:
                optimizer.step()
            return old

        return model, step

    expected, actual = runs(make)

    assert expected == actual


@pytest.mark.parametrize("name", ["written", "added", "taken"])
def test_an_index_that_fails_after_an_optimizer_has_stepped(name):
    """The error comes before anything has moved, and what was drawn is not."""
    first, second = nn.Linear(4, 5, generator=1), nn.Linear(4, 3, generator=2)
    noise = np.random.default_rng(3)
    sgd, adam = optim.SGD(first.parameters(), 0.1), optim.Adam(second.parameters(), 0.1)

    def step(x, y):
        sgd.zero_grad()
        adam.zero_grad()
        (first(x + noise.normal(size=x.shape)) ** 2).mean().backward()
        sgd.step()
        x = np.take(x, y, axis=0) if name == "taken" else x * 1.0
        if name == "written":
            x[y] = 0.0
        elif name == "added":
            np.add.at(x, y, 1.0)
        (second(x) ** 2).mean().backward()
        adam.step()

    def seen():
        model = nn.Sequential(first, second)
        gradients = [None if p.grad is None else p.grad.tobytes() for p in model.parameters()]
        weights = [p.data.tobytes() for p in model.parameters()]
        return weights, gradients, noise.bit_generator.state

    fast = vhgrad.compile(step)
    for y in (np.array([0, 1, 2]), np.array([1, 1, 0]), np.array([2, 0, 2]), np.array([0, 0, 1])):
        fast(np.ones((3, 4)), y)
    before = seen()
    with pytest.raises(IndexError, match="9 is out of bounds"):
        fast(np.ones((3, 4)), np.array([0, 9, 1]))

    assert before == seen()


def test_old_gradients_that_are_given_while_new_ones_are_added():
    """What the step gives is what was there before, not the sum."""

    def make():
        model = nn.Sequential(nn.Linear(4, 5, generator=1), nn.Tanh(), nn.Linear(5, 3, generator=2))
        optimizer = optim.SGD(model.parameters(), lr=0.05)
        bias = model[0].bias
        bias.grad = np.zeros(bias.shape, bias.dtype)

        def step(x, y):
            old = bias.grad
            vhgrad.cross_entropy(y, model(x)).backward()
            optimizer.step()
            return old

        return model, step

    expected, actual = runs(make, steps=8)

    assert expected == actual
