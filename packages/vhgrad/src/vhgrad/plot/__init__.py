"""Pictures of what a model does. Every function returns a matplotlib `Figure`; nothing is shown.

Save one with `figure.savefig("name.png")`; a notebook shows it by itself. matplotlib comes with the
extra `vhgrad[plot]` and is imported when the first picture is made.
"""

from vhgrad.plot.boundary import decision_boundary
from vhgrad.plot.confusion import confusion_matrix
from vhgrad.plot.digits import digit_grid

__all__ = ["confusion_matrix", "decision_boundary", "digit_grid"]
