"""The misconception lab of arrays: every engine in it is wrong, and the checker says so."""

import numpy as np
import pytest

from microgradx import gradcheck, lab

ALL = list(lab.collection)


@pytest.mark.parametrize("belief", ALL, ids=lab.names())
def test_a_belief_gives_wrong_gradients_and_the_checker_sees_it(belief):
    """Wrong differs from right, and the checker names the expression."""
    pairs = zip(belief.wrong(), belief.right(), strict=True)

    assert not all(np.array_equal(wrong, right) for wrong, right in pairs)
    assert belief.verdict().startswith(belief.expression.__name__)


@pytest.mark.parametrize("belief", ALL, ids=lab.names())
def test_the_real_engine_is_right_where_a_belief_fails(belief):
    """The same expression passes the checker on tensors."""
    assert gradcheck(belief.expression, belief.point)


@pytest.mark.parametrize("belief", ALL, ids=lab.names())
def test_an_engine_is_right_where_its_belief_does_no_harm(belief):
    """Every broken engine agrees with the real one on a chain of entries."""
    assert gradcheck(lambda x: (x * 2).tanh(), [[0.5, -0.25]], leaf=belief.engine)


def test_a_gradient_of_the_wrong_shape_is_what_the_checker_says():
    """It could not be compared with slopes."""
    words = lab.find("missing_unbroadcast").verdict()

    assert "with_bias, input 1: the gradient is of shape (2, 1), the input of shape (1,)." == words


def test_a_shared_array_shows_in_the_other_input():
    """d(x + y + x*y)/dx = 1 + y and /dy = 1 + x; here x, y and x*y have one array.

    It is 1, then 1 + 1 * 5 = 6, and what should be 6 + 1 * 2 is 6 + 6 * 2, because 1 is 6 by now.
    """
    belief = lab.find("shared_array")

    assert [[6.0], [3.0]] == [g.tolist() for g in belief.right()]
    assert [[18.0], [18.0]] == [g.tolist() for g in belief.wrong()]


def test_show_prints_arrays_as_lists(capsys):
    """As one types them."""
    lab.show("bias_averaged")

    assert "right      [[1.0], [1.0]], [2.0]\n" in capsys.readouterr().out
