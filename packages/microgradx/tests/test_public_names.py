"""What the package offers, by name."""

import types

import microgradx


def test_public_names_exist_and_are_all_there_is():
    """`__all__` names everything public at the top level, each once, and no module."""
    found = {
        name
        for name, what in vars(microgradx).items()
        if not name.startswith("_") and not isinstance(what, types.ModuleType)
    }

    assert len(microgradx.__all__) == len(set(microgradx.__all__))
    assert found == set(microgradx.__all__)
    assert all(getattr(microgradx, name).__doc__ for name in microgradx.__all__)
