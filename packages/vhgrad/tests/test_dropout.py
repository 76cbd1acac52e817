"""Dropout: what it drops, when, and by whose dice."""

import copy

import numpy as np
import pytest

from microgradx import TensorValue, manual_seed, no_grad
from vhgrad.nn import Dropout, Linear, Sequential
from vhgrad.nn.functional import dropout


def test_probability_0_is_the_identity():
    """The input itself comes back, and no random number is drawn."""
    x, generator = TensorValue([1.0, 2.0]), np.random.default_rng(0)
    before = generator.bit_generator.state

    assert x is Dropout(0.0, generator=generator)(x)
    assert before == generator.bit_generator.state


def test_probability_1_is_all_zeros_without_nan():
    """Also of inf and nan, forwards and backwards."""
    x = TensorValue([1.0, np.inf, -np.inf, np.nan])
    out = Dropout(1.0)(x)
    out.backward([1.0, np.inf, np.nan, 1.0])

    assert [0, 0, 0, 0] == out.data.tolist() == x.grad.tolist()


@pytest.mark.parametrize("p", [-0.1, 1.1, float("nan")])
def test_no_probability(p):
    """Refused when the layer is made, and by the function."""
    for make in (Dropout, lambda p: dropout([1.0], p)):
        with pytest.raises(ValueError, match=f"a probability from 0 to 1, got p={p}"):
            make(p)


def test_in_use_the_input_itself_comes_back():
    """Be it a tensor or a plain array."""
    layer = Dropout(0.5).eval()
    for x in (TensorValue([1.0]), np.ones(3)):
        assert x is layer(x)


def test_kept_numbers_grow():
    """By 1 / (1 - p), so that the mean stays: with p = 3/4 ones become 0 or 4."""
    out = Dropout(0.75, generator=0)(np.ones(10_000)).data

    assert {0.0, 4.0} == set(out.tolist())
    assert abs(out.mean() - 1) < 0.1  # the standard deviation of the mean is 0.017


def test_gradient_is_the_mask():
    """What was kept has the gradient that its factor is, what was dropped has none."""
    x = TensorValue(np.ones((50, 4)))
    out = Dropout(0.5, generator=1)(x)
    out.sum().backward()

    assert np.array_equal(out.data, x.grad)


def test_same_seed_same_masks_and_each_call_another():
    """The generator is the layer's own and moves on with every call."""
    a, b = Dropout(0.5, generator=3), Dropout(0.5, generator=3)
    x = np.ones(64)
    first, second = a(x).data, a(x).data

    assert np.array_equal(first, b(x).data)
    assert np.array_equal(second, b(x).data)
    assert not np.array_equal(first, second)


def test_without_a_generator_the_default_one_decides():
    """At the time of the call, so `manual_seed` may come after the layer was made."""
    layer, x = Dropout(0.5), np.ones(64)
    manual_seed(11)
    first = layer(x).data
    manual_seed(11)

    assert np.array_equal(first, layer(x).data)
    assert not np.array_equal(first, layer(x).data)


def test_drops_under_no_grad_in_training():
    """The mode decides, not whether gradients are wanted."""
    with no_grad():
        assert 0.0 in Dropout(0.5, generator=0)(np.ones(64)).data


def test_two_calls_before_one_backward():
    """Each has its own mask."""
    layer, x = Dropout(0.5, generator=5), TensorValue(np.ones(64))
    first, second = layer(x), layer(x)
    (first + 10 * second).sum().backward()

    assert np.array_equal(first.data + 10 * second.data, x.grad)


def test_mode_reaches_it_in_a_model():
    """`eval()` of the model makes its outputs repeatable."""
    model = Sequential(Linear(4, 4), Dropout(0.5))
    x = np.ones((8, 4))

    assert not np.array_equal(model(x).data, model(x).data)
    model.eval()
    assert np.array_equal(model(x).data, model(x).data)


def test_copies_are_independent():
    """A copy begins where the original stands, and moves on alone."""
    layer, x = Dropout(0.5, generator=0), np.ones(64)
    layer(x)
    twin = copy.deepcopy(layer)

    assert np.array_equal(layer(x).data, twin(x).data)


def test_float32_and_shape_stay():
    """Also of one number."""
    for shape in ((), (3,), (2, 0), (2, 3, 4)):
        out = Dropout(0.3)(TensorValue(np.ones(shape, np.float32)))
        assert (np.float32, shape) == (out.dtype, out.shape)


def test_repr():
    """As in PyTorch, but for `inplace`, which there is not."""
    assert "Dropout(p=0.5)" == repr(Dropout())


def test_a_draw_of_exactly_p_is_kept():
    """Draws start at 0 and end before 1, so those below p are the share p of all."""
    p = float(np.random.default_rng(0).random(1, dtype=np.float32)[0])

    assert [1 / (1 - p)] == dropout(TensorValue([1.0]), p, generator=0).data.tolist()
