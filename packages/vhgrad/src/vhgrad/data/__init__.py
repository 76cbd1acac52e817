"""Everything about data: datasets and batches of stage 3, files and made-up sets, and transforms.

A transform changes a batch of inputs on its way to the model: `DataLoader(..., transform=...)`.
"""

from microgradx.data import DataLoader, Dataset, Subset, TensorDataset, collate, random_split
from microgradx.datasets import (
    CIFAR10_CLASSES,
    DatasetError,
    load_cifar10,
    load_csv,
    load_mnist,
    make_circles,
    make_moons,
    make_sine,
    make_spiral,
    make_xor,
    read_idx,
    read_npy,
)
from vhgrad.data.compose import Compose
from vhgrad.data.crop import RandomCrop, RandomShift
from vhgrad.data.flip import RandomHorizontalFlip
from vhgrad.data.normalize import Normalize
from vhgrad.data.transform import ImageTransform, Transform

__all__ = [
    "CIFAR10_CLASSES",
    "Compose",
    "DataLoader",
    "Dataset",
    "DatasetError",
    "ImageTransform",
    "Normalize",
    "RandomCrop",
    "RandomHorizontalFlip",
    "RandomShift",
    "Subset",
    "TensorDataset",
    "Transform",
    "collate",
    "load_cifar10",
    "load_csv",
    "load_mnist",
    "make_circles",
    "make_moons",
    "make_sine",
    "make_spiral",
    "make_xor",
    "random_split",
    "read_idx",
    "read_npy",
]
