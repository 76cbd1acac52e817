"""The lines of one call: the result comes into a buffer, a variable, or is a view made now."""

from __future__ import annotations

from typing import Any

import numpy as np

from microgradx.compiling.draft import Draft
from microgradx.compiling.lines import into, new_array, number
from microgradx.compiling.operations import has_out, is_entrywise, is_written_into, may_give_up
from microgradx.compiling.sharing import is_view, same_layout
from microgradx.compiling.simplify import Calls
from microgradx.compiling.storage import Pool
from microgradx.compiling.tape import GUARD, NUMBER, Call, Var, flat

__all__ = ["write_call"]


def write_call(draft: Draft, call: Call, calls: Calls, pool: Pool, ending: list[Var]) -> None:
    """Write what a call takes; if its result is a view of what stays where it is, nothing at all.

    Args:
        draft: where to.
        call: one of `calls`.
        calls: all of them.
        pool: memory for the result.
        ending: the quantities that are read for the last time by it.
    """
    text, result = draft.text, call.result
    arguments, settings = draft.operand(call.arguments), draft.operand(call.settings)
    if call.kind == GUARD:
        other = "not " if result.value else ""
        draft.write(f"if {other}{text.name(arguments[0])}: return GAVE_UP")
    elif call.kind == NUMBER:
        name = draft.variable("n", result)
        draft.write(f"{name} = {number(text, call.function, arguments)}")
    elif not has_out(call):
        view = stays(call, arguments, settings)
        if view is not None:
            draft.places[result] = view
        else:
            write_new_array(draft, call, arguments, settings)
    else:
        if result not in draft.places:
            pool.take_back(replaceable(call, calls, pool, ending))
            draft.places[result] = pool.lend(result)
        draft.lines += into(text, draft.places[result], call, arguments, settings)


def stays(call: Call, arguments: Any, settings: Any) -> Any:
    """The result, if it is a view of an array that is there already."""
    if is_view(call) and all(not isinstance(x, str) for x in flat((arguments, settings))):
        view = call.function(*arguments, **settings)
        if view.shape == call.result.value.shape and np.may_share_memory(view, arguments[0]):
            return view
    return None


def write_new_array(draft: Draft, call: Call, arguments: Any, settings: Any) -> None:
    """A call that makes an array of its own; its shape may be another one in every run."""
    text, value = draft.text, call.result.value
    name = draft.variable("v", call.result)
    draft.write(f"{name} = {new_array(text, call.function, arguments, settings)}")
    if may_give_up(call):
        other = f"{name}.shape != {value.shape!r} or {name}.dtype != {text.name(value.dtype)}"
        draft.write(f"if {other}: return GAVE_UP")


def replaceable(call: Call, calls: Calls, pool: Pool, ending: list[Var]) -> list[Var]:
    """The input in whose place the result may come: nobody reads it after this call."""
    inputs = calls.inputs(call)
    if is_written_into(call):
        inputs = inputs[:1]
    elif not is_entrywise(call):
        inputs = []
    return [
        var
        for var in inputs
        if var in ending and var in pool.lent and same_layout(var.value, call.result.value)
    ][:1]
