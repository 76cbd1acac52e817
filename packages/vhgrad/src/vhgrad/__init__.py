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
from vhgrad import (
    checkpoint,
    data,
    diagnosis,
    init,
    metrics,
    nn,
    onnx,
    optim,
    plot,
    random,
    spelling,
    training,
)
from vhgrad.checkpoint import *
from vhgrad.data import *
from vhgrad.diagnosis import *
from vhgrad.metrics import *
from vhgrad.nn import *
from vhgrad.nn.functional import gelu  # type: ignore[assignment]  # exact, as PyTorch's and `GELU`
from vhgrad.nn.summary import summary
from vhgrad.onnx import *
from vhgrad.optim import *
from vhgrad.optim.lr_scheduler import *
from vhgrad.random import *
from vhgrad.training import *

__version__ = "1.0.0"

# A name may come from several rooms: `Module` is stage 4's, in place of stage 3's.
__all__ = [
    "NotRecordable",
    "compile",
    "explain",
    "gelu",
    "init",
    "metrics",
    "nn",
    "optim",
    "plot",
    "summary",
]
__all__ += microgradx.__all__
__all__ += checkpoint.__all__
__all__ += data.__all__
__all__ += diagnosis.__all__
__all__ += metrics.__all__
__all__ += nn.__all__
__all__ += onnx.__all__
__all__ += optim.__all__
__all__ += optim.lr_scheduler.__all__
__all__ += random.__all__
__all__ += training.__all__
__all__ = sorted(set(__all__))

if not typing.TYPE_CHECKING:  # a type checker knows all names, and should
    __getattr__ = spelling.hinted(__name__, spelling.TOP)
