"""What optimisers of arrays remember: saved as plain data, taken back whole or not at all."""

import copy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from microgradx import SGD, Adam, TensorValue

KINDS = {"SGD": (SGD, {"momentum": 0.9}), "Adam": (Adam, {"weight_decay": 0.01})}


def made(kind, dtype=np.float32, **changes):
    """Two groups of parameters, with 100 to 20,000 entries, and their optimiser."""
    rng = np.random.default_rng(0)
    params = [
        TensorValue(rng.normal(size=shape).astype(dtype)) for shape in [(10, 10), (), (20000,)]
    ]
    cls, options = KINDS[kind]
    groups = [{"params": params[:2]}, {"params": params[2:], "lr": 0.03}]
    return params, cls(groups, **{"lr": 0.1, **options, **changes})


def run(params, optimizer, steps, seed):
    """Steps with random gradients, of which some are missing."""
    rng = np.random.default_rng(seed)
    for _ in range(steps):
        for p in params:
            p.grad = rng.normal(size=p.shape).astype(p.dtype) if rng.random() < 0.9 else None
        optimizer.step()


def frozen(x):
    """A copy that can be compared, to the last bit."""
    if isinstance(x, np.ndarray):
        return x.dtype.str, x.shape, x.tobytes()
    if isinstance(x, dict):
        return {key: frozen(part) for key, part in x.items()}
    return [frozen(part) for part in x] if isinstance(x, list) else x


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=10, deadline=None)
@given(before=st.integers(0, 5), after=st.integers(1, 4))
def test_d29_a_resumed_run_is_the_same_to_the_last_bit(kind, dtype, before, after):
    """D29, D31, D32, G28: at any step, into an optimiser that was made with other settings."""
    params, optimizer = made(kind, dtype)
    run(params, optimizer, before, 1)
    saved = optimizer.state_dict()
    others, resumed = made(kind, dtype, lr=7.0, weight_decay=0.5)
    run(others, resumed, 2, 5)
    for p, q in zip(params, others):
        q.data = p.data
    resumed.load_state_dict(copy.deepcopy(saved))

    assert frozen(saved) == frozen(resumed.state_dict())
    run(params, optimizer, after, 2)
    run(others, resumed, after, 2)
    assert [p.data.tobytes() for p in params] == [p.data.tobytes() for p in others]


def plain_data(x):
    """Whether x consists of what a checkpoint can hold."""
    if type(x) is dict:
        return all(type(key) is str and plain_data(part) for key, part in x.items())
    if type(x) is list:
        return all(map(plain_data, x))
    return x is None or type(x) in (int, float, bool, str, np.ndarray)


@pytest.mark.parametrize("kind", KINDS)
def test_the_state_is_plain_data(kind):
    """Dicts with text as keys, lists, numbers and arrays; also of numbers and NumPy's settings."""
    params, optimizer = made(kind, lr=np.float64(0.1))
    run(params, optimizer, 2, 0)
    optimizer.param_groups[0]["lr"] = np.float32(0.25)

    assert plain_data(optimizer.state_dict())


@pytest.mark.parametrize("kind", KINDS)
def test_arrays_are_copied_both_ways(kind):
    """Neither the saved state nor the optimiser sees what happens to the other."""
    params, optimizer = made(kind)
    run(params, optimizer, 2, 0)
    saved = optimizer.state_dict()
    kept = frozen(saved)
    run(params, optimizer, 2, 0)
    optimizer.load_state_dict(saved)
    run(params, optimizer, 2, 0)

    assert kept == frozen(saved)
    optimizer.load_state_dict(saved)
    for memory in saved["state"].values():
        for x in memory.values():
            if isinstance(x, np.ndarray):
                x[...] = 0
    assert kept == frozen(optimizer.state_dict())


def spoilt(kind, number, **changes):
    """A state in which something remembered of one parameter is another thing."""
    params, optimizer = made(kind)
    run(params, optimizer, 3, 0)
    state = optimizer.state_dict()
    state["state"][number] = {**state["state"][number], **changes}
    return state


@pytest.mark.parametrize(
    ("state", "message"),
    [
        (spoilt("Adam", "0", mean=np.zeros((10, 9))), r"parameter 0: mean needs .*\(10, 10\)"),
        (spoilt("Adam", "0", mean=np.zeros((10, 10), complex)), "parameter 0: mean needs"),
        (spoilt("Adam", "1", square=np.zeros(1)), r"parameter 1: square needs .*\(\)"),
        (spoilt("Adam", "2", mean="much"), "parameter 2: mean needs to be numbers of shape"),
        (spoilt("Adam", "2", mean=0.5), r"parameter 2: mean needs"),
        (spoilt("Adam", "2", step=np.zeros(20000)), r"parameter 2: step needs"),
        (spoilt("Adam", "2", step=-1), r"parameter 2: step needs to be a whole number.* got -1"),
        (spoilt("Adam", "2", step=2.5), r"parameter 2: step needs to be a whole number.* got 2.5"),
        (spoilt("Adam", "2", exp_avg=np.zeros(20000)), "parameter 2: Adam remembers"),
        (spoilt("SGD", "0", velocity=np.zeros((10, 10))), "group 0 lacks betas, eps"),
    ],
)
@pytest.mark.parametrize("steps", [0, 2])
def test_d30_what_does_not_fit_changes_nothing(state, message, steps):
    """D30, G27: shapes are compared with the parameters; all is as before."""
    params, optimizer = made("Adam", lr=0.3)
    run(params, optimizer, steps, 0)
    before = frozen([optimizer.state_dict(), [p.data for p in params]])
    with pytest.raises(ValueError, match=message):
        optimizer.load_state_dict(state)

    assert before == frozen([optimizer.state_dict(), [p.data for p in params]])


def test_a_state_of_other_precision_takes_that_of_the_parameters():
    """As in PyTorch: float64 into float32."""
    params, optimizer = made("Adam", np.float64)
    run(params, optimizer, 3, 0)
    others, resumed = made("Adam", np.float32)
    resumed.load_state_dict(optimizer.state_dict())
    run(others, resumed, 1, 0)
    remembered = [x for memory in resumed.state.values() for x in memory.values()]

    assert {np.dtype(np.float32)} == {x.dtype for x in remembered if isinstance(x, np.ndarray)}


@pytest.mark.parametrize("set_to_none", [True, False])
def test_d23_zero_grad(set_to_none):
    """D23: None, or arrays of 0 where there were gradients; the old arrays stay as they are."""
    p, q = TensorValue([1.0, 2.0]), TensorValue([3.0])
    optimizer = SGD([p, q])
    p.grad = mine = np.array([5.0, 6.0])
    optimizer.zero_grad(set_to_none=set_to_none)

    assert (None if set_to_none else [0.0, 0.0]) == (p.grad if set_to_none else p.grad.tolist())
    assert q.grad is None
    assert [5.0, 6.0] == mine.tolist()


def test_d33_a_parameter_without_gradients_waits():
    """D33: frozen for a while, it neither moves nor decays, and goes on where it stopped."""
    params, optimizer = made("Adam")
    run(params, optimizer, 2, 0)
    w, kept = params[0], frozen([params[0].data, optimizer.state[params[0]]])
    for _ in range(3):
        for p in params:
            p.grad = None if p is w else np.ones(p.shape, p.dtype)
        optimizer.step()

    assert kept == frozen([w.data, optimizer.state[w]])
    w.grad = np.ones(w.shape, w.dtype)
    optimizer.step()
    assert optimizer.state[w]["step"] < optimizer.state[params[2]]["step"]
