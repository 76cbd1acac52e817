"""Drawings, checked as text: none of this needs the program `dot`."""

import sys

import pytest

from micrograd import MLP, Neuron, Value, draw_dot, to_dot, to_mermaid
from micrograd.picture import picture


def texts(root, kind, **options):
    """The fields of all boxes of one kind."""
    boxes, _ = picture(root, **options)
    return [box.fields for box in boxes if box.kind == kind]


def chain(length):
    """A graph of `length` additions, one after the other."""
    root = Value(0.0)
    for _ in range(length):
        root = root + 1.0
    return root


def test_value_shows_label_data_and_gradient():
    """A box has the label, then data and gradient with four decimals."""
    a = Value(2.0, label="a")
    b = a * -3.0
    b.backward()

    assert [("data -6.0000", "grad 1.0000"), ("a", "data 2.0000", "grad -3.0000")] == texts(
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
    boxes, edges = picture(a + a)

    assert ["n0", "n0_op", "n1"] == [box.name for box in boxes]
    assert [("n0_op", "n0"), ("n1", "n0_op"), ("n1", "n0_op")] == edges


@pytest.mark.parametrize("swap", [False, True])
def test_edges_come_in_input_order(swap):
    """The first input's edge comes first, be it a constant or a node."""
    x = Value(3.0)
    _, edges = picture(x * 2 if swap else 2 * x)

    assert (["n1", "n0_op_1"] if swap else ["n0_op_0", "n1"]) == [a for a, end in edges[1:]]


def test_constants_are_small_boxes():
    """A plain number that takes part is drawn, without a gradient."""
    assert [("2.0000",)] == texts(2 * Value(3.0), "constant")


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
    """Nodes up to `depth` steps away are drawn, and an ellipsis where there is more."""
    boxes, edges = picture(chain(3), depth=1)

    assert ["n0", "n0_op", "n0_op_1", "n1", "n1_cut"] == sorted(box.name for box in boxes)
    assert ("n1_cut", "n1") == edges[-1]


def test_depth_beyond_the_leaves_cuts_nothing():
    """A leaf has nothing behind it that could be cut."""
    assert [] == texts(chain(3), "cut", depth=3)
    assert [] == texts(Value(1.0), "cut", depth=0)


def test_too_many_nodes_are_refused_with_a_way_out():
    """The error names the limit and both ways around it."""
    with pytest.raises(ValueError, match=r"More than 500 nodes.*depth=4.*limit="):
        to_dot(chain(500))


def test_limit_can_be_raised():
    """500 nodes are drawn as they are, more with `limit`."""
    assert 500 == len(texts(chain(499), "value"))
    assert 501 == len(texts(chain(500), "value", limit=501))


def test_huge_chain_is_cut_without_walking_it(monkeypatch):
    """The part near the root of a million nodes is drawn without visiting the rest."""
    root = chain(1_000_000)
    monkeypatch.setattr("micrograd.fold.topological_order", None)  # would walk all of it
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(200)
    try:
        boxes, _ = picture(root, depth=20)
    finally:
        sys.setrecursionlimit(limit)

    assert 21 == sum(box.kind == "value" for box in boxes)


def test_layers_fold_into_a_chain():
    """A network with its layers folded is a chain of boxes that ends in its output."""
    model = MLP(3, [4, 4, 1], seed=1)
    boxes, edges = picture(model([1.0, 2.0, 3.0]), fold=model.layers)

    assert ["n0", "part2", "part1", "part0"] == [box.name for box in boxes]
    assert [("part2", "n0"), ("part1", "part2"), ("part0", "part1")] == edges
    assert [("Layer 2",), ("Layer 1",), ("Layer 0",)] == [box.fields for box in boxes[1:]]


def test_folded_layers_take_part_in_a_loss_once():
    """Several calls go through one box; what follows the network, and its inputs, stay visible."""
    model = MLP(1, [2, 1], seed=1)
    x = Value(0.5, label="x")
    loss = sum((model([x]) + -1.0) * 2 for _ in range(3))
    boxes, edges = picture(loss, fold={"hidden": model.layers[0], "output": model.layers[1]})

    assert {("hidden",), ("output",)} == {box.fields for box in boxes if box.kind == "part"}
    assert 1 == edges.count(("part0", "part1"))
    assert 3 == sum(source == "part1" for source, _ in edges)
    assert [box.name for box in boxes if box.fields[0] == "x"] == [
        source for source, end in edges if end == "part0"
    ]


def test_folding_makes_room_under_the_limit():
    """What disappears in a box does not count."""
    model = MLP(8, [16, 16, 1], seed=1)
    output = model([1.0] * 8)

    assert 1 == len(texts(output, "value", fold=model.layers))


def test_one_part_can_be_folded_by_itself():
    """A neuron as a whole is one box."""
    neuron = Neuron(2, seed=1)

    assert [("Neuron 0",)] == texts(neuron([1.0, 2.0]) * 2, "part", fold=neuron)


def test_cut_shows_at_a_folded_part_too():
    """A part whose inside was not walked to its inputs has an ellipsis."""
    model = MLP(2, [2, 1], seed=1)
    _, edges = picture(model([1.0, 2.0]), depth=2, fold=model.layers)

    assert [("part1", "n0"), ("part1_cut", "part1")] == edges


@pytest.mark.parametrize("root", [3.0, [Value(1.0)], None])
def test_drawing_something_else_is_an_error(root):
    """A drawing starts from one node."""
    with pytest.raises(TypeError, match=f"one node such as a Value, got {type(root).__name__}"):
        draw_dot(root)


def test_negative_depth_is_an_error():
    """There is nothing on the other side of the root."""
    with pytest.raises(ValueError, match=r"`depth` counts steps from the root.*got -1"):
        draw_dot(Value(1.0), depth=-1)
