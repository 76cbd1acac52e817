"""Threads that compute at the same time get what one after the other gets."""

import concurrent.futures
import contextlib
import threading

import numpy as np
import pytest
from thread_graphs import KINDS, THREADS, differing

import microgradx
import vhgrad

GRAPHS = 300  # per thread; 10,000 in the session `silent`


@pytest.mark.parametrize("graph", KINDS.values(), ids=KINDS)
def test_eight_threads_equal_one(graph):
    """Every graph of every thread has the very gradients of the serial run."""
    assert 0 == differing(graph, GRAPHS)


def test_a_thread_that_differs_is_counted():
    """Whatever depends on the thread is not what the serial run gave."""
    assert THREADS * 3 == differing(lambda seed: (seed, threading.get_ident()), 3)


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
