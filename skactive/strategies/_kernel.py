"""Batches on the kernel of a model: gradients by its weights as features."""

from __future__ import annotations

from skactive.features import ModelKernel
from skactive.scores import ResidualVariance
from skactive.selection import KCenterGreedy, LargestClusterMaximum, MaxDet
from skactive.strategies._registry import recipe


@recipe
def lcmd(features=None):
    """Largest cluster maximum distance: the farthest sample of the largest cluster.

    Parameters
    ----------
    features : transformer, default=None
        The space of the distances; None means the gradients by the model's weights.

    Returns
    -------
    strategy : LargestClusterMaximum

    References
    ----------
    Holzmüller et al. (2023), "A Framework and Benchmark for Deep Batch Active Learning
    for Regression".

    Examples
    --------
    >>> from skactive import strategies
    >>> strategies.lcmd().fit([[0.0], [9.0]]).select([[1.0], [1.5], [8.5]])
    array([1])
    """
    return LargestClusterMaximum(features)


@recipe
def maxdiag(features=None, noise=1e-6):
    """Largest variance of a linear model on the features, each sample for itself.

    Parameters
    ----------
    features : transformer, default=None
        What the linear model sees; None means the gradients by the model's weights.
    noise : float, default=1e-6
        Variance of the noise, as a share of that of the labeled samples' prior.

    Returns
    -------
    strategy : ResidualVariance

    References
    ----------
    Holzmüller et al. (2023), "A Framework and Benchmark for Deep Batch Active Learning
    for Regression".

    Examples
    --------
    >>> from skactive import strategies
    >>> strategies.maxdiag().fit([[1.0, 0.0]]).select([[0.0, 2.0], [0.0, 2.1]])
    array([1])
    """
    return ResidualVariance(features, noise)


@recipe
def maxdet(features=None, noise=1e-6):
    """Largest variance of a linear model, given all that is labeled or picked.

    Parameters
    ----------
    features : transformer, default=None
        What the linear model sees; None means the gradients by the model's weights.
    noise : float, default=1e-6
        Variance of the noise, as a share of that of the labeled samples' prior.

    Returns
    -------
    strategy : MaxDet

    References
    ----------
    Holzmüller et al. (2023), "A Framework and Benchmark for Deep Batch Active Learning
    for Regression".

    Examples
    --------
    >>> from skactive import strategies
    >>> pool = [[0.0, 2.0], [0.0, 2.1], [1.0, 1.0]]
    >>> strategies.maxdet().fit([[0.1, 0.1]]).select(pool, 2)
    array([1, 2])
    """
    return MaxDet(features, noise)


@recipe
def maxdist(features=None):
    """Core-set on the gradients: farthest from all that is labeled or picked.

    Parameters
    ----------
    features : transformer, default=None
        The space of the distances; None means the gradients by the model's weights.

    Returns
    -------
    strategy : KCenterGreedy

    References
    ----------
    Holzmüller et al. (2023), "A Framework and Benchmark for Deep Batch Active Learning
    for Regression".

    Examples
    --------
    >>> from skactive import strategies
    >>> strategies.maxdist().fit([[0.0]]).select([[1.0], [5.0], [3.5]])
    array([1])
    """
    return KCenterGreedy(ModelKernel() if features is None else features)
