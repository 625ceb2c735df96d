"""MCADL: density, similarity, uncertainty and labels in one number."""

from __future__ import annotations

from numbers import Integral, Real

import numpy as np
from sklearn.utils import gen_batches
from sklearn.utils.validation import check_is_fitted

from skactive.base import Facts, Score
from skactive.features import FeatureMap
from skactive.geometry import inner_products, unit_rows
from skactive.utils._sklearn import HasMethods, Interval

# Below this accuracy of a class, those that improve are asked for.
_LOW_ACCURACY = 0.5

# Pairs of samples looked at at once.
_N_PAIRS = 2**20

# Rounding differs between copies of a sample; scores do not.
_DECIMALS = 9


class MultipleCriteria(FeatureMap, Score):
    """Weigh what is unlike the labeled samples against what the model does not know.

    ``a * (density + similarity) / 2 + (1 - a) * (a * uncertainty + (1 - a) * label)``
    with ``a = share * exp(-accuracy)``, the accuracy being that on the labeled samples:
    the better the model, the more it has to say. A sample is taken for one of the class
    that most of its nearest labeled samples have. Its density and similarity are 1
    minus the mean and the largest cosine with labeled samples of that class, and
    `label` is the weight of the class. Weights add up to 1. While the accuracy of a
    class is below 1/2, they are in proportion to what the accuracies have gained since
    the last round, and equal if nothing was gained; afterwards, to their inverses. The
    uncertainty is 1 minus the mean absolute deviation of the largest probabilities, as
    many as it takes to exceed 1/2.

    The batch is the top of the list, so copies come together. The time grows with the
    number of labeled samples times that of the pool.

    Parameters
    ----------
    n_neighbors : int, default=5
        Nearest labeled samples that decide on the class, and all as near as the last;
        between classes with equally many, the cosines decide.
    share : float, default=0.9
        Largest weight of density and similarity.
    features : transformer, default=None
        The space of the cosines; None means ``Embedding()``.

    Attributes
    ----------
    labeled_units_ : {ndarray, CSR, ProductFeatures} of shape (n_labeled, n_features)
        Features of the labeled samples, scaled to length one.
    label_classes_ : ndarray of shape (n_seen,)
        Classes of the labeled samples.
    label_codes_ : ndarray of shape (n_labeled,)
        Their numbers among these.
    class_accuracy_, class_weights_ : ndarray of shape (n_seen,)
        Accuracy and weight of each class.
    data_weight_ : float
        The factor ``a``.

    Notes
    -----
    The definition is that of a program [1]_ of a comparative study. By this uncertainty
    a sample whose class is more likely than not is as uncertain as can be; with two
    classes all samples are.

    References
    ----------
    .. [1] https://github.com/cure-lab/deep-active-learning, after Yuan et al. (2019),
       "Multi-criteria active deep learning for image classification".

    Examples
    --------
    >>> from skactive import ModelView
    >>> from skactive.scores import MultipleCriteria
    >>> labeled = {"proba": [[0.9, 0.1], [0.2, 0.8]], "embedding": [[1.0, 0], [0, 1]]}
    >>> score = MultipleCriteria(1).fit(ModelView.from_outputs(**labeled), [0, 1])
    >>> pool = {"proba": [[0.6, 0.4], [0.6, 0.4]], "embedding": [[2.0, 0], [-2, -1]]}
    >>> score.score_samples(ModelView.from_outputs(**pool)).round(3).tolist()
    [0.445, 0.924]
    """

    facts = Facts(task="classification", needs=("proba",))
    _parameter_constraints = {
        "n_neighbors": [Interval(Integral, 1, None, closed="left")],
        "share": [Interval(Real, 0, 1, closed="both")],
        "features": [None, HasMethods(["fit", "transform"])],
    }

    def __init__(self, n_neighbors=5, share=0.9, features=None):
        self.n_neighbors = n_neighbors
        self.share = share
        self.features = features

    def resume(self, previous):
        """Take over the accuracies of an earlier round.

        Parameters
        ----------
        previous : QueryStrategy or None
            The fitted strategy of that round.

        Returns
        -------
        self : MultipleCriteria
        """
        super().resume(previous)
        if isinstance(previous, MultipleCriteria) and hasattr(
            previous, "class_accuracy_"
        ):
            self._inherited = previous.label_classes_, previous.class_accuracy_
        return self

    def _fit(self, X, y):
        if y is None:
            raise ValueError("MultipleCriteria needs the labels: fit(X, y).")
        super()._fit(X, y)
        self.labeled_units_ = unit_rows(self._map(X))
        right = X.classes[X.predict_proba().argmax(axis=1)] == y
        self.label_classes_, self.label_codes_ = np.unique(y, return_inverse=True)
        n_labels = np.bincount(self.label_codes_)
        self.class_accuracy_ = np.bincount(self.label_codes_, weights=right) / n_labels
        before = np.zeros(len(n_labels))
        for label, accuracy in zip(
            *self.__dict__.pop("_inherited", ([], [])), strict=True
        ):
            before[self.label_classes_ == label] = accuracy
        self.class_weights_ = _class_weights(self.class_accuracy_, before)
        self.data_weight_ = self.share * np.exp(-right.mean())

    def _score(self, X):
        check_is_fitted(self, "class_weights_")
        uncertainty = _uncertainty(X.predict_proba())
        novelty, label = self._beside_labeled(unit_rows(self._map(X)))
        a = self.data_weight_
        scores = a * novelty + (1 - a) * (a * uncertainty + (1 - a) * label)
        return np.round(scores, _DECIMALS)

    def _beside_labeled(self, units):
        """Mean of density and similarity, and weight of the class."""
        own = np.eye(len(self.label_classes_))[self.label_codes_]
        n_labels = own.sum(axis=0)
        n_labeled = len(own)
        k = min(self.n_neighbors, n_labeled)
        novelty, label = np.empty(units.shape[0]), np.empty(units.shape[0])
        for rows in gen_batches(len(novelty), max(1, _N_PAIRS // n_labeled)):
            cosines = inner_products(units[rows], self.labeled_units_)
            np.round(cosines, _DECIMALS, out=cosines)
            last = np.partition(cosines, n_labeled - k, axis=1)[:, [n_labeled - k]]
            near = cosines >= last
            # Votes first: the sum of cosines makes less than one vote's difference.
            votes = near @ own + (near * cosines) @ own / (2 * n_labeled + 1)
            of = votes.argmax(axis=1)
            mean = (cosines @ own)[np.arange(len(of)), of] / n_labels[of]
            cosines[self.label_codes_ != of[:, np.newaxis]] = -np.inf
            novelty[rows] = 1 - (mean + cosines.max(axis=1)) / 2
            label[rows] = self.class_weights_[of]
        return novelty, label


def _class_weights(accuracy, before):
    """Weights of the classes by their accuracies, now and in the round before."""
    if accuracy.min() >= _LOW_ACCURACY:
        weights = 1 / accuracy
    else:
        weights = np.maximum(accuracy - before, 0)
    if not weights.any():
        weights = np.ones(len(weights))
    return weights / weights.sum()


def _uncertainty(proba):
    """1 minus the spread of the largest probabilities that exceed 1/2 together."""
    ranked = -np.sort(-proba.astype(np.float64), axis=1)
    before = np.cumsum(ranked, axis=1) - ranked
    taken = before <= 0.5
    n_taken = taken.sum(axis=1)
    means = (ranked * taken).sum(axis=1) / n_taken
    spread = np.abs(ranked - means[:, np.newaxis]) * taken
    return 1 - spread.sum(axis=1) / n_taken
