"""Scores of what the model says of augmented copies of a sample."""

from __future__ import annotations

from numbers import Integral

import numpy as np

from skactive.base import Facts, Score
from skactive.geometry import top_two
from skactive.semisupervised import Augmentation
from skactive.utils._sklearn import Interval

_CONSTRAINTS = {
    "n_copies": [Interval(Integral, 1, None, closed="left")],
    "augment": [None, Augmentation, list, callable],
}


class _OfCopies(Score):
    """Keeps `augment` as it is.

    Some transforms of torchvision have a ``get_params`` of their own, which takes an
    image; scikit-learn would take them for estimators.
    """

    def get_params(self, deep=True):
        """Parameters of the score.

        Parameters
        ----------
        deep : bool, default=True
            Makes no difference.

        Returns
        -------
        params : dict
            Names and values.
        """
        return {"n_copies": self.n_copies, "augment": self.augment}

    def __sklearn_clone__(self):
        return type(self)(**self.get_params())


class AugmentedMargin(_OfCopies):
    """Minus the gap between the two best classes, averaged over augmented copies.

    Parameters
    ----------
    n_copies : int, default=2
        Copies of each sample.
    augment : Augmentation, list or callable, default=None
        What makes the copies; see `ModelView.augmented`. None: what the model was
        trained with, or random swaps of cells.

    References
    ----------
    Song, Berthelot and Rostamizadeh (2019), "Combining MixMatch and Active Learning for
    Better Accuracy with Fewer Labels", diff2 with augmentation.

    Examples
    --------
    >>> from skactive import ModelView
    >>> from skactive.scores import AugmentedMargin
    >>> copies = [[[0.75, 0.25], [0.5, 0.5]]]
    >>> view = ModelView.from_outputs(augmented=copies, classes=[0, 1])
    >>> AugmentedMargin().score_samples(view).tolist()
    [-0.25]
    """

    facts = Facts(task="classification", needs=("augmented",))
    _parameter_constraints = _CONSTRAINTS

    def __init__(self, n_copies=2, augment=None):
        self.n_copies = n_copies
        self.augment = augment

    def _score(self, X):
        copies = X.augmented(self.n_copies, augment=self.augment)
        best, second = top_two(copies.mean(axis=1, dtype=np.float64))
        return second - best


class Inconsistency(_OfCopies):
    """Variance of the class probabilities over a sample and its augmented copies.

    The sum over classes of the population variance. Of a model that the augmentation
    does not move, all samples tie, and the batch is random.

    Parameters
    ----------
    n_copies : int, default=10
        Copies of each sample, beside the sample itself.
    augment : Augmentation, list or callable, default=None
        What makes the copies; see `ModelView.augmented`. None: what the model was
        trained with, or random swaps of cells.

    References
    ----------
    Gao et al. (2020), "Consistency-Based Semi-Supervised Active Learning: Towards
    Minimizing Labeling Cost", section 3.2.

    Examples
    --------
    >>> from skactive import ModelView
    >>> from skactive.scores import Inconsistency
    >>> view = ModelView.from_outputs(
    ...     proba=[[1.0, 0.0], [0.5, 0.5]], augmented=[[[0.0, 1.0]], [[0.5, 0.5]]]
    ... )
    >>> Inconsistency().score_samples(view).tolist()
    [0.5, 0.0]
    """

    facts = Facts(task="classification", needs=("proba", "augmented"))
    _parameter_constraints = _CONSTRAINTS

    def __init__(self, n_copies=10, augment=None):
        self.n_copies = n_copies
        self.augment = augment

    def _score(self, X):
        proba = X.predict_proba().astype(np.float64, copy=False)
        # Differences from the sample itself: equal answers have a variance of exactly
        # zero.
        copies = X.augmented(self.n_copies, augment=self.augment) - proba[:, None]
        n_answers = copies.shape[1] + 1
        mean = copies.sum(axis=1) / n_answers
        square = np.square(copies).sum(axis=1) / n_answers
        return np.maximum(square - mean**2, 0).sum(axis=1)
