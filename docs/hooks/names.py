"""Puts onto a page what packages offer, found by importing them.

<!-- reference: vhgrad.nn -->                       every public name of a package
<!-- difference: micrograd micrograd_plus -->       how one stage's names differ from another's
"""

from __future__ import annotations

import importlib
import inspect
import re
from types import ModuleType
from typing import Any

REFERENCE = re.compile(r"^<!-- reference: (\S+) -->$", re.MULTILINE)
DIFFERENCE = re.compile(r"^<!-- difference: (\S+) (\S+) -->$", re.MULTILINE)

STAGES = ("micrograd", "micrograd_plus", "microgradx", "vhgrad")
ROOMS = {  # the pages of the reference
    "micrograd": "micrograd.md",
    "micrograd_plus": "micrograd-plus.md",
    "microgradx": "microgradx.md",
    "vhgrad.nn": "nn.md",
    "vhgrad.optim": "optim.md",
    "vhgrad.optim.lr_scheduler": "optim.md",
    "vhgrad.data": "data.md",
    "vhgrad.metrics": "metrics.md",
    "vhgrad.plot": "plot.md",
    "vhgrad.init": "init.md",
    "vhgrad.checkpoint": "checkpoint.md",
    "vhgrad.diagnosis": "diagnosis.md",
    "vhgrad.onnx": "onnx.md",
    "vhgrad.training": "training.md",
    "vhgrad": "vhgrad.md",
}


def on_page_markdown(markdown: str, **_: object) -> str:
    """Replace every directive on a page."""
    markdown = REFERENCE.sub(lambda found: reference(found[1]), markdown)
    return DIFFERENCE.sub(lambda found: difference(found[1], found[2]), markdown)


def public(module: ModuleType) -> dict[str, Any]:
    """What a module offers, by name."""
    return {name: getattr(module, name) for name in sorted(module.__all__, key=str.lower)}


def home(name: str, thing: Any) -> str:
    """The first page of the reference on which the same thing stands."""
    for room in ROOMS:
        module = importlib.import_module(room)
        if name in module.__all__ and getattr(module, name) is thing:
            return room
    raise LookupError(f"{name} stands on no page")


def reference(package: str) -> str:
    """Every public name of a package: here if this is its page, else where to find it."""
    module = importlib.import_module(package)
    here, summary, elsewhere = [], [], []
    for name, thing in public(module).items():
        if isinstance(thing, ModuleType):
            room = ROOMS.get(thing.__name__)
            if room:
                elsewhere.append(f"[`{name}`]({room})")
            continue
        room = home(name, thing)
        if room == package:
            here.append(entry(package, name, thing))
            summary.append(f"| [`{name}`](#{address(room, name, thing)}) | {in_a_line(thing)} |")
        else:
            elsewhere.append(f"[`{name}`]({ROOMS[room]}#{address(room, name, thing)})")
    overview = ["| name | in a line |", "|---|---|", *summary] if len(summary) > 3 else []
    text = "\n\n".join(["\n".join(overview), *here])
    if elsewhere:
        text += "\n\n## Also under this name\n\nDescribed where they come from: "
        text += ", ".join(elsewhere) + "."
    return text


def in_a_line(thing: Any) -> str:
    """The first line of a description, for a table."""
    own = (inspect.getdoc(thing) or "") != (inspect.getdoc(type(thing)) or "")
    line = (inspect.getdoc(thing) or "").split("\n")[0] if own else f"`{thing!r}`"
    return line.replace("|", "\\|")


def address(package: str, name: str, thing: Any) -> str:
    """The anchor of a name on its page."""
    return canonical(thing) or f"{package}.{name}"


def canonical(thing: Any) -> str:
    """Where a class or function is defined; "" for anything else."""
    if not (inspect.isclass(thing) or inspect.isfunction(thing)):
        return ""
    try:
        found = importlib.import_module(thing.__module__)
        same = getattr(found, thing.__qualname__, None) is thing
        return f"{thing.__module__}.{thing.__qualname__}" if same else ""
    except ImportError:
        return ""


def entry(package: str, name: str, thing: Any) -> str:
    """One name with its description."""
    path = canonical(thing)
    if path and inspect.getsourcelines(inspect.unwrap(thing)):
        options = "" if path.rpartition(".")[2] == name else f"\n\nHere it is called `{name}`."
        return f"::: {path}{options}"
    return f"### `{name}` {{ #{package}.{name} }}\n\n{described(thing)}"


def described(thing: Any) -> str:
    """In a line or two, what a thing is that is neither class nor function of Python."""
    doc = inspect.cleandoc(getattr(thing, "__doc__", "") or "")
    if isinstance(thing, tuple | list | dict | str | int | float):
        return f"```py\n{thing!r}\n```"
    own = "" if doc == inspect.getdoc(type(thing)) else doc
    return f"{own}\n\n```py\n{thing!r}\n```"


def signature(thing: Any) -> str:
    """How something is called, without annotations."""
    try:
        found = inspect.signature(thing)
    except (TypeError, ValueError):
        return ""
    plain = [p.replace(annotation=p.empty) for p in found.parameters.values()]
    return str(found.replace(parameters=plain, return_annotation=found.empty))


def difference(before: str, after: str) -> str:
    """Names that came, went, or are called otherwise, one stage beside the next."""
    old, new = (public(importlib.import_module(stage)) for stage in (before, after))
    came = [name for name in new if name not in old]
    went = [name for name in old if name not in new]
    other = [
        f"| `{name}` | `{name}{signature(old[name])}` | `{name}{signature(new[name])}` |"
        for name in new
        if name in old and signature(old[name]) != signature(new[name])
    ]
    text = [
        f"`{before}` offers {len(old)} names, `{after}` {len(new)}.",
        f"**New in `{after}`** ({len(came)}): " + listed(came),
        f"**Not here any more** ({len(went)}): " + listed(went),
    ]
    for name in ("Value", "Node", "MLP", "Module"):
        added = new_methods(old.get(name), new.get(name))
        if added:
            text.append(f"**New methods of `{name}`** ({len(added)}): " + listed(added))
    value, tensor = old.get("Value"), new.get("TensorValue")
    if value is not None and tensor is not None:
        added = new_methods(value, tensor)
        text.append(f"**`TensorValue` can, and `Value` cannot** ({len(added)}): " + listed(added))
    if other:
        rows = [f"| name | `{before}` | `{after}` |", "|---|---|---|", *other]
        text += ["**Called otherwise:**", "\n".join(rows)]
    return "\n\n".join(text)


def new_methods(old: Any, new: Any) -> list[str]:
    """Public methods and attributes that a class has gained."""
    if old is None or new is None:
        return []
    return sorted(name for name in set(dir(new)) - set(dir(old)) if not name.startswith("_"))


def listed(names: list[str]) -> str:
    """Names in a row, or a dash."""
    return ", ".join(f"`{name}`" for name in names) or "–"
