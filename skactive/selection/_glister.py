"""GLISTER: samples whose gradients lower the loss of the labeled ones."""

from __future__ import annotations

from numbers import Integral, Real

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skactive.adapters import residual
from skactive.base import Facts, Score
from skactive.geometry import StepGains, top_k
from skactive.utils._sklearn import Interval


class Glister(Score):
    """Pick samples whose training step would lower the loss of the labeled ones most.

    The step is one of gradient descent on the last layer, with the model's own guess as
    the label. Its gain is the product of that gradient and the gradient of the mean
    loss of the labeled samples, under their true labels and after the steps of the
    samples picked before. A model that has learned its labeled samples by heart has no
    such gradient: where it is zero, or the model is certain of all candidates, the
    batch is random.

    The gradients are kept as their two factors. A round of `n_greedy` picks takes time
    linear in the pool.

    Parameters
    ----------
    learning_rate : float, default=0.01
        Length of a step. It plays no part in the first round.
    n_greedy : int, default=15
        Samples picked before the gradient is computed again. With 1 each pick takes
        all others into account.

    Attributes
    ----------
    labeled_embedding_ : {ndarray, CSR} of shape (n_labeled, n_dimensions)
        Embedding of the labeled samples.
    labeled_logits_ : ndarray of shape (n_labeled, n_classes)
        Logarithms of their class probabilities.
    labeled_targets_ : ndarray of shape (n_labeled, n_classes)
        One-hot true labels.

    Notes
    -----
    The paper measures the gain on a validation set of its own. Here the labeled samples
    are that set.

    References
    ----------
    Killamsetty et al. (2021), "GLISTER: Generalization Based Data Subset Selection for
    Efficient and Robust Learning".

    Examples
    --------
    >>> from skactive import ModelView
    >>> from skactive.selection import Glister
    >>> outputs = {"proba": [[0.6, 0.4]], "embedding": [[1.0, 0.0]]}
    >>> glister = Glister().fit(ModelView.from_outputs(**outputs), [0])
    >>> pool = {"proba": [[0.6, 0.4], [0.6, 0.4]], "embedding": [[0.0, 1.0], [2.0, 0]]}
    >>> glister.select(ModelView.from_outputs(**pool))
    array([1])
    """

    facts = Facts(task="classification", needs=("proba", "embedding"))
    _parameter_constraints = {
        "learning_rate": [Interval(Real, 0, None, closed="neither")],
        "n_greedy": [Interval(Integral, 1, None, closed="left")],
    }

    def __init__(self, learning_rate=0.01, n_greedy=15):
        self.learning_rate = learning_rate
        self.n_greedy = n_greedy

    def _fit(self, X, y):
        if y is None:
            raise ValueError("Glister needs the labels: fit(X, y).")
        proba = X.predict_proba().astype(np.float64)
        self.labeled_embedding_ = X.embed()
        self.labeled_logits_ = np.log(np.maximum(proba, np.finfo(np.float32).tiny))
        self.labeled_targets_ = (y[:, np.newaxis] == X.classes).astype(np.float64)

    def _score(self, X):
        return self._steps().gains(residual(X.predict_proba()), X.embed())

    def _select(self, X, n_queries, given):
        rng = self._rng(X, "ties")
        signal, embedding = residual(X.predict_proba()), X.embed()
        steps = self._steps()
        steps.step(signal[given], embedding[given], self.learning_rate)
        rows = np.empty(0, dtype=np.int64)
        while len(rows) < n_queries:
            gains = steps.gains(signal, embedding)
            size = min(self.n_greedy, n_queries - len(rows))
            new = top_k(gains, size, rng=rng, exclude=np.concatenate([given, rows]))
            steps.step(signal[new], embedding[new], self.learning_rate)
            rows = np.concatenate([rows, new])
        return rows

    def _steps(self):
        check_is_fitted(self, "labeled_logits_")
        return StepGains(
            self.labeled_embedding_, self.labeled_logits_, self.labeled_targets_
        )
