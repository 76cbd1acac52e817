"""Stage 4: the framework. Everything a training script needs stands here.

Arrays and what is done with them come from stage 3, under the same names; layers, optimisers,
training and all else are stage 4's own. The parts can also be had by room: `vhgrad.nn`,
`vhgrad.optim`, `vhgrad.optim.lr_scheduler`, `vhgrad.data`, `vhgrad.metrics`, `vhgrad.init` and
`vhgrad.plot`.
"""

import typing

import microgradx
from micrograd_plus import explain
from microgradx import *
from microgradx.compiling import NotRecordable, compile
from vhgrad import data, init, later, nn, optim, random, spelling
from vhgrad.data import *
from vhgrad.nn import *
from vhgrad.nn.functional import gelu  # type: ignore[assignment]  # exact, as PyTorch's and `GELU`
from vhgrad.optim import *
from vhgrad.optim.lr_scheduler import *
from vhgrad.random import *

__version__ = "1.0.0"

# A name may come from several rooms: `Module` is stage 4's, in place of stage 3's.
__all__ = [
    "F1",
    "R2",
    "ROCAUC",
    "Accuracy",
    "BalancedAccuracy",
    "Checkpoint",
    "CheckpointError",
    "ClassificationReport",
    "ConfusionMatrix",
    "DivergenceError",
    "EarlyStopping",
    "Finding",
    "Findings",
    "History",
    "LogLoss",
    "MeanSquaredError",
    "Metric",
    "NotRecordable",
    "Precision",
    "Recall",
    "StopTraining",
    "TopKAccuracy",
    "UndefinedMetricWarning",
    "accuracy",
    "balanced_accuracy",
    "classification_report",
    "compile",
    "confusion_matrix",
    "diagnose",
    "evaluate",
    "explain",
    "export_onnx",
    "f1",
    "fit",
    "gelu",
    "generators",
    "init",
    "load",
    "load_checkpoint",
    "log_loss",
    "mean_squared_error",
    "metrics",
    "nn",
    "optim",
    "plot",
    "precision",
    "predict",
    "r2",
    "recall",
    "roc_auc",
    "save",
    "save_checkpoint",
    "summary",
    "top_k_accuracy",
]
__all__ += microgradx.__all__
__all__ += data.__all__
__all__ += nn.__all__
__all__ += optim.__all__
__all__ += optim.lr_scheduler.__all__
__all__ += random.__all__

# The other rooms open when they are first used; a type checker looks into them at once.
if typing.TYPE_CHECKING:
    from vhgrad import metrics, plot
    from vhgrad.checkpoint import *
    from vhgrad.diagnosis import *
    from vhgrad.metrics import *
    from vhgrad.nn.summary import summary
    from vhgrad.onnx import *
    from vhgrad.training import *
else:
    __getattr__ = later.opened(__name__, spelling.hinted(__name__, spelling.TOP))
__all__ = sorted(set(__all__))


def __dir__() -> list[str]:
    return sorted({*globals(), *later.ROOMS, *later.HOMES})
