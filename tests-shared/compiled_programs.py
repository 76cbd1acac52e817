"""Random training programs, once as they stand and once compiled: equal to the last bit.

Each program trains a random model and does between its steps what users do: switches modes, freezes
layers, loads states, assigns data, gradients and rates, keeps arrays, draws numbers, hands in wrong
labels, takes a step without `compile`, or one with another optimiser. After each step everything is
compared that anybody can see: results, errors, weights and buffers, gradients, what optimisers
remember, generators, and the arrays that were kept.
"""

from __future__ import annotations

import collections
import copy
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from compiled_models import CLASSES, LOSSES, batch, make_model, make_optimizer, make_schedule, pick

import vhgrad
from microgradx.compiling.compiled import Compiled
from vhgrad import optim

__all__ = ["Outcome", "programs", "run"]

STEPS = 24


@dataclass
class Outcome:
    """What became of one program.

    Attributes:
        verdict: "same", "refused" or "different".
        told: why it was refused, or what differs.
        done: what was done between the steps.
    """

    verdict: str
    told: str
    done: list[str]


class Training:
    """One random program; with the same seed the same one, compiled or not.

    Args:
        seed: decides everything.
        compiled: whether its steps are compiled.
    """

    def __init__(self, seed: int, compiled: bool) -> None:
        self.rng = rng = np.random.default_rng(seed)
        self.noise = np.random.default_rng(seed + 1)
        self.compiled = compiled
        self.kind = pick(rng, ["rows", "rows", "images", "words"])
        self.dtype = pick(rng, [np.float32, np.float64])
        self.model = make_model(rng, self.kind, self.dtype, self.noise)
        self.optimizer = make_optimizer(rng, self.model.parameters())
        self.second = make_optimizer(rng, self.model.parameters())
        self.schedule = make_schedule(rng, self.optimizer)
        self.loss = pick(rng, list(LOSSES))
        self.settings = {"temperature": 1.5}
        self.scale = np.ones(CLASSES, self.dtype)
        self.accumulates, self.noisy, self.alternates, self.looks_back = rng.random(4) < 0.2
        self.clipping = pick(rng, ["none", "none", "norm", "value", "by a decision"])
        self.restless = pick(rng, [0.05, 0.2, 0.5])  # how often something changes
        self.output = pick(rng, ["loss", "tuple", "dict"])
        self.given: Any = None  # by the latest step: a tensor's data
        self.kept: list[tuple[Any, np.ndarray]] = []
        self.copies: list[tuple[Any, Any]] = []
        self.done: list[str] = []
        self.step = self.make_step(self.optimizer)
        self.other_step = self.make_step(self.second)
        self.fast, self.other = self.step, self.other_step
        if compiled:
            self.fast, self.other = vhgrad.compile(self.step), vhgrad.compile(self.other_step)

    def make_step(self, optimizer: optim.Optimizer) -> Callable[[Any, Any], Any]:
        """A training step with everything that this program has in it."""
        model, loss_of, settings, scale = self.model, LOSSES[self.loss], self.settings, self.scale
        noise, noisy, accumulates = self.noise, self.noisy, self.accumulates
        alternates, second, looks_back = self.alternates, self.second, self.looks_back
        clipping, output, dtype = self.clipping, self.output, self.dtype

        def step(x: Any, y: Any) -> Any:
            old = [p.grad for p in model.parameters()] if looks_back else []
            if not accumulates:
                optimizer.zero_grad()
            if noisy and x.dtype.kind == "f":
                x = x + noise.normal(size=x.shape).astype(dtype) * 0.1
            scores = model(x) * scale / settings["temperature"]
            loss = loss_of(y, scores)
            loss.backward()
            norm = None
            if alternates:  # and go on where the other optimiser has come to
                second.step()
                optimizer.zero_grad()
                loss = loss_of(y, model(x) * scale)
                loss.backward()
            if clipping == "norm":
                norm = optim.clip_grad_norm_(model.parameters(), 0.5)
            elif clipping == "value":
                optim.clip_grad_value_(model.parameters(), 0.05)
            if clipping != "by a decision" or loss.data < 1.1:
                optimizer.step()
            if output == "loss":
                return loss
            if output == "tuple":
                return loss, scores, old
            return {"loss": loss, "of": [norm, scores]}

        return step

    def change(self) -> None:
        """Something that a user does between two steps."""
        rng, model, optimizer = self.rng, self.model, self.optimizer
        p = pick(rng, model.parameters())
        layer = pick(rng, list(model.modules()))
        changes: dict[str, Callable[[], object]] = {
            "eval": model.eval,
            "train": model.train,
            "freeze": layer.freeze,
            "unfreeze": layer.unfreeze,
            "unfreeze all": model.unfreeze,
            "assign data": lambda: setattr(p, "data", p.data * 0.5),
            "assign a gradient": lambda: setattr(p, "grad", np.ones(p.shape, p.dtype)),
            "zero_grad": optimizer.zero_grad,
            "change a gradient in place": lambda: self.halve(p.grad),
            "another parameter": lambda: self.replace(layer),
            "a rate": self.slower,
            "weight decay": lambda: optimizer.param_groups[0].update(weight_decay=0.1),
            "a setting": lambda: self.settings.update(temperature=pick(rng, [1.0, 1.5, 2.0])),
            "an array of the outside": lambda: np.multiply(self.scale, 1.1, out=self.scale),
            "keep data": lambda: self.keep(p.data),
            "keep a part": lambda: self.keep(p.data[..., :1]),
            "keep a gradient": lambda: self.keep(p.grad),
            "keep what a step gave": lambda: self.keep(self.given),
            "keep a copy of the model": self.keep_copy,
            "load its own state": lambda: optimizer.load_state_dict(optimizer.state_dict()),
            "load a copied state": lambda: optimizer.load_state_dict(
                copy.deepcopy(optimizer.state_dict())
            ),
            "load weights": self.load,
            "draw": self.noise.normal,
        }
        name = pick(rng, list(changes))
        self.done.append(name)
        changes[name]()

    def slower(self) -> None:
        """Another rate, as if by a schedule of the user's."""
        self.optimizer.param_groups[0]["lr"] *= 0.7

    def halve(self, grad: Any) -> None:
        """As some clip by hand."""
        if grad is not None:
            grad *= 0.5

    def replace(self, layer: Any) -> None:
        """Other weights, which no optimiser has heard of."""
        if isinstance(getattr(layer, "weight", None), vhgrad.Parameter):
            layer.weight = vhgrad.Parameter(layer.weight.data * 0.5)

    def keep(self, array: Any) -> None:
        """Hold an array, and what was in it."""
        if array is not None:
            self.kept.append((array, np.array(array)))

    def keep_copy(self) -> None:
        """A deep copy stays as the model was."""
        twin = copy.deepcopy(self.model)
        self.copies.append((twin, numbers(twin.state_dict())))

    def load(self) -> None:
        """Weights that are a little smaller; counts and the like stay."""
        state = {
            name: x * 0.9 if np.asarray(x).dtype.kind == "f" else x
            for name, x in self.model.state_dict().items()
        }
        self.model.load_state_dict(state)

    def go(self) -> list[Any]:
        """Do one step, in one of several ways: what it gave, and all that can be seen now."""
        n = 4 if self.rng.random() < 0.92 else 5
        x, y = batch(self.rng, self.kind, n, self.dtype)
        way, wrong = self.rng.random(), self.rng.random() < 0.03
        if wrong:
            y = np.full_like(y, 9)
        step = self.step if way < 0.03 else self.other if way < 0.1 else self.fast
        before = self.seen()
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            try:
                given = step(x, y)
                self.given = first_array(given)
                given = numbers(given)
            except vhgrad.NotRecordable:
                raise
            except (ValueError, IndexError, RuntimeError) as error:
                given = f"{type(error).__name__}: {error}"
                self.after_error(step, before)
            else:
                if self.schedule is not None:
                    self.schedule.step()
        return [given, [str(w.message) for w in warned], self.seen()]

    def after_error(self, step: Any, before: dict[str, Any]) -> None:
        """A compiled step has left nothing; the step as it stands is taken back by hand."""
        if isinstance(step, Compiled):
            left = difference(before, self.seen())
            if left:
                raise AssertionError(f"half of a step that failed is done: {left}")
            return
        self.model.load_state_dict(before["model"])
        for optimizer, state in ((self.optimizer, "optimizer"), (self.second, "second")):
            stepped = optimizer.stepped
            optimizer.load_state_dict(before[state])
            optimizer.stepped = stepped  # a schedule asks; loading a state counts as a step
        for p, grad in zip(self.model.parameters(), before["gradients"], strict=True):
            p.grad = grad
        self.noise.bit_generator.state = before["generator"]

    def seen(self) -> dict[str, Any]:
        """Copies of all that anybody can see."""
        return {
            "model": numbers(self.model.state_dict()),
            "gradients": [numbers(p.grad) for p in self.model.parameters()],
            "optimizer": numbers(self.optimizer.state_dict()),
            "second": numbers(self.second.state_dict()),
            "generator": self.noise.bit_generator.state,
            "kept": [numbers(array) for array, _ in self.kept],
            "copies": [numbers(twin.state_dict()) for twin, _ in self.copies],
        }

    def changed(self) -> str:
        """Which of the things that are kept are not as they were any more."""
        for array, numbers_then in self.kept:
            if difference(numbers_then, array):
                return "a kept array has changed"
        for twin, numbers_then in self.copies:
            if difference(numbers_then, numbers(twin.state_dict())):
                return "a copy of the model has changed"
        return ""


def first_array(x: Any) -> Any:
    """The data of a tensor, or of the first in a tuple or a dict."""
    while not isinstance(x, vhgrad.TensorValue):
        x = next(iter(x.values() if isinstance(x, dict) else x))
    return x.data


def numbers(x: Any) -> Any:
    """Copies of the arrays in `x`; tensors as their data."""
    if isinstance(x, vhgrad.TensorValue):
        return np.array(x.data)
    if isinstance(x, np.ndarray):
        return x.copy()
    if isinstance(x, dict):
        return {key: numbers(part) for key, part in x.items()}
    if isinstance(x, list | tuple):
        return type(x)([numbers(part) for part in x])
    return x


def difference(a: Any, b: Any, name: str = "") -> str:
    """Where two such things differ, by as little as one bit; nothing if they do not."""
    if isinstance(a, dict) and isinstance(b, dict):
        if list(a) != list(b):
            return f"{name}: {list(a)} and {list(b)}"
        return next(filter(None, (difference(a[k], b[k], f"{name}.{k}") for k in a)), "")
    if isinstance(a, list | tuple) and type(a) is type(b) and len(a) == len(b):
        parts = (difference(x, y, f"{name}[{k}]") for k, (x, y) in enumerate(zip(a, b)))
        return next(filter(None, parts), "")
    if isinstance(a, np.ndarray | np.generic | float) and isinstance(b, type(a)):
        x, y = np.asarray(a), np.asarray(b)
        same = x.dtype == y.dtype and x.shape == y.shape
        if same and x.dtype.kind == "f":  # 0.0 is not -0.0; but one nan is as good as another
            same = np.array_equal(x, y, equal_nan=True)
            same = same and np.array_equal(*(np.signbit(z) & ~np.isnan(z) for z in (x, y)))
        elif same:
            same = np.array_equal(x, y)
        return "" if same else f"{name}: {a!r:.200} and {b!r:.200}"
    return "" if type(a) is type(b) and a == b else f"{name}: {a!r:.200} and {b!r:.200}"


def run(seed: int) -> Outcome:
    """Do a program both ways, side by side, and compare after each step."""
    plain, fast = Training(seed, compiled=False), Training(seed, compiled=True)
    for k in range(STEPS):
        for training in (plain, fast):
            if training.rng.random() < training.restless:
                training.change()
        try:
            expected, actual = plain.go(), fast.go()
        except vhgrad.NotRecordable as error:
            return Outcome("refused", f"step {k}: {error}", fast.done)
        except AssertionError as error:
            return Outcome("different", f"step {k}: {error}", fast.done)
        told = difference(expected, actual) or fast.changed()
        if told:
            return Outcome("different", f"step {k}: {told}", fast.done)
    return Outcome("same", "", fast.done)


def programs(count: int, seed: int) -> dict[str, Any]:
    """A row: what became of so many programs; those that were refused or differ are printed."""
    outcomes = {k: run(k) for k in range(seed, seed + count)}
    found = collections.Counter(outcome.verdict for outcome in outcomes.values())
    row: dict[str, Any] = {"programs": count, "steps": count * STEPS}
    row["changes"] = sum(len(outcome.done) for outcome in outcomes.values())
    row |= {verdict: found[verdict] for verdict in ("same", "refused", "different")}
    print(", ".join(f"{name}: {value}" for name, value in row.items()), flush=True)
    for k, outcome in outcomes.items():
        if outcome.verdict != "same":
            print(f"  {outcome.verdict}: compiled_programs.run({k}): {outcome.told}")
    return row
