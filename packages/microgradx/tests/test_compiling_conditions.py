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
    "integers of the same size": (TALL, (TALL * 9).astype(np.int32)),
    "integers first": ((TALL * 9).astype(np.int32), TALL),
    "columns": (TALL, np.asfortranarray(TALL)),
    "rows": (np.asfortranarray(TALL), TALL),
    "every other": (TALL, np.repeat(TALL, 2, axis=0)[::2]),
    "another shape of as many": (TALL, TALL.reshape(3, 1000)),
    "a row": (TALL, TALL[:1]),
    "an array after a number": (2.0, np.float32(2.0).reshape(())),
    "NumPy's number after Python's": (2.0, np.float32(2.0)),
    "NumPy's double, a number of another size": (0.1, np.float64(0.1)),
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
        assert same(step(np.array(0.1, np.float32)), compiled(np.array(0.1, np.float32)))


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


def test_data_can_only_be_read_after_every_step():
    """After those that are recorded as after those that are repeated."""
    p, _, step = moving()
    step = compile(step)
    for _ in range(5):
        step(np.ones(5, np.float32))
        with pytest.raises(ValueError, match="read-only"):
            p.data[0] = 1.0


@pytest.mark.parametrize("steps", range(5))
def test_a_graph_of_before_is_refused_after_every_step(steps):
    """The one that was recorded, too."""
    p, _, step = moving()
    step = compile(step)
    for _ in range(steps):
        step(np.ones(5, np.float32))
    loss = (p * p).sum()
    step(np.ones(5, np.float32))
    with pytest.raises(RuntimeError, match="changed"):
        loss.backward()


def left_behind(make):
    """What is at a place after each step, as it stands and compiled."""
    found = []
    for wrap in (lambda step: step, compile):
        held, step = make()
        step = wrap(step)
        rows = []
        for k in range(7):
            step(np.arange(4.0) - k)
            rows.append((type(held["x"]), np.shape(held["x"]), np.asarray(held["x"]).tolist()))
            if isinstance(held["x"], np.ndarray):
                held["x"] += 1.0  # the user's array, to do with as they like
        found.append(rows)
    return found


LEFT = {
    "a new array": (np.ones(4), lambda held, x: held.update(x=x * 2.0)),
    "a constant": (np.ones(4), lambda held, x: held.update(x=np.zeros(4))),
    "one of NumPy's numbers": (np.float64(1.0), lambda held, x: held.update(x=x.max())),
    "in place": (np.ones(4), lambda held, x: np.add(held["x"], x, out=held["x"])),
}


@pytest.mark.parametrize("what", LEFT)
def test_what_is_left_at_a_place(what):
    """It is of the same kind, and belongs to whoever finds it."""

    def make():
        before, step = LEFT[what]
        held = {"x": before.copy()}
        return held, lambda x: step(held, x)

    assert left_behind(make)[0] == left_behind(make)[1]


def test_an_array_that_is_written_into_is_the_same_array():
    """Whoever else holds it sees the numbers."""
    held = {"x": np.zeros(4)}
    seen = held["x"]
    step = compile(lambda x: np.add(held["x"], x, out=held["x"]))
    for k in range(6):
        step(np.ones(4))
        assert [k + 1.0] * 4 == seen.tolist()


def test_what_is_written_is_not_lost_to_what_is_written_into():
    """The result may lie where the old array lay, never where the new numbers lie."""

    def step(x):
        a, b = x * 2.0, x * 3.0
        c = a.copy()
        c[...] = b
        return a + c

    compiled = compile(step)
    for k in range(6):
        x = np.arange(4.0) + k
        assert step(x).tolist() == compiled(x).tolist()


def test_zeros_keep_their_signs():
    """-0.0 is another number than 0.0 to whoever divides by it."""

    def step(x):
        return np.where(x > 0.5, x, -0.0), np.where(x > 0.5, 0.0, x), x * 0.0, x * -0.0

    compiled = compile(step)
    for k in range(6):
        x = np.linspace(-1, 1, 5) * k
        assert [y.tobytes() for y in step(x)] == [y.tobytes() for y in compiled(x)]


def test_parts_that_differ_in_one_number_are_two():
    """Each part is taken once; these are not the same ones."""

    def step(x):
        return x[0:4] * 2.0, x[0:4:2] * 2.0, x[0:3] * 2.0, x[1:4] * 2.0

    compiled = compile(step)
    for k in range(6):
        x = np.arange(5.0) * k
        assert [y.tolist() for y in step(x)] == [y.tolist() for y in compiled(x)]


def test_results_are_arrays_of_their_own_from_the_first_step_on():
    """Also when a step returns what it was given, or what it found."""
    held = np.arange(4.0)
    step = compile(lambda x: (x, held, TensorValue(x), x.max()))
    for _ in range(5):
        x = np.ones(4)
        results = step(x)
        arrays = [results[0], results[1], results[2].data]
        assert not any(np.shares_memory(a, b) for a in arrays for b in (x, held))


def drawing(decide):
    """A generator, and a step that draws twice from it."""
    generator = np.random.default_rng(0)

    def step(x):
        first, second = generator.random(4), generator.random(4)
        if decide:
            return first * 2.0 if second.sum() > 2.0 else second + x
        return second + x

    return generator, step


@pytest.mark.parametrize("decide", [False, True])
def test_numbers_are_drawn_in_their_order(decide):
    """What is drawn and not used, too; a decision by the second draw does not make it the first."""
    (one, step), (other, compiled) = drawing(decide), drawing(decide)
    compiled = compile(compiled)
    for k in range(12):
        x = np.arange(4.0) + k
        assert step(x).tolist() == compiled(x).tolist()
        assert one.bit_generator.state == other.bit_generator.state


def test_a_first_step_that_fails_leaves_no_memory():
    """What the optimizer began to remember stood for arrays of a run that has not happened."""
    p, optimizer, step = moving()

    def failing(x):
        step(x)
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        compile(failing)(np.ones(5, np.float32))

    assert {} == optimizer.state[p]
    step(np.ones(5, np.float32))
    assert np.ndarray is type(optimizer.state[p]["velocity"])


@pytest.mark.parametrize("shape", [(5, 3), (3, 5), (40, 7)])
def test_the_gradient_of_a_sum_is_spread_as_ever(shape):
    """As a copy: a product with a view of one number is rounded otherwise."""
    left = []
    for wrap in (lambda step: step, compile):
        weight = TensorValue(np.random.default_rng(0).normal(size=(4, shape[1])))
        rng = np.random.default_rng(1)

        def step(x, weight=weight):
            weight.grad = None
            ((x @ weight).sum() ** 2).backward()
            return weight.grad

        run = wrap(step)
        left.append([run(rng.normal(size=(shape[0], 4))).tobytes() for _ in range(6)])

    assert left[0] == left[1]
