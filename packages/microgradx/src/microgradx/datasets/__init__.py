"""Data to learn from: small made-up sets, MNIST and CIFAR-10, and readers for files of your own."""

from microgradx.datasets.cifar import CIFAR10_CLASSES, load_cifar10
from microgradx.datasets.csv import load_csv
from microgradx.datasets.idx import read_idx
from microgradx.datasets.mnist import load_mnist
from microgradx.datasets.npy import read_npy
from microgradx.datasets.opening import DatasetError
from microgradx.datasets.synthetic import (
    make_circles,
    make_moons,
    make_sine,
    make_spiral,
    make_xor,
)

__all__ = [
    "CIFAR10_CLASSES",
    "DatasetError",
    "load_cifar10",
    "load_csv",
    "load_mnist",
    "make_circles",
    "make_moons",
    "make_sine",
    "make_spiral",
    "make_xor",
    "read_idx",
    "read_npy",
]
