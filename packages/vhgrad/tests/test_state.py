"""States of modules: what they hold, and that loading is all or nothing."""

import copy
import json
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vhgrad import MLP, SGD, Linear, Module, Parameter, Sequential, Tanh, mse


class Counting(Module):
    """A layer with buffers in several places."""

    def __init__(self):
        self.mean = np.zeros(2, np.float32)
        self.inner = Linear(2, 1, seed=1)
        self.kept = {"square": np.ones(2), "list": [np.array(3)]}
        self._cache = np.ones(5)
        self.names = np.array(["a", "b"])
        self.pair = (np.ones(3),)


def snapshot(model):
    """Every byte, dtype and identity in a model."""
    numbers = {
        name: (array.tobytes(), array.dtype, array.shape)
        for name, array in model.state_dict().items()
    }
    identities = [id(p) for p in model.parameters()] + [id(b) for b in model.buffers()]
    return numbers, identities, [p.stamp for p in model.parameters()]


# What a state holds


def test_state_has_parameters_and_buffers_in_order():
    """By path, in the order of definition; private arrays, texts and tuples are settings."""
    expected = ["mean", "inner.weight", "inner.bias", "kept.square", "kept.list.0"]

    assert expected == list(Counting().state_dict())


def test_buffers_of_a_private_module_count():
    """What begins with _ is the module, not the buffer in it."""
    model = Module()
    model._inner = Counting()

    assert "_inner.mean" in model.state_dict()


def test_c7_a_shared_layer_has_two_keys():
    """C7: parameters once, state keys twice."""
    shared = Linear(2, 2, seed=1)
    model = Sequential(shared, Tanh(), shared)

    assert (2, 4) == (len(model.parameters()), len(model.state_dict()))
    assert [] == model.load_state_dict(model.state_dict()).missing_keys


def test_c14_a_state_is_a_snapshot():
    """C14: training does not change it, nor does writing into it change the model."""
    model = Counting()
    state = model.state_dict()
    before = snapshot(model)
    for array in state.values():
        array[...] = 7

    assert before == snapshot(model)
    assert {np.ndarray} == {type(array) for array in state.values()}


def test_two_parts_of_one_path_are_an_error():
    """One of them would be lost unseen."""
    model = Module()
    model.parts = {"a.b": Linear(1, 1, seed=1), "a": {"b": Linear(1, 1, seed=2)}}
    with pytest.raises(ValueError, match=r"two parts of the Module are called `parts\.a\.b\.wei"):
        model.state_dict()


def test_a_state_of_its_own_counts_for_a_whole_model():
    """An override may call super(); within another module it would not be asked, and says so."""

    class Versioned(Linear):
        def state_dict(self):
            return {**super().state_dict(), "version": np.array(2)}

        def load_state_dict(self, state, strict=True):
            state = dict(state)
            assert 2 == state.pop("version")
            return super().load_state_dict(state, strict)

    model = Versioned(2, 1, seed=1)
    model.load_state_dict(Versioned(2, 1, seed=2).state_dict())

    assert ["weight", "bias", "version"] == list(model.state_dict())
    with pytest.raises(TypeError, match="Versioned at `0` has a state_dict of its own"):
        Sequential(model).state_dict()


# Loading


def test_a_state_goes_back():
    """Into another model of the same form, to the last bit; buffers, too."""
    first, second = Counting(), Counting()
    first.mean[:] = 5.0
    first.inner.weight.data = [[1.0, 2.0]]

    assert ([], []) == second.load_state_dict(first.state_dict())
    assert snapshot(first)[0] == snapshot(second)[0]


def test_c11_c12_a_state_that_does_not_fit_changes_nothing():
    """C11, C12: all that does not fit is listed, and every number stays."""
    model = Counting()
    before = snapshot(model)
    state = {**model.state_dict(), "inner.weight": np.ones((1, 3)), "mean": ["a", "b"], "more": 1.0}
    del state["inner.bias"]
    with pytest.raises(ValueError, match=r"missing `inner.bias`; unexpected `more`") as error:
        model.load_state_dict(state)

    assert "`inner.weight`: expected shape (1, 2), got (1, 3)" in str(error.value)
    assert "`mean`: expected real numbers" in str(error.value)
    assert before == snapshot(model)


def test_c11_not_strict_returns_what_was_left_out():
    """C11: what fits is loaded; a shape that does not fit is an error still."""
    model = Linear(2, 1, seed=1)
    keys = model.load_state_dict({"weight": [[1.0, 2.0]], "more": 3.0}, strict=False)

    assert (["bias"], ["more"]) == (keys.missing_keys, keys.unexpected_keys)
    assert [[1.0, 2.0]] == model.weight.data.tolist()
    with pytest.raises(ValueError, match=r"expected shape \(1,\), got \(2,\)"):
        model.load_state_dict({"bias": [1.0, 2.0]}, strict=False)


def test_c13_numbers_take_the_dtype_that_stands_here():
    """C13: float64 into float32, beyond it inf without a warning; a counter stays whole."""
    model = Counting()
    state = {name: array.astype(np.float64) for name, array in model.state_dict().items()}
    state["inner.bias"] = np.array([1e300])
    model.load_state_dict(state)

    assert ("float32", "float32", "int64") == (
        model.inner.bias.dtype,
        model.mean.dtype,
        model.kept["list"][0].dtype,
    )
    assert [np.inf] == model.inner.bias.data.tolist()


@pytest.mark.parametrize("number", [3.7, np.nan, -np.inf, 1e300, 2.0**63, np.uint64(2**63 + 1)])
def test_a_count_is_not_rounded(number):
    """It would be 3, or -9223372036854775808: then the run goes on with another one."""
    model = Counting()
    before = snapshot(model)
    state = {**model.state_dict(), "kept.list.0": np.asarray(number)}

    with pytest.raises(ValueError, match=r"`kept\.list\.0`: expected whole numbers of int64, got "):
        model.load_state_dict(state)
    assert before == snapshot(model)


@pytest.mark.parametrize("number", [7.0, np.float16(7), np.uint8(7), np.int32(7)])
def test_a_count_of_another_dtype_is_taken_if_it_is_whole(number):
    """PyTorch users store them as they like."""
    model = Counting()
    model.load_state_dict({**model.state_dict(), "kept.list.0": np.asarray(number)})
    count = model.kept["list"][0]

    assert (7, np.int64) == (count, count.dtype)


def test_an_array_that_cannot_be_had_is_listed_with_the_rest():
    """As a parameter of PyTorch, which raises RuntimeError where it needs `detach()`."""

    class Attached:
        def __array__(self, dtype=None, copy=None):
            raise RuntimeError("use tensor.detach().numpy() instead")

    model = Linear(1, 1)
    with pytest.raises(ValueError, match=r"missing `bias`; `weight`: use tensor\.detach\(\)"):
        model.load_state_dict({"weight": Attached()})


def test_a_mask_takes_true_and_false_alone():
    """0.5 would be True."""
    model = Module()
    model.mask = np.array([True, False])
    model.load_state_dict({"mask": np.array([0.0, 1.0])})

    assert [False, True] == model.mask.tolist()
    with pytest.raises(ValueError, match=r"`mask`: expected True or False, got 0\.5"):
        model.load_state_dict({"mask": np.array([1.0, 0.5])})


@pytest.mark.parametrize("state", [None, 3, "model.safetensors", [("weight", 1.0)]], ids=repr)
def test_a_state_is_a_dict(state):
    """Anything else says what to do."""
    with pytest.raises(TypeError, match="needs a dict of arrays"):
        Linear(2, 1, seed=1).load_state_dict(state)


def test_loading_writes_into_no_array_of_yours():
    """A buffer may be an array that somebody else holds: it is replaced."""
    mine = np.zeros(2)
    model = Module()
    model.mean = mine
    model.load_state_dict({"mean": [1.0, 2.0]})

    assert ([0.0, 0.0], [1.0, 2.0]) == (mine.tolist(), model.mean.tolist())


def test_a_state_shares_nothing_with_what_was_loaded():
    """Whoever saved it may go on writing into it."""
    state = {"weight": np.ones((1, 2)), "bias": np.ones(1)}
    model = Linear(2, 1, dtype=np.float64, seed=1)
    model.load_state_dict(state)
    state["weight"][:] = 9.0

    assert [[1.0, 1.0]] == model.weight.data.tolist()


def test_parameters_and_lists_are_numbers_too():
    """A state may hold parameters, or what JSON gives."""
    source, model = Linear(2, 1, seed=1), Linear(2, 1, seed=2)
    model.load_state_dict(dict(source.named_parameters()))

    assert snapshot(source)[0] == snapshot(model)[0]
    plain = {name: array.tolist() for name, array in source.state_dict().items()}
    model.load_state_dict(json.loads(json.dumps(plain)))
    assert snapshot(source)[0] == snapshot(model)[0]


def test_g26_tied_weights_stay_tied():
    """They load as one; two values for one parameter are an error, not the last one's victory."""
    tied = Sequential(Linear(2, 2, seed=1), Linear(2, 2, seed=2))
    apart = copy.deepcopy(tied)
    tied[1].weight = tied[0].weight
    tied.load_state_dict(tied.state_dict())
    before = snapshot(tied)

    assert tied[0].weight is tied[1].weight
    with pytest.raises(ValueError, match=r"`0.weight` and `1.weight` are one parameter, but"):
        tied.load_state_dict(apart.state_dict())
    assert before == snapshot(tied)


def test_a_stale_graph_sees_the_load():
    """A backward pass over a graph made before it would give wrong gradients."""
    model = Linear(2, 1, seed=1)
    loss = mse([[1.0]], model([[1.0, 2.0]]))
    model.load_state_dict(model.state_dict())
    with pytest.raises(RuntimeError, match="changed after"):
        loss.backward()


def test_training_goes_on_from_a_state():
    """A run that was saved and loaded gives the same bytes."""
    X, Y = np.eye(2), [1.0, 0.0]

    def train(model, steps):
        optimizer = SGD(model.parameters(), lr=0.1)
        for _ in range(steps):
            model.zero_grad()
            mse(Y, model(X)).backward()
            optimizer.step()

    straight, resumed, other = MLP(2, [4, 1], seed=1), MLP(2, [4, 1], seed=1), MLP(2, [4, 1])
    train(straight, 6)
    train(resumed, 3)
    other.load_state_dict(resumed.state_dict())
    train(other, 3)

    assert snapshot(straight)[0] == snapshot(other)[0]


def test_c12_no_memory_is_needed_once_loading_has_begun(monkeypatch):
    """C12: the copies are made before anything moves, so a lack of memory moves nothing."""
    model = Counting()
    before = snapshot(model)
    state = {name: array + 1 for name, array in model.state_dict().items()}
    made = []

    def scarce(*arguments):
        made.append(arguments)
        if len(made) == 4:
            raise MemoryError
        return np.asarray(*arguments)

    monkeypatch.setattr("vhgrad.nn.state.copied", scarce)
    with pytest.raises(MemoryError):
        model.load_state_dict(state)

    assert before == snapshot(model)


# Damage


DAMAGE = {
    "missing": lambda state, key, rng: state.pop(key),
    "shape": lambda state, key, rng: state.update({key: np.ones((*state[key].shape, 2))}),
    "flat": lambda state, key, rng: state.update({key: np.ones(state[key].size + 1)}),
    "text": lambda state, key, rng: state.update({key: np.array("x")}),
    "none": lambda state, key, rng: state.update({key: None}),
    "ragged": lambda state, key, rng: state.update({key: [[1.0], [1.0, 2.0]]}),
    "complex": lambda state, key, rng: state.update({key: state[key] + 1j}),
    "object": lambda state, key, rng: state.update({key: np.array([object()])}),
    "dict": lambda state, key, rng: state.update({key: {"a": 1}}),
    "more": lambda state, key, rng: state.update({key + ".more": np.ones(2)}),
    "no text as key": lambda state, key, rng: state.update({3: np.ones(2)}),
    "torn": lambda state, key, rng: state.update({"tied": state["tied"] + 1.0}),
}


@given(
    damage=st.lists(st.sampled_from(sorted(DAMAGE)), min_size=1, max_size=4),
    seed=st.integers(0, 2**32 - 1),
    shuffled=st.booleans(),
)
def test_c12_a_damaged_state_leaves_every_byte(damage, seed, shuffled):
    """C12: whatever is wrong, in whatever order, the model is as before and each key is named."""
    rng = np.random.default_rng(seed)
    model = Counting()
    model.tied = model.inner.weight
    before = snapshot(model)
    state = {name: np.array(rng.normal(size=a.shape)) for name, a in model.state_dict().items()}
    state["tied"] = state["inner.weight"].copy()
    keys = [str(key) for key in rng.permutation(list(state)) if key not in ("tied", "inner.weight")]
    hurt = dict(zip(damage, keys))
    for kind, key in hurt.items():
        DAMAGE[kind](state, key, rng)
    if shuffled:
        state = dict(sorted(state.items(), key=lambda item: str(item[0]), reverse=True))
    with pytest.raises(ValueError, match="cannot load this state, and is as it was") as error:
        model.load_state_dict(state)

    assert before == snapshot(model)
    for kind, key in hurt.items():
        assert f"`{'tied' if kind == 'torn' else 3 if 'text as' in kind else key}" in str(
            error.value
        )


@given(seed=st.integers(0, 2**32 - 1))
def test_any_state_that_fits_is_loaded_to_the_last_bit(seed):
    """nan with its payload, -0.0 and subnormal numbers, too."""
    model = Counting()
    rng = np.random.default_rng(seed)
    state = {
        name: np.frombuffer(rng.bytes(array.nbytes), array.dtype).reshape(array.shape)
        for name, array in model.state_dict().items()
    }
    model.load_state_dict(state)

    assert [a.tobytes() for a in state.values()] == [
        a.tobytes() for a in model.state_dict().values()
    ]


# Order


def test_c43_order_is_the_same_in_every_process():
    """C43: names never depend on the hashes of this process."""
    program = (
        "from vhgrad import *\n"
        "model = Sequential({'b': Linear(2, 2), 'a': MLP(2, [2, 1])})\n"
        "model.more = {word: Linear(1, 1) for word in ('z', 'x', 'y')}\n"
        "print(list(model.state_dict()))"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "12345")
    }

    assert 1 == len(printed)
    assert "'b.weight'" in printed.pop()


# Buffers


def test_a_registered_buffer_is_a_copy():
    """PyTorch's way of saying `self.mean = array`."""
    mine = [1.0, 2.0]
    model = Module()
    model.register_buffer("mean", mine)
    model.register_buffer("mean", [3.0])

    assert ([3.0], ["mean"]) == (model.mean.tolist(), [name for name, _ in model.named_buffers()])


@pytest.mark.parametrize("name", ["_mean", "a.b", "", "forward", "training"])
def test_a_buffer_needs_a_name_that_makes_it_one(name):
    """It would not be saved, or would hide something."""
    with pytest.raises(ValueError, match=r"buffer needs a name|has an attribute"):
        Module().register_buffer(name, [1.0])


def test_a_parameter_is_no_buffer_by_name():
    """Registering a buffer does not take a parameter away."""
    with pytest.raises(ValueError, match="has an attribute 'weight'"):
        Linear(2, 1, seed=1).register_buffer("weight", [1.0])


def test_a_counter_stays_a_buffer():
    """Of an array of shape () plus 1, NumPy makes a scalar; the module makes an array of it."""
    model = Module()
    model.count = np.array(0)
    model.count = model.count + 1

    assert (np.ndarray, {"count": 1}) == (
        type(model.count),
        {name: int(array) for name, array in model.state_dict().items()},
    )


@pytest.mark.parametrize("new", [1.0, [1.0], Parameter([1.0]).sum(), "text"], ids=repr)
def test_a_buffer_is_not_lost_by_assigning_something_else(new):
    """A tensor would keep its graph alive, and the state would lose a key; None takes it away."""
    model = Counting()
    with pytest.raises(TypeError, match="`mean` is a buffer"):
        model.mean = new

    assert "mean" in model.state_dict()
    model.mean = None
    assert "mean" not in model.state_dict()
