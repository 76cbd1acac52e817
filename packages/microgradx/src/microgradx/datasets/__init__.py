"""Data to learn from: small made-up sets in two dimensions, and MNIST from files or a download."""

from microgradx.datasets.files import DatasetError
from microgradx.datasets.mnist import load_mnist
from microgradx.datasets.synthetic import make_circles, make_moons, make_spiral, make_xor

__all__ = [
    "DatasetError",
    "load_mnist",
    "make_circles",
    "make_moons",
    "make_spiral",
    "make_xor",
]
