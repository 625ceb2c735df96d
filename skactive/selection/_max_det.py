"""MaxDet: the sample of the largest variance, given all that is labeled or picked."""

from __future__ import annotations

from skactive.geometry import pivoted_cholesky
from skactive.scores import ResidualVariance


class MaxDet(ResidualVariance):
    """Pick what a linear model on the features would know least about.

    Each pick is the sample of the largest predictive variance in a Bayesian linear
    model that has seen the labeled samples and those picked before, which needs no
    labels: the greedy algorithm for the log-determinant of the kernel matrix of the
    batch, given the labeled samples. Time is linear in the pool; memory grows with the
    square of the number of features or of samples labeled or picked.

    Parameters
    ----------
    features : transformer, default=None
        What the linear model sees; None means ``ModelKernel()``.
    noise : float, default=1e-6
        Variance of the noise, as a share of the mean squared length of the labeled
        samples' features. Once no variance is left, the rest of the batch is random.

    Attributes
    ----------
    features_ : transformer
        Fitted on the labeled samples.
    labeled_features_ : {ndarray, CSR, ProductFeatures}
        Features of the labeled samples.

    See Also
    --------
    LogDet : The same with a similarity as the kernel.

    References
    ----------
    Holzmüller et al. (2023), "A Framework and Benchmark for Deep Batch Active Learning
    for Regression", section 4.2; Kirsch, van Amersfoort and Gal (2019), "BatchBALD".

    Examples
    --------
    >>> from skactive.features import Inputs
    >>> from skactive.selection import MaxDet
    >>> pool = [[3.0, 0.0], [2.9, 0.1], [0.0, 1.0]]
    >>> MaxDet(Inputs()).select(pool, 2)
    array([0, 2])
    """

    def _select(self, X, n_queries, given):
        features = self._map(X)
        return pivoted_cholesky(
            features,
            n_queries,
            **self._process(features),
            given=given,
            rng=self._rng(X, "ties"),
        )
