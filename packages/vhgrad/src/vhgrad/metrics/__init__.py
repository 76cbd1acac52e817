"""How good are predictions? Targets first; names and numbers as in scikit-learn.

Each metric is a function of all examples at once, and a class that takes them batch by batch:
`f1(y_true, y_pred)` and `F1()` with `update`, `compute` and `reset`.
"""

from vhgrad.metrics.accuracies import Accuracy, BalancedAccuracy, accuracy, balanced_accuracy
from vhgrad.metrics.confusion import ConfusionMatrix, confusion_matrix
from vhgrad.metrics.metric import Metric, UndefinedMetricWarning
from vhgrad.metrics.precision_recall import F1, Precision, Recall, f1, precision, recall
from vhgrad.metrics.regression import R2, MeanSquaredError, mean_squared_error, r2
from vhgrad.metrics.report import ClassificationReport, classification_report
from vhgrad.metrics.roc import ROCAUC, roc_auc
from vhgrad.metrics.surprise import LogLoss, log_loss
from vhgrad.metrics.top_k import TopKAccuracy, top_k_accuracy

__all__ = [
    "F1",
    "R2",
    "ROCAUC",
    "Accuracy",
    "BalancedAccuracy",
    "ClassificationReport",
    "ConfusionMatrix",
    "LogLoss",
    "MeanSquaredError",
    "Metric",
    "Precision",
    "Recall",
    "TopKAccuracy",
    "UndefinedMetricWarning",
    "accuracy",
    "balanced_accuracy",
    "classification_report",
    "confusion_matrix",
    "f1",
    "log_loss",
    "mean_squared_error",
    "precision",
    "r2",
    "recall",
    "roc_auc",
    "top_k_accuracy",
]
