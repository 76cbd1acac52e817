"""Threads that compute at the same time get what one after the other gets."""

import concurrent.futures
import contextlib
import os
import threading

import numpy as np
import pytest

import microgradx
import vhgrad
from micrograd_plus import Value

GRAPHS = int(os.environ.get("VHGRAD_GRAPHS", "300"))  # per thread; 10,000 in the session `silent`
THREADS = 8


def number(seed):
    """A graph of scalars, and its gradients."""
    a, b = Value(0.1 * (seed % 17)), Value(1.0 + seed % 5)
    ((a * b).tanh() + a / b - b.exp() * 0.01).backward()
    return a.grad, b.grad


def array(seed, kind=microgradx.TensorValue):
    """A graph of arrays, and its gradients."""
    rng = np.random.default_rng(seed)
    w, x = kind(rng.normal(size=(3, 2))), rng.normal(size=(4, 3))
    (microgradx.tanh(x @ w) ** 2).sum().backward()
    return w.grad.tobytes()


def step(seed):
    """A training step of a small network, and its weights."""
    rng = np.random.default_rng(seed)
    model = vhgrad.MLP(3, [4, 2], seed=seed)
    optimizer = vhgrad.Adam(model.parameters(), lr=0.1)
    x, y = rng.normal(size=(5, 3)), rng.integers(2, size=5)
    vhgrad.cross_entropy(y, model(x)).backward()
    optimizer.step()
    return b"".join(p.data.tobytes() for p in model.parameters())


@pytest.mark.parametrize("graph", [number, array, step])
def test_eight_threads_equal_one(graph):
    """Every graph of every thread has the very gradients of the serial run."""
    graphs = GRAPHS // 10 if graph is step else GRAPHS
    serial = [graph(seed) for seed in range(graphs)]
    together = threading.Barrier(THREADS)

    def work(_):
        together.wait()
        return [graph(seed) for seed in range(graphs)]

    with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
        results = list(pool.map(work, range(THREADS)))

    assert all(result == serial for result in results)


def in_another_thread(function):
    """What a function gives there."""
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        return pool.submit(function).result()


def recorded():
    """Whether an operation is recorded here, so that a gradient arrives."""
    x = microgradx.TensorValue([1.0])
    with contextlib.suppress(RuntimeError):
        (x * 2).sum().backward()
    return x.grad is not None


def test_no_grad_is_of_its_thread_and_ends_with_an_error():
    """Another thread records meanwhile; after an exception, so does this one."""
    with contextlib.suppress(KeyError), microgradx.no_grad():
        assert not recorded()
        assert in_another_thread(recorded)
        raise KeyError

    assert recorded()


def stops_at_nan():
    """Whether anomaly detection is on here."""
    try:
        with np.errstate(all="ignore"):
            microgradx.log(microgradx.TensorValue([-1.0])).sum().backward()
    except (RuntimeError, ValueError, ArithmeticError):
        return True
    return False


def test_anomaly_detection_is_of_its_thread_and_ends_with_an_error():
    """Another thread computes its nan in peace; after an exception, so does this one."""
    with contextlib.suppress(KeyError), microgradx.detect_anomaly():
        assert stops_at_nan()
        assert not in_another_thread(stops_at_nan)
        raise KeyError

    assert not stops_at_nan()


def test_the_default_generator_is_shared_without_loss():
    """Eight threads draw from it at once: the same numbers as one, in some order."""
    vhgrad.manual_seed(0)
    serial = sorted(vhgrad.default_generator().random(800).tolist())
    vhgrad.manual_seed(0)
    generator = vhgrad.default_generator()
    with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
        drawn = list(pool.map(lambda _: [generator.random() for _ in range(100)], range(THREADS)))

    assert serial == sorted(number for part in drawn for number in part)


def test_a_thread_with_a_stream_of_its_own_is_repeatable():
    """Passed to it, a generator gives what it gives alone, whatever others draw."""

    def weights(seed):
        vhgrad.Linear(5, 5)  # draws from the default generator
        layer = vhgrad.Linear(5, 5, generator=np.random.default_rng(seed))
        return layer.weight.data.tobytes()

    alone = [weights(seed) for seed in range(40)]
    with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
        assert alone == list(pool.map(weights, range(40)))
