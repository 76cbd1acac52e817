"""`Linear` and `Layer`: shapes, dtypes, starting weights, and errors."""

import random

import numpy as np
import pytest

import vhgrad
from vhgrad import MLP, Layer, Linear, Sequential, Tanh, mse


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


def test_a_layer_with_an_activation_is_linear_and_activation():
    """`Layer` and `Sequential(Linear, Tanh)` of one seed give the same."""
    together = Layer(2, 3, seed=1)
    apart = Sequential(Linear(2, 3, seed=1), Tanh())
    x = np.array([[0.5, -1.0]])

    assert together(x).data.tolist() == apart(x).data.tolist()


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


def test_c3_without_a_bias():
    """C3: None, absent from state and parameters, and the sum without a shift."""
    layer = Linear(2, 3, bias=False, seed=1, dtype=np.float64)
    with_bias = Linear(2, 3, seed=1, dtype=np.float64)
    x = np.array([[1.0, -2.0]])
    layer(x).sum().backward()

    assert (None, ["weight"], "Linear(2, 3, bias=False)") == (
        layer.bias,
        list(layer.state_dict()),
        repr(layer),
    )
    assert with_bias.weight.data.tolist() == layer.weight.data.tolist()
    assert (x @ layer.weight.data.T).tolist() == layer(x).data.tolist()
    assert (np.ones((3, 1)) * x).tolist() == layer.weight.grad.tolist()


def test_c4_no_inputs_at_all():
    """C4: allowed, with a warning; what comes out is the bias."""
    with pytest.warns(UserWarning, match="in_features=0"):
        layer = Linear(0, 3)
    layer.bias.data = [1.0, 2.0, 3.0]
    layer(np.zeros((2, 0))).sum().backward()

    assert ((3, 0), (3, 0)) == (layer.weight.shape, layer.weight.grad.shape)
    assert [[1.0, 2.0, 3.0]] * 2 == layer(np.zeros((2, 0))).data.tolist()


@pytest.mark.parametrize(
    ("sizes", "error", "named"),
    [
        ((-1, 2), ValueError, "in_features"),
        ((2, -1), ValueError, "out_features"),
        ((2, 0), ValueError, "out_features"),
        ((2.0, 1), TypeError, "in_features"),
        ((2, "1"), TypeError, "out_features"),
        ((True, 1), TypeError, "in_features"),
    ],
    ids=str,
)
def test_c4_a_size_is_a_whole_number(sizes, error, named):
    """C4: the argument is named as PyTorch names it."""
    with pytest.raises(error, match=named):
        Linear(*sizes)


@pytest.mark.parametrize("nin", [1, 5, 400])
def test_c6_weights_and_biases_start_within_their_bound(nin):
    """C6: within ±1/sqrt(in_features), and all over it: the variance is a third of its square."""
    layer = Linear(nin, 400, generator=0, dtype=np.float64)
    bound = nin**-0.5

    assert np.abs(layer.weight.data).max() <= bound
    assert np.abs(layer.bias.data).max() <= bound
    # the variance of n uniform numbers is known to about 0.9/sqrt(n) of itself
    assert layer.weight.data.var() == pytest.approx(bound**2 / 3, rel=5 / (400 * nin) ** 0.5)


def test_a_generator_gives_the_seed():
    """An integer is the seed itself; a generator gives another one every time."""
    weights = [
        Linear(2, 2, **setting).weight.data.tolist()
        for setting in (
            {"seed": 3},
            {"generator": 3},
            {"seed": random.Random(3)},
            {"generator": np.random.default_rng(3)},
            {"generator": np.random.default_rng(3)},
        )
    ]
    rng = np.random.default_rng(3)
    again = [Linear(2, 2, generator=rng).weight.data.tolist() for _ in range(2)]

    assert weights[0] == weights[1] == weights[2]
    assert weights[3] == weights[4] == again[0] != again[1]


@pytest.mark.parametrize(
    "make",
    [
        lambda **s: Linear(2, 1, **s),
        lambda **s: Layer(2, 1, **s),
        lambda **s: MLP(2, [2, 1], **s),
    ],
    ids=["Linear", "Layer", "MLP"],
)
def test_seed_and_generator_exclude_each_other(make):
    """One source of randomness, and a check of what it is."""
    with pytest.raises(ValueError, match="`seed` or `generator`, got both"):
        make(seed=1, generator=1)
    with pytest.raises(TypeError, match="generator"):
        make(generator="1")
    with pytest.raises(ValueError, match="0 or more"):
        make(generator=-1)

    first, second = (make(generator=np.random.default_rng(1)).state_dict() for _ in range(2))
    assert [a.tobytes() for a in first.values()] == [a.tobytes() for a in second.values()]


def test_a_linear_layer_knows_its_sizes():
    """Under PyTorch's names."""
    layer = Linear(4, 3, seed=1)

    assert (4, 3, (3, 4), (3,)) == (
        layer.in_features,
        layer.out_features,
        layer.weight.shape,
        layer.bias.shape,
    )


@pytest.mark.parametrize("x", [[[1.0, 2.0]], np.ones((1, 2)), vhgrad.TensorValue([[1.0, 2.0]])])
def test_lists_arrays_and_tensors_go_in(x):
    """All three give a tensor that remembers the layer."""
    layer = Linear(2, 1, seed=1)
    mse([[0.0]], layer(x)).backward()

    assert layer.weight.grad is not None
