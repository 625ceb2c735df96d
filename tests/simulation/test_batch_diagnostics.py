import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy import sparse
from sklearn.datasets import load_iris
from sklearn.kernel_ridge import KernelRidge
from sklearn.naive_bayes import GaussianNB

from skactive import simulate
from skactive.datasets import sine
from skactive.simulation import SimulationResult, batch_diagnostics


def make_result(picks):
    """`picks` maps (strategy, repeat) to a list of batches, the seed set first."""
    rows = [
        (label, repeat, number, row)
        for (label, repeat), batches in picks.items()
        for number, batch in enumerate(batches)
        for row in batch
    ]
    picks = pd.DataFrame(rows, columns=["strategy", "repeat", "round", "row"])
    frame = picks.groupby(["strategy", "repeat", "round"], as_index=False).size()
    frame = frame.rename(columns={"size": "n_labeled"}).assign(score=0.5)
    frame["n_labeled"] = 10 * frame["round"] + 1
    return SimulationResult.from_frame(frame, picks)


X = np.array([[0.0, 0], [3, 4], [0, 0], [6, 8], [0, 1], [1, 0]])
Y = np.array(["a", "b", "a", "b", "a", "c"])
PICKS = {
    ("random", 0): [[4], [0, 1, 2], [3]],
    ("mine", 0): [[4], [5, 3, 1], [0]],
}


def value(table, strategy, number, diagnostic):
    (row,) = table[
        (table["strategy"] == strategy)
        & (table["round"] == number)
        & (table["diagnostic"] == diagnostic)
    ].itertuples()
    return row.value


@pytest.mark.parametrize("container", [np.array, sparse.csr_matrix, pd.DataFrame])
def test_worked_out_by_hand(container):
    table = batch_diagnostics(make_result(PICKS), container(X), Y, n_neighbors=2)
    assert list(table.columns) == [
        *["strategy", "repeat", "round", "diagnostic", "other", "value"]
    ]
    assert set(table["round"]) == {1, 2}
    assert_allclose(value(table, "random", 1, "mean_distance"), 10 / 3)
    assert value(table, "random", 1, "duplicates") == 1
    assert value(table, "mine", 1, "duplicates") == 0
    assert np.isnan(value(table, "random", 2, "mean_distance"))
    # Rows 0 and 2: one at 0, the next at 1; row 1: the nearest two are 4 and 5.
    far = (np.hypot(3, 3) + np.hypot(2, 4)) / 2
    assert_allclose(value(table, "random", 1, "outlierness"), (0.5 + 0.5 + far) / 3)
    thirds = np.array([2, 1]) / 3
    assert_allclose(
        value(table, "random", 1, "class_entropy"), -(thirds * np.log(thirds)).sum()
    )
    assert value(table, "random", 2, "class_entropy") == 0
    # Of 0 1 2 the other asked 1; then of 0 1 2 3 it asked 0 1 3.
    assert_allclose(value(table, "random", 1, "overlap"), 1 / 3)
    assert_allclose(value(table, "random", 2, "overlap"), 3 / 4)
    overlaps = table[table["diagnostic"] == "overlap"]
    assert set(zip(overlaps["strategy"], overlaps["other"], strict=True)) == {
        ("random", "mine"),
        ("mine", "random"),
    }
    assert table.loc[table["diagnostic"] != "overlap", "other"].isna().all()


def test_repeats_are_kept_apart():
    again = {(label, 1): batches for (label, _), batches in PICKS.items()}
    again["mine", 1] = [[4], [5, 3, 2], [0]]
    table = batch_diagnostics(make_result(PICKS | again), X, n_neighbors=2)
    first = table[table["repeat"] == 0].reset_index(drop=True)
    alone = batch_diagnostics(make_result(PICKS), X, n_neighbors=2)
    pd.testing.assert_frame_equal(
        first.sort_values(list(first.columns[:5])).reset_index(drop=True),
        alone.sort_values(list(alone.columns[:5])).reset_index(drop=True),
    )
    assert "class_entropy" not in set(table["diagnostic"])


def test_outlierness_is_that_of_all_pairs():
    rng = np.random.default_rng(0)
    points = rng.normal(size=(60, 3))
    result = make_result({("random", 0): [[0], list(range(10, 40))]})
    table = batch_diagnostics(result, points, n_neighbors=5)
    distances = np.linalg.norm(points[:, None] - points, axis=2)
    nearest = np.sort(distances, axis=1)[10:40, 1:6]
    assert_allclose(value(table, "random", 1, "outlierness"), nearest.mean())


def test_of_a_simulation():
    X, y = load_iris(return_X_y=True)
    result = simulate(
        GaussianNB(),
        X,
        y,
        strategies=["random", "coreset"],
        n_initial=10,
        n_queries=10,
        budget=40,
        n_repeats=2,
        random_state=0,
    )
    table = batch_diagnostics(result, X, y)
    assert len(table) == 2 * 2 * 3 * 5
    means = table.groupby(["diagnostic", "strategy"])["value"].mean().unstack()
    for name in ("mean_distance", "outlierness"):
        assert means.loc[name, "coreset"] > means.loc[name, "random"]
    assert table["value"].notna().all()


def test_what_cannot_be_diagnosed_is_refused():
    result = make_result(PICKS)
    with pytest.raises(ValueError, match="names row 5, but X has 5 rows"):
        batch_diagnostics(result, X[:5])
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        batch_diagnostics(result, X, Y[:5])
    with pytest.raises(ValueError, match="continuous"):
        batch_diagnostics(result, X, X[:, 0] + 0.5)
    for n_neighbors in (0, 2.5):
        with pytest.raises(ValueError, match="n_neighbors"):
            batch_diagnostics(result, X, n_neighbors=n_neighbors)
    result.picks = result.picks[result.picks["round"] == 0]
    with pytest.raises(ValueError, match="picks has the seed set alone"):
        batch_diagnostics(result, X)
    result.picks = None
    with pytest.raises(ValueError, match="no picks"):
        batch_diagnostics(result, X)
    drawn = simulate(
        KernelRidge(kernel="rbf"),
        sine(),
        strategies=["random"],
        n_initial=5,
        n_queries=5,
        budget=10,
        n_repeats=1,
        random_state=0,
    )
    with pytest.raises(ValueError, match="drawn from a problem"):
        batch_diagnostics(drawn, X)
