"""Data on its way to a model: datasets, how they are split, and batches in a reproducible order.

Everything here is plain NumPy; the engine of this stage is not needed to load data.
"""

from microgradx.data.dataset import Dataset, TensorDataset, collate
from microgradx.data.loader import DataLoader
from microgradx.data.split import Subset, random_split

__all__ = ["DataLoader", "Dataset", "Subset", "TensorDataset", "collate", "random_split"]
