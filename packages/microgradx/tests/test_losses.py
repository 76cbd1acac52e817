"""Mean squared error and cross-entropy on batches: numbers, gradients and wrong arguments."""

import numpy as np
import pytest

import micrograd_plus
from microgradx import TensorValue, cross_entropy, mse


def one_by_one(*numbers):
    """A tensor of shape () for each number, as a model gives for one example after the other."""
    return [TensorValue(x) for x in numbers]


# Mean squared error


@pytest.mark.parametrize(
    ("targets", "predictions"),
    [
        ([0, 1], [1.0, 3.0]),
        ([0, 1], np.array([1.0, 3.0])),
        ([0, 1], TensorValue([1.0, 3.0])),
        ([0, 1], one_by_one(1.0, 3.0)),
        (np.array([0, 1]), one_by_one(1.0, 3.0)),
        (TensorValue([0.0, 1.0]), TensorValue([1.0, 3.0])),
        (one_by_one(0.0, 1.0), one_by_one(1.0, 3.0)),
    ],
    ids=str,
)
def test_mse_takes_lists_arrays_and_tensors(targets, predictions):
    """(1 + 4) / 2, however the numbers come."""
    assert 2.5 == mse(targets, predictions).item()


def test_mse_of_single_outputs_reaches_each_of_them():
    """d (p - y)**2 / n = 2 (p - y) / n, for every tensor in the list."""
    predictions = one_by_one(1.0, 3.0)
    mse([0.0, 1.0], predictions).backward()

    assert [1.0, 2.0] == [p.grad.item() for p in predictions]


def test_c39_mse_is_the_mean_over_all_entries():
    """C39: also over several outputs per example."""
    predictions = TensorValue([[1.0, 2.0], [3.0, 4.0]])
    loss = mse(np.zeros((2, 2)), predictions)
    loss.backward()

    assert 7.5 == loss.item()
    assert [[0.5, 1.0], [1.5, 2.0]] == predictions.grad.tolist()


@pytest.mark.parametrize(("reduction", "expected"), [("mean", 2.5), ("sum", 5.0), ("none", [1, 4])])
def test_reductions(reduction, expected):
    """Mean, sum, or each error by itself."""
    predictions = TensorValue([1.0, 3.0])

    assert expected == mse([0.0, 1.0], predictions, reduction=reduction).data.tolist()


def test_targets_that_are_tensors_get_gradients_too():
    """The error is between two; both may be computed."""
    targets, predictions = TensorValue([1.0]), TensorValue([3.0])
    mse(targets, predictions).backward()

    assert ([-4.0], [4.0]) == (targets.grad.tolist(), predictions.grad.tolist())


def test_the_loss_has_the_dtype_of_the_predictions():
    """Targets in float64 or whole numbers do not change what a float32 network computes in."""
    predictions = TensorValue(np.ones(2, np.float32))
    dtypes = {mse(y, predictions).dtype for y in ([0, 1], np.zeros(2), np.zeros(2, int))}

    assert {np.dtype(np.float32)} == dtypes


def test_mse_is_that_of_stage_2():
    """The formula is written once: numbers and arrays agree."""
    rng = np.random.default_rng(0)
    ys, ps = rng.normal(size=10), rng.normal(size=10)
    expected = micrograd_plus.mse(ys.tolist(), [micrograd_plus.Value(p) for p in ps.tolist()]).data

    # the order of the sum differs: a few units in the last place
    assert pytest.approx(expected, rel=1e-14) == mse(ys, TensorValue(ps)).item()


@pytest.mark.parametrize(
    ("targets", "predictions"),
    [
        ([1.0, 2.0], TensorValue([1.0, 2.0, 3.0])),
        ([[1.0], [2.0], [3.0]], TensorValue([1.0, 2.0, 3.0])),
        ([1.0, 2.0, 3.0], TensorValue([[1.0], [2.0], [3.0]])),
        (1.0, TensorValue([1.0, 2.0])),
        ([1.0], one_by_one(1.0, 2.0)),
    ],
    ids=["2 for 3", "C38 (3,1) for (3,)", "C38 (3,) for (3,1)", "() for (2,)", "1 for a list of 2"],
)
def test_c38_shapes_have_to_be_equal(targets, predictions):
    """C38: nothing is broadcast in silence; the error names both shapes."""
    with pytest.raises(ValueError, match=r"got \(.*\) and \(.*\)"):
        mse(targets, predictions)


@pytest.mark.parametrize("predictions", [TensorValue([1.0, 2.0]), one_by_one(1.0, 2.0)], ids=str)
def test_swapped_arguments_of_mse_are_noticed(predictions):
    """Targets come first; a tensor where plain numbers are expected gives it away."""
    with pytest.raises(TypeError, match="targets come first"):
        mse(predictions, [1.0, 2.0])


@pytest.mark.parametrize("targets", ["ab", None, ["a", "b"], [1j, 2j]], ids=repr)
def test_targets_that_are_no_numbers_are_a_type_error(targets):
    """Only numbers have a distance."""
    with pytest.raises(TypeError, match="expected real numbers"):
        mse(targets, TensorValue([1.0, 2.0]))


def test_an_unknown_reduction_is_named():
    """C39: the error lists the three that there are."""
    with pytest.raises(ValueError, match="'mean', 'sum' or 'none'"):
        mse([1.0], TensorValue([1.0]), reduction="average")


# Cross-entropy


def test_cross_entropy_of_equal_scores():
    """log of the number of classes; the gradient is the shares minus one on the label, over n."""
    logits = TensorValue(np.zeros((2, 4)))
    loss = cross_entropy([0, 3], logits)
    loss.backward()

    assert pytest.approx(np.log(4), rel=1e-15) == loss.item()
    assert [[-0.375, 0.125, 0.125, 0.125], [0.125, 0.125, 0.125, -0.375]] == logits.grad.tolist()


@pytest.mark.parametrize(
    ("logits", "label", "expected", "gradient"),
    [
        ([1e4, 0.0], 1, 1e4, [1.0, -1.0]),
        ([1e4, 0.0], 0, 0.0, [0.0, 0.0]),
        ([-np.inf, 0.0], 0, np.inf, [-1.0, 1.0]),
        ([-np.inf, 0.0], 1, 0.0, [0.0, 0.0]),
        ([5.0], 0, 0.0, [0.0]),
    ],
    ids=["C32", "sure and right", "C37", "impossible class", "C35"],
)
def test_cross_entropy_at_extremes(logits, label, expected, gradient):
    """Finite for large scores, inf only for an impossible label, and no warning anywhere."""
    x = TensorValue([logits])
    loss = cross_entropy([label], x)
    loss.backward()

    assert (expected, [gradient]) == (loss.item(), x.grad.tolist())


def test_cross_entropy_matches_finite_differences():
    """Every score of a small batch."""
    rng = np.random.default_rng(0)
    start, labels, eps = rng.normal(size=(3, 4)), [1, 0, 3], 1e-5
    x = TensorValue(start)
    cross_entropy(labels, x).backward()
    numeric = np.empty_like(start)
    for index in np.ndindex(start.shape):
        sides = []
        for step in (eps, -eps):
            moved = start.copy()
            moved[index] += step
            sides.append(cross_entropy(labels, TensorValue(moved)).item())
        numeric[index] = (sides[0] - sides[1]) / (2 * eps)

    assert np.allclose(numeric, x.grad, rtol=0, atol=1e-9)  # central difference: eps**2 = 1e-10


def test_cross_entropy_takes_a_list_of_outputs():
    """A batch may come as one output per example."""
    outputs = [TensorValue([1.0, 2.0]), TensorValue([3.0, 4.0])]
    expected = cross_entropy([0, 1], TensorValue([[1.0, 2.0], [3.0, 4.0]])).item()

    assert expected == cross_entropy([0, 1], outputs).item()


@pytest.mark.parametrize("label", [3, -1])
def test_c33_a_label_that_is_no_class_is_named_with_its_row(label):
    """C33: what labels there are, which came, and in which row."""
    with pytest.raises(IndexError, match=rf"0 to 2.*{label}.*row 1"):
        cross_entropy([0, label], TensorValue(np.zeros((2, 3))))


@pytest.mark.parametrize(
    ("labels", "logits", "error"),
    [
        ([[0], [1]], np.zeros((2, 3)), ValueError),
        ([0, 1, 2], np.zeros((2, 3)), ValueError),
        ([0], np.zeros(3), ValueError),
        ([], np.zeros((0, 3)), ValueError),
        ([0.0, 1.0], np.zeros((2, 3)), ValueError),
        (["a", "b"], np.zeros((2, 3)), TypeError),
    ],
    ids=["C34 (n, 1)", "3 for 2", "one example", "empty batch", "C34 floats", "words"],
)
def test_c34_labels_that_do_not_fit_are_errors(labels, logits, error):
    """C34: one whole number per row."""
    with pytest.raises(error, match="expected"):
        cross_entropy(labels, TensorValue(logits))


def test_swapped_arguments_of_cross_entropy_are_noticed():
    """Labels come first."""
    with pytest.raises(TypeError, match=r"targets come first"):
        cross_entropy(TensorValue([[1.0, 2.0]]), [0])
