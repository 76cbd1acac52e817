"""What a step changes beside arrays: its recording cannot be repeated as it is."""

from __future__ import annotations

from typing import Any

from microgradx.compiling.likeness import unchanged
from microgradx.compiling.places import Place
from microgradx.compiling.survey import Survey
from microgradx.compiling.tape import NotRecordable
from microgradx.compiling.undo import can_change, has_stand_ins, kept

__all__ = ["changes_of"]


def changes_of(survey: Survey, constants: list[tuple[Place, Any]]) -> list[str]:
    """What is another thing now, for an error.

    Args:
        survey: from before the step.
        constants: places, and what was there when the step began.

    Raises:
        NotRecordable: if an array of the run was put where none was before.
    """
    changes = []
    memories = [x for optimizer in survey.optimizers for x in optimizer.state.values()]
    for place, x in constants:
        try:
            now = place.get()
        except (KeyError, IndexError, ValueError):
            now = None
        if now is not x:
            changes.append(f"{place.key!r}")
            refuse_to_keep(now, f"under the name {place.key!r}")
    for holder, n in survey.lengths:
        if len(holder) != n:
            changes.append(f"the length of a {type(holder).__name__}")
            if can_change(holder) and not any(holder is x for x in memories):
                refuse_to_keep(kept(holder), f"in a {type(holder).__name__}")
    for holder, parts in survey.contents:
        if not unchanged(holder, parts):
            changes.append(f"the contents of a {type(holder).__name__}")
            refuse_to_keep([*holder], f"in a {type(holder).__name__}")
    return changes


def refuse_to_keep(x: Any, where: str) -> None:
    """Raise if arrays of this run were put somewhere else than where arrays were before."""
    if has_stand_ins(x):
        raise NotRecordable(
            f"compile() cannot repeat a step that keeps an array {where}; let the step return "
            "it, and keep it outside."
        )
