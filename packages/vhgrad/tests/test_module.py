"""Modules, parameters, layers and containers."""

import copy

import numpy as np
import pytest

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
