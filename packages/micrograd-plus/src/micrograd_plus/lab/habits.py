"""Beliefs about using an engine: here the engine is right, and the program is not."""

from __future__ import annotations

from typing import Any

from micrograd_plus.lab.misconception import Misconception

__all__ = ["HABITS"]


def two_steps(x: Any) -> Any:
    (x * x).backward()  # the first step
    return x * x


def two_steps_meant(x: Any) -> Any:
    (x * x).backward()
    x.grad = 0.0  # what zero_grad() does
    return x * x


def scaled_by_itself(x: Any) -> Any:
    return x * x.data


def scaled_by_itself_meant(x: Any) -> Any:
    return x * x


def moved_too_early(x: Any) -> Any:
    y = x * x
    x.data -= 0.5  # the optimiser's step
    return y


def moved_too_early_meant(x: Any) -> Any:
    return x * x  # first backward(), then the optimiser's step


HABITS = (
    Misconception(
        name="zero_grad_forgotten",
        idea="backward() gives the gradient of this step.",
        truth="It adds it to what is there: call zero_grad() before each step.",
        expression=two_steps,
        meant=two_steps_meant,
        point=(3.0,),
    ),
    Misconception(
        name="left_the_graph",
        idea="x.data (or float(x)) is x.",
        truth="It is a plain number without a past: no gradient goes through it.",
        expression=scaled_by_itself,
        meant=scaled_by_itself_meant,
        point=(3.0,),
    ),
    Misconception(
        name="moved_before_backward",
        idea="It does not matter whether one steps before or after backward().",
        truth="Rules use the numbers as they are when backward() runs, and those have moved.",
        expression=moved_too_early,
        meant=moved_too_early_meant,
        point=(3.0,),
    ),
)
