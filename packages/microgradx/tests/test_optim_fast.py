"""The fast ways of the optimisers give what their formula gives, and touch nobody's arrays."""

import copy
import pickle
import sys
import threading
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from microgradx import SGD, Adam, Optimizer, TensorValue
from microgradx.optim import blocks
from microgradx.optim import optimizer as small_and_large

MAKERS = {
    "SGD": (SGD, {}),
    "momentum": (SGD, {"momentum": 0.9, "dampening": 0.1, "weight_decay": 0.01}),
    "Nesterov": (SGD, {"momentum": 0.9, "nesterov": True, "weight_decay": 0.1}),
    "Adam": (Adam, {}),
    "Adam with decay": (Adam, {"weight_decay": 0.1, "betas": (0.5, 0.9), "eps": 1e-3}),
}
SHAPES = [(), (3,), (2, 5), (0, 4), (7, 2), (1,)]


def parameters(dtype=np.float32, seed=0):
    """Parameters of several shapes."""
    rng = np.random.default_rng(seed)
    return [TensorValue(rng.normal(size=shape).astype(dtype)) for shape in SHAPES]


def plainly(cls):
    """The same optimiser by its formula alone, parameter by parameter."""

    class Plain(cls):
        def update(self, data, g, state, group):
            """Of one's own, so it is not known to be entry by entry."""
            return super().update(data, g, state, group)

    return Plain


@pytest.mark.parametrize("limit", [1, 5, 16384], ids=["blocks", "both", "together"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("kind", MAKERS)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_the_fast_ways_equal_the_formula_to_the_last_bit(kind, dtype, limit, data):
    """In blocks, together, with gradients that come and go, and a memory that is replaced."""
    cls, options = MAKERS[kind]
    fast, plain = parameters(dtype), parameters(dtype)
    quick = cls(fast, lr=0.01, **options)
    slow = plainly(cls)(plain, lr=0.01, **options)
    rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(small_and_large, "SMALL", limit)
        patch.setattr(blocks, "BLOCK", 4)
        for _ in range(data.draw(st.integers(1, 6))):
            for p, q in zip(fast, plain):
                g = rng.normal(size=p.shape).astype(dtype) if rng.random() < 0.8 else None
                p.grad, q.grad = g, g
            quick.step()
            slow.step()
            if rng.random() < 0.3:
                quick.load_state_dict(quick.state_dict())
            if rng.random() < 0.3:
                quick.param_groups[0]["lr"] = slow.param_groups[0]["lr"] = np.float64(0.02)

    for p, q in zip(fast, plain):
        assert (p.dtype, q.data.tobytes()) == (np.dtype(dtype), p.data.tobytes())
        assert {k: np.asarray(x).tobytes() for k, x in slow.state[q].items()} == {
            k: np.asarray(x).tobytes() for k, x in quick.state[p].items()
        }


@pytest.fixture(params=[(3,), (40000,)], ids=["small", "large"])
def trained(request):
    """A parameter, and Adam, which has made three steps with it."""
    w = TensorValue(np.linspace(-1, 1, request.param[0], dtype=np.float32))
    optimizer = Adam([w], lr=0.1)
    step(w, optimizer, 3)
    return w, optimizer


def step(w, optimizer, times=1):
    """Steps with a gradient that is the parameter itself."""
    for _ in range(times):
        w.grad = w.data.copy()
        optimizer.step()


def test_arrays_that_were_the_data_do_not_change(trained):
    """Whoever holds one, or a view of one, keeps its numbers, however many steps follow."""
    w, optimizer = trained
    held = []
    for k in range(6):
        held.append((w.data, w.data.copy()))
        if k % 2:
            held.append((w.data[1:].T, w.data[1:].copy()))
        step(w, optimizer)
    step(w, optimizer, 3)

    assert all((now == then).all() for now, then in held)


def test_data_stay_read_only(trained):
    """The memory that is used again cannot be reached through them."""
    w, optimizer = trained
    for _ in range(3):
        step(w, optimizer)
        with pytest.raises(ValueError, match="read-only"):
            w.data[0] = 1
        with pytest.raises(ValueError, match="cannot set WRITEABLE flag"):
            w.data.setflags(write=True)

    assert not w.data.base.flags.writeable


def address(w):
    """Where its numbers lie."""
    return w.data.__array_interface__["data"][0]


def test_what_nobody_holds_stays_where_it_is(trained):
    """The same memory is written into step by step, also while a graph is alive."""
    w, optimizer = trained
    seen = {address(w)}
    for _ in range(4):
        loss = (w * w).sum()
        loss.backward()
        optimizer.step()
        seen.add(address(w))

    assert 1 == len(seen)


@pytest.mark.parametrize(
    "hold",
    [lambda w: w.data, lambda w: w.data[:1], lambda w: w.detach(), lambda w: memoryview(w.data)],
    ids=["data", "view", "detached", "buffer"],
)
def test_what_somebody_holds_moves_to_other_memory(trained, hold):
    """And the numbers that are held stay as they are."""
    w, optimizer = trained
    held = hold(w)
    numbers = getattr(held, "data", held) if isinstance(held, TensorValue) else held
    first, place = np.array(numbers).copy(), address(w)
    step(w, optimizer)

    assert place != address(w)
    np.testing.assert_array_equal(first, np.asarray(numbers))


def test_a_gradient_of_yours_is_not_written_into(trained):
    """Neither it nor an array from which the parameter was assigned."""
    w, optimizer = trained
    mine = np.ones(w.shape, np.float32)
    w.data = mine
    w.grad = mine
    optimizer.step()

    assert (mine == 1).all()
    assert w.grad is mine


def test_numbers_assigned_between_steps_count(trained):
    """`w.data = ...` is seen by the next step, in either way."""
    w, optimizer = trained
    w.data = np.full(w.shape, 5.0)
    w.grad = np.zeros(w.shape)
    optimizer.state[w].clear()
    optimizer.step()

    assert (w.data == 5.0).all()


def test_a_stale_graph_is_an_error(trained):
    """D34, in either way."""
    w, optimizer = trained
    loss = (w * w).sum()
    step(w, optimizer)

    with pytest.raises(RuntimeError, match="changed after"):
        loss.backward()


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_copies_are_independent_and_go_on_alike(trained, copied):
    """A copy of parameter and optimiser makes the same steps, and neither moves the other."""
    w, optimizer = trained
    v, other = copied((w, optimizer))
    before = w.data.copy()
    step(v, other, 3)

    assert (before == w.data).all()
    step(w, optimizer, 3)
    assert v.data.tobytes() == w.data.tobytes()


def test_two_optimisers_on_one_parameter(trained):
    """D28: each remembers its own, though both put its data into memory of theirs."""
    w, _ = trained
    v = TensorValue(w.data)
    first, second = SGD([w], lr=0.1, momentum=0.9), SGD([w], lr=0.1, momentum=0.9)
    one, two = plainly(SGD)([v], lr=0.1, momentum=0.9), plainly(SGD)([v], lr=0.1, momentum=0.9)
    for _ in range(3):
        for fast, slow in ((first, one), (second, two)):
            w.grad = v.grad = np.ones(w.shape, np.float32)
            fast.step()
            slow.step()

    assert v.data.tobytes() == w.data.tobytes()


def test_a_wrong_gradient_moves_nothing(trained):
    """All parameters are looked at before the first one moves; numbers and lists are arrays."""
    w, _ = trained
    v = TensorValue([1.0, 2.0])
    optimizer = SGD([w, v], lr=0.1)
    before = w.data.copy()
    w.grad, v.grad = np.ones(w.shape), [1.0]
    with pytest.raises(ValueError, match="shape of its parameter"):
        optimizer.step()

    assert (before == w.data).all()
    v.grad = [1.0, 1.0]
    optimizer.step()
    assert [0.9, 1.9] == v.data.tolist()


def test_an_update_of_ones_own_sees_whole_arrays():
    """A subclass may look at all entries at once, as LARS does."""

    class Normalised(SGD):
        def update(self, data, g, state, group):
            """Steps of length lr."""
            state["norms"] = np.append(state.get("norms", []), np.linalg.norm(g))
            return super().update(data, g / np.linalg.norm(g), state, group)

    w, v = TensorValue(np.zeros(40000)), TensorValue([0.0, 0.0])
    optimizer = Normalised([w, v], lr=1.0)
    w.grad, v.grad = np.ones(40000), np.array([3.0, 4.0])
    optimizer.step()
    optimizer.load_state_dict(optimizer.state_dict())

    assert pytest.approx(1.0) == np.linalg.norm(w.data)
    assert pytest.approx([-0.6, -0.8]) == v.data
    assert [5.0] == optimizer.state[v]["norms"].tolist()
    assert isinstance(optimizer, Optimizer)


@pytest.mark.parametrize("shape", [(3,), (40000,)])
def test_settings_that_are_numpy_numbers_keep_float32(shape):
    """D27: also betas, and rates set between steps."""
    w = TensorValue(np.ones(shape, np.float32))
    half = np.float64(0.5)
    optimizer = Adam([w], lr=half, betas=(half, half), weight_decay=half)
    for _ in range(3):
        w.grad = np.ones(shape)
        optimizer.step()
        optimizer.param_groups[0] |= {"lr": half, "betas": (half, half), "eps": half}

    assert [np.float32] * 3 == [w.dtype, *(optimizer.state[w][k].dtype for k in ("mean", "square"))]


def test_another_thread_finds_whole_arrays(trained):
    """What it holds does not change, though it took hold of it while a step was done."""
    w, optimizer = trained
    w.grad = np.ones_like(w.data)
    changed, found, stop = [], [], threading.Event()

    def look():
        while not stop.is_set():
            array = w.data
            numbers = array.copy()
            time.sleep(1e-4)
            found.append(array)
            changed.append(not np.array_equal(array, numbers))

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    thread = threading.Thread(target=look)
    thread.start()
    try:
        while len(found) < 50:
            optimizer.step()
    finally:
        stop.set()
        thread.join()
        sys.setswitchinterval(before)

    assert not any(changed)


class Own(Optimizer):
    """Plain descent, which can be interrupted once it has written."""

    def update(self, data, g, state, group):
        """The formula."""
        return data - g

    @staticmethod
    def written(data, g, state, group, out, spare):
        """The same in place."""
        np.subtract(data, g, out)
        if group["interrupted"]:
            raise KeyboardInterrupt

    entrywise = update
    in_place = written


@pytest.mark.parametrize("shape", [(3,), (40000,)], ids=["small", "large"])
def test_an_interrupted_step_is_seen_by_graphs(shape):
    """Gradients at other numbers than those of the loss would be wrong; nothing stays writable."""
    w = TensorValue(np.zeros(shape))
    w.grad = np.ones(shape)
    optimizer = Own([w], interrupted=False)
    optimizer.step()
    optimizer.step()
    loss = (w * w).sum()
    optimizer.param_groups[0]["interrupted"] = True
    with pytest.raises(KeyboardInterrupt):
        optimizer.step()

    assert w.data[0] == -3.0
    with pytest.raises(RuntimeError, match="changed after"):
        loss.backward()
    assert not w.data.flags.writeable
    assert not w.data.base.flags.writeable


def test_a_step_keeps_the_dtype_that_was_asked_for():
    """Tensors have the byte order of the machine from the start, however it was written."""
    w = TensorValue([1.0, 2.0], dtype=">f4")
    before = w.dtype
    step(w, Adam([w]))

    assert w.dtype.isnative
    assert before is w.dtype
