"""Pools with copies, rare classes, few samples per class and wrong labels."""

import math

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse, stats

from skactive.datasets import (
    make_imbalanced,
    make_noisy_labels,
    make_redundant,
    take_per_class,
)
from skactive.datasets._strata import apportion


@pytest.fixture
def data():
    """A hundred samples whose number is their first feature; 20, 30 and 50 a class."""
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1, 2], [20, 30, 50])
    X = np.column_stack([np.arange(100), rng.normal(size=100)]).astype(np.float32)
    return X, y


def containers(X):
    yield X
    yield pd.DataFrame(X, columns=["a", "b"])
    yield sparse.csr_matrix(X)
    yield X.tolist()


def dense(X):
    return X.toarray() if sparse.issparse(X) else np.asarray(X)


@pytest.mark.parametrize("factor", [1, 2, 3, 5, 10])
def test_copies_fill_the_pool(factor, data):
    X, y = data
    X_new, y_new, sources = make_redundant(X, y, 10, factor, 60, random_state=0)
    assert_array_equal(X_new, X[sources])
    assert_array_equal(y_new, y[sources])
    assert X_new.dtype == np.float32
    assert_array_equal(np.bincount(y_new), [12, 18, 30])
    # Class by class: so many once, the others `factor` times or as close as can be.
    for label, n_once, n_filled in ((0, 2, 10), (1, 3, 15), (2, 5, 25)):
        _, counts = np.unique(sources[y_new == label], return_counts=True)
        n_kept = math.ceil(n_filled / factor)
        dealt = [len(range(i, n_filled, n_kept)) for i in range(n_kept)]
        expected = [1] * n_once + dealt
        assert max(dealt) <= factor
        assert sorted(counts) == sorted(expected)


def test_unique_samples_are_the_same_for_every_factor(data):
    X, y = data
    kept = {}
    for factor in (2, 4, 8):
        _, _, sources = make_redundant(X, y, 20, factor, 100, random_state=3)
        found, counts = np.unique(sources, return_counts=True)
        kept[factor] = set(found[counts == 1]), set(found[counts > 1])
    once = [unique for unique, _ in kept.values()]
    assert once[0] == once[1] == once[2]
    assert len(once[0]) == 20
    assert kept[8][1] < kept[4][1] < kept[2][1]


def test_pool_may_be_larger_than_the_table(data):
    X, y = data
    _, _, sources = make_redundant(X, y, 0, 20, 400, random_state=0)
    assert len(sources) == 400
    assert len(set(sources)) == 20


def test_labels_that_are_no_classes(data):
    X, _ = data
    Y = np.random.default_rng(1).normal(size=(100, 2))
    _, Y_new, sources = make_redundant(X, Y, 10, 4, 50, random_state=0)
    assert_array_equal(Y_new, Y[sources])
    assert sorted(np.unique(sources, return_counts=True)[1]) == [1] * 10 + [4] * 10
    make_redundant(X, Y[:, 0], 10, 4, 50)


def test_rows_are_mixed(data):
    _, y_new, _ = make_redundant(*data, 10, 2, 60, random_state=0)
    assert len(set(y_new[:20])) == 3


def test_any_container(data):
    X, y = data
    expected = make_redundant(X, y, 10, 2, 60, random_state=0)
    for container in containers(X):
        X_new, y_new, sources = make_redundant(
            container, y.tolist(), 10, 2, 60, random_state=0
        )
        assert type(X_new) is type(container)
        assert isinstance(y_new, list)
        assert_allclose(dense(X_new), expected[0])
        assert_array_equal(sources, expected[2])


def test_near_copies_leave_one_of_each_as_it_was(data):
    X, y = data
    for container in (X, pd.DataFrame(X, columns=["a", "b"])):
        X_new, _, sources = make_redundant(
            container, y, 10, 5, 60, jitter=0.01, random_state=0
        )
        assert type(X_new) is type(container)
        values = np.asarray(X_new)
        assert values.dtype == np.float32
        same = (values == X[sources]).all(axis=1)
        assert_array_equal(np.sort(sources[same]), np.unique(sources))
        moves = (values - X[sources])[~same] / X.std(axis=0)
        assert_allclose(moves.std(axis=0), 0.01, rtol=0.4)
        plain = make_redundant(container, y, 10, 5, 60, random_state=0)
        assert_array_equal(plain[2], sources)


def test_near_copies_by_a_function(data):
    X, y = data
    images = np.tile(X[:, :1, None, None], (1, 1, 4, 4))
    seen = []

    def shift(rows, rng):
        seen.append(rng.random())
        return np.roll(rows, 1, axis=3) + 0.5

    X_new, _, sources = make_redundant(
        images, y, 10, 2, 60, jitter=shift, random_state=0
    )
    moved = X_new[:, 0, 0, 0] != sources
    assert moved.sum() == len(sources) - len(set(sources))
    assert_allclose(X_new[moved, 0, 0, 0], sources[moved] + 0.5)
    tokens = [[str(i)] for i in range(100)]

    def lowered(rows, rng):
        return [[f"{word}!" for word in row] for row in rows]

    texts, _, sources = make_redundant(
        tokens, y, 10, 2, 60, jitter=lowered, random_state=0
    )
    assert [row[0].rstrip("!") for row in texts] == [str(i) for i in sources]
    # Where there is nothing to copy, nothing is called.
    seen.clear()
    make_redundant(images, y, 10, 1, 60, jitter=shift)
    assert not seen


@pytest.mark.parametrize(
    "X", [[[1.0]] * 4, sparse.eye(4).tocsr(), np.array(list("abcd"))]
)
def test_noise_is_for_numbers(X):
    with pytest.raises(TypeError, match=r"pass a function jitter\(rows, rng\)"):
        make_redundant(X, [0, 0, 1, 1], 0, 2, 4, jitter=0.1)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"factor": 0}, "factor=0; pass an integer of at least 1"),
        ({"factor": 2.5}, "factor=2.5"),
        ({"n_unique": 70}, "n_unique=70 is more than total=60"),
        ({"total": 200}, "need 22 different samples of class 0, which has 20"),
        ({"jitter": -1.0}, "jitter=-1.0"),
        ({"jitter": "much"}, "jitter='much'"),
    ],
)
def test_numbers_that_do_not_fit(params, message, data):
    with pytest.raises(ValueError, match=message):
        make_redundant(*data, **{"n_unique": 20, "factor": 2, "total": 60, **params})
    with pytest.raises(ValueError, match="X has 99 rows and y 100"):
        make_redundant(data[0][1:], data[1])


def test_apportion():
    assert_array_equal(apportion(10, [1, 1, 1]), [4, 3, 3])
    assert_array_equal(apportion(7, [20, 30, 50]), [1, 2, 4])
    rng = np.random.default_rng(0)
    for _ in range(50):
        sizes, total = rng.integers(1, 90, size=6), int(rng.integers(200))
        counts = apportion(total, sizes)
        assert counts.sum() == total
        assert np.abs(counts - total * sizes / sizes.sum()).max() < 1


def test_a_long_tail():
    y = np.repeat(list("abcde"), 1000)
    X = np.arange(5000)[:, None]
    X_new, y_new, rows = make_imbalanced(X, y, 100, random_state=0)
    assert_array_equal(X_new[:, 0], rows)
    assert_array_equal(y_new, y[rows])
    assert len(set(rows)) == len(rows)
    _, counts = np.unique(y_new, return_counts=True)
    assert_array_equal(
        counts, np.rint(1000 * 100 ** -np.array([0, 0.25, 0.5, 0.75, 1]))
    )
    assert len(set(y_new[:50])) > 1
    _, y_new, _ = make_imbalanced(
        X, y, 4, n_largest=8, classes=list("edcba"), random_state=0
    )
    assert dict(zip(*np.unique(y_new, return_counts=True), strict=True)) == {
        "a": 2, "b": 3, "c": 4, "d": 6, "e": 8,
    }  # fmt: skip


def test_the_largest_tail_there_is(data):
    X, y = data
    # The smallest class comes first and limits the others.
    _, y_new, _ = make_imbalanced(X, y, 4)
    assert_array_equal(np.bincount(y_new), [20, 10, 5])
    _, y_new, _ = make_imbalanced(X, y, 2.5, classes=[2, 1, 0])
    assert_array_equal(np.bincount(y_new), [19, 30, 47])
    _, y_new, _ = make_imbalanced(X, y, 1)
    assert_array_equal(np.bincount(y_new), [20, 20, 20])
    _, y_new, _ = make_imbalanced(X, y, 1e6)
    assert_array_equal(np.bincount(y_new), [20, 1, 1])


def test_equal_numbers_per_class(data):
    X, y = data
    small = take_per_class(X, y, 5, random_state=0)
    large = take_per_class(X, y, 15, random_state=0)
    assert_array_equal(np.bincount(small[1]), [5, 5, 5])
    assert_array_equal(np.bincount(large[1]), [15, 15, 15])
    assert set(small[2]) < set(large[2])
    assert_array_equal(small[0], X[small[2]])
    frame, series, rows = take_per_class(
        pd.DataFrame(X), pd.Series(y), 5, random_state=0
    )
    assert isinstance(series, pd.Series)
    assert_array_equal(rows, small[2])
    assert_allclose(frame, small[0])


def test_every_sample_is_as_likely(data):
    X, y = data
    counts = np.zeros(100)
    for seed in range(300):
        counts[take_per_class(X, y, 10, random_state=seed)[2]] += 1
    for label, size in enumerate((20, 30, 50)):
        seen, expected = counts[y == label], 300 * 10 / size
        # Rows drawn without replacement vary less than independent ones.
        statistic = ((seen - expected) ** 2).sum() / (expected * (1 - 10 / size))
        assert statistic < stats.chi2.ppf(0.999, size - 1) * size / (size - 1)


def test_too_few_of_a_class(data):
    with pytest.raises(ValueError, match="class 0 has 20 samples, not the 21"):
        take_per_class(*data, 21)
    with pytest.raises(ValueError, match="class 0 has 20 samples, not the 30"):
        make_imbalanced(*data, 2, n_largest=30)
    with pytest.raises(ValueError, match=r"classes=\[0, 1\] are not those of y"):
        make_imbalanced(*data, 2, classes=[0, 1])
    with pytest.raises(ValueError, match=r"ratio=0\.5"):
        make_imbalanced(*data, 0.5)
    with pytest.raises(ValueError, match="n_per_class=0"):
        take_per_class(*data, 0)
    with pytest.raises(ValueError, match="pass class labels"):
        take_per_class(data[0], np.linspace(0, 1, 100), 3)


def test_wrong_labels(data):
    names = np.array(["ant", "bee", "cicada"])[data[1]]
    noisy, is_wrong = make_noisy_labels(names, 0.25, random_state=0)
    assert is_wrong.sum() == 25
    assert_array_equal(noisy != names, is_wrong)
    assert set(noisy) == set(names)
    assert noisy.dtype == names.dtype
    assert_array_equal(make_noisy_labels(names, 0.25, random_state=0)[0], noisy)
    assert not make_noisy_labels(names, 0)[1].any()
    assert make_noisy_labels(names, 1)[1].all()


def test_mistakes_are_alike_or_as_the_matrix_says():
    y = np.repeat([0, 1, 2, 3], 3000)
    noisy, is_wrong = make_noisy_labels(y, 0.5, random_state=0)
    table = np.array(
        [np.bincount(noisy[(y == c) & is_wrong], minlength=4) for c in range(4)]
    )
    assert (np.diag(table) == 0).all()
    for label in range(4):
        assert stats.chisquare(np.delete(table[label], label)).pvalue > 0.001
    confusion = [[9, 1, 3, 0], [0, 9, 0, 2], [0, 0, 9, 0], [1, 1, 1, 9]]
    noisy, is_wrong = make_noisy_labels(y, 0.5, confusion=confusion, random_state=0)
    assert is_wrong.sum() == 6000
    assert not is_wrong[y == 2].any()
    table = np.array(
        [np.bincount(noisy[(y == c) & is_wrong], minlength=4) for c in range(4)]
    )
    assert (table[0, 3], table[1, 0], table[1, 2]) == (0, 0, 0)
    expected = table[0].sum() * np.array([0.25, 0.75])
    assert stats.chisquare(table[0, [1, 2]], expected).pvalue > 0.001


@pytest.mark.parametrize(
    ("y", "params", "message"),
    [
        ([0, 1], {"share": 1.5}, "share=1.5"),
        ([0, 0], {"share": 0.5}, r"one class \[0\]"),
        ([0.5, 1.2], {"share": 0.5}, "continuous"),
        ([0, 1], {"share": 0.5, "confusion": [[1]]}, r"shape \(1, 1\)"),
        ([0, 1], {"share": 0.5, "confusion": [[0, -1], [1, 0]]}, "negative"),
        ([0, 1], {"share": 1.0, "confusion": [[0, 1], [0, 0]]}, "lets 1 be wrong"),
    ],
)
def test_noise_that_cannot_be(y, params, message):
    with pytest.raises(ValueError, match=message):
        make_noisy_labels(y, **params)
