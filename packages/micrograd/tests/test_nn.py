"""Neurons, layers and networks, and the training of the tutorial."""

import math
import random

import pytest

from micrograd import MLP, Layer, Neuron, Value


def test_a_neuron_is_tanh_of_a_weighted_sum():
    """tanh(w1*x1 + w2*x2 + bias), computed beside it with plain numbers."""
    neuron = Neuron(2, seed=1)
    w1, w2 = (w.data for w in neuron.weights)
    out = neuron([1.5, -2.0])

    # the sum starts with the bias: another order of three roundings
    assert math.tanh(w1 * 1.5 + w2 * -2.0 + neuron.bias.data) == pytest.approx(out.data, abs=1e-15)


def test_the_gradients_of_a_neuron():
    """d out/d w_i = (1 - out**2) * x_i, and the same without x for the bias."""
    neuron = Neuron(3, seed=2)
    x = [0.5, -1.0, 2.0]
    out = neuron(x)
    out.backward()
    slope = 1 - out.data**2

    assert [slope * xi for xi in x] == [w.grad for w in neuron.weights]
    assert slope == neuron.bias.grad


def test_a_neuron_differentiates_its_inputs_too():
    """Inputs may be Values; then they get gradients."""
    neuron = Neuron(2, seed=3)
    x = [Value(0.5), Value(-1.0)]
    out = neuron(x)
    out.backward()
    slope = 1 - out.data**2

    assert [slope * w.data for w in neuron.weights] == [xi.grad for xi in x]


def test_a_layer_always_returns_a_list():
    """One number per neuron, also where there is only one."""
    assert 3 == len(Layer(2, 3)([1.0, 2.0]))
    assert isinstance(Layer(2, 1)([1.0, 2.0]), list)
    assert 1 == len(Layer(2, 1)([1.0, 2.0]))


def test_a_layer_is_its_neurons_side_by_side():
    """All neurons see the same inputs."""
    layer = Layer(2, 3, seed=4)
    x = [0.25, -0.5]

    assert [neuron(x).data for neuron in layer.neurons] == [out.data for out in layer(x)]


def test_an_mlp_is_its_layers_one_after_the_other():
    """Each layer is fed with the outputs of the one before."""
    model = MLP(2, [3, 2], seed=5)
    first, second = model.layers
    x = [0.25, -0.5]

    assert [out.data for out in second(first(x))] == [out.data for out in model(x)]


def test_an_mlp_with_one_output_returns_the_number():
    """A single final output stands for itself; several come as a list."""
    assert isinstance(MLP(2, [3, 1])([1.0, 2.0]), Value)
    assert isinstance(MLP(2, [3, 2])([1.0, 2.0]), list)


def test_a_hidden_layer_of_width_one_works():
    """Only the final output is unwrapped."""
    out = MLP(2, [1, 1, 2], seed=6)([1.0, 2.0])

    assert 2 == len(out)


def test_parameter_counts():
    """Every neuron has a weight per input and a bias."""
    assert 3 == len(Neuron(2).parameters())
    assert 9 == len(Layer(2, 3).parameters())
    assert 41 == len(MLP(3, [4, 4, 1]).parameters())


def test_one_seed_one_network():
    """The same seed draws the same weights; another one draws others."""
    first, again, other = (
        [p.data for p in MLP(3, [4, 1], seed=seed).parameters()] for seed in (1, 1, 2)
    )

    assert first == again
    assert first != other


def test_the_weights_of_a_seed_are_fixed():
    """Weights, then bias, neuron after neuron, from `random.Random(seed)`: the same for ever."""
    draw = random.Random(7).uniform
    expected = [draw(-b, b) for b in [1 / 2**0.5] * 9 + [1 / 3**0.5] * 4]

    assert expected == [p.data for p in MLP(2, [3, 1], seed=7).parameters()]


def test_a_stream_can_be_shared():
    """Two networks drawn from one generator differ, and can be drawn again."""

    def drawn():
        stream = random.Random(3)
        return [[p.data for p in Neuron(2, seed=stream).parameters()] for _ in range(2)]

    assert drawn() == drawn()
    assert drawn()[0] != drawn()[1]


def test_without_a_seed_the_common_stream_is_used():
    """`random.seed(...)` before it makes a tutorial repeatable."""

    def drawn():
        random.seed(1337)
        return [p.data for p in MLP(2, [2, 1]).parameters()]

    assert drawn() == drawn()


def test_a_seed_leaves_the_common_stream_alone():
    """A seeded network takes nothing from Python's `random`."""
    random.seed(1)
    expected = random.random()
    random.seed(1)
    MLP(2, [2, 1], seed=0)

    assert expected == random.random()


@pytest.mark.parametrize("nin", [1, 4, 100])
def test_weights_lie_within_the_scale(nin):
    """±1/sqrt(nin), and they use the room."""
    weights = [p.data for p in Layer(nin, 20, seed=0).parameters()]

    assert nin**-0.5 >= max(map(abs, weights))
    assert 0.8 * nin**-0.5 < max(map(abs, weights))
    assert min(weights) < 0 < max(weights)


@pytest.mark.parametrize("inputs", [[1.0], [1.0, 2.0, 3.0], []])
def test_a_wrong_number_of_inputs_is_an_error(inputs):
    """Cutting the longer list short would hide the mistake."""
    with pytest.raises(ValueError, match=f"expected 2 inputs, got {len(inputs)}"):
        Neuron(2)(inputs)
    with pytest.raises(ValueError, match=f"expected 2 inputs, got {len(inputs)}"):
        MLP(2, [3, 1])(inputs)


@pytest.mark.parametrize("size", [0, -1])
def test_sizes_are_one_or_more(size):
    """An empty neuron or layer is a mistake."""
    with pytest.raises(ValueError, match=rf"1 or more, got {size}"):
        Neuron(size)
    with pytest.raises(ValueError, match=rf"1 or more, got {size}"):
        Layer(2, size)
    with pytest.raises(ValueError, match=rf"1 or more, got {size}"):
        MLP(2, [3, size])


@pytest.mark.parametrize("size", [2.0, "2", None, True])
def test_sizes_are_whole_numbers(size):
    """And so is a size that is not an integer."""
    with pytest.raises(TypeError, match="whole number"):
        Neuron(size)
    with pytest.raises(TypeError, match="whole number"):
        Layer(2, size)


@pytest.mark.parametrize("nouts", [[], 3, None, 2.5])
def test_an_mlp_needs_a_list_of_sizes(nouts):
    """`MLP(3, 4)` says how it is written."""
    with pytest.raises(ValueError, match="list of layer sizes"):
        MLP(3, nouts)


def test_parts_can_be_replaced():
    """A stage or a reader replaces the neuron and inherits layer and network."""

    class Twice(Neuron):
        def __call__(self, x):
            return super().__call__(x) * 2

    class TwiceLayer(Layer):
        neuron = Twice

    class TwiceMLP(MLP):
        layer = TwiceLayer

    plain, twice = MLP(2, [1], seed=1), TwiceMLP(2, [1], seed=1)

    assert 2 * plain([1.0, 2.0]).data == twice([1.0, 2.0]).data


@pytest.mark.parametrize("seed", range(5))
def test_the_network_of_the_tutorial_learns_its_four_rows(seed):
    """`MLP(3, [4, 4, 1])` fits the lecture's data with gradient steps written by hand."""
    xs = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
    ys = [1.0, -1.0, -1.0, 1.0]
    model = MLP(3, [4, 4, 1], seed=seed)
    losses = []
    for _ in range(100):
        errors = [model(x) + -y for x, y in zip(xs, ys)]
        loss = sum(error * error for error in errors)
        for p in model.parameters():
            p.grad = 0.0
        loss.backward()
        for p in model.parameters():
            p.data += -0.1 * p.grad
        losses.append(loss.data)
    predictions = [model(x).data for x in xs]

    assert 0.05 > losses[-1]
    assert losses[0] > 20 * losses[-1]
    assert [math.copysign(1.0, p) for p in predictions] == ys


@pytest.mark.parametrize("seed", [-1, True, 1.5, "a"])
def test_a_seed_that_would_not_be_told_apart_is_refused(seed):
    """Python's generator makes the same stream of -1 and 1; other types are mistakes."""
    with pytest.raises((TypeError, ValueError), match="`seed` needs"):
        MLP(2, [1], seed=seed)


@pytest.mark.parametrize("x", [5, None, "ab", {0: 1, 1: 2}])
def test_what_is_no_list_of_inputs_is_refused(x):
    """A model takes one example, a list of numbers."""
    with pytest.raises(TypeError, match="list of 2 inputs"):
        MLP(2, [1], seed=1)(x)
