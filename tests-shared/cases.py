"""One table of operations: where each may be evaluated, and what NumPy says it should give.

A case names an operation as it stands in `ops` of every stage that has it. Inputs are drawn from
domains that keep away from poles and kinks, because finite differences are wrong there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["ARRAY_CASES", "CASES", "STAGE_1", "ArrayCase", "Case"]

STAGE_1 = ("add", "mul", "tanh")  # what stage 1 has; stages 2 and 3 have all of CASES


def anywhere(rng, shape):
    """Numbers of both signs about 0."""
    return rng.uniform(-2.0, 2.0, shape)


def positive(rng, shape):
    """Numbers above 0."""
    return rng.uniform(0.3, 3.0, shape)


def off_zero(rng, shape):
    """Numbers of both signs, none near 0."""
    return rng.uniform(0.3, 3.0, shape) * rng.choice([-1.0, 1.0], shape)


def near_whole(rng, shape):
    """Numbers near whole ones: never close to those of `near_half`."""
    return rng.integers(-2, 3, shape) + rng.uniform(-0.2, 0.2, shape)


def mask(rng, shape):
    """Zeros and ones."""
    return rng.integers(0, 2, shape).astype(float)


def near_half(rng, shape):
    """Numbers near 0.5, 1.5, and so on."""
    return near_whole(rng, shape) + 0.5


@dataclass(frozen=True)
class Case:
    """A pointwise operation.

    Attributes:
        name: of the operation in `ops`.
        oracle: what NumPy computes.
        domains: where each of its inputs is drawn from.
        settings: of an operation that is made by a function, `power(3)`.
    """

    name: str
    oracle: Callable[..., Any]
    domains: tuple[Callable[..., Any], ...]
    settings: tuple[Any, ...] | None = None

    def __str__(self) -> str:
        return self.name if self.settings is None else f"{self.name}{self.settings}"

    def op(self, ops):
        """The operation in the `ops` of a stage."""
        found = getattr(ops, self.name)
        return found if self.settings is None else found(*self.settings)

    def inputs(self, rng, *shapes):
        """Random inputs, one array per input; the last shape is that of all the rest."""
        shapes = (*shapes, *[shapes[-1]] * len(self.domains))
        return [np.asarray(domain(rng, shape)) for domain, shape in zip(self.domains, shapes)]


CASES = [
    Case("add", np.add, (anywhere, anywhere)),
    Case("sub", np.subtract, (anywhere, anywhere)),
    Case("mul", np.multiply, (anywhere, anywhere)),
    Case("div", np.divide, (anywhere, off_zero)),
    Case("pow", np.power, (positive, anywhere)),
    Case("power", lambda x: np.ones_like(x), (off_zero,), (0,)),
    Case("power", lambda x: x, (off_zero,), (1,)),
    Case("power", np.square, (off_zero,), (2,)),
    Case("power", lambda x: x * x * x, (off_zero,), (3.0,)),
    Case("power", lambda x: 1 / x, (off_zero,), (-1,)),
    Case("power", np.sqrt, (positive,), (0.5,)),
    Case("neg", np.negative, (anywhere,)),
    Case("absolute", np.absolute, (off_zero,)),
    Case("exp", np.exp, (anywhere,)),
    Case("log", np.log, (positive,)),
    Case("sqrt", np.sqrt, (positive,)),
    Case("sin", np.sin, (anywhere,)),
    Case("cos", np.cos, (anywhere,)),
    Case("tanh", np.tanh, (anywhere,)),
    Case("sigmoid", lambda x: 1 / (1 + np.exp(-x)), (anywhere,)),
    Case("softplus", lambda x: np.logaddexp(0.0, x), (anywhere,)),
    Case("relu", lambda x: np.maximum(x, 0.0), (off_zero,)),
    Case("leaky_relu", lambda x: np.maximum(x, 0.01 * x), (off_zero,), ()),
    Case("leaky_relu", lambda x: np.maximum(x, 0.3 * x), (off_zero,), (0.3,)),
    Case("log1p", np.log1p, (positive,)),
    Case("expm1", np.expm1, (anywhere,)),
    Case("elu", lambda x: np.where(x > 0, x, np.exp(x) - 1), (off_zero,), ()),
    Case("elu", lambda x: np.where(x > 0, x, 0.3 * np.exp(x) - 0.3), (off_zero,), (0.3,)),
    Case("silu", lambda x: x / (1 + np.exp(-x)), (anywhere,)),
    Case(
        "gelu",
        lambda x: 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))),
        (anywhere,),
    ),
    Case("clip", lambda x: np.clip(x, -1.3, 0.7), (near_whole,), (-1.3, 0.7)),
    Case("clip", lambda x: np.maximum(x, 0.5), (near_whole,), (0.5,)),
    Case("maximum", np.maximum, (near_whole, near_half)),
    Case("minimum", np.minimum, (near_whole, near_half)),
]


@dataclass(frozen=True)
class ArrayCase(Case):
    """An operation that only arrays have.

    Attributes:
        shapes: of its inputs.
    """

    shapes: tuple[tuple[int, ...], ...] = ()

    def __str__(self) -> str:
        return f"{super().__str__()} of {' and '.join(map(str, self.shapes))}"

    def inputs(self, rng, *shapes):
        """Random inputs of the shapes that the case names."""
        return super().inputs(rng, *(shapes or self.shapes))


def of_arrays(name, oracle, settings, *shapes):
    """A case whose inputs may hold any numbers."""
    return ArrayCase(name, oracle, (anywhere,) * len(shapes), settings, shapes)


def softmax(x, axis):
    """Shares of exp(x), as the textbook writes them."""
    return np.exp(x) / np.exp(x).sum(axis, keepdims=True)


def einsum(subscripts, *shapes):
    """A case of einsum."""
    return of_arrays("einsum", lambda *x: np.einsum(subscripts, *x), (subscripts,), *shapes)


ARRAY_CASES = [
    of_arrays("linear", lambda x, w, b: x @ w.T + b, None, (5, 3), (2, 3), (2,)),
    of_arrays("linear", lambda x, w, b: x @ w.T + b, None, (3,), (2, 3), (2,)),
    of_arrays("linear", lambda x, w, b: x @ w.T + b, None, (4, 0, 3), (2, 3), (2,)),
    of_arrays("linear", lambda x, w, b: x @ w.T + b, None, (4, 5, 3), (2, 3), (2,)),
    of_arrays("matmul", np.matmul, None, (2, 3), (3, 4)),
    of_arrays("matmul", np.matmul, None, (3,), (3,)),
    of_arrays("matmul", np.matmul, None, (3,), (3, 4)),
    of_arrays("matmul", np.matmul, None, (2, 3), (3,)),
    of_arrays("matmul", np.matmul, None, (5, 2, 3), (3,)),
    of_arrays("matmul", np.matmul, None, (3,), (5, 3, 2)),
    of_arrays("matmul", np.matmul, None, (5, 1, 2, 3), (4, 3, 2)),
    of_arrays("matmul", np.matmul, None, (2, 3), (4, 3, 2)),
    of_arrays("sum_over", np.sum, (), (2, 3)),
    of_arrays("sum_over", lambda x: x.sum(0), (0,), (2, 3)),
    of_arrays("sum_over", lambda x: x.sum((0, -1)), ((0, -1),), (2, 3, 4)),
    of_arrays("sum_over", lambda x: x.sum(-1, keepdims=True), (-1, True), (2, 3)),
    of_arrays("mean_over", np.mean, (), (2, 3)),
    of_arrays("mean_over", lambda x: x.mean(-1), (-1,), (2, 3)),
    of_arrays("mean_over", lambda x: x.mean((0, 2), keepdims=True), ((0, 2), True), (2, 3, 4)),
    of_arrays("reshape", lambda x: x.reshape(3, -1), ((3, -1),), (2, 3)),
    of_arrays("transpose", np.transpose, (), (2, 3, 4)),
    of_arrays("transpose", lambda x: x.transpose(2, 0, 1), ((2, 0, 1),), (2, 3, 4)),
    of_arrays("stack", lambda *x: np.stack(x), (3,), (2,), (2,), (2,)),
    of_arrays("stack", lambda *x: np.stack(x, -1), (2, -1), (2, 3), (2, 3)),
    of_arrays("concatenate", lambda *x: np.concatenate(x), (2,), (2, 3), (1, 3)),
    of_arrays("concatenate", lambda *x: np.concatenate(x, -1), (3, -1), (2, 3), (2, 0), (2, 1)),
    of_arrays("pad", lambda x: np.pad(x, 1), (1,), (2, 3)),
    of_arrays(
        "pad",
        lambda x: np.pad(x, ((0, 1), (2, 0)), constant_values=5.0),
        (((0, 1), (2, 0)), 5.0),
        (2, 3),
    ),
    of_arrays("max_over", np.max, (), (2, 3)),
    of_arrays("max_over", lambda x: x.max(1), (1,), (2, 3)),
    of_arrays("max_over", lambda x: x.max((0, -1), keepdims=True), ((0, -1), True), (2, 3, 4)),
    of_arrays("min_over", np.min, (), (2, 3)),
    of_arrays("min_over", lambda x: x.min(-2, keepdims=True), (-2, True), (2, 3)),
    of_arrays("prod_over", np.prod, (), (2, 3)),
    of_arrays("prod_over", lambda x: x.prod(0), (0,), (2, 3)),
    of_arrays("prod_over", lambda x: x.prod((2, 0), keepdims=True), ((2, 0), True), (2, 3, 4)),
    of_arrays("var_over", np.var, (), (2, 3)),
    of_arrays("var_over", lambda x: x.var(-1, ddof=1), (-1, 1), (2, 3)),
    of_arrays("var_over", lambda x: x.var((0, 2), keepdims=True), ((0, 2), 0, True), (2, 3, 4)),
    of_arrays("std_over", np.std, (), (2, 3)),
    of_arrays("std_over", lambda x: x.std(0, ddof=1), (0, 1), (3, 2)),
    of_arrays("std_over", lambda x: x.std((0, -1), keepdims=True), ((0, -1), 0, True), (2, 3, 4)),
    of_arrays("norm_over", np.linalg.norm, (), (2, 3)),
    of_arrays("norm_over", lambda x: np.linalg.norm(x, axis=-1), (-1,), (2, 3)),
    of_arrays("logsumexp_over", lambda x: np.log(np.exp(x).sum()), (), (2, 3)),
    of_arrays(
        "logsumexp_over",
        lambda x: np.log(np.exp(x).sum((0, 1), keepdims=True)),
        ((0, 1), True),
        (2, 3, 4),
    ),
    of_arrays("softmax", lambda x: softmax(x, -1), (), (2, 3)),
    of_arrays("softmax", lambda x: softmax(x, 0), (0,), (2, 3)),
    of_arrays("log_softmax", lambda x: np.log(softmax(x, -1)), (), (2, 3)),
    of_arrays("log_softmax", lambda x: np.log(softmax(x, 1)), (1,), (2, 3, 4)),
    of_arrays("cumsum", np.cumsum, (), (2, 3)),
    of_arrays("cumsum", lambda x: x.cumsum(1), (1,), (2, 3)),
    of_arrays("cumsum", lambda x: x.cumsum(-2), (-2,), (2, 3)),
    of_arrays("transpose", lambda x: x.transpose(-1, 0, 1), ((-1, 0, 1),), (2, 3, 4)),
    of_arrays("swapaxes", lambda x: x.swapaxes(0, -1), (0, -1), (2, 3, 4)),
    of_arrays("expand_dims", lambda x: x[None], (0,), (2, 3)),
    of_arrays("expand_dims", lambda x: x[:, None, :, None], ((1, -1),), (2, 3)),
    of_arrays("squeeze", np.squeeze, (), (1, 3, 1)),
    of_arrays("squeeze", lambda x: x[0], (0,), (1, 3, 1)),
    of_arrays("broadcast_to", lambda x: np.broadcast_to(x, (4, 2, 3)), ((4, 2, 3),), (2, 1)),
    of_arrays("broadcast_to", lambda x: np.broadcast_to(x, (2,)), ((2,),), ()),
    of_arrays("getitem", lambda x: x[1], ((1,),), (2, 3)),
    of_arrays("getitem", lambda x: x[..., ::-2, None], ((..., (None, None, -2), None),), (2, 3)),
    ArrayCase("where", np.where, (mask, anywhere, anywhere), None, ((2, 3), (2, 3), (3,))),
    einsum("ij,jk->ik", (2, 3), (3, 4)),
    einsum("ij,jk", (2, 3), (3, 4)),
    einsum("i,j->ij", (2,), (3,)),
    einsum("ij->ji", (2, 3)),
    einsum("ij->", (2, 3)),
    einsum("ij->j", (2, 3)),
    einsum("ii->i", (3, 3)),
    einsum("ii", (3, 3)),
    einsum("iji->j", (2, 3, 2)),
    einsum("ii,i->", (3, 3), (3,)),
    einsum("ij,ik->j", (2, 3), (2, 4)),
    einsum("ij,ij->ij", (3, 1), (3, 4)),
    einsum("ij,jk,kl->il", (2, 3), (3, 4), (4, 2)),
    einsum("...ij,...jk->...ik", (5, 1, 2, 3), (4, 3, 2)),
    einsum("...i,...i", (2, 3), (3,)),
    einsum("i...->...", (2, 3, 4)),
    einsum("b i, b i -> b", (2, 3), (2, 3)),
]
