"""The other side of a checker: right gradients that it must not complain about."""

from __future__ import annotations

import numpy as np
from cases import ARRAY_CASES, CASES, mask
from prove.expressions import random_expression

import micrograd_plus
import microgradx
import vhgrad.nn.functional as layers

__all__ = ["alarms"]


def alarms(checks, seed=0):
    """What the checkers said of so many right gradients: [] is how it should be.

    Half of them are of random expressions of numbers, a fourth of operations on arrays, and a
    fourth of layers, at points that are drawn anew each time, away from poles and kinks.
    """
    rng = np.random.default_rng(seed)
    said = []
    for k in range(checks):
        gradcheck, function, inputs = (number, operation, number, layer)[k % 4](rng)
        try:
            gradcheck(function, inputs)
        except AssertionError as error:
            said.append(f"check {k}: {error}")
    return said


def number(rng):
    """A random expression of 3 to 30 nodes."""
    expression = random_expression(rng, int(rng.integers(3, 31)))

    def calculation(*leaves):
        known = list(leaves)
        for step in expression.steps:
            known.append(step.case.op(micrograd_plus.ops)(*[known[k] for k in step.inputs]))
        return known[-1] * expression.upstream

    return micrograd_plus.gradcheck, calculation, [leaf[0] for leaf in expression.leaves]


def operation(rng):
    """An operation of the shared table; which entries a mask picks is not asked for a slope."""
    cases = CASES + ARRAY_CASES
    case = cases[rng.integers(len(cases))]
    inputs = case.inputs(rng) if case in ARRAY_CASES else case.inputs(rng, (2, 1), (1, 3))
    masks = [x for x, domain in zip(inputs, case.domains) if domain is mask]
    others = inputs[len(masks) :]
    return microgradx.gradcheck, lambda *x: case.op(microgradx.ops)(*masks, *x), others


def layer(rng):
    """A layer of stage 4, as a function of its input and its parameters."""

    def normal(*shape):
        return rng.normal(size=shape)

    x, scale, shift = normal(2, 2, 4, 4), normal(2), normal(2)
    filters, bias = normal(2, 2, 3, 3), normal(2)
    numbers = rng.integers(0, 4, (2, 3))
    seed = int(rng.integers(1000))
    functions = [
        (lambda x, w, b: layers.conv2d(x, w, b, stride=2, padding=1), [x, filters, bias]),
        (lambda x: layers.max_pool2d(x, 2), [x]),
        (lambda x: layers.avg_pool2d(x, 3, stride=1, padding=1), [x]),
        (lambda x, w, b: layers.batch_norm(x, None, None, w, b, training=True), [x, scale, shift]),
        (lambda x, w: layers.layer_norm(x, 4, w), [x, normal(4)]),
        (lambda x: layers.dropout(x, 0.3, generator=seed), [x]),
        (lambda table: layers.embedding(numbers, table), [normal(4, 3)]),
        (layers.gelu, [x]),
        (layers.softmax, [x]),
        (lambda x: microgradx.cross_entropy([0, 1, 1], x), [normal(3, 2)]),
    ]
    return microgradx.gradcheck, *functions[rng.integers(len(functions))]
