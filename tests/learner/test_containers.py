"""fit, query, teach and predict, whatever container the samples come in."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_iris
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from quick_strategies import FOR_ANY_CLASSIFIER, quick
from skactive import ActiveLearner, strategies
from skactive.nets import LearningLossClassifier
from skactive.utils import hash_rows, is_dataframe, take_rows

IRIS, y = load_iris(return_X_y=True)
y = np.array(["setosa", "versicolor", "virginica"])[y]
SEED_SET = np.arange(0, 150, 8)
POOL = np.setdiff1d(np.arange(150), SEED_SET)
LINEAR = LogisticRegression(max_iter=5000)
BOOSTING = HistGradientBoostingClassifier(
    max_iter=3, min_samples_leaf=2, categorical_features="from_dtype"
)

rng = np.random.default_rng(0)
FRAME = pd.DataFrame(
    {
        "length": IRIS[:, 2],
        "width": np.where(rng.random(150) < 0.2, np.nan, IRIS[:, 3]),
        "site": pd.Categorical(rng.choice(["north", "south", "west"], 150)),
        "seen": pd.Series(rng.integers(0, 3, 150)).astype("Int64"),
        "wild": rng.random(150) < 0.5,
    },
    index=rng.integers(0, 20, 150),  # neither unique nor sorted
)
FRAME.loc[FRAME.index == 3, "seen"] = pd.NA
FRAME.loc[FRAME.index == 5, "site"] = np.nan
TEXTS = [f"{kind} flower {i % 7} of {i % 3}" for i, kind in enumerate(y)]
TOKENS = [text.split()[: 2 + i % 3] for i, text in enumerate(TEXTS)]
TFIDF = TfidfVectorizer().fit_transform(TEXTS)


def by_name():
    """A Pipeline that picks its columns by name and makes them sparse."""
    columns = make_column_transformer(
        (StandardScaler(), ["length"]),
        (OneHotEncoder(handle_unknown="ignore"), ["site"]),
        sparse_threshold=1.0,
    )
    return make_pipeline(columns, LINEAR)


def split_tokens(tokens):
    return tokens


CASES = {
    "float64": (IRIS, LINEAR),
    "float32": (IRIS.astype(np.float32), LINEAR),
    "list": (IRIS.tolist(), LINEAR),
    "object": (IRIS.astype(object), LINEAR),
    "integers": ((IRIS * 10).astype(int), LINEAR),
    "fortran": (np.asfortranarray(IRIS), LINEAR),
    "one column": (IRIS[:, 2:3], LINEAR),
    "frame": (pd.DataFrame(IRIS, index=FRAME.index), LINEAR),
    "named columns": (FRAME, by_name()),
    "mixed table": (FRAME, BOOSTING),
    "numbers for names": (FRAME.set_axis([30, 1, 20, 2, 0], axis=1), BOOSTING),
    "gaps": (np.where(IRIS > 6, np.nan, IRIS), BOOSTING),
    "gaps in a forest": (
        np.where(IRIS > 6, np.nan, IRIS),
        RandomForestClassifier(5, random_state=0),
    ),
    "csr": (TFIDF, LINEAR),
    "csr_array": (sparse.csr_array(TFIDF), LINEAR),
    "csc": (TFIDF.tocsc(), LINEAR),
    "csr, forest": (TFIDF, RandomForestClassifier(5, random_state=0)),
    "texts": (TEXTS, make_pipeline(TfidfVectorizer(), LINEAR)),
    "series of texts": (
        pd.Series(TEXTS, index=FRAME.index),
        make_pipeline(TfidfVectorizer(), LINEAR),
    ),
    "array of texts": (np.array(TEXTS), make_pipeline(TfidfVectorizer(), LINEAR)),
    "tokens": (
        TOKENS,
        make_pipeline(TfidfVectorizer(analyzer=split_tokens), LINEAR),
    ),
}


@pytest.mark.parametrize("strategy", [None, "coreset", "gsx"])
@pytest.mark.parametrize("case", CASES)
def test_a_round_in_every_container(case, strategy):
    X, estimator = CASES[case]
    before = hash_rows(X)
    learner = ActiveLearner(estimator, strategy, random_state=0)
    learner.fit(take_rows(X, SEED_SET), y[SEED_SET])
    rows = learner.query(X, 5, candidates=POOL)
    assert set(rows) <= set(POOL)
    assert len(set(rows)) == 5
    assert_array_equal(POOL[learner.query(take_rows(X, POOL), 5)], rows)

    learner.teach(take_rows(X, rows), y[rows])
    assert learner.strategy_ is not None, "the rows asked for are known again"
    assert type(learner.X_labeled_) is type(take_rows(X, rows))
    assert hash_rows(learner.X_labeled_) == [before[i] for i in [*SEED_SET, *rows]]
    assert set(learner.predict(X)) <= set(y)
    assert learner.query(X, 3).shape == (3,)
    assert hash_rows(X) == before, "the samples stay as they are"


@pytest.mark.parametrize("strategy", FOR_ANY_CLASSIFIER)
def test_float32_float64_list_frame_and_csr_give_the_same_rows(strategy):
    X32 = IRIS.astype(np.float32)
    models = [
        KNeighborsClassifier(3),
        RandomForestClassifier(5, random_state=0),
        LogisticRegression(max_iter=500),
        LearningLossClassifier((8,), max_epochs=3),
    ]
    estimator = next(
        model
        for model in models
        if strategy in strategies.names(estimator=clone(model).fit(X32, y))
    )
    dense = [X32, X32.astype(np.float64), X32.tolist(), pd.DataFrame(X32)]
    asked = []
    for X in dense:
        learner = ActiveLearner(estimator, quick(strategy), random_state=0)
        learner.fit(take_rows(X, SEED_SET), y[SEED_SET])
        asked.append(learner.query(X, 6))
    for rows in asked[1:]:
        assert_array_equal(rows, asked[0])


def test_frames_keep_columns_types_and_names():
    learner = ActiveLearner(BOOSTING, "coreset").fit(FRAME.iloc[SEED_SET], y[SEED_SET])
    learner.teach(FRAME.iloc[:3], y[:3])
    assert is_dataframe(learner.X_labeled_)
    assert learner.X_labeled_.dtypes.tolist() == FRAME.dtypes.tolist()
    assert learner.feature_names_in_.tolist() == FRAME.columns.tolist()
    assert learner.n_features_in_ == 5


def test_a_category_that_turns_up_later_is_taken():
    first = FRAME.iloc[SEED_SET].assign(site=pd.Categorical(["north"] * len(SEED_SET)))
    pool = FRAME.iloc[POOL].assign(site=pd.Categorical(["east"] * len(POOL)))
    for estimator in (by_name(), BOOSTING):
        learner = ActiveLearner(estimator, "coreset", random_state=0)
        rows = learner.fit(first, y[SEED_SET]).query(pool, 4)
        learner.teach(pool.iloc[rows], y[POOL][rows])
        assert learner.X_labeled_["site"].tolist() == ["north"] * 19 + ["east"] * 4
        assert learner.query(pool, 2).shape == (2,)


LABELS = {
    "series": pd.Series(y, index=FRAME.index),
    "category": pd.Categorical(y),
    "object": y.astype(object),
    "string": pd.Series(y, dtype="string"),
    "list": y.tolist(),
    "Int64": pd.Series(np.unique(y, return_inverse=True)[1], dtype="Int64"),
    "gaps": np.unique(y, return_inverse=True)[1] * 10 - 7,
    "bool": y == "setosa",
}


@pytest.mark.parametrize("kind", LABELS)
def test_labels_of_every_type(kind):
    labels = LABELS[kind]
    learner = ActiveLearner(LINEAR, random_state=0)
    learner.fit(IRIS[SEED_SET], take_rows(labels, SEED_SET))
    rows = learner.query(IRIS, 4, candidates=POOL)
    learner.teach(IRIS[rows], take_rows(labels, rows))
    assert set(learner.predict(IRIS)) == set(np.asarray(labels))
    assert learner.score(IRIS, np.asarray(labels)) > 0.9


@pytest.mark.parametrize("rows", [[3, 90, 120], np.array([120, 3, 90, 3])])
def test_candidates_of_every_type(rows):
    learner = ActiveLearner(LINEAR, "margin", random_state=0).fit(
        IRIS[SEED_SET], y[SEED_SET]
    )
    mask = np.isin(np.arange(150), rows)
    expected = learner.query(IRIS, 2, candidates=mask)
    kinds = [
        rows,
        list(rows),
        np.asarray(rows, dtype=np.uint8),
        pd.Index(rows),
        pd.Series(mask, index=FRAME.index),
        pd.Series(mask, dtype="boolean"),
        mask.tolist(),
    ]
    for candidates in kinds:
        assert_array_equal(learner.query(IRIS, 2, candidates=candidates), expected)


@pytest.mark.parametrize("strategy", ["random", "coreset", "gsx"])
@pytest.mark.parametrize("X", [IRIS, FRAME, TFIDF, IRIS.tolist()])
def test_tables_of_every_kind_before_there_is_a_label(X, strategy):
    rows = ActiveLearner(LINEAR, strategy, random_state=0).query(X, 5)
    assert len(set(rows)) == 5


def test_texts_before_there_is_a_label_are_drawn_at_random():
    assert ActiveLearner(LINEAR, "random", random_state=0).query(TEXTS, 5).shape == (5,)


TEXT_CONTAINERS = {
    "list": list,
    "tuple": tuple,
    "array": np.array,
    "objects": lambda texts: np.array(texts, dtype=object),
    "series": lambda texts: pd.Series(texts, index=np.arange(len(texts)) + 7),
    "string series": lambda texts: pd.Series(texts, dtype="string"),
    "categories": lambda texts: pd.Series(texts, dtype="category"),
}


@pytest.mark.parametrize("labeled", TEXT_CONTAINERS)
def test_texts_in_another_container(labeled):
    labels, rows = [], []
    labeled = TEXT_CONTAINERS[labeled]([TEXTS[row] for row in SEED_SET])
    texts = make_pipeline(TfidfVectorizer(), KNeighborsClassifier(3))
    for container in TEXT_CONTAINERS.values():
        learner = ActiveLearner(texts, "margin", random_state=0)
        learner.fit(labeled, y[SEED_SET])
        asked = learner.query(container([TEXTS[row] for row in POOL]), 5)
        answers = container([TEXTS[row] for row in POOL[asked]])
        strategy = learner.last_query_.strategy
        learner.teach(answers, y[POOL[asked]])
        assert learner.strategy_ is strategy, "found again by content"
        labels.append(list(learner.X_labeled_))
        rows.append(asked.tolist())
    assert all(other == labels[0] for other in labels)
    assert all(other == rows[0] for other in rows)
