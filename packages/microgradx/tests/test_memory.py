"""Training leaves nothing behind: graphs are freed without Python's collector."""

import gc
import tracemalloc

import numpy as np
import pytest

from microgradx import MLP, SGD, Adam, cross_entropy


@pytest.fixture
def no_collector():
    """Python's collector off, and on again afterwards."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize("optimizer", [SGD, Adam])
def test_3000_steps_leave_memory_flat(optimizer, no_collector):
    """After 3,000 more steps as many bytes are in use as before, and there is no garbage."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(20, 2)), rng.integers(3, size=20)
    model = MLP(2, [8, 3], activation="relu", seed=1)
    mover = optimizer(model.parameters(), lr=0.01)

    def train(steps):
        for _ in range(steps):
            loss = cross_entropy(y, model(X))
            mover.zero_grad()
            loss.backward()
            mover.step()

    tracemalloc.start()
    train(3500)  # until then Python and NumPy fill lists of small objects to use again, 100 kB
    before = tracemalloc.get_traced_memory()[0]
    train(3000)
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()

    assert 1024 > grown  # one forgotten array of one step would be 3,000 times as much
    assert 0 == gc.collect()
