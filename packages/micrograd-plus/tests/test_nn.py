"""Networks of stage 2: activations, clearing gradients, and XOR."""

import math

import pytest

import micrograd
from micrograd_plus import MLP, SGD, Layer, Module, Neuron, Value, mse

ACTIVATIONS = {
    "linear": lambda z: z,
    "tanh": math.tanh,
    "relu": lambda z: max(z, 0.0),
    "leaky_relu": lambda z: z if z > 0 else 0.01 * z,
    "elu": lambda z: z if z > 0 else math.exp(z) - 1,
    "gelu": lambda z: z / 2 * (1 + math.tanh((2 / math.pi) ** 0.5 * (z + 0.044715 * z**3))),
    "silu": lambda z: z / (1 + math.exp(-z)),
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
    "softplus": lambda z: math.log(1 + math.exp(z)),
}


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("x", [[1.0, 2.0], [-2.0, -0.5]])
def test_a_neuron_has_the_activation_of_its_name(name, x):
    """activation(w1*x1 + w2*x2 + bias), beside it with plain numbers."""
    neuron = Neuron(2, activation=name, seed=1)
    z = sum((w.data * xi for w, xi in zip(neuron.weights, x)), neuron.bias.data)

    assert ACTIVATIONS[name](z) == pytest.approx(neuron(x).data, rel=1e-14)  # other formulas


def test_every_activation_is_tested():
    """A new activation needs a line above."""
    assert set(ACTIVATIONS) == set(Neuron.activations)


def test_an_unknown_activation_is_an_error():
    """The error lists the known ones."""
    with pytest.raises(ValueError, match=r"'relu6'.*'tanh'.*'relu'"):
        Neuron(2, activation="relu6")
    with pytest.raises(ValueError, match="'relu6'"):
        MLP(2, [2, 1], activation="relu6")
    with pytest.raises(ValueError, match="'relu6'"):
        MLP(2, [2, 1], last_activation="relu6")


def test_one_seed_gives_the_network_of_stage_1():
    """The same weights in the same order; with tanh at the end also the same output."""
    ours = MLP(3, [4, 4, 1], last_activation="tanh", seed=5)
    theirs = micrograd.MLP(3, [4, 4, 1], seed=5)
    x = [2.0, 3.0, -1.0]

    assert [p.data for p in theirs.parameters()] == [p.data for p in ours.parameters()]
    assert theirs(x).data == ours(x).data


def test_the_default_is_tanh_inside_and_linear_last():
    """So that the outputs can be any number."""
    model = MLP(2, [3, 2], seed=1)
    hidden = Layer(2, 3, activation="tanh", seed=0)
    hidden.neurons = model.layers[0].neurons
    x = [0.5, -1.0]
    h = [
        math.tanh(sum((w.data * xi for w, xi in zip(n.weights, x)), n.bias.data))
        for n in hidden.neurons
    ]
    outputs = [
        sum((w.data * hi for w, hi in zip(n.weights, h)), n.bias.data)
        for n in model.layers[1].neurons
    ]

    assert outputs == [out.data for out in model(x)]


def test_activations_of_hidden_and_last_layer_are_chosen_apart():
    """One argument for all hidden layers, one for the last."""
    model = MLP(2, [3, 3, 2], activation="relu", last_activation="sigmoid", seed=1)
    activations = [{n.activation.name for n in layer.neurons} for layer in model.layers]

    assert [{"relu"}, {"relu"}, {"sigmoid"}] == activations


def test_values_are_of_this_stage():
    """Parameters and outputs have all the operations."""
    model = MLP(2, [3, 1], seed=1)

    assert {Value} == set(map(type, model.parameters()))
    assert Value is type(model([1.0, 2.0]))


def test_a_network_without_a_seed():
    """It draws from Python's common stream."""
    assert 13 == len(MLP(2, [3, 1]).parameters())
    assert 2 == len(Layer(1, 2)([0.5]))


@pytest.mark.parametrize("module", [Neuron(3), Layer(3, 2), MLP(3, [4, 2])])
def test_zero_grad_clears_all_parameters(module):
    """After it, a backward pass leaves only its own gradients."""
    x = [1.0, 2.0, 3.0]

    def gradients():
        out = module(x)
        (sum(out) if isinstance(out, list) else out).backward()
        return [p.grad for p in module.parameters()]

    once = gradients()
    module.zero_grad()
    cleared = [p.grad for p in module.parameters()]

    assert [0.0] * len(once) == cleared
    assert once == gradients()


def test_zero_grad_reaches_parts_in_containers():
    """A module of one's own with modules in plain lists and dicts."""

    class Two(Module):
        def __init__(self):
            self.parts = [Neuron(1), {"scale": Value(2.0)}]

        def __call__(self, x):
            return self.parts[0]([x]) * self.parts[1]["scale"]

    model = Two()
    model(1.5).backward()
    before = [p.grad for p in model.parameters()]
    model.zero_grad()

    assert all(before)
    assert [0.0] * 3 == [p.grad for p in model.parameters()]


@pytest.mark.parametrize("seed", range(20))
def test_xor(seed):
    """All four rows are right within 200 steps from each of twenty seeds; the slowest takes 107."""
    xs, ys = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
    model = MLP(2, [4, 1], seed=seed)
    optimizer = SGD(model.parameters(), lr=0.1, momentum=0.9)
    for _ in range(200):
        optimizer.zero_grad()
        mse(ys, [model(x) for x in xs]).backward()
        optimizer.step()
        predictions = [model(x).data for x in xs]
        if all(abs(p - y) < 0.25 for p, y in zip(predictions, ys)):
            break

    assert ys == [round(p) for p in predictions]
