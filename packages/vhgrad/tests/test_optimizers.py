"""AdamW and RMSprop: known numbers, settings, speed that changes no bit, and saved states."""

import copy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from microgradx.optim import blocks
from microgradx.optim import optimizer as small_and_large
from vhgrad import Linear, Parameter
from vhgrad.optim import SGD, Adam, AdamW, RMSprop

KINDS = {
    "AdamW": (AdamW, {"weight_decay": 0.1}),
    "RMSprop": (RMSprop, {}),
    "RMSprop with all": (RMSprop, {"momentum": 0.9, "centered": True, "weight_decay": 0.1}),
}


def path(make, gradients):
    """A parameter that starts at 1.0, after each step; None is a gradient that never came."""
    w = Parameter(np.array([1.0]))
    optimizer = make([w])
    seen = []
    for g in gradients:
        w.grad = None if g is None else np.array([g])
        optimizer.step()
        seen.append(w.item())
    return seen


@pytest.mark.parametrize(
    ("make", "gradients", "expected"),
    [
        (lambda p: AdamW(p, lr=0.1, weight_decay=0.1), [0], [0.99]),
        (lambda p: AdamW(p, lr=0.1, weight_decay=0.1), [0, None, 0], [0.99, 0.99, 0.9801]),
        (lambda p: AdamW(p, lr=0.1, weight_decay=0.0), [1], [0.900000001]),
        # 1 - 0.1 * 2 / (sqrt(0.25 * 4) + eps), then the mean of squares is 0.75 * 1 + 0.25 * 4
        (lambda p: RMSprop(p, lr=0.1, alpha=0.75), [2, 2], [0.8, 0.8 - 0.2 / 1.75**0.5]),
        (lambda p: RMSprop(p, lr=0.1, alpha=0.75, momentum=0.5), [2, 0], [0.8, 0.7]),
        # centred: 0.25 * 4 - (0.25 * 2)**2 = 0.75
        (lambda p: RMSprop(p, lr=0.1, alpha=0.75, centered=True), [2], [1 - 0.2 / 0.75**0.5]),
        (lambda p: RMSprop(p, lr=0.1, alpha=0.0, weight_decay=0.1), [0], [0.9]),
    ],
    ids=["D11", "D5", "D7", "plain", "momentum", "centred", "decay"],
)
def test_steps(make, gradients, expected):
    """Computed by hand; eps shows in the eighth digit."""
    assert pytest.approx(expected, abs=3e-8) == path(make, gradients)


def test_d10_d11_coupled_and_decoupled_decay():
    """Adam divides the pull by the size of the gradients, AdamW does not."""
    [coupled] = path(lambda p: Adam(p, lr=0.1, weight_decay=0.1), [0])
    [decoupled] = path(lambda p: AdamW(p, lr=0.1, weight_decay=0.1), [0])

    assert pytest.approx([0.90000001, 0.99], abs=1e-9) == [coupled, decoupled]


def test_d12_defaults():
    """Those of PyTorch."""
    w = [Parameter([1.0])]
    adamw, rmsprop = (kind(w).state_dict()["param_groups"][0] for kind in (AdamW, RMSprop))

    assert {
        "lr": 1e-3,
        "betas": [0.9, 0.999],
        "eps": 1e-8,
        "weight_decay": 1e-2,
        "params": [0],
    } == adamw
    assert {
        "lr": 1e-2,
        "alpha": 0.99,
        "eps": 1e-8,
        "weight_decay": 0.0,
        "momentum": 0.0,
        "centered": False,
        "params": [0],
    } == rmsprop


@pytest.mark.parametrize(
    ("kind", "setting", "message"),
    [
        (AdamW, {"lr": -1}, "AdamW needs lr of 0 or more"),
        (AdamW, {"betas": (0.9, 1.0)}, "AdamW needs two betas"),
        (AdamW, {"weight_decay": float("nan")}, "AdamW needs weight_decay"),
        (RMSprop, {"eps": -1e-8}, "RMSprop needs eps"),
        (RMSprop, {"momentum": -0.1}, "RMSprop needs momentum"),
        (RMSprop, {"alpha": 1.0}, "RMSprop needs alpha from 0 up to below 1"),
        (RMSprop, {"alpha": -0.1}, "RMSprop needs alpha"),
        (RMSprop, {"alpha": "all"}, "RMSprop needs alpha"),
    ],
)
def test_d13_d14_settings_out_of_range(kind, setting, message):
    """D13, D14, D20: named with their optimiser."""
    with pytest.raises(ValueError, match=message):
        kind([Parameter([1.0])], **setting)


def alone(cls):
    """The same optimiser by its formula alone."""

    class Plain(cls):
        def update(self, data, g, state, group):
            """Of one's own, so it is not known to be entry by entry."""
            return super().update(data, g, state, group)

    return Plain


@pytest.mark.parametrize("limit", [1, 16384], ids=["blocks", "together"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 1000), steps=st.integers(1, 6))
def test_the_fast_ways_equal_the_formula_to_the_last_bit(kind, dtype, limit, seed, steps):
    """In blocks and together; after a resume; with a momentum that is switched on later."""
    cls, options = KINDS[kind]
    rng = np.random.default_rng(seed)
    fast, slow = (
        [Parameter(np.linspace(-1, 2, n).astype(dtype)) for n in (9, 1, 4)] for _ in range(2)
    )
    quick, plain = cls(fast, lr=0.01, **options), alone(cls)(slow, lr=0.01, **options)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(small_and_large, "SMALL", limit)
        patch.setattr(blocks, "BLOCK", 4)
        for _ in range(steps):
            for p, q in zip(fast, slow):
                g = rng.normal(size=p.shape).astype(dtype) if rng.random() < 0.8 else None
                p.grad, q.grad = g, g
            quick.step()
            plain.step()
            if rng.random() < 0.3:
                quick.load_state_dict(quick.state_dict())
            if rng.random() < 0.3 and cls is RMSprop:
                for optimizer in (quick, plain):
                    optimizer.param_groups[0]["momentum"] = 0.5

    assert [q.data.tobytes() for q in slow] == [p.data.tobytes() for p in fast]


@pytest.mark.parametrize("kind", [*KINDS, "SGD", "Adam"])
@settings(max_examples=10, deadline=None)
@given(before=st.integers(0, 4), after=st.integers(1, 3))
def test_d29_a_resumed_run_is_the_same_to_the_last_bit(kind, before, after):
    """Into an optimiser that was made with other settings."""
    cls, options = KINDS.get(kind, ({"SGD": SGD, "Adam": Adam}.get(kind), {}))

    def run(params, optimizer, steps, seed):
        rng = np.random.default_rng(seed)
        for _ in range(steps):
            for p in params:
                p.grad = rng.normal(size=p.shape).astype(p.dtype)
            optimizer.step()

    params = Linear(4, 3, seed=0).parameters()
    optimizer = cls(params, lr=0.1, **options)
    run(params, optimizer, before, 1)
    others = copy.deepcopy(params)
    resumed = cls(others, lr=3.0, weight_decay=0.7)
    resumed.load_state_dict(optimizer.state_dict())
    run(params, optimizer, after, 2)
    run(others, resumed, after, 2)

    assert [p.data.tobytes() for p in params] == [p.data.tobytes() for p in others]


OTHERS = [
    (AdamW, RMSprop, "Adam or AdamW"),
    (Adam, SGD, "Adam or AdamW"),
    (SGD, Adam, "SGD"),
    (RMSprop, SGD, "RMSprop"),
]


@pytest.mark.parametrize(("saved", "loading", "owner"), OTHERS)
def test_a_state_of_another_optimiser_is_refused(saved, loading, owner):
    """Its settings tell whose it is."""
    w = [Parameter([1.0])]
    start = f"{loading.__name__} cannot load this state: it is a state of {owner}, make that "
    with pytest.raises(ValueError, match=f"^{start}optimiser to load it; group 0 lacks "):
        loading(w, lr=0.1).load_state_dict(saved(w, lr=0.1).state_dict())


def test_a_damaged_state_of_ones_own_is_not_called_anothers():
    """Adam's without `eps` is still no other optimiser's."""
    w = [Parameter([1.0])]
    state = Adam(w).state_dict()
    del state["param_groups"][0]["eps"]
    with pytest.raises(ValueError, match=r"Adam cannot load this state: group 0 lacks eps\.$"):
        Adam(w).load_state_dict(state)


@pytest.mark.parametrize("kind", KINDS)
def test_a_network_learns(kind):
    """A line through points."""
    cls, options = KINDS[kind]
    model = Linear(1, 1, seed=0)
    x = np.linspace(-1, 1, 20)[:, None]
    optimizer = cls(model.parameters(), **{**options, "lr": 0.02, "weight_decay": 0.0})
    for _ in range(300):
        loss = ((model(x) - (2 * x + 1).astype(np.float32)) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    assert loss.item() < 1e-3
