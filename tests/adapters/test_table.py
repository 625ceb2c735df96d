"""One numeric encoding of whatever tables a model accepts, shared by both sides."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.preprocessing import StandardScaler

from skactive import ActiveLearner, ModelView, strategies
from skactive.adapters import as_matrix, is_numeric, is_table

LABELED = pd.DataFrame(
    {
        "number": [1.0, np.nan, 3.0],
        "kind": pd.Categorical(["u", "v", None]),
        "text": ["x", None, "y"],
        "flag": [True, False, True],
        "maybe": pd.Series([True, None, False], dtype="boolean"),
        "count": pd.Series([1, None, 5], dtype="Int64"),
        "day": pd.to_datetime(["2020-01-01", None, "2021-05-05"]),
        "empty": [np.nan] * 3,
    }
)
POOL = pd.DataFrame(
    {
        "number": [np.inf, 2.0],
        "kind": pd.Categorical(["w", "u"]),
        "text": ["z", "x"],
        "flag": [False, True],
        "maybe": pd.Series([None, True], dtype="boolean"),
        "count": pd.Series([2, 3], dtype="Int64"),
        "day": pd.to_datetime(["2020-01-01", "2022-01-01"]),
        "empty": [np.nan] * 2,
    }
)


def joined(labeled, pool):
    views = ModelView(labeled), ModelView(pool)
    ModelView.join(*views)
    return views


@pytest.mark.parametrize(
    ("X", "table", "numeric"),
    [
        (np.eye(2), True, True),
        (np.zeros((2, 3, 4, 4)), True, True),
        ([[1, 2], [3, 4]], True, True),
        (sparse.csr_matrix(np.eye(2)), True, True),
        (sparse.coo_array(np.eye(2)), True, True),
        (pd.DataFrame({"a": [1, 2], "b": [True, False]}), True, True),
        (pd.DataFrame({"a": pd.Series([1, 2], dtype="Int64")}), True, True),
        (pd.DataFrame({"a": pd.Series([1, None], dtype="Int64")}), True, False),
        (pd.DataFrame({"a": pd.Categorical([1, 2])}), True, False),
        (pd.DataFrame({"a": pd.to_datetime(["2020-01-01"])}), True, False),
        (pd.DataFrame({"a": [1.0, np.nan]}), True, False),
        (np.array([[1.0, np.inf]]), True, False),
        (np.array([[1.0, "a"]], dtype=object), True, False),
        (["a", "b"], False, False),
        ([["a"], ["b", "c"]], False, None),
        (pd.Series(["a", "b"]), False, None),
    ],
)
def test_tables_and_numbers_are_recognised(X, table, numeric):
    assert is_table(X) is table
    if numeric is not None:
        assert bool(is_numeric(X)) is numeric


def test_matrices_are_two_dimensional_floats():
    images = np.arange(24).reshape(2, 3, 2, 2)
    assert_array_equal(as_matrix(images), images.reshape(2, 12))
    assert as_matrix(images).dtype == np.float64
    assert as_matrix(np.eye(2, dtype=np.float32)).dtype == np.float32
    assert as_matrix(sparse.coo_matrix(np.eye(2))).format == "csr"
    assert as_matrix(images[:0]).shape == (0, 12)


def test_numeric_tables_are_not_encoded():
    frame = pd.DataFrame({"a": [1, 2], "b": [0.5, 1.5]})
    assert_array_equal(ModelView(frame).inputs(), frame.to_numpy())
    csr = sparse.csr_matrix(np.eye(3))
    assert (ModelView(csr).inputs() != csr).nnz == 0
    assert (ModelView(csr).embed() != csr).nnz == 0, "sparse rows keep their scale"


def test_mixed_tables_become_finite_numbers_in_shared_columns():
    labeled, pool = joined(LABELED, POOL)
    assert labeled.inputs().shape[1] == pool.inputs().shape[1]
    for view in (labeled, pool):
        assert np.isfinite(view.inputs()).all()
        assert np.isfinite(view.embed()).all()
    both = np.vstack([labeled.inputs(), pool.inputs()])
    expected = StandardScaler().fit_transform(both)
    assert_allclose(np.vstack([labeled.embed(), pool.embed()]), expected, atol=1e-6)


def test_gaps_are_imputed_and_flagged():
    labeled, pool = joined(LABELED[["number"]], POOL[["number"]])
    # Means of 1, 3 and 2; infinity counts as a gap.
    assert_array_equal(labeled.inputs(), [[1, 0], [2, 1], [3, 0]])
    assert_array_equal(pool.inputs(), [[2, 1], [2, 0]])


def test_a_column_without_any_value_does_no_harm():
    labeled, pool = joined(LABELED[["empty", "flag"]], POOL[["empty", "flag"]])
    varying = np.ptp(np.vstack([labeled.inputs(), pool.inputs()]), axis=0) > 0
    assert varying.sum() == 1, "only the flag tells samples apart"


@pytest.mark.parametrize("column", ["kind", "text", "day", "maybe"])
def test_categories_are_one_hot_and_a_gap_is_one_of_them(column):
    labeled, pool = joined(LABELED[[column]], POOL[[column]])
    both = pd.concat([LABELED[column], POOL[column]])
    table = np.vstack([labeled.inputs(), pool.inputs()])
    if column == "maybe":  # numbers and gaps
        assert len(np.unique(table, axis=0)) == 3
        return
    names = both.astype(object).map(str).to_numpy()
    assert_array_equal(table @ table.T, names[:, None] == names[None, :])


def test_rare_categories_share_a_column():
    frame = pd.DataFrame({"id": [f"customer {i}" for i in range(400)]})
    assert ModelView(frame).inputs().shape == (400, 50)


def test_object_arrays_are_read_column_by_column():
    array = np.array([[1.0, "u"], [3.0, "v"], [np.nan, "u"]], dtype=object)
    assert_array_equal(
        ModelView(array).inputs(), [[1, 0, 1, 0], [3, 0, 0, 1], [2, 1, 1, 0]]
    )


def test_columns_named_by_numbers_are_not_taken_for_positions():
    frame = pd.DataFrame({1: [1.0, np.nan], 0: ["u", "v"], 7: [5, 6]})
    named = frame.set_axis(["a", "b", "c"], axis=1)
    assert_array_equal(ModelView(frame).inputs(), ModelView(named).inputs())


def test_images_with_gaps_are_encoded_pixel_by_pixel():
    images = np.arange(16.0).reshape(2, 2, 2, 2)
    images[0, 0, 0, 0] = np.nan
    assert np.isfinite(ModelView(images).inputs()).all()


# Both sides of a query


def encoded_by_hand(labeled, pool):
    """Distances of the pool to the labeled samples, in an encoding of all the rows."""
    both = pd.concat([labeled, pool], ignore_index=True)
    columns = [
        StandardScaler().fit_transform(pd.get_dummies(both["kind"]).astype(float))
    ]
    numbers = both["number"].to_numpy()
    flags = np.isnan(numbers).astype(float)
    numbers = np.where(np.isnan(numbers), np.nanmean(numbers), numbers)
    columns.append(StandardScaler().fit_transform(np.column_stack([numbers, flags])))
    table = np.hstack(columns)
    return table[: len(labeled)], table[len(labeled) :]


def test_a_learner_puts_labels_and_pool_into_one_encoding():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "number": np.where(rng.random(60) < 0.3, np.nan, rng.normal(size=60)),
            "kind": pd.Categorical(rng.choice(list("uvwxyz"), 60)),
        }
    )
    labeled, pool = frame.iloc[:5], frame.iloc[5:]
    model = HistGradientBoostingClassifier(categorical_features="from_dtype")
    learner = ActiveLearner(model, "coreset").fit(labeled, [0, 1, 0, 1, 0])
    known, others = encoded_by_hand(labeled, pool)
    nearest = ((others[:, None] - known[None]) ** 2).sum(-1).min(axis=1)
    (row,) = learner.query(pool, 1)
    assert_allclose(nearest[row], nearest.max())
    strategy = learner.last_query_.strategy
    again = strategy.score_samples(learner.view(pool))
    assert_allclose(again, np.sqrt(nearest), rtol=1e-5)


@pytest.mark.parametrize("as_views", [True, False])
def test_without_a_learner_the_labeled_samples_set_the_encoding(as_views):
    labeled, pool = (
        (ModelView(LABELED), ModelView(POOL)) if as_views else (LABELED, POOL)
    )
    strategy = strategies.coreset().fit(labeled)
    assert strategy.labeled_features_.shape[1] == LABELED_WIDTH
    assert np.isfinite(strategy.score_samples(pool)).all()
    assert strategy.select(pool, 2).shape == (2,)


LABELED_WIDTH = ModelView(LABELED).inputs().shape[1]


def test_a_pool_seen_before_the_labels_is_seen_anew():
    pool = ModelView(POOL)
    before = pool.embed()
    strategy = strategies.coreset().fit(ModelView(LABELED))
    scores = strategy.score_samples(pool)
    assert_allclose(scores, strategies.coreset().fit(LABELED).score_samples(POOL))
    assert pool.embed() is before, "the view itself stays as it is"


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("strategy", ["lcmd", "gsx", "coreset", "bait"])
def test_rows_that_the_model_cannot_take_are_no_outliers(value, strategy):
    from sklearn.linear_model import Ridge

    from skactive import ActiveLearner

    X = np.random.default_rng(0).normal(size=(40, 3))
    learner = ActiveLearner(Ridge(), strategy, random_state=0).fit(X[:10], X[:10, 0])
    pool = X[10:].copy()
    pool[3, 0] = value
    with pytest.raises(ValueError, match=r"1 rows .* first in row 3, and Ridge"):
        learner.query(pool, 3)
