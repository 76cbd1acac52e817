"""The four packages in stage order, and what stands in their `pyproject.toml`."""

import tomllib
from pathlib import Path

__all__ = ["ROOT", "STAGES", "folder", "metadata", "module", "upto", "version"]

ROOT = Path(__file__).resolve().parent.parent
STAGES = ("micrograd", "micrograd-plus", "microgradx", "vhgrad")


def upto(stage: str) -> tuple[str, ...]:
    """`stage` and every stage below it, lowest first."""
    return STAGES[: STAGES.index(stage) + 1]


def folder(stage: str) -> Path:
    """Where a stage lies in the checkout."""
    return ROOT / "packages" / stage


def module(stage: str) -> str:
    """The import name of a stage, which is also how its files are called."""
    return stage.replace("-", "_")


def metadata(stage: str) -> dict:
    """The `[project]` table of a stage."""
    return tomllib.loads((folder(stage) / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def version() -> str:
    """The version that all four have."""
    return metadata(STAGES[0])["version"]
