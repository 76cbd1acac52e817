"""The command `vhgrad`: train, evaluate, predict, inspect."""

from vhgrad.cli.main import main, program

__all__ = ["main", "program"]
