"""GLISTER: samples whose gradients lower the loss of the labeled ones."""

from __future__ import annotations

from numbers import Integral, Real

import numpy as np
from scipy.special import softmax
from sklearn.utils import gen_batches
from sklearn.utils.validation import check_is_fitted

from skactive.adapters import residual
from skactive.base import Facts, Score
from skactive.geometry import inner_products, top_k
from skactive.utils._sklearn import Interval

_BATCH = 4096
_RESOLUTION = 2.0**-40


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
        signal, embedding = residual(X.predict_proba()), X.embed()
        return self._gains(signal, embedding, self._stepped(signal, embedding, []))

    def _select(self, X, n_queries, given):
        rng = self._rng(X, "ties")
        signal, embedding = residual(X.predict_proba()), X.embed()
        logits = self._stepped(signal, embedding, given)
        rows = np.empty(0, dtype=np.int64)
        while len(rows) < n_queries:
            gains = self._gains(signal, embedding, logits)
            size = min(self.n_greedy, n_queries - len(rows))
            new = top_k(gains, size, rng=rng, exclude=np.concatenate([given, rows]))
            logits -= self._step(signal, embedding, new)
            rows = np.concatenate([rows, new])
        return rows

    def _stepped(self, signal, embedding, rows):
        """Logits of the labeled samples after the steps of some rows."""
        check_is_fitted(self, "labeled_logits_")
        return self.labeled_logits_ - self._step(signal, embedding, rows)

    def _step(self, signal, embedding, rows):
        """What steps on the last layer, and its bias, take off the labeled logits."""
        products = inner_products(self.labeled_embedding_, embedding[rows]) + 1
        return self.learning_rate * products @ signal[rows]

    def _gains(self, signal, embedding, logits):
        errors = (softmax(logits, axis=1) - self.labeled_targets_) / len(logits)
        weights, bias = self.labeled_embedding_.T @ errors, errors.sum(axis=0)
        gains, largest = np.empty(len(signal)), 0.0
        for rows in gen_batches(len(signal), _BATCH):
            terms = embedding[rows].astype(np.float64) @ weights + bias
            terms *= signal[rows]
            gains[rows] = terms.sum(axis=1)
            largest = max(largest, np.abs(terms).max())
        # Rounded far above the errors of these sums: equal samples have equal gains.
        unit = max(largest * _RESOLUTION, np.finfo(np.float64).tiny)
        return np.round(gains / unit) * unit
