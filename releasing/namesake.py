"""Beside the original `micrograd`, whose import name is ours too: nothing breaks silently."""

from pathlib import Path

from environments import Environment
from installing import SMOKE

__all__ = ["after_original", "before_original", "replaced_original"]

ORIGINAL = "micrograd==0.1.0"
ERROR = "ImportError: micrograd_plus needs its own first stage"


def replaced_original(release: list[Path], environment: Environment) -> None:
    """The files of a release have the original's name and a later version: pip replaces it."""
    environment.install(ORIGINAL)
    environment.install(*release)
    environment.run(SMOKE, "vhgrad")


def after_original(registry: list[Path], environment: Environment) -> None:
    """From the index, stage 1 is a package of its own; its modules lie over the original's.

    When the original goes, it takes the modules that it knows along; the guard says so.
    """
    environment.install(ORIGINAL)
    environment.install(*registry)
    environment.run(SMOKE, "vhgrad")
    repaired(registry, environment)


def before_original(registry: list[Path], environment: Environment) -> None:
    """Installed later, the original overwrites our modules while pip reports no conflict."""
    environment.install(*registry)
    environment.install(ORIGINAL)
    environment.pip("check")
    for stage in ("micrograd_plus", "microgradx", "vhgrad"):
        said = environment.refusal("-c", f"import {stage}")
        assert said.startswith(ERROR), f"import {stage}: {said}"
    repaired(registry, environment)


def repaired(registry: list[Path], environment: Environment) -> None:
    """Without the original there is an error that names two commands, and they repair it."""
    environment.pip("uninstall", "--yes", "micrograd")
    said = environment.refusal("-c", "import vhgrad")
    assert said.startswith(ERROR), said
    assert "`pip uninstall micrograd`" in said, said
    assert "--force-reinstall" in said, said
    environment.install("--force-reinstall", "--no-deps", *registry)
    environment.run(SMOKE, "vhgrad")
