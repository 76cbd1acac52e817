"""The weights of a network go from any stage to any other and back, without losing a bit."""

import itertools

import numpy as np
import pytest

import micrograd
import micrograd_plus
import microgradx
import vhgrad
from vhgrad.nn import load_state_dict, state_dict

STAGES = (1, 2, 3, 4)
PAIRS = list(itertools.product(STAGES, STAGES))
POINTS = [[2.0, 3.0, -1.0], [0.5, -0.25, 1e-3], [0.0, 0.0, 0.0]]


def network(stage, seed=3):
    """The same network at every stage: tanh on every layer, as at stage 1."""
    if stage == 1:
        return micrograd.MLP(3, [5, 4, 2], seed=seed)
    made = {2: micrograd_plus.MLP, 3: microgradx.MLP, 4: vhgrad.MLP}[stage]
    dtype = {"dtype": np.float64} if stage == 4 else {}
    return made(3, [5, 4, 2], last_activation="tanh", seed=seed, **dtype)


def train(model, steps=5):
    """Some steps by hand, the same words at every stage."""
    for _ in range(steps):
        for parameter in model.parameters():
            parameter.grad = parameter.initial_grad
        sum(error(model, point) for point in POINTS).backward()
        for parameter in model.parameters():
            parameter.data = parameter.data - 0.05 * parameter.grad


def error(model, point):
    first, second = model(point)
    return (first + -1.0) * 1.0 + (second + 2.0) * 3.0


def outputs(model, point):
    return [float(value.data) for value in model(point)]


def assert_same(left, right):
    """The same names in the same order, dtypes and bits."""
    assert list(left) == list(right)
    for name in left:
        assert left[name].dtype == right[name].dtype, name
        assert left[name].tobytes() == right[name].tobytes(), name


@pytest.mark.parametrize(("here", "there"), PAIRS)
def test_trained_at_one_stage_loaded_at_another(here, there):
    """All weights arrive with every bit, and the network goes on learning where it is."""
    source, target = network(here), network(there, seed=7)
    train(source)
    load_state_dict(target, state_dict(source))

    assert_same(state_dict(target), state_dict(source))
    for point in POINTS:
        # sums run in another order: some rounding of 1e-16 each
        np.testing.assert_allclose(outputs(target, point), outputs(source, point), rtol=1e-13)
    train(source)
    train(target)
    for name, array in state_dict(target).items():
        np.testing.assert_allclose(array, state_dict(source)[name], rtol=1e-12)


@pytest.mark.parametrize("kind", ["weights", "checkpoint"])
@pytest.mark.parametrize(("here", "there"), PAIRS)
def test_through_a_file_and_back(here, there, kind, tmp_path):
    """`save` and `load`, `save_checkpoint` and `load_checkpoint` take models of every stage."""
    source, between, back = network(here), network(there, seed=7), network(here, seed=8)
    train(source)
    for model, other in ((source, between), (between, back)):
        if kind == "weights":
            vhgrad.save(tmp_path / "net.safetensors", model)
            vhgrad.load(tmp_path / "net.safetensors", other)
        else:
            vhgrad.save_checkpoint(tmp_path / "net.safetensors", model=model)
            vhgrad.load_checkpoint(tmp_path / "net.safetensors", model=other)

    assert_same(state_dict(between), state_dict(source))
    assert_same(state_dict(back), state_dict(source))


def test_the_same_network_gives_the_same_file(tmp_path):
    """A file does not tell at which stage the network was trained."""
    for stage in STAGES:
        vhgrad.save(tmp_path / str(stage), network(stage))

    assert 1 == len({(tmp_path / str(stage)).read_bytes() for stage in STAGES})


@pytest.mark.parametrize("stage", STAGES)
def test_what_is_given_out_is_a_copy(stage):
    """Training the one network leaves the other as it is."""
    source, target = network(stage), network(stage, seed=7)
    state = state_dict(source)
    load_state_dict(target, state)
    train(target)
    for array in state.values():
        array[...] = 0.0

    assert_same(state_dict(network(stage)), state_dict(source))


def test_the_map_of_names():
    """Row i of a weight is neuron i."""
    numbers, arrays = dict(network(2).named_parameters()), state_dict(network(2))

    assert numbers["layers.1.neurons.3.weights.2"].data == arrays["layers.1.weight"][3, 2]
    assert numbers["layers.2.neurons.1.bias"].data == arrays["layers.2.bias"][1]


@pytest.mark.parametrize("stage", STAGES)
def test_bits_that_are_easily_lost(stage):
    """Minus 0, infinities, the smallest number and what a nan carries stay as they are."""
    bits = [1 << 63, 0x7FF0 << 48, 0xFFF0 << 48, 1, 0x7FF8_0000_0000_1234, 0xFFF8_0000_0000_0001]
    state = state_dict(network(stage))
    state["layers.0.weight"].reshape(-1)[:6] = np.array(bits, np.uint64).view(np.float64)
    model = network(stage)
    load_state_dict(model, state)

    assert_same(state_dict(model), state)


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_numbers_hold_shorter_floats_exactly(stage, dtype):
    """A model in float32 gets back what it gave, through every stage."""
    source = vhgrad.MLP(3, [5, 4, 2], seed=1, dtype=dtype)
    between, back = network(stage), vhgrad.MLP(3, [5, 4, 2], seed=2, dtype=dtype)
    load_state_dict(between, state_dict(source))
    load_state_dict(back, state_dict(between))

    assert_same(state_dict(back), state_dict(source))


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("strict", [True, False])
def test_all_or_nothing_and_all_that_does_not_fit(stage, strict):
    """A failed load names everything that is wrong and changes nothing."""
    model = network(stage)
    state = state_dict(network(stage, seed=9))
    state["layers.0.bias"] = np.zeros(6)
    state["layers.2.weight"] = np.array([["a"] * 4] * 2)
    wrong = ["layers.0.bias", "layers.2.weight"]
    if strict:
        state["layers.9.bias"] = state.pop("layers.1.bias")
        wrong += ["layers.1.bias", "layers.9.bias"]
    with pytest.raises(ValueError, match="as it was") as error:
        load_state_dict(model, state, strict=strict)

    assert all(f"`{name}`" in str(error.value) for name in wrong)
    assert_same(state_dict(model), state_dict(network(stage)))


@pytest.mark.parametrize("stage", STAGES)
def test_not_strict_loads_what_is_there(stage):
    """It says what was left out on either side."""
    model = network(stage)
    state = {"layers.1.bias": np.arange(4.0), "other": np.zeros(1)}
    keys = load_state_dict(model, state, strict=False)

    assert keys.unexpected_keys == ["other"]
    assert set(state_dict(model)) == {*keys.missing_keys, "layers.1.bias"}
    assert state_dict(model)["layers.1.bias"].tolist() == [0.0, 1.0, 2.0, 3.0]


def test_a_file_that_does_not_fit_a_model_of_stage_1(tmp_path):
    """The error of `load` has the same list, and the model stays as it was."""
    vhgrad.save(tmp_path / "a", vhgrad.MLP(3, [5]))
    small = network(1)
    with pytest.raises(vhgrad.CheckpointError, match=r"missing `layers.1.weight`"):
        vhgrad.load(tmp_path / "a", small)

    assert_same(state_dict(small), state_dict(network(1)))


def test_all_or_nothing_with_other_parts(tmp_path):
    """Where another part does not fit, a model of stage 1 gets its old weights back."""
    vhgrad.save_checkpoint(tmp_path / "a", model=network(4, seed=7), history=network(4))
    small = network(1)
    with pytest.raises(vhgrad.CheckpointError, match=r"missing `layers.3.bias`"):
        vhgrad.load_checkpoint(tmp_path / "a", model=small, history=vhgrad.MLP(3, [5, 4, 2, 1]))

    assert_same(state_dict(small), state_dict(network(1)))


def test_what_is_shared_stands_in_both_places_and_must_agree():
    """One number in two neurons cannot take two values."""
    model = network(1)
    model.layers[0].neurons[1].bias = model.layers[0].neurons[0].bias
    state = state_dict(model)
    load_state_dict(model, state)
    state["layers.0.bias"][1] += 1.0
    before = state_dict(model)
    with pytest.raises(ValueError, match="share a parameter"):
        load_state_dict(model, state)

    assert before["layers.0.bias"][0] == before["layers.0.bias"][1]
    assert_same(state_dict(model), before)


def test_a_shared_layer_of_stage_3():
    """It stands under both of its names, as at stage 4."""
    model = microgradx.MLP(2, [2, 2], seed=0)
    model.layers[1] = model.layers[0]
    state = state_dict(model)
    load_state_dict(model, state)
    state["layers.1.weight"] = state["layers.1.weight"] + 1.0

    assert (state["layers.0.bias"] == state["layers.1.bias"]).all()
    with pytest.raises(ValueError, match="share a parameter"):
        load_state_dict(model, state)


class Scaled(micrograd.Module):
    """A neuron, and parameters in places of one's own; `self.whole` leads back."""

    def __init__(self, first=1.0):
        self.inner = micrograd.Neuron(2, seed=1)
        self.inner.slope = micrograd.Value(0.1)
        self.scale = micrograd.Value(2.5)
        self.parts = [micrograd.Value(first), {"b": micrograd.Value(-1.0)}]
        self.computed = self.scale * 2.0
        self.whole = self


def test_parameters_of_ones_own():
    """What is in no layer keeps its name, and has the shape of a number."""
    state = state_dict(Scaled(first=4.0))
    other = Scaled()
    load_state_dict(other, state)

    assert {name: array.shape for name, array in state.items()} == {
        "inner.weight": (1, 2),
        "inner.bias": (1,),
        "inner.slope": (1,),
        "scale": (),
        "parts.0": (),
        "parts.1.b": (),
    }
    assert other.parts[0].data == 4.0
    assert type(other.parts[0].data) is float


def test_hostile_names(tmp_path):
    """Keys are names and nothing else, at stage 1 as at stage 4; a file gives them back."""
    model, other = Scaled(), Scaled()
    for each, number in ((model, 1.0), (other, 2.0)):
        each.parts = {
            key: micrograd.Value(number)
            for key in ("", "../x", "\0", "\x1b[2J", "$array:x", "é\n", "\ud800", 3, "__metadata__")
        }
    vhgrad.save(tmp_path / "a", model)
    vhgrad.load(tmp_path / "a", other)

    assert {1.0} == {value.data for value in other.parts.values()}
    assert [tmp_path / "a"] == list(tmp_path.iterdir())


def test_what_makes_no_matrix_and_what_has_one_name():
    """Nothing is filled up, and nothing is lost, silently."""
    layer = micrograd.Layer(2, 2)
    layer.neurons[1] = micrograd.Neuron(3)
    with pytest.raises(ValueError, match=r"rows of `weight`; 5 numbers do not fill"):
        state_dict(layer)
    layer = micrograd_plus.Layer(2, 2)
    for neuron in layer.neurons:
        neuron.slope = microgradx.TensorValue([1.0, 2.0])
    with pytest.raises(ValueError, match=r"rows of `slope`"):
        state_dict(layer)
    neuron = micrograd.Neuron(2)
    neuron.a = [micrograd.Value(1.0)]
    vars(neuron)["a.0"] = micrograd.Value(2.0)
    with pytest.raises(ValueError, match=r"would both be `a.0`"):
        state_dict(neuron)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: state_dict({"a": 1}), TypeError, "needs a module, got dict"),
        (lambda: load_state_dict(3, {}), TypeError, "needs a module, got int"),
        (lambda: load_state_dict(network(1), [1.0]), TypeError, "dict of arrays, got list"),
        (lambda: load_state_dict(network(1), network(4)), TypeError, "got MLP"),
        (lambda: vhgrad.save("x", 3), TypeError, "needs a module"),
    ],
)
def test_errors_where_bad_input_enters(call, error, words):
    """What was expected, and what came."""
    with pytest.raises(error, match=words):
        call()
