"""Settings of cross_entropy and nll: what they are worth by hand, and what they refuse."""

import numpy as np
import pytest

from microgradx import TensorValue, cross_entropy, nll

LOGITS = np.array([[2.0, 0.0, 0.0], [1.0, -1.0, 3.0]])


def test_c36_label_smoothing():
    """C36: a tenth of the label is spread evenly over the three classes."""
    loss = cross_entropy([0], TensorValue(LOGITS[:1]), label_smoothing=0.1)

    assert pytest.approx(0.372878099555218, rel=1e-14) == loss.item()


def test_smoothed_labels_are_probabilities():
    """Smoothing by hand gives the same."""
    smooth = [[0.8 + 0.2 / 3, 0.2 / 3, 0.2 / 3], [0.2 / 3, 0.2 / 3, 0.8 + 0.2 / 3]]
    by_hand = cross_entropy(smooth, TensorValue(LOGITS)).item()
    loss = cross_entropy([0, 2], TensorValue(LOGITS), label_smoothing=0.2).item()

    assert pytest.approx(by_hand, rel=1e-14) == loss


def test_cross_entropy_is_nll_of_log_softmax():
    """The two losses are one, before and after the softmax."""
    x = TensorValue(LOGITS)

    assert cross_entropy([0, 1], x).item() == nll([0, 1], x.log_softmax()).item()


def test_a_weight_of_2_counts_as_two_examples():
    """The mean is over the weights, not over the examples."""
    x = TensorValue(LOGITS)
    twice = TensorValue(LOGITS[[0, 1, 1]])

    assert pytest.approx(cross_entropy([0, 1, 1], twice).item(), rel=1e-14) == (
        cross_entropy([0, 1], x, weight=[1.0, 2.0, 5.0]).item()
    )


def test_c33_ignored_labels_leave_the_mean():
    """C33: as if the example were not there; its gradient is 0."""
    x, alone = TensorValue(LOGITS), TensorValue(LOGITS[:1])
    loss = cross_entropy([0, -100], x, ignore_index=-100)
    loss.backward()

    assert cross_entropy([0], alone).item() == loss.item()
    assert [0.0, 0.0, 0.0] == x.grad[1].tolist()


def test_c33_if_all_are_ignored_there_is_no_mean():
    """C33: nan, and a sum of 0."""
    x = TensorValue(LOGITS)

    assert np.isnan(cross_entropy([7, 7], x, ignore_index=7).item())
    assert 0.0 == cross_entropy([7, 7], x, ignore_index=7, reduction="sum").item()


def test_more_axes_may_stand_before_the_classes():
    """A label for every step of every sequence."""
    rng = np.random.default_rng(0)
    logits, labels = rng.normal(size=(2, 3, 4)), rng.integers(4, size=(2, 3))
    expected = cross_entropy(labels.ravel(), TensorValue(logits.reshape(6, 4))).item()

    assert pytest.approx(expected, rel=1e-14) == cross_entropy(labels, TensorValue(logits)).item()


def test_the_mean_of_no_examples_is_nan():
    """C39: as for all losses."""
    assert np.isnan(cross_entropy(np.empty(0, int), TensorValue(np.empty((0, 3)))).item())


@pytest.mark.parametrize("loss", [cross_entropy, nll])
@pytest.mark.parametrize("labels", [[0, 2], np.array([[0.5, 0.5, 0.0], [0.0, 0.0, 1.0]])], ids=str)
def test_float32_stays_float32(loss, labels):
    """With labels, probabilities and weights of other types."""
    x = TensorValue(LOGITS.astype(np.float32))
    value = loss(labels, x, weight=[1, 2, 3])
    value.backward()

    assert (np.float32, np.float32) == (value.dtype, x.grad.dtype)


def test_labels_and_weights_of_the_user_stay_as_they_are():
    """Nothing is written into, and changing them later changes no gradient."""
    labels, weight, x = np.array([0, -1]), np.array([1.0, 2.0, 3.0]), TensorValue(LOGITS)
    loss = cross_entropy(labels, x, weight=weight, ignore_index=-1)
    before = labels.tolist(), weight.tolist()
    again = TensorValue(LOGITS)
    cross_entropy(labels, again, weight=weight, ignore_index=-1).backward()
    labels[:], weight[:] = 1, 0.0
    loss.backward()

    assert ([0, -1], [1.0, 2.0, 3.0]) == before
    assert again.grad.tolist() == x.grad.tolist()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"label_smoothing": 1.5}, "label_smoothing.*got 1.5"),
        ({"label_smoothing": float("nan")}, "label_smoothing"),
        ({"weight": [1.0, 2.0]}, "one number for each of 3 classes"),
        ({"weight": [1.0, -2.0, 1.0]}, "class weights of 0 or more, got -2.0 in row 1"),
        ({"reduction": "average"}, "'mean', 'sum' or 'none'"),
    ],
)
def test_settings_that_cannot_be_are_errors(settings, message):
    """Each names the setting and what came."""
    with pytest.raises(ValueError, match=message):
        cross_entropy([0, 1], TensorValue(LOGITS), **settings)


@pytest.mark.parametrize(
    ("probabilities", "message"),
    [
        ([[0.5, 0.5, 0.5], [1.0, 0.0, 0.0]], "add up to 1, got 1.5 in row 0"),
        ([[1.0, 0.0, 0.0], [2.0, -1.0, 0.0]], r"from 0 to 1, got 2.0 in row \(1, 0\)"),
        ([[0.5, 0.5], [0.5, 0.5]], r"floats of shape \(2, 2\)"),
    ],
)
def test_probabilities_are_checked(probabilities, message):
    """They share out one example, neither more nor less."""
    with pytest.raises(ValueError, match=message):
        cross_entropy(probabilities, TensorValue(LOGITS))


def test_probabilities_cannot_be_ignored():
    """There is no label to recognise them by."""
    with pytest.raises(ValueError, match="probabilities have none"):
        cross_entropy(np.full((2, 3), 1 / 3), TensorValue(LOGITS), ignore_index=0)


def test_a_label_outside_is_named_with_its_place():
    """In a batch of sequences the place has two numbers."""
    with pytest.raises(IndexError, match=r"labels from 0 to 2, got 3 in row \(0, 1\)"):
        cross_entropy([[0, 3]], TensorValue(LOGITS[None]))


@pytest.mark.parametrize("labels", [[0], [[1.0, 0.0]]])
def test_what_has_no_share_costs_nothing_even_if_it_is_impossible(labels):
    """0 * log(0) is 0, as the limit says, and not nan."""
    log_probabilities = TensorValue([[0.0, -np.inf]])
    loss = nll(labels, log_probabilities)
    loss.backward()

    assert 0.0 == loss.item()
    assert [[-1.0, 0.0]] == log_probabilities.grad.tolist()


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("dtype", ["u1", "i1", "u2", "u8", ">i4", ">u8"])
def test_labels_of_any_whole_dtype(dtype, reduction):
    """Also those without a sign, which NumPy adds to others as floats."""
    x = np.random.default_rng(0).standard_normal((3, 4))
    losses = []
    for labels in (np.array([0, 3, 2], dtype), np.array([0, 3, 2])):
        logits = TensorValue(x)
        loss = cross_entropy(labels, logits, reduction=reduction)
        loss.sum().backward()
        losses.append((loss.data.tolist(), logits.grad.tolist()))

    assert losses[0] == losses[1]
    with pytest.raises(IndexError, match="from 0 to 3, got 18446744073709551615 in row 1"):
        cross_entropy(np.array([0, 2**64 - 1], "u8"), x[:2])


@pytest.mark.parametrize("classes", [0, 5])
def test_no_examples_cost_nothing(classes):
    """Also of no classes."""
    logits = TensorValue(np.zeros((0, classes)))
    labels = np.zeros(0, int)

    assert cross_entropy(labels, logits, reduction="sum").item() == 0
    assert cross_entropy(labels, logits, reduction="none").shape == (0,)


@pytest.mark.parametrize("setting", [{"reduction": ["mean"]}, {"label_smoothing": None}])
def test_settings_of_another_type_are_errors(setting):
    """As beside other settings."""
    with pytest.raises((TypeError, ValueError), match=r"reduction|'<=' not supported"):
        cross_entropy([0], TensorValue([[0.0, 1.0]]), **setting)
