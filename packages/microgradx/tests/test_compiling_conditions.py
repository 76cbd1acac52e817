"""A program is run only if what it relies on is as it was: kinds of arrays, homes, one way only.

Each case is run long enough that the program of the first kind is asked first, by its conditions
alone; then the other kind comes.
"""

import numpy as np
import pytest

from microgradx import SGD, TensorValue
from microgradx.compiling import NotRecordable, compile

RNG = np.random.default_rng(0)
TALL = RNG.standard_normal((1000, 3)).astype(np.float32)


def same(one, other):
    """Whether two results are the same to the last bit, in dtype and shape."""
    return (one.dtype, one.shape, one.tobytes()) == (other.dtype, other.shape, other.tobytes())


KINDS = {
    "whole numbers of the same size": (TALL, (TALL * 9).astype(np.int32)),
    "whole numbers first": ((TALL * 9).astype(np.int32), TALL),
    "columns": (TALL, np.asfortranarray(TALL)),
    "rows": (np.asfortranarray(TALL), TALL),
    "every other": (TALL, np.repeat(TALL, 2, axis=0)[::2]),
    "another shape of as many": (TALL, TALL.reshape(3, 1000)),
    "a row": (TALL, TALL[:1]),
    "an array after a number": (2.0, np.float32(2.0).reshape(())),
    "NumPy's number after Python's": (2.0, np.float32(2.0)),
    "Python's number after NumPy's": (np.float32(2.0), 2.0),
    "numbers of two sizes": (np.float32(0.1), np.float64(0.1)),
}


@pytest.mark.parametrize("kind", KINDS)
def test_arguments_of_another_kind(kind):
    """Sums over a buffer go along its layout, and NumPy's numbers decide on dtypes."""

    def step(x):
        y = x * np.float32(0.1) + x / 3
        return y.sum(axis=0) if y.ndim else y * TALL[0]

    compiled = compile(step)
    for x in [KINDS[kind][0]] * 5 + [KINDS[kind][1]] * 5 + [KINDS[kind][0]] * 2:
        assert same(step(x), compiled(x))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if "number" not in kind])
def test_arrays_within_reach_of_another_kind(kind):
    """The same for what a step reads of its surroundings."""
    held = {}

    def step(x):
        y = held["x"] * x + held["x"] / 3
        return y.sum(axis=0)

    compiled = compile(step)
    for x in [KINDS[kind][0]] * 5 + [KINDS[kind][1]] * 5 + [KINDS[kind][0]] * 2:
        held["x"] = x
        assert same(step(np.float32(0.1)), compiled(np.float32(0.1)))


def kept(name):
    """A step that computes two things and keeps one of them."""

    def way(x, held):
        results = {"twice": x * 2.0, "thrice": x * 3.0}
        held["kept"] = results[name]
        return results["twice"] + results["thrice"]

    return way


def used(name):
    """A step that computes two things and goes on with one of them."""

    def way(x, held):
        results = {"twice": x * 2.0, "thrice": x * 3.0}
        return results["twice"] + results["thrice"] + np.exp(results[name])

    return way


def given(name):
    """A step that computes two things and returns one of them."""

    def way(x, held):
        results = {"twice": x * 2.0, "thrice": x * 3.0}
        held["kept"] = results["twice"] + results["thrice"]
        return results[name]

    return way


HIDDEN = {
    "what is kept": (kept("twice"), kept("thrice")),
    "what is used": (used("twice"), used("thrice")),
    "what is returned": (given("twice"), given("thrice")),
    "a setting": (lambda x, held: x.sum(axis=0), lambda x, held: x.sum(axis=1)),
    "an array": (lambda x, held: x + np.arange(4.0), lambda x, held: x + np.ones(4)),
    "the type of an array": (
        lambda x, held: x + np.arange(4, dtype=np.float32),
        lambda x, held: x + np.arange(4, dtype=np.float64),
    ),
    "a part": (lambda x, held: x[0:2], lambda x, held: x[0:3]),
    "how it is returned": (lambda x, held: (x * 2.0,), lambda x, held: [x * 2.0]),
}


@pytest.mark.parametrize("what", HIDDEN)
def test_a_way_that_is_decided_out_of_sight_is_noticed(what, tmp_path):
    """By what is in a file, which nobody watches: two runs in a row are compared."""
    file = tmp_path / "way.txt"
    held = {"kept": np.zeros((4, 4))}
    step = compile(lambda x: HIDDEN[what][int(file.read_text())](x, held))
    file.write_text("0")
    step(np.ones((4, 4)))
    file.write_text("1")
    with pytest.raises(NotRecordable, match="did different things"):
        step(np.ones((4, 4)))


def test_a_list_that_grows_is_noticed():
    """Arrays of one run, kept in a list of arrays, would be kept once only."""
    held = [np.ones(3)]

    def step(x):
        held.append(x * 2.0)
        return x

    with pytest.raises(NotRecordable, match="keeps an array in a list"):
        compile(step)(np.ones(3))

    assert 1 == len(held)


def moving(momentum=0.9):
    """A parameter, its optimizer, and a step that moves it."""
    p = TensorValue(np.linspace(-1, 1, 5, dtype=np.float32))
    optimizer = SGD([p], lr=0.1, momentum=momentum)

    def step(x):
        optimizer.zero_grad()
        loss = ((p - x) ** 2).sum()
        loss.backward()
        optimizer.step()
        return loss

    return p, optimizer, step


def test_an_array_that_was_let_go_of_is_not_written_into():
    """Who keeps `p.data` and gives the parameter another array keeps what was kept."""
    p, _, step = moving()
    step = compile(step)
    for _ in range(4):
        step(np.ones(5, np.float32))
    old, numbers = p.data, p.data.copy()
    p.data = p.data * 0.5
    for _ in range(3):
        step(np.ones(5, np.float32))

    assert old.tolist() == numbers.tolist()


def test_memory_of_another_dtype_stays_so():
    """Its numbers are not rounded to the dtype of what the program has in its place."""
    p, optimizer, step = moving()
    step = compile(step)
    for _ in range(4):
        step(np.ones(5, np.float32))
    memory = optimizer.state[p]
    memory["velocity"] = memory["velocity"].astype(np.float64)
    step(np.ones(5, np.float32))

    assert np.float64 == memory["velocity"].dtype
