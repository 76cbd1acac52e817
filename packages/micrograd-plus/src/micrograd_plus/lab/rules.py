"""Beliefs about calculus: one operation each has a rule that is almost right."""

from __future__ import annotations

import math
import operator
import types
from typing import Any

from micrograd_plus import ops
from micrograd_plus.lab.misconception import Misconception
from micrograd_plus.op import Op
from micrograd_plus.value import Value

__all__ = ["RULES"]


def engine(**wrong: Op) -> type[Value]:
    """Values that calculate with some operations of our own, and with the real ones otherwise."""
    operations = types.SimpleNamespace(**{**vars(ops), **wrong})
    return type("Believed", (Value,), {"__slots__": (), "ops": operations})


def difference(x: Any, y: Any) -> Any:
    return x - y


def product(x: Any, y: Any) -> Any:
    return x * y


def soft_corner(x: Any) -> Any:
    return x.silu()


def wave(x: Any) -> Any:
    return 3 * x.sin()


def squashed(x: Any) -> Any:
    return x.tanh()


def chance(x: Any) -> Any:
    return x.sigmoid()


def growth(x: Any) -> Any:
    return x.exp()


def positive_part(x: Any) -> Any:
    return x.relu()


RULES = (
    Misconception(
        name="wrong_sign",
        idea="x - y is a sum as x + y is, so both get the gradient that arrives.",
        truth="When y grows, x - y falls: its rule is -g.",
        expression=difference,
        point=(5.0, 2.0),
        engine=engine(
            sub=Op("-", operator.sub, lambda g, out, a, b: g, lambda g, out, a, b: g),
        ),
    ),
    Misconception(
        name="second_factor_forgotten",
        idea="In x * y, y is what x is multiplied by: only x needs a rule.",
        truth="Each input that can change has a rule of its own.",
        expression=product,
        point=(3.0, -2.0),
        engine=engine(mul=Op("*", operator.mul, lambda g, out, a, b: g * b, None)),
    ),
    Misconception(
        name="missing_term",
        idea="silu(x) = x * s(x), so its slope is s(x).",
        truth="x stands in both factors: s(x) + x * s(x) * (1 - s(x)).",
        expression=soft_corner,
        point=(1.0,),
        engine=engine(silu=Op("silu", ops.silu.forward, lambda g, out, x: g * out / x)),
    ),
    Misconception(
        name="chain_rule_forgotten",
        idea="The derivative of the sine is the cosine, and that is the rule.",
        truth="A rule gets the gradient that arrives, and multiplies: g * cos(x).",
        expression=wave,
        point=(0.5,),
        engine=engine(sin=Op("sin", math.sin, lambda g, out, x: math.cos(x))),
    ),
    Misconception(
        name="input_for_result",
        idea="d tanh(x)/dx = 1 - x**2.",
        truth="It is 1 - tanh(x)**2: the square of the result, not of the input.",
        expression=squashed,
        point=(0.5,),
        engine=engine(tanh=Op("tanh", math.tanh, lambda g, out, x: g * (1 - x * x))),
    ),
    Misconception(
        name="right_at_one_point",
        idea="The slope of the sigmoid is 1/4: that is right at 0, where it was tried.",
        truth="It is s(x) * (1 - s(x)). Check at several points, and none of them a special one.",
        expression=chance,
        point=(1.0,),
        engine=engine(sigmoid=Op("sigmoid", ops.sigmoid.forward, lambda g, out, x: g / 4)),
    ),
    Misconception(
        name="rounded_constant",
        idea="e is 2.7, and training works, so the rule is right.",
        truth="Training forgives an error of 1 %. The checker does not.",
        expression=growth,
        point=(1.0,),
        engine=engine(exp=Op("exp", math.exp, lambda g, out, x: g * 2.7**x)),
    ),
    Misconception(
        name="relu_lets_all_through",
        idea="relu(x) is x, so its slope is 1.",
        truth="Below 0 it is flat: nothing that arrives there goes on.",
        expression=positive_part,
        point=(-1.0,),
        engine=engine(relu=Op("relu", ops.relu.forward, lambda g, out, x: g)),
    ),
)
