"""The same seed gives the same bytes: run after run, in another process, with other hashing."""

import hashlib
import os
import subprocess
import sys

import pytest

import vhgrad
from vhgrad.random import default_generator, get_rng_state, manual_seed, set_rng_state

WEIGHTS = """
import hashlib
import vhgrad

vhgrad.manual_seed(42)
model = vhgrad.Sequential(vhgrad.Linear(6, 5), vhgrad.ReLU(), vhgrad.MLP(5, [4, 2]))
parts = list(model.named_parameters())
print(hashlib.sha256(b"".join(n.encode() + p.data.tobytes() for n, p in parts)).hexdigest())
"""


@pytest.mark.parametrize("hash_seed", ["0", "1", "random"])
def test_another_process_draws_the_same_weights(hash_seed):
    """Neither the process nor the order of hashes has a say in the weights."""
    vhgrad.manual_seed(42)
    model = vhgrad.Sequential(vhgrad.Linear(6, 5), vhgrad.ReLU(), vhgrad.MLP(5, [4, 2]))
    data = b"".join(n.encode() + p.data.tobytes() for n, p in model.named_parameters())
    there = subprocess.run(
        [sys.executable, "-c", WEIGHTS],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )

    assert hashlib.sha256(data).hexdigest() == there.stdout.strip()


def test_the_default_stream_goes_on_from_a_saved_state():
    """What was drawn after the state was read is drawn again."""
    manual_seed(1)
    default_generator().random(5)
    state = get_rng_state()
    expected = default_generator().random(5).tolist()
    manual_seed(2)
    set_rng_state(state)

    assert expected == default_generator().random(5).tolist()


def test_a_wrong_state_leaves_the_default_stream():
    """A state that does not fit is refused whole."""
    before = get_rng_state()

    with pytest.raises(ValueError, match="needs a state"):
        set_rng_state({"state": 1})
    assert before == get_rng_state()
