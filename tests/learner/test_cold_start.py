"""The first batch, before there is a model: every name that is tagged for it."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse
from scipy.spatial.distance import pdist
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.utils import get_tags

from skactive import ActiveLearner, strategies
from skactive.exceptions import MissingCapability

COLD = [
    name
    for name in strategies.names()
    if get_tags(strategies.get(name)).strategy.cold_start
]
# What seed sets are made by in the literature; dispersion-min is disparity_min.
SEED_SETS = (
    "disparity_min",
    "facility_location",
    "kmeans",
    "max_herding",
    "probcover",
    "random",
    "typiclust",
)
RNG = np.random.default_rng(0)
CENTERS = np.array([[0.0, 0, 9], [9, 0, 0], [0, 9, 0], [-9, -9, -9]])
BLOBS = np.repeat(CENTERS, 25, axis=0) + RNG.normal(size=(100, 3))


def first_batch(name, X, n=4, estimator=None, seed=0):
    estimator = LogisticRegression() if estimator is None else estimator
    return ActiveLearner(estimator, name, random_state=seed).query(X, n)


def test_seed_sets_need_no_model():
    assert set(SEED_SETS) <= set(COLD)


@pytest.mark.parametrize("name", COLD)
def test_the_first_batch_of_any_table(name):
    # Set cover takes probabilities, feature sums take what is not negative.
    X = np.abs(BLOBS[::3]) / np.abs(BLOBS).max()
    if name == "set_cover":
        with pytest.raises(ValueError, match="Set cover needs features from 0 to 1"):
            first_batch(name, X)
        return
    task = get_tags(strategies.get(name)).strategy.task
    estimator = Ridge() if task == "regression" else LogisticRegression()
    for table in (X, X.tolist(), pd.DataFrame(X), sparse.csr_matrix(X)):
        rows = first_batch(name, table, 5, estimator)
        assert len(set(rows)) == 5
        assert_array_equal(first_batch(name, table, 5, estimator), rows)
    some = np.arange(3, 20)
    learner = ActiveLearner(estimator, name, random_state=0)
    rows = learner.query(X, 5, candidates=some, pending=[4, 30])
    assert np.isin(rows, some).all()
    assert 4 not in rows


@pytest.mark.parametrize("name", SEED_SETS)
def test_one_sample_of_each_blob(name):
    if name == "random":
        return
    # Nobody knows the number of classes yet, and the radius of probcover hinges on it.
    known = {"n_clusters": 4} if name == "probcover" else {}
    for seed in range(5):
        rows = first_batch(strategies.get(name, **known), BLOBS, seed=seed)
        assert sorted(rows // 25) == [0, 1, 2, 3]


def test_chance_seldom_meets_each_blob():
    # 4! of 4**4 batches, a little more without replacement.
    hits = [
        len(set(first_batch("random", BLOBS, seed=seed) // 25)) == 4
        for seed in range(300)
    ]
    assert np.mean(hits) == pytest.approx(24 / 256 * 1.06, abs=0.05)


def test_dispersed_samples_are_farther_apart_than_random_ones():
    def closest(name, seed):
        rows = first_batch(name, BLOBS, 8, seed=seed)
        return pdist(BLOBS[rows]).min()

    dispersed = [closest("disparity_min", seed) for seed in range(20)]
    assert min(dispersed) > max(closest("random", seed) for seed in range(20))


def test_then_it_learns():
    y = np.repeat(np.arange(4), 25)
    learner = ActiveLearner(LogisticRegression(), "typiclust", random_state=0)
    rows = learner.query(BLOBS, 4)
    assert learner.fit(BLOBS[rows], y[rows]).score(BLOBS, y) == 1
    left = np.setdiff1d(np.arange(100), rows)
    assert len(set(learner.query(BLOBS[left], 3))) == 3


@pytest.mark.parametrize("strategy", ["kmeans", "kdpp", None])
def test_without_a_model_only_chance_chooses_among_texts(strategy):
    pipeline = make_pipeline(TfidfVectorizer(), LogisticRegression())
    texts = ["one two", "two three", "three"]
    learner = ActiveLearner(pipeline, strategy, random_state=0)
    with pytest.raises(MissingCapability, match=r"call fit first, or use 'random'\.$"):
        learner.query(texts, 2)
    assert len(first_batch("random", texts, 2, pipeline)) == 2
    assert len(learner.fit(texts[:2], [0, 1]).query(texts, 2)) == 2
