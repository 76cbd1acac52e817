"""Frozen parameters: constants, which cost no gradient, until they are thawed."""

import copy

import numpy as np
import pytest

import vhgrad
from micrograd.graph import topological_order
from microgradx import concatenate, where
from microgradx.op import ArrayOp
from vhgrad import MLP, SGD, Adam, Linear, Module, Parameter, ReLU, Sequential, TensorValue, mse
from vhgrad.nn import BatchNorm2d, Conv2d, Dropout, Flatten, LayerNorm, MaxPool2d

X, Y = np.array([[1.0, 2.0], [3.0, -1.0]]), np.array([[1.0], [0.0]])


def three_layers():
    """Two layers to be frozen or not, and one to be trained."""
    return Sequential(
        Linear(2, 4, seed=1), ReLU(), Linear(4, 4, seed=2), ReLU(), Linear(4, 1, seed=3)
    )


def rules_called(loss):
    """The names of the operations of all rules that `loss.backward()` calls, one for each call."""
    called = []

    def counted(name, rule):
        def counting(*arguments):
            called.append(name)
            return rule(*arguments)

        return counting

    for node in topological_order(loss):
        if node.op is not None and node.inputs:
            node.op = copy.copy(node.op)
            node.op.backward = tuple(
                rule and counted(node.op.name, rule) for rule in node.op.backward
            )
    loss.backward()
    return called


def bytes_of(model):
    """All numbers of a model, to the last bit."""
    return [array.tobytes() for array in model.state_dict().values()]


# No gradient, and no cost of one


def test_frozen_layers_below_call_no_rule():
    """With the first two layers frozen, exactly the rules of the last layer and the loss run."""
    model, short = three_layers(), Linear(4, 1, seed=3)
    expected = rules_called(mse(Y, short(np.ones((2, 4)))))
    model[:4].freeze()

    assert 2 == expected.count("linear")
    assert expected == rules_called(mse(Y, model(X)))


def test_unfrozen_layers_call_all_rules():
    """The count counts: each layer has a rule for weight and bias, and the upper ones for x."""
    assert 2 + 3 + 3 == rules_called(mse(Y, three_layers()(X))).count("linear")


def test_a_frozen_layer_above_passes_the_gradient_on():
    """Its own rules are not called; what comes before it learns as if nothing were frozen."""
    model, free = three_layers(), three_layers()
    model[2:].freeze()
    called = rules_called(mse(Y, model(X)))
    mse(Y, free(X)).backward()

    assert 2 + 1 + 1 == called.count("linear")
    assert free[0].weight.grad.tolist() == model[0].weight.grad.tolist()
    assert [None] * 4 == [p.grad for p in model[2:].parameters()]


OPERATIONS = {
    "x + w": lambda x, w: x + w,
    "w - x": lambda x, w: w - x,
    "w * w * x": lambda x, w: w * w * x,
    "x @ w": lambda x, w: x @ w,
    "w ** 2 + x": lambda x, w: w**2 + x,
    "exp(w) / x": lambda x, w: w.exp() / x,
    "where": lambda x, w: where(np.eye(2) > 0, x, w),
    "w[0] * x": lambda x, w: w[0] * x,
    "concatenate": lambda x, w: concatenate([x, w, w.reshape(2, 2)]),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_frozen_parameter_counts_as_its_array(name):
    """In every operation: numbers and gradients as with a plain array, and no more rules."""
    numbers = np.array([[1.0, 2.0], [3.0, 4.0]])
    w = Parameter(numbers)
    w.freeze()
    plain = TensorValue(numbers).detach()  # has methods, and gets no gradient either
    results = []
    for other in (w, plain):
        x = TensorValue([[0.5, -1.0], [2.0, 1.5]])
        out = OPERATIONS[name](x, other)
        called = rules_called((out * out).sum())
        results.append((out.data.tolist(), x.grad.tolist(), called))

    assert results[1][:2] == results[0][:2]
    assert len(results[0][2]) <= len(results[1][2])
    assert w.grad is None


def test_a_rule_of_a_frozen_input_is_not_called():
    """Counted by the rules themselves, on either side and beside a parameter that is trained."""
    calls = []

    def rule(side):
        return lambda g, out, a, b: calls.append(side) or g

    op = ArrayOp("seen", np.add, rule("left"), rule("right"))
    a, b = Parameter([1.0]), Parameter([2.0])
    b.freeze()
    op(a, b).backward()
    op(b, a).backward()

    assert ["left", "right"] == calls
    assert ([2.0], None) == (a.grad.tolist(), b.grad)


def test_everything_frozen_has_no_graph():
    """backward() says why; the numbers are the same."""
    model = three_layers()
    expected = model(X).data.tolist()
    loss = mse(Y, model.freeze()(X))

    assert expected == model(X).data.tolist()
    with pytest.raises(RuntimeError, match=r"frozen.*unfreeze"):
        loss.backward()
    with pytest.raises(RuntimeError, match=r"frozen.*unfreeze"):
        model[0].bias.backward(np.ones(4))


def test_what_is_computed_from_frozen_parameters_is_none():
    """It can be neither found in a module nor thawed."""
    w = Parameter([1.0])
    w.freeze()
    model = Module()
    model.kept = w * 2

    assert [] == model.parameters()
    with pytest.raises(TypeError, match="computed"):
        (w * 2).unfreeze()


def test_freezing_between_forward_and_backward_leaves_grad_none():
    """The graph is older; still nothing arrives."""
    model = three_layers()
    loss = mse(Y, model(X))
    model[0].freeze()
    loss.backward()

    assert [True, True, False, False, False, False] == [p.grad is None for p in model.parameters()]


def test_freezing_forgets_the_gradient():
    """An old one would move the parameter at the next step."""
    model = three_layers()
    mse(Y, model(X)).backward()
    model.freeze()

    assert {None} == {p.grad for p in model.parameters()}


# Optimisers, modes, states


@pytest.mark.parametrize(
    "make",
    [
        lambda ps: SGD(ps, lr=0.1, momentum=0.9, weight_decay=0.1),
        lambda ps: Adam(ps, lr=0.1, weight_decay=0.1),
    ],
    ids=["SGD", "Adam"],
)
def test_optimisers_skip_what_is_frozen(make):
    """Not even momentum or decay moves it; thawed, it is trained again."""
    model = three_layers()
    optimizer = make(model.parameters())

    def step():
        optimizer.zero_grad()
        mse(Y, model(X)).backward()
        before = bytes_of(model)
        optimizer.step()
        return [a != b for a, b in zip(before, bytes_of(model))]

    moved = [step()]
    model[0].freeze()
    moved += [step(), step()]
    model.unfreeze()
    moved.append(step())

    assert [[True] * 6, [False] * 2 + [True] * 4, [False] * 2 + [True] * 4, [True] * 6] == moved


def test_names_state_and_mode_do_not_change():
    """Frozen parameters are still parameters."""
    model = three_layers()
    names, before = [name for name, _ in model.named_parameters()], bytes_of(model)

    assert model is model.freeze()
    assert (names, before) == ([name for name, _ in model.named_parameters()], bytes_of(model))
    assert {True} == {module.training for module in model.modules()}


def test_a_state_goes_into_frozen_parameters():
    """And leaves them frozen."""
    model, other = three_layers(), Sequential(*three_layers())
    other[0].weight.data = np.zeros((4, 2))
    model.freeze().load_state_dict(other.state_dict())

    assert bytes_of(other) == bytes_of(model)
    assert {False} == {p.requires_grad for p in model.parameters()}


def test_buffers_are_kept_up_to_date():
    """Statistics belong to the mode, not to what is trained."""

    class Mean(Module):
        def __init__(self):
            self.scale = Parameter(1.0)
            self.mean = np.zeros(2)

        def forward(self, x):
            if self.training:
                self.mean = 0.9 * self.mean + 0.1 * np.mean(x, axis=0)
            return (x - self.mean) * self.scale

    model = Mean().freeze()
    model(X)

    assert (0.1 * X.mean(axis=0)).tolist() == model.mean.tolist()


def test_a_frozen_network_of_all_kinds_of_layers():
    """Every layer counts as constant: only the head's rules run, and statistics are kept."""
    body = Sequential(
        Conv2d(1, 2, 3, generator=1),
        BatchNorm2d(2),
        ReLU(),
        MaxPool2d(2),
        Flatten(),
        Dropout(0.5, generator=1),
        Linear(18, 4, seed=1),
        LayerNorm(4),
    ).freeze()
    before = body[1].running_mean.tolist()
    hidden = body(np.random.default_rng(1).normal(size=(3, 1, 8, 8)))
    called = rules_called(Linear(4, 1, seed=1)(hidden).sum())

    assert 2 == called.count("linear")
    assert {"linear", "sum"} == set(called)
    assert before != body[1].running_mean.tolist()


def test_pytorchs_ways_to_freeze():
    """`requires_grad = False`, `requires_grad_(False)`, and the filter for the optimiser."""
    model = three_layers()
    for p in model[0].parameters():
        p.requires_grad = False
    model[2].requires_grad_(False)
    trained = [p for p in model.parameters() if p.requires_grad]

    assert model[4].parameters() == trained
    assert model is model.requires_grad_()
    assert {True} == {p.requires_grad for p in model.parameters()}


def test_one_layer_of_an_mlp():
    """As the documentation writes it."""
    model = MLP(2, [3, 1], seed=1)
    model.layers[0].freeze()
    mse(Y[:, 0], model(X)).backward()

    assert [True, True, False, False] == [p.grad is None for p in model.parameters()]


def test_tied_parameters_freeze_together():
    """They are one."""
    first, second = Linear(2, 2, seed=1), Linear(2, 2, seed=2)
    second.weight = first.weight
    first.freeze()

    assert (False, True) == (second.weight.requires_grad, second.bias.requires_grad)


def test_c24_a_copy_of_a_frozen_model_is_frozen_and_independent():
    """Thawing the copy leaves the original frozen; tied weights stay tied."""
    model = three_layers()
    model[4].tied = model[2].weight
    model[:4].freeze()
    twin = copy.deepcopy(model)
    frozen = [p.requires_grad for p in twin.parameters()]
    twin.unfreeze()

    assert frozen == [p.requires_grad for p in model.parameters()] == [False] * 4 + [True] * 2
    assert twin[4].tied is twin[2].weight
    assert twin[2].weight is not model[2].weight


def test_no_grad_within_and_detach():
    """Results under no_grad() keep their own cause; a detached frozen tensor is one still."""
    model = three_layers()
    model[0].freeze()
    with vhgrad.no_grad():
        out = model(X)
    with pytest.raises(RuntimeError, match="no_grad"):
        out.sum().backward()

    hidden = model[0](X).detach()
    assert 2 == rules_called(mse(Y, model[4](hidden))).count("linear")
