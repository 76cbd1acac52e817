"""What `import micrograd_plus` offers, and nothing more."""

import importlib
import pkgutil
import types

import pytest

import micrograd_plus

MODULES = [
    "micrograd_plus",
    *(f"micrograd_plus.{m.name}" for m in pkgutil.iter_modules(micrograd_plus.__path__)),
]


def test_public_names_are_those_of_all():
    """Whatever the package shows without an underscore stands in `__all__`, and is there."""
    shown = {
        name
        for name, thing in vars(micrograd_plus).items()
        if not name.startswith("_") and not isinstance(thing, types.ModuleType)
    }

    assert sorted(micrograd_plus.__all__) == sorted(shown)


@pytest.mark.parametrize("name", MODULES)
def test_every_module_says_what_it_offers(name):
    """`__all__` has no repeats, and all its names exist."""
    module = importlib.import_module(name)

    assert len(module.__all__) == len(set(module.__all__))
    assert [] == [public for public in module.__all__ if not hasattr(module, public)]


@pytest.mark.parametrize("name", MODULES)
def test_every_module_and_public_name_is_explained(name):
    """A docstring for each."""
    module = importlib.import_module(name)
    things = [module, *(getattr(module, public) for public in module.__all__)]

    assert [] == [thing for thing in things if not thing.__doc__]


def test_a_star_import_works():
    """As in a notebook."""
    names = {}
    exec("from micrograd_plus import *", names)

    assert set(micrograd_plus.__all__) <= set(names)
