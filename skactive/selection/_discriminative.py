"""Discriminative active learning: samples that can be told from the labeled ones."""

from __future__ import annotations

import warnings
from numbers import Integral

import numpy as np
from scipy import sparse
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import gen_batches
from sklearn.utils.validation import check_is_fitted

from skactive.base import Facts, Score
from skactive.features import FeatureMap
from skactive.geometry import dense_rows, top_k
from skactive.utils import seed_nested
from skactive.utils._sklearn import HasMethods, Interval

_N_ROWS = 8192

# Rounding differs between copies of a row; scores do not.
_DECIMALS = 9


class DiscriminativeSampling(FeatureMap, Score):
    """Ask for what a classifier can tell from the labeled samples.

    A second classifier learns to tell labeled samples from the pool. The samples that
    it is surest come from the pool are asked for, a part of the batch at a time; they
    then count as labeled, as given rows do, and it is trained again. The model serves
    as the space only.

    Parameters
    ----------
    n_batches : int, default=10
        Parts of the batch, between which the classifier is trained again.
    estimator : classifier, default=None
        Tells labeled from not; None means logistic regression on features divided by
        their largest absolute value, both sides weighing the same.
    max_pool : int, default=10_000
        Samples of the pool to train on, drawn at random if there are more.
    features : transformer, default=None
        What it sees; None means ``Embedding()``.
    random_state : int, RandomState instance or None, default=None
        Seed of that draw and of the classifier; a learner fills it.

    Attributes
    ----------
    labeled_features_ : {ndarray, CSR}
        Features of the labeled samples.

    References
    ----------
    Gissin and Shalev-Shwartz (2019), "Discriminative Active Learning".

    Examples
    --------
    >>> from skactive.selection import DiscriminativeSampling
    >>> labeled, pool = [[0.0], [1.0], [2.0]], [[0.5], [1.5], [9.0], [0.1]]
    >>> DiscriminativeSampling().fit(labeled).select(pool)
    array([2])
    """

    facts = Facts(stochastic=True)
    _parameter_constraints = {
        "n_batches": [Interval(Integral, 1, None, closed="left")],
        "estimator": [
            None,
            HasMethods(["fit", "decision_function"]),
            HasMethods(["fit", "predict_proba"]),
        ],
        "max_pool": [Interval(Integral, 1, None, closed="left")],
        "features": [None, HasMethods(["fit", "transform"])],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        n_batches=10,
        estimator=None,
        max_pool=10_000,
        features=None,
        random_state=None,
    ):
        self.n_batches = n_batches
        self.estimator = estimator
        self.max_pool = max_pool
        self.features = features
        self.random_state = random_state

    def _fit(self, X, y):
        super()._fit(X, y)
        self.labeled_features_ = self._plain(X)

    def _plain(self, X):
        features = self._map(X)
        if sparse.issparse(features):
            return features
        return dense_rows(features, type(self).__name__)

    def _score(self, X):
        check_is_fitted(self, "labeled_features_")
        return self._odds(self._plain(X), np.empty(0, dtype=np.int64), self._rng(X))

    def _select(self, X, n_queries, given):
        check_is_fitted(self, "labeled_features_")
        features, taken = self._plain(X), given
        rng, ties = self._rng(X), self._rng(X, "ties")
        for part in np.array_split(
            np.arange(n_queries), min(self.n_batches, n_queries)
        ):
            odds = self._odds(features, taken, rng)
            new = top_k(odds, len(part), rng=ties, exclude=taken)
            taken = np.concatenate([taken, new])
        return taken[len(given) :]

    def _odds(self, features, taken, rng):
        """How sure a new classifier is that each row is from the pool."""
        rest = np.delete(np.arange(features.shape[0]), taken)
        if len(rest) > self.max_pool:
            rest = np.sort(rng.choice(rest, self.max_pool, replace=False))
        stack = sparse.vstack if sparse.issparse(features) else np.vstack
        both = stack([self.labeled_features_, features[taken], features[rest]])
        is_pool = np.arange(both.shape[0]) >= both.shape[0] - len(rest)
        seed = int(rng.integers(np.iinfo(np.int32).max))
        model = seed_nested(self._classifier(), seed)
        with warnings.catch_warnings():
            # The order of the samples is settled long before.
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(both, is_pool)
        return np.concatenate(
            [
                np.round(_sureness(model, features[rows]), _DECIMALS)
                for rows in gen_batches(features.shape[0], _N_ROWS)
            ]
        )

    def _classifier(self):
        if self.estimator is not None:
            return clone(self.estimator)
        # Half a second to load, and few need it.
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import MaxAbsScaler

        model = LogisticRegression(class_weight="balanced")
        return make_pipeline(MaxAbsScaler(), model)


def _sureness(model, rows):
    if hasattr(model, "decision_function"):
        return model.decision_function(rows)
    return model.predict_proba(rows)[:, 1]
