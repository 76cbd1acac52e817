"""Settings and inputs that cannot be meant are refused in words that say what was expected."""

import numpy as np
import pytest

import vhgrad
from vhgrad import MLP, metrics, nn, plot
from vhgrad.checkpoint import text
from vhgrad.optim import lr_scheduler as lr


class Plain(vhgrad.Optimizer):
    """An optimizer without momentum."""

    def update(self, data, g, state, group):
        return data - group["lr"] * g


class Matrices(nn.Module):
    """Gives a matrix for each example."""

    def forward(self, x):
        return vhgrad.TensorValue(np.zeros((len(x), 2, 2)))


def plain():
    """One of those, for a small network."""
    return Plain(MLP(2, [3], seed=1).parameters(), lr=0.1)


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        (lambda: lr.OneCycleLR(plain(), 1.0, 5), ValueError, "with momentum or betas, Plain has"),
        (lambda: lr.OneCycleLR(plain(), 1.0), ValueError, "total_steps, or epochs and"),
        (lambda: text.check('"é"', room=0), vhgrad.CheckpointError, "not ASCII"),
        (
            lambda: metrics.classification_report([0, 1], [0, 1], target_names=["a"]),
            ValueError,
            "a name for each of 2 classes",
        ),
        (
            lambda: metrics.confusion_matrix([0, 1], [0, 1], labels=[5, 6]),
            ValueError,
            "at least one of the `labels` among the targets",
        ),
        (
            lambda: plot.decision_boundary(Matrices(), np.zeros((3, 2)), [0, 1, 0]),
            ValueError,
            "scores of shape",
        ),
        (
            lambda: plot.model_graph(MLP(2, [1], seed=1), (None, 2.5)),
            TypeError,
            "shapes such as",
        ),
        (lambda: nn.Embedding(3, 2)([0.5]), TypeError, "whole numbers"),
    ],
)
def test_what_cannot_be_meant_is_refused(wrong, error, message):
    """Where it enters, and before anything is done."""
    with pytest.raises(error, match=message):
        wrong()


def test_a_cycle_counts_the_steps_of_epochs_and_needs_no_momentum():
    """Both spellings give the same rates."""
    found = []
    for settings in ({"total_steps": 12}, {"epochs": 3, "steps_per_epoch": 4}):
        optimizer = plain()
        schedule = lr.OneCycleLR(optimizer, 1.0, cycle_momentum=False, **settings)
        rates = []
        for _ in range(11):
            rates.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            schedule.step()
        found.append(rates)

    assert found[0] == found[1]


def test_a_rate_that_grows_beyond_all_numbers_is_refused():
    """Python's own error would be of powers; the rate stays the last that was one."""
    optimizer = plain()
    schedule = lr.ExponentialLR(optimizer, gamma=1e300)
    optimizer.step()
    schedule.step()
    optimizer.step()
    with pytest.raises(ValueError, match=r"ExponentialLR gives lr=inf in epoch 2"):
        schedule.step()

    assert 1e299 == pytest.approx(optimizer.param_groups[0]["lr"])


def test_layers_show_the_settings_that_are_not_the_usual_ones():
    """In the words in which they were given."""
    layer = nn.Conv2d(1, 2, 3, stride=2, padding=1, dilation=2, bias=False)

    assert "padding=1" in repr(layer).replace("(1, 1)", "1")
    assert all(word in repr(layer) for word in ("stride", "dilation", "bias"))


def test_lists_of_numbers_are_looked_up():
    """Of words, for instance; nothing has to be an array."""
    embedding = nn.Embedding(3, 2, generator=0)

    np.testing.assert_array_equal(embedding([[0, 2]]).data, embedding(np.array([[0, 2]])).data)


def test_whole_numbers_serve_as_scores():
    """As votes do."""
    assert 1.0 == metrics.roc_auc([0, 0, 1, 1], [1, 2, 3, 4])


def test_names_that_would_be_one_are_kept_apart(tmp_path):
    """Two arrays whose paths read the same, and one that takes the name of the way out."""
    values = {"a/b": np.ones(1), "a": {"b": np.zeros(1)}, "a/b~2": np.full(1, 2.0)}
    vhgrad.save_checkpoint(tmp_path / "c", metadata=values)
    found = vhgrad.load_checkpoint(tmp_path / "c")

    assert [1.0] == found["a/b"].tolist()
    assert [0.0] == found["a"]["b"].tolist()
    assert [2.0] == found["a/b~2"].tolist()
