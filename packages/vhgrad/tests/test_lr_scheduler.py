"""Schedules: rows E1 to E37 of the table of edges, no drift, and saved states."""

import copy
import json
import math
import warnings
from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vhgrad import SGD, Parameter
from vhgrad.optim import Adam, RMSprop
from vhgrad.optim.lr_scheduler import (
    ConstantLR,
    CosineAnnealingLR,
    CosineAnnealingWarmRestarts,
    ExponentialLR,
    LambdaLR,
    LinearLR,
    MultiStepLR,
    OneCycleLR,
    PolynomialLR,
    ReduceLROnPlateau,
    Scheduler,
    SequentialLR,
    StepLR,
)

nan = math.nan


def sgd(lr=0.1, groups=1, **options):
    """An optimiser with so many groups, whose rates are halved one after the other."""
    return SGD([{"params": [Parameter([1.0])], "lr": lr / 2**k} for k in range(groups)], **options)


def rates(scheduler, steps, optimizer=None):
    """The rate before each step."""
    optimizer = optimizer or scheduler.optimizer
    seen = []
    for _ in range(steps):
        seen.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return seen


def warmup(optimizer):
    """E16: two epochs of warm-up, then half the rate each."""
    parts = [LinearLR(optimizer, 0.1, total_iters=2), ExponentialLR(optimizer, 0.5)]
    return SequentialLR(optimizer, parts, milestones=[2])


SCHEDULES = {
    "E1": (lambda o: StepLR(o, 3, 0.1), [0.1, 0.1, 0.1, 0.01, 0.01, 0.01, 0.001]),
    "E3": (lambda o: MultiStepLR(o, [4, 2, 2]), [0.1, 0.1, 0.001, 0.001, 0.0001]),
    "E4": (
        lambda o: CosineAnnealingLR(o, 4),
        [0.1, 0.0853553391, 0.05, 0.0146446609, 0, 0.0146446609, 0.05, 0.0853553391, 0.1],
    ),
    "E6": (lambda o: CosineAnnealingLR(o, 2, eta_min=0.5), [0.1, 0.3, 0.5, 0.3, 0.1]),
    "E7": (lambda o: LinearLR(o, 0.25, 1, 4), [0.025, 0.04375, 0.0625, 0.08125, 0.1, 0.1]),
    "E9": (lambda o: ConstantLR(o, 0.5, 2), [0.05, 0.05, 0.1]),
    "E10": (lambda o: PolynomialLR(o, 4, 2), [0.1, 0.05625, 0.025, 0.00625, 0, 0]),
    "E11 0": (lambda o: ExponentialLR(o, 0), [0.1, 0, 0]),
    "E11 2": (lambda o: ExponentialLR(o, 2), [0.1, 0.2, 0.4]),
    "E12": (lambda o: LambdaLR(o, lambda e: 1 / (e + 1)), [0.1, 0.05, 0.1 / 3]),
    "E13": (
        lambda o: CosineAnnealingWarmRestarts(o, 2, 2),
        [0.1, 0.05, 0.1, 0.0853553391, 0.05, 0.0146446609, 0.1],
    ),
    "E14": (
        lambda o: OneCycleLR(o, 1.0, 5),
        [0.04, 0.950484632, 0.6112620219, 0.1882583461, 4e-06],
    ),
    "E16": (warmup, [0.01, 0.055, 0.1, 0.05, 0.025]),
    "E34": (
        lambda o: SequentialLR(o, [LinearLR(o, 0.5, 1, 10), StepLR(o, 1)], [10]),
        [0.05, 0.055, 0.06],
    ),
    "E35": (lambda o: OneCycleLR(o, 1.0, 1), [4e-06]),
    "E35 all up": (lambda o: OneCycleLR(o, 1.0, 1, pct_start=1.0), [1.0]),
    "no epochs": (lambda o: LinearLR(o, 0.5, 0.25, total_iters=0), [0.025, 0.025]),
    "no epochs down": (lambda o: PolynomialLR(o, total_iters=0), [0.0, 0.0]),
}


@pytest.mark.parametrize(("make", "expected"), SCHEDULES.values(), ids=SCHEDULES)
def test_rates(make, expected):
    """The rates before each step; with E19, the first at once."""
    scheduler = make(sgd())

    # the table gives ten digits
    assert pytest.approx(expected, rel=1e-9, abs=1e-10) == rates(scheduler, len(expected))


def plateau(metrics, lr=1.0, groups=1, **options):
    """The rate after each metric."""
    optimizer = sgd(lr, groups)
    scheduler = ReduceLROnPlateau(optimizer, **options)
    seen = []
    for metric in metrics:
        scheduler.step(metric)
        seen.append(optimizer.param_groups[0]["lr"])
    return seen


@pytest.mark.parametrize(
    ("metrics", "options", "expected"),
    [
        ([1, 1, 1, 1, 1], {"patience": 1}, [1, 1, 0.5, 0.5, 0.25]),
        ([1, 1, 1], {"patience": 0}, [1, 0.5, 0.25]),
        ([1, nan, nan, nan], {"patience": 1}, [1, 1, 0.5, 0.5]),
        ([nan, nan, 5], {"patience": 1}, [1, 0.5, 0.5]),
        ([1, 1, 1, 1], {"patience": 0, "min_lr": 0.3}, [1, 0.5, 0.3, 0.3]),
        ([1, 1 - 1e-5], {"patience": 0}, [1, 0.5]),
        ([1, 1 - 1e-5], {"patience": 0, "threshold": 0}, [1, 1]),
        ([1, 1, 1, 1, 1], {"patience": 0, "cooldown": 2}, [1, 0.5, 0.5, 0.5, 0.25]),
        ([-3, -2, -2.5], {"patience": 0, "mode": "max", "threshold_mode": "abs"}, [1, 1, 0.5]),
        ([2, 1.95], {"patience": 0, "threshold": 0.1, "threshold_mode": "abs"}, [1, 0.5]),
        ([1, 1], {"patience": 0, "eps": 0.6}, [1, 1]),
    ],
    ids=["E21", "E22", "E23", "nan first", "E25", "E26", "exact", "E28", "E29", "abs", "eps"],
)
def test_plateaus(metrics, options, expected):
    """The rate after each metric."""
    assert pytest.approx(expected) == plateau(metrics, factor=0.5, **options)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda o: StepLR(o, 0), ValueError, "StepLR needs step_size, a whole number from 1"),
        (lambda o: StepLR(o, 2.5), ValueError, "step_size"),
        (lambda o: StepLR(o, 1, gamma=nan), ValueError, "gamma"),
        (lambda o: StepLR(o, 1, gamma="a"), TypeError, "StepLR needs a number as gamma"),
        (lambda o: ExponentialLR(o, -1), ValueError, "gamma"),
        (lambda o: CosineAnnealingLR(o, 0), ValueError, "T_max"),
        (lambda o: CosineAnnealingLR(o, 5, eta_min=-1), ValueError, "eta_min"),
        (lambda o: LinearLR(o, 0), ValueError, "start_factor"),
        (lambda o: LinearLR(o, 0.5, 1.5), ValueError, "end_factor"),
        (lambda o: ConstantLR(o, 1.5), ValueError, "factor"),
        (lambda o: PolynomialLR(o, -1), ValueError, "total_iters"),
        (lambda o: CosineAnnealingWarmRestarts(o, 0), ValueError, "T_0"),
        (lambda o: CosineAnnealingWarmRestarts(o, 1, 0), ValueError, "T_mult"),
        (lambda o: SequentialLR(o, [StepLR(o, 1)], [2]), ValueError, "needs 0 milestones for 1"),
        (
            lambda o: SequentialLR(o, [StepLR(o, 1) for _ in "abc"], [3, 2]),
            ValueError,
            "milestones in order",
        ),
        (lambda o: SequentialLR(o, [StepLR(sgd(), 1)], []), ValueError, "its own optimiser"),
        (lambda o: SequentialLR(o, [ReduceLROnPlateau(o)], []), TypeError, "go by epochs"),
        (lambda o: SequentialLR(o, [OneCycleLR(o, 1, 5)], []), ValueError, "cycle_momentum=False"),
        (lambda o: SequentialLR(o, [StepLR(o, 1)] * 2, [1]), ValueError, "twice"),
        (lambda o: SequentialLR(o, [warmup(o).schedulers[0]], []), ValueError, "already part"),
        (lambda o: ReduceLROnPlateau(o, factor=1.0), ValueError, "factor"),
        (lambda o: ReduceLROnPlateau(o, mode="x"), ValueError, "mode 'min' or 'max', got 'x'"),
        (lambda o: ReduceLROnPlateau(o, min_lr=[1, 2, 3]), ValueError, "one min_lr for each"),
        (lambda o: ReduceLROnPlateau(o, min_lr=-1), ValueError, "min_lr"),
        (lambda o: ReduceLROnPlateau(o).step(), TypeError, "metrics"),
        (lambda o: OneCycleLR(o, 1.0), ValueError, "total_steps, or epochs"),
        (lambda o: OneCycleLR(o, 1.0, 0), ValueError, "total_steps"),
        (lambda o: OneCycleLR(o, -1.0, 5), ValueError, "max_lr"),
        (lambda o: OneCycleLR(o, 1.0, 5, pct_start=2), ValueError, "pct_start"),
        (lambda o: OneCycleLR(o, 1.0, 5, anneal_strategy="x"), ValueError, "anneal_strategy"),
        (lambda o: LambdaLR(o, [abs, abs, abs]), ValueError, "one function for each of 1"),
        (lambda o: LambdaLR(o, 3), TypeError, "LambdaLR needs functions, got int"),
        (lambda o: LambdaLR(o, lambda e: nan), ValueError, "LambdaLR gives lr=nan in epoch 0"),
        (lambda o: LambdaLR(o, lambda e: -1), ValueError, "LambdaLR gives lr=-0.1"),
        (lambda o: StepLR(o, 1, last_epoch=-2), ValueError, "last_epoch"),
        (lambda o: StepLR(o, 1, last_epoch=0), KeyError, "initial_lr"),
        (lambda o: StepLR([o], 1), TypeError, "StepLR needs an optimiser, got list"),
        (lambda o: Scheduler(o), NotImplementedError, "needs a method rate"),
    ],
)
def test_what_cannot_be_is_an_error(make, error, message):
    """E2, E5, E8, E13, E17, E24, E27, E31 and others."""
    with pytest.raises(error, match=message):
        make(sgd())


@pytest.mark.parametrize(
    "make",
    [
        lambda o: LambdaLR(o, lambda e: nan),
        lambda o: StepLR(o, 0),
        lambda o: OneCycleLR(o, -1.0, 5),
        lambda o: Scheduler(o),
        lambda o: SequentialLR(o, [StepLR(sgd(), 1)], []),
    ],
)
def test_a_schedule_that_cannot_be_leaves_nothing_behind(make):
    """Rates and settings of the optimiser are as before, and later schedules are alone."""
    optimizer = sgd(0.8)
    before = optimizer.state_dict()
    with pytest.raises((ValueError, NotImplementedError)):
        make(optimizer)

    assert before == optimizer.state_dict()
    assert [0.8, 0.4, 0.2] == rates(StepLR(optimizer, 1, 0.5), 3)


@pytest.mark.parametrize(
    ("make", "limits"),
    [
        (lambda o: LinearLR(o, 0.0), "start_factor of more than 0 and at most 1, got"),
        (lambda o: ReduceLROnPlateau(o, factor=1.0), "factor of 0 or more and less than 1, got"),
        (lambda o: OneCycleLR(o, 1.0, 5, div_factor=0.0), "div_factor of more than 0, got"),
    ],
)
def test_limits_are_said_in_words(make, limits):
    """An open end of a range is no `5e-324`."""
    with pytest.raises(ValueError, match=limits):
        make(sgd())


def test_a_schedule_shows_where_it_stands():
    """What a user prints first."""
    scheduler = StepLR(sgd(), 3)
    rates(scheduler, 3)

    assert "StepLR(step_size=3, gamma=0.1, last_epoch=3)" == repr(scheduler)


def test_e15_a_cycle_ends():
    """E15: a step past its end is an error, and the rate stays."""
    optimizer = sgd()
    scheduler = OneCycleLR(optimizer, 1.0, 5)
    rates(scheduler, 5)
    last = scheduler.get_last_lr()
    with pytest.raises(ValueError, match="OneCycleLR has 5 steps, and this would be number 6"):
        scheduler.step()

    assert [pytest.approx(4e-6)] == last == scheduler.get_last_lr()
    assert 5 == scheduler.last_epoch


def test_e18_a_schedule_before_the_optimiser_warns():
    """E18: once; the first rate is skipped."""
    optimizer = sgd()
    scheduler = StepLR(optimizer, 1)
    with pytest.warns(UserWarning, match="before the first optimizer.step"):
        scheduler.step()
    scheduler.step()

    assert [pytest.approx(0.001)] == scheduler.get_last_lr()


def test_e19_construction_sets_the_rate():
    """E19: before the first step."""
    linear, cycle = sgd(), sgd()
    LinearLR(linear, 0.25)
    OneCycleLR(cycle, max_lr=1.0, total_steps=10)

    assert 0.025 == linear.param_groups[0]["lr"]
    assert 0.04 == pytest.approx(cycle.param_groups[0]["lr"], rel=1e-14)


def test_e20_two_schedules_multiply():
    """E20: in any order of steps, exactly; a plateau is one of them."""
    optimizer = sgd(1.0)
    half, tenth = StepLR(optimizer, 2, 0.5), StepLR(optimizer, 3, 0.1)
    drop = ReduceLROnPlateau(optimizer, factor=0.25, patience=0)
    seen = []
    for epoch, metric in enumerate([5, 4, 3, 2, 1, 5, 0, -1]):
        seen.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        for scheduler in (half, tenth) if epoch % 2 else (tenth, half):
            scheduler.step()
        drop.step(metric)
    expected = [0.5 ** (e // 2) * 0.1 ** (e // 3) * (0.25 if e > 5 else 1) for e in range(8)]

    assert pytest.approx(expected, rel=1e-15) == seen


def test_a_schedule_that_is_gone_has_left_its_mark():
    """What it did to the rate stays, as in PyTorch."""
    optimizer = sgd(1.0)
    rates(StepLR(optimizer, 1, 0.5), 3)

    assert [0.125, 0.125, 0.0125] == pytest.approx(rates(StepLR(optimizer, 2, 0.1), 3))


def test_last_epoch_goes_on_where_a_schedule_stopped():
    """E31: with the initial rates in place, the new schedule takes the place of the old one."""
    optimizer = sgd(1.0)
    expected = rates(StepLR(copy.deepcopy(optimizer), 2, 0.5), 6)
    first = rates(StepLR(optimizer, 2, 0.5), 3)

    assert expected == first + rates(StepLR(optimizer, 2, 0.5, last_epoch=2), 3)


def test_a_schedule_that_cannot_go_on_leaves_the_old_one_in_place():
    """Its share of the rate still counts in the next step of another."""
    optimizer = sgd(1.0)
    half, other = LambdaLR(optimizer, lambda e: 0.5**e), ExponentialLR(optimizer, 1.0)
    rates(half, 2)
    with pytest.raises(ValueError, match="lr=nan"):
        LambdaLR(optimizer, lambda e: nan, last_epoch=1)
    other.step()

    assert [0.25] == other.get_last_lr()


def test_e32_rates_by_hand():
    """E32: an edit holds until the next step; the initial rate moves the whole course."""
    optimizer = sgd(1.0)
    scheduler = StepLR(optimizer, 2, 0.5)
    optimizer.param_groups[0]["lr"] = 7.0
    seen = rates(scheduler, 2)
    optimizer.param_groups[0]["initial_lr"] = 4.0
    seen += rates(scheduler, 2)

    assert [7.0, 1.0, 0.5, 2.0] == seen


def test_e32_a_plateau_takes_the_rate_as_it_is():
    """E32: it reduces what was set by hand."""
    optimizer = sgd(1.0)
    scheduler = ReduceLROnPlateau(optimizer, factor=0.5, patience=0)
    scheduler.step(1.0)
    optimizer.param_groups[0]["lr"] = 0.8
    scheduler.step(1.0)

    assert [0.4] == scheduler.get_last_lr()


def test_e33_groups():
    """E33: each has its own initial rate and functions; one added later joins at the next step."""
    optimizer = sgd(0.8, groups=2)
    scheduler = LambdaLR(optimizer, [lambda e: 0.5**e, lambda e: 1.0])
    other = StepLR(sgd(0.8, groups=2), 1, 0.5)
    other.optimizer.add_param_group({"params": [Parameter([1.0])], "lr": 0.6})
    rates(scheduler, 1)
    rates(other, 1)

    assert [0.4, 0.4] == scheduler.get_last_lr()
    assert [0.4, 0.2, 0.3] == other.get_last_lr()
    assert [0.8, 0.4, 0.6] == other.base_lrs


def test_a_list_of_functions_does_not_stretch():
    """A group without a function is an error that says so, and no rate changes."""
    optimizer = sgd(0.8)
    scheduler = LambdaLR(optimizer, [lambda e: 0.5**e])
    optimizer.add_param_group({"params": [Parameter([1.0])]})
    optimizer.step()
    with pytest.raises(ValueError, match="one function for each of 2 groups, got 1"):
        scheduler.step()

    assert [0.8, 1e-3] == scheduler.get_last_lr()


def test_steps_by_number():
    """`step(epoch)` jumps, also to parts of epochs."""
    scheduler = CosineAnnealingWarmRestarts(sgd(), 10)
    scheduler.step(2.5)
    expected = 0.1 * (1 + math.cos(math.pi / 4)) / 2

    assert [pytest.approx(expected, rel=1e-15)] == scheduler.get_last_lr()
    for wrong in (-1, nan, math.inf):
        with pytest.raises(ValueError, match="an epoch of 0 or more"):
            scheduler.step(wrong)


def test_a_part_is_not_stepped_alone():
    """It belongs to its sequence."""
    scheduler = warmup(sgd())

    with pytest.raises(RuntimeError, match="this LinearLR is part of a SequentialLR; step that"):
        scheduler.schedulers[0].step()


def test_one_cycle_moves_the_momentum():
    """Down where the rate goes up; of Adam the first of the betas; unless told otherwise."""
    optimizer, adam, still = sgd(momentum=0.9), Adam([Parameter([1.0])]), sgd(momentum=0.9)
    schedules = [OneCycleLR(o, 1.0, 10) for o in (optimizer, adam)]
    schedules.append(OneCycleLR(still, 1.0, 10, cycle_momentum=False))
    for scheduler in schedules:
        rates(scheduler, 2)

    assert pytest.approx(0.85) == optimizer.param_groups[0]["momentum"]
    assert (pytest.approx(0.85), 0.999) == adam.param_groups[0]["betas"]
    assert 0.9 == still.param_groups[0]["momentum"]
    assert ("batch", "epoch") == (OneCycleLR.unit, StepLR.unit)


def cosine(numerator, denominator):
    """cos(pi * numerator / denominator) to 40 digits, by its series."""
    with localcontext() as context:
        context.prec = 60
        turns = Decimal(numerator % (2 * denominator)) / denominator
        x = turns * Decimal("3.14159265358979323846264338327950288419716939937510582097494")
        term = total = Decimal(1)
        for k in range(1, 60):
            term *= -x * x / ((2 * k - 1) * (2 * k))
            total += term
        return Fraction(total)


BASE = Fraction(0.1)
EXACT = {
    "StepLR": (
        lambda o: StepLR(o, 1000, 0.9),
        lambda e: BASE * Fraction(0.9) ** (e // 1000),
    ),
    "ExponentialLR": (
        lambda o: ExponentialLR(o, 0.99999),
        lambda e: BASE * Fraction(0.99999) ** e if e < 2000 else None,
    ),
    "CosineAnnealingLR": (
        lambda o: CosineAnnealingLR(o, 777),
        lambda e: BASE * (1 + cosine(e, 777)) / 2,
    ),
    "CosineAnnealingWarmRestarts": (
        lambda o: CosineAnnealingWarmRestarts(o, 777),
        lambda e: BASE * (1 + cosine(e % 777, 777)) / 2,
    ),
    "LinearLR": (
        lambda o: LinearLR(o, 0.25, 1.0, 10**6),
        lambda e: BASE * (Fraction(1, 4) + Fraction(3, 4) * e / 10**6),
    ),
    "PolynomialLR": (
        lambda o: PolynomialLR(o, 10**6, 2),
        lambda e: BASE * (1 - Fraction(e, 10**6)) ** 2,
    ),
}


@pytest.mark.parametrize(("make", "exact"), EXACT.values(), ids=EXACT)
def test_e37_no_drift(make, exact):
    """E37: after a million steps the rate is what exact arithmetic gives, to a few units."""
    scheduler = make(sgd())
    epochs = [0, 1, 999, 1000, 123_456, 500_000, 999_999, 10**6]
    expected = [exact(e) for e in epochs]
    actual = [scheduler.rate(0.1, e, 0) for e in epochs]

    for e, x in zip(expected, actual):
        # the cosine itself is exact to 1e-16, so a rate is to that share of the initial one
        assert e is None or abs(e - Fraction(x)) < Fraction(1e-15) * (e + Fraction(0.01))


def test_e37_a_million_steps():
    """Stepping there and jumping there are the same, to the last bit."""
    walked, jumped = CosineAnnealingLR(sgd(), 777), CosineAnnealingLR(sgd(), 777)
    walked.optimizer.step()
    for _ in range(100_000):
        walked.step()
    jumped.step(100_000)

    assert walked.get_last_lr() == jumped.get_last_lr()


RESUMED = {
    "StepLR": (lambda o: StepLR(o, 2, 0.5), lambda o: StepLR(o, 7, 0.9)),
    "MultiStepLR": (lambda o: MultiStepLR(o, (2, 3)), lambda o: MultiStepLR(o, [5], 0.9)),
    "ExponentialLR": (lambda o: ExponentialLR(o, 0.9), lambda o: ExponentialLR(o, 0.1)),
    "LambdaLR": (lambda o: LambdaLR(o, lambda e: 0.5**e), lambda o: LambdaLR(o, lambda e: 0.5**e)),
    "CosineAnnealingLR": (lambda o: CosineAnnealingLR(o, 5), lambda o: CosineAnnealingLR(o, 9, 1)),
    "Warm restarts": (
        lambda o: CosineAnnealingWarmRestarts(o, 2, 2),
        lambda o: CosineAnnealingWarmRestarts(o, 5),
    ),
    "LinearLR": (lambda o: LinearLR(o, 0.1), lambda o: LinearLR(o, 0.9, 0.3, 9)),
    "ConstantLR": (lambda o: ConstantLR(o, 0.1, 3), lambda o: ConstantLR(o)),
    "PolynomialLR": (lambda o: PolynomialLR(o, 9, 2), lambda o: PolynomialLR(o, 3)),
    "OneCycleLR": (lambda o: OneCycleLR(o, 1.0, 20), lambda o: OneCycleLR(o, 0.1, 40)),
    "SequentialLR": (
        warmup,
        lambda o: SequentialLR(o, [LinearLR(o, 0.7), ExponentialLR(o, 0.9)], [4]),
    ),
    "ReduceLROnPlateau": (
        lambda o: ReduceLROnPlateau(o, factor=0.5, patience=1),
        lambda o: ReduceLROnPlateau(o, "max", patience=5, min_lr=0.3),
    ),
}


@pytest.mark.parametrize("order", ["optimizer", "scheduler"])
@pytest.mark.parametrize("name", RESUMED)
@settings(max_examples=15, deadline=None)
@given(before=st.integers(0, 9), edited=st.booleans())
def test_e30_a_resumed_schedule_is_the_same_to_the_last_bit(name, order, before, edited):
    """E30, E36: into one that was made with other arguments, through JSON, in either order."""
    make, make_otherwise = RESUMED[name]

    def run(scheduler, steps, first):
        seen = []
        for k in range(first, first + steps):
            group = scheduler.optimizer.param_groups[0]
            seen.append((group["lr"], group["momentum"]))
            scheduler.optimizer.step()
            metric = (1 / (1 + k // 3),) if name == "ReduceLROnPlateau" else ()
            scheduler.step(*metric)
        return seen

    optimizer, other = sgd(0.8, 2, momentum=0.9), sgd(0.3, 2, momentum=0.5)
    scheduler, resumed = make(optimizer), make_otherwise(other)
    run(scheduler, before, 0)
    if edited:
        optimizer.param_groups[0]["lr"] = 0.77
    saved = json.loads(
        json.dumps([optimizer.state_dict(), scheduler.state_dict()], allow_nan=False)
    )
    for part, state in sorted(
        zip((other, resumed), saved), key=lambda pair: (pair[0] is other) == (order == "scheduler")
    ):
        part.load_state_dict(state)

    assert run(scheduler, 8, before) == run(resumed, 8, before)


def test_a_schedule_alone_brings_its_rates():
    """Without the optimiser's own state: rates, initial rates and, of a cycle, the momentum."""
    first, second = sgd(0.8, 2, momentum=0.9), sgd(0.3, 2, momentum=0.5)
    scheduler, resumed = OneCycleLR(first, 1.0, 9), OneCycleLR(second, 0.2, 40)
    rates(scheduler, 4)
    resumed.load_state_dict(scheduler.state_dict())
    expected, actual = (
        [[group[k] for k in ("initial_lr", "lr", "momentum")] for group in o.param_groups]
        for o in (first, second)
    )

    assert expected == actual


@pytest.mark.parametrize("name", RESUMED)
def test_what_does_not_fit_changes_nothing(name):
    """Wrong keys, settings, counts of groups: an error, and all is as before."""
    make, make_otherwise = RESUMED[name]
    scheduler = make(sgd(0.8, 2, momentum=0.9))
    good = make_otherwise(sgd(0.3, 2, momentum=0.9)).state_dict()
    before = copy.deepcopy([scheduler.state_dict(), scheduler.optimizer.state_dict()])
    for wrong in (
        3,
        {},
        {k: x for k, x in good.items() if k != "last_epoch"},
        {**good, "more": 1},
        {**good, "last_epoch": -1},
        {**good, "last_epoch": "one"},
        {**good, "lrs": [0.1]},
        {**good, "lrs": [0.1, nan]},
        {**good, "base_lrs": None},
        {**good, "base_lrs": ["a", "b"]},
    ):
        with pytest.raises(ValueError, match=r"expected|cannot load"):
            scheduler.load_state_dict(wrong)

    assert before == [scheduler.state_dict(), scheduler.optimizer.state_dict()]


def test_saved_settings_are_checked():
    """As those of the constructor are; parts of a sequence, too."""
    scheduler = warmup(sgd())
    before = scheduler.state_dict()
    for part, setting, x in ((0, "start_factor", 0.0), (1, "gamma", "half")):
        wrong = copy.deepcopy(before)
        wrong["schedulers"][part][setting] = x
        with pytest.raises(ValueError, match=f"cannot load this state: .*{setting}"):
            scheduler.load_state_dict(wrong)

    assert before == scheduler.state_dict()


def test_all_that_does_not_fit_is_listed():
    """Missing and unexpected entries, settings out of range and rates, also of all parts."""
    scheduler = StepLR(sgd(), 2, 0.5)
    state = {"gamma": -1.0, "step_size": 0, "lrs": [10**400], "last_epoch": 0, "more": 1}
    with pytest.raises(ValueError, match="cannot load") as caught:
        scheduler.load_state_dict(state)
    sequence = warmup(sgd())
    wrong = copy.deepcopy(sequence.state_dict())
    wrong["schedulers"][0]["start_factor"] = wrong["schedulers"][1]["gamma"] = "half"
    with pytest.raises(ValueError, match=r"start_factor(?s:.*)gamma(?s:.*)no 'milestones'"):
        sequence.load_state_dict({k: x for k, x in wrong.items() if k != "milestones"})
    said = str(caught.value)

    for what in ("no 'base_lrs'", "'more'", "needs step_size", "needs gamma", "expected lrs for 1"):
        assert what in said


def test_an_error_of_a_function_of_yours_leaves_a_sequence_as_it_was():
    """Whatever a part raises while it loads, the parts before it are put back."""

    def factor(epoch):
        if epoch > 3:
            raise RuntimeError("no such epoch")
        return 1.0

    optimizer = sgd()
    parts = [LinearLR(optimizer, 0.5, 1.0, 4), LambdaLR(optimizer, factor)]
    scheduler = SequentialLR(optimizer, parts, [9])
    before = copy.deepcopy([scheduler.state_dict(), optimizer.state_dict()])
    wrong = copy.deepcopy(before[0])
    wrong["schedulers"][0]["last_epoch"] = wrong["schedulers"][1]["last_epoch"] = 4
    with pytest.raises(RuntimeError, match="no such epoch"):
        scheduler.load_state_dict(wrong)

    assert before == [scheduler.state_dict(), optimizer.state_dict()]


def test_e36_functions_are_not_saved():
    """E36: the state is plain data."""
    scheduler = LambdaLR(sgd(), lambda e: 0.5**e)

    assert {"last_epoch": 0, "base_lrs": [0.1], "lrs": [0.1]} == scheduler.state_dict()


def test_numpy_numbers_are_saved_as_plain_ones():
    """Settings that came out of a computation."""
    scheduler = StepLR(sgd(), np.int64(2), np.float64(0.5))
    state = scheduler.state_dict()

    assert [int, float] == [type(state["step_size"]), type(state["gamma"])]


def test_copies_are_independent():
    """Optimiser and schedules copied together go on alike; two still multiply."""
    optimizer = sgd(1.0)
    pair = [StepLR(optimizer, 1, 0.5), StepLR(optimizer, 2, 0.1)]
    copied, twins = copy.deepcopy((optimizer, pair))
    for schedulers in (pair, twins):
        for _ in range(3):
            schedulers[0].optimizer.step()
            for scheduler in schedulers:
                scheduler.step()

    assert 0.0125 == pytest.approx(optimizer.param_groups[0]["lr"])
    assert copied.param_groups[0]["lr"] == optimizer.param_groups[0]["lr"]


@pytest.mark.parametrize("kind", [SGD, Adam, RMSprop])
def test_a_rate_of_0_stays(kind):
    """A group that does not learn has no share in anything, and no division by 0."""
    optimizer = kind([Parameter([1.0])], lr=0.0)
    schedules = [StepLR(optimizer, 1), CosineAnnealingLR(optimizer, 5)]
    optimizer.step()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for scheduler in schedules:
            scheduler.step()

    assert 0.0 == optimizer.param_groups[0]["lr"]


def test_warm_up_and_cosine_are_two_lines():
    """As a training script writes it."""
    optimizer = sgd(1.0)
    parts = [LinearLR(optimizer, 0.1, total_iters=5), CosineAnnealingLR(optimizer, 95)]
    scheduler = SequentialLR(optimizer, parts, milestones=[5])
    seen = rates(scheduler, 101)

    assert (0.1, 1.0, max(seen)) == (seen[0], seen[5], 1.0)
    assert 0.0 == pytest.approx(seen[100], abs=1e-16)


def test_a_cycle_begins_with_a_share_of_its_highest_rate():
    """That beginning is its initial rate, as in PyTorch."""
    scheduler = OneCycleLR(sgd(), max_lr=0.5, total_steps=10, div_factor=20.0)

    assert [0.025] == scheduler.base_lrs


def test_reductions_that_were_loaded_count_beside_another_schedule():
    """The other one multiplies its own share by what the plateau has left."""
    first = ReduceLROnPlateau(sgd(), factor=0.5, patience=0)
    first.step(1.0)
    first.step(1.0)
    optimizer = sgd()
    plateau, other = ReduceLROnPlateau(optimizer), LambdaLR(optimizer, lambda epoch: 1.0)
    plateau.load_state_dict(first.state_dict())
    optimizer.step()
    other.step()

    assert first.get_last_lr() == other.get_last_lr()


@pytest.mark.parametrize("mode", ["min", "max"])
@pytest.mark.parametrize("threshold_mode", ["rel", "abs"])
def test_as_good_as_the_best_is_not_better(mode, threshold_mode):
    """Also where any improvement would do."""
    scheduler = ReduceLROnPlateau(
        sgd(), mode, patience=0, threshold=0.0, threshold_mode=threshold_mode
    )
    scheduler.step(1.0)
    scheduler.step(1.0)

    assert [0.1 * 0.1] == scheduler.get_last_lr()


def test_a_cycle_beside_a_schedule_of_the_rate_0():
    """What is no share of 0 leaves the cycle, which has rates of its own, alone."""
    optimizer = sgd(lr=0.0)
    LambdaLR(optimizer, lambda epoch: 1.0)
    alone, beside = OneCycleLR(sgd(), 0.5, 10), OneCycleLR(optimizer, 0.5, 10)

    assert alone.get_last_lr() == beside.get_last_lr()


def test_a_group_that_came_after_a_schedule_has_no_share_of_it_yet():
    """The other schedule sets its rate alone."""
    optimizer = sgd()
    first, second = (LambdaLR(optimizer, lambda epoch: 0.5**epoch) for _ in range(2))
    optimizer.add_param_group({"params": [Parameter([1.0])], "lr": 0.8})
    optimizer.step()
    second.step()

    assert [0.05, 0.4] == first.get_last_lr()


def test_a_reduction_of_eps_is_none():
    """Only by more than `eps` are rates reduced."""
    scheduler = ReduceLROnPlateau(sgd(lr=1.0), factor=0.5, patience=0, eps=0.5)
    scheduler.step(1.0)
    scheduler.step(1.0)

    assert [1.0] == scheduler.get_last_lr()
