"""One seed, four stages, one network: what stage 1 computes is what every later stage computes."""

from itertools import pairwise

import numpy as np
import pytest

import micrograd
import micrograd_plus
import microgradx
import vhgrad

RATE = 0.1
STEPS = 10
NETWORKS = [(2, [8, 8, 1]), (3, [4, 4, 1]), (2, [6, 2])]


def examples(nin, nout, count):
    """Random inputs `(count, nin)` and targets `(count,)`, or `(count, nout)` for many outputs."""
    rng = np.random.default_rng(count)
    targets = rng.uniform(-1, 1, (count, nout))
    return rng.uniform(-1, 1, (count, nin)), targets[:, 0] if nout == 1 else targets


def to_arrays(numbers, nin, nouts):
    """Per neuron its weights and then its bias, as one `(out, in)` and one `(out,)` per layer."""
    arrays, start = [], 0
    for fan_in, fan_out in pairwise([nin, *nouts]):
        end = start + fan_out * (fan_in + 1)
        rows = np.reshape(numbers[start:end], (fan_out, fan_in + 1))
        arrays += [rows[:, :-1], rows[:, -1]]
        start = end
    assert start == len(numbers)
    return arrays


def by_hand(model, X, Y):
    """Forward pass, mean squared error and step with no more than stage 1 has."""
    count = np.size(Y)
    for p in model.parameters():
        p.grad = 0.0
    loss = 0.0
    for x, y in zip(X.tolist(), Y.tolist()):
        outputs = model(x)
        several = isinstance(outputs, list)
        for output, target in zip(outputs, y) if several else [(outputs, y)]:
            error = output + -1.0 * target
            loss = loss + error * error * (1 / count)
    loss.backward()
    for p in model.parameters():
        p.data -= RATE * p.grad
    return loss.data


def one_by_one(model, X, Y):
    """The same with stage 2's loss and optimiser."""
    optimizer = micrograd_plus.SGD(model.parameters(), lr=RATE)
    loss = micrograd_plus.mse(Y.tolist(), [model(x) for x in X.tolist()])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.data


def as_batch(model, X, Y):
    """The same on arrays, at stages 3 and 4."""
    optimizer = microgradx.SGD(model.parameters(), lr=RATE)
    loss = microgradx.mse(Y, model(X))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


def fitted(model, X, Y):
    """The same with stage 4's loop."""
    optimizer = vhgrad.SGD(model.parameters(), lr=RATE)
    history = vhgrad.fit(model, [(X, Y)], loss=vhgrad.mse, optimizer=optimizer, epochs=1)
    return history["loss"][0]


# How each stage makes the network, and how it makes a step. The network of stage 1 is tanh
# throughout, and later stages have to be told so.
STAGES = {
    "micrograd": (micrograd.MLP, {}, by_hand),
    "micrograd-plus": (micrograd_plus.MLP, {}, one_by_one),
    "microgradx": (microgradx.MLP, {}, as_batch),
    "vhgrad": (vhgrad.MLP, {"dtype": np.float64}, as_batch),
    "vhgrad-fit": (vhgrad.MLP, {"dtype": np.float64}, fitted),
}
TANH = {"activation": "tanh", "last_activation": "tanh"}
RELU = {"activation": "relu", "last_activation": "linear"}


def network(stage, nin, nouts, activations, seed=3):
    """The network of one stage."""
    make, settings, _ = STAGES[stage]
    if stage != "micrograd":
        settings = {**settings, **activations}
    return make(nin, nouts, seed=seed, **settings)


def state(model, nin, nouts, what):
    """All `data` or all `grad` of a model as weight and bias arrays."""
    entries = [getattr(p, what) for p in model.parameters()]
    scalar = isinstance(entries[0], float)
    return to_arrays(entries, nin, nouts) if scalar else [np.array(entry) for entry in entries]


def training(stage, nin, nouts, activations, count):
    """Every loss, gradient and weight of ten training steps, by name."""
    X, Y = examples(nin, nouts[-1], count)
    model = network(stage, nin, nouts, activations)
    seen = {}
    for step in range(1, STEPS + 1):
        seen[f"loss {step}"] = np.array(STAGES[stage][2](model, X, Y))
        for what in ("grad", "data"):
            for k, array in enumerate(state(model, nin, nouts, what)):
                seen[f"{what} {k} after step {step}"] = array
    return seen


def differing(expected, actual, tolerance):
    """Names of quantities that differ by more than `tolerance` of their largest entry."""
    assert expected.keys() == actual.keys()
    return [
        name
        for name, array in expected.items()
        if array.shape != actual[name].shape
        or not np.abs(array - actual[name]).max() <= tolerance * np.abs(array).max()
    ]


@pytest.mark.parametrize(("nin", "nouts"), NETWORKS)
@pytest.mark.parametrize("stage", STAGES)
def test_one_seed_makes_the_same_weights(stage, nin, nouts):
    """The weights of every stage are those of stage 1 to the last bit, for twenty seeds."""
    for seed in range(20):
        expected = state(network("micrograd", nin, nouts, TANH, seed), nin, nouts, "data")
        actual = state(network(stage, nin, nouts, TANH, seed), nin, nouts, "data")

        assert [a.tolist() for a in expected] == [a.tolist() for a in actual]


def test_float32_weights_are_the_float64_weights_rounded():
    """Without `dtype`, stage 4 draws the same numbers and rounds them."""
    expected = [p.data.astype(np.float32) for p in microgradx.MLP(2, [8, 1], seed=3).parameters()]
    actual = [p.data for p in vhgrad.MLP(2, [8, 1], seed=3).parameters()]

    assert all(np.array_equal(a, b) for a, b in zip(expected, actual, strict=True))


# Sums run in another order at stages 3 and 4, so each sum of n terms may differ by about n units
# in the last place (2e-16), and ten steps carry that on: 1e-12 for 4 points, 1e-11 for 100.
@pytest.mark.parametrize(("count", "tolerance"), [(4, 1e-12), (100, 1e-11)])
@pytest.mark.parametrize(("nin", "nouts"), NETWORKS)
@pytest.mark.parametrize("stage", [stage for stage in STAGES if stage != "micrograd"])
def test_tanh_training_agrees_with_stage_1(stage, nin, nouts, count, tolerance):
    """Losses, gradients and weights of ten steps are those of stage 1, sums apart."""
    expected = training("micrograd", nin, nouts, TANH, count)
    actual = training(stage, nin, nouts, TANH, count)

    assert [] == differing(expected, actual, tolerance)


@pytest.mark.parametrize(("count", "tolerance"), [(4, 1e-12), (100, 1e-11)])
@pytest.mark.parametrize(("nin", "nouts"), NETWORKS)
@pytest.mark.parametrize("stage", ["microgradx", "vhgrad", "vhgrad-fit"])
def test_relu_training_agrees_with_stage_2(stage, nin, nouts, count, tolerance):
    """The same with what stage 1 does not have: relu inside and a linear last layer."""
    expected = training("micrograd-plus", nin, nouts, RELU, count)
    actual = training(stage, nin, nouts, RELU, count)

    assert [] == differing(expected, actual, tolerance)


def test_a_changed_seed_is_noticed():
    """The comparison itself can fail: another seed makes another network."""
    expected = state(network("micrograd", 2, [3, 1], TANH, seed=3), 2, [3, 1], "data")
    actual = state(network("microgradx", 2, [3, 1], TANH, seed=4), 2, [3, 1], "data")

    assert [0, 1, 2, 3] == differing(dict(enumerate(expected)), dict(enumerate(actual)), 1e-12)
