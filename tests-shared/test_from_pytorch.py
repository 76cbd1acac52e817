"""What PyTorch users are told: the page's scripts run, and the differences are as it says."""

import re
from pathlib import Path

import numpy as np
import pytest

import vhgrad
from vhgrad import CrossEntropyLoss, DataLoader, Linear, Module, TensorValue, manual_seed

PAGE = Path(__file__).resolve().parents[1] / "docs" / "from-pytorch.md"


def test_the_scripts_on_the_page_run():
    """All Python on the page makes one program, which checks itself and warns of nothing."""
    manual_seed(0)
    names = {}
    for block in re.findall(r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.DOTALL | re.M):
        exec(block, names)

    assert names["regression"] < 0.05


@pytest.fixture
def t():
    """A matrix of two rows and four columns."""
    return TensorValue(np.arange(8.0).reshape(2, 4))


def test_what_differs_without_an_error(t):
    """The page's first table."""
    module = Module()
    module.kept, module._private = np.ones(2), np.ones(2)

    assert [(2, 4), (4, 2), (4, 2)] == [x.shape for x in (t.transpose(0, 1), t.swapaxes(0, 1), t.T)]
    assert [(1, 4), (1, 4)] == [piece.shape for piece in t.split(2)]
    assert np.std(np.arange(8.0)) == t.std().item()
    assert 32 == DataLoader(np.ones(3)).batch_size
    assert ["kept"] == list(module.state_dict())


def test_what_differs_with_tensors(t):
    """The second table: sizes, words for axes, and dtypes."""
    layer = Linear(4, 2)

    assert 8 == t.size == t.numel()
    assert [3, 3] == t.argmax(axis=1).tolist()
    assert 0.25 == (t == t[0]).mean() / 2
    assert np.float32 == layer(np.ones(4)).dtype
    assert np.float64 == TensorValue([1, 2]).dtype
    with pytest.raises(TypeError, match="dim"):
        t.sum(dim=1)
    with pytest.raises(TypeError):
        vhgrad.flatten(t, 1)


def test_all_labels_count_unless_one_is_named():
    """PyTorch leaves out examples labelled -100; here that is an error until it is asked for."""
    labels, logits = [0, -100], np.array([[0.0, 0.0], [5.0, 1.0]])
    with pytest.raises(IndexError, match="got -100 in row 1"):
        CrossEntropyLoss()(labels, logits)

    assert pytest.approx(np.log(2)) == CrossEntropyLoss(ignore_index=-100)(labels, logits).item()


def test_classes_stand_last():
    """Scores of images need their classes moved to the end."""
    labels, scores = np.zeros((2, 4, 4), int), TensorValue(np.zeros((2, 3, 4, 4)))
    with pytest.raises(ValueError, match="expected labels of shape"):
        CrossEntropyLoss()(labels, scores)

    assert (
        pytest.approx(np.log(3)) == CrossEntropyLoss()(labels, scores.transpose(0, 2, 3, 1)).item()
    )
