import sys
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from threadpoolctl import threadpool_info

from skactive.simulation._candidates import FixedPool
from skactive.simulation._initial import first_rows
from skactive.simulation._loop import label_totals, run_rounds
from skactive.simulation._threads import single_thread


class Recorder:
    """A learner that asks for the candidates with the greatest value."""

    def __init__(self):
        self.taught = []

    def fit(self, X, y):
        self.taught.append((X.ravel().tolist(), y.tolist()))

    teach = fit

    def query(self, X, n_queries, *, candidates):
        rows = np.flatnonzero(candidates)
        return rows[np.argsort(-X[rows, 0])][:n_queries]


def play(X, y, seed_rows, totals, learner):
    pool = FixedPool(X, y.__getitem__, np.arange(len(y)))
    return list(run_rounds(learner, pool.answer(seed_rows), pool, totals))


@pytest.mark.parametrize(
    ("sizes", "totals"),
    [
        ((10, 5, 22), [10, 15, 20, 22]),
        ((10, 5, 20), [10, 15, 20]),
        ((10, 50, 11), [10, 11]),
        ((10, 5, 10), [10]),
    ],
)
def test_label_totals(sizes, totals):
    assert label_totals(*sizes) == totals


def test_rounds_teach_what_was_asked():
    X, y = np.arange(8.0)[:, None], np.arange(8) * 10
    learner = Recorder()
    rounds = play(X, y, np.array([7, 0]), [2, 5, 6], learner)
    assert [done.places.tolist() for done in rounds] == [[7, 0], [6, 5, 4], [3]]
    assert [done.n_labeled for done in rounds] == [2, 5, 6]
    assert learner.taught == [
        ([7, 0], [70, 0]),
        ([6, 5, 4], [60, 50, 40]),
        ([3], [30]),
    ]
    assert rounds[0].query_time == 0
    assert min(done.fit_time for done in rounds) > 0


def test_a_larger_seed_set_waits_for_the_others():
    X, y = np.arange(9.0)[:, None], np.arange(9)
    rounds = play(X, y, np.arange(5), [2, 4, 6, 8], Recorder())
    assert [done.n_labeled for done in rounds] == [5, 5, 6, 8]
    assert [done.places.tolist() for done in rounds] == [
        [0, 1, 2, 3, 4],
        [],
        [8],
        [7, 6],
    ]


def test_seed_set_is_extended_to_the_first_other_class():
    y = np.array(["a"] * 30 + ["b"] * 3)
    order = np.random.default_rng(0).permutation(33)
    rows = first_rows(order, y, 2, two_classes=True)
    first_b = int(np.flatnonzero(y[order] == "b")[0])
    assert first_b > 1  # or the seed does not show anything
    assert_array_equal(rows, order[: first_b + 1])
    rows = first_rows(order, y, 2, two_classes=False)
    assert_array_equal(rows, order[:2])


def test_seed_set_of_a_single_class_takes_all():
    rows = first_rows(np.arange(7), np.zeros(7), 2, two_classes=True)
    assert sorted(rows) == list(range(7))


def test_single_thread_is_restored(monkeypatch):
    torch = SimpleNamespace(threads=5)
    torch.get_num_threads = lambda: torch.threads
    torch.set_num_threads = lambda n: setattr(torch, "threads", n)
    monkeypatch.setitem(sys.modules, "torch", torch)
    before = [pool["num_threads"] for pool in threadpool_info()]
    with single_thread():
        assert torch.threads == 1
        assert {pool["num_threads"] for pool in threadpool_info()} == {1}
    assert torch.threads == 5
    assert [pool["num_threads"] for pool in threadpool_info()] == before
