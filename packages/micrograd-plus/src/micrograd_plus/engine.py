"""The classic import path: `from micrograd_plus.engine import Value`."""

from micrograd_plus.value import Value

__all__ = ["Value"]
