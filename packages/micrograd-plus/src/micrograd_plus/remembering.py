"""What an optimiser remembers, as plain data, and the check of plain data before it is taken back.

Every check adds to a list of problems, so that one error can name them all.
"""

from __future__ import annotations

import copy
from typing import Any

__all__ = ["plain", "saved_groups", "saved_memories"]

# By which setting a state can be told whose it is, at all stages; PyTorch's have the same.
TELLING = {"dampening": "SGD", "betas": "Adam or AdamW", "alpha": "RMSprop"}


def plain(x: Any) -> Any:
    """A copy in which dicts have text as keys, and lists stand for tuples."""
    if isinstance(x, dict):
        return {str(key): plain(part) for key, part in x.items()}
    if isinstance(x, list | tuple):
        return [plain(part) for part in x]
    return copy.deepcopy(x)


def saved_groups(optimizer: Any, state: Any, problems: list[str]) -> list[dict[str, Any]]:
    """The settings of each group, checked; with tuples again where lists stood for them."""
    groups = state.get("param_groups") if isinstance(state, dict) else None
    if not isinstance(groups, list | tuple) or not all(isinstance(g, dict) for g in groups):
        problems.append("expected 'param_groups', a list of dicts")
        return []
    if len(groups) != len(optimizer.param_groups):
        problems.append(
            f"it has {len(groups)} parameter groups, this optimiser {len(optimizer.param_groups)}"
        )
        return []
    found: list[dict[str, Any]] = []
    first = 0
    for k, (saved, group) in enumerate(zip(groups, optimizer.param_groups)):
        expected = list(range(first, first + len(group["params"])))
        first += len(expected)
        members = saved.get("params")
        if not isinstance(members, list | tuple) or len(members) != len(expected):
            size = len(members) if isinstance(members, list | tuple) else "no"
            problems.append(f"group {k} has {size} parameters, this optimiser {len(expected)}")
        elif list(members) != expected:
            problems.append(f"group {k} numbers its parameters {members}, expected {expected}")
        settings = {
            name: tuple(plain(x)) if isinstance(x, list | tuple) else plain(x)
            for name, x in saved.items()
            if name != "params"
        }
        missing = [name for name in optimizer.defaults if name not in settings]
        if missing:
            owner = next((TELLING[name] for name in TELLING if name in settings), None)
            if k == 0 and owner is not None and optimizer.name not in owner.split(" or "):
                problems.append(f"it is a state of {owner}, make that optimiser to load it")
            problems.append(f"group {k} lacks {', '.join(missing)}")
        else:
            try:
                optimizer.check(settings)
            except (TypeError, ValueError) as error:
                problems.append(f"group {k}: {error}".rstrip("."))
        found.append(settings)
    return found


def saved_memories(optimizer: Any, state: Any, problems: list[str]) -> list[dict[str, Any]]:
    """What is remembered of each parameter, checked; nothing of those that are not mentioned."""
    memories = state.get("state") if isinstance(state, dict) else None
    if not isinstance(memories, dict):
        problems.append("expected 'state', a dict by the numbers of parameters")
        return []
    memories = {str(number): memory for number, memory in memories.items()}
    unknown = memories.keys() - set(map(str, range(len(optimizer.state))))
    if unknown:
        problems.append(f"there is no parameter {', '.join(sorted(unknown))}")
    found = []
    for number, p in enumerate(optimizer.state):
        memory = memories.get(str(number), {})
        try:
            if not isinstance(memory, dict):
                raise ValueError(f"expected a dict, got {type(memory).__name__}")
            found.append(optimizer.restored(p, memory))
        except (TypeError, ValueError) as error:
            problems.append(f"parameter {number}: {error}".rstrip("."))
    return found
