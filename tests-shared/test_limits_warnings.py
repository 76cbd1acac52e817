"""NumPy is kept quiet without touching its settings, and at the price that was agreed."""

import ast
from pathlib import Path

import numpy as np
import pytest

import micrograd
import micrograd_plus
import microgradx as mx
import vhgrad
from microgradx import TensorValue
from vhgrad import nn

SOURCES = [Path(module.__file__).parent for module in (micrograd, micrograd_plus, mx, vhgrad)]
SETTERS = {"seterr", "seterrcall", "setbufsize", "set_printoptions", "filterwarnings"}
X = np.array([[0.0, -1.0], [np.inf, 1e308]])


def poles():
    """Forward and back through poles, overflows and nan."""
    vhgrad.Linear(2, 1, seed=0)(X), vhgrad.BatchNorm1d(2)(X), vhgrad.MaxPool2d(1)(X[None, None])
    x = TensorValue(X)
    (mx.log(x) + x.exp() / x + x.sqrt() - x**-1).sum().backward()
    return x.grad


def training():
    """A step that goes wrong."""
    model = nn.Sequential(nn.Linear(2, 3, seed=0), nn.ReLU(), nn.BatchNorm1d(3), nn.Linear(3, 1))
    optimizer = vhgrad.Adam(model.parameters(), lr=1e30)
    for _ in range(2):
        nn.MSELoss()(np.zeros((2, 1)), model(X)).backward()
        optimizer.step()


def refused():
    """An error on the way, one of a shape and one of a rule."""
    with pytest.raises(ValueError, match="expected"):
        TensorValue(X) + np.zeros(3)
    op = mx.Op("wrong", lambda x: x, lambda g, out, x: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        op(TensorValue(1.0)).backward()


def measured():
    """Scaling, and a diagnosis, of numbers that nobody can learn from."""
    vhgrad.Normalize(1.0, 1e-9)(np.array([3e38], np.float32))
    vhgrad.diagnose(nn.Linear(2, 1, seed=0), (X, np.zeros((2, 1))), loss=vhgrad.mse)


@pytest.mark.parametrize("state", ["warn", "raise", "ignore", "print"])
@pytest.mark.parametrize("work", [poles, training, refused, measured])
def test_settings_of_numpy_are_neither_heeded_nor_changed(work, state, capsys):
    """Whoever asked NumPy to raise gets what everybody gets, and finds his settings again."""
    with np.errstate(all=state):
        before = np.geterr()
        work()

        assert before == np.geterr()
    assert ("", "") == capsys.readouterr()


@pytest.fixture
def entered(monkeypatch):
    """How often `np.errstate` is entered, which costs a microsecond each time."""
    times = []

    class Counted(np.errstate):
        def __enter__(self):
            times.append(1)
            return super().__enter__()

    monkeypatch.setattr(np, "errstate", Counted)
    return times


@pytest.mark.parametrize("depth", [1, 100])
@pytest.mark.parametrize(("dtype", "converted"), [(np.float32, 0), (np.float64, 1)])
def test_errstate_is_entered_once_per_backward_pass(entered, depth, dtype, converted):
    """However long the graph is; a call enters it once, and only if its input is converted."""
    layers = [nn.Linear(2, 2, seed=0), nn.Softplus(), nn.GELU(), nn.LayerNorm(2)] * depth
    model = nn.Sequential(*layers)
    entered.clear()
    loss = (model(np.ones((3, 2), dtype)).exp().log() ** 2).mean()
    forward = len(entered)
    loss.backward()

    assert (converted, 1) == (forward, len(entered) - forward)


def test_a_batch_normalisation_enters_it_for_its_averages(entered):
    """Once per call: in training it writes into arrays of its own, else it divides by a spread."""
    layer, x = nn.BatchNorm1d(2), np.ones((3, 2), np.float32)
    entered.clear()
    layer(x)
    layer.eval()(x)

    assert 2 == len(entered)


def test_nobody_sets_what_is_the_users():
    """But for one place, where the setting is that of a context of its own."""
    found = []
    for path in (path for folder in SOURCES for path in folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in SETTERS:
                found.append((path.name, node.attr))

    assert [("functions.py", "seterr")] == found
