"""Copies of a graph: whole, separate, of any depth."""

import copy
import pickle

import pytest

from micrograd_plus import Value, topological_order


def test_a_copied_graph_is_whole_and_separate():
    """A copy has the same numbers and shape, and its gradients are its own."""
    x = Value(3.0, label="x")
    y = x * x + 1
    twin = copy.deepcopy(y)
    leaf = topological_order(twin)[0]
    twin.backward()

    assert (10.0, 6.0, "x") == (twin.data, leaf.grad, leaf.label)
    assert leaf is not x
    assert 0.0 == x.grad
    assert y.op is twin.op


def test_what_is_copied_together_stays_connected():
    """A leaf and a result in one copy belong to each other, as they did before."""
    x = Value(3.0)
    leaf, result = copy.deepcopy([x, x * x])
    result.backward()

    assert 6.0 == leaf.grad


def test_a_leaf_can_be_pickled():
    """Parameters are saved with their number and label."""
    twin = pickle.loads(pickle.dumps(Value(3.0, label="x")))

    assert (3.0, "x", 0.0) == (twin.data, twin.label, twin.grad)


def test_a_graph_is_not_pickled():
    """A pickled graph would lose what it shares with others: the error says what to save."""
    with pytest.raises(TypeError, match="pickle its leaves"):
        pickle.dumps(Value(3.0) * 2)


def test_what_a_subclass_adds_is_copied_too():
    """Slots that are still empty, and attributes of a class without slots."""

    class Slotted(Value):
        __slots__ = ("note",)

    class Free(Value):
        pass

    free = Free(1.0)
    free.notes = ["w"]
    twin = copy.deepcopy(free)

    assert not hasattr(copy.deepcopy(Slotted(1.0)), "note")
    assert ["w"] == twin.notes
    assert free.notes is not twin.notes
