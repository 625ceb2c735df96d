"""VAAL in a pool: what comes first, and what the autoencoder gets to see."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.decomposition import PCA
from sklearn.exceptions import NotFittedError

from skactive import ModelView, strategies
from skactive.nets import _vaal
from skactive.selection import VAAL

rng_of = np.random.default_rng


@pytest.mark.parametrize("start", [0, 60, 100])
def test_a_shifted_cluster_comes_first_wherever_it_stands(start):
    labeled, pool = rng_of(0).normal(size=(50, 4)), rng_of(1).normal(size=(130, 4))
    pool[start : start + 30] += 4
    rows = VAAL(max_epochs=40, random_state=0).fit(labeled).select(pool, 8)
    assert ((rows >= start) & (rows < start + 30)).all()


def test_the_lowest_logits_are_asked_for(monkeypatch):
    logits = rng_of(0).normal(size=20)
    monkeypatch.setattr(_vaal, "labeled_logits", lambda *args, **options: logits)
    pool = rng_of(1).normal(size=(20, 2))
    strategy = VAAL().fit(pool[:3])
    assert_array_equal(strategy.select(pool, 20), np.argsort(logits))
    assert_allclose(strategy.score_samples(pool), -logits, atol=1e-8)
    rows = strategy.select(pool, 3, given=np.argsort(logits)[:2])
    assert_array_equal(rows, np.argsort(logits)[2:5])


@pytest.mark.parametrize(
    ("X", "features", "expected"),
    [
        (rng_of(0).normal(size=(9, 1, 4, 5)), None, (1, 4, 5)),
        (rng_of(0).normal(size=(9, 20)), None, None),
        (rng_of(0).normal(size=(9, 1, 4, 5)), PCA(2), None),
    ],
)
def test_images_are_seen_as_such(monkeypatch, X, features, expected):
    seen = []

    def spy(labeled, pool, given, **options):
        seen.append((pool.shape, pool.dtype, options["image_shape"]))
        return np.zeros(len(pool))

    monkeypatch.setattr(_vaal, "labeled_logits", spy)
    VAAL(features).fit(X).select(X)
    width = 2 if features else 20
    assert seen == [((9, width), np.float32, expected)]


def test_images_end_to_end():
    X = rng_of(0).random((40, 1, 8, 8)).astype(np.float32)
    rows = strategies.vaal(max_epochs=2, random_state=0).fit(X[:10]).select(X[10:], 4)
    assert len(set(rows)) == 4


def test_the_model_plays_no_part():
    X = rng_of(0).normal(size=(30, 3))
    views = [ModelView.from_outputs(X, proba=rng_of(s).random((30, 2))) for s in (1, 2)]
    rows = [VAAL(random_state=0).fit(v[:9]).select(v[9:], 3) for v in views]
    assert_array_equal(*rows)


def test_labeled_samples_are_needed():
    with pytest.raises(NotFittedError):
        VAAL().select([[1.0], [2.0]])
