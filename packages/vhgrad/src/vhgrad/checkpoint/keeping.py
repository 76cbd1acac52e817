"""`Checkpoint`: which checkpoints of a run to write, and which to keep."""

from __future__ import annotations

import contextlib
import math
import os
from collections.abc import Mapping, Sequence
from typing import Any

from vhgrad.checkpoint import files
from vhgrad.checkpoint.checkpoints import save_checkpoint
from vhgrad.checkpoint.contents import read
from vhgrad.checkpoint.errors import CheckpointError
from vhgrad.checkpoint.folder import BEST, numbered, path_of
from vhgrad.checkpoint.paths import path_given

__all__ = ["Checkpoint"]


class Checkpoint:
    """Saves a run again and again into a folder: the last ones, and the best one so far.

    The folder gets files `step-000001.safetensors`, counted on from the highest number that is
    there, and `best.safetensors`, whose metadata say under `best` what it was chosen by. An old
    file goes only after a newer one has been read back whole.
    Instead of a folder, the name of a file, ending in `.safetensors`: there the newest is kept, and
    the best beside it under a name that ends in `.best.safetensors`.

    Args:
        path: the folder, or the file. Folders that are missing are made when first needed.
        every: save at every so many calls.
        keep_last: how many to keep; None keeps all.
        monitor: what says which is the best: a name in the history or in the metadata.
        mode: "min" if less is better, "max" if more is.

    Raises:
        ValueError: if a setting is out of range.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     checkpoint = Checkpoint(folder, keep_last=2, monitor="loss")
        ...     for loss in (0.3, 0.1, float("nan"), 0.2):
        ...         _ = checkpoint.save(metadata={"loss": loss})
        ...     sorted(os.listdir(folder))
        ['best.safetensors', 'step-000003.safetensors', 'step-000004.safetensors']
    """

    def __init__(
        self,
        path: str | bytes | os.PathLike[Any],
        *,
        every: int = 1,
        keep_last: int | None = 3,
        monitor: str | None = None,
        mode: str = "min",
    ) -> None:
        for name, value in (("every", every), ("keep_last", keep_last)):
            whole = isinstance(value, int) and not isinstance(value, bool) and value >= 1
            if not whole and not (name == "keep_last" and value is None):
                raise ValueError(
                    f"Checkpoint needs a whole number, 1 or more, as {name}, got {value!r}."
                )
        if mode not in ("min", "max"):
            raise ValueError(f"Checkpoint needs mode 'min' or 'max', got {mode!r}.")
        self.path = path_given(path)
        self.single = self.path.endswith(".safetensors") and not os.path.isdir(self.path)
        self.every, self.keep_last = every, keep_last
        self.monitor, self.mode = monitor, mode
        self.calls: int | None = None
        self.best: float | None = None

    @property
    def best_path(self) -> str:
        """Where the best one so far is, if `monitor` says what that means."""
        if self.single:
            return self.path.removesuffix(".safetensors") + ".best.safetensors"
        return os.path.join(self.path, BEST)

    def save(
        self, *, history: Any = None, metadata: Mapping[str, Any] | None = None, **parts: Any
    ) -> str | None:
        """Save, if it is time to: parts as for `save_checkpoint`.

        Returns:
            The path of the file; None where this call was not one to save at.

        Raises:
            ValueError: if neither history nor metadata have a number named `monitor`.
            OSError: as the system reports it; what was there is still there.
        """
        if self.calls is None:
            self.begin()
        self.calls = (self.calls or 0) + 1
        if self.calls % self.every:
            return None
        value = None if self.monitor is None else measured(self.monitor, history, metadata)
        parts |= {"history": history, "metadata": metadata}
        path = self.path if self.single else path_of(self.path, self.calls)
        if value is not None and self.is_better(value):  # first: a resumed run must not forget it
            noted = {**(metadata or {}), "best": {"monitor": self.monitor, "value": value}}
            save_checkpoint(self.best_path, **{**parts, "metadata": noted})
            self.best = value
        save_checkpoint(path, **parts)
        if self.keep_last is not None and not self.single:
            self.remove_old(path)
        return path

    def prepare(self, names: Sequence[str]) -> None:
        """Make the folder, before there is something to save; `fit` does this.

        Args:
            names: what will be measured.

        Raises:
            ValueError: if `monitor` is something else.
            OSError: if the folder cannot be made.
        """
        if self.monitor is not None and self.monitor not in names:
            raise not_measured(self.monitor, names)
        if self.calls is None:
            self.begin()

    def begin(self) -> None:
        """See what an earlier run left: the highest number, and the best value."""
        self.calls = 0
        files.make_folders((os.path.dirname(self.path) or ".") if self.single else self.path)
        if not self.single:
            self.calls = max(numbered(self.path), default=0)
        if self.monitor is not None:
            self.best = best_of(self.best_path, self.monitor)

    def is_better(self, value: float) -> bool:
        """Whether a value is the best so far; nan never is."""
        if math.isnan(value):
            return False
        if self.best is None:
            return True
        return value < self.best if self.mode == "min" else value > self.best

    def remove_old(self, newest: str) -> None:
        """Remove the oldest, if the newest can be read: the only good one stays.

        Another run in the same folder may have higher numbers: what was just written stays anyway.
        What that run has removed meanwhile is no loss.
        """
        paths = [path_of(self.path, number) for number in numbered(self.path)]
        old = [path for path in paths[self.keep_last :] if path != newest]
        if not old:
            return
        try:
            read(newest)
        except FileNotFoundError:
            return
        for path in old:
            with contextlib.suppress(FileNotFoundError):
                files.remove(os.path.basename(path), self.path)


def measured(monitor: str, history: Any, metadata: Mapping[str, Any] | None) -> float:
    """The number to go by: the last one in the history, or the one in the metadata."""
    found = (metadata or {}).get(monitor)
    if isinstance(history, Mapping) and history.get(monitor):
        found = history[monitor][-1]
    if found is not None:
        try:
            return float(found)
        except (TypeError, ValueError):
            kind = type(found).__name__
            raise ValueError(
                f"Checkpoint monitors {monitor!r}, which is no number: {kind}."
            ) from None
    names = [*(history if isinstance(history, Mapping) else ()), *(metadata or ())]
    raise not_measured(monitor, names)


def not_measured(monitor: str, names: Sequence[str]) -> ValueError:
    """The error about a `monitor` that is nowhere."""
    return ValueError(f"Checkpoint monitors {monitor!r}, but what was measured is {list(names)}.")


def best_of(path: str, monitor: str) -> float | None:
    """What the best file of an earlier run was chosen by; None without a good one."""
    try:
        state = read(path).state or {}
    except (OSError, CheckpointError):
        return None
    match state.get("metadata"):
        case {"best": {"monitor": name, "value": float() | int() as value}} if name == monitor:
            return None if isinstance(value, bool) or math.isnan(value) else float(value)
    return None
