"""Whatever a compiled step reaches outside of itself is read afresh, or refused."""

import array
import collections
import dataclasses
import functools
import sys
import types
import weakref

import numpy as np
import pytest

from microgradx import MLP, Adam, TensorValue, mse
from microgradx.compiling import NotRecordable, compile

RNG = np.random.default_rng(0)
X = RNG.standard_normal((8, 4)).astype(np.float32)
Y = X.sum(axis=1)


def scale(k):
    """An array that is another for every k."""
    return np.full(4, 1.0 + k, np.float32)


def training():
    """A network, and a function that makes one step of training it."""
    model = MLP(4, [5, 1], seed=1, dtype=np.float32)
    optimizer = Adam(model.parameters(), lr=0.01)

    def train(x, y):
        optimizer.zero_grad()
        loss = mse(y, model(x))
        loss.backward()
        optimizer.step()
        return loss

    return model, train


def played(make, change=lambda k, place: None, arguments=lambda k: (X, Y), steps=12):
    """The losses of a run as it stands and compiled; `make` gives a place and the step."""
    found = []
    for wrap in (lambda step: step, compile):
        model, train = training()
        place, step = make(train)
        step = wrap(step)
        losses = []
        for k in range(steps):
            change(k, place)
            losses.append(step(*arguments(k)).item())
        found.append((losses, [p.data.tobytes() for p in model.parameters()]))
    return found


class Attribute:
    """Keeps an array in an attribute."""

    def __init__(self):
        self.w = scale(0)


class Slot:
    """Keeps an array in a slot."""

    __slots__ = ("w",)

    def __init__(self):
        self.w = scale(0)


class Asked(Attribute):
    """Gives an array when it is asked in a way that names none."""

    def __call__(self):
        return self.w

    def __getitem__(self, key):
        return self.w

    @property
    def twice(self):
        return self.w * 2


@dataclasses.dataclass(frozen=True)
class Frozen:
    """Keeps an array that it does not let go."""

    w: np.ndarray


Pair = collections.namedtuple("Pair", ["w", "n"])


def to_attribute(h, a):
    """Put an array into an attribute, whatever the class says."""
    object.__setattr__(h, "w", a)


def to_item(key):
    """A function that puts an array into an item."""
    return lambda h, a: h.__setitem__(key, a)


def through_proxy():
    """A dict behind a view that can only be read."""
    inner = {"w": scale(0)}
    return [inner, types.MappingProxyType(inner)]


def with_reference():
    """An object behind a weak reference."""
    inner = Attribute()
    return [inner, weakref.ref(inner)]


PLACES = {  # how it is made, how a step asks for the array, how another one is put there
    "attribute": (Attribute, lambda h: h.w, to_attribute),
    "derived": (Attribute, lambda h: h.w * 2, to_attribute),
    "getattr": (Attribute, lambda h: getattr(h, "".join(["w"])), to_attribute),
    "vars": (Attribute, lambda h: vars(h)["w"], to_attribute),
    "slot": (Slot, lambda h: h.w * 2, to_attribute),
    "frozen": (lambda: Frozen(scale(0)), lambda h: h.w * 2, to_attribute),
    "property": (Asked, lambda h: h.twice, to_attribute),
    "called": (Asked, lambda h: h(), to_attribute),
    "indexed": (Asked, lambda h: h[0], to_attribute),
    "class": (
        lambda: type("C", (), {"w": scale(0)}),
        lambda h: h.w,
        lambda h, a: setattr(h, "w", a),
    ),
    "class of an object": (
        lambda: type("C", (), {"w": scale(0)})(),
        lambda h: h.w,
        lambda h, a: setattr(type(h), "w", a),
    ),
    "namespace": (lambda: types.SimpleNamespace(w=scale(0)), lambda h: h.w, to_attribute),
    "module": (lambda: module("place"), lambda h: h.w, lambda h, a: setattr(h, "w", a)),
    "dict": (lambda: {"w": scale(0)}, lambda h: h["w"], to_item("w")),
    "list": (lambda: [scale(0)], lambda h: h[0] * 2, to_item(0)),
    "deque": (lambda: collections.deque([scale(0)]), lambda h: h[0] * 2, to_item(0)),
    "UserDict": (lambda: collections.UserDict(w=scale(0)), lambda h: h["w"], to_item("w")),
    "tuple": (lambda: [(scale(0),)], lambda h: h[0][0] * 2, lambda h, a: to_item(0)(h, (a,))),
    "named tuple": (
        lambda: [Pair(scale(0), 1)],
        lambda h: h[0].w * h[0].n,
        lambda h, a: to_item(0)(h, Pair(a, 1)),
    ),
    "nested": (lambda: [[Attribute()]], lambda h: h[0][0].w, lambda h, a: to_attribute(h[0][0], a)),
    "proxy": (through_proxy, lambda h: h[1]["w"], lambda h, a: to_item("w")(h[0], a)),
    "weak": (with_reference, lambda h: h[1]().w, lambda h, a: to_attribute(h[0], a)),
    "partial": (
        lambda: functools.partial(lambda a: a.w, Attribute()),
        lambda h: h(),
        lambda h, a: to_attribute(h.args[0], a),
    ),
    "tensor": (
        lambda: [TensorValue(scale(0))],
        lambda h: h[0],
        lambda h, a: to_item(0)(h, TensorValue(a)),
    ),
    "number": (lambda: {"w": 1.0}, lambda h: h["w"], lambda h, a: to_item("w")(h, float(a[0]))),
    "numbers": (
        lambda: [1.0] * 4,
        lambda h: np.array(h, np.float32),
        lambda h, a: to_item(slice(None))(h, a.tolist()),
    ),
    "set": (lambda: {1.0}, lambda h: max(h), lambda h, a: (h.clear(), h.add(float(a[0])))),
    "bytes": (
        lambda: bytearray(scale(0).tobytes()),
        lambda h: np.frombuffer(h, np.float32) * 1,
        lambda h, a: to_item(slice(None))(h, a.tobytes()),
    ),
    "array.array": (
        lambda: array.array("f", scale(0)),
        lambda h: np.array(h),
        lambda h, a: to_item(slice(None))(h, array.array("f", a)),
    ),
    "a setting that was not there": (
        lambda: types.SimpleNamespace(),
        lambda h: getattr(h, "w", 1.0),
        lambda h, a: setattr(h, "w", float(a[0])),
    ),
}


def module(name):
    """A module of the user's."""
    made = types.ModuleType(name)
    made.w = scale(0)
    return made


def at(place):
    """Makes steps that multiply the inputs by what is at a place."""
    make, ask, _ = PLACES[place]

    def steps(train):
        h = make()
        return h, lambda x, y: train(x * ask(h), y)

    return steps


@pytest.mark.parametrize("place", PLACES)
def test_another_array_is_seen(place):
    """An array that is put in the place of another is the one that counts."""
    put = PLACES[place][2]
    expected, actual = played(at(place), lambda k, h: put(h, scale(k)) if k in (5, 6, 9) else None)

    assert expected == actual


NO_ARRAYS = {
    "tensor",
    "number",
    "numbers",
    "set",
    "bytes",
    "array.array",
    "a setting that was not there",
}


@pytest.mark.parametrize("place", [name for name in PLACES if name not in NO_ARRAYS])
def test_other_numbers_are_seen(place):
    """Numbers that are written into an array count, wherever it is kept."""
    arrays = [scale(0), scale(0)]  # of the run as it stands, and of the compiled one
    put = PLACES[place][2]
    left = iter(arrays)

    def make(train):
        h, step = at(place)(train)
        mine = next(left)
        put(h, mine)
        return mine, step

    def change(k, mine):
        if k > 4:
            mine[...] = 1.0 + k

    expected, actual = played(make, change)

    assert expected == actual


def test_a_module_that_the_step_imports():
    """What a step imports itself is seen, too."""
    sys.modules["imported_by_a_step"] = module("imported_by_a_step")

    def make(train):
        def step(x, y):
            import imported_by_a_step

            return train(x * imported_by_a_step.w, y)

        return sys.modules["imported_by_a_step"], step

    try:
        expected, actual = played(make, lambda k, h: setattr(h, "w", scale(k // 4)))
    finally:
        del sys.modules["imported_by_a_step"]

    assert expected == actual


def test_functions_and_methods_that_are_replaced():
    """A function in a dict and a method of a class may become other ones."""

    def make(train):
        class Twice:
            def of(self, x):
                return x * 2

        twice, functions = Twice(), {"f": lambda x: x}
        return (Twice, functions), lambda x, y: train(twice.of(functions["f"](x)), y)

    def change(k, place):
        if k == 5:
            place[0].of = lambda self, x: x * 3
        if k == 8:
            place[1]["f"] = lambda x: x * 0.5

    expected, actual = played(make, change)

    assert expected == actual


def test_views_of_one_array():
    """A view that the step reads changes with the array it is a view of."""

    def make(train):
        whole = np.ones((3, 4), np.float32)
        row = whole[1]
        return whole, lambda x, y: train(x * row, y)

    def change(k, whole):
        if k > 4:
            whole[1] = k

    expected, actual = played(make, change)

    assert expected == actual


def test_objects_among_the_arguments():
    """An object that is handed in may hold other arrays the next time."""
    held = [Attribute(), Attribute()]
    left = iter(held)

    def make(train):
        mine = next(left)
        return mine, lambda x, y: inner(mine, x, y, train)

    def inner(h, x, y, train):
        return train(x * h.w, y)

    expected, actual = played(make, lambda k, h: to_attribute(h, scale(k // 3)))

    assert expected == actual


@pytest.mark.parametrize("kind", [float, int, np.float32, np.int64])
def test_numbers_among_the_arguments(kind):
    """A number that is handed in is never that of an earlier call."""
    expected, actual = played(
        lambda train: (None, lambda x, y, s: train(x * s, y)),
        arguments=lambda k: (X, Y, kind(1 + k // 3)),
    )

    assert expected == actual


def test_dtypes_shapes_and_layouts():
    """Each shape, dtype and layout of the inputs is recorded by itself."""
    layouts = [X, np.asfortranarray(X), np.repeat(X, 2, axis=0)[::2], X.astype(np.float64), X[:5]]
    expected, actual = played(
        lambda train: (None, train),
        arguments=lambda k: (layouts[k % 5], Y[: len(layouts[k % 5])]),
        steps=30,
    )

    assert expected == actual


def test_branches_on_numbers():
    """A step that decides by what its arrays hold takes the way that is right each time."""

    def make(train):
        def step(x, y):
            while (np.abs(x) > 4).any():
                x = x / 2
            if x[0, 0] > 0:
                x = -x
            loss = train(x, y)
            return loss * 2 if loss.data > 1 else loss

        return None, step

    expected, actual = played(
        make, arguments=lambda k: (X * (-1) ** (k // 3) * (1 + k % 5), Y), steps=60
    )

    assert expected == actual


def test_generators_of_the_outside():
    """Draws go on where they are, also from a generator that was put in place of another."""

    def make(train):
        h = [np.random.default_rng(3)]

        def step(x, y):
            order = h[0].permutation(len(x))
            return train(x[order] * h[0].random(4, dtype=np.float32), y[order])

        return h, step

    def change(k, h):
        if k > 6:
            h[0] = np.random.default_rng(k)

    expected, actual = played(make, change)

    assert expected == actual


def test_returned_arrays_belong_to_the_caller():
    """No later call changes what an earlier one gave, or shares memory with it."""
    model = MLP(4, [5, 1], seed=1, dtype=np.float32)

    def step(x, y):
        model.zero_grad()
        out = model(x)
        loss = mse(y, out)
        loss.backward()
        return {
            "loss": loss,
            "out": out,
            "row": out.data[0],
            "grad": [p.grad for p in model.parameters()],
        }

    compiled = compile(step)
    results = [compiled(X * k, Y) for k in range(8)]
    arrays = [[r["loss"].data, r["out"].data, r["row"], *r["grad"]] for r in results]

    for k in range(8):
        again = step(X * k, Y)
        expected = [again["loss"].data, again["out"].data, again["row"], *again["grad"]]
        assert all(np.array_equal(a, b) for a, b in zip(expected, arrays[k], strict=True))
    flat = [a for group in arrays for a in group if isinstance(a, np.ndarray)]
    assert not any(np.shares_memory(a, b) for i, a in enumerate(flat) for b in flat[:i])


def test_own_parameters_among_the_arguments():
    """A parameter's own array may be an argument; it is not overwritten while it is read."""
    found = []
    for wrap in (lambda step: step, compile):
        model, train = training()
        p = next(iter(model.parameters()))
        step = wrap(lambda x, y, w, train=train: (train(x, y), w * 1.0, w))
        results = [step(X, Y, p.data) for _ in range(8)]
        found.append(
            [(a.item(), np.asarray(b).tolist(), np.asarray(c).tolist()) for a, b, c in results]
        )

    assert found[0] == found[1]


REFUSED = {
    "item": lambda h, x: x * float(x.sum()),
    "text": lambda h, x: x * len(f"{x[0, 0]}"),
    "counter": lambda h, x: count(h, x),
    "np.random": lambda h, x: x * np.float32(np.random.rand()),  # noqa: NPY002  # is refused
    "globals": lambda h, x: x * globals()["scale"](0),
    "iterator": lambda h, x: x * next(h["iterator"]),
    "kept": lambda h, x: keep(h, x),
    "written": lambda h, x: write(x),
}


def count(h, x):
    """Count the calls, and use the count."""
    h["n"] += 1
    return x * h["n"]


def keep(h, x):
    """Keep something that is made of an array."""
    h["kept"].append(x * 2)
    return x


def write(x):
    """Write into an argument."""
    x *= 2
    return x


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_repeated_is_an_error(what):
    """A step that could only be repeated wrongly raises, within three calls, and nothing moved."""
    model, train = training()
    h = {"n": 0, "iterator": None, "kept": []}
    if what == "iterator":
        h["iterator"] = iter([scale(0)] * 20)
    act = REFUSED[what]
    step = compile(lambda x, y: train(act(h, x), y))
    x = X.copy()
    before: list[bytes] = []

    def thrice():
        for _ in range(3):
            before[:] = [p.data.tobytes() for p in model.parameters()]
            step(x, Y)

    with pytest.raises(NotRecordable):
        thrice()

    assert before == [p.data.tobytes() for p in model.parameters()]
    assert np.array_equal(x, X)
    assert [] == h["kept"]


def test_an_error_of_the_step_leaves_no_trace():
    """If a step raises, everything is as before it, and the next call is right."""
    model, train = training()
    twin, other = training()
    fails = [False]

    def step(x, y):
        loss = train(x, y)
        if fails[0]:
            raise KeyError("mine")
        return loss

    compiled = compile(step)
    for k in range(9):
        if k in (0, 1, 5):
            fails[0] = True
            with pytest.raises(KeyError, match="mine"):
                compiled(X, Y)
            fails[0] = False

        assert other(X, Y).item() == compiled(X, Y).item()
    assert [p.data.tobytes() for p in twin.parameters()] == [
        p.data.tobytes() for p in model.parameters()
    ]


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        (X.view(np.matrix), "plain arrays, got a matrix"),
        ([1.0, 2.0], "got a list of numbers"),
        (TensorValue(X), "got a TensorValue"),
        (np.random.default_rng(0), "no generator"),
    ],
)
def test_arguments_of_other_kinds(wrong, text):
    """What is no array and could be taken for one is refused with a hint."""
    step = compile(training()[1])

    with pytest.raises(TypeError, match=text):
        step(wrong, Y)
