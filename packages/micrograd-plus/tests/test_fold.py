"""Folded graphs: what is inside a part, what is drawn instead of it, and at which size."""

import sys

import pytest

import micrograd
from micrograd.draw import picture
from micrograd_plus import MLP, Layer, Module, Neuron, Value, folded, mse, to_dot, to_mermaid


def drawn(root):
    """What a drawing of `root` shows: boxes by name, and edges."""
    boxes, edges = picture(root, None, 500)
    return {name: lines for name, _, *lines in boxes}, [tuple(edge) for edge in edges]


def inputs_of(box, edges):
    """The names of the boxes from which an edge leads to `box`."""
    return [source for source, end in edges if end == box]


@pytest.mark.parametrize("stage", [micrograd, sys.modules["micrograd_plus"]])
def test_layers_become_a_chain(stage):
    """Inputs, then by turns a layer and its values, then the result: at both stages."""
    model = stage.MLP(2, [4, 3, 1], seed=1)
    x = [stage.Value(1.0, "x1"), stage.Value(-2.0, "x2")]
    boxes, edges = drawn(folded(model(x), model.layers))

    assert ["Layer 2"] == boxes["n0_op"]
    assert ["Layer 1"] == boxes["n1_op"]
    assert ["Layer 0"] == boxes["n2_op"]
    assert "3 values" == boxes["n1"][0]
    assert "4 values" == boxes["n2"][0]
    assert [
        *[("n0_op", "n0"), ("n1", "n0_op"), ("n1_op", "n1"), ("n2", "n1_op")],
        *[("n2_op", "n2"), ("n3", "n2_op"), ("n4", "n2_op")],
    ] == edges
    assert ["x1", "x2"] == [boxes["n3"][0], boxes["n4"][0]]


def test_a_single_value_is_shown_as_itself():
    """The result keeps its label, its number and its gradient."""
    model = MLP(1, [2, 1], seed=1)
    y = model([1.0])
    y.label = "y"
    y.backward()
    boxes, _ = drawn(folded(y, model.layers))

    assert ["y", f"data {y.data:.4f}", "grad 1.0000"] == boxes["n0"]


def test_few_values_are_all_shown_in_the_order_of_the_layer():
    """Up to four numbers stand in the box, and their gradients."""
    layer, last = Layer(1, 3, seed=1), Neuron(3, seed=2)
    hidden = layer([0.5])
    last(hidden).backward()
    boxes, _ = drawn(folded(last(hidden), {"hidden": layer, "last": last}))

    assert [
        "3 values",
        "data " + ", ".join(f"{h.data:.4f}" for h in hidden),
        "grad " + ", ".join(f"{h.grad:.4f}" for h in hidden),
    ] == boxes["n1"]


def test_of_many_values_the_first_and_the_last_are_shown():
    """A box stays small however large the layer is."""
    layer, last = Layer(1, 5, seed=1), Neuron(5, seed=2)
    hidden = layer([0.5])
    boxes, _ = drawn(folded(last(hidden), [layer, last]))

    assert ["5 values", f"data {hidden[0].data:.4f}, …, {hidden[-1].data:.4f}", "grad –"] == boxes[
        "n1"
    ]


def test_gradients_are_dashes_until_backward():
    """As in the graph itself, judged from the root."""
    model = MLP(1, [2, 1], seed=1)
    y = model([Value(1.0)])
    before, _ = drawn(folded(y, model.layers))
    y.backward()
    after, _ = drawn(folded(y, model.layers))

    assert ["grad –"] * 3 == [before[name][-1] for name in ("n0", "n1", "n2")]
    assert "grad –" not in [after[name][-1] for name in ("n0", "n1", "n2")]


def test_several_calls_are_one_operation():
    """A batch goes through one box; the loss behind the network stays as it is."""
    model = MLP(1, [2, 1], seed=1)
    x = Value(0.5, "x")
    loss = mse([1.0, 2.0, 3.0], [model([x]) for _ in range(3)])
    boxes, edges = drawn(folded(loss, {"hidden": model.layers[0], "output": model.layers[1]}))
    operations = [lines[0] for name, lines in boxes.items() if name.endswith("_op")]
    named = {lines[0]: name for name, lines in boxes.items()}

    assert 1 == operations.count("hidden") == operations.count("output")
    assert 3 == operations.count("-")
    assert 3 == sum(source == named["3 values"] for source, _ in edges)
    assert [named["6 values"]] == inputs_of(named["output"], edges)
    assert [named["x"]] == inputs_of(named["hidden"], edges)


def test_nodes_outside_keep_their_inputs():
    """`a + a` behind a part still has two edges, and constants are still drawn."""
    neuron = Neuron(1, seed=1)
    a = 3 * neuron([1.0])
    boxes, edges = drawn(folded(a + a, neuron))

    assert ["n1", "n1"] == inputs_of("n0_op", edges)
    assert ["n1_op_0", "n2"] == inputs_of("n1_op", edges)
    assert [["3.0000"], ["Neuron"]] == [boxes["n1_op_0"], boxes["n2_op"]]


def test_constants_flow_into_a_part_once():
    """Every neuron of a layer takes the same numbers: they are drawn once, in their order."""
    layer, last = Layer(3, 8, seed=1), Neuron(8, seed=2)
    boxes, edges = drawn(folded(last(layer([3.0, 1.0, 2.0])), [layer, last]))

    assert ["3.0000", "1.0000", "2.0000"] == [boxes[x][0] for x in inputs_of("n1_op", edges)]


def test_many_constants_are_only_mentioned():
    """A batch of plain numbers does not bury the picture."""
    layer, last = Layer(9, 2, seed=1), Neuron(2, seed=2)
    boxes, edges = drawn(folded(last(layer([float(k) for k in range(9)])), [layer, last]))

    assert ["constants"] == [boxes[x][0] for x in inputs_of("n1_op", edges)]


def test_one_module_is_called_by_its_class():
    """A whole network is one operation."""
    model = MLP(2, [8, 1], seed=1)
    boxes, _ = drawn(folded(model([Value(1.0), Value(2.0)]), model))

    assert ["MLP"] == boxes["n0_op"]
    assert ["n0", "n0_op", "n1", "n2"] == sorted(boxes)


def test_folding_makes_room_under_the_limit():
    """What disappears in a box does not count."""
    model = MLP(8, [32, 32, 1], seed=1)
    y = model([1.0] * 8)
    with pytest.raises(ValueError, match="More than 500 nodes"):
        to_dot(y)

    assert "Layer 2" in to_dot(folded(y, model.layers))


def test_folding_leaves_the_graph_alone():
    """Data, gradients and inputs are those of before, and the root can still go backward."""
    model = MLP(2, [2, 1], seed=1)
    y = model([1.0, 2.0])
    text = to_dot(y)
    folded(y, model.layers)

    assert text == to_dot(y)


def test_a_part_that_feeds_itself_is_drawn():
    """A recurrent network calls the same part again with what it gave."""
    cell = Neuron(2, seed=1)
    h = Value(0.0, "h")
    for x in (1.0, 2.0, 3.0):
        h = cell([h * 0.5, x])
    _, edges = drawn(folded(h, cell))

    assert ("n0_op", "n0") in edges
    assert ("n0", "n1_op") in edges  # what the cell gives, halved,
    assert ("n1", "n0_op") in edges  # goes into it again


class Scale(Module):
    """One weight and nothing else."""

    def __init__(self):
        self.weight = Value(2.0)

    def __call__(self, x):
        return x * self.weight


def test_a_weight_times_a_constant_is_no_weight():
    """The chain of parts is kept apart also where the first takes plain numbers."""
    first, second = Scale(), Scale()
    boxes, edges = drawn(folded(second(first(3.0).tanh()), {"first": first, "second": second}))

    assert [["second"], ["first"]] == [boxes["n0_op"], boxes["n1_op"]]
    assert [("n0_op", "n0"), ("n1", "n0_op"), ("n1_op", "n1"), ("n1_op_0", "n1_op")] == edges


def test_transposed_weights_stay_weights():
    """What is made of a parameter alone is one in another form."""
    scale = Scale()
    boxes, _ = drawn(folded(Value(3.0, "x") * -scale.weight, scale))

    assert ["n0", "n0_op", "n1"] == sorted(boxes)


def test_a_part_that_does_not_take_part_is_not_drawn():
    """Parts without a node in the graph change nothing but the names of boxes."""
    x = Value(2.0, "x")

    assert to_dot(x * 3) == to_dot(folded(x * 3, [Neuron(1, seed=1)]))


def test_a_deep_graph_is_folded_without_recursion():
    """100,000 operations through one weight become one."""
    scale = Scale()
    x = Value(1.0)
    for _ in range(100_000):
        x = scale(x)
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(200)
    try:
        text = to_mermaid(folded(x, scale))
    finally:
        sys.setrecursionlimit(limit)

    assert 'n0_op(("Scale"))' in text
    assert 5 == len(text.splitlines()) - text.count("-->") + 1


@pytest.mark.parametrize("root", [3.0, [Value(1.0)], None])
def test_folding_something_else_is_an_error(root):
    """A folded graph has one root."""
    with pytest.raises(TypeError, match=f"`root` needs one node.*got {type(root).__name__}"):
        folded(root, [])


@pytest.mark.parametrize("parts", [[3.0], {"a": Value(1.0)}, ["layers"]])
def test_parts_that_are_no_modules_are_an_error(parts):
    """Where the parameters lie, the module has to say."""
    with pytest.raises(TypeError, match="`parts` needs modules such as layers, got"):
        folded(Value(1.0), parts)


def test_a_folded_graph_cannot_be_calculated():
    """It has no numbers, only what is drawn of them."""
    neuron = Neuron(1, seed=1)
    root = folded(neuron([1.0]), neuron)

    with pytest.raises(TypeError, match="drawn, not calculated"):
        root.op(1.0)
