"""Scaled, conditioned and squared features against their kernels."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline

from skactive import ModelView
from skactive.features import (
    ACSFeatures,
    Embedding,
    Posterior,
    Scale,
    facts_of,
    gradient_pipeline,
)
from skactive.geometry import (
    ProductFeatures,
    StackedFeatures,
    inner_products,
    squared_norms,
)
from skactive.selection import BAIT, LargestClusterMaximum

rng_of = np.random.default_rng
LABELED, POOL = rng_of(0).normal(size=(7, 5)), rng_of(1).normal(size=(11, 5))


def kinds(dense):
    """The same rows in all containers."""
    ones = np.ones((len(dense), 1))
    yield dense
    yield dense.tolist()
    yield pd.DataFrame(dense)
    yield sparse.csr_matrix(dense)
    yield sparse.csr_array(dense)
    yield sparse.coo_matrix(dense)
    yield ProductFeatures(ones, dense)
    yield StackedFeatures([dense[:, :2], ProductFeatures(ones, dense[:, 2:])])


def as_dense(rows):
    return rows.toarray() if sparse.issparse(rows) else np.asarray(rows)


# --- scale


def test_labeled_samples_have_length_one():
    expected = POOL / np.sqrt(np.square(LABELED).sum(axis=1).mean())
    for labeled, pool in zip(kinds(LABELED), kinds(POOL), strict=True):
        scale = Scale().fit(labeled)
        assert squared_norms(np.asarray(as_dense(scale.transform(labeled)))).mean() == (
            pytest.approx(1)
        )
        assert_allclose(as_dense(scale.transform(pool)), expected)


def test_what_is_scaled_keeps_its_kind():
    for pool in (sparse.csr_matrix(POOL), ProductFeatures(POOL, POOL)):
        assert type(Scale().fit(pool).transform(pool)) is type(pool)
    single = POOL.astype(np.float32)
    assert Scale().fit(single).transform(single).dtype == np.float32


def test_zeros_stay_zeros():
    scale = Scale().fit(np.zeros((3, 2)))
    assert_array_equal(scale.transform(POOL[:, :2]), POOL[:, :2])
    assert scale.scale_ == 1


# --- posterior


def covariance(labeled, pool, noise):
    """What is left of the kernel of the pool."""
    cross = pool @ labeled.T
    K = labeled @ labeled.T + noise * np.eye(len(labeled))
    return pool @ pool.T - cross @ np.linalg.solve(K, cross.T)


@pytest.mark.parametrize("noise", [0.1, 3.0])
@pytest.mark.parametrize("n_labeled", [1, 3, 5, 7, 200])
def test_products_are_covariances(n_labeled, noise):
    labeled = rng_of(2).normal(size=(n_labeled, 5))
    expected = covariance(labeled, POOL, noise)
    for rows, pool in zip(kinds(labeled), kinds(POOL), strict=True):
        features = Posterior(noise).fit(rows).transform(pool)
        assert features.dtype == np.float64
        assert_allclose(features @ features.T, expected, atol=1e-12)


def test_little_noise_and_dependent_rows():
    # Three directions are known, copies and all; the noise is all that is left there.
    labeled = rng_of(0).normal(size=(40, 3)) @ np.eye(3, 5)
    labeled = np.vstack([labeled, labeled])
    features = Posterior(1e-6).fit(labeled).transform(np.eye(5))
    A = np.linalg.inv(labeled.T @ labeled + 1e-6 * np.eye(5)) * 1e-6
    assert_allclose(features @ features.T, A, rtol=1e-6, atol=1e-15)
    assert_allclose(features[3:], np.eye(5)[3:], atol=1e-12)


def test_wide_features_and_few_labels():
    labeled, pool = rng_of(0).normal(size=(4, 3000)), rng_of(1).normal(size=(6, 3000))
    features = Posterior(0.5).fit(labeled).transform(pool)
    assert_allclose(features @ features.T, covariance(labeled, pool, 0.5), rtol=1e-9)


def test_single_precision_is_observed_in_double():
    features = Posterior(1e-6).fit(LABELED.astype(np.float32))
    expected = Posterior(1e-6).fit(LABELED.astype(np.float32).astype(np.float64))
    single = POOL.astype(np.float32)
    assert_array_equal(features.transform(single), expected.transform(single * 1.0))


def test_without_labels_nothing_changes():
    assert_array_equal(Posterior().fit(LABELED[:0]).transform(POOL), POOL)
    assert_array_equal(Scale().fit(LABELED[:0]).transform(POOL), POOL)


def test_wide_sparse_features_need_a_sketch():
    wide = sparse.csr_matrix((4, 9000))
    with pytest.raises(TypeError, match=r"Posterior needs .*9000 columns.*Sketch"):
        Posterior().fit(wide)


@pytest.mark.parametrize("transformer", [Scale(), Posterior(), ACSFeatures()])
def test_what_is_not_finite_or_not_fitted(transformer):
    spoiled = LABELED.copy()
    spoiled[3] = np.nan
    with pytest.raises(ValueError, match=r"1 rows of features .*first row 3"):
        clone(transformer).fit(spoiled)
    with pytest.raises(NotFittedError):
        clone(transformer).transform(POOL)


@pytest.mark.parametrize("transformer", [Posterior, ACSFeatures])
@pytest.mark.parametrize("noise", [0, -1.0, "small", None])
def test_noise_is_a_positive_number(transformer, noise):
    with pytest.raises(ValueError, match="'noise' parameter of"):
        transformer(noise=noise).fit(LABELED)


# --- Bayesian core-sets


def test_products_are_those_of_log_likelihoods():
    noise, n_draws = 0.7, 40_000
    features = ACSFeatures(noise).fit(LABELED).transform(POOL)
    assert isinstance(features, StackedFeatures)
    after = Posterior(noise).fit(LABELED).transform(POOL)
    k = np.square(after).sum(axis=1)
    theta = rng_of(3).normal(size=(5, n_draws))
    drawn = np.log1p(k / noise)[:, None] / 2
    drawn = drawn - (np.square(after @ theta) + k[:, None]) / (2 * noise)
    products = drawn[:, None] * drawn
    error = products.std(axis=2) / np.sqrt(n_draws)
    gap = products.mean(axis=2) - inner_products(features, features)
    assert (np.abs(gap) < 5 * error).all()


def test_gradients_are_products_of_kernels():
    features = ACSFeatures(0.7, kind="gradient").fit(LABELED).transform(POOL)
    expected = (POOL @ POOL.T) * covariance(LABELED, POOL, 0.7) / 0.7**2
    assert_allclose(inner_products(features, features), expected, atol=1e-9)


# --- one behind the other


def test_a_pipeline_spells_a_kernel():
    labeled, pool = (ModelView.from_outputs(embedding=h) for h in (LABELED, POOL))
    features = gradient_pipeline(Scale(), Posterior(0.1)).fit(labeled).transform(pool)
    rows = [np.hstack([h, np.ones((len(h), 1))]) for h in (LABELED, POOL)]
    scale = np.sqrt(np.square(rows[0]).sum(axis=1).mean())
    expected = covariance(rows[0] / scale, rows[1] / scale, 0.1)
    assert_allclose(features @ features.T, expected, atol=1e-12)
    assert facts_of(gradient_pipeline()).needs == ("gradient_factors",)


def test_sparse_embeddings():
    views = [
        ModelView.from_outputs(embedding=sparse.csr_matrix(h)) for h in (LABELED, POOL)
    ]
    dense = [ModelView.from_outputs(embedding=h) for h in (LABELED, POOL)]
    features = [
        gradient_pipeline(Scale(), Posterior()).fit(labeled).transform(pool)
        for labeled, pool in (views, dense)
    ]
    assert_allclose(*features, atol=1e-12)


def test_any_features_can_stand_in_front():
    pipeline = make_pipeline(Embedding(), Scale(), Posterior())
    assert_allclose(
        pipeline.fit(LABELED).transform(LABELED),
        Posterior().fit(rows := Scale().fit_transform(LABELED)).transform(rows),
    )


def test_leaves_of_a_forest_are_sketched_and_narrow_gradients_are_not():
    wide = sparse.random(9, 9000, density=0.01, format="csr", random_state=0)
    views = [ModelView.from_outputs(embedding=h) for h in (wide, wide[:, :20])]
    widths = [
        gradient_pipeline(Posterior()).fit(view).transform(view).shape[1]
        for view in views
    ]
    assert widths == [512, 21]


@pytest.mark.parametrize("strategy", [BAIT(), LargestClusterMaximum()])
def test_default_features_are_seeded(strategy):
    wide = rng_of(0).normal(size=(60, 800))
    rows = [
        strategy.fit(
            ModelView.from_outputs(embedding=wide[:5], seed=seed), np.zeros(5)
        ).select(ModelView.from_outputs(embedding=wide[5:], seed=seed), 12)
        for seed in (1, 1, 2)
    ]
    assert_array_equal(rows[0], rows[1])
    assert rows[0].tolist() != rows[2].tolist()
