"""Rooms that `import vhgrad` leaves closed: each opens when one of its names is first asked for.

Together they are a third of what there is to import, and a script that predicts needs none of
them. `from vhgrad import save`, `vhgrad.save` and `vhgrad.checkpoint.save` all open the room.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

__all__ = ["HOMES", "ROOMS", "opened"]

# what stands at the top, by room; a test compares it with each room's `__all__`
ROOMS: Mapping[str, list[str]] = {
    "checkpoint": [
        *("Checkpoint", "CheckpointError", "load", "load_checkpoint", "save", "save_checkpoint")
    ],
    "diagnosis": ["Finding", "Findings", "diagnose"],
    "metrics": [
        *("Accuracy", "BalancedAccuracy", "ClassificationReport", "ConfusionMatrix", "F1"),
        *("LogLoss", "MeanSquaredError", "Metric", "Precision", "R2", "ROCAUC", "Recall"),
        *("TopKAccuracy", "UndefinedMetricWarning", "accuracy", "balanced_accuracy"),
        *("classification_report", "confusion_matrix", "f1", "log_loss", "mean_squared_error"),
        *("precision", "r2", "recall", "roc_auc", "top_k_accuracy"),
    ],
    "nn.summary": ["summary"],
    "onnx": ["export_onnx"],
    "plot": [],  # its names are short and would mislead at the top: `save`, `first_layer`
    "training": [
        *("DivergenceError", "EarlyStopping", "History", "StopTraining"),
        *("evaluate", "fit", "generators", "predict"),
    ],
}
HOMES = {name: room for room, names in ROOMS.items() for name in names}


def opened(package: str, otherwise: Callable[[str], Any]) -> Callable[[str], Any]:
    """The `__getattr__` of a package that opens its rooms late (PEP 562).

    Args:
        package: the name of the package.
        otherwise: is asked for all other names.

    Source:
        PEP 562, Module `__getattr__` and `__dir__` (2017).

    Example:
        >>> import vhgrad
        >>> vhgrad.accuracy is vhgrad.metrics.accuracy
        True
    """

    def __getattr__(name: str) -> Any:
        if name in ROOMS:
            return import_module(f"{package}.{name}")
        if name not in HOMES:
            return otherwise(name)
        found = getattr(import_module(f"{package}.{HOMES[name]}"), name)
        setattr(sys.modules[package], name, found)  # the next time, Python finds it by itself
        return found

    return __getattr__
