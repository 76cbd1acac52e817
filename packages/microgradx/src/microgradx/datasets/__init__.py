"""Data to learn from: small made-up sets, and MNIST and CIFAR-10 from files or a download."""

from microgradx.datasets.cifar import CIFAR10_CLASSES, load_cifar10
from microgradx.datasets.mnist import load_mnist
from microgradx.datasets.opening import DatasetError
from microgradx.datasets.synthetic import make_circles, make_moons, make_spiral, make_xor

__all__ = [
    "CIFAR10_CLASSES",
    "DatasetError",
    "load_cifar10",
    "load_mnist",
    "make_circles",
    "make_moons",
    "make_spiral",
    "make_xor",
]
