"""Optimisers for arrays: SGD as at stage 2, and Adam.

An optimiser is one formula. `blocks` and `together` call the same formula where it is fastest: on
parts of a large parameter that fit the cache, and on many small parameters as if they were one.
"""

from microgradx.optim.adam import Adam
from microgradx.optim.optimizer import Optimizer
from microgradx.optim.sgd import SGD

__all__ = ["SGD", "Adam", "Optimizer"]
