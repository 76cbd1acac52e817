"""`Sequential` and `MLP`."""

import numpy as np
import pytest

from vhgrad import MLP, Linear, Module, ReLU, Sequential, Tanh, TensorValue


def test_c15_an_empty_sequential_is_the_identity():
    """C15: the input itself comes out."""
    x = TensorValue([1.0])

    assert x is Sequential()(x)


def test_c15_parts_of_a_sequential():
    """C15: length, index, index from the end, slice, iteration."""
    linear, relu, tanh = Linear(2, 2, seed=1), ReLU(), Tanh()
    model = Sequential(linear, relu, tanh)

    assert (3, linear, tanh) == (len(model), model[0], model[-1])
    assert [linear, relu] == list(model[:2])
    assert Sequential is type(model[:2])


def test_c15_a_part_that_is_not_there():
    """C15: IndexError, as of a list, with how many there are."""
    with pytest.raises(IndexError, match="has 1 modules, got the index 1"):
        Sequential(ReLU())[1]


@pytest.mark.parametrize("part", [None, 3, [ReLU()], ReLU], ids=repr)
def test_c15_what_is_no_module(part):
    """C15: TypeError at construction."""
    with pytest.raises(TypeError, match=r"Sequential needs modules, got .* as `1`"):
        Sequential(ReLU(), part)


def test_repr_shows_the_structure():
    """One line per part, indented by depth."""
    model = Sequential(Linear(2, 8, seed=1), ReLU(), Sequential(Linear(8, 1, seed=1)))
    expected = """\
Sequential(
  (0): Linear(2, 8)
  (1): ReLU()
  (2): Sequential(
    (0): Linear(8, 1)
  )
)"""

    assert expected == repr(model)


def test_mlp_gives_one_number_per_example_for_one_output():
    """Shape () for one example, (batch,) for a batch."""
    model = MLP(2, [3, 1], seed=1)

    assert ((), (5,), (0,)) == tuple(
        model(np.ones(shape)).shape for shape in ((2,), (5, 2), (0, 2))
    )


def test_state_names_are_those_of_pytorch():
    """Numbers in a Sequential, `layers.0` in an MLP."""
    model = Sequential(Linear(2, 3, seed=1), ReLU(), Sequential(Linear(3, 1, seed=1)))

    assert ["0.weight", "0.bias", "2.0.weight", "2.0.bias"] == list(model.state_dict())
    assert "layers.0.weight" == next(iter(MLP(2, [3, 1], seed=1).state_dict()))


def test_parts_can_have_names():
    """From a dict, in its order; each is an attribute, and counts by number, too."""
    model = Sequential({"hidden": Linear(2, 3, seed=1), "relu": ReLU(), "out": Linear(3, 1)})

    assert (model.hidden, model.out, 3) == (model[0], model[-1], len(model))
    assert "out.bias" in model.state_dict()
    assert ["hidden", "relu", "out"] == [name for name, _ in model.named_children()]


@pytest.mark.parametrize("name", ["forward", "training", "a.b", "", "append"])
def test_a_name_that_is_taken(name):
    """It would hide a method, or make a path ambiguous."""
    with pytest.raises(ValueError, match="choose another name"):
        Sequential({name: ReLU()})


def test_a_slice_holds_the_same_modules_under_the_same_names():
    """As in PyTorch; what is trained in the slice is trained in the whole."""
    model = Sequential(Linear(2, 3, seed=1), ReLU(), Linear(3, 1, seed=1))
    tail = model[1:]

    assert ["2.weight", "2.bias"] == list(tail.state_dict())
    assert model[2] is tail[-1]
    assert [] == list(model[3:])


def test_append_and_replace():
    """`append` adds at the end and returns the model; an index replaces in place."""
    model = Sequential(Linear(2, 3, seed=1)).append(ReLU()).append(Linear(3, 9, seed=1))
    model[-1] = Linear(3, 1, seed=2)

    assert ["0.weight", "0.bias", "2.weight", "2.bias"] == list(model.state_dict())
    assert (5, 1) == model(np.ones((5, 2))).shape
    with pytest.raises(IndexError):
        model[3] = ReLU()
    with pytest.raises(TypeError, match="Sequential needs modules"):
        model[0] = None
    with pytest.raises(TypeError, match="Sequential needs modules"):
        model.append(lambda x: x)

    assert (3, 3) == (len(model), model[0].out_features)


def test_a_list_of_layers_is_answered_with_the_star():
    """The commonest slip."""
    with pytest.raises(TypeError, match=r"write Sequential\(\*layers\)"):
        Sequential([ReLU(), Tanh()])


def test_a_subclass_may_build_its_own_chain():
    """Attributes that are modules are the chain, in order, as in PyTorch."""

    class Block(Sequential):
        def __init__(self):
            super().__init__(Linear(2, 3, seed=1))
            self.activation = Tanh()
            self.size = 3

    block = Block()

    assert (2, ["0", "activation"]) == (len(block), list(block.named()))
    assert np.abs(block([[50.0, 50.0]]).data).max() <= 1.0


def test_parts_of_a_model_of_your_own():
    """A module that has modules is a module: Sequential takes it."""

    class Twice(Module):
        def forward(self, x):
            return x * 2

    assert [4.0] == Sequential(Twice(), Twice())(TensorValue([1.0])).data.tolist()
