"""A compiled step of any model and optimizer leaves what the step leaves, to the last bit."""

import copy
import tracemalloc

import numpy as np
import pytest

import vhgrad
from vhgrad import nn, optim
from vhgrad.optim.lr_scheduler import CosineAnnealingLR


def head(*layers, width=8):
    """Layers, and scores of 3 classes from what they give."""
    return nn.Sequential(*layers, nn.Linear(width, 3, generator=2))


def hidden():
    """The first layer of most of these models."""
    return nn.Linear(6, 8, generator=1)


MODELS = {
    "perceptron": lambda: head(hidden(), nn.ReLU()),
    "wide": lambda: head(  # 42,203 parameters, more than are moved at a time
        nn.Linear(6, 200, generator=1), nn.ReLU(), nn.Linear(200, 200, generator=3), width=200
    ),
    "dropout": lambda: head(hidden(), nn.Tanh(), nn.Dropout(0.3)),
    "dropout of its own": lambda: head(hidden(), nn.Tanh(), nn.Dropout(0.3, generator=5)),
    # the exact GELU takes some numbers by a mask; how many is known after the draws
    "dropout before a mask": lambda: head(hidden(), nn.Dropout(0.5), nn.GELU()),
    "batch norm": lambda: head(hidden(), nn.BatchNorm1d(8), nn.ReLU()),
    "mean of all batches": lambda: head(hidden(), nn.BatchNorm1d(8, momentum=None), nn.ReLU()),
    "layer norm": lambda: head(hidden(), nn.LayerNorm(8), nn.GELU()),
    "images": lambda: head(
        nn.Conv2d(1, 4, 3, padding=1, generator=1),
        nn.BatchNorm2d(4),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(4, 6, 3, generator=3),
        nn.AvgPool2d(2),
        nn.Flatten(),
        width=6,
    ),
    "embedding": lambda: head(nn.Embedding(7, 5, generator=1), nn.Flatten(), width=30),
}
OPTIMIZERS = {
    "sgd": lambda params: optim.SGD(params, lr=0.1),
    "nesterov": lambda params: optim.SGD(
        params, lr=0.1, momentum=0.9, weight_decay=0.01, nesterov=True
    ),
    "adam": lambda params: optim.Adam(params, lr=0.01, weight_decay=0.01),
    "adamw": lambda params: optim.AdamW(params, lr=0.01),
    "rmsprop": lambda params: optim.RMSprop(params, lr=0.01, momentum=0.9),
}
CLIPS = {
    "none": lambda params: None,
    "norm": lambda params: optim.clip_grad_norm_(params, 0.5),
    "value": lambda params: optim.clip_grad_value_(params, 0.01),
}


def batches(name, count, size=8, seed=0):
    """Inputs for a model, and labels of 3 classes."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        if name == "images":
            x = rng.standard_normal((size, 1, 8, 8)).astype(np.float32)
        elif name == "embedding":
            x = rng.integers(0, 7, (size, 6))
        else:
            x = rng.standard_normal((size, 6)).astype(np.float32)
        yield x, rng.integers(0, 3, size)


def training(model="perceptron", optimizer="adam", clip="none"):
    """A model, its optimizer, and one step of training."""
    model = MODELS[model]()
    optimizer = OPTIMIZERS[optimizer](model.parameters())

    def step(x, y):
        optimizer.zero_grad()
        loss = vhgrad.cross_entropy(y, model(x))
        loss.backward()
        CLIPS[clip](model.parameters())
        optimizer.step()
        return loss

    return model, optimizer, step


def plain(state):
    """A state with the bytes of its arrays, so that states can be compared."""
    if isinstance(state, dict):
        return {key: plain(part) for key, part in state.items()}
    if isinstance(state, list):
        return list(map(plain, state))
    if isinstance(state, np.ndarray):
        return state.dtype.str, state.shape, state.tobytes()
    return state


def left(model, optimizer):
    """All that a step may change, but for generators."""
    gradients = [p.grad for p in model.parameters()]
    return plain([model.state_dict(), optimizer.state_dict(), gradients])


def runs(steps, make=training, before=lambda k, model, optimizer: None, name="perceptron"):
    """What a run leaves as it stands, and compiled: losses and everything else."""
    found = []
    for wrap in (lambda step: step, vhgrad.compile):
        vhgrad.manual_seed(3)
        model, optimizer, step = make()
        step = wrap(step)
        losses = []
        for k, (x, y) in enumerate(batches(name, steps)):
            before(k, model, optimizer)
            losses.append(step(x, y).item())
        found.append((losses, left(model, optimizer), plain(vhgrad.get_rng_state())))
    assert step.programs
    return found


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("model", MODELS)
def test_every_model_with_every_optimizer(model, optimizer):
    """Losses, parameters, gradients, buffers, memories and generators are equal bit for bit."""
    expected, actual = runs(12, lambda: training(model, optimizer), name=model)

    assert expected == actual


@pytest.mark.parametrize("clip", CLIPS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_clipping_and_a_schedule(optimizer, clip):
    """Clipped gradients and rates that change with every step need no new recording."""
    schedules = {}

    def before(k, model, optimizer):
        if k == 0:
            schedules["now"] = CosineAnnealingLR(optimizer, 30)
        else:
            schedules["now"].step()

    expected, actual = runs(20, lambda: training("batch norm", optimizer, clip), before)

    assert expected == actual


def test_modes_that_change():
    """Dropout and batch statistics follow train() and eval() between steps."""

    def before(k, model, optimizer):
        model.train(k % 4 < 2)

    for name in ("dropout", "batch norm"):
        expected, actual = runs(16, lambda name=name: training(name), before)

        assert expected == actual


def test_what_is_set_between_steps():
    """Weights, gradients, memories, settings and seeds that are set by hand are used."""
    kept = {}

    def before(k, model, optimizer):
        if k == 4:
            kept["model"], kept["optimizer"] = model.state_dict(), optimizer.state_dict()
            optimizer.param_groups[0]["lr"] = 1
        if k == 6:
            for p in model.parameters():
                p.data = p.data * 0.5
        if k == 8:
            vhgrad.manual_seed(8)
            optimizer.param_groups[0]["betas"] = (0.5, 0.9)
        if k == 10:
            model.load_state_dict(kept["model"])
            optimizer.load_state_dict(kept["optimizer"])

    expected, actual = runs(20, lambda: training("dropout"), before)

    assert expected == actual


def test_gradients_that_add_up():
    """A step without zero_grad adds to what is there, be it None, an array or one set by hand."""

    def make():
        model, optimizer, _ = training()

        def step(x, y):
            loss = vhgrad.cross_entropy(y, model(x))
            loss.backward()
            return loss

        return model, optimizer, step

    def before(k, model, optimizer):
        if k % 4 == 3:
            optimizer.step()
            optimizer.zero_grad()
        if k == 9:
            for p in model.parameters():
                p.grad *= 0.5

    expected, actual = runs(24, make, before)

    assert expected == actual


def test_layers_in_turn():
    """A layer that is used or not, as a setting says, and one that is replaced."""

    def make():
        class Two(nn.Module):
            def __init__(self):
                self.first = nn.Linear(6, 3, generator=1)
                self.second = nn.Linear(6, 3, generator=2)
                self.which = 0

            def forward(self, x):
                return self.second(x) if self.which else self.first(x)

        model = Two()
        optimizer = optim.Adam(model.parameters(), lr=0.01)

        def step(x, y):
            optimizer.zero_grad()
            loss = vhgrad.cross_entropy(y, model(x))
            loss.backward()
            optimizer.step()
            return loss

        return model, optimizer, step

    def before(k, model, optimizer):
        model.which = k // 4 % 2
        if k == 20:
            model.first = nn.Linear(6, 3, generator=9)

    expected, actual = runs(28, make, before)

    assert expected == actual


def test_steps_of_both_kinds_in_turn():
    """Eager steps, and steps compiled by somebody else, may come in between."""
    found = []
    for wrap in (lambda step: step, vhgrad.compile):
        model, optimizer, step = training()
        other = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)

        def second(x, y, model=model, other=other):
            other.zero_grad()
            loss = vhgrad.cross_entropy(y, model(x))
            loss.backward()
            other.step()
            return loss

        ways = [wrap(step), wrap(second), step]
        losses = [ways[k % 3](x, y).item() for k, (x, y) in enumerate(batches("", 30))]
        found.append((losses, left(model, optimizer)))

    assert found[0] == found[1]


def test_a_copy_of_the_model_stays():
    """A deep copy of a model does not move along with the model."""
    model, _, step = training()
    compiled = vhgrad.compile(step)
    for x, y in batches("", 5):
        compiled(x, y)
    twin = copy.deepcopy(model)
    expected = plain(twin.state_dict())
    for x, y in batches("", 5):
        compiled(x, y)

    assert expected == plain(twin.state_dict())


def test_arrays_that_somebody_keeps_stay():
    """Whoever keeps p.data, p.grad or a view of one sees no later numbers in it."""
    model, optimizer, step = training()
    twin, _, other = training()
    compiled = vhgrad.compile(step)
    kept = []
    for k, (x, y) in enumerate(batches("", 20)):
        assert other(x, y).item() == compiled(x, y).item()
        if k % 5 == 0:
            p = next(iter(model.parameters()))
            memory = optimizer.state[p]
            arrays = [p.data, p.grad.T, p.data[0], *memory.values()]
            kept += [(a, a.copy()) for a in arrays if isinstance(a, np.ndarray)]

    assert all(np.array_equal(a, b) for a, b in kept)
    assert plain(twin.state_dict()) == plain(model.state_dict())


def test_a_graph_of_before_is_refused_as_ever():
    """A backward pass through parameters that a compiled step has moved since is an error."""
    model, _, step = training()
    compiled = vhgrad.compile(step)
    for x, y in batches("", 5):
        compiled(x, y)
    total = (model(x) ** 2).sum()
    compiled(x, y)

    with pytest.raises(RuntimeError, match="was changed after"):
        total.backward()


@pytest.mark.parametrize("label", [3, -1])
def test_a_wrong_label_is_the_error_of_the_step(label):
    """A label that is no class is refused as by the step, and nothing has moved."""
    model, optimizer, step = training()
    compiled = vhgrad.compile(step)
    for x, y in batches("", 5):
        compiled(x, y)
    before = left(model, optimizer)
    wrong = y.copy()
    wrong[2] = label
    with pytest.raises(IndexError, match=f"from 0 to 2, got {label} in row 2"):
        compiled(x, wrong)

    assert before == left(model, optimizer)


def test_memory_that_somebody_keeps_is_given_up():
    """After an array was kept, the step gets new memory, and is fast again."""
    model, _, step = training()
    compiled = vhgrad.compile(step)
    for x, y in batches("", 5):
        compiled(x, y)
    kept = next(iter(model.parameters())).data
    homes = compiled.homes
    for x, y in batches("", 5):
        compiled(x, y)

    assert homes is not compiled.homes
    assert compiled.latest[0].holds((x, y))
    assert not np.shares_memory(kept, next(iter(model.parameters())).data)


def test_draws_before_a_decision_that_is_made_differently():
    """Random numbers that a program drew before it gave up are drawn again by the step."""

    def make():
        model, optimizer, _ = training("dropout")

        def branching(x, y):
            optimizer.zero_grad()
            loss = vhgrad.cross_entropy(y, model(x))
            if loss.data > 1.1:
                loss = loss * 2
            loss.backward()
            optimizer.step()
            return loss

        return model, optimizer, branching

    expected, actual = runs(60, make)

    assert expected == actual
    assert 2 == len({loss > 2.2 for loss in actual[0]})


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_layers_frozen_in_between(optimizer):
    """Other parameters move together while some are frozen, and then the first ones again."""

    def before(k, model, optimizer):
        if k % 4 == 0:
            (model[0].freeze, model[0].unfreeze, model[2].freeze, model[2].unfreeze)[k // 4 % 4]()

    expected, actual = runs(40, lambda: training(optimizer=optimizer), before)

    assert expected == actual


def test_an_array_kept_from_before_layers_were_frozen_stays():
    """Unfrozen, they move together again, but not in memory that somebody holds by now."""
    model, _, step = training()
    compiled = vhgrad.compile(step)
    kept = []
    for k, (x, y) in enumerate(batches("", 20)):
        if k in (5, 10):
            (model[0].freeze if k == 5 else model[0].unfreeze)()
            kept += [(p.data, p.data.copy()) for p in model.parameters()]
        compiled(x, y)

    assert all(np.array_equal(a, b) for a, b in kept)


def test_draws_of_a_step_that_fails_are_not_made():
    """A step that raises leaves generators where they were."""
    _, _, step = training("dropout")

    def failing(x, y):
        step(x, y)
        raise KeyError("mine")

    compiled = vhgrad.compile(failing)
    expected = vhgrad.get_rng_state()
    with pytest.raises(KeyError, match="mine"):
        compiled(*next(batches("", 1)))

    assert expected == vhgrad.get_rng_state()


def test_verify_does_both():
    """With verify=True every step is done both ways, and what stays is the step's own."""
    model, optimizer, step = training("dropout")
    twin, other, compiled = training("dropout")
    compiled = vhgrad.compile(compiled, verify=True)
    vhgrad.manual_seed(1)
    expected = [step(x, y).item() for x, y in batches("", 8)]
    vhgrad.manual_seed(1)

    assert expected == [compiled(x, y).item() for x, y in batches("", 8)]
    assert left(model, optimizer) == left(twin, other)


def test_compile_stands_at_the_top():
    """`from vhgrad import *` brings our compile in place of Python's, and the error it raises."""
    scope = {}
    exec("from vhgrad import *", scope)

    assert scope["compile"] is vhgrad.compile
    assert issubclass(scope["NotRecordable"], ValueError)


def test_what_was_recorded_takes_no_memory():
    """Arrays on the way are needed while a step is recorded; afterwards their shapes are enough."""
    w = vhgrad.Parameter(np.ones(100_000), dtype=np.float64)

    def step(x):
        h = w * x
        for _ in range(20):
            h = (h + x).tanh()
        return h.mean()

    fast = vhgrad.compile(step)
    x = np.linspace(0, 1, 100_000)
    tracemalloc.start()
    try:
        expected = step(x).item()
        before, _ = tracemalloc.get_traced_memory()
        got = [fast(x).item() for _ in range(3)]
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert [expected] * 3 == got
    assert after - before < 4 * x.nbytes + 500_000  # of more than forty arrays, the buffers


def test_an_eager_step_after_a_compiled_one_moves_on():
    """The memory of compiled steps is not taken for the optimiser's own."""
    models = [vhgrad.MLP(200, [100, 2], seed=0) for _ in range(2)]
    optimizers = [vhgrad.Adam(model.parameters()) for model in models]
    x, y = np.ones((4, 200), np.float32), np.array([0, 1, 1, 0])

    def step_of(model, optimizer):
        def step(x, y):
            optimizer.zero_grad()
            loss = vhgrad.cross_entropy(y, model(x))
            loss.backward()
            optimizer.step()
            return loss

        return step

    eager, recorded = map(step_of, models, optimizers)
    fast = vhgrad.compile(recorded)
    for _ in range(4):
        eager(x, y), fast(x, y)
    del fast
    for _ in range(3):
        assert eager(x, y).item() == recorded(x, y).item()
