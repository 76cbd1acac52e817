"""The loader: every example once, in an order that can be repeated and resumed."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from microgradx.data import DataLoader, Dataset
from microgradx.random import manual_seed


def indices(batches):
    """What the batches of a one-array dataset hold, one after the other."""
    return [int(i) for (batch,) in batches for i in batch]


def shuffled(size=10, seed=0, **settings):
    return DataLoader(np.arange(size), batch_size=3, shuffle=True, generator=seed, **settings)


@pytest.mark.parametrize(
    ("size", "batch_size", "drop_last", "expected"),
    [
        (10, 4, False, [4, 4, 2]),
        (10, 4, True, [4, 4]),
        (10, 20, False, [10]),
        (10, 20, True, []),
        (0, 4, False, []),
        (8, 4, True, [4, 4]),
    ],
)
@pytest.mark.parametrize("shuffle", [False, True])
def test_batches_have_the_expected_sizes(size, batch_size, drop_last, expected, shuffle):
    """F1, F2, F3, F4, F7: the last batch is smaller or left out; of no data there are none."""
    loader = DataLoader(np.arange(size), batch_size, drop_last=drop_last, shuffle=shuffle)

    assert expected == [len(batch) for (batch,) in loader]
    assert len(expected) == len(loader)


def test_unshuffled_batches_are_the_rows_in_order():
    """Without shuffling, batch k holds the next rows of every array."""
    X, y = np.arange(12.0).reshape(6, 2), np.arange(6)
    batches = list(DataLoader((X, y), batch_size=4))

    np.testing.assert_array_equal(X[4:], batches[1][0])
    np.testing.assert_array_equal(y[4:], batches[1][1])


def test_shuffling_keeps_rows_together():
    """Row i of X and row i of y arrive at the same place."""
    X, y = np.arange(20.0).reshape(10, 2), np.arange(10)

    for inputs, labels in DataLoader((X, y), batch_size=3, shuffle=True, generator=1):
        np.testing.assert_array_equal(X[labels], inputs)


def test_a_batch_of_one_keeps_its_axis():
    """F6: a single example is a batch of one row."""
    ((batch,),) = DataLoader(np.zeros((1, 3)), batch_size=1)

    assert (1, 3) == batch.shape


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("shuffle", [False, True])
def test_batches_are_fresh_and_read_only(order, shuffle):
    """F19: a batch shares no memory with the dataset, and cannot be written to."""
    X = np.ones((6, 2, 2), order=order)
    for (batch,) in DataLoader(X, batch_size=6, shuffle=shuffle):
        assert not batch.flags.writeable
        assert not np.shares_memory(X, batch)


def test_the_users_array_stays_writeable():
    """Loading leaves the array it loads from as it was."""
    X = np.ones((4, 2))
    list(DataLoader(X, batch_size=2))
    X[0] = 5.0

    assert 5.0 == X[0, 0]


@given(
    size=st.integers(0, 40),
    batch_size=st.integers(1, 45),
    seed=st.integers(0, 2**64),
    drop_last=st.booleans(),
)
def test_every_index_comes_at_most_once(size, batch_size, seed, drop_last):
    """F11: an epoch is a permutation, cut off at a whole batch where the last is dropped."""
    loader = DataLoader(
        np.arange(size), batch_size, shuffle=True, drop_last=drop_last, generator=seed
    )
    seen = indices(loader)

    assert len(set(seen)) == len(seen)
    assert (size - size % batch_size if drop_last else size) == len(seen)


def test_epochs_differ_and_repeat_from_the_seed():
    """F10: the same seed gives the same epochs again, each in another order."""
    loader, again = shuffled(100), shuffled(100)
    first, second = indices(loader), indices(loader)

    assert first != second
    assert (first, second) == (indices(again), indices(again))


def test_a_generator_gives_one_seed():
    """A generator is asked once, so two equal ones give the same order whatever follows."""
    a, b = np.random.default_rng(5), np.random.default_rng(5)
    one, other = shuffled(50, a), shuffled(50, b)
    a.random(10)

    assert indices(one) == indices(other)


def test_manual_seed_sets_the_order_of_an_unseeded_loader():
    """Without a seed of its own the loader takes one from the default generator."""
    manual_seed(3)
    first = indices(shuffled(50, None))
    manual_seed(3)

    assert first == indices(shuffled(50, None))


def test_other_randomness_does_not_change_the_order():
    """F16: draws from NumPy's global state or the default generator in a loop change nothing."""
    loader, seen = shuffled(30), []
    for (batch,) in loader:
        seen.extend(batch.tolist())
        np.random.rand(3)  # noqa: NPY002  (the global state is what is tested)
        manual_seed(1).random()

    assert indices(shuffled(30)) == seen


def test_two_iterators_are_independent():
    """F12: two loops in step are two epochs, each complete."""
    loader = shuffled()
    pairs = list(zip(iter(loader), iter(loader)))

    assert list(range(10)) == sorted(indices(a for a, _ in pairs))
    assert list(range(10)) == sorted(indices(b for _, b in pairs))


def test_leaving_a_loop_starts_the_next_epoch_afresh():
    """F13: after a break the next loop is the whole next epoch."""
    loader, reference = shuffled(), shuffled()
    next(iter(loader))
    list(reference)

    assert indices(reference) == indices(loader)


@pytest.mark.parametrize("taken", range(9))
def test_a_saved_position_gives_the_remaining_batches(taken):
    """F14: from any point of two epochs, a restored loader goes on exactly as the saved one."""
    loader = shuffled()
    stream = (batch for _ in range(3) for batch in loader)
    for _ in range(taken):
        next(stream)
    state = json.loads(json.dumps(loader.state_dict()))
    restored = shuffled(seed=99)
    restored.load_state_dict(state)
    resumed = (batch for _ in range(3) for batch in restored)
    rest = [indices([batch]) for batch in stream]

    assert rest == [indices([batch]) for _, batch in zip(rest, resumed)]


def test_at_the_end_of_an_epoch_the_next_one_is_saved():
    """F15: a state read during the last batch, or after it, belongs to epoch 1, not to epoch 0."""
    loader = shuffled()
    during = [loader.state_dict() for _ in loader][-1]

    assert (1, 0) == (during["epoch"], during["batch"])
    assert during == loader.state_dict()


def test_reading_the_state_changes_nothing():
    """F17: asking for the position between all batches gives the same batches."""
    loader, seen = shuffled(), []
    for batch in loader:
        loader.state_dict()
        seen.append(batch)

    assert indices(shuffled()) == indices(seen)


def test_a_loaded_position_can_be_read_again():
    """What was loaded is what is saved, before any batch is taken."""
    loader = shuffled()
    next(iter(loader))
    state = loader.state_dict()
    restored = shuffled(seed=1)
    restored.load_state_dict(state)

    assert state == restored.state_dict()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"samples": 11}, "samples=11, here it is 10"),
        ({"batch_size": 4}, "batch_size=4, here it is 3"),
        ({"shuffle": False}, "shuffle=False"),
        ({"batch": 4}, "has 4 batches"),
        ({"epoch": -1}, "epoch needs to be a whole number, 0 or more, got -1"),
        ({"seed": "x"}, "seed needs to be a whole number"),
        ({"extra": 1}, "it has 'extra'"),
        ({"samples": [10], "seed": 1.0, "more": 0}, r"'more'; .*samples=\[10\].*; seed needs"),
    ],
)
def test_a_position_of_something_else_is_refused(change, message):
    """F18: all that does not fit is named, and the loader stays where it was."""
    loader = shuffled()
    before = loader.state_dict()

    with pytest.raises(ValueError, match=message):
        loader.load_state_dict({**before, **change})
    assert before == loader.state_dict()


@pytest.mark.parametrize(
    ("state", "message"), [(None, "a dict, got NoneType"), ({}, "no 'epoch'; .*no 'drop_last'")]
)
def test_what_is_no_position_is_refused(state, message):
    """Everything that is missing is named."""
    loader = shuffled()
    before = loader.state_dict()

    with pytest.raises(ValueError, match=message):
        loader.load_state_dict(state)
    assert before == loader.state_dict()


@pytest.mark.parametrize("batch_size", [0, -1, 2.5, True, "4"])
def test_batch_size_is_a_positive_whole_number(batch_size):
    """F5: anything else is refused where it enters."""
    with pytest.raises(ValueError, match="`batch_size` needs"):
        DataLoader(np.zeros(3), batch_size)


@pytest.mark.parametrize(("generator", "error"), [(-1, ValueError), ("0", TypeError)])
def test_a_wrong_generator_is_refused(generator, error):
    """A seed is a whole number of 0 or more."""
    with pytest.raises(error, match="`generator` needs"):
        DataLoader(np.zeros(3), generator=generator)


def test_a_dataset_of_yours_keeps_its_array_writeable():
    """What `take` hands out is not made read-only under its owner's hands."""

    class Buffer(Dataset):
        def __init__(self):
            self.buffer = np.zeros(4)

        def __len__(self):
            return 4

        def take(self, indices):
            self.buffer[:] = indices
            return (self.buffer,)

    data = Buffer()
    (batch,) = next(iter(DataLoader(data, batch_size=4)))

    assert not batch.flags.writeable
    assert data.buffer.flags.writeable


def noisy(inputs, generator):
    """A transform that shows every bit of its generator."""
    return inputs + generator.random(inputs.shape)


def transformed(seed=0, **settings):
    data = (np.zeros(10), np.arange(10))
    return DataLoader(data, 3, shuffle=True, generator=seed, transform=noisy, **settings)


def test_a_transform_changes_the_inputs_and_nothing_else():
    """The first array of a batch is transformed; labels are handed on."""
    loader = DataLoader((np.arange(4), np.arange(4)), 2, transform=lambda x, generator: -x)

    assert [([0, -1], [0, 1]), ([-2, -3], [2, 3])] == [(x.tolist(), y.tolist()) for x, y in loader]
    assert not any(x.flags.writeable for x, _ in loader)


def test_transforms_differ_between_batches_epochs_and_seeds():
    """No two batches of a run get the same numbers, and the order is what it was without."""
    loader, plain = transformed(), shuffled()
    drawn = [x.tobytes() for _ in range(3) for x, _ in loader if len(x) == 3]

    assert 9 == len(set(drawn))
    assert indices(plain) == [int(i) for _, y in transformed() for i in y]
    assert next(iter(transformed(1)))[0].tobytes() not in drawn


@pytest.mark.parametrize("taken", range(9))
def test_transforms_are_resumed_to_the_last_bit(taken):
    """Whatever a restored loader was made with, it goes on with the same crops and flips."""
    loader = transformed()
    stream = (batch for _ in range(3) for batch in loader)
    for _ in range(taken):
        next(stream)
    restored = transformed(seed=99)
    restored.load_state_dict(json.loads(json.dumps(loader.state_dict())))
    manual_seed(5).random(3)
    resumed = (batch for _ in range(3) for batch in restored)
    rest = [x.tobytes() for x, _ in stream]

    assert rest == [x.tobytes() for _, (x, _) in zip(rest, resumed)]


def test_a_transform_may_keep_its_array_writeable():
    """What it returns is not made read-only under its hands."""
    buffer = np.zeros(2)
    ((batch,),) = DataLoader(np.ones(2), 2, transform=lambda x, generator: buffer)

    assert not batch.flags.writeable
    assert buffer.flags.writeable


def test_collate_and_transform_exclude_each_other():
    """What a function of yours makes of the items is handed on as it is."""
    with pytest.raises(ValueError, match="let collate transform"):
        DataLoader(np.zeros(3), collate=list, transform=noisy)
