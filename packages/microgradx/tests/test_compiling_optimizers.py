"""Optimizers of one's own in compiled steps: parameters move together where they can, or alone."""

import numpy as np
import pytest

from microgradx import SGD, Adam, Optimizer, TensorValue, mse
from microgradx.compiling import compile

SHAPES = [(3, 4), (3,), (1, 3), (1,)]


def batch(k):
    """Others at every step."""
    x = np.random.default_rng(100 + k).standard_normal((6, 4))
    return x, np.sin(x.sum(axis=1, keepdims=True))


def network(dtypes=(np.float64,) * 4):
    """Two layers."""
    rng = np.random.default_rng(1)
    return [TensorValue(rng.standard_normal(s) / 2, dtype=d) for s, d in zip(SHAPES, dtypes)]


def loss_of(params, x, y):
    """Of two layers with a tanh between them."""
    a, b, c, d = params
    return mse(y, (x @ a.T + b).tanh() @ c.T + d)


def optimizer(formula):
    """An optimizer whose formula is a function."""

    class Own(Optimizer):
        def update(self, data, g, state, group):
            return formula(data, g, state, group)

    return lambda params: Own(params, lr=0.05)


def remembers(name, new):
    """A formula that keeps something for each parameter, and moves by the gradient."""

    def formula(data, g, state, group):
        state[name] = new(data, g, state.get(name, np.zeros_like(data)))
        return data - group["lr"] * g - 0.01 * state[name]

    return formula


def viewed(data, g, state, group):
    """Moves by a view of a view of what is computed for each parameter alone."""
    return data - 0.1 * (g - g.mean(axis=-1, keepdims=True)).T[::-1].T


LARGEST = {}  # where a formula leaves something outside of the optimizer


def viewed_twice(data, g, state, group):
    """The same, and what was viewed is read again after the move was computed."""
    centred = (g - g.mean(axis=-1, keepdims=True)).T[::-1].T
    new = data - 0.1 * centred
    LARGEST[data.shape] = np.abs(centred).max()
    return new


FORMULAS = {
    "numbers of Python": lambda data, g, state, group: data * 0.999 - 0.05 * g,
    "one number each": lambda data, g, state, group: data - 0.05 * g / (1.0 + np.abs(g).max()),
    "by the shape": lambda data, g, state, group: data - (0.1 if data.ndim > 1 else 0.05) * g,
    "by the axes": lambda data, g, state, group: data - 0.1 * g if data.ndim > 1 else data + 0.0,
    "centred": lambda data, g, state, group: data - 0.05 * (g - g.mean(axis=-1, keepdims=True)),
    "signs": lambda data, g, state, group: data - group["lr"] * np.sign(g),
    "where": lambda data, g, state, group: np.where(np.abs(g) > 1e-3, data - 0.05 * g, data),
    "constants": lambda data, g, state, group: data - 0.05 * g * np.full(data.shape, 0.5),
    "momentum": remembers("mean", lambda data, g, old: 0.9 * old + g),
    "the last data": remembers("last", lambda data, g, old: data),
    "the last gradient": remembers("last", lambda data, g, old: g),
    "a row of sums": remembers(
        "sums", lambda data, g, old: g.sum(axis=-1, keepdims=True) + 0.0 * g
    ),
    "a factor of rows": lambda data, g, state, group: (
        data - g * (0.1 / np.arange(1.0, 1 + len(g)))[-1]
    ),
    "nothing": lambda data, g, state, group: data,
    "another function by the axes": lambda data, g, state, group: (
        np.subtract(data, 0.1 * g) if data.ndim > 1 else np.add(data, 0.1 * g)
    ),
    "in single precision": lambda data, g, state, group: (
        data - np.multiply(g, 0.1, dtype=np.float32)
    ),
    "sum of gradients": remembers("mean", lambda data, g, old: old + g),
    "a factor that stays": lambda data, g, state, group: (
        data - 0.1 * g * state.setdefault("mean", np.ones_like(data))
    ),
    "what may be remembered": lambda data, g, state, group: (
        data - 0.1 * g - state.get("extra", 0.0) * data
    ),
    "a view of a view": viewed,
    "a view that is read again": viewed_twice,
    "old and new data": lambda data, g, state, group: (
        new := data - 0.1 * g,
        state.update(mean=new * 0.5 + data * 0.25),
    )[0],
    "a mask": lambda data, g, state, group: data - 0.1 * (data * (g > 0.05)),
    "old data after new": remembers("half", lambda data, g, old: data * 0.5 - g),
}


def plain(params, make, x, y):
    """As everybody trains."""
    make.zero_grad()
    loss = loss_of(params, x, y)
    loss.backward()
    make.step()
    return loss


def twice(params, make, x, y):
    """Two moves by one gradient."""
    loss = plain(params, make, x, y)
    make.step()
    return loss


def read_afterwards(params, make, x, y):
    """What was moved is read in the same step."""
    loss = plain(params, make, x, y)
    return loss, loss_of(params, x, y), [(p.data * p.data).sum() for p in params]


def old_ones_read_afterwards(params, make, x, y):
    """What was there before the move is read after it."""
    before = [p.data for p in params]
    loss = plain(params, make, x, y)
    return loss, [(p.data - b).sum() for p, b in zip(params, before)]


def only_old_ones_read_afterwards(params, make, x, y):
    """The same, where nothing else is read, and views of them."""
    before, turned = [p.data for p in params], [p.data.T for p in params]
    loss = plain(params, make, x, y)
    return loss, [b.sum() for b in before], [(b * 2.0).sum() for b in turned]


def only_views_read_afterwards(params, make, x, y):
    """Views alone of what was there before."""
    turned = [p.data.T for p in params]
    loss = plain(params, make, x, y)
    return loss, [(b * 2.0).sum() for b in turned]


def given_away(params, make, x, y):
    """Old and new parameters and gradients belong to the caller."""
    old = [p.data for p in params], [p.data.T for p in params]
    return plain(params, make, x, y), old, [p.data for p in params], [p.grad for p in params]


def decided_afterwards(params, make, x, y):
    """A decision after the move, and a move back."""
    loss = plain(params, make, x, y)
    if loss_of(params, x, y).data > loss.data:
        for p in params:
            p.data = p.data + 0.02 * p.grad
    return loss


def changing_places(params, make, x, y):
    """Two of one shape are exchanged, each the other as it was before."""
    loss = plain(params, make, x, y)
    params[1].data, params[2].data = params[2].data[0], params[1].data[None]
    return loss


WAYS = [
    *[plain, twice, read_afterwards, old_ones_read_afterwards, given_away, decided_afterwards],
    *[changing_places, only_old_ones_read_afterwards, only_views_read_afterwards],
]
DTYPES = {"float64": (np.float64,) * 4, "mixed": (np.float64, np.float32, np.float64, np.float32)}


def everything(x):
    """All numbers as bytes, with their dtypes."""
    if isinstance(x, dict):
        return everything(list(x.values()))
    if isinstance(x, list | tuple):
        return [y for part in x for y in everything(part)]
    array = np.asarray(getattr(x, "data", x))
    return [(array.dtype.str, array.shape, array.tobytes())]


def runs(formula, way, dtypes, between=lambda k, params, optimizer: None):
    """What a run leaves after each of its steps, as it stands and compiled."""
    for wrap in (lambda step: step, compile):
        params = network(dtypes)
        LARGEST.update(dict.fromkeys(SHAPES, np.float64(0.0)))
        make = optimizer(formula)(params)
        step = wrap(lambda x, y, params=params, make=make: way(params, make, x, y))
        rows = []
        for k in range(9):
            between(k, params, make)
            rows.append(everything([step(*batch(k))]))
            memory = [make.state[p] for p in params]
            rows.append(everything([[p.data for p in params], [p.grad for p in params], memory]))
            rows.append(everything(LARGEST))
        yield rows


@pytest.mark.parametrize("dtypes", DTYPES)
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("formula", FORMULAS)
def test_an_optimizer_of_ones_own_is_repeated_to_the_last_bit(formula, way, dtypes):
    """Whatever it computes, whatever the step does around it."""
    plainly, compiled = runs(FORMULAS[formula], way, DTYPES[dtypes])

    assert plainly == compiled


CHANGES = {  # what somebody does between two steps
    "other memory": lambda k, params, own: own.state[params[0]].update(
        mean=np.full((3, 4), 0.1 * k)
    ),
    "memory of one number": lambda k, params, own: own.state[params[1]].update(mean=0.5),
    "memory in float32": lambda k, params, own: own.state[params[0]].update(
        mean=np.zeros((3, 4), np.float32)
    ),
    "no memory": lambda k, params, own: own.state[params[2]].clear(),
    "other data": lambda k, params, own: setattr(params[1], "data", np.full(3, 0.1 * k)),
    "another gradient": lambda k, params, own: setattr(params[1], "grad", np.ones(3)),
    "a setting of NumPy's": lambda k, params, own: own.param_groups[0].update(lr=np.float64(0.01)),
    "a setting": lambda k, params, own: own.param_groups[0].update(lr=0.01 * k),
    "memory that is broadcast": lambda k, params, own: own.state[params[0]].update(
        mean=np.full(1, 0.1 * k)
    ),
    "more memory": lambda k, params, own: own.state[params[0]].update(extra=np.full((3, 4), 0.1)),
    "one array for two": lambda k, params, own: [
        own.state[params[j]].update(mean=np.zeros(1) + k) for j in (3,)
    ],
}


REMEMBERING = ["momentum", "sum of gradients", "a factor that stays", "what may be remembered"]


@pytest.mark.parametrize("formula", REMEMBERING)
@pytest.mark.parametrize("keep", [False, True])
@pytest.mark.parametrize("change", CHANGES)
def test_what_is_changed_between_steps_is_seen(change, keep, formula):
    """In memory, data, gradients and settings; also while somebody holds on to the old arrays."""
    held = []

    def between(k, params, own):
        if keep:
            held.extend([own.state[p].get("mean") for p in params] + [p.data for p in params])
        if k == 4 or (k > 4 and change != "no memory"):  # which is begun anew by an eager step
            CHANGES[change](k, params, own)

    plainly, compiled = runs(FORMULAS[formula], plain, DTYPES["float64"], between)

    assert plainly == compiled


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    "make", [lambda p: SGD(p, lr=0.1, momentum=0.9), Adam], ids=["SGD", "Adam"]
)
def test_a_parameter_that_is_one_number_is_remembered(make, dtype):
    """What NumPy computes for it are scalars, not arrays."""
    left = []
    for way in (lambda step: step, compile):
        w, scale = TensorValue([1.0, 2.0], dtype=dtype), TensorValue(1.0, dtype=dtype)
        optimizer = make([w, scale])

        def step(x, w=w, scale=scale, optimizer=optimizer):
            optimizer.zero_grad()
            loss = (scale * w * x).sum()
            loss.backward()
            optimizer.step()
            return loss

        run = way(step)
        for k in range(6):
            run(np.array([1.0, k], dtype))
        memory = [(name, float(x)) for name, x in optimizer.state[scale].items()]
        left.append((w.data.tolist(), float(scale.data), memory))

    assert left[0] == left[1]


def by_the_largest(data, g, state, group):
    """A setting that meets one number of each parameter before it meets all of them."""
    return data - (group["lr"] * np.abs(g).max()) * g


@pytest.mark.parametrize("formula", [FORMULAS["momentum"], by_the_largest])
@pytest.mark.parametrize("number", [np.float32, np.float64])
def test_settings_that_are_numbers_of_numpys(number, formula):
    """They decide on dtypes or not as they do in the step itself."""

    def between(k, params, own):
        if k == 4:
            own.param_groups[0]["lr"] = number(0.01)

    plainly, compiled = runs(formula, plain, (np.float32,) * 4, between)

    assert plainly == compiled


def test_counts_that_part_are_seen():
    """Adam counts the steps of each parameter; somebody may change one of them."""
    left = []
    for wrap in (lambda step: step, compile):
        params = network()
        own = Adam(params, lr=0.05)
        step = wrap(lambda x, y, params=params, own=own: plain(params, own, x, y))
        for k in range(9):
            if k == 5:
                memory = own.state[params[1]]
                (count,) = (name for name, x in memory.items() if isinstance(x, int))
                memory[count] += 100
            step(*batch(k))
        left.append(everything([[p.data for p in params], [own.state[p] for p in params]]))

    assert left[0] == left[1]


def test_a_group_that_is_added_is_seen():
    """Its parameter moves from then on."""
    left = []
    for wrap in (lambda step: step, compile):
        params = network()
        own = SGD(params[:3], lr=0.05)
        step = wrap(lambda x, y, params=params, own=own: plain(params, own, x, y))
        for k in range(9):
            if k == 5:
                own.add_param_group({"params": params[3:]})
            step(*batch(k))
        left.append(everything([p.data for p in params]))

    assert left[0] == left[1]


def test_two_groups_that_get_one_result():
    """What was computed for the parameter of one group becomes that of the other, too."""
    left = []
    for wrap in (lambda step: step, compile):
        first, second = (TensorValue(np.linspace(0, k, 4)) for k in (1, 2))
        found = {}

        def formula(data, g, state, group, found=found):
            return found.setdefault("new", data - 0.1 * g)

        own = optimizer(formula)([{"params": [first]}, {"params": [second]}])

        def step(x, params=(first, second), own=own, found=found):
            own.zero_grad()
            loss = ((params[0] - x) * params[1]).sum()
            loss.backward()
            own.step()
            found.clear()
            return loss

        run = wrap(step)
        losses = [run(np.full(4, 0.1 * k)) for k in range(7)]
        left.append(everything([losses, first.data, second.data]))

    assert left[0] == left[1]
