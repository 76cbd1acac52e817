"""The table of a model's parts."""

import numpy as np
import pytest

import vhgrad
from vhgrad import MLP, Conv2d, Dropout, Embedding, Flatten, Linear, Module, ReLU, Sequential
from vhgrad.nn.summary import summary


class Block(Module):
    """A residual block with a buffer and randomness of its own."""

    def __init__(self):
        self.inner = Sequential(Linear(4, 4, seed=1), ReLU(), Dropout(0.5, generator=1))
        self.mean = np.zeros(4)
        self.calls = 0

    def forward(self, x):
        self.calls += 1
        if self.training:
            self.mean = self.mean + 1
        return self.inner(x) + x


def test_a_nested_model():
    """Parts are indented under what they are in; every parameter is counted where it is kept."""
    model = Sequential(Block(), MLP(4, [3, 1], seed=1))
    model[0].inner[0].freeze()
    expected = """\
part                output     parameters
-----------------------------------------------------------
Sequential          (None,)
  0: Block          (None, 4)
    inner: Sequential  (None, 4)
      0: Linear     (None, 4)  20
      1: ReLU       (None, 4)
      2: Dropout    (None, 4)
  1: MLP            (None,)
    layers.0: Layer  (None, 3)  15
    layers.1: Layer  (None, 1)  4
-----------------------------------------------------------
39 parameters (20 frozen), 4 numbers in buffers, 188 bytes"""

    def words(text):
        return [line.split() for line in text.splitlines() if "--" not in line]

    table = repr(summary(model, (None, 4)))
    assert words(expected) == words(table)
    indents = [len(line) - len(line.lstrip()) for line in table.splitlines()[2:-2]]
    assert [0, 2, 4, 6, 6, 6, 2, 4, 4] == indents


def test_totals_are_attributes():
    """Numbers, for programs."""
    model = Sequential(Block(), MLP(4, [3, 1], seed=1))
    model[1].freeze()
    found = summary(model, (None, 4))

    assert (20, 19, 4, 20 * 4 + 19 * 4 + 4 * 8) == (
        found.trainable,
        found.frozen,
        found.buffers,
        found.nbytes,
    )
    assert 39 == sum(row.parameters for row in found.rows)


def test_shared_parts_are_counted_once():
    """A module in two places has two rows, a parameter in two modules one number."""
    shared = Linear(2, 2, seed=1)
    model = Sequential(shared, ReLU(), shared, Linear(2, 2, seed=2))
    model[3].weight = shared.weight
    found = summary(model, (5, 2))

    assert [("", 0, False), ("0", 6, False), ("1", 0, False), ("2", 0, True), ("3", 2, False)] == [
        (row.path, row.parameters, row.shared) for row in found.rows
    ]
    assert (8, {(5, 2)}) == (found.trainable, {row.shape for row in found.rows})


def test_nothing_changes():
    """Mode, buffers, counters, generators and gradients are as before; so is what comes next."""
    models = [Sequential(Block(), MLP(4, [3, 1], seed=1)) for _ in range(2)]
    outputs = []
    for looked_at, model in zip((False, True), models):
        vhgrad.manual_seed(1)
        if looked_at:
            summary(model, (None, 4))
        outputs.append(model(np.ones((2, 4))).data.tolist())
        outputs.append(vhgrad.default_generator().random())

    assert outputs[:2] == outputs[2:]
    assert (True, 1, [1.0] * 4) == (
        models[1].training,
        models[1][0].calls,
        models[1][0].mean.tolist(),
    )
    assert "forward" not in vars(models[1][0])


def test_the_default_generator_is_left_alone():
    """Also where a module draws from it in its mode for use."""

    class Noisy(Module):
        def forward(self, x):
            return x + vhgrad.default_generator().normal(size=x.shape)

    state = vhgrad.default_generator().bit_generator.state
    summary(Noisy(), (2, 2))

    assert state == vhgrad.default_generator().bit_generator.state


def test_convolutions_and_flattening():
    """None along the batch goes through; other axes are counted."""
    model = Sequential(Conv2d(1, 2, 3, generator=1), Flatten(), Linear(2 * 26 * 26, 10, seed=1))

    assert [(None, 10), (None, 2, 26, 26), (None, 1352), (None, 10)] == [
        row.shape for row in summary(model, (None, 1, 28, 28)).rows
    ]


def test_indices_and_several_inputs():
    """Whole numbers for an embedding; one shape for each input; lists as outputs."""

    class Two(Module):
        def forward(self, a, b):
            return [a, {"b": b}]

    embedded = summary(Embedding(10, 4, generator=1), (None, 7), dtype=np.int64)

    assert (None, 7, 4) == embedded.rows[0].shape
    assert ((None, 3), "dict") == summary(Two(), [(None, 3), (2, 2)]).rows[0].shape


def test_a_part_that_is_not_used_has_no_shape():
    """It is in the table all the same."""

    class Spare(Module):
        def __init__(self):
            self.used, self.spare = Linear(2, 1, seed=1), Linear(2, 1, seed=1)

        def forward(self, x):
            return self.used(x)

    assert [(3, 1), (3, 1), None] == [row.shape for row in summary(Spare(), (3, 2)).rows]


def test_an_error_says_which_part_it_came_from():
    """The innermost one, as a note; the error itself stays."""
    model = Sequential(Sequential(Linear(4, 3, seed=1)), Linear(4, 1, seed=1))
    with pytest.raises(ValueError, match=r"expected inputs of shape \(\.\.\., 4\)") as error:
        summary(model, (None, 4))

    assert ["in `1` (Linear), in a summary"] == error.value.__notes__


@pytest.mark.parametrize("shape", [784, None, "784", (2.0, 3), [(None, "a")]], ids=repr)
def test_a_shape_that_is_none(shape):
    """TypeError with an example."""
    with pytest.raises(TypeError, match="a shape such as"):
        summary(Linear(784, 1, seed=1), shape)


def test_a_model_that_is_none():
    """A function has no parts to show."""
    with pytest.raises(TypeError, match="needs a module, got function"):
        summary(lambda x: x, (1,))
