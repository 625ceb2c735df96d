"""Scores made of scores."""

from __future__ import annotations

from numbers import Real

import numpy as np
from scipy.stats import rankdata

from skactive.base import Facts, Score
from skactive.utils._sklearn import StrOptions, _BaseComposition


class _Combined(_BaseComposition, Score):
    """A list of (name, score) pairs, each scaled and weighted."""

    facts = Facts(cold_start=True)

    # Weights are no less than this.
    _least = -np.inf

    def get_params(self, deep=True):
        """Get the parameters, with `deep` those of the parts by their names.

        Parameters
        ----------
        deep : bool, default=True
            Whether to include the parts and their parameters.

        Returns
        -------
        params : dict
        """
        return self._get_params("parts", deep=deep)

    def set_params(self, **params):
        """Set parameters, also of parts: ``name=`` or ``name__parameter=``.

        Parameters
        ----------
        **params
            Names and values.

        Returns
        -------
        self : Score
        """
        self._set_params("parts", **params)
        return self

    def _facts(self):
        self._check_parts()
        return self.facts.including(*(part._facts() for _, part in self.parts))

    def _check_parts(self):
        good = isinstance(self.parts, list) and all(
            isinstance(pair, tuple) and len(pair) == 2 and isinstance(pair[1], Score)
            for pair in self.parts
        )
        if not (good and self.parts):
            raise ValueError(
                f"parts={self.parts!r} must be a list of pairs of a name and a score, "
                'such as [("doubt", Entropy()), ("spread", MeanStd())].'
            )
        self._validate_names([name for name, _ in self.parts])
        if self.weights is None:
            return
        weights = np.asarray(self.weights, dtype=object)
        if weights.shape != (len(self.parts),):
            raise ValueError(
                f"weights={self.weights!r} must hold {len(self.parts)} numbers, one "
                "for each part."
            )
        for (name, _), weight in zip(self.parts, weights, strict=True):
            if not (isinstance(weight, Real) and self._least <= weight < np.inf):
                raise ValueError(
                    f"weights={self.weights!r} has {weight!r} for {name!r}; pass "
                    f"finite numbers of at least {self._least}."
                )

    def _validate_params(self):
        super()._validate_params()
        self._check_parts()

    def _scaled(self, X):
        """Yield the name, the weight and the scaled scores of each part."""
        self._check_parts()
        weights = [1.0] * len(self.parts) if self.weights is None else self.weights
        for (name, part), weight in zip(self._part("parts"), weights, strict=True):
            yield name, weight, scale(part.score_samples(X), self.scaling)


class WeightedSum(_Combined):
    """Weighted sum of scores that are brought to one scale.

    Parameters
    ----------
    parts : list of (str, Score)
        The scores and their names.
    weights : array-like of float, default=None
        One for each part; None means 1 for all.
    scaling : {'minmax', 'rank', 'zscore'} or None, default='minmax'
        What is done with each part's scores of a pool: bring them to 0 to 1, take their
        ranks from 0 to 1 (equals share the lowest), or give them mean 0 and variance 1.
        None leaves them. Scores that are all equal become zeros.

    Examples
    --------
    >>> from skactive import ModelView
    >>> from skactive.compose import WeightedSum
    >>> from skactive.scores import Entropy, MeanStd
    >>> both = WeightedSum([("doubt", Entropy()), ("spread", MeanStd())], [1, 0.5])
    >>> view = ModelView.from_outputs(
    ...     proba=[[0.5, 0.5], [1, 0]], draws=[[[0.5, 0.5]] * 2, [[1, 0], [0, 1]]]
    ... )
    >>> both.score_samples(view).tolist()
    [1.0, 0.5]
    """

    _parameter_constraints = {
        "parts": [list],
        "weights": [None, "array-like"],
        "scaling": [None, StrOptions({"minmax", "rank", "zscore"})],
    }

    def __init__(self, parts, weights=None, scaling="minmax"):
        self.parts = parts
        self.weights = weights
        self.scaling = scaling

    def _score(self, X):
        return sum(weight * scores for _, weight, scores in self._scaled(X))


class Product(_Combined):
    """Product of powers of scores, none of them negative.

    Parameters
    ----------
    parts : list of (str, Score)
        The scores and their names.
    weights : array-like of float, default=None
        Powers, one for each part and none negative; None means 1 for all.
    scaling : {'minmax', 'rank'} or None, default=None
        What is done with each part's scores of a pool: bring them to 0 to 1, or take
        their ranks from 0 to 1 (equals share the lowest). None leaves them. The lowest
        becomes zero, and so does the product, whatever the other parts say.

    Examples
    --------
    >>> from skactive import ModelView
    >>> from skactive.compose import Product
    >>> from skactive.scores import LeastConfidence, MeanStd
    >>> both = Product([("doubt", LeastConfidence()), ("spread", MeanStd())])
    >>> view = ModelView.from_outputs(
    ...     proba=[[0.5, 0.5], [0.5, 0.5]], draws=[[[0.5, 0.5]] * 2, [[1, 0], [0, 1]]]
    ... )
    >>> both.score_samples(view).tolist()
    [0.0, 0.25]
    """

    _parameter_constraints = {
        "parts": [list],
        "weights": [None, "array-like"],
        "scaling": [None, StrOptions({"minmax", "rank"})],
    }

    _least = 0

    def __init__(self, parts, weights=None, scaling=None):
        self.parts = parts
        self.weights = weights
        self.scaling = scaling

    def _score(self, X):
        product = np.ones(len(X))
        for name, power, scores in self._scaled(X):
            if scores.min() < 0:
                raise ValueError(
                    f"Product needs scores that are not negative, and {name!r} has "
                    f"{scores.min():.3g}; use scaling='minmax' or scaling='rank', or "
                    "WeightedSum."
                )
            product *= scores**power
        return product


def scale(scores, scaling):
    """Bring scores to a common scale; zeros where they are all equal."""
    if scaling is None:
        return scores
    if scaling == "rank":
        return (rankdata(scores, method="min") - 1) / max(len(scores) - 1, 1)
    if scores.min() == scores.max():
        return np.zeros_like(scores)
    if scaling == "minmax":
        return (scores - scores.min()) / (scores.max() - scores.min())
    centered = scores - scores.mean()
    return centered / np.sqrt(np.mean(centered**2))
