"""The steps of the backward pass: right to the last bit, readable, and drawn."""

import dataclasses
import random
import sys

import pytest

import micrograd
from micrograd_plus import MLP, Value, compile, explain, mse, topological_order
from micrograd_plus.steps import Step


def tutorial():
    """L = (a * b + c) * f, as every introduction has it."""
    a, b, c, f = (Value(x, label) for x, label in [(2, "a"), (-3, "b"), (10, "c"), (-2, "f")])
    e = a * b
    e.label = "e"
    d = e + c
    d.label = "d"
    root = d * f
    root.label = "L"
    return root


def network():
    """The loss of a network on three examples."""
    model = MLP(2, [4, 4, 1], activation="relu", seed=1)
    draw = random.Random(2).uniform
    xs = [[draw(-1, 1), draw(-1, 1)] for _ in range(3)]
    return mse([1.0, -1.0, 1.0], [model(x) for x in xs])


def edges_of_numbers():
    """Points where Python raises and the operations answer with inf and nan."""
    x = Value(0.0, "x")
    return x.log() + x**-1 + (x * 1000 + 800).exp() + x.sqrt()


def compiled():
    """A compiled function: one operation whose rules share one run."""
    return compile(lambda a, b: (a * b).tanh() * a)(Value(0.5), Value(2.0)) * 3


def stage1():
    """A network of the stage before."""
    return micrograd.MLP(2, [3, 1], seed=1)([micrograd.Value(0.5), 1.0])


GRAPHS = [tutorial, network, edges_of_numbers, compiled, stage1, lambda: Value(3.0)]


@pytest.mark.parametrize("graph", GRAPHS)
def test_steps_add_up_to_backward_to_the_last_bit(graph):
    """The last `after` of every node is the gradient that backward() computes."""
    root = graph()
    final = {root: 1.0}
    for step in explain(root):
        final[step.input] = step.after
    root.backward()

    assert {node: repr(node.grad) for node in topological_order(root)} == {
        node: repr(g) for node, g in final.items()
    }


def test_leaves_start_from_what_they_have():
    """As in a second backward(), which adds once more to the leaves and starts afresh elsewhere."""
    root = network()
    root.backward()
    final = {step.input: step.after for step in explain(root)}
    root.backward()

    assert final == {node: node.grad for node in topological_order(root) if node is not root}


@pytest.mark.parametrize("graph", GRAPHS)
def test_nothing_is_changed(graph):
    """Gradients, data and labels are those of before, also where a pass has left some."""
    root = graph()
    root.backward()
    before = [(x.data, x.grad, x.label, x.op) for x in topological_order(root)]
    steps = explain(root)
    repr(steps)
    steps.drawing()

    assert repr(before) == repr([(x.data, x.grad, x.label, x.op) for x in topological_order(root)])


@pytest.mark.parametrize("graph", [tutorial, network, compiled, stage1])
def test_every_step_is_the_chain_rule(graph):
    """A share of the gradient is what arrives times the local derivative."""
    for step in explain(graph()):
        # the rules may multiply in another order: a rounding or two apart
        assert step.arriving * step.local == pytest.approx(step.product, rel=1e-15, abs=0)
        assert step.before + step.product == step.after


def test_steps_of_the_tutorial():
    """Six steps, from the result to the leaves, with every number as on paper."""
    steps = explain(tutorial())

    assert [
        (1, "L", "*", "d", 1.0, -2.0, -2.0),
        (2, "L", "*", "f", 1.0, 4.0, 4.0),
        (3, "d", "+", "e", -2.0, 1.0, -2.0),
        (4, "d", "+", "c", -2.0, 1.0, -2.0),
        (5, "e", "*", "a", -2.0, -3.0, 6.0),
        (6, "e", "*", "b", -2.0, 2.0, -4.0),
    ] == [
        (s.number, s.result.label, s.op, s.input.label, s.arriving, s.local, s.product)
        for s in steps
    ]


def test_steps_are_a_sequence_of_frozen_records():
    """They can be counted, indexed and sliced, and not be changed."""
    steps = explain(tutorial())

    assert 6 == len(steps)
    assert isinstance(steps[-1], Step)
    assert [4, 5] == [step.number for step in steps[3:5]]
    with pytest.raises(dataclasses.FrozenInstanceError):
        steps[0].product = 0.0


def test_an_input_that_is_used_twice_takes_two_steps():
    """The second share of `a + a` is added to the first."""
    a = Value(2.0, "a")

    assert [(0.0, 1.0), (1.0, 2.0)] == [(step.before, step.after) for step in explain(a + a)]


def test_table():
    """It lines up, starts with the gradient of the result, and invents names where none are."""
    x = Value(0.5, "x")

    assert """\
step  result  operation  input  arriving  ×   local  =  product  before  →   after
   0          start      v3                              1.0000  0.0000  →  1.0000
   1  v3      *          v2       1.0000  ×  2.0000  =   2.0000  0.0000  →  2.0000
   2  v2      +          v1       2.0000  ×  1.0000  =   2.0000  0.0000  →  2.0000
   3  v2      +          x        2.0000  ×  1.0000  =   2.0000  0.0000  →  2.0000
   4  v1      *          x        2.0000  ×  0.5000  =   1.0000  2.0000  →  3.0000
   5  v1      *          x        2.0000  ×  0.5000  =   1.0000  3.0000  →  4.0000""" == str(
        explain((x * x + x) * 2)
    )


def test_invented_names_are_free():
    """A label that looks like one is not given twice."""
    table = repr(explain(Value(1.0) * Value(2.0, "v1") + 1.0))

    assert 1 == table.count(" v1 ")
    assert {"v1", "v2", "v3", "v4"} == {word for word in table.split() if word.startswith("v")}


def test_table_in_a_notebook():
    """The same cells, with labels that cannot be taken for HTML."""
    page = explain(Value(2.0, "<b>&") * 3)._repr_html_()

    assert "<tr><th>step</th><th>result</th><th>operation</th>" in page
    assert "<td>&lt;b&gt;&amp;</td>" in page
    assert 3 == page.count("<tr>") == page.count("</tr>")


def chain(length):
    """`length` additions, one after the other."""
    root = Value(1.0)
    for _ in range(length):
        root = root + 1.0
    return root


def test_long_tables_show_both_ends():
    """10,000 steps are printed, of more only the first and the last, and how many between."""
    assert 10_002 == len(repr(explain(chain(10_000))).splitlines())

    steps = explain(chain(10_001))
    lines = repr(steps).splitlines()

    assert 43 == len(lines)
    assert "… 9,961 more steps …" == lines[22]
    assert ["20", "9982"] == [lines[21].split()[0], lines[23].split()[0]]
    assert '<tr><td colspan="12">… 9,961 more steps …</td></tr>' in steps._repr_html_()


def test_a_deep_graph_is_explained_without_recursion():
    """200,000 steps, one below the other, are explained, printed, drawn and dropped."""
    root = chain(200_000)
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(200)
    try:
        steps = explain(root)
        text = repr(steps)
        source = steps.drawing(3, depth=2).source
        del steps
    finally:
        sys.setrecursionlimit(limit)

    assert "199,960 more steps" in text
    assert "…" in source


def grads(drawing):
    """What the boxes of a drawing show, by label."""
    lines = [line.split('"')[1].split(" | ") for line in drawing.body if "shape=record" in line]
    return {label: grad.removeprefix("grad ") for label, _, grad in lines}


@pytest.mark.parametrize(
    ("k", "expected"),
    [
        (0, {"L": "1.0000"}),
        (1, {"L": "1.0000", "d": "-2.0000"}),
        (3, {"L": "1.0000", "d": "-2.0000", "f": "4.0000", "e": "-2.0000"}),
    ],
)
def test_drawing_after_step_k(k, expected):
    """Gradients that have not arrived yet are dashes."""
    dashes = dict.fromkeys("Ldfecab", "–")

    assert dashes | expected == grads(explain(tutorial()).drawing(k))


def test_drawing_after_all_steps_is_that_of_backward():
    """The last picture has the gradients that backward() leaves."""
    root = tutorial()
    final = grads(explain(root).drawing())
    root.backward()

    assert {x.label: f"{x.grad:.4f}" for x in topological_order(root)} == final


def test_step_is_marked_by_an_arrow():
    """From the result to the input, as the gradient goes; none at the start."""
    steps = explain(tutorial())
    arrows = [[x for x in steps.drawing(k).body if "firebrick" in x] for k in range(7)]

    assert [0, 1, 1, 1, 1, 1, 1] == [len(found) for found in arrows]
    assert arrows[1][0].startswith("\tn0 -> n1 ")
    assert [] == [x for x in steps.drawing(6, depth=1).body if "firebrick" in x]  # out of sight


def test_drawing_shows_what_an_earlier_pass_left():
    """A forgotten zeroing is seen before its node is reached; partial sums are not shown early."""
    x = Value(2.0, "x")
    (x * 3).backward()
    v = x + 1
    v.label = "v"
    y = v * v
    y.label = "y"
    steps = explain(y)

    assert {"y": "1.0000", "v": "–", "x": "3.0000"} == grads(steps.drawing(0))
    assert {"y": "1.0000", "v": "3.0000", "x": "3.0000"} == grads(steps.drawing(1))
    assert {"y": "1.0000", "v": "6.0000", "x": "9.0000"} == grads(steps.drawing(3))


def test_a_leaf_has_no_steps():
    """Only the start: its gradient by itself, added to what it has."""
    x = Value(2.0, "x")
    x.grad = 5.0
    steps = explain(x)

    assert 0 == len(steps)
    assert "5.0000  →  6.0000" in str(steps)
    assert {"x": "6.0000"} == grads(steps.drawing())


@pytest.mark.parametrize("k", [-1, 7])
def test_a_step_that_is_not_there_is_an_error(k):
    """Steps are counted from 0, the start, to their number."""
    with pytest.raises(ValueError, match=f"`k` counts the steps done, 0 to 6, got {k}"):
        explain(tutorial()).drawing(k)


@pytest.mark.parametrize("root", [3.0, [Value(1.0)], None])
def test_explaining_something_else_is_an_error(root):
    """A backward pass starts from one node."""
    with pytest.raises(TypeError, match=f"starts from one node.*got {type(root).__name__}"):
        explain(root)


def test_explaining_arrays_is_an_error():
    """A local derivative of arrays is no number."""
    root = Value.result([1.0, 2.0])

    with pytest.raises(TypeError, match="explain\\(\\) is for numbers"):
        explain(root)
