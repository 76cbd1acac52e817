"""Examples in docstrings that draw are left out where matplotlib, an extra, is not installed."""

from importlib.util import find_spec

collect_ignore = [] if find_spec("matplotlib") else ["src/vhgrad/plot"]
