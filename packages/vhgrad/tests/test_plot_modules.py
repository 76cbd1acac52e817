"""Drawings of models: which module made which operation, folded and opened."""

import re
import shutil
from typing import NamedTuple

import numpy as np
import pytest

from vhgrad import MLP, Linear, Module, Parameter, ReLU, Sequential, default_generator, nn, plot


class Residual(Module):
    """A sum around two layers, one of them used twice."""

    def __init__(self):
        self.inner = Sequential(Linear(4, 8), ReLU(), Linear(8, 4))
        self.shared = Linear(4, 4)

    def forward(self, x):
        return self.shared(self.shared(x + self.inner(x)).tanh())


def text(drawing):
    """The drawing without markup."""
    return re.sub(r"</?(?:b|font\b[^>]*)>", "", drawing.source)


def edges(drawing):
    """From where to where, and the shape that goes along."""
    return re.findall(r"(\w+) -> (\w+)(?: \[label=\" (.*?)\")?", drawing.source)


def frames(drawing):
    """How many modules are opened."""
    return drawing.source.count("subgraph")


@pytest.mark.parametrize(("depth", "opened"), [(0, 0), (1, 1), (2, 4), (3, 6), (None, 6)])
def test_depth_says_how_many_levels_are_opened(depth, opened):
    """0 is one box; each level more opens the modules there; None opens all there is."""
    assert opened == frames(plot.model_graph(Residual(), (None, 4), depth=depth))


def test_a_folded_model_is_one_box():
    """With its name and the number of its parameters."""
    drawing = plot.model_graph(Residual(), (None, 4), depth=0)

    assert [("input0", "call0", "(None, 4)"), ("call0", "output0", "(None, 4)")] == edges(drawing)
    assert "Residual<br/>96 parameters" in text(drawing)


def test_parts_are_boxes_and_own_operations_circles():
    """At depth 1: the sum and the tanh belong to the model itself, the rest to its parts."""
    drawing = plot.model_graph(Residual(), (None, 4))
    circles = re.findall(r"label=\"?(\S+?)\"? color=gray40 fillcolor=white", drawing.source)

    assert ["+", "tanh"] == sorted(circles)
    for part in ("inner · 76 parameters", "shared · 20 parameters", "shared · call 2 · 20"):
        assert part in text(drawing)


def test_opened_modules_show_their_parameters():
    """Each where it is used, with its shape; a shared one is drawn once, with two edges."""
    drawing = plot.model_graph(Residual(), (None, 4), depth=None)

    assert 1 == drawing.source.count('"weight (8, 4)"')
    assert 1 == drawing.source.count('"weight (4, 4)"')
    weight = re.search(r'(node\d+) \[label="weight \(4, 4\)"', drawing.source)[1]
    assert 2 == sum(source == weight for source, _, _ in edges(drawing))


def test_every_edge_ends_at_boxes_that_are_drawn():
    """No operation is forgotten, at any depth."""
    for depth in (0, 1, 2, None):
        drawing = plot.model_graph(Residual(), (None, 4), depth=depth)
        drawn = set(re.findall(r"^\s*(\w+) \[label", drawing.source, re.MULTILINE))

        assert {end for edge in edges(drawing) for end in edge[:2]} <= drawn


@pytest.mark.parametrize(
    "model",
    [nn.Dropout(0.5), nn.Identity(), Sequential(), nn.Flatten()],
    ids=["dropout", "identity", "empty", "flatten"],
)
def test_a_module_that_returns_its_input_is_drawn(model):
    """Nothing was computed, and yet the module stands between input and output."""
    drawing = plot.model_graph(Sequential(Linear(2, 2), model, ReLU()), (None, 2))

    assert 4 == len(edges(drawing))
    assert type(model).__name__ in drawing.source


def test_drawing_changes_nothing():
    """No parameter, no gradient, no running statistics, no mode, no random number."""
    model = Sequential(Linear(3, 4), nn.BatchNorm1d(4), nn.Dropout(0.5))
    before = repr(model.state_dict()), repr(vars(model[0])), default_generator().bit_generator.state
    plot.model_graph(model, (None, 3), depth=None)

    assert before == (
        repr(model.state_dict()),
        repr(vars(model[0])),
        default_generator().bit_generator.state,
    )
    assert model.training
    assert [None] * 4 == [p.grad for p in model.parameters()]


@pytest.mark.parametrize("depth", [0, 1, None])
def test_indices_go_to_the_embedding(depth):
    """Whole numbers are no tensors; the edge is there all the same, with their shape."""
    model = Sequential(nn.Embedding(10, 3), Linear(3, 2))
    drawing = plot.model_graph(model, np.zeros((2, 5), int), depth=depth)

    assert "(2, 5)" in [shape for source, _, shape in edges(drawing) if source == "input0"]


def test_several_inputs_and_outputs():
    """Each has a box of its own."""

    class Two(Module):
        def forward(self, a, b):
            return {"sum": a + b, "parts": (a * 2.0, b)}

    drawing = plot.model_graph(Two(), np.ones((2, 3)), (None, 3), depth=None)

    assert {"input0", "input1", "output0", "output1", "output2"} <= {
        name for edge in edges(drawing) for name in edge[:2]
    }
    assert '"input 1"' in drawing.source


def test_named_results_keep_their_names():
    """A part that hands its input back in a named tuple is still asked for it by name."""

    class Pair(NamedTuple):
        first: object
        second: object

    class Both(Module):
        def forward(self, x):
            return Pair(x, x * 2.0)

    class Outer(Module):
        def __init__(self):
            self.both = Both()

        def forward(self, x):
            both = self.both(x)
            return both.first + both.second

    drawing = plot.model_graph(Outer(), (None, 2))

    assert ["input0", "call1", "output0"] == [
        *(edges(drawing)[0][0], edges(drawing)[0][1], edges(drawing)[-1][1])
    ]


def test_frozen_parameters_do_not_stop_a_drawing():
    """They are constants; the model is drawn as ever."""
    model = MLP(2, [3, 1], seed=0).freeze()

    assert "Layer" in plot.model_graph(model, (None, 2)).source
    assert "linear" in plot.model_graph(model, (None, 2), depth=None).source


def test_names_are_not_markup():
    """`<`, `&` and quotes in a name or in settings are shown as they are."""

    class Odd(Module):
        def __init__(self):
            self.weight = Parameter(np.ones(2))

        def settings(self):
            return 'a < b & "c"'

        def forward(self, x):
            return x * self.weight

    drawing = plot.model_graph(Odd(), (None, 2), depth=0)

    assert "a &lt; b &amp; &quot;c&quot;" in drawing.source
    if shutil.which("dot"):
        assert b"<svg" in drawing.pipe("svg")


@pytest.mark.parametrize(
    ("arguments", "settings", "error", "message"),
    [
        ((None, (1, 2)), {}, TypeError, "needs a module"),
        ((Linear(2, 2),), {}, ValueError, "needs an input"),
        ((Linear(2, 2), (1, 2)), {"depth": -1}, ValueError, "0 or more, got -1"),
        ((Linear(2, 2), (1, 2)), {"direction": "up"}, ValueError, "'TB' or 'LR'"),
        ((Linear(2, 2), (1, 2)), {"limit": 2}, ValueError, "more than 2; try a smaller depth"),
        ((Linear(2, 2), (None, 3)), {}, ValueError, "expected inputs of shape"),
    ],
)
def test_what_cannot_be_drawn_is_named(arguments, settings, error, message):
    """Before anything is drawn."""
    with pytest.raises(error, match=message):
        plot.model_graph(*arguments, **settings)
