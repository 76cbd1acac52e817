"""Modules, parameters, layers and containers."""

import copy

import numpy as np
import pytest

import microgradx
from vhgrad import (
    MLP,
    SGD,
    Linear,
    Module,
    Parameter,
    ReLU,
    Sequential,
    Tanh,
    TensorValue,
    init,
    mse,
)


def names(module):
    """The names of all parameters."""
    return [name for name, _ in module.named_parameters()]


class Free(Module):
    """Keeps its layers in every kind of place and never calls `super().__init__()`."""

    def __init__(self):
        self.scale = Parameter(1.0)
        self.listed = [Linear(2, 2, seed=1), (Linear(2, 2, seed=2),)]
        self.named = {"last": Linear(2, 1, seed=3)}
        self.constant = TensorValue(5.0)
        self.size = 3

    def forward(self, x):
        x = self.listed[1][0](self.listed[0](x))
        return self.named["last"](x) * self.scale


def test_a_plain_tensor_is_no_parameter():
    """A module may hold tensors that are not trained."""
    assert "constant" not in names(Free())


# Finding parameters and modules


def test_parameters_are_a_list_that_next_takes_from():
    """`next(model.parameters())`, as PyTorch users ask for the dtype; the list stays whole."""
    parameters = Linear(2, 1).parameters()

    assert [(1, 2), (1,)] == [next(parameters).shape, next(parameters).shape]
    with pytest.raises(StopIteration):
        next(parameters)
    assert 2 == len(parameters) == len(list(parameters))
    assert 3 == sum(p.numel() for p in parameters)


@pytest.mark.parametrize("keep", [lambda x: x, lambda x: [x], lambda x: {"a": (x,)}])
def test_a_layer_of_an_earlier_stage_is_refused(keep):
    """Its tensors are no parameters, so it would silently not learn."""
    model = Module()
    model.inner = keep(microgradx.Layer(2, 1))
    for use in (model.parameters, model.state_dict, model.train, model.freeze):
        with pytest.raises(TypeError, match=r"`inner.*` is a Layer of microgradx.nn, which would"):
            use()


def test_c8_parameters_are_found_wherever_they_are_kept():
    """C8, C9: attributes, lists, tuples and dicts, in order of definition, without registering."""
    expected = ["scale"]
    for place in ("listed.0", "listed.1.0", "named.last"):
        expected += [f"{place}.weight", f"{place}.bias"]

    assert expected == names(Free())


def test_c8_layers_in_lists_learn():
    """C8: what is found is also trained."""
    model = Free()
    before = [p.data.tolist() for p in model.parameters()]
    optimizer = SGD(model.parameters(), lr=0.1)
    mse([[1.0]], model([[1.0, 2.0]])).backward()
    optimizer.step()

    assert [True] * 7 == [a != p.data.tolist() for a, p in zip(before, model.parameters())]


def test_c7_shared_parts_are_counted_once():
    """C7: a layer used in two places, and a parameter of two layers."""
    shared = Linear(2, 2, seed=1)
    model = Sequential(shared, Tanh(), shared)
    tied = Sequential(Linear(2, 2, seed=1), Linear(2, 2, seed=2))
    tied[1].weight = tied[0].weight

    assert ["0.weight", "0.bias"] == names(model)
    assert ["0.weight", "0.bias", "1.bias"] == names(tied)


def test_modules_come_outer_before_inner_each_once():
    """The module itself, then what it is made of, in order."""
    relu = ReLU()
    inner = Sequential(Linear(2, 2, seed=1), relu)
    outer = Sequential(inner, relu, Tanh())

    assert [outer, inner, inner[0], relu, outer[2]] == list(outer.modules())


WALKS = [
    lambda model: model.parameters(),
    lambda model: model.buffers(),
    lambda model: list(model.modules()),
    lambda model: model.state_dict(),
    lambda model: model.eval(),
    lambda model: model.freeze(),
    lambda model: model.apply(print),
]


@pytest.mark.parametrize("walk", WALKS)
def test_c42_a_module_within_itself_is_an_error(walk):
    """C42: every walk says where, and how to keep a way back; repr shows it."""
    model = Sequential(Linear(2, 2, seed=1))
    model.parts = [{"me": model}]
    with pytest.raises(ValueError, match=r"`parts\.0\.me` leads back to the Sequential.*weakref"):
        walk(model)

    assert "(parts.0.me): ..." in repr(model)


def test_c24_a_copy_is_independent():
    """C24: moving the copy leaves the original."""
    model = MLP(2, [3, 1], seed=1)
    copied = copy.deepcopy(model)
    copied.layers[0].weight.data = np.zeros((3, 2))

    assert model.layers[0].weight.data.any()
    assert names(model) == names(copied)


def test_c26_zero_grad_clears():
    """C26: of every parameter, wherever it is kept."""
    model = Free()
    model([[1.0, 2.0]]).sum().backward()
    model.zero_grad()

    assert {None} == {p.grad for p in model.parameters()}


# Modes


def test_c16_modes_reach_every_part_and_return_the_module():
    """C16: also parts in lists, tuples and dicts."""
    model = Free()

    assert model is model.eval()
    assert {False} == {module.training for module in model.modules()}
    assert model is model.train()
    assert {True} == {module.training for module in model.modules()}


@pytest.mark.parametrize("mode", [1, 0, None, "eval"])
def test_c16_a_mode_is_true_or_false(mode):
    """C16: anything else is a mistake, and changes nothing."""
    model = Linear(2, 1, seed=1)
    with pytest.raises(ValueError, match="True or False"):
        model.train(mode)

    assert model.training


def test_a_mode_belongs_to_one_module():
    """Setting one module's mode does not reach another's."""
    first, second = Linear(2, 1, seed=1), Linear(2, 1, seed=1)
    first.eval()

    assert (False, True) == (first.training, second.training)


# Calling


def test_a_module_without_forward_says_so():
    """The error names the class and what is missing."""

    class Nothing(Module):
        pass

    with pytest.raises(TypeError, match=r"Nothing needs a method forward"):
        Nothing()(1.0)


@pytest.mark.parametrize(("module", "expected"), [(ReLU(), [0.0, 0.0, 2.0]), (Tanh(), None)])
def test_activations(module, expected):
    """Entry by entry, without parameters."""
    x = [-1.0, 0.0, 2.0]
    out = module(TensorValue(x)).data.tolist()

    assert (np.tanh(x).tolist() if expected is None else expected) == out
    assert [] == module.parameters()


# Walking


def test_children_are_the_next_modules_down():
    """Named by the path to them, through lists, tuples and dicts; each once."""
    model = Free()
    model.again = model.named["last"]

    assert ["listed.0", "listed.1.0", "named.last"] == [name for name, _ in model.named_children()]
    assert [model.listed[0], model.listed[1][0], model.named["last"]] == list(model.children())
    assert [] == list(model.listed[0].children())


def test_named_modules_begin_with_the_module_itself():
    """Called "", as in PyTorch."""
    model = Sequential(Sequential(ReLU()))

    assert ["", "0", "0.0"] == [name for name, _ in model.named_modules()]


def test_apply_goes_from_inner_to_outer():
    """Each child before what contains it; the module comes back."""
    seen = []
    model = Sequential(Sequential(ReLU()), Tanh())

    assert model is model.apply(lambda module: seen.append(type(module).__name__))
    assert ["ReLU", "Sequential", "Tanh", "Sequential"] == seen


def test_apply_starts_weights_as_in_pytorch():
    """The idiom: a function that looks at what it got."""

    def start(module):
        if isinstance(module, Linear):
            init.ones_(module.weight)
            init.zeros_(module.bias)

    model = Sequential(Linear(2, 2), Tanh(), Linear(2, 1)).apply(start)

    assert [2.0] == (model[2](np.ones(2))).data.tolist()


def test_buffers_are_no_parameters():
    """An optimiser does not see them."""
    model = Free()
    model.mean = np.zeros(2)

    assert ["mean"] == [name for name, _ in model.named_buffers()]
    assert model.mean is model.buffers()[0]
    assert "mean" not in names(model)


def test_a_deep_model_is_walked():
    """Two hundred modules, one within the other."""
    model = Sequential(Linear(1, 1, seed=1))
    for _ in range(200):
        model = Sequential(model)

    assert (2, 202) == (len(model.parameters()), len(list(model.modules())))
    assert 2 == len(model.state_dict())


# Attributes


@pytest.mark.parametrize(
    "new", [TensorValue([[1.0, 2.0]]), np.ones((1, 2)), [[1.0, 2.0]], 3.0, Tanh()], ids=repr
)
def test_c10_a_parameter_is_not_replaced_by_something_else(new):
    """C10: TypeError, and the parameter stays."""
    model = Linear(2, 1, seed=1)
    weight = model.weight
    with pytest.raises(TypeError, match=r"`weight` is a parameter.*\.weight\.data = array"):
        model.weight = new

    assert weight is model.weight


def test_c10_none_takes_a_parameter_away():
    """C10: from the parameters and the state; a parameter may come in its place."""
    model = Linear(2, 1, seed=1)
    model.bias = None
    assert ["weight"] == names(model) == list(model.state_dict())

    model.bias = Parameter([1.0])
    assert ["weight", "bias"] == names(model)


def test_c10_also_for_a_frozen_parameter():
    """Frozen parameters are parameters."""
    model = Linear(2, 1, seed=1).freeze()
    with pytest.raises(TypeError, match="`weight` is a parameter"):
        model.weight = np.ones((1, 2))

    model.weight = Parameter([[1.0, 2.0]])
    assert [True, False] == [p.requires_grad for p in model.parameters()]


# Gradients and calls


def test_d23_zero_grad_can_make_zeros():
    """D23: of gradients that there are; what has none is skipped still."""
    model = Free()
    model.listed[0](np.ones(2)).sum().backward()
    model.zero_grad(set_to_none=False)

    first, *others = model.listed[0].parameters(), model.listed[1][0].parameters()
    assert [[[0.0, 0.0], [0.0, 0.0]], [0.0, 0.0]] == [p.grad.tolist() for p in first]
    assert [None, None] == [p.grad for p in others[0]]
    assert {np.dtype("float32")} == {p.grad.dtype for p in first}


def test_named_arguments_reach_forward():
    """As Python users expect of a call."""

    class Scaled(Module):
        def forward(self, x, scale=1.0):
            return x * scale

    assert 6.0 == Scaled()(Parameter(2.0), scale=3.0).item()


@pytest.mark.parametrize("frozen", [False, True])
def test_c24_a_copy_after_training_is_independent(frozen):
    """C24: with gradients, buffers and tied weights, which stay tied in the copy."""
    model = Sequential(Linear(2, 2, seed=1), Linear(2, 2, seed=2))
    model[1].weight = model[0].weight
    model[0].mean = np.zeros(2)
    if frozen:
        model[0].freeze()
    model(np.ones((1, 2))).sum().backward()
    twin = copy.deepcopy(model)
    SGD(twin.parameters(), lr=0.1).step()
    twin[0].mean += 1
    twin.eval()

    assert twin[0].weight is twin[1].weight
    assert model[1].bias.data.tolist() != twin[1].bias.data.tolist()
    assert ([0.0, 0.0], True) == (model[0].mean.tolist(), model.training)
    assert [p.requires_grad for p in model.parameters()] == [
        p.requires_grad for p in twin.parameters()
    ]
