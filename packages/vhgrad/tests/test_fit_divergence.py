"""nan and infinity stop `fit` before the step, and the operation where they began is named."""

import copy
import traceback

import numpy as np
import pytest

from microgradx import AnomalyError, detect_anomaly
from vhgrad import MLP, SGD, Module, mse
from vhgrad.nn import BatchNorm1d, Linear, Sequential
from vhgrad.training import DivergenceError, fit

X = np.random.default_rng(0).uniform(-1, 1, (12, 2)).astype(np.float32)
Y = X[:, 0] * X[:, 1]


class Root(Module):
    """A model whose outputs are the square roots of one linear layer's."""

    def __init__(self, shift=0.0):
        self.inner = Linear(2, 1, seed=1)
        self.norm = BatchNorm1d(1)
        self.shift = shift

    def forward(self, x):
        return (abs(self.norm(self.inner(x))) * 0 + self.shift).sqrt().reshape(-1)


def diverge(model, data, loss=mse, **settings):
    """The error of a run, and what was saved before its bad step and is there after it."""
    optimizer = SGD(model.parameters(), lr=0.01, momentum=0.9)
    states = []

    class Save:
        def on_batch_end(self, step, logs):
            states.append(copy.deepcopy((model.state_dict(), optimizer.state_dict())))

    Save().on_batch_end(0, {})
    with pytest.raises(DivergenceError) as caught:
        fit(
            model,
            data,
            loss=loss,
            optimizer=optimizer,
            epochs=3,
            callbacks=[Save()],
            **settings,
        )
    assert repr(states[-1]) == repr((model.state_dict(), optimizer.state_dict()))
    return caught.value


def test_a_loss_that_is_nan_stops_before_the_step():
    """Epoch and step are named; weights, momentum and running means are as before the step."""
    model = Sequential(Linear(2, 4, seed=1), BatchNorm1d(4), MLP(4, [3, 1], seed=2))
    good, bad = (X[:6], Y[:6]), (X[6:] * np.nan, Y[6:])
    error = diverge(model, [good, good, bad])

    assert "the loss became nan in step 3 of epoch 1: " in str(error)
    assert "was given a constant of shape (6, 2), which holds nan (12 of 12" in str(error)
    assert "(near 0.weight, 0.bias)" in str(error)
    assert (1, 3, 2, 0) == (error.epoch, error.step, error.history.steps, error.history.epochs)
    assert 2 == model[1].num_batches_tracked
    assert np.isfinite(model[1].running_mean).all()


def test_the_first_operation_is_named_with_its_shapes_and_place():
    """Not the loss where it was seen: the overflow within the model, near its parameters."""
    model = Sequential(Linear(2, 4, seed=1), Linear(4, 1, seed=2))
    model[1].bias.data = [np.float32(3e38)]
    error = diverge(model, [(X, Y[:, None])])

    assert "the loss became inf in step 1 of epoch 1" in str(error)
    assert "made inf (12 of 12 entries) of a TensorValue with shape (12, 1)" in str(error)
    assert "(near 1.weight, 1.bias)" in str(error)
    assert isinstance(error.__cause__.__cause__, AnomalyError)


def test_gradients_that_are_not_finite_stop_before_the_step():
    """The loss is fine, its gradient is not: a square root of 0."""
    error = diverge(Root(), [(X, 0 * Y)])

    assert "the loss was 0, but a gradient became nan or infinite in step 1 of epoch 1" in str(
        error
    )
    assert "in the backward pass, 'sqrt' gave a TensorValue with shape (12, 1)" in str(error)


def test_no_gradients_are_left_behind():
    """A step by hand after the error cannot move anything to nan."""
    model = Root()
    diverge(model, [(X, 0 * Y)])

    assert [None] * 4 == [p.grad for p in model.parameters()]


def test_under_detect_anomaly_the_error_is_raised_where_it_happens():
    """The traceback leads to the line in the model; `fit` adds epoch and step."""
    with detect_anomaly():
        error = diverge(Root(shift=-1.0), [(X, Y)])

    assert "a number became nan or infinite in step 1 of epoch 1: 'sqrt' made nan" in str(error)
    assert "forward" in [
        entry.name for entry in traceback.extract_tb(error.__cause__.__traceback__)
    ]


def test_large_gradients_are_no_reason_to_stop():
    """Their squares overflow float32, they themselves do not."""
    model = MLP(2, [1], seed=1)
    before = copy.deepcopy(model.state_dict())
    optimizer = SGD(model.parameters(), lr=1e-30)
    fit(
        model,
        [(X, Y)],
        loss=lambda t, y: (y - t).mean() * 1e25,
        optimizer=optimizer,
        epochs=1,
    )

    assert 1e24 < abs(model.parameters()[1].grad[0])
    assert repr(before) != repr(model.state_dict())


def test_the_error_is_a_floating_point_error():
    """Whoever caught that before catches it still."""
    assert issubclass(DivergenceError, FloatingPointError)
