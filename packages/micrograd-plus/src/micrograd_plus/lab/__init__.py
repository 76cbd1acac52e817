"""The misconception lab: engines that are wrong on purpose, to be looked at and to be caught.

Each stands for something that people believe. None of them patches the real engine: they are
subclasses of `Value` that replace one of its seams (`accumulate`, `backward`, an operation).
Read the sources; they are short.
"""

from __future__ import annotations

from micrograd_plus.lab.collection import Collection
from micrograd_plus.lab.habits import HABITS
from micrograd_plus.lab.misconception import Misconception
from micrograd_plus.lab.orders import ORDERS
from micrograd_plus.lab.rules import RULES

__all__ = ["Misconception", "collection", "find", "names", "show"]

collection = Collection(*ORDERS, *RULES, *HABITS)
find, names, show = collection.find, collection.names, collection.show
