"""What a compiled step may ask of NumPy by itself is repeated to the last bit, or refused."""

import contextvars
import copy
import functools
import pickle
import random
import threading

import numpy as np
import pytest

from microgradx.compiling import NotRecordable, compile

STEPS = 5
INNER = np.arange(6.0).reshape(2, 3)
PAIR = np.ones(3), 2.0


def arguments(k):
    """Two arrays, others at every step."""
    rng = np.random.default_rng(k)
    return rng.uniform(0.5, 2.0, (2, 3)), rng.uniform(0.5, 2.0, 3)


def added_at(a, b):
    """A copy, and numbers added to it twice at one place."""
    out = a * 1.0
    np.add.at(out, (np.array([0, 0]), np.array([1, 1])), 0.5)
    return out


def partly_copied(a, b):
    """Numbers written where a condition holds."""
    out = a * 1.0
    np.copyto(out, b, where=a > 1.0)
    return out


def wholly_copied(a, b):
    """Numbers of another shape written over others."""
    out = a * 1.0
    np.copyto(out, b)
    return out


def one_number_everywhere(a, b):
    """`fill` of what the step made."""
    out = a * 1.0
    out.fill(b.sum())
    return out


def in_place(a, b):
    """Operators that write into what the step made."""
    out = a + b
    out *= 2.0
    out -= b
    out[0] = b
    return out


def out_of_a_broadcast(a, b):
    """A ufunc that writes a row into a matrix."""
    out = a * 1.0
    np.multiply(b, 2.0, out=out)
    return out


def split_up(a, b):
    """Functions that give several arrays."""
    first, second, third = np.split(a, 3, axis=1)
    fraction, whole = np.modf(b)
    return first * third + second, fraction + whole


def copies(a, b):
    """Copies of what the step made are arrays of their own."""
    c = a + 1.0
    one, other, more = copy.copy(c), copy.deepcopy(c), c.copy("F")
    other *= 2.0
    return {"copies": [one, other, more], "turned": c.T.copy("C")}


def many_powers(a, b):
    """Those that NumPy has functions for, and others."""
    return [(a * 1.0) ** n for n in (2, 0.5, 1, -1, 3, 2.5)], 2.0 ** (b * 1.0), b.round(1) ** 2


def numbers(a, b):
    """Python's numbers, taken from arrays without being looked at."""
    n = a.shape[0] * len(b)
    return sum(row.max() - row.min() for row in a * 1.0) / n, np.size(a + b), np.ndim(b * 1)


def accumulated(a, b):
    """An array of the outside, written into in four ways; whoever holds it sees it."""
    np.add.at(INNER, 0, a[0])
    np.copyto(INNER, a * INNER)
    np.add(a, INNER, out=INNER)
    INNER.fill(INNER.sum())
    return INNER * 1.0


STEPS_OF_NUMPY = [
    *[added_at, partly_copied, wholly_copied, one_number_everywhere, in_place],
    *[out_of_a_broadcast, split_up, copies, many_powers, numbers],
]
EXPRESSIONS = {
    "reduce": lambda a, b: np.add.reduce(a * 1.0, 0) + np.maximum.reduce(a + b, axis=1).sum(),
    "settings": lambda a, b: np.add(a, b, order="F") * np.multiply(a, b, casting="safe"),
    "dtype": lambda a, b: np.add(a, b, dtype=np.float64) + a.sum(dtype=np.float64),
    "functions": lambda a, b: [np.max(a + b), np.min(a + b, axis=0), np.prod(a + b, axis=1)],
    "decisions": lambda a, b: [
        np.all(a + b > 0, axis=0),
        np.any(a > 5),
        (a > 1).all(),
        (a > 9).any(),
    ],
    "methods": lambda a, b: [
        getattr(a + b, m)() for m in ("mean", "std", "argmax", "cumsum", "ravel")
    ],
    "types": lambda a, b: [
        (a + b).astype(np.float32),
        (a > 1).astype(float),
        (a + b).astype(float),
    ],
    "where": lambda a, b: [np.where(a > b, a, b), np.where(a > 1.0, 0.0, a), np.clip(a, 0.7, None)],
    "concatenate": lambda a, b: [
        np.concatenate([a, b[None]]),
        np.stack([b, b * 2]),
        np.outer(b, b),
    ],
    "einsum": lambda a, b: [np.einsum("ij,j->i", a, b), a @ b, np.dot(a, b), np.tensordot(a, b, 1)],
    "sort": lambda a, b: [
        np.sort(a, axis=1),
        np.argsort(b),
        b[np.argsort(b)],
        np.take(a, [2, 0], 1),
    ],
    "constants": lambda a, b: [
        a + INNER,
        INNER * b,
        np.float64(3.0) * b,
        a + 1,
        a // 1,
        a % 1,
        -a,
        +a,
    ],
    "shapes": lambda a, b: [
        a.T,
        a[None],
        np.broadcast_to(b, (4, 3)) * 1.0,
        a.reshape(-1),
        a.swapaxes(0, 1),
    ],
}
for name, expression in EXPRESSIONS.items():
    expression.__name__ = name


def leaves(x):
    """All arrays and numbers of a result."""
    if isinstance(x, dict):
        return leaves(list(x.values()))
    return [y for part in x for y in leaves(part)] if isinstance(x, list | tuple) else [x]


@pytest.mark.parametrize("verify", [False, True])
@pytest.mark.parametrize("step", [*STEPS_OF_NUMPY, *EXPRESSIONS.values()], ids=lambda s: s.__name__)
def test_the_compiled_step_gives_what_the_step_gives(step, verify):
    """In value, in dtype and in shape, at every one of several calls."""
    fast = compile(step, verify=verify)
    for k in range(STEPS):
        expected, actual = leaves(step(*arguments(k))), leaves(fast(*arguments(k)))

        assert [np.asarray(x).tobytes() for x in expected] == [
            np.asarray(x).tobytes() for x in actual
        ]
        assert [(np.shape(x), np.result_type(x)) for x in expected] == [
            (np.shape(x), np.result_type(x)) for x in actual
        ]
    assert "def " in fast.source


def writes_into_a_view(a, b):
    """A view of what the step made is written into."""
    out = a * 1.0
    out[:, 1] += 1.0
    return out


def writes_into_a_frozen_array(a, b):
    """NumPy's own error."""
    out = a * 1.0
    out.setflags(write=False)
    out += 1.0


REFUSED = {  # what it is: a step that does it, and what the error says
    "a view": (writes_into_a_view, NotRecordable, "of which there are views"),
    "frozen": (writes_into_a_frozen_array, ValueError, "read-only"),
    "at": (lambda a, b: np.add.at(np.ones(3), 0, b), NotRecordable, "of the outside"),
    "copyto": (lambda a, b: np.copyto(np.ones(3), b), NotRecordable, "into np.asarray"),
    "out": (lambda a, b: np.add(a, b, out=np.ones((2, 3))), NotRecordable, "of the outside"),
    "out of a sum": (lambda a, b: np.sum(a, axis=0, out=b * 1.0), NotRecordable, "out="),
    "out of a method": (lambda a, b: (a * 1.0).sum(out=b * 1.0), NotRecordable, "out= in a sum"),
    "in a tuple": (lambda a, b: np.add(PAIR[0], b, out=PAIR[0]), NotRecordable, "in a tuple"),
    "out of another": (lambda a, b: np.dot(a, a.T, out=a @ a.T), NotRecordable, "out="),
    "out and where": (
        lambda a, b: np.add(a, b, out=a * 1.0, where=b > 1), NotRecordable, "where= together"
    ),
    "put": (lambda a, b: np.put(a * 1.0, [0], 5.0), NotRecordable, "np.put"),
    "a method": (lambda a, b: (a * 1.0).partition(1), NotRecordable, "the method partition"),
    "no attribute": (lambda a, b: a.nothing, AttributeError, "no attribute 'nothing'"),
    "no array": (lambda a, b: np.array_repr(a), NotRecordable, "cannot|gave"),
    "pickle": (lambda a, b: pickle.dumps(a), NotRecordable, "looks|reads|number"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_written_down_is_refused(what):
    """Where the step does it, and nothing has changed."""
    step, error, text = REFUSED[what]
    before = INNER.copy()
    with pytest.raises(error, match=text):
        compile(step)(*arguments(0))

    np.testing.assert_array_equal(INNER, before)


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (random.Random(0), "cannot repeat the draws of a random.Random"),
        (np.random.RandomState(0), "cannot repeat the draws of a numpy.random"),
        (contextvars.ContextVar("v"), "cannot watch a ContextVar"),
    ],
)
def test_what_cannot_be_watched_is_refused(made, text):
    """Draws that cannot be repeated, and what is another thing in every context."""
    with pytest.raises(NotRecordable, match=text):
        compile(lambda a, b: (a, made))(*arguments(0))


@pytest.mark.parametrize(
    ("step", "seen"),
    [
        (lambda a, k: a * k, "other numbers in multiply"),
        (lambda a, k: a * 2.0 if k % 2 else a + 2.0, "add in one run, multiply in the next"),
        (lambda a, k: sum([a] * k, a), r"\d operations in one run"),
    ],
)
def test_a_step_that_does_something_else_every_time_is_refused(step, seen, tmp_path):
    """It reads a file, which nobody watches; the error says what was seen in two runs."""
    file = tmp_path / "number.txt"
    fast = compile(lambda a: step(a, int(file.read_text())))
    file.write_text("2")
    fast(np.ones(2))
    file.write_text("3")
    with pytest.raises(NotRecordable, match=f"did different things when .*{seen}"):
        fast(np.ones(2))


def test_a_step_is_at_work_once_at_a_time():
    """Another thread, or a call from within, is told."""
    inside, go_on = threading.Event(), threading.Event()

    def step(a):
        inside.set()
        go_on.wait(10)
        return a * 2.0

    fast = compile(step)
    thread = threading.Thread(target=fast, args=(np.ones(2),))
    thread.start()
    inside.wait(10)
    with pytest.raises(RuntimeError, match="at work already, in another thread"):
        fast(np.ones(2))
    go_on.set()
    thread.join()

    np.testing.assert_array_equal(fast(np.ones(2)), [2.0, 2.0])


def test_a_compiled_step_within_another_is_a_part_of_it():
    """It is written down together with the rest."""
    inner = compile(lambda a, b: a * b)
    outer = compile(lambda a, b: inner(a, b) + 1.0)
    for k in range(STEPS):
        a, b = arguments(k)
        np.testing.assert_array_equal(outer(a, b), a * b + 1.0)
    with pytest.raises(ValueError, match="'<lambda>' has no program yet"):
        inner.source  # noqa: B018  # it was never called by itself


def test_an_array_that_was_kept_from_inside_is_refused():
    """It stood for an array only as long as the step was being written down."""
    kept = set()

    def step(a):
        kept.add(Box(a * 1.0))
        return a

    compile(step)(np.ones(2))
    [box] = kept
    with pytest.raises(NotRecordable, match="kept from inside of a compiled step"):
        box.array + 1.0


class Box:
    """Keeps something where nobody looks."""

    def __init__(self, array):
        self.array = array


def test_many_shapes_are_remembered_and_the_oldest_forgotten():
    """Forty lengths in turn, twice: what was forgotten is written down again."""
    fast = compile(lambda a: (a * 2.0).sum())
    for _ in range(4):
        for n in range(1, 41):
            assert 2.0 * n == fast(np.ones(n))

    assert len(fast.programs) <= 32


def test_methods_and_partial_functions_are_steps():
    """What they hold is looked at, too."""

    class Scaled:
        def __init__(self):
            self.k = np.full(3, 2.0)

        def step(self, a, b):
            return a * self.k + b

    scaled = Scaled()
    for step in (scaled.step, functools.partial(Scaled.step, scaled)):
        fast = compile(step)
        for k in range(STEPS):
            a, b = arguments(k)
            scaled.k = np.full(3, 1.0 + k)
            np.testing.assert_array_equal(fast(a, b), a * (1.0 + k) + b)


@functools.lru_cache
def remembered():
    """An array that a decorated function gives."""
    return np.full(3, 3.0)


def test_decorated_functions_and_variables_that_come_later():
    """Both are looked into, as far as there is something."""

    def step(a, b):
        return a * remembered() if len(b) == 3 else later

    fast = compile(step)
    for k in range(STEPS):
        a, b = arguments(k)
        np.testing.assert_array_equal(fast(a, b), a * 3.0)
    later = 5.0
    np.testing.assert_array_equal(fast(a, b), a * 3.0)
    assert later == step(a, b[:2])


def test_numbers_that_a_step_takes_out_of_a_dict_are_refused_after_a_while():
    """Each time the step does what it does, but it cannot be repeated without being done."""
    settings = {}

    def step(a):
        return a * settings.pop("n")

    fast = compile(step)
    for k in range(2):
        settings["n"] = 2.0
        np.testing.assert_array_equal(fast(np.ones(2) * k), [2.0 * k, 2.0 * k])
    settings["n"] = 2.0
    with pytest.raises(NotRecordable, match="cannot repeat what 'step' does to Python's own"):
        fast(np.ones(2))


def test_two_places_of_one_array_are_told_apart_once_they_are():
    """A program that took them for one is not run when one of them is another array."""
    both = np.ones(3)
    things = {"a": both, "b": both}
    fast = compile(lambda x: x * things["a"] + things["b"])
    for k in range(STEPS):
        np.testing.assert_array_equal(fast(np.full(3, 1.0 + k)), np.full(3, 2.0 + k))
    things["b"] = np.full(3, 10.0)
    for k in range(STEPS):
        np.testing.assert_array_equal(fast(np.full(3, 1.0 + k)), np.full(3, 11.0 + k))


def test_another_number_of_arguments():
    """Each has a program of its own."""
    fast = compile(lambda *arrays: sum(arrays[1:], arrays[0] * 1.0))
    for _ in range(STEPS):
        for count in (1, 2, 3):
            np.testing.assert_array_equal(fast(*[np.ones(2)] * count), np.full(2, 1.0 * count))


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        (lambda a, b: {"sum": a + 1e-3}, r"left numbers that differ as the result\['sum'\]"),
        (lambda a, b: {"sum": None}, r"left another thing as the result\['sum'\]"),
        (lambda a, b: {"sum": (a + b).astype(np.float32)}, "left numbers that differ"),
    ],
)
def test_verify_tells_of_a_program_that_is_wrong(wrong, text):
    """Planted: a program that gives something else."""
    fast = compile(lambda a, b: {"sum": a + b}, verify=True)
    for k in range(3):
        fast(*arguments(k))
    [[program]] = fast.programs.values()
    program.run = wrong
    with pytest.raises(RuntimeError, match=f"verify=True: the compiled step and the step {text}"):
        fast(*arguments(5))
