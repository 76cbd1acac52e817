"""Each mistake is planted and found by name; healthy runs are left alone; nothing is changed."""

import copy

import numpy as np
import pytest

import vhgrad
from vhgrad import (
    SGD,
    Adam,
    BatchNorm1d,
    Conv2d,
    Dropout,
    Embedding,
    Flatten,
    LayerNorm,
    Linear,
    LogSoftmax,
    MaxPool2d,
    Module,
    Parameter,
    ReLU,
    Sequential,
    Sigmoid,
    Softmax,
    TensorValue,
    binary_cross_entropy_with_logits,
    cross_entropy,
    diagnose,
    mse,
    nll,
)


def batch(n=32, features=4, classes=3):
    """Numbers around 1, and a class for each row."""
    rng = np.random.default_rng(0)
    return rng.normal(size=(n, features)).astype(np.float32), rng.integers(classes, size=n)


def names(model, data=None, loss=cross_entropy, optimizer=None):
    """What is found, by name."""
    found = diagnose(model, data or batch(), loss=loss, optimizer=optimizer)
    return [finding.name for finding in found]


def net(*last, seed=0):
    """Three layers that learn, and what comes after them."""
    vhgrad.manual_seed(seed)
    return Sequential(Linear(4, 16), ReLU(), Linear(16, 16), ReLU(), Linear(16, 3), *last)


def cut(x):
    """A detour through plain arrays."""
    return TensorValue(x.data)


class Detour(Module):
    """The first layer gets no gradient."""

    def __init__(self):
        self.first, self.last = Linear(4, 8, seed=0), Linear(8, 3, seed=1)

    def forward(self, x):
        return self.last(cut(self.first(x)))


class PlainTensor(Module):
    """A tensor that is no parameter."""

    def __init__(self):
        self.first, self.shift = Linear(4, 3, seed=0), TensorValue(np.zeros(3, np.float32))

    def forward(self, x):
        return self.first(x) + self.shift


def test_parameters_that_the_optimizer_does_not_hold():
    """The last layer was replaced after the optimizer was made."""
    model = net()
    optimizer = Adam(model.parameters(), lr=0.001)
    model[4] = Linear(16, 3, seed=5)
    [found] = diagnose(model, batch(), loss=cross_entropy, optimizer=optimizer)

    assert "parameters that the optimizer does not hold" == found.name
    assert "`4.weight`, `4.bias`" == found.where
    assert "2 of 6 parameters are in none of its groups; 2 in its groups" in found.evidence


def test_tensors_that_are_no_parameters():
    """They get a gradient, and nothing moves them."""
    assert ["tensors that are no parameters"] == names(PlainTensor())


def test_missing_gradients():
    """A way that is cut, and a whole loss that has no graph."""
    [found] = diagnose(Detour(), batch(), loss=cross_entropy)

    assert ("parameters without a gradient", "`first.weight`, `first.bias`") == (
        found.name,
        found.where,
    )
    assert "parameters without a gradient" in names(Sequential(Linear(4, 3), Detach()))


class Detach(Module):
    """Lets nothing through."""

    def forward(self, x):
        return x.detach()


def test_zero_and_dead():
    """Shifts far below 0 switch every ReLU off."""
    model = net()
    model[2].bias.data = np.full(16, -100.0, np.float32)

    assert {"gradients that are zero", "dead ReLUs"} == set(names(model))


def test_gradients_that_vanish():
    """Twenty sigmoids, one after the other."""
    vhgrad.manual_seed(0)
    layers = [part for _ in range(20) for part in (Linear(4, 4), Sigmoid())]

    assert "gradients that vanish" in names(Sequential(*layers, Linear(4, 3)))


def test_gradients_that_explode():
    """Targets in the millions."""
    x, _ = batch()
    found = names(Linear(4, 1, seed=0), (x, np.full((32, 1), 1e6, np.float32)), mse)

    assert ["gradients that explode"] == found


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_nan_and_inf(bad):
    """In the inputs, and in a weight."""
    x, y = batch()
    x[3, 1] = bad
    model = net()
    weight = model[0].weight.data.copy()
    weight[0, 0] = bad
    model[0].weight.data = weight

    assert "nan or inf" in names(net(), (x, y))
    assert "nan or inf" in names(model)


@pytest.mark.parametrize("last", [Softmax(), Sigmoid()])
def test_probabilities_where_scores_are_expected(last):
    """A softmax before the cross-entropy, a sigmoid before its own."""
    x, y = batch()
    if isinstance(last, Softmax):
        assert ["probabilities where scores are expected"] == names(net(last))
    else:
        targets = (y[:, None] == np.arange(3)).astype(np.float32)
        found = names(net(last), (x, targets), binary_cross_entropy_with_logits)
        assert ["probabilities where scores are expected"] == found


def test_sigmoid_before_the_cross_entropy():
    """Numbers from 0 to 1 are no scores, and do not add up to 1 either; labels of both kinds."""
    x, labels = batch()
    for y in (labels, np.eye(3)[labels]):
        found = diagnose(net(Sigmoid()), (x, y), loss=cross_entropy)

        assert ["probabilities where scores are expected"] == [f.name for f in found]
        assert "`5`" == found[0].where
        assert "'sigmoid'" in found[0].evidence


def test_softmax_twice_in_the_model():
    """The second one stands in the model, too."""
    assert "probabilities where scores are expected" in names(
        net(Softmax(), Softmax()), loss=last_of
    )


def last_of(targets, outputs):
    """A loss without a softmax of its own."""
    return -(outputs[np.arange(len(targets)), targets].log()).mean()


def test_scores_where_logarithms_are_expected():
    """nll without LogSoftmax; with it, all is well."""
    assert ["scores where logarithms are expected"] == names(net(), loss=nll)
    assert [] == names(net(LogSoftmax()), loss=nll)


def test_modes():
    """A model that was left in evaluation mode, and a batch of one before a normalisation."""
    model = Sequential(
        Linear(4, 8, seed=0), BatchNorm1d(8), ReLU(), Dropout(), Linear(8, 3, seed=1)
    )
    x, y = batch()

    assert [] == names(model)
    assert ["layers in evaluation mode"] == names(model.eval())
    assert ["a batch of one"] == names(model.train(), (x[:1], y[:1]))


def test_targets():
    """Labels that count from 1, a loss of another kind, and one class only."""
    x, y = batch()

    assert ["labels out of range"] == names(net(), (x, y + 1))
    assert ["a loss that does not take these targets"] == names(net(), (x, y), mse)
    assert "cross-entropy over one class" in names(Linear(4, 1, seed=0), (x, 0 * y))


def test_inputs_that_are_not_scaled():
    """Bytes of pixels, and numbers that were divided twice."""
    x, y = batch()

    assert "inputs that are not scaled" in names(net(), (np.abs(x) * 100, y))
    assert "inputs that are not scaled" in names(net(), (x / 1e5, y))


@pytest.mark.parametrize(
    ("rate", "name"),
    [(0.0, "a step that moves nothing"), (1e4, "a learning rate that is too large")],
)
def test_learning_rates(rate, name):
    """None at all, and far too much."""
    model = net()

    assert [name] == names(model, optimizer=SGD(model.parameters(), lr=rate))


@pytest.mark.parametrize("seed", range(20))
def test_healthy_networks_are_left_alone(seed):
    """Of neurons, of filters, of words, normalised or not; before a step and after fifty."""
    rng = np.random.default_rng(seed)
    vhgrad.manual_seed(seed)
    images = rng.normal(size=(32, 1, 8, 8)).astype(np.float32)
    labels = rng.integers(3, size=32)
    cnn = Sequential(Conv2d(1, 8, 3, padding=1), ReLU(), MaxPool2d(2), Flatten(), Linear(128, 3))
    words = Sequential(Embedding(10, 6), Flatten(), Linear(24, 16), LayerNorm(16), Linear(16, 3))
    cases = [
        (net(seed=seed), batch()),
        (Sequential(Linear(4, 16), BatchNorm1d(16), ReLU(), Dropout(0.2), Linear(16, 3)), batch()),
        (cnn, (images, labels)),
        (words, (rng.integers(10, size=(32, 4)), labels)),
    ]
    for model, (x, y) in cases:
        optimizer = Adam(model.parameters(), lr=0.003)
        assert [] == names(model, (x, y), optimizer=optimizer)
        for _ in range(50):
            optimizer.zero_grad()
            cross_entropy(y, model(x)).backward()
            optimizer.step()
        assert [] == names(model, (x, y), optimizer=optimizer)


def test_nothing_is_changed():
    """Weights, gradients, averages, modes, optimizer and generators are as they were."""
    model = Sequential(Linear(4, 8, seed=0), BatchNorm1d(8), Dropout(), Linear(8, 3, seed=1))
    optimizer = Adam(model.parameters(), lr=0.1)
    cross_entropy(batch()[1], model(batch()[0])).backward()
    optimizer.step()
    model[3].eval()

    def all_of_it():
        gradients = [np.array(p.grad) for p in model.parameters()]
        modes = [m.training for m in model.modules()]
        state = optimizer.state_dict(), vhgrad.default_generator().bit_generator.state
        return copy.deepcopy((model.state_dict(), gradients, modes, *state))

    before = all_of_it()
    diagnose(model, batch(), loss=cross_entropy, optimizer=optimizer)

    np.testing.assert_equal(all_of_it(), before)


def test_a_report_names_cause_and_fix():
    """Printed, a finding says what was seen, why that is likely and what to do."""
    text = str(diagnose(net(Softmax()), batch(), loss=cross_entropy))

    assert "Nothing found." == str(diagnose(net(), batch(), loss=cross_entropy))
    assert all(f"  {word}" in text for word in ("seen:", "cause:", "fix:"))


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("no model", (1, 2)), TypeError),
        ((Parameter([1.0]), (1, 2)), TypeError),
        ((Linear(4, 3), (np.zeros((0, 4)), np.zeros(0, int))), ValueError),
        ((Linear(4, 3), np.zeros((3, 4))), (TypeError, ValueError)),
    ],
)
def test_what_cannot_be_tried(arguments, error):
    """No module, no pair, no examples."""
    with pytest.raises(error):
        diagnose(*arguments, loss=cross_entropy)
