"""The misconception lab: every engine in it is wrong, and the checker says so."""

import pytest

from micrograd_plus import Value, gradcheck, lab

ALL = list(lab.collection)


@pytest.mark.parametrize("belief", ALL, ids=lab.names())
def test_a_belief_gives_wrong_gradients_and_the_checker_sees_it(belief):
    """Wrong differs from right, and the checker names the expression."""
    assert belief.wrong() != belief.right()
    assert belief.verdict().startswith(belief.expression.__name__)


@pytest.mark.parametrize("belief", ALL, ids=lab.names())
def test_the_real_engine_is_right_where_a_belief_fails(belief):
    """What was meant passes the checker on Values."""
    assert gradcheck(belief.meant or belief.expression, belief.point)


@pytest.mark.parametrize(
    ("name", "wrong", "right"),
    [
        ("assigned_not_added", [3.0], [6.0]),  # x * x
        ("no_topological_order", [2.0], [26.0]),  # 2 + 8 * 3
        ("recursion_counts_twice", [48.0], [24.0]),  # 8 * 3, twice
        ("stale_interior_gradients", [45.0], [27.0]),  # 3 * 3**2, and 3 * 2 * 3 once more
        ("equal_is_the_same", [4.0, 0.0], [4.0, 4.0]),
        ("started_from_the_loss", [54.0], [6.0]),  # 9 times as much
        ("wrong_sign", [1.0, 1.0], [1.0, -1.0]),
        ("zero_grad_forgotten", [12.0], [6.0]),
        ("left_the_graph", [3.0], [6.0]),
        ("moved_before_backward", [5.0], [6.0]),
    ],
)
def test_numbers_of_a_belief(name, wrong, right):
    """The numbers that one finds with pencil and paper."""
    belief = lab.find(name)

    assert (wrong, right) == (belief.wrong(), belief.right())


def test_an_engine_is_wrong_only_where_its_belief_matters():
    """Every broken engine agrees with the real one on a chain that uses no broken rule."""

    def chain(x):
        return (x * 2 + 1).sqrt()

    wrong = [
        b.name for b in ALL if not gradcheck(chain, [4.0], leaf=b.engine, raise_exception=False)
    ]

    assert ["started_from_the_loss"] == wrong


def test_the_real_engine_is_left_alone():
    """After all of them have run, Values still calculate as they should."""
    for belief in ALL:
        belief.verdict()
    x = Value(3.0)
    (x * x - x.tanh()).backward()

    assert x.grad == pytest.approx(6 - (1 - x.tanh().data ** 2))


def test_show_prints_idea_code_numbers_and_words(capsys):
    """All that belongs to a misconception, with the right code where the code is wrong."""
    lab.show("zero_grad_forgotten")
    printed = capsys.readouterr().out

    assert "x.grad = 0.0" in printed
    assert "wrong      12\nright      6\n" in printed
    assert "the gradient is 12, the measured slope 6." in printed


def test_an_unknown_name_is_answered_with_the_known_ones():
    """One sees what there is."""
    with pytest.raises(ValueError, match="no misconception 'sign'; there are assigned_not_added,"):
        lab.find("sign")


def test_two_of_one_name_are_refused():
    """One of them could not be found."""
    with pytest.raises(ValueError, match="different names"):
        type(lab.collection)(ALL[0], ALL[0])
