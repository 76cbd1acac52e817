"""Pictures of what a model does. Every function returns a figure; nothing is shown.

`plot.save(figure, "name.png")` writes one; a notebook shows it by itself. matplotlib comes with the
extra `vhgrad[plot]` and is imported when the first picture is made.
"""

from vhgrad.plot.boundary import decision_boundary
from vhgrad.plot.confusion import confusion_matrix
from vhgrad.plot.curves import training_curves
from vhgrad.plot.figures import alt_text, save
from vhgrad.plot.images import image_grid
from vhgrad.plot.modules import model_graph
from vhgrad.plot.weights import first_layer

__all__ = [
    "alt_text",
    "confusion_matrix",
    "decision_boundary",
    "first_layer",
    "image_grid",
    "model_graph",
    "save",
    "training_curves",
]
