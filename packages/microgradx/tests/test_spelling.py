"""Names and functions of other libraries: they work, or the error says what to write."""

import copy
import pickle

import numpy as np
import pytest

from microgradx import SGD, TensorValue
from microgradx.spelling import PYTORCHS


@pytest.fixture
def t():
    """Two rows of three numbers."""
    return TensorValue([[1.0, 5.0, 2.0], [7.0, 0.0, 3.0]])


def test_largest_entries_are_found_as_plain_numbers(t):
    """`argmax` and `argmin` give whole numbers, along an axis or over all entries."""
    found = [t.argmax(axis=1).tolist(), t.argmax(), t.argmin(1).tolist(), t.argmin()]

    assert [[1, 0], 3, [0, 1], 4] == found


def test_pytorchs_words_for_shape_and_size(t):
    """`view` is `reshape`, with its gradient, and `numel()` is `size`."""
    (t.view(-1, 2) * 2.0).sum().backward()

    assert (3, 2) == t.view(-1, 2).shape
    assert 6 == t.numel() == t.size
    assert (2.0 * np.ones((2, 3))).tolist() == t.grad.tolist()


@pytest.mark.parametrize("name", PYTORCHS)
def test_a_name_of_pytorchs_is_answered_with_ours(t, name):
    """The error for a method that there is not says what to write."""
    with pytest.raises(AttributeError) as caught:
        getattr(t, name)

    assert f"a TensorValue has no `{name}`; {PYTORCHS[name]}." == str(caught.value)


def test_an_unknown_name_is_python_s_ordinary_error(t):
    """`hasattr`, copies and pickles are as they are without hints."""
    with pytest.raises(AttributeError, match="'TensorValue' object has no attribute 'colour'"):
        _ = t.colour

    assert not hasattr(t, "colour")
    assert t.data.tolist() == copy.deepcopy(t).data.tolist()
    assert t.data.tolist() == pickle.loads(pickle.dumps(t)).data.tolist()


@pytest.mark.parametrize(
    "call", [np.sum, np.mean, np.argmax, np.squeeze, lambda t: np.concatenate([t, t])]
)
def test_functions_of_numpy_are_refused_by_name(t, call):
    """None of them computes without a graph unseen, or fails with words of NumPy's own."""
    with pytest.raises(TypeError, match=r"np\.\w+ would lose the graph .*np\.\w+\(t\.numpy\(\)\)"):
        call(t)


def test_numpy_may_ask_for_shapes(t):
    """Questions that no gradient depends on are answered."""
    assert ((2, 3), 2, 6) == (np.shape(t), np.ndim(t), np.size(t))


def test_sgd_takes_its_settings_in_order():
    """`SGD(parameters, 0.5)` is what it looks like."""
    assert 0.5 == SGD([TensorValue(1.0)], 0.5).param_groups[0]["lr"]
