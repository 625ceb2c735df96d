"""k-DPP on views; its engine is tested with the geometry."""

from itertools import combinations

import numpy as np
import pytest
from scipy.stats import chisquare

from skactive import ModelView, strategies
from skactive.features import GradientEmbedding, Inputs
from skactive.selection import KDPP

N_DRAWS = 300
POINTS = np.random.default_rng(0).normal(size=(5, 4))


def determinants(rows, given):
    """Probability of each pair of rows beside the given ones."""
    kernel = rows @ rows.T
    free = np.setdiff1d(np.arange(5), given)
    weights = {}
    for pair in combinations(free.tolist(), 2):
        index = [*given, *pair]
        weights[pair] = np.linalg.det(kernel[np.ix_(index, index)])
    return {pair: w / sum(weights.values()) for pair, w in weights.items()}


def require_law(strategy, view, rows, given=()):
    law = determinants(rows, given)
    counts = dict.fromkeys(law, 0)
    for seed in range(N_DRAWS):
        strategy.set_params(random_state=seed)
        counts[tuple(sorted(strategy.select(view, 2, given=given).tolist()))] += 1
    expected = N_DRAWS * np.array(list(law.values()))
    assert chisquare(list(counts.values()), expected).pvalue > 0.001


@pytest.mark.parametrize("given", [[], [3]])
def test_the_law_of_all_pairs(given):
    strategy = KDPP(Inputs())
    if given:  # what is labeled plays no part
        strategy.fit(POINTS[:2])
    require_law(strategy, POINTS, POINTS, given)


def test_the_law_of_gradients():
    proba = np.random.default_rng(1).dirichlet(np.ones(3), 5)
    view = ModelView.from_outputs(proba=proba, embedding=POINTS)
    residual = proba - np.eye(3)[proba.argmax(axis=1)]
    gradients = np.einsum("nk,nd->nkd", residual, POINTS).reshape(5, -1)
    require_law(KDPP(GradientEmbedding()), view, gradients)


def test_copies_are_never_together():
    view = np.repeat(POINTS, 2, axis=0)
    for seed in range(50):
        rows = strategies.kdpp(features=Inputs(), random_state=seed).select(view, 4)
        assert len(set(rows // 2)) == 4
