"""What the package offers, by name."""

import types

import vhgrad


def test_public_names_exist_and_are_all_there_is():
    """`__all__` names everything public at the top level, each once, and no module."""
    found = {
        name
        for name, what in vars(vhgrad).items()
        if not name.startswith("_") and not isinstance(what, types.ModuleType)
    }

    assert len(vhgrad.__all__) == len(set(vhgrad.__all__))
    assert found == set(vhgrad.__all__)
    assert all(getattr(vhgrad, name).__doc__ for name in vhgrad.__all__)
