"""Stage 1, `micrograd`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from frameworks.scalars import Scalars
from micrograd import Value


def training(network: str, arrays: dict[str, Any]) -> Callable[[], float]:
    """A step."""
    return Scalars(Value, arrays).step
