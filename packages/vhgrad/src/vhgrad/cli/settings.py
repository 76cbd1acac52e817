"""What a run is: from the command line, a file of settings, and the table of tasks.

An option on the command line wins over the file, the file over the task's own setting.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vhgrad.checkpoint.paths import path_given
from vhgrad.cli.tasks import TASKS
from vhgrad.cli.values import READERS

__all__ = ["Settings", "SettingsError", "chosen", "from_file"]


class SettingsError(ValueError):
    """A file of settings is wrong; the message is for the user."""


@dataclass(frozen=True)
class Settings:
    """The same settings give the same result.

    Attributes:
        task: a name in the table.
        samples: how many to train on; None is all.
        epochs: how often to go through them.
        batch_size: samples per step.
        lr: learning rate at the start, or at its highest.
        optimizer: what moves the parameters.
        schedule: how the rate goes on.
        seed: of weights, order and made-up data.
    """

    task: str
    samples: int | None
    epochs: int
    batch_size: int
    lr: float
    optimizer: str
    schedule: str
    seed: int


def chosen(task: str, wishes: Mapping[str, Any]) -> Settings:
    """The settings of a run; what is not wished for is the task's own.

    A step for every hundredth of the samples, or every ten, teaches more from few of them.

    Raises:
        SettingsError: if the task has fewer samples than are asked for.
    """
    row = TASKS[task]
    wanted = {name: value for name, value in wishes.items() if value is not None}
    samples = wanted.get("samples", row.samples)
    if samples is not None and samples > row.most_samples:
        raise SettingsError(f"--samples: {task} has at most {row.most_samples:,}, got {samples:,}")
    few = row.batch_size if samples is None else max(10, samples // 100)
    usual: dict[str, Any] = {
        "samples": row.samples,
        "epochs": row.epochs,
        "batch_size": min(row.batch_size, few) if row.images else row.batch_size,
        "lr": row.lr,
        "optimizer": "adam",
        "schedule": "cosine",
        "seed": 0,
    }
    return Settings(task=task, **{name: wanted.get(name, usual[name]) for name in usual})


def from_file(path: str) -> dict[str, Any]:
    """The wishes in a TOML file, each checked as on the command line.

    Raises:
        SettingsError: with file and line.
    """
    try:
        text = Path(path_given(path)).read_text(encoding="utf-8-sig")  # Notepad writes a mark first
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise SettingsError(f"{path or repr(path)}: {reason}") from None
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        place = line[1] if line else text.count("\n") + 1
        raise SettingsError(f"{path}:{place}: {error}") from None
    wishes: dict[str, Any] = {}
    for name, value in found.items():
        key = name.replace("-", "_")
        if key not in READERS:
            known = ", ".join(sorted(READERS))
            raise SettingsError(
                f"{path}:{line_of(text, name)}: no setting {name!r}; there is {known}"
            )
        try:
            if isinstance(value, bool | list | dict):
                raise ValueError(f"needs one value, got {value!r}")
            wishes[key] = READERS[key](str(value))
        except ValueError as error:
            raise SettingsError(f"{path}:{line_of(text, name)}: {name} {error}") from None
    return wishes


def line_of(text: str, name: str) -> int:
    """The line in which a setting stands."""
    for number, line in enumerate(text.splitlines(), start=1):
        if re.match(rf"\s*\[?[\"']?{re.escape(name)}\b", line):
            return number
    return 1
