"""Batches rich in features: every feature, or concept, should occur in some sample."""

from __future__ import annotations

from numbers import Real

from skactive.base import Facts
from skactive.features import Probabilities
from skactive.geometry import ConcaveGains, SetCoverGains
from skactive.selection._submodular import MonotoneSubmodular
from skactive.utils._sklearn import Interval, StrOptions


class FeatureBased(MonotoneSubmodular):
    """Pick samples that together have much of every feature.

    A batch is worth the sum, over features, of a concave function of their total over
    its samples: more of a feature always helps, but less and less. A feature that takes
    both signs counts as two, its positive and its negative part. Time is linear in the
    pool.

    Parameters
    ----------
    features : transformer, default=None
        The features; None means ``Embedding()``.
    concave : {'sqrt', 'log1p', 'ratio', 'min'}, default='sqrt'
        ``sqrt(m)``, ``log(1 + m)``, ``m / (1 + m)`` or ``min(m, cap)`` of the total.
        With ``'min'``, the rest of the batch is random once all features reach the cap.
    cap : float, default=1.0
        For ``'min'``.
    condition_on_labeled : bool, default=True
        Whether the totals include the labeled samples.
    optimizer : {'lazy', 'stochastic'}, default='lazy'
        The greedy algorithm, or the one that looks at a random part of the pool for
        each pick.
    epsilon : float, default=0.01
        What the stochastic optimizer may lose, as a share of the best worth.

    Attributes
    ----------
    features_ : transformer
        Fitted on the labeled samples.
    labeled_features_ : {ndarray, CSR} or None
        Features of the labeled samples, if they count.

    References
    ----------
    Kirchhoff and Bilmes (2014), "Submodularity for Data Selection in Statistical
    Machine Translation".

    Examples
    --------
    >>> from skactive.selection import FeatureBased
    >>> FeatureBased().fit([[9.0, 0.0]]).select([[3.0, 0.0], [0.0, 2.0], [1.0, 1.0]])
    array([1])
    """

    facts = Facts(cold_start=True)
    _parameter_constraints = {
        **MonotoneSubmodular._parameter_constraints,
        "concave": [StrOptions({"sqrt", "log1p", "ratio", "min"})],
        "cap": [Interval(Real, 0, None, closed="neither")],
    }

    def __init__(
        self,
        features=None,
        concave="sqrt",
        cap=1.0,
        condition_on_labeled=True,
        optimizer="lazy",
        epsilon=0.01,
    ):
        self.features = features
        self.concave = concave
        self.cap = cap
        self.condition_on_labeled = condition_on_labeled
        self.optimizer = optimizer
        self.epsilon = epsilon

    def _function(self, X):
        return ConcaveGains(
            self._map(X), self._labeled, concave=self.concave, cap=self.cap
        )


class SetCover(MonotoneSubmodular):
    """Pick samples that together cover as many concepts as possible.

    Features are the probabilities that a sample covers a concept, and a batch is worth
    the expected number of concepts that some sample of it covers. By default the
    concepts are the classes: each class should have a sample that is sure to be of it.
    As class probabilities sum to one, all samples are equally good first picks; later
    ones are those that the model is sure of. Time is linear in the pool. Where every
    concept is covered for certain, the rest of the batch is random.

    Parameters
    ----------
    features : transformer, default=None
        The concepts, numbers from 0 to 1; None means the class probabilities.
    condition_on_labeled : bool, default=False
        Whether the labeled samples cover concepts, too. A few cover all classes.
    optimizer : {'lazy', 'stochastic'}, default='lazy'
        The greedy algorithm, or the one that looks at a random part of the pool for
        each pick.
    epsilon : float, default=0.01
        What the stochastic optimizer may lose, as a share of the best worth.

    Attributes
    ----------
    features_ : transformer
        Fitted on the labeled samples.
    labeled_features_ : {ndarray, CSR} or None
        Features of the labeled samples, if they count.

    References
    ----------
    Iyer, Khargonkar, Bilmes and Asnani (2021), "Submodular Combinatorial Information
    Measures with Applications in Machine Learning".

    Examples
    --------
    >>> from skactive import ModelView
    >>> from skactive.selection import SetCover
    >>> view = ModelView.from_outputs(proba=[[0.9, 0.1], [0.8, 0.2], [0.3, 0.7]])
    >>> SetCover().select(view, given=[0])
    array([2])
    """

    facts = Facts(cold_start=True)
    _default_features = Probabilities

    def __init__(
        self,
        features=None,
        condition_on_labeled=False,
        optimizer="lazy",
        epsilon=0.01,
    ):
        self.features = features
        self.condition_on_labeled = condition_on_labeled
        self.optimizer = optimizer
        self.epsilon = epsilon

    def _function(self, X):
        return SetCoverGains(self._map(X), self._labeled)
