"""Seeds and generators: the same stream again, from a seed, from a state, in every thread."""

import copy
import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from microgradx.random import Generator, as_generator, default_generator, manual_seed


@pytest.mark.parametrize("seed", [0, 7, 2**200, np.int64(3)])
def test_a_seed_gives_numpys_stream(seed):
    """The numbers are those of `numpy.random.default_rng` with the same seed."""
    np.testing.assert_array_equal(np.random.default_rng(seed).random(5), Generator(seed).random(5))


@pytest.mark.parametrize("draws", [0, 1, 2, 3])
def test_a_state_goes_through_json(draws):
    """Half of a 64-bit number may be waiting for the next draw: it is part of the state."""
    generator = Generator(1)
    generator.integers(2**32, size=draws, dtype=np.uint32)
    state = json.loads(json.dumps(generator.state_dict()))
    expected = generator.integers(2**32, size=9, dtype=np.uint32)
    other = Generator(99)
    other.load_state_dict(state)

    np.testing.assert_array_equal(expected, other.integers(2**32, size=9, dtype=np.uint32))


@pytest.mark.parametrize("how", [copy.copy, copy.deepcopy])
def test_a_copy_is_a_generator_of_its_own(how):
    """A copied model keeps generators that can be saved, at the place where they stood."""
    generator = Generator(4)
    generator.random(3)
    twin = how(generator)

    assert type(twin) is Generator
    assert generator.random() == twin.random()
    generator.random()
    assert generator.state_dict() != twin.state_dict()


def test_children_depend_on_the_state_alone():
    """A generator that was restored spawns the streams that the saved one does."""
    generator, other = Generator(5), Generator(6)
    other.load_state_dict(generator.state_dict())
    numbers = [child.random() for child in generator.spawn(3)]

    assert numbers == [child.random() for child in other.spawn(3)]
    assert 3 == len(set(numbers))


GOOD = Generator(0).state_dict()


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({**GOOD, "bit_generator": "MT19937"}, "of a PCG64, got one of 'MT19937'"),
        ({k: v for k, v in GOOD.items() if k != "inc"}, "needs a state with the entries"),
        ({**GOOD, "extra": 1}, "needs a state with the entries"),
        ({**GOOD, "state": "1x"}, "'state' is damaged: '1x'"),
        ({**GOOD, "state": "9" * 5000}, "'state' is damaged"),
        ({**GOOD, "state": str(2**128)}, "'state' is damaged"),
        ({**GOOD, "state": "²"}, "'state' is damaged"),
        ({**GOOD, "inc": "2"}, "'inc' is damaged"),
        ({**GOOD, "has_uint32": 2}, "'has_uint32' is damaged"),
        ({**GOOD, "uinteger": -1}, "'uinteger' is damaged"),
        ({**GOOD, "uinteger": 1.0}, "'uinteger' is damaged"),
        ({**GOOD, "has_uint32": True}, "'has_uint32' is damaged"),
        (None, "got NoneType"),
    ],
)
def test_a_state_of_something_else_changes_nothing(state, message):
    """What does not fit is named, and the stream goes on as if nothing had been tried."""
    generator = Generator(3)
    before = generator.state_dict()

    with pytest.raises(ValueError, match=message):
        generator.load_state_dict(state)
    assert before == generator.state_dict()


def test_threads_share_the_default_generator():
    """Eight threads together get each number of the stream once: none is lost, none comes twice."""
    manual_seed(8)
    with ThreadPoolExecutor(8) as pool:
        parts = list(
            pool.map(lambda _: [default_generator().integers(2**63) for _ in range(2000)], range(8))
        )

    expected = Generator(8).integers(2**63, size=16_000)
    np.testing.assert_array_equal(np.sort(expected), np.sort(np.concatenate(parts)))


def test_a_state_read_between_threads_is_never_torn():
    """A long draw is whole before its state is read, although it lets other threads run."""
    generator, walker, valid = Generator(9), Generator(9), set()
    for _ in range(101):
        valid.add(walker.state_dict()["state"])
        walker.random(50_000)
    with ThreadPoolExecutor(2) as pool:
        draws = [pool.submit(generator.random, 50_000) for _ in range(100)]
        seen = set()
        while not all(draw.done() for draw in draws):
            seen.add(generator.state_dict()["state"])

        assert 100 == len({future.result().tobytes() for future in draws})

    assert seen <= valid


def test_a_state_set_between_threads_is_never_torn():
    """Whoever draws meanwhile gets numbers of the stream, from its start or from where it was."""
    generator, start = Generator(9), Generator(9).state_dict()
    with ThreadPoolExecutor(2) as pool:
        draws = [pool.submit(generator.random, 200_000) for _ in range(20)]
        while not all(draw.done() for draw in draws):
            generator.load_state_dict(start)
        drawn = [future.result() for future in draws]

    stream = Generator(9).random(20 * 200_000).reshape(20, -1)
    known = {row.tobytes() for row in stream}
    assert {numbers.tobytes() for numbers in drawn} <= known


@pytest.mark.parametrize("make", [Generator, manual_seed, as_generator])
@pytest.mark.parametrize(
    ("seed", "error"), [(-1, ValueError), (1.5, TypeError), (True, TypeError), ("1", TypeError)]
)
def test_a_wrong_seed_is_refused(make, seed, error):
    """A seed is a whole number of 0 or more."""
    with pytest.raises(error, match="needs a"):
        make(seed)


def test_generators_pass_unchanged_and_none_is_the_default_one():
    """A generator of NumPy's is used as it is."""
    rng = np.random.default_rng(0)

    assert rng is as_generator(rng)
    assert default_generator() is as_generator(None)
    assert Generator(2).random() == as_generator(2).random()


def test_without_a_seed_two_generators_differ():
    """Fresh entropy comes from the system."""
    assert Generator().random() != Generator().random()
