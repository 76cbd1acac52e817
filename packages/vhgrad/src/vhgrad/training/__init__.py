"""Training: `fit`, what it returns, and what it is made of."""

from vhgrad.training.callbacks import StopTraining
from vhgrad.training.divergence import DivergenceError
from vhgrad.training.early_stopping import EarlyStopping
from vhgrad.training.evaluation import evaluate, predict
from vhgrad.training.generators import generators
from vhgrad.training.history import History
from vhgrad.training.loop import fit

__all__ = [
    "DivergenceError",
    "EarlyStopping",
    "History",
    "StopTraining",
    "evaluate",
    "fit",
    "generators",
    "predict",
]
