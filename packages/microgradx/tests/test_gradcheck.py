"""The gradient check on arrays: it passes what is right and names what is wrong."""

import itertools
import operator

import numpy as np
import pytest

import microgradx
from microgradx import GradientError, TensorValue, gradcheck
from microgradx.op import ArrayOp

RNG = np.random.default_rng(0)
X = RNG.normal(size=(2, 3))


def test_right_gradients_pass():
    """Several inputs of several shapes, a result of any shape."""
    w, b = RNG.normal(size=(3, 4)), RNG.normal(size=4)

    assert gradcheck(lambda x, w, b: (x @ w + b).tanh(), [X, w, b])


@pytest.mark.parametrize("layout", [np.asfortranarray(X), X[::-1, ::-1], X.astype(">f8")])
def test_layouts_and_byte_orders_pass(layout):
    """Evaluations must not differ by the order in which memory is added up."""

    assert gradcheck(lambda x: (x * x).sum() / x.mean(), [layout])


def test_numbers_lists_float32_and_tensors_are_taken_as_inputs():
    """All become float64 tensors of the check's own."""
    t = TensorValue([1.0, 2.0])

    assert gradcheck(lambda *x: x[0] * x[1] * x[2] * x[3], [2, [1, 2], np.ones(2, np.float32), t])
    assert t.grad is None


def test_a_wrong_rule_is_named_with_input_entry_and_both_numbers():
    """One wrong entry among many is found."""
    wrong = ArrayOp(
        "*",
        operator.mul,
        lambda g, out, a, b: g * b,
        lambda g, out, a, b: g * a * np.array([1.0, 1.0, 1.001]),
    )
    with pytest.raises(GradientError, match=r"input 1, entry \(0, 2\): the gradient is .* slope"):
        gradcheck(lambda a, b: wrong(a, b), [X + 3, X + 4])

    assert not gradcheck(lambda a, b: wrong(a, b), [X + 3, X + 4], raise_exception=False)


def test_errors_that_even_out_in_the_sum_are_found():
    """The gradient that arrives is random: one of ones would hide a transposed rule."""
    wrong = ArrayOp("flip", lambda x: x[::-1], lambda g, out, x: g)  # forgets to flip back

    assert not gradcheck(wrong, [[1.0, 2.0]], raise_exception=False)


def test_a_kink_is_named():
    """At 0 the slope of relu is 0 on one side and 1 on the other."""
    with pytest.raises(GradientError, match=r"input 0, entry \(1,\): a kink or jump"):
        gradcheck(TensorValue.relu, [[1.0, 0.0]])


def test_a_function_that_is_not_deterministic_is_named():
    """A function that counts its calls gives another result each time."""
    calls = itertools.count()
    with pytest.raises(GradientError, match="not deterministic"):
        gradcheck(lambda x: x * next(calls), [1.0])


def test_an_input_that_is_not_used_has_gradient_0():
    """No gradient arrives, and none is measured."""

    assert gradcheck(lambda x, y: x * 1.0, [X, X])


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (([], {}), ValueError),
        (([np.zeros((0, 3))], {}), ValueError),
        (([X], {"eps": 0.0}), ValueError),
        (([[np.inf]], {}), ValueError),
        (([["a"]], {}), TypeError),
    ],
    ids=["no inputs", "no entries", "eps", "inf", "text"],
)
def test_what_cannot_be_checked_is_an_error(arguments, error):
    """Nothing to check would always pass."""
    inputs, settings = arguments
    with pytest.raises(error, match=r"expected|eps"):
        gradcheck(lambda *x: microgradx.stack(x) if len(x) > 1 else x[0], inputs, **settings)


def test_a_function_that_returns_no_tensor_is_an_error():
    """A plain array has lost the graph."""
    with pytest.raises(TypeError, match="returns a TensorValue"):
        gradcheck(lambda x: x.numpy(), [X])
