"""What an optimiser remembers: saved as plain data, taken back whole or not at all."""

import copy
import json
import math
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micrograd_plus import SGD, Optimizer, Value

RATES = st.floats(0.001, 1.0)


def made(lr=0.1, momentum=0.9, **settings):
    """Three values in two groups, and their optimiser."""
    values = [Value(1.0), Value(-2.0), Value(0.5)]
    groups = [{"params": values[:2]}, {"params": values[2:], "lr": lr / 2}]
    return values, SGD(groups, lr=lr, momentum=momentum, **settings)


def run(values, optimizer, steps, first=0):
    """Steps with gradients that depend on their number; the values after each."""
    path = []
    for step in range(first, first + steps):
        for k, p in enumerate(values):
            p.grad = math.sin(step + k) + p.data
        optimizer.step()
        path.append([p.data for p in values])
    return path


def test_the_form_is_that_of_pytorch():
    """Memories by the number of the parameter as text, groups with the numbers in place of it."""
    values, optimizer = made()
    values[0].grad = 2.0
    values[1].grad = values[2].grad = None
    optimizer.step()
    group = {"momentum": 0.9, "dampening": 0.0, "weight_decay": 0.0, "nesterov": False}

    assert {
        "state": {"0": {"velocity": 2.0}},
        "param_groups": [
            {"lr": 0.1, **group, "params": [0, 1]},
            {"lr": 0.05, **group, "params": [2]},
        ],
    } == optimizer.state_dict()


@given(lr=RATES, momentum=st.floats(0, 0.99), before=st.integers(0, 20), after=st.integers(1, 5))
def test_d29_a_resumed_run_is_the_same_to_the_last_bit(lr, momentum, before, after):
    """D29, D31: saved settings win over those of the constructor; through JSON, too."""
    values, optimizer = made(lr, momentum)
    run(values, optimizer, before)
    text = json.dumps(optimizer.state_dict())
    others, resumed = made(lr=0.7, momentum=0.3, weight_decay=0.1)
    for p, q in zip(values, others):
        q.data = p.data
    resumed.load_state_dict(json.loads(text))

    assert text == json.dumps(resumed.state_dict())
    assert run(values, optimizer, after, before) == run(others, resumed, after, before)


def test_a_saved_state_is_a_snapshot():
    """Neither further steps nor the loader reach it."""
    values, optimizer = made()
    run(values, optimizer, 2)
    saved = optimizer.state_dict()
    kept = copy.deepcopy(saved)
    run(values, optimizer, 2)
    optimizer.load_state_dict(saved)
    run(values, optimizer, 2)
    optimizer.param_groups[0]["lr"] = 5.0

    assert kept == saved


def state(**changes):
    """A state that fits `made()`, but for the changes."""
    values, optimizer = made()
    run(values, optimizer, 1)
    return {**optimizer.state_dict(), **changes}


def groups(**changes):
    """The groups of a state that fits, with changes in the second one."""
    first, second = state()["param_groups"]
    second = {k: x for k, x in {**second, **changes}.items() if x is not ...}
    return {"param_groups": [first, second]}


WRONG = [
    (3, "expected 'param_groups'.*expected 'state'"),
    ({}, "expected 'param_groups'.*expected 'state'"),
    (state(param_groups=[]), "it has 0 parameter groups, this optimiser 2"),
    (state(param_groups=[3, 4]), "expected 'param_groups', a list of dicts"),
    (state(**groups(params=[2, 3])), "group 1 has 2 parameters, this optimiser 1"),
    (state(**groups(params=...)), "group 1 has no parameters"),
    (state(**groups(params=[1])), r"group 1 numbers its parameters \[1\], expected \[2\]"),
    (state(**groups(lr=..., momentum=...)), "group 1 lacks lr, momentum"),
    (state(**groups(lr=-1.0)), "group 1: SGD needs lr of 0 or more"),
    (state(**groups(lr="fast")), "group 1: SGD needs a number as lr"),
    (state(state=[]), "expected 'state'"),
    (state(state={"3": {}, "x": {}}), "there is no parameter 3, x"),
    (state(state={"1": 5}), "parameter 1: expected a dict, got int"),
    (state(state={"1": {"mean": 1.0}}), "parameter 1: SGD remembers velocity, not mean"),
    (state(state={"1": {"velocity": [1.0]}}), "velocity needs to be a number, got list"),
]


@pytest.mark.parametrize(("wrong", "message"), WRONG, ids=[m for _, m in WRONG])
def test_d30_what_does_not_fit_changes_nothing(wrong, message):
    """D30: one error that names the problem; settings, memories and values are as before."""
    values, optimizer = made(lr=0.3)
    run(values, optimizer, 3)
    before = copy.deepcopy((optimizer.state_dict(), [p.data for p in values]))
    with pytest.raises(ValueError, match=f"SGD cannot load this state: .*{message}"):
        optimizer.load_state_dict(wrong)

    assert before == (optimizer.state_dict(), [p.data for p in values])


def test_all_that_does_not_fit_is_named():
    """Several problems, one error."""
    wrong = state(state={"7": {}}, **groups(lr=-1.0))
    with pytest.raises(ValueError, match=r"group 1: .*; there is no parameter 7\."):
        made()[1].load_state_dict(wrong)


def test_what_the_state_does_not_mention_starts_anew():
    """A parameter without a memory in the file has none afterwards."""
    values, optimizer = made()
    fresh = optimizer.state_dict()
    run(values, optimizer, 2)
    optimizer.load_state_dict(fresh)

    assert {} == optimizer.state_dict()["state"]


class Counting(Optimizer):
    """An optimiser as a user writes it."""

    def __init__(self, params, lr, betas=(0.5, 0.9)):
        super().__init__(params, lr=lr, betas=betas)

    def update(self, data, g, state, group):
        """Steps that shrink with their number."""
        state["steps"] = state.get("steps", 0) + 1
        state.setdefault("seen", []).append(g)
        return data - group["lr"] * g / state["steps"]


def test_an_optimiser_of_ones_own_is_saved_too():
    """Whatever it remembers; tuples among the settings are tuples again."""
    p, q = Value(1.0), Value(1.0)
    optimizer = Counting([p], lr=0.1)
    run([p], optimizer, 3)
    resumed = Counting([q], lr=0.9, betas=(0.1, 0.1))
    resumed.load_state_dict(json.loads(json.dumps(optimizer.state_dict())))
    q.data = p.data

    assert (0.5, 0.9) == resumed.param_groups[0]["betas"]
    assert run([p], optimizer, 2, 3) == run([q], resumed, 2, 3)


def test_settings_beside_those_of_the_optimiser_are_kept():
    """Such as the initial rate that a schedule notes."""
    _, optimizer = made()
    optimizer.param_groups[0]["initial_lr"] = 0.8
    _, resumed = made()
    resumed.load_state_dict(optimizer.state_dict())

    assert 0.8 == resumed.param_groups[0]["initial_lr"]


def test_a_group_added_later_takes_the_defaults():
    """And is part of the saved state."""
    _, optimizer = made()
    optimizer.add_param_group({"params": [Value(3.0)], "lr": 0.7})
    optimizer.step()
    saved = optimizer.state_dict()["param_groups"][2]

    assert {"params": [3], "lr": 0.7, "momentum": 0.9} == {
        name: saved[name] for name in ("params", "lr", "momentum")
    }


@pytest.mark.parametrize("group", [[Value(1.0)], {"lr": 0.1}])
def test_a_group_is_a_dict_with_parameters(group):
    """The error says what it got."""
    with pytest.raises(ValueError, match="needs a dict with 'params' as a group"):
        made()[1].add_param_group(group)


def test_step_takes_no_closure():
    """The error names the difference from PyTorch."""
    with pytest.raises(TypeError, match=r"SGD.step\(\) takes no closure, got function; call loss"):
        made()[1].step(lambda: 0.0)


@pytest.mark.parametrize("set_to_none", [True, False])
def test_zero_grad_of_numbers_is_0(set_to_none):
    """Either way: a gradient of a number is never None."""
    values, optimizer = made()
    values[0].grad = 3.0
    optimizer.zero_grad(set_to_none=set_to_none)

    assert 0.0 == values[0].grad


def test_what_can_change_is_copied():
    """Steps that follow do not change what was saved, be it arrays as at stage 3."""
    values, optimizer = made()
    memory = optimizer.state[values[0]]
    memory["recent"] = array("d", [1.0])
    saved = optimizer.state_dict()
    memory["recent"].append(2.0)

    assert array("d", [1.0]) == saved["state"]["0"]["recent"]
