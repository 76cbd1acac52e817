"""Drawings, checked as text: none of this needs the program `dot`."""

import sys

import pytest

from micrograd import MLP, Value, draw_dot, to_dot, to_mermaid
from micrograd.draw import picture


def texts(root, kind, depth=None, limit=500):
    """The lines of all boxes of one kind."""
    boxes, _ = picture(root, depth, limit)
    return [lines for _, kind_of_box, *lines in boxes if kind_of_box == kind]


def edges(root, depth=None):
    """The edges between the names of boxes."""
    return picture(root, depth, 500)[1]


def chain(length, start=None):
    """A graph of `length` additions, one after the other."""
    root = start or Value(0.0)
    for _ in range(length):
        root = root + 1.0
    return root


def test_value_shows_label_data_and_gradient():
    """A box has the label, then data and gradient with four decimals."""
    a = Value(2.0, label="a")
    b = a * -3.0
    b.backward()

    assert [["data -6.0000", "grad 1.0000"], ["a", "data 2.0000", "grad -3.0000"]] == texts(
        b, "value"
    )


def test_drawing_goes_from_left_to_right_in_records():
    """The drawing is a Digraph from left to right with one record per value."""
    drawing = draw_dot(Value(1.0, label="a"), format="png")

    assert "png" == drawing.format
    assert "LR" == drawing.graph_attr["rankdir"]
    assert ['\tn0 [label="a | data 1.0000 | grad –" shape=record]\n'] == drawing.body


def test_value_used_twice_has_two_edges():
    """`a + a` shows both of its inputs, and `a` once."""
    a = Value(2.0)

    assert 2 == len(texts(a + a, "value"))
    assert [["n0_op", "n0"], ["n1", "n0_op"], ["n1", "n0_op"]] == edges(a + a)


@pytest.mark.parametrize("swap", [False, True])
def test_edges_come_in_input_order(swap):
    """The first input's edge comes first, be it a constant or a node."""
    x = Value(3.0)
    inputs = [source for source, end in edges(x * 2 if swap else 2 * x) if end == "n0_op"]

    assert (["n1", "n0_op_1"] if swap else ["n0_op_0", "n1"]) == inputs


def test_constants_are_small_boxes():
    """A plain number that takes part is drawn, without a gradient."""
    assert [["2.0000"]] == texts(2 * Value(3.0), "constant")


def test_same_graph_gives_same_text():
    """Names of boxes come from the graph, not from memory addresses."""

    def drawing():
        return to_dot(MLP(2, [3, 1], seed=1)([1.0, 2.0]))

    assert drawing() == drawing()


def test_gradients_are_dashes_until_backward():
    """No gradient is shown before the root was walked, every one afterwards, also a 0."""
    x, w = Value(2.0), Value(0.0)
    y = (x * w).tanh()

    assert {"grad –"} == {fields[-1] for fields in texts(y, "value")}

    y.backward()

    assert {"grad 1.0000", "grad 0.0000", "grad 2.0000"} == {f[-1] for f in texts(y, "value")}


def test_gradient_left_from_an_earlier_pass_is_shown():
    """A forgotten zeroing can be seen before the next pass: the leaf still has its gradient."""
    x = Value(2.0)
    (x * 3).backward()

    assert ["grad –", "grad 3.0000"] == [fields[-1] for fields in texts(x * 4, "value")]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0.0000"),
        (-1.5, "-1.5000"),
        (1e-9, "1.000e-09"),
        (-2.5e300, "-2.500e+300"),
        (float("inf"), "inf"),
        (float("nan"), "nan"),
    ],
)
def test_numbers_stay_short_and_do_not_vanish(number, text):
    """What four decimals would show as 0 or as 300 digits is shown with an exponent."""
    assert text == Value.summary(number)


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("a{b}|<c>", r"a\{b\}\|\<c\>"),
        ('say "w"', r"say \"w\""),
        ("C:\\new", r"C:\\new"),
        ('\\"', r"\\\""),
        ("two\nlines", r"two\nlines"),
        ("&lt;", "&amp;lt;"),
        ("größe ∂", "größe ∂"),
    ],
)
def test_labels_are_escaped_for_records(label, text):
    """A label is shown as it was written, whatever Graphviz would make of it."""
    assert f'label="{text} | data 1.0000' in to_dot(Value(1.0, label=label))


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ('"end"]', "#34;end#34;#93;"),
        ("<b> & #1;", "#60;b#62; #38; #35;1#59;"),
        ("w_1", "w_1"),
        ("1. two\nlines", "1#46; two<br/>lines"),
        ("größe ∂", "größe #8706;"),
    ],
)
def test_labels_are_escaped_for_mermaid(label, text):
    """A label is shown as it was written, whatever Mermaid or Markdown would make of it."""
    assert f'n0["{text}<br/>data 1.0000' in to_mermaid(Value(1.0, label=label))


def test_depth_cuts_and_says_so():
    """Values up to `depth` steps away are drawn, and an ellipsis for the operation before them."""
    assert [["+"], ["…"]] == texts(chain(3), "op", depth=1)
    assert [["1.0000"]] == texts(chain(3), "constant", depth=1)
    assert [["n0_op", "n0"], ["n1", "n0_op"], ["n0_op_1", "n0_op"], ["n1_op", "n1"]] == edges(
        chain(3), depth=1
    )


def test_depth_beyond_the_leaves_cuts_nothing():
    """A leaf has nothing behind it that could be cut."""
    assert [["+"]] * 3 == texts(chain(3), "op", depth=3)
    assert [] == texts(Value(1.0), "op", depth=0)


def test_too_many_nodes_are_refused_with_a_way_out():
    """The error names the limit and both ways around it."""
    with pytest.raises(ValueError, match=r"More than 500 nodes.*depth=.*limit="):
        to_dot(chain(500))


def test_limit_can_be_raised():
    """500 nodes are drawn as they are, more with `limit`."""
    assert 500 == len(texts(chain(499), "value"))
    assert 501 == len(texts(chain(500), "value", limit=501))


def test_huge_chain_is_drawn_near_its_root():
    """A million nodes deep, and nothing calls itself."""
    root = chain(1_000_000)
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(200)
    try:
        drawn = texts(root, "value", depth=20)
    finally:
        sys.setrecursionlimit(limit)

    assert 21 == len(drawn)


class Trap(Value):
    """A node behind which nobody may look."""

    __slots__ = ()
    result = Value.result  # what is made of it may be looked at

    @property
    def inputs(self):
        """Fails the test."""
        raise AssertionError("the walk went too far")

    @inputs.setter
    def inputs(self, nodes):
        """Take what every node has, and forget it."""


def test_walk_ends_at_the_depth():
    """What lies further away than `depth` costs nothing, however much it is."""
    root = chain(20, Trap(0.0))

    assert 20 == len(texts(root, "value", depth=19))
    with pytest.raises(AssertionError, match="too far"):
        texts(root, "value", depth=21)


def test_walk_ends_at_the_limit():
    """A graph that is too large is refused without a look at all of it."""
    with pytest.raises(ValueError, match="More than 500 nodes"):
        to_mermaid(chain(501, Trap(0.0)))


@pytest.mark.parametrize("root", [3.0, [Value(1.0)], None])
def test_drawing_something_else_is_an_error(root):
    """A drawing starts from one node."""
    with pytest.raises(TypeError, match=f"starts from one node, got {type(root).__name__}"):
        draw_dot(root)


def test_negative_depth_is_an_error():
    """There is nothing on the other side of the root."""
    with pytest.raises(ValueError, match=r"`depth` counts steps from the root.*got -1"):
        draw_dot(Value(1.0), depth=-1)
