"""Pictures: a Figure that can be saved, nothing shown, nothing global touched."""

import io
import sys

import numpy as np
import pytest

from vhgrad import MLP, plot

pytest.importorskip("matplotlib", reason="pictures need the extra vhgrad[plot]")


def saved(figure):
    """The bytes of the picture as PNG."""
    file = io.BytesIO()
    figure.savefig(file, format="png")
    return file.getvalue()


@pytest.fixture
def spiral_model():
    return MLP(2, [4, 3], seed=0)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_decision_boundary_is_a_picture(spiral_model, dtype):
    """Points and the classes around them become a PNG."""
    X = np.random.default_rng(0).normal(size=(60, 2)).astype(dtype)
    figure = plot.decision_boundary(spiral_model, X, np.arange(60) % 3, resolution=40)

    assert saved(figure).startswith(b"\x89PNG")


def test_decision_boundary_leaves_the_model_in_its_mode(spiral_model):
    """Drawing in the middle of training does not end the training mode."""
    plot.decision_boundary(spiral_model, np.eye(2), np.arange(2), resolution=5)

    assert spiral_model.training


def test_a_single_point_has_a_picture(spiral_model):
    """One point has no extent; the picture still has one."""
    figure = plot.decision_boundary(spiral_model, [[3.0, 3.0]], [0], resolution=5)

    assert (2.0, 4.0) == figure.axes[0].get_xlim()


def test_confusion_matrix_counts_pairs():
    """Each cell shows how often a class was taken for another; empty cells stay empty."""
    figure = plot.confusion_matrix([0, 0, 1, 2], [0, 1, 1, 0])
    shown = {text.get_position(): text.get_text() for text in figure.axes[0].texts}

    assert {(0, 0): "1", (1, 0): "1", (1, 1): "1", (0, 2): "1"} == shown


def test_confusion_matrix_without_mistakes_is_a_picture():
    """Nothing to colour is not an error."""
    assert saved(plot.confusion_matrix([0, 1], [0, 1]))


@pytest.mark.parametrize("count", [0, 1, 6, 7, 30])
def test_image_grid_holds_any_number_of_images(count):
    """No image, one row, several rows: all become a picture."""
    figure = plot.image_grid(np.zeros((count, 784)), np.zeros(count, int), np.ones(count, int))

    assert count == sum(bool(axes.get_title()) for axes in figure.axes)
    assert saved(figure)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_image_grid_may_have_one_column(count):
    """One image in one column is a picture, too."""
    images, classes = np.zeros((count, 784)), np.zeros(count, int)

    assert saved(plot.image_grid(images, classes, classes, columns=1))


@pytest.mark.parametrize(
    "draw",
    [
        lambda model: plot.decision_boundary(model, np.zeros((0, 2)), []),
        lambda model: plot.confusion_matrix([0, 1], [0.0, 0.5]),
        lambda model: plot.confusion_matrix(["cat"], [0]),
        lambda model: plot.confusion_matrix([0, 1], [0, 1], names=["cat"]),
        lambda model: plot.image_grid(np.zeros((1, 4)), [0], [1], columns=0),
        lambda model: plot.decision_boundary(model, np.zeros((3, 3)), np.zeros(3)),
        lambda model: plot.decision_boundary(model, np.zeros((3, 2)), np.zeros(4)),
        lambda model: plot.decision_boundary(MLP(2, [1]), np.zeros((3, 2)), np.arange(3)),
        lambda model: plot.decision_boundary(model, np.zeros((3, 2)), [0, 1, 3]),
        lambda model: plot.decision_boundary(model, np.zeros((3, 2)), [0, 1, 2], names=["a"]),
        lambda model: plot.confusion_matrix([0, 1], [0]),
        lambda model: plot.confusion_matrix([], []),
        lambda model: plot.image_grid(np.zeros((2, 5)), [0, 1], [0, 1]),
        lambda model: plot.image_grid(np.zeros((2, 4)), [0], [0, 1]),
    ],
)
def test_shapes_that_do_not_fit_are_named(spiral_model, draw):
    """The error says what was expected and what came."""
    with pytest.raises(ValueError, match=r"expected .* got"):
        draw(spiral_model)


def test_without_matplotlib_the_extra_is_named(monkeypatch):
    """The error is the command that helps."""
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)

    with pytest.raises(ImportError, match=r"pip install 'vhgrad\[plot\]'"):
        plot.confusion_matrix([0], [0])


def test_pyplot_is_not_used():
    """Pictures are made without the global state of pyplot, on any machine."""
    before = "matplotlib.pyplot" in sys.modules
    saved(plot.confusion_matrix([0, 1], [0, 1]))

    assert before == ("matplotlib.pyplot" in sys.modules)
