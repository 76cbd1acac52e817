"""Layers and networks on batches."""

import copy
import re

import numpy as np
import pytest

import micrograd
import micrograd_plus
import microgradx
from microgradx import MLP, SGD, Layer, Module, Neuron, TensorValue, manual_seed, mse


def weights(model):
    """All parameters as nested lists."""
    return [p.data.tolist() for p in model.parameters()]


# Shapes


@pytest.mark.parametrize("shape", [(3,), (0, 3), (5, 3), (4, 5, 3)], ids=str)
def test_c1_a_layer_works_on_the_last_axis(shape):
    """C1: one example, no example, a batch, a batch of batches."""
    assert (*shape[:-1], 2) == Layer(3, 2, seed=1)(np.ones(shape)).shape


@pytest.mark.parametrize("shape", [(), (4,), (3, 4), (3, 1)], ids=str)
def test_c2_another_number_of_inputs_is_named(shape):
    """C2: the error says what was expected and what came, even where NumPy would broadcast."""
    with pytest.raises(ValueError, match=re.escape(f"shape (..., 3), got {shape}")):
        Layer(3, 2, seed=1)(np.ones(shape))


@pytest.mark.parametrize("x", ["abc", None, [[1.0, 2.0, "a"]], micrograd_plus.Value(1.0)], ids=repr)
def test_inputs_that_are_no_numbers_are_a_type_error(x):
    """The layer says so, not an operation within it."""
    with pytest.raises(TypeError, match="expected real numbers"):
        Layer(3, 2, seed=1)(x)


def test_a_batch_is_its_rows():
    """Each row of a batch gives what it gives alone."""
    model = MLP(2, [4, 3], seed=1)
    X = np.random.default_rng(0).normal(size=(5, 2))
    together, alone = model(X).data, np.array([model(x).data for x in X])

    assert np.allclose(alone, together, rtol=1e-14, atol=1e-15)  # the order of sums may differ


@pytest.mark.parametrize(
    ("nouts", "shape", "expected"),
    [
        ([4, 1], (2,), ()),
        ([4, 1], (5, 2), (5,)),
        ([4, 1], (0, 2), (0,)),
        ([1, 1], (5, 2), (5,)),
        ([4, 3], (2,), (3,)),
        ([4, 3], (5, 2), (5, 3)),
    ],
)
def test_one_output_gives_one_number_per_example(nouts, shape, expected):
    """Only the network unwraps, and only its last layer."""
    assert expected == MLP(2, nouts, seed=1)(np.ones(shape)).shape


def test_a_layer_never_unwraps():
    """One neuron still has an axis of its own."""
    assert (5, 1) == Layer(2, 1, seed=1)(np.ones((5, 2))).shape


@pytest.mark.parametrize("dtype", [np.float32, np.int64, bool])
def test_c5_plain_inputs_take_the_dtype_of_the_layer(dtype):
    """C5: whole numbers and float32 go into a float64 layer, and float64 comes out."""
    assert np.float64 == Layer(3, 2, seed=1)(np.ones((4, 3), dtype)).dtype


def test_c5_plain_float64_inputs_into_a_float32_layer():
    """C5: data do not change the dtype of a network."""
    assert np.float32 == Layer(3, 2, seed=1, dtype=np.float32)(np.ones((4, 3))).dtype


# The weights at the start


@pytest.mark.parametrize("nin", [1, 2, 3, 100])
def test_c6_weights_start_within_one_over_the_root_of_fan_in(nin):
    """C6: uniform in ±1/sqrt(nin), weight and bias, and they fill that range."""
    layer = Layer(nin, 500, seed=1)
    largest = max(np.abs(layer.weight.data).max(), np.abs(layer.bias.data).max())

    assert 0.99 / nin**0.5 <= largest <= 1 / nin**0.5


@pytest.mark.parametrize(
    ("init", "bound"), [("xavier", (6 / 300) ** 0.5), ("he", (6 / 100) ** 0.5)]
)
def test_other_starts_have_their_own_range(init, bound):
    """Xavier: sqrt(6/(nin+nout)); He: sqrt(6/nin); the biases of both start at 0."""
    layer = Layer(100, 200, init=init, seed=1)

    assert 0.99 * bound <= np.abs(layer.weight.data).max() <= bound
    assert not layer.bias.data.any()


def test_the_weights_are_those_of_stage_1():
    """Row i of a layer is neuron i of stage 1, weights first and then the bias, to the last bit."""
    neurons = micrograd.Layer(3, 2, seed=5).neurons
    layer = Layer(3, 2, seed=5)

    assert [[w.data for w in n.weights] for n in neurons] == layer.weight.data.tolist()
    assert [n.bias.data for n in neurons] == layer.bias.data.tolist()


def test_a_seed_makes_the_same_network_every_time():
    """Equal seeds, equal weights; other seeds, others."""
    assert weights(MLP(2, [3, 1], seed=1)) == weights(MLP(2, [3, 1], seed=1))
    assert weights(MLP(2, [3, 1], seed=1)) != weights(MLP(2, [3, 1], seed=2))


def test_without_a_seed_the_default_generator_decides():
    """`manual_seed` makes what follows repeatable; each network is another one."""
    manual_seed(7)
    first, second = weights(MLP(2, [3, 1])), weights(MLP(2, [3, 1]))
    manual_seed(7)

    assert [first, second] == [weights(MLP(2, [3, 1])), weights(MLP(2, [3, 1]))]
    assert first != second


def test_numpys_global_state_is_left_alone():
    """Making a network neither reads nor changes it."""
    before = np.random.get_state()[1].tolist()  # noqa: NPY002, it is what must not change
    MLP(2, [3, 1])
    MLP(2, [3, 1], seed=1)

    assert before == np.random.get_state()[1].tolist()  # noqa: NPY002


# Settings


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: Layer(0, 1), ValueError),
        (lambda: Layer(2, -1), ValueError),
        (lambda: Layer(1.5, 1), TypeError),
        (lambda: Layer(True, 1), TypeError),
        (lambda: Layer(2, 1, activation="swish!"), ValueError),
        (lambda: Layer(2, 1, init="zeros!"), ValueError),
        (lambda: Layer(2, 1, dtype=int), TypeError),
        (lambda: MLP(2, []), ValueError),
        (lambda: MLP(2, 3), ValueError),
        (lambda: MLP(2, [3, 0]), ValueError),
        (lambda: MLP(2, [3, 1], last_activation="swish!"), ValueError),
    ],
)
def test_settings_that_cannot_be_are_errors(make, error):
    """Each is refused where it enters."""
    with pytest.raises(error):
        make()


def test_an_unknown_activation_is_answered_with_the_known_ones():
    """The error lists what there is."""
    with pytest.raises(ValueError, match="'linear', 'tanh', 'relu'"):
        Layer(2, 1, activation="swish!")


@pytest.mark.parametrize("activation", sorted(Layer.activations))
def test_activations_are_those_of_stage_2(activation):
    """The same network of numbers gives the same result."""
    settings = {"activation": activation, "last_activation": activation, "seed": 3}
    expected = micrograd_plus.MLP(2, [4, 1], **settings)([0.5, -1.5]).data

    assert pytest.approx(expected, rel=1e-14) == MLP(2, [4, 1], **settings)([0.5, -1.5]).item()


# Parameters and learning


def test_parameters_have_names_in_order():
    """By layer, weight before bias."""
    names = [name for name, _ in MLP(2, [3, 1], seed=1).named_parameters()]

    assert ["layers.0.weight", "layers.0.bias", "layers.1.weight", "layers.1.bias"] == names


def test_c7_a_shared_layer_is_counted_once():
    """C7: parameters that are used twice are named by the first place."""

    class Twice(Module):
        def __init__(self):
            self.first = Layer(2, 2, seed=1)
            self.again = self.first

        def __call__(self, x):
            return self.again(self.first(x))

    assert ["first.weight", "first.bias"] == [name for name, _ in Twice().named_parameters()]


def test_c24_a_copy_of_a_network_is_independent():
    """C24: training the copy leaves the original as it was."""
    model = MLP(2, [3, 1], seed=1)
    before = weights(model)
    copied = copy.deepcopy(model)
    optimizer = SGD(copied.parameters(), lr=0.1)
    mse([1.0], copied([[1.0, 2.0]])).backward()
    optimizer.step()

    assert before == weights(model) != weights(copied)


def test_c26_zero_grad_clears():
    """C26: after `zero_grad` no parameter has a gradient."""
    model = MLP(2, [3, 1], seed=1)
    mse([1.0], model([[1.0, 2.0]])).backward()
    model.zero_grad()

    assert [None] * 4 == [p.grad for p in model.parameters()]


def test_c23_a_parameter_that_was_not_used_has_no_gradient():
    """C23: None, not zeros: an optimiser skips it."""
    used, unused = Layer(2, 1, seed=1), Layer(2, 1, seed=2)
    used([[1.0, 2.0]]).sum().backward()

    assert [False, True] == [layer.weight.grad is None for layer in (used, unused)]


def test_gradients_of_a_network_match_finite_differences():
    """Every entry of every parameter, by central differences."""
    model = MLP(2, [3, 2], seed=1)
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(4, 2)), rng.normal(size=(4, 2))
    mse(Y, model(X)).backward()
    eps = 1e-5
    for p in model.parameters():
        for index in np.ndindex(p.shape):
            losses = []
            start = p.numpy()
            for step in (eps, -eps):
                moved = start.copy()
                moved[index] += step
                p.data = moved
                losses.append(mse(Y, model(X)).item())
            p.data = start

            # central difference, error ~ eps**2 = 1e-10
            assert pytest.approx(p.grad[index], abs=1e-8) == (losses[0] - losses[1]) / (2 * eps)


@pytest.mark.parametrize("seed", range(10))
def test_a_network_learns_xor(seed):
    """Ten of ten seeds, in 500 steps."""
    xs, ys = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [-1.0, 1.0, 1.0, -1.0]
    model = MLP(2, [4, 1], last_activation="tanh", seed=seed)
    optimizer = SGD(model.parameters(), lr=0.5)
    for _ in range(500):
        loss = mse(ys, model(xs))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    assert (np.array(ys) * model(xs).data > 0.5).all()


def test_inputs_can_be_differentiated_too():
    """A tensor as input gets the gradient of the loss with respect to the data."""
    x = TensorValue([[1.0, 2.0]])
    MLP(2, [3, 1], seed=1)(x).sum().backward()

    assert (1, 2) == x.grad.shape


# A neuron by itself


@pytest.mark.parametrize(("shape", "expected"), [((3,), ()), ((5, 3), (5,)), ((0, 3), (0,))])
def test_a_neuron_gives_one_number_per_example(shape, expected):
    """Unlike a layer with one output, whose last axis stays."""
    assert expected == Neuron(3, seed=1)(np.ones(shape)).shape


def test_a_neuron_is_that_of_stage_1():
    """The same seed, the same number, for every row of a batch."""
    rows = [[1.0, -2.0], [0.5, 0.25]]
    expected = [micrograd.Neuron(2, seed=4)(row).data for row in rows]

    assert pytest.approx(expected, rel=1e-14) == Neuron(2, seed=4)(rows).data.tolist()


def test_networks_are_made_in_float32_where_asked():
    """The numbers of float64, rounded."""
    expected = [p.data.astype(np.float32).tolist() for p in MLP(2, [3, 1], seed=1).parameters()]
    model = MLP(2, [3, 1], seed=1, dtype=np.float32)

    assert expected == [p.data.tolist() for p in model.parameters()]
    assert np.float32 == model([[1.0, 2.0]]).dtype


def test_a_network_can_be_drawn_with_each_layer_as_one_operation():
    """`folded` of stage 2 works on tensors: one operation per layer between inputs and output."""
    model = microgradx.MLP(2, [3, 1], seed=1)
    x = microgradx.TensorValue(np.ones((5, 2)), label="x")
    text = microgradx.to_mermaid(microgradx.folded(model(x), model.layers))

    assert 1 == text.count('(("Layer 0"))')
    assert 1 == text.count('(("Layer 1"))')
    assert "linear" not in text
