"""What things consist of, kind by kind; some kinds nobody could watch, and they are refused."""

from __future__ import annotations

import array
import contextvars
import functools
import random
import weakref
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from micrograd.graph import Node
from micrograd.module import Module
from micrograd_plus import Optimizer
from microgradx.compiling.definitions import library, look_at_function, look_at_members
from microgradx.compiling.memories import look_at_optimizer
from microgradx.compiling.tape import NotRecordable
from microgradx.tensor import TensorValue

if TYPE_CHECKING:
    from microgradx.compiling.search import Search

__all__ = ["PLAIN", "look_inside"]

PLAIN = (int, float, str, bytes, bool, type(None), np.dtype)
BYTES = (bytearray, memoryview, array.array)


def look_inside(search: Search, x: Any, watched: bool) -> None:
    """Look at what `x` consists of; the first line that fits counts."""
    refuse(x)
    if isinstance(x, Node):
        if isinstance(x, TensorValue) and not x.inputs:
            search.survey.tensors.append(x)
    elif isinstance(x, FunctionType):
        look_at_function(search, x)
    elif isinstance(x, MethodType):
        visit_all(search, (x.__self__, x.__func__))
    elif isinstance(x, functools.partial):
        visit_all(search, (x.func, *x.args, *x.keywords.values()))
    elif isinstance(x, dict):
        look_into_dict(search, x, watched)
    elif isinstance(x, list):
        look_into_list(search, x, watched)
    elif isinstance(x, tuple | frozenset):
        visit_all(search, x)
    elif isinstance(x, set | deque):
        search.survey.contents.append((x, tuple(x)))
        visit_all(search, x)
    elif isinstance(x, BYTES):
        search.survey.contents.append((x, tuple(x)))
    elif isinstance(x, Mapping | Sequence) and library(type(x).__module__):
        for name in getattr(x, "__dict__", ()):
            search.item(vars(x), name, watched)
    elif "__wrapped__" in getattr(x, "__dict__", ()):  # by functools.lru_cache and its like
        search.visit(None, x.__wrapped__)
    elif isinstance(x, weakref.ref):
        search.visit(None, x())
    elif isinstance(x, Optimizer):
        look_at_optimizer(search, x)
        look_at_members(search, x)  # one's own formula
    else:
        look_at_attributes(search, x)


def look_at_attributes(search: Search, x: Any) -> None:
    """All attributes of a layer; of other things, those that are named somewhere."""
    if isinstance(x, Module):
        search.survey.lengths.append((vars(x), len(vars(x))))
        for name in list(vars(x)):
            search.item(vars(x), name, watched=True)
        look_at_members(search, x)
    elif isinstance(x, ModuleType):
        if not library(x.__name__):
            search.partly.append((vars(x), x))
    elif isinstance(x, type):
        if not library(x.__module__):
            search.partly.append(({}, x))
    elif hasattr(x, "func") and type(x).__module__.startswith("microgradx.compiling"):
        search.visit(None, x.func)
    elif not isinstance(x, BuiltinFunctionType) and (
        hasattr(x, "__dict__") or not library(type(x).__module__)
    ):
        attributes = getattr(x, "__dict__", {})
        search.survey.lengths.append((attributes, len(attributes)))
        search.partly.append((attributes, x))


def visit_all(search: Search, parts: Any) -> None:
    """Things that stay where they are, as long as what they belong to does."""
    for part in parts:
        search.visit(None, part)


def look_into_dict(search: Search, x: dict[Any, Any], watched: bool) -> None:
    """Keys, and items."""
    search.survey.lengths += [(x, len(x))] if watched else []
    for key in list(x):
        search.visit(None, key)
        search.item(x, key, watched)


def look_into_list(search: Search, x: list[Any], watched: bool) -> None:
    """Items; a list of numbers, which may be long, is compared as a whole."""
    if all(isinstance(part, PLAIN) for part in x):
        search.survey.contents.append((x, tuple(x)))
    else:
        search.survey.lengths += [(x, len(x))] if watched else []
        for k in range(len(x)):
            search.item(x, k, watched)


def refuse(x: Any) -> None:
    """Raise if nobody could see whether `x` is as it was, or repeat what it does."""
    if isinstance(x, np.random.RandomState | random.Random):
        raise NotRecordable(
            f"compile() cannot repeat the draws of a {type(x).__module__}.{type(x).__name__}; "
            "draw from a numpy.random.Generator."
        )
    if isinstance(x, contextvars.ContextVar):
        raise NotRecordable("compile() cannot watch a ContextVar; hand in what is in it.")
    if isinstance(x, Iterator):
        raise NotRecordable(
            f"compile() cannot go on in a {type(x).__name__} from step to step; take what it "
            "gives outside of the step and hand it in."
        )
