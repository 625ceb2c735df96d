"""Batches that stand for the pool: greedy maximisation of a set function."""

from __future__ import annotations

from dataclasses import replace
from numbers import Real

import numpy as np

from skactive.base import Facts, Score
from skactive.features import FeatureMap
from skactive.geometry import (
    CutGains,
    FacilityGains,
    SaturatedGains,
    lazy_greedy,
    naive_greedy,
    similarity_kernel,
    stochastic_greedy,
)
from skactive.utils._sklearn import HasMethods, Interval, StrOptions

SIMILARITY_CONSTRAINTS = {
    "similarity": [StrOptions({"cosine", "clipped_cosine", "rbf"})],
    "gamma": [None, Interval(Real, 0, None, closed="neither")],
}


class SetFunction(FeatureMap, Score):
    """Base class: pick one by one what adds most to the worth of the batch.

    A subclass writes ``_function(X)``: an object with ``gains`` and ``add``. A sample
    by itself is worth its gain before the first pick.
    """

    _parameter_constraints = {
        "features": [None, HasMethods(["fit", "transform"])],
        "condition_on_labeled": ["boolean"],
    }

    def _fit(self, X, y):
        super()._fit(X, y)
        self.labeled_features_ = self._map(X) if self.condition_on_labeled else None

    @property
    def _labeled(self):
        return getattr(self, "labeled_features_", None)

    def _function(self, X):
        raise TypeError(f"{type(self).__name__} does not say what a batch is worth.")

    def _score(self, X):
        function = self._function(X)
        return function.gains(np.arange(len(function)))

    def _select(self, X, n_queries, given):
        rng = self._rng(X, "ties")
        return naive_greedy(self._function(X), n_queries, given=given, rng=rng)

    def _kernel(self, X, features):
        rng = self._rng(X, "gamma")
        return similarity_kernel(self.similarity, features, gamma=self.gamma, rng=rng)


class MonotoneSubmodular(SetFunction):
    """Base class where gains only shrink: not all are looked at for each pick."""

    _parameter_constraints = {
        **SetFunction._parameter_constraints,
        "optimizer": [StrOptions({"lazy", "stochastic"})],
        "epsilon": [Interval(Real, 0, 1, closed="neither")],
    }

    def _facts(self):
        facts = super()._facts()
        if self.optimizer == "lazy":
            return facts
        # A random part of the pool may hold nothing but copies.
        return replace(facts, stochastic=True, diverse=False)

    def _select(self, X, n_queries, given):
        function = self._function(X)
        if self.optimizer == "lazy":
            rng = self._rng(X, "ties")
            return lazy_greedy(function, n_queries, given=given, rng=rng)
        return stochastic_greedy(
            function, n_queries, given=given, epsilon=self.epsilon, rng=self._rng(X)
        )


class FacilityLocation(MonotoneSubmodular):
    """Give each sample of the pool a similar one in the batch.

    A batch is worth the sum, over the pool, of the similarity to the most similar
    sample that is labeled or picked. Time grows with the square of the pool; put
    `skactive.compose.Subsample` or `Prefilter` around it where there are more than some
    ten thousand samples. Similarities are computed again when they are needed and never
    stored. Once all of the pool is covered, the rest of the batch is random.

    Parameters
    ----------
    features : transformer, default=None
        The space of the similarities; None means ``Embedding()``.
    similarity : {'cosine', 'clipped_cosine', 'rbf'}, default='cosine'
        ``(1 + cos) / 2``, ``max(cos, 0)`` or ``exp(-gamma * squared distance)``.
    gamma : float, default=None
        For ``'rbf'``; None means one over the median squared distance in the pool.
    condition_on_labeled : bool, default=True
        Whether labeled samples cover the pool, too.
    optimizer : {'lazy', 'stochastic'}, default='lazy'
        The greedy algorithm, or the one that looks at a random part of the pool for
        each pick.
    epsilon : float, default=0.01
        What the stochastic optimizer may lose, as a share of the best worth.

    Attributes
    ----------
    features_ : transformer
        Fitted on the labeled samples.
    labeled_features_ : {ndarray, CSR, ProductFeatures} or None
        Features of the labeled samples, if they count.

    References
    ----------
    Lin and Bilmes (2011), "A Class of Submodular Functions for Document
    Summarization"; Wei, Iyer and Bilmes (2015), "Submodularity in Data Subset Selection
    and Active Learning".

    Examples
    --------
    >>> from skactive.selection import FacilityLocation
    >>> pool = [[0.0, 1.0], [0.1, 1.0], [-0.1, 1.0], [1.0, 0.0], [1.0, 0.1]]
    >>> FacilityLocation().fit([[1.0, 0.05]]).select(pool)
    array([0])
    """

    facts = Facts(diverse=True, cold_start=True, quadratic=True)
    _parameter_constraints = {
        **MonotoneSubmodular._parameter_constraints,
        **SIMILARITY_CONSTRAINTS,
    }

    def __init__(
        self,
        features=None,
        similarity="cosine",
        gamma=None,
        condition_on_labeled=True,
        optimizer="lazy",
        epsilon=0.01,
    ):
        self.features = features
        self.similarity = similarity
        self.gamma = gamma
        self.condition_on_labeled = condition_on_labeled
        self.optimizer = optimizer
        self.epsilon = epsilon

    def _function(self, X):
        features = self._map(X)
        return FacilityGains(features, self._kernel(X, features), self._labeled)


class SaturatedCoverage(MonotoneSubmodular):
    """Cover each sample of the pool up to a share of what the whole pool gives it.

    A batch is worth the sum, over the pool, of the similarity to all its samples
    together, but for no sample more than `share` of its similarity to the whole pool.
    Time grows with the square of the pool; put `skactive.compose.Subsample` or
    `Prefilter` around it where there are more than some ten thousand samples. Once all
    of the pool is saturated, the rest of the batch is random.

    Parameters
    ----------
    features : transformer, default=None
        The space of the similarities; None means ``Embedding()``.
    similarity : {'cosine', 'clipped_cosine', 'rbf'}, default='cosine'
        ``(1 + cos) / 2``, ``max(cos, 0)`` or ``exp(-gamma * squared distance)``.
    gamma : float, default=None
        For ``'rbf'``; None means one over the median squared distance in the pool.
    share : float, default=0.1
        Where the worth of a sample saturates: about so large a part of the pool may be
        picked before it does. As long as nothing is saturated, the batch is made of the
        most central samples, similar or not.
    condition_on_labeled : bool, default=False
        Whether labeled samples cover the pool, too. Many of them saturate it.
    optimizer : {'lazy', 'stochastic'}, default='lazy'
        The greedy algorithm, or the one that looks at a random part of the pool for
        each pick.
    epsilon : float, default=0.01
        What the stochastic optimizer may lose, as a share of the best worth.

    Attributes
    ----------
    features_ : transformer
        Fitted on the labeled samples.
    labeled_features_ : {ndarray, CSR, ProductFeatures} or None
        Features of the labeled samples, if they count.

    References
    ----------
    Lin and Bilmes (2011), "A Class of Submodular Functions for Document
    Summarization".

    Examples
    --------
    >>> from skactive.selection import SaturatedCoverage
    >>> pool = [[0.0, 1.0], [0.1, 1.0], [-0.1, 1.0], [1.0, 0.0], [1.0, 0.1]]
    >>> SaturatedCoverage(share=0.5).select(pool)
    array([1])
    """

    facts = Facts(cold_start=True, quadratic=True)
    _parameter_constraints = {
        **MonotoneSubmodular._parameter_constraints,
        **SIMILARITY_CONSTRAINTS,
        "share": [Interval(Real, 0, 1, closed="right")],
    }

    def __init__(
        self,
        features=None,
        similarity="cosine",
        gamma=None,
        share=0.1,
        condition_on_labeled=False,
        optimizer="lazy",
        epsilon=0.01,
    ):
        self.features = features
        self.similarity = similarity
        self.gamma = gamma
        self.share = share
        self.condition_on_labeled = condition_on_labeled
        self.optimizer = optimizer
        self.epsilon = epsilon

    def _function(self, X):
        features = self._map(X)
        kernel = self._kernel(X, features)
        return SaturatedGains(features, kernel, self._labeled, share=self.share)


class GraphCut(SetFunction):
    """Pick what is similar to the pool and not to the rest of the batch.

    A batch is worth its similarity to the pool, less `redundancy` times the similarity
    of its samples, and the labeled ones, to one another. Time is linear in the pool
    with the similarity ``'cosine'``. With the other two it grows with the square of the
    pool; put `skactive.compose.Subsample` or `Prefilter` around it there.

    Parameters
    ----------
    features : transformer, default=None
        The space of the similarities; None means ``Embedding()``.
    similarity : {'cosine', 'clipped_cosine', 'rbf'}, default='cosine'
        ``(1 + cos) / 2``, ``max(cos, 0)`` or ``exp(-gamma * squared distance)``.
    gamma : float, default=None
        For ``'rbf'``; None means one over the median squared distance in the pool.
    redundancy : float, default=0.4
        Price of similar samples. Above 0.5 a large batch may be worth less than a part
        of it; it is filled all the same.
    condition_on_labeled : bool, default=True
        Whether samples similar to the labeled ones are redundant.

    Attributes
    ----------
    features_ : transformer
        Fitted on the labeled samples.
    labeled_features_ : {ndarray, CSR, ProductFeatures} or None
        Features of the labeled samples, if they count.

    References
    ----------
    Lin and Bilmes (2011), "A Class of Submodular Functions for Document
    Summarization".

    Examples
    --------
    >>> from skactive.selection import GraphCut
    >>> pool = [[0.0, 1.0], [0.1, 1.0], [-0.1, 1.0], [1.0, 0.0], [1.0, 0.1]]
    >>> GraphCut(redundancy=2).fit([[0.0, 1.0]]).select(pool)
    array([3])
    """

    facts = Facts(cold_start=True)
    _parameter_constraints = {
        **SetFunction._parameter_constraints,
        **SIMILARITY_CONSTRAINTS,
        "redundancy": [Interval(Real, 0, None, closed="left")],
    }

    def __init__(
        self,
        features=None,
        similarity="cosine",
        gamma=None,
        redundancy=0.4,
        condition_on_labeled=True,
    ):
        self.features = features
        self.similarity = similarity
        self.gamma = gamma
        self.redundancy = redundancy
        self.condition_on_labeled = condition_on_labeled

    def _facts(self):
        return replace(super()._facts(), quadratic=self.similarity != "cosine")

    def _function(self, X):
        features = self._map(X)
        return CutGains(
            features,
            self._kernel(X, features),
            self._labeled,
            redundancy=self.redundancy,
        )
