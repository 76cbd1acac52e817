"""Optimisers: steps by hand-computed numbers, groups, and errors before anything is changed."""

import math

import pytest

from micrograd_plus import SGD, Optimizer, Value


def path(gradients, start=1.0, lr=0.1, **settings):
    """The parameter after each step; None is a step on which no gradient arrived."""
    p = Value(start)
    optimizer = SGD([p], lr=lr, **settings)
    points = []
    for g in gradients:
        p.grad = g
        optimizer.step()
        points.append(p.data)
    return points


# start 1.0, rate 0.1; computed with PyTorch
ROWS = [
    ("plain", [1, 1, 1], {}, [0.9, 0.8, 0.7]),
    ("D1", [1, 1, 1], {"momentum": 0.9}, [0.9, 0.71, 0.439]),
    ("D2", [1, 1, 1], {"momentum": 0.9, "dampening": 0.5}, [0.9, 0.76, 0.584]),
    ("D3", [1, 1], {"momentum": 0.9, "nesterov": True}, [0.81, 0.539]),
    ("D4", [0, 0], {"momentum": 0.9, "weight_decay": 0.1}, [0.99, 0.9711]),
    ("D5", [1, None, 1], {"momentum": 0.9, "weight_decay": 0.1}, [0.89, 0.89, 0.6821]),
    ("D21", [1, 1], {"lr": 0}, [1.0, 1.0]),
    ("decay", [0, 0], {"weight_decay": 0.5}, [0.95, 0.9025]),
]


@pytest.mark.parametrize(
    ("gradients", "settings", "points"), [pytest.param(*row[1:], id=row[0]) for row in ROWS]
)
def test_steps(gradients, settings, points):
    """The rows of the table of edge cases that speak of SGD."""
    assert points == pytest.approx(path(gradients, **settings), rel=1e-12, abs=1e-12)


def test_d12_defaults():
    """D12: a rate of 1e-3, everything else off."""
    [group] = SGD([Value(1.0)]).param_groups
    del group["params"]

    assert {
        "lr": 1e-3,
        "momentum": 0,
        "dampening": 0,
        "weight_decay": 0,
        "nesterov": False,
    } == group


@pytest.mark.parametrize("setting", ["lr", "momentum", "weight_decay"])
@pytest.mark.parametrize("x", [-0.1, math.nan, math.inf, -math.inf])
def test_d13_d20_settings_out_of_range(setting, x):
    """D13, D20: negative, nan or infinite settings are named."""
    with pytest.raises(ValueError, match=f"SGD needs {setting} of 0 or more, got {setting}={x}"):
        SGD([Value(1.0)], **{setting: x})


@pytest.mark.parametrize("settings", [{}, {"momentum": 0.9, "dampening": 0.1}])
def test_d15_nesterov_needs_a_momentum(settings):
    """D15: and no dampening."""
    with pytest.raises(ValueError, match="nesterov"):
        SGD([Value(1.0)], nesterov=True, **settings)


@pytest.mark.parametrize("params", [[], (), iter([]), [{"params": []}]])
def test_d16_no_parameters(params):
    """D16: a mistake, such as a generator that was used up."""
    with pytest.raises(ValueError, match="at least one parameter"):
        SGD(params)


@pytest.mark.parametrize("params", [Value(1.0), 3.0, None])
def test_d17_something_that_is_no_list(params):
    """D17: the error says how to write it."""
    with pytest.raises(TypeError, match=r"needs a list of parameters, got \w+; write"):
        SGD(params)


@pytest.mark.parametrize("wrong", [1.0, "w", None, [Value(1.0)]])
def test_d17_something_that_is_no_parameter(wrong):
    """D17: numbers do not learn."""
    with pytest.raises(TypeError, match=f"needs parameters, got {type(wrong).__name__}"):
        SGD([Value(1.0), wrong])


def test_named_parameters_are_pairs():
    """The error says what to write."""
    with pytest.raises(TypeError, match=r"got tuple; write model.parameters\(\)"):
        SGD([("weight", Value(1.0))])


def test_the_settings_of_each_group_are_shown():
    """What a user prints first."""
    optimizer = SGD([{"params": [Value(1.0)]}, {"params": [Value(1.0)], "lr": 0.5}], lr=0.1)
    shown = "momentum=0.0, dampening=0.0, weight_decay=0.0, nesterov=False, params=1"

    assert f"SGD(lr=0.1, {shown}; lr=0.5, {shown})" == repr(optimizer)


def test_d18_a_computed_value_is_no_parameter():
    """D18: moving it would change nothing."""
    with pytest.raises(ValueError, match="leaves"):
        SGD([Value(1.0) * 2])


def test_d19_a_parameter_twice_moves_once():
    """D19: a warning, and one step per step."""
    p = Value(1.0)
    with pytest.warns(UserWarning, match="twice"):
        optimizer = SGD([p, p], lr=0.1)
    p.grad = 1.0
    optimizer.step()

    assert 0.9 == p.data


def test_d19_a_parameter_in_two_groups():
    """D19: which setting would hold?"""
    p = Value(1.0)

    with pytest.raises(ValueError, match="another group"):
        SGD([{"params": [p]}, {"params": [p]}])


def test_d23_zero_grad():
    """D23, on scalars: gradients start again at 0.0."""
    p, q = Value(1.0), Value(2.0)
    optimizer = SGD([p, q])
    (p * q).backward()
    optimizer.zero_grad()

    assert [0.0, 0.0] == [p.grad, q.grad]


def test_d25_groups_have_their_own_settings():
    """D25: what a group does not bring comes from the arguments."""
    p, q = Value(1.0), Value(1.0)
    optimizer = SGD([{"params": [p]}, {"params": q, "lr": 0.5}], lr=0.1, weight_decay=0.0)
    p.grad = q.grad = 1.0
    optimizer.step()

    assert [0.9, 0.5] == [p.data, q.data]
    assert [0.1, 0.5] == [group["lr"] for group in optimizer.param_groups]


def test_d26_a_rate_changed_between_steps():
    """D26: holds from the next step on."""
    p = Value(1.0)
    optimizer = SGD([p], lr=0.1)
    p.grad = 1.0
    optimizer.step()
    optimizer.param_groups[0]["lr"] = 0.2
    optimizer.step()

    assert 0.7 == pytest.approx(p.data, abs=1e-15)


def test_d28_two_optimisers_on_one_parameter():
    """D28: each keeps its own velocity."""
    p = Value(1.0)
    first, second = (SGD([p], lr=0.1, momentum=0.9) for _ in range(2))
    p.grad = 1.0
    first.step()
    second.step()

    assert 0.8 == pytest.approx(p.data, abs=1e-15)


def test_d36_a_tied_weight_moves_once():
    """D36: used twice in the model, once in the list of parameters."""
    w = Value(1.0)
    (w * 2 + w * 3).backward()
    SGD([w], lr=0.1).step()

    assert 0.5 == w.data


def test_a_group_added_later():
    """Its settings are checked too."""
    p, q = Value(1.0), Value(1.0)
    optimizer = SGD([p], lr=0.1)
    with pytest.raises(ValueError, match="lr of 0 or more"):
        optimizer.add_param_group({**optimizer.param_groups[0], "params": [q], "lr": -1})

    assert 1 == len(optimizer.param_groups)


def test_a_refused_group_leaves_nothing_behind():
    """After an error the optimiser is as before."""
    p, q = Value(1.0), Value(1.0)
    optimizer = SGD([p], lr=0.1)
    settings = {k: v for k, v in optimizer.param_groups[0].items() if k != "params"}
    for params in ([q, p], [q, 3.0], [q, q * 2]):
        with pytest.raises((TypeError, ValueError)):
            optimizer.add_param_group({"params": params, **settings})

    assert [p] == list(optimizer.state)
    assert 1 == len(optimizer.param_groups)


def test_a_step_does_not_touch_gradients():
    """Gradients stay until they are cleared."""
    p = Value(1.0)
    p.grad = 2.0
    SGD([p], lr=0.1, momentum=0.9, weight_decay=0.1).step()

    assert 2.0 == p.grad


def test_a_generator_of_parameters_is_used_once():
    """D24: `SGD(p for p in ...)` works."""
    ps = [Value(1.0), Value(2.0)]
    optimizer = SGD((p for p in ps), lr=0.1)
    for p in ps:
        p.grad = 1.0
    optimizer.step()

    assert [0.9, 1.9] == [p.data for p in ps]


def test_an_optimiser_of_ones_own():
    """`update` is all that a new optimiser writes."""

    class SignDescent(Optimizer):
        def update(self, data, g, state, group):
            state["steps"] = state.get("steps", 0) + 1
            return data - math.copysign(group["lr"], g)

    p, q = Value(1.0), Value(1.0)
    optimizer = SignDescent([p, q], lr=0.25)
    p.grad, q.grad = 100.0, -1e-9
    optimizer.step()

    assert [0.75, 1.25] == [p.data, q.data]
    assert {"steps": 1} == optimizer.state[p]
    with pytest.raises(ValueError, match="SignDescent needs lr of 0 or more"):
        SignDescent([p], lr=-1)


def test_descent_reaches_the_minimum():
    """(x - 3)**2 by gradient steps."""
    x = Value(0.0)
    optimizer = SGD([x], lr=0.1, momentum=0.5)
    for _ in range(100):
        optimizer.zero_grad()
        ((x - 3) ** 2).backward()
        optimizer.step()

    assert 3.0 == pytest.approx(x.data, abs=1e-10)  # shrinks by 0.7 or more per step


def test_a_group_with_a_setting_that_there_is_not():
    """PyTorch's `maximize`, or a slip of the pen: it would change nothing, without a word."""
    with pytest.raises(TypeError, match=r"'maximize'.*only lr, momentum"):
        SGD([{"params": [Value(1.0)], "maximize": True}], lr=0.1)

    assert "head" == SGD([{"params": [Value(1.0)], "name": "head"}]).param_groups[0]["name"]


def test_an_update_of_ones_own_may_know_other_settings():
    """Who writes `update` reads what they like from the group."""

    class Scaled(SGD):
        def update(self, data, g, state, group):
            return data - group["lr"] * group["scale"] * g

    p = Value(1.0)
    optimizer = Scaled([{"params": [p], "scale": 2.0}], lr=0.25)
    p.grad = 1.0
    optimizer.step()

    assert 0.5 == p.data
