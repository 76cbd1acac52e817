"""Losses for one of several classes.

Both are the cross-entropy of two distributions, H(p, q) = -sum(p * log q): what the labels say, p,
and what the network says, q. A label is all of p on one class; class weights, label smoothing and
ignored examples are other ways to share p out, so the formula never hears of them.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from microgradx import functions
from microgradx.freezing import converted, plain_array
from microgradx.losses.targets import check_each, outputs, reduced
from microgradx.op import ArrayOp
from microgradx.recording import OF_CONSTANTS
from microgradx.softmaxes import log_softmax
from microgradx.tensor import TensorValue

__all__ = ["cross_entropy", "nll"]

LOG_SOFTMAX = log_softmax()


def cross_entropy(
    labels: Any,
    logits: Any,
    *,
    weight: Any = None,
    label_smoothing: float = 0.0,
    ignore_index: int | None = None,
    reduction: str = "mean",
) -> Any:
    """Negative log-likelihood of the right class, from scores before the softmax.

    Takes logits, not probabilities, so that confident predictions stay finite.

    Args:
        labels: the right class of each example, whole numbers of shape `(n,)`; or the probability
            of each class, floats of shape `(n, classes)`.
        logits: one score per class, shape `(n, classes)`; more axes may stand before the last.
        weight: how much each class counts, shape `(classes,)`.
        label_smoothing: share of every label that is spread evenly over all classes.
        ignore_index: the label of examples that do not count; by default all count, where PyTorch
            leaves out those labelled -100.
        reduction: "mean", "sum" or "none". The mean is weighted if the classes are.

    Returns:
        One number, in nats per example.

    Raises:
        TypeError: if the labels are not numbers, or the arguments are swapped.
        ValueError: if the shapes do not fit, or a setting or a probability is out of range.
        IndexError: if a label is not a class.

    Source:
        Goodfellow, Bengio and Courville, Deep Learning (2016), section 6.2.2.3; label smoothing:
        Szegedy et al., Rethinking the Inception architecture (2016), section 7.

    Example:
        >>> cross_entropy([0], TensorValue([[0.0, 0.0]])).item()
        0.6931471805599453
    """
    labels, logits = outputs(labels, logits)
    plain = weight is None and ignore_index is None and label_smoothing == 0
    if plain and reduction in ("mean", "sum", "none") and is_whole(labels):
        labels, _ = class_labels(labels, logits, None)
        logq = TensorValue.result(LOG_SOFTMAX.forward(logits.data), OF_CONSTANTS)
        return of_labels[reduction](places(labels, logits.shape), logits, logq)
    p, count = distribution(labels, logits, weight, label_smoothing, ignore_index)
    return reduced(surprise(p, logits.log_softmax()), reduction, count)


def nll(
    labels: Any,
    log_probabilities: Any,
    *,
    weight: Any = None,
    ignore_index: int | None = None,
    reduction: str = "mean",
) -> Any:
    """Negative log-likelihood of the right class, from logarithms of probabilities.

    Args:
        labels: as for `cross_entropy`.
        log_probabilities: one per class, such as `logits.log_softmax()`, shape `(n, classes)`.
        weight: how much each class counts, shape `(classes,)`.
        ignore_index: the label of examples that do not count; by default all count, where PyTorch
            leaves out those labelled -100.
        reduction: "mean", "sum" or "none".

    Returns:
        One number, in nats per example.

    Raises:
        TypeError, ValueError, IndexError: as `cross_entropy` does.

    Example:
        >>> round(nll([1], TensorValue([[0.25, 0.75]]).log()).item(), 12)
        0.287682072452
    """
    labels, log_probabilities = outputs(labels, log_probabilities)
    p, count = distribution(labels, log_probabilities, weight, 0.0, ignore_index)
    return reduced(surprise(p, log_probabilities), reduction, count)


surprise = ArrayOp(
    "cross_entropy",
    # `where`, because what has no share costs nothing even if log q is -inf
    lambda p, logq: -functions.total(np.where(p == 0, 0.0, p * logq), axis=-1),
    lambda g, out, p, logq: -g[..., None] * logq,  # dH/dp = -log q
    lambda g, out, p, logq: -g[..., None] * p,  # dH/d(log q) = -p
)


def places(labels: Any, shape: tuple[int, ...]) -> Any:
    """Where the numbers of the labels stand, all numbers of a batch being in one row."""
    first = np.arange(0, math.prod(shape), shape[-1] or 1)  # of each example
    return first.reshape(labels.shape) + labels


def picking(reduction: str) -> ArrayOp:
    """-log q of each label, or the sum or the mean of them: one operation for the whole loss.

    The most frequent case: p is all on one class. No row of zeros with a 1 in it is made, and none
    is multiplied; and what is costly, log q of the logits x, stands beside them as a constant, so
    that the rule need not compute it again.
    """

    def forward(places: Any, x: Any, logq: Any) -> Any:
        each = logq.reshape(-1)[places]
        if reduction == "none":
            return -each
        whole = -functions.total(each, axis=None)
        return whole / places.size if reduction == "mean" else whole

    def to_logits(g: Any, out: Any, places: Any, x: Any, logq: Any) -> Any:
        """dH/dx_j = q_j - (j is the label)."""
        q = np.exp(logq.reshape(-1))  # in a row, so that nothing is written through a view
        q[places] -= 1
        if reduction == "none":
            return g[..., None] * q.reshape(logq.shape)
        return (g / places.size if reduction == "mean" else g) * q.reshape(logq.shape)

    return ArrayOp("cross_entropy", forward, None, to_logits, None)


of_labels = {reduction: picking(reduction) for reduction in ("mean", "sum", "none")}


def distribution(
    labels: Any, scores: TensorValue, weight: Any, smoothing: float, ignore_index: int | None
) -> tuple[Any, Any]:
    """What the labels say of each class, in the shape of the scores, and how many they count as."""
    classes = scores.shape[-1] if scores.ndim else 0
    if not 0 <= smoothing <= 1:
        raise ValueError(f"`label_smoothing` needs a share from 0 to 1, got {smoothing}.")
    if weight is not None:
        weight = converted(class_weights(weight, classes), scores.dtype)
    count = None
    if not is_whole(labels):
        p = probabilities(labels, scores)
        if ignore_index is not None:
            raise ValueError("`ignore_index` is a label; probabilities have none.")
    else:
        labels, kept = class_labels(labels, scores, ignore_index)
        p = (labels[..., None] == np.arange(classes)).astype(scores.dtype)
        if weight is not None or ignore_index is not None:
            counts = p if weight is None else p * weight
            count = (counts if kept is None else counts * kept[..., None]).sum()
    if smoothing:
        p = (1 - smoothing) * p + smoothing / classes
    if weight is not None:
        p = p * weight
    if ignore_index is not None:
        p = p * kept[..., None]  # type: ignore[index]  # there are labels that do not count
    return p, count


def is_whole(labels: Any) -> bool:
    """Whether labels are numbers of classes, not probabilities of each."""
    return not isinstance(labels, TensorValue) and plain_array(labels).dtype.kind != "f"


def class_labels(
    labels: Any, scores: TensorValue, ignore_index: int | None
) -> tuple[NDArray[Any], NDArray[Any] | None]:
    """Labels as whole numbers of classes, and which of them count (None: all); others become 0."""
    labels = plain_array(labels)
    if labels.dtype.kind not in "iu":
        raise TypeError(f"expected whole numbers as labels, got {labels.dtype}.")
    if scores.ndim < 2 or labels.shape != scores.shape[:-1]:
        raise ValueError(
            "expected labels of shape (n,) and scores of shape (n, classes), got "
            f"{labels.shape} and {scores.shape}."
        )
    classes = scores.shape[-1]
    if ignore_index is None:
        # a negative number read as one without a sign is larger than any class: one comparison
        whole = labels.astype(np.int64, copy=False)
        inside = whole.view(np.uint64) < classes
        check_each(inside, labels, f"labels from 0 to {classes - 1}", IndexError)
        return whole, None
    kept = labels != ignore_index
    inside = (labels >= 0) & (labels < classes) | ~kept
    check_each(inside, labels, f"labels from 0 to {classes - 1}", IndexError)
    return np.where(kept, labels, 0), kept


def probabilities(labels: Any, scores: TensorValue) -> Any:
    """Labels that share themselves out over the classes, checked."""
    if not isinstance(labels, TensorValue):
        labels = converted(plain_array(labels), scores.dtype)
    if scores.ndim < 2 or labels.shape != scores.shape:
        raise ValueError(
            "expected whole numbers of shape (n,) as labels, or probabilities in the shape of the "
            f"scores (n, classes), got floats of shape {labels.shape} and scores {scores.shape}."
        )
    p = labels.data if isinstance(labels, TensorValue) else labels
    check_each((p >= 0) & (p <= 1), p, "probabilities from 0 to 1")
    sums = p.sum(axis=-1)
    check_each(abs(sums - 1) < 1e-3, sums, "probabilities that add up to 1")
    return labels


def class_weights(weight: Any, classes: int) -> NDArray[Any]:
    """One number per class, none negative."""
    array = plain_array(weight)
    if array.shape != (classes,):
        raise ValueError(f"`weight` needs one number for each of {classes} classes, got {array}.")
    check_each((array >= 0) & np.isfinite(array), array, "class weights of 0 or more")
    return array
