"""Datasets and splits: what an item is, what a batch of them is, and what is refused."""

import numpy as np
import pytest

from microgradx.data import DataLoader, Dataset, Subset, TensorDataset, collate, random_split


def test_a_dataset_of_ones_own_is_stacked():
    """Items of a user's Dataset arrive as one array per field."""

    class Squares(Dataset):
        def __len__(self):
            return 5

        def __getitem__(self, index):
            return np.full(2, index), index**2

    X, y = next(iter(DataLoader(Squares(), batch_size=3)))

    assert [[0, 0], [1, 1], [2, 2]] == X.tolist()
    assert [0, 1, 4] == y.tolist()
    assert not X.flags.writeable


def test_a_list_of_pairs_is_a_dataset():
    """A plain sequence of items needs no class around it."""
    ((X, y),) = DataLoader([([0.0, 1.0], 1), ([1.0, 1.0], 0)])

    assert [[0.0, 1.0], [1.0, 1.0]] == X.tolist()
    assert [1, 0] == y.tolist()


def test_a_collate_function_makes_the_batch():
    """What the user's function returns is handed on as it is."""
    loader = DataLoader(["a", "bcd", "ef"], batch_size=2, collate="+".join)

    assert ["a+bcd", "ef"] == list(loader)


def test_items_are_indexed_as_lists_are():
    """F9: index -1 is the last item, index n is an IndexError."""
    dataset = TensorDataset(np.arange(10))

    assert (9,) == dataset[-1]
    with pytest.raises(IndexError):
        dataset[10]


def test_items_cannot_be_used_to_change_the_dataset():
    """A row handed out is read-only, because it is a view of the data."""
    (row,) = TensorDataset(np.zeros((2, 2)))[0]

    with pytest.raises(ValueError, match="read-only"):
        row[0] = 1.0


def test_dtype_converts_floats_and_leaves_labels():
    """F20: `dtype` is for measurements; whole numbers stay whole, and nothing is copied twice."""
    X, y = TensorDataset(np.ones((2, 2)), np.array([0, 1]), dtype=np.float32).arrays

    assert (np.float32, np.int64) == (X.dtype, y.dtype)


def test_arrays_are_shared_where_nothing_has_to_be_converted():
    """A large array in the right form is not copied."""
    X = np.ones((4, 2))

    assert np.shares_memory(X, TensorDataset(X).arrays[0])


@pytest.mark.parametrize(
    ("arrays", "error", "message"),
    [
        ((np.zeros((3, 2)), np.zeros(4)), ValueError, r"equal length, got lengths \[3, 4\]"),
        (([[1.0], [1.0, 2.0]],), TypeError, "Array 0 is ragged"),
        ((np.zeros(2), np.array([None, "a"])), TypeError, "Array 1 needs numbers"),
        ((["a", "b"],), TypeError, "needs numbers"),
        ((3.0,), ValueError, "first axis"),
        ((), ValueError, "one array or more"),
    ],
)
def test_arrays_that_are_no_dataset_are_refused(arrays, error, message):
    """F8, F21: the error says which array is wrong and how."""
    with pytest.raises(error, match=message):
        DataLoader(arrays)


def test_nan_can_be_refused():
    """F22: with `check_finite` the first row that holds nan or inf is named."""
    X = np.array([[1.0, 2.0], [np.inf, 0.0], [np.nan, 0.0]])

    with pytest.raises(ValueError, match="first in row 1"):
        TensorDataset(X, check_finite=True)


def test_something_without_items_is_refused():
    """The error names the forms that data may have."""
    with pytest.raises(TypeError, match="tuple of arrays"):
        DataLoader(iter([1, 2]))


def test_a_list_of_whole_arrays_gets_a_hint():
    """`[X, y]` is a sequence of two items of different shapes: the error says to use a tuple."""
    loader = DataLoader([np.zeros((3, 2)), np.zeros(3)])

    with pytest.raises(ValueError, match=r"DataLoader\(\(X, y\)\)"):
        next(iter(loader))


@pytest.mark.parametrize(
    ("items", "error"), [([(1, 2), (1,)], ValueError), ([("a",), ("b",)], TypeError)]
)
def test_items_that_do_not_stack_are_refused(items, error):
    """Items of one batch agree in their fields, and fields are numbers."""
    with pytest.raises(error):
        collate(items)


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([7, 3], [7, 3]),
        ([0.8, 0.2], [8, 2]),
        ([1 / 3] * 3, [4, 3, 3]),
        ([0.7, 0.2, 0.1], [7, 2, 1]),
    ],
)
def test_parts_share_nothing_and_miss_nothing(sizes, expected):
    """F23: every item is in exactly one part, and the parts have the sizes asked for."""
    parts = random_split(np.arange(10), sizes, generator=0)

    assert expected == [len(part) for part in parts]
    assert list(range(10)) == sorted(int(part[i][0]) for part in parts for i in range(len(part)))


def test_a_split_is_repeated_by_its_seed():
    """The same seed divides in the same way."""
    first, again = (random_split(np.arange(50), [0.5, 0.5], generator=4)[0] for _ in range(2))

    np.testing.assert_array_equal(first.indices, again.indices)


def test_several_items_of_a_part_at_once_are_a_batch():
    """`part[:]` and `part[[0, 2]]` are what `take` gives, as of the whole dataset."""
    part = Subset((np.arange(10), np.arange(10.0)), [1, 3, -1])
    every, two = part[:], part[[0, 2]]

    assert [[1, 3, 9], [1.0, 3.0, 9.0]] == [array.tolist() for array in every]
    assert [[1, 9], [1.0, 9.0]] == [array.tolist() for array in two]


def test_a_part_is_loaded_as_a_dataset_is():
    """A subset gives batches of its own rows."""
    loader = DataLoader(Subset((np.arange(10), np.arange(10.0)), [1, 3, -1]), batch_size=2)

    assert [[1, 3], [9]] == [batch.tolist() for batch, _ in loader]


@pytest.mark.parametrize(
    "sizes", [[0.5, 0.4], [1.0, 0.0], [0, 10], [5, 4], [], [0.99, 0.01], [-1, 11]]
)
def test_sizes_that_do_not_add_up_are_refused(sizes):
    """F23: no item is left out silently, and no part is empty."""
    with pytest.raises(ValueError, match=r"sizes|empty"):
        random_split(np.arange(10), sizes)


@pytest.mark.parametrize("sizes", [[0.8, 0.2], [60, 25, 15], [0.5, 0.5]])
def test_stratified_parts_have_the_classes_in_proportion(sizes):
    """No class is off by more than one item, sizes are exact, and nothing is in two parts."""
    classes = np.random.default_rng(0).permutation(np.repeat([0, 1, 7], [50, 30, 20]))
    parts = random_split(np.arange(100), sizes, generator=1, stratify=classes)
    for size, part in zip(sizes, parts):
        fraction = size / sum(sizes)
        for name, count in ((0, 50), (1, 30), (7, 20)):
            assert abs((classes[part.indices] == name).sum() - fraction * count) <= 1

    assert [size if size > 1 else round(size * 100) for size in sizes] == [len(p) for p in parts]
    assert list(range(100)) == sorted(np.concatenate([part.indices for part in parts]).tolist())


def test_a_stratified_part_is_in_random_order():
    """The classes of a part do not come in a fixed rhythm, and the seed decides the order."""
    classes = np.arange(100) % 2
    first, again, other = (
        random_split(np.arange(100), [0.5, 0.5], generator=seed, stratify=classes)[0].indices
        for seed in (0, 0, 1)
    )

    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(classes[first], classes[other])


@pytest.mark.parametrize(
    ("classes", "message"),
    [
        ([0, 0, 0, 1], "2 items or more of every class to divide into 2 parts; class 1 has 1"),
        ([0, 1], r"one class for each of 4 items, got shape \(2,\)"),
        (["a", "b", "b", "b"], "class a has 1"),
    ],
)
def test_classes_that_cannot_be_divided_are_named(classes, message):
    """F23: a class with a single item would be missing from a part."""
    with pytest.raises(ValueError, match=message):
        random_split(np.arange(4), [0.5, 0.5], stratify=classes)
