"""Checkpoints of whole runs: everything comes back, or nothing changes and all reasons are told."""

import subprocess
import sys

import numpy as np
import pytest

from vhgrad import MLP, SGD, Adam, DataLoader, Linear, Module, mse, no_grad
from vhgrad.checkpoint import CheckpointError, load, load_checkpoint, save, save_checkpoint

X = np.random.default_rng(0).normal(size=(64, 3)).astype(np.float32)
Y = X.sum(axis=1) ** 2


class Counter:
    """Something with a state, as a history or early stopping has."""

    def __init__(self, **values):
        self.values = values

    def state_dict(self):
        return dict(self.values)

    def load_state_dict(self, state):
        if list(state) != list(self.values):
            raise ValueError(f"expected {list(self.values)}, got {list(state)}.")
        self.values = dict(state)


def parts(seed=1, lr=0.01, nouts=(8, 1), optimizer=Adam, **settings):
    """All parts of a small run."""
    model = MLP(3, nouts, seed=seed)
    return {
        "model": model,
        "optimizer": optimizer(model.parameters(), lr=lr, **settings),
        "scheduler": Counter(last_epoch=seed),
        "loader": DataLoader((X, Y), batch_size=16, shuffle=True, generator=seed),
        "generator": {"dropout": np.random.default_rng(seed), "init": np.random.default_rng(7)},
        "early_stopping": Counter(best=float("inf"), bad=seed),
        "history": Counter(loss=[0.5, 0.25]),
    }


def go(run, epochs=1):
    """Train, with a draw of the generator in every step; the losses."""
    losses = []
    for _ in range(epochs):
        for x, y in run["loader"]:
            noise = run["generator"]["dropout"].normal(size=x.shape).astype(np.float32)
            loss = mse(y, run["model"](x + 0.01 * noise))
            run["optimizer"].zero_grad()
            loss.backward()
            run["optimizer"].step()
            losses.append(loss.item())
    return losses


def bits(run):
    """All states of a run as bytes and text, to compare to the bit."""

    def flat(value):
        if isinstance(value, dict):
            return {key: flat(inner) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return list(map(flat, value))
        if isinstance(value, np.ndarray):
            return value.dtype.str, value.shape, value.tobytes()
        return repr(value)

    states = {name: part.state_dict() for name, part in run.items() if name != "generator"}
    states["generator"] = {k: g.bit_generator.state for k, g in run["generator"].items()}
    return flat(states)


@pytest.mark.parametrize("optimizer", [SGD, Adam])
def test_a_resumed_run_is_the_same_run(optimizer, tmp_path):
    """G28: fresh objects, made with other arguments, go on to the same bits."""
    run = parts(optimizer=optimizer)
    go(run, epochs=2)
    save_checkpoint(tmp_path / "a", **run, metadata={"epoch": 2})
    there = go(run, epochs=2)
    other = parts(seed=5, lr=0.5, optimizer=optimizer, weight_decay=0.25)
    go(other)
    metadata = load_checkpoint(tmp_path / "a", **other)
    here = go(other, epochs=2)

    assert {"epoch": 2} == metadata
    assert there == here
    assert bits(run) == bits(other)


def test_saving_does_not_disturb_the_run(tmp_path):
    """G31, G32: with and without saving, in `no_grad` and between backward and step: the same."""
    quiet, saving = parts(), parts()
    go(quiet)
    for x, y in saving["loader"]:
        noise = saving["generator"]["dropout"].normal(size=x.shape).astype(np.float32)
        loss = mse(y, saving["model"](x + 0.01 * noise))
        saving["optimizer"].zero_grad()
        loss.backward()
        with no_grad():
            save_checkpoint(tmp_path / "a", **saving)
        saving["optimizer"].step()
        save_checkpoint(tmp_path / "a", **saving)

    assert bits(quiet) == bits(saving)


def test_parts_that_are_not_asked_for_are_passed_over(tmp_path):
    """A model alone, for use; metadata alone; weights by name."""
    run = parts()
    save_checkpoint(tmp_path / "a", **run, metadata={"x": np.arange(3)})
    model = MLP(3, [8, 1], seed=9)
    metadata = load_checkpoint(tmp_path / "a", model=model)
    weights = load(tmp_path / "a")

    assert [0, 1, 2] == metadata["x"].tolist()
    assert metadata["x"].base is None  # holds no other array's memory
    assert list(weights) == list(model.state_dict())
    assert all((model.state_dict()[name] == weights[name]).all() for name in weights)


def test_without_metadata_they_are_an_empty_dict(tmp_path):
    """Nothing was noted, nothing comes back."""
    save_checkpoint(tmp_path / "a", history=Counter(loss=[]))

    assert {} == load_checkpoint(tmp_path / "a")


def test_what_does_not_fit_is_listed_and_nothing_changes(tmp_path):
    """G23, G25, G30: another network, optimizer, a missing part: all reasons, every byte stays."""
    run = parts()
    del run["history"]
    run["generator"]["dropout"] = np.random.Generator(np.random.MT19937(1))
    save_checkpoint(tmp_path / "a", **run)
    other = parts(seed=2, nouts=[4, 4, 1])
    go(other)
    other["early_stopping"] = Counter(best=1.0)
    before = bits(other)
    with pytest.raises(CheckpointError) as caught:
        load_checkpoint(tmp_path / "a", **other)
    said = str(caught.value)

    assert before == bits(other)
    for part in (
        "model: ",
        "optimizer: ",
        "early_stopping: expected ['best'], got ['best', 'bad']",
    ):
        assert f"\n  {part}" in said
    assert "\n  generator.dropout: expected the state of a PCG64, got 'MT19937'" in said
    assert "\n  history: the checkpoint has none" in said


def test_a_part_that_fits_is_untouched_where_another_does_not(tmp_path):
    """The model is as it was if only the optimizer, or what comes after it, does not fit."""
    save_checkpoint(tmp_path / "a", **parts())
    for name, wrong in (
        ("optimizer", SGD(MLP(3, [1]).parameters())),
        ("loader", DataLoader((X[:9], Y[:9]), batch_size=2)),
        ("generator", {"dropout": np.random.default_rng(3)}),
        ("history", Counter(accuracy=[])),
    ):
        run = parts(seed=3, lr=0.5) | {name: wrong}
        before = bits(run)
        with pytest.raises(CheckpointError, match=name):
            load_checkpoint(tmp_path / "a", **run)

        assert before == bits(run)


def test_an_interrupt_during_loading_changes_nothing(tmp_path):
    """Ctrl-C while the last part loads: the first are as before."""
    save_checkpoint(tmp_path / "a", **parts())

    class Interrupted(Counter):
        def load_state_dict(self, state):
            if state != self.values:
                raise KeyboardInterrupt

    run = parts(seed=2) | {"history": Interrupted(loss=[])}
    before = bits(run)
    with pytest.raises(KeyboardInterrupt):
        load_checkpoint(tmp_path / "a", **run)

    assert before == bits(run)


class HalfWay:
    """A part of a user's that changes itself before it finds that a state does not fit."""

    def __init__(self, stubborn=False):
        self.numbers, self.stubborn = [1, 2], stubborn

    def state_dict(self):
        return {"numbers": list(self.numbers)}

    def load_state_dict(self, state):
        self.numbers[0] = state["numbers"][0]
        if self.stubborn:
            raise RuntimeError("no way back")
        self.numbers[1] = state["numbers"][1]


def test_a_part_of_yours_that_fails_half_way_is_put_back(tmp_path):
    """Alone, too: only of classes of this project is it known that they load all or nothing."""
    save_checkpoint(tmp_path / "a", model=Counter(numbers=[7]))
    part = HalfWay()
    with pytest.raises(CheckpointError, match="model: list index out of range"):
        load_checkpoint(tmp_path / "a", model=part)

    assert [1, 2] == part.numbers


def test_a_part_that_cannot_be_put_back_keeps_no_other_from_it(tmp_path):
    """What it says is noted; all others are as before."""
    save_checkpoint(tmp_path / "a", **parts() | {"history": Counter(numbers=[7, 8])})
    run = parts(seed=2)
    before = bits(run)
    with pytest.raises(CheckpointError, match="history: no way back") as caught:
        load_checkpoint(tmp_path / "a", **run | {"history": HalfWay(stubborn=True)})
    noted = caught.value.__notes__

    assert before == bits(run)
    assert ["A HalfWay could not be put back: RuntimeError('no way back')"] == noted


def test_nothing_can_fail_once_the_parts_are_loaded(tmp_path, monkeypatch):
    """The metadata that are returned are copied before: where memory is short, nothing changes."""
    run, other = parts(), parts(seed=2)
    save_checkpoint(tmp_path / "a", **run, metadata={"x": np.zeros(3)})
    before = bits(other)

    def no_memory(value):
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr("copy.deepcopy", no_memory)
        with pytest.raises(MemoryError):
            load_checkpoint(tmp_path / "a", **other)

    assert before == bits(other)


class Tied(Module):
    """One matrix in two places."""

    def __init__(self, seed):
        self.first = Linear(4, 4, generator=seed) if seed is None else Linear(4, 4)
        self.second = Linear(4, 4)
        self.second.weight = self.first.weight

    def forward(self, x):
        return self.second(self.first(x))


def test_tied_weights_stay_tied(tmp_path):
    """G26: what was one parameter is one parameter after loading, and is saved under both names."""
    model, other = Tied(1), Tied(2)
    save(tmp_path / "a", model)
    load(tmp_path / "a", other)
    x = np.ones((2, 4), np.float32)

    assert {"first.weight", "second.weight"} < set(load(tmp_path / "a"))
    assert other.first.weight is other.second.weight
    assert (model(x).data == other(x).data).all()


def test_weights_into_a_model_that_does_not_fit(tmp_path):
    """`load` with a model is all or nothing too."""
    save(tmp_path / "a", MLP(3, [2], seed=1))
    model = MLP(3, [3], seed=2)
    before = {name: array.tobytes() for name, array in model.state_dict().items()}
    with pytest.raises(CheckpointError, match=r"layers\.0\.weight"):
        load(tmp_path / "a", model)

    assert before == {name: array.tobytes() for name, array in model.state_dict().items()}


def test_files_of_other_programs_give_their_tensors(tmp_path):
    """Weights that PyTorch saved load by name; they are no checkpoint of a run."""
    from safetensors.numpy import save_file

    model = MLP(3, [2], seed=1)
    save_file(model.state_dict(), tmp_path / "a", metadata={"format": "pt"})
    other = MLP(3, [2], seed=2)
    load(tmp_path / "a", other)

    assert (other.layers[0].weight.data == model.layers[0].weight.data).all()
    with pytest.raises(CheckpointError, match="vhgrad did not write it; load"):
        load_checkpoint(tmp_path / "a", model=other)


def test_a_checkpoint_without_a_model_has_no_weights(tmp_path):
    """`load` says so."""
    save_checkpoint(tmp_path / "a", metadata={})
    with pytest.raises(CheckpointError, match="has no model"):
        load(tmp_path / "a")


BITS = [np.random.PCG64, np.random.PCG64DXSM, np.random.MT19937, np.random.Philox, np.random.SFC64]


@pytest.mark.parametrize("kind", BITS)
def test_every_kind_of_generator_comes_back(kind, tmp_path):
    """G30: in the middle of its stream, with half a number left over."""
    generator, other = np.random.Generator(kind(1)), np.random.Generator(kind(2))
    generator.integers(9, size=7, dtype=np.int32)
    save_checkpoint(tmp_path / "a", generator=[generator])
    load_checkpoint(tmp_path / "a", generator=[other])

    assert generator.normal(size=9).tolist() == other.normal(size=9).tolist()


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        (np.random.MT19937, lambda state: state["state"].update(pos=10**6)),
        (np.random.MT19937, lambda state: state["state"].update(key=np.zeros(3, np.uint32))),
        (np.random.Philox, lambda state: state.update(buffer_pos=10**6)),
        (np.random.PCG64, lambda state: state["state"].update(inc=2**200)),
        (np.random.PCG64, lambda state: state["state"].update(inc="7")),
        (np.random.PCG64, lambda state: state.update(state=None)),
        (np.random.PCG64, lambda state: state.pop("has_uint32")),
    ],
)
def test_a_wrong_place_in_a_stream_is_refused(kind, change, tmp_path):
    """NumPy would read behind the end of a buffer; the stream is as before."""
    state = kind(1).state
    change(state)
    save_checkpoint(tmp_path / "a", generator=Counter(**state))
    generator = np.random.Generator(kind(2))
    with pytest.raises(CheckpointError, match=f"generator: that is no state of a {kind.__name__}"):
        load_checkpoint(tmp_path / "a", generator=generator)

    assert generator.random() == np.random.Generator(kind(2)).random()


MEMORY = """
import resource, sys, numpy as np
from vhgrad import Adam, Linear, Sequential
from vhgrad.checkpoint import load_checkpoint, save_checkpoint
def peak():
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
model = Sequential(*(Linear(512, 512, bias=False) for _ in range(40)))  # 40 MB
optimizer = Adam(model.parameters())
for p in model.parameters():
    p.grad = np.ones_like(p.data)
optimizer.step()  # remembers another 80 MB
optimizer.zero_grad()
run = {"model": model, "optimizer": optimizer}
action, path = {"save": save_checkpoint, "load": load_checkpoint}[sys.argv[1]], sys.argv[2]
save_checkpoint(path + "0", metadata={})
load_checkpoint(path + "0")
before = peak()
action(path, **run)
print((peak() - before) / (120 << 20))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="peaks are measured by Unix")
def test_memory_stays_within_two_payloads(tmp_path):
    """G42: saving costs one copy; loading the file, the new values and the old model."""
    costs = []
    for action in ("save", "load"):
        command = [sys.executable, "-c", MEMORY, action, str(tmp_path / "a")]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        costs.append(float(done.stdout))

    assert costs[0] < 1.1
    assert costs[1] < 2.1


def test_a_class_in_the_place_of_an_object_is_named(tmp_path):
    """`model=Linear` for `model=Linear(3, 2)`."""
    for action in (save_checkpoint, load_checkpoint):
        save_checkpoint(tmp_path / "a", model=Linear(1, 1))
        with pytest.raises(TypeError, match="model needs an object, got the class Linear"):
            action(tmp_path / "a", model=Linear)


class Named(Module):
    """Layers of one shape, defined in an order of choice."""

    def __init__(self, order):
        for name in order:
            setattr(self, name, Linear(2, 2, seed=ord(name)))


def stepped(model, params):
    """An optimiser that remembers something else of every parameter."""
    optimizer = Adam(params)
    for k, p in enumerate(params):
        p.grad = np.full_like(p.data, k + 1.0)
    optimizer.step()
    return optimizer


def test_an_optimizer_is_refused_where_the_model_has_another_order(tmp_path):
    """G27: the weights fit by name, but each would get the momentum of another."""
    model = Named("abc")
    save_checkpoint(tmp_path / "a", model=model, optimizer=stepped(model, model.parameters()))
    other = Named("acb")
    optimizer = Adam(other.parameters())
    before = [p.data.copy() for p in other.parameters()]
    message = (
        r"optimizer: it knows parameters by their order, .*'b\.weight' was where 'c\.weight' is"
    )
    with pytest.raises(CheckpointError, match=message):
        load_checkpoint(tmp_path / "a", model=other, optimizer=optimizer)
    assert all(np.array_equal(x, p.data) for x, p in zip(before, other.parameters()))
    assert {} == optimizer.state_dict()["state"]
    load_checkpoint(tmp_path / "a", model=other)
    assert model.b.weight.data.tobytes() == other.b.weight.data.tobytes()


@pytest.mark.parametrize("names", ["ba", "c"])
def test_an_optimizer_need_not_follow_the_whole_model(tmp_path, names):
    """Whoever names the parameters, or some of them, may move the others about."""

    def chosen(model):
        return [p for name in names for p in getattr(model, name).parameters()]

    model, other = Named("abc"), Named("cab" if names == "ba" else "bac")
    saved, optimizer = stepped(model, chosen(model)), Adam(chosen(other))
    save_checkpoint(tmp_path / "a", model=model, optimizer=saved)
    load_checkpoint(tmp_path / "a", model=other, optimizer=optimizer)

    for p, q in zip(chosen(model), chosen(other)):
        assert saved.state[p]["mean"].tobytes() == optimizer.state[q]["mean"].tobytes()


def test_a_model_without_a_state_is_named_beside_an_optimizer(tmp_path):
    """Looking at the order of its parameters says nothing of its own."""
    model = Named("ab")
    optimizer = Adam(model.parameters())
    save_checkpoint(tmp_path / "a", model=model, optimizer=optimizer)
    model.whole = model
    with pytest.raises(ValueError, match="`whole` leads back to the Named"):
        load_checkpoint(tmp_path / "a", model=model, optimizer=optimizer)
