"""Modules, parameters, layers and containers."""

import copy

import numpy as np
import pytest

import vhgrad
from vhgrad import (
    MLP,
    SGD,
    Layer,
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


# Parameters


def test_parameters_are_float32_unless_they_come_as_floats():
    """Numbers, lists and whole numbers become float32; float arrays keep their dtype."""
    made = [1, [1.0, 2.0], np.arange(3), np.ones(2), np.ones(2, np.float16)]

    assert ["float32", "float32", "float32", "float64", "float16"] == [
        str(Parameter(data).dtype) for data in made
    ]


def test_what_is_computed_from_parameters_is_no_parameter():
    """Arithmetic, functions and matrix products of parameters make plain tensors."""
    w = Parameter([[1.0, 2.0]])
    made = [w + w, w * 2, 2 - w, w @ w.T, w.exp(), w.sum(), w**2, np.ones((1, 1)) @ w]

    assert {TensorValue} == {type(result) for result in made}


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


@pytest.mark.parametrize("shape", [(3,), (0, 3), (5, 3), (4, 5, 3)], ids=str)
def test_c1_linear_works_on_the_last_axis(shape):
    """C1: one example, none, a batch, a batch of batches; all in float32."""
    out = Linear(3, 2, seed=1)(np.ones(shape))

    assert ((*shape[:-1], 2), np.float32) == (out.shape, out.dtype)


def test_c2_linear_names_the_shape_it_wants():
    """C2: with the class of the layer."""
    with pytest.raises(
        ValueError, match=r"Linear expected inputs of shape \(\.\.\., 784\), got \(5, 3\)"
    ):
        Linear(784, 10)(np.ones((5, 3)))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("inputs", [np.float32, np.float64, np.uint8])
def test_c5_plain_inputs_take_the_dtype_of_the_layer(inputs, dtype):
    """C5: pictures of bytes and float64 rows go into any layer."""
    assert dtype == Linear(3, 2, seed=1, dtype=dtype)(np.ones((4, 3), inputs)).dtype


def test_linear_is_a_matrix_product_and_a_shift():
    """x @ weight.T + bias, row by row."""
    layer = Linear(2, 2, seed=1, dtype=np.float64)
    layer.weight.data = [[1.0, 2.0], [3.0, 4.0]]
    layer.bias.data = [10.0, 20.0]

    assert [[13.0, 27.0]] == layer([[1.0, 1.0]]).data.tolist()


@pytest.mark.parametrize(("module", "expected"), [(ReLU(), [0.0, 0.0, 2.0]), (Tanh(), None)])
def test_activations(module, expected):
    """Entry by entry, without parameters."""
    x = [-1.0, 0.0, 2.0]
    out = module(TensorValue(x)).data.tolist()

    assert (np.tanh(x).tolist() if expected is None else expected) == out
    assert [] == module.parameters()


def test_a_layer_with_an_activation_is_linear_and_activation():
    """`Layer` and `Sequential(Linear, Tanh)` of one seed give the same."""
    together = Layer(2, 3, seed=1)
    apart = Sequential(Linear(2, 3, seed=1), Tanh())
    x = np.array([[0.5, -1.0]])

    assert together(x).data.tolist() == apart(x).data.tolist()


def test_mlp_gives_one_number_per_example_for_one_output():
    """Shape () for one example, (batch,) for a batch."""
    model = MLP(2, [3, 1], seed=1)

    assert ((), (5,), (0,)) == tuple(
        model(np.ones(shape)).shape for shape in ((2,), (5, 2), (0, 2))
    )


def test_manual_seed_makes_networks_repeatable():
    """Layers without a seed take theirs from the default generator."""
    made = []
    for _ in range(2):
        vhgrad.manual_seed(3)
        made.append([p.data.tolist() for p in Sequential(Linear(2, 2), MLP(2, [3])).parameters()])

    assert made[0] == made[1]


@pytest.mark.parametrize(("seed", "error"), [(-1, ValueError), (1.5, TypeError), (True, TypeError)])
def test_a_seed_is_a_whole_number_of_0_or_more(seed, error):
    """Anything else is refused."""
    with pytest.raises(error, match="manual_seed"):
        vhgrad.manual_seed(seed)


# Sequential


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
    """C15: IndexError, as of a list."""
    with pytest.raises(IndexError):
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
