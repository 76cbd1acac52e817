"""What `fit` shows on a terminal."""

import io
import re
import sys

import numpy as np

from vhgrad import MLP, SGD, mse
from vhgrad.training import fit

X = np.random.default_rng(0).uniform(-1, 1, (12, 2))
Y = X[:, 0] * X[:, 1]
BATCHES = [(X[k : k + 4], Y[k : k + 4]) for k in (0, 4, 8)]


class Terminal(io.StringIO):
    """Somebody watches."""

    def isatty(self):
        return True


def shown(monkeypatch, **settings):
    """What a terminal gets."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    model = MLP(2, [4, 1], seed=1)
    optimizer = SGD(model.parameters(), lr=0.1)
    fit(model, BATCHES, loss=mse, optimizer=optimizer, epochs=10, **settings)
    return terminal.getvalue()


def test_a_terminal_shows_a_bar_and_a_line_per_epoch(monkeypatch):
    """Loss, metrics and seconds; the bar is gone when the epoch is."""
    text = shown(monkeypatch, validation=BATCHES, metrics={"worst": lambda t, y: abs(t - y).max()})
    lines = re.findall(r"epoch +\d+/10  loss \S+  validation_loss \S+  worst \S+  \S+ s\n", text)

    assert 10 == len(lines)
    assert "epoch  1/10" in lines[0]
    assert "epoch 3/10: " in text
    assert "| 0/3 " in text


def test_without_progress_nothing_is_shown(monkeypatch):
    """Also on a terminal."""
    assert "" == shown(monkeypatch, progress=False)
