"""Pictures: a Figure that can be saved, nothing shown, nothing global touched."""

import io
import sys

import numpy as np
import pytest

from vhgrad import MLP, History, Linear, Module, ReLU, TensorValue, plot
from vhgrad.nn import Conv2d

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


@pytest.mark.parametrize("shape", [(20,), (20, 1)])
def test_a_model_of_one_number_has_a_boundary_at_its_threshold(shape):
    """Two classes, whatever they are called, and one line between them."""

    class Sum(Module):
        def forward(self, x):
            return TensorValue(np.asarray(x).sum(axis=1).reshape((-1, *shape[1:])))

    X = np.random.default_rng(0).normal(size=(20, 2))
    y = np.where(X.sum(axis=1) > 0.5, 1, -1)
    figure = plot.decision_boundary(Sum(), X, y, threshold=0.5, resolution=20)

    assert "20 points, 20 of them on their own ground" in plot.alt_text(figure)


def test_classes_have_names_and_marks_of_their_own(spiral_model):
    """A legend where there are names; a mark for each class, not only a colour."""
    figure = plot.decision_boundary(
        spiral_model, np.eye(3)[:, :2], [0, 1, 2], names=["ant", "bee", "cat"], resolution=5
    )
    axes = figure.axes[0]
    marks = {points.get_paths()[0].vertices.tobytes() for points in axes.collections[-3:]}

    assert ["ant", "bee", "cat"] == [text.get_text() for text in axes.get_legend().get_texts()]
    assert 3 == len(marks)


def test_confusion_matrix_has_words_for_classes():
    """Strings as they are, numbers by the names they are given."""
    words = plot.confusion_matrix(["dog", "cat"], ["dog", "dog"])
    named = plot.confusion_matrix([0, 1], [0, 0], names=["dog", "cat"])

    assert ["cat", "dog"] == [text.get_text() for text in words.axes[0].get_xticklabels()]
    assert "Most often cat is taken for dog, once." in plot.alt_text(named)


@pytest.mark.parametrize(
    ("shape", "shown"),
    [
        ((2, 5, 4), (5, 4)),
        ((2, 16), (4, 4)),
        ((2, 1, 5, 4), (5, 4)),
        ((2, 3, 5, 4), (5, 4, 3)),
        ((2, 5, 4, 3), (5, 4, 3)),
    ],
)
@pytest.mark.parametrize("kind", ["bytes", "shares", "standardised"])
def test_images_are_gray_or_in_colour(shape, shown, kind):
    """Channels first or last; bytes, numbers from 0 to 1, and normalised ones."""
    images = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    if kind != "bytes":
        images = images / 255 if kind == "shares" else images / 64 - 2
    figure = plot.image_grid(images, columns=2)
    drawn = figure.axes[0].images[0].get_array()

    assert shown == drawn.shape
    assert len(shown) == 2 or (drawn.min() >= 0 and drawn.max() <= 1)
    assert saved(figure)


def test_captions_have_names():
    """A class alone, and what it was taken for on a second line where that is long."""
    figure = plot.image_grid(np.zeros((2, 4, 4)), [0, 1], [0, 0], names=["ship", "truck"])

    assert ["ship", "truck,\ntaken for ship"] == [a.get_title() for a in figure.axes[:2]]


def test_training_curves_have_a_panel_per_quantity():
    """Training and validation share one; seconds, and what was never measured, have none."""
    history = {
        "loss": [1.0, 0.5, 0.25],
        "seconds": [1.0] * 3,
        "validation_loss": [1.0, 0.5, 0.75],
        "accuracy": [0.5, float("nan"), 0.9],
        "nothing": [float("nan")] * 3,
    }
    figure = plot.training_curves(history, logarithmic=True)
    loss, accuracy = figure.axes

    assert ("loss", "accuracy") == (loss.get_ylabel(), accuracy.get_ylabel())
    assert ["training", "validation"] == [text.get_text() for text in loss.get_legend().get_texts()]
    assert (2, 0.5) == tuple(float(x[0]) for x in loss.lines[-1].get_data())  # the best epoch
    assert saved(figure)


def test_a_history_draws_itself():
    """`History.plot` is the same picture."""
    assert plot.alt_text(History(loss=[0.5]).plot()) == plot.alt_text(
        plot.training_curves({"loss": [0.5]})
    )


@pytest.mark.parametrize("history", [{}, {"seconds": [1.0]}, {"loss": []}])
def test_an_empty_history_is_an_error(history):
    """There is nothing to draw."""
    with pytest.raises(ValueError, match="expected a history"):
        plot.training_curves(history)


@pytest.mark.parametrize(
    ("model", "tiles", "kind"),
    [
        (lambda: MLP(784, [40, 3], seed=0), 32, "images"),
        (lambda: Linear(3 * 25, 4), 4, "images"),
        (lambda: Conv2d(3, 5, 3), 5, "images"),
        (lambda: Conv2d(1, 5, 3), 5, "images"),
        (lambda: Conv2d(7, 5, 3), 5, "images"),
        (lambda: MLP(2, [8, 1], seed=0), 1, "table"),
    ],
)
def test_weights_of_the_first_layer(model, tiles, kind):
    """One image per neuron where the inputs are an image, else one table."""
    figure = plot.first_layer(model())
    shown = [axes for axes in figure.axes if axes.images]

    assert tiles == len(shown)
    assert f"as {kind}" in plot.alt_text(figure)
    assert saved(figure)


def test_weights_are_on_a_scale_with_0_in_the_middle():
    """The largest weight, in whatever neuron, ends the scale on both sides."""
    model = MLP(16, [3], seed=0)
    reach = float(np.abs(model.parameters()[0].data).max())
    limits = {axes.images[0].get_clim() for axes in plot.first_layer(model).axes[:3]}

    assert {(-reach, reach)} == limits


@pytest.mark.parametrize(
    ("model", "settings", "error"),
    [
        (None, {}, TypeError),
        (ReLU(), {}, ValueError),
        (Linear(4, 2), {"count": 0}, ValueError),
        (Linear(4, 2), {"columns": 0}, ValueError),
    ],
)
def test_models_without_weights_are_named(model, settings, error):
    """What is no module, or holds no layer, or nothing of it was asked for."""
    with pytest.raises(error, match="first_layer"):
        plot.first_layer(model, **settings)


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_a_figure_is_saved_with_its_words(tmp_path, ending):
    """The folder is made; whoever cannot see the picture finds a text inside."""
    figure = plot.confusion_matrix([0, 1], [0, 1])
    path = plot.save(figure, tmp_path / "new" / f"picture.{ending}")

    assert path.is_file()
    assert ending == "pdf" or b"Confusion matrix of 2 classes" in path.read_bytes()


def test_every_picture_has_words(spiral_model):
    """One sentence at least."""
    pictures = [
        plot.decision_boundary(spiral_model, np.eye(2), [0, 1], resolution=5),
        plot.confusion_matrix([0], [0]),
        plot.training_curves({"loss": [1.0]}),
        plot.image_grid(np.zeros((1, 4, 4))),
        plot.first_layer(spiral_model),
    ]

    assert all(plot.alt_text(figure).endswith(".") for figure in pictures)
