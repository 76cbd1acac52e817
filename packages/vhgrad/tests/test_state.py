"""States of modules: what they hold, and that loading is all or nothing."""

import numpy as np
import pytest

from vhgrad import Linear, Module, Sequential, Tanh


class Counting(Module):
    """A layer with buffers in several places."""

    def __init__(self):
        self.mean = np.zeros(2, np.float32)
        self.inner = Linear(2, 1, seed=1)
        self.kept = {"square": np.ones(2), "list": [np.array(3)]}
        self._cache = np.ones(5)
        self.names = np.array(["a", "b"])
        self.pair = (np.ones(3),)


def test_state_has_parameters_and_buffers_in_order():
    """By path, in the order of definition; private arrays, texts and tuples are settings."""
    expected = ["mean", "inner.weight", "inner.bias", "kept.square", "kept.list.0"]

    assert expected == list(Counting().state_dict())


def test_c12_a_state_that_does_not_fit_changes_nothing():
    """C11, C12: all that does not fit is listed, and every number stays."""
    model = Counting()
    before = model.state_dict()
    state = {**before, "inner.weight": np.ones((1, 3)), "mean": ["a", "b"], "more": 1.0}
    del state["inner.bias"]
    with pytest.raises(ValueError, match=r"missing `inner.bias`; unexpected `more`") as error:
        model.load_state_dict(state)

    assert "`inner.weight`: expected shape (1, 2), got (1, 3)" in str(error.value)
    assert "`mean`: expected real numbers" in str(error.value)
    assert [a.tobytes() for a in before.values()] == [
        a.tobytes() for a in model.state_dict().values()
    ]


def test_c7_a_shared_layer_has_two_keys():
    """C7: parameters once, state keys twice."""
    shared = Linear(2, 2, seed=1)
    model = Sequential(shared, Tanh(), shared)

    assert (2, 4) == (len(model.parameters()), len(model.state_dict()))
