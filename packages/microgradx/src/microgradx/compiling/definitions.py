"""What functions and classes lead to: by their closures, defaults, and the names in their code."""

from __future__ import annotations

import sys
from types import CodeType, FunctionType, MemberDescriptorType
from typing import TYPE_CHECKING, Any

from microgradx.compiling.places import Cell, Member
from microgradx.compiling.tape import NotRecordable

if TYPE_CHECKING:
    from microgradx.compiling.search import Search

__all__ = ["library", "look_at_function", "look_at_members", "slots"]

OURS = {"micrograd", "micrograd_plus", "microgradx", "vhgrad", "numpy"}
HIDDEN = {"__dict__", "__weakref__", "__module__", "__doc__", "__annotations__", "__qualname__"}


def look_at_function(search: Search, f: FunctionType) -> None:
    """A function: its closure, its defaults, and the globals that it names."""
    if library(f.__module__) and f is not search.step:
        return
    for cell in f.__closure__ or ():
        try:
            inside = cell.cell_contents
        except ValueError:
            continue  # nothing is there yet
        search.visit(Cell(cell), inside)
    for default in (*(f.__defaults__ or ()), *(f.__kwdefaults__ or {}).values()):
        search.visit(None, default)
    if "globals" in names_in(f.__code__):
        raise NotRecordable("compile() cannot follow globals(); write the name itself.")
    for name in sorted(names_in(f.__code__)):
        search.names.add(name)
        if name in sys.modules:  # it may be imported by the function
            search.visit(None, sys.modules[name])
        if name in f.__globals__:
            search.item(f.__globals__, name, watched=True)


def look_at_members(search: Search, owner: Any, names: Any = None) -> None:
    """What a class of the user's defines under these names, or under all."""
    kind = owner if isinstance(owner, type) else type(owner)
    for cls in kind.__mro__:
        if library(cls.__module__):
            continue
        for name, member in list(vars(cls).items()):
            if name in HIDDEN or isinstance(member, MemberDescriptorType):
                continue
            implied = name.startswith("__")  # called by signs: x[k], x(y), x + y
            if (names is None or implied or name in names) and search.new(cls, ("member", name)):
                inner = getattr(member, "fget", getattr(member, "__func__", member))
                search.visit(Member(cls, name), member)
                if inner is not member:
                    search.visit(None, inner)


def names_in(code: CodeType) -> set[str]:
    """All names that a function's code mentions, also within functions defined inside of it."""
    found = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            found |= names_in(constant)
    return found


def library(module: str | None) -> bool:
    """Whether a module is known to hold no arrays of the user's."""
    root = (module or "").partition(".")[0]
    return root in OURS or (root in sys.stdlib_module_names and root != "__main__")


def slots(kind: type) -> set[str]:
    """The attributes of a user's class that lie in no dict."""
    return {
        name
        for cls in kind.__mro__
        if not library(cls.__module__)
        for name, member in vars(cls).items()
        if isinstance(member, MemberDescriptorType)
    }
