"""Expected model output change: the samples that move the predictions most."""

from __future__ import annotations

from dataclasses import replace
from numbers import Integral

import numpy as np

from skactive.base import Facts, Score
from skactive.geometry import (
    expected_changes,
    greedy_change,
    greedy_trace,
    trace_gains,
)
from skactive.selection._posterior import PosteriorMap
from skactive.utils._sklearn import Interval, StrOptions


class ExpectedOutputChange(PosteriorMap, Score):
    """Pick what is expected to change the predictions over the pool most.

    The model is taken as linear in its features, and conditioned on the labeled samples
    by them. The score is the expectation, over the label that the model believes in, of
    the mean change of its predictions once it has seen it; no model is fitted anew.
    After each pick the model counts as having seen it, and the other scores follow.

    The mean squared change is the reduction of the mean variance: up to the factor, the
    forward half of `BAIT`. All targets share the features, so that several are no
    different from one. Where no sample changes anything, the batch is random.

    Parameters
    ----------
    features : transformer, default=None
        What the linear model sees; None means the gradient by the model's weights,
        projected at random where it is wide. Needs plain vectors.
    noise : float, default=1e-6
        Variance of the noise, as a share of the mean squared length of the labeled
        samples' features.
    norm : {'l2', 'l1'}, default='l2'
        Mean of the squared change, or of its absolute value.
    n_targets : int, default=1000
        For ``'l1'``: so many samples of the pool, drawn at random, stand for all of it.
        A number is kept for each of them and each sample of the pool.
    random_state : int, RandomState instance or None, default=None
        Seed of that draw; a learner fills it.

    Attributes
    ----------
    features_ : transformer
        Fitted on the labeled samples.

    References
    ----------
    Freytag, Rodner and Denzler (2014), "Selecting Influential Examples: Active Learning
    with Expected Model Output Changes"; Käding et al. (2018), "Active Learning for
    Regression Tasks with Expected Model Output Changes".

    Examples
    --------
    >>> from skactive.features import Inputs
    >>> from skactive.selection import ExpectedOutputChange
    >>> change = ExpectedOutputChange(Inputs(), noise=0.1).fit([[1.0]])
    >>> change.score_samples([[1.0], [2.0], [3.0]]).round(4)
    array([0.202 , 0.3327, 0.378 ])
    """

    facts = Facts(task="regression")
    _parameter_constraints = {
        **PosteriorMap._parameter_constraints,
        "norm": [StrOptions({"l1", "l2"})],
        "n_targets": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
    }

    def __init__(
        self, features=None, noise=1e-6, norm="l2", n_targets=1000, random_state=None
    ):
        self.features = features
        self.noise = noise
        self.norm = norm
        self.n_targets = n_targets
        self.random_state = random_state

    def _facts(self):
        return replace(super()._facts(), stochastic=self.norm == "l1")

    def _score(self, X):
        features = self._map(X)
        if self.norm == "l2":
            return trace_gains(features, noise=self.noise) / len(X)
        target = self._target(X, features)
        return expected_changes(features, noise=self.noise, target=target)

    def _select(self, X, n_queries, given):
        features = self._map(X)
        options = {
            "noise": self.noise,
            "given": given,
            "rng": self._rng(X, "ties"),
        }
        if self.norm == "l2":
            return greedy_trace(features, n_queries, **options)
        target = self._target(X, features)
        return greedy_change(features, n_queries, target=target, **options)

    def _target(self, X, features):
        size = min(self.n_targets, len(X))
        rows = self._rng(X, "targets").choice(len(X), size, replace=False)
        return features[np.sort(rows)]
