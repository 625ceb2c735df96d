"""Strategies for models that learn from unlabeled samples, by augmented copies."""

from __future__ import annotations

from skactive.scores import AugmentedMargin, CriticAndDoubt, Inconsistency
from skactive.selection import ClusterQuota, RandomChoice
from skactive.strategies._registry import recipe


@recipe
def ssl_random(random_state=None):
    """Uniform choice, under the name of the baseline of semi-supervised rows.

    Whoever trains with unlabeled samples compares with random choice and the same
    training: much of the gain is the training's.

    Parameters
    ----------
    random_state : int, RandomState instance or None, default=None
        Seed; a learner fills it.

    Returns
    -------
    strategy : RandomChoice

    Examples
    --------
    >>> from skactive import strategies
    >>> strategies.ssl_random(random_state=0).select([[1.0], [2.0], [3.0]], 2).shape
    (2,)
    """
    return RandomChoice(random_state)


@recipe
def ssl_consistency(n_copies=10, augment=None):
    """Answers that vary most over augmented copies of the sample.

    Parameters
    ----------
    n_copies : int, default=10
        Copies of each sample, beside the sample itself.
    augment : Augmentation, list or callable, default=None
        What makes the copies; None: what the model was trained with, or random swaps of
        cells.

    Returns
    -------
    strategy : Inconsistency

    References
    ----------
    Gao et al. (2020), "Consistency-Based Semi-Supervised Active Learning: Towards
    Minimizing Labeling Cost".

    Examples
    --------
    >>> from skactive import ModelView, strategies
    >>> view = ModelView.from_outputs(
    ...     proba=[[1.0, 0.0], [0.5, 0.5]], augmented=[[[0.0, 1.0]], [[0.5, 0.5]]]
    ... )
    >>> strategies.ssl_consistency().select(view)
    array([0])
    """
    return Inconsistency(n_copies=n_copies, augment=augment)


@recipe
def ssl_diff2aug_direct(n_copies=2, augment=None):
    """Smallest gap between the two likeliest classes, averaged over augmented copies.

    Parameters
    ----------
    n_copies : int, default=2
        Copies of each sample.
    augment : Augmentation, list or callable, default=None
        What makes the copies; None: what the model was trained with, or random swaps of
        cells.

    Returns
    -------
    strategy : AugmentedMargin

    References
    ----------
    Song, Berthelot and Rostamizadeh (2019), "Combining MixMatch and Active Learning for
    Better Accuracy with Fewer Labels".

    Examples
    --------
    >>> from skactive import ModelView, strategies
    >>> view = ModelView.from_outputs(
    ...     augmented=[[[0.9, 0.1], [0.7, 0.3]], [[0.9, 0.1], [0.1, 0.9]]]
    ... )
    >>> strategies.ssl_diff2aug_direct().select(view)
    array([1])
    """
    return AugmentedMargin(n_copies=n_copies, augment=augment)


@recipe
def ssl_diff2aug_kmeans(
    n_copies=2, augment=None, n_clusters=20, features=None, random_state=None
):
    """As ssl_diff2aug_direct, with a share of the batch for each cluster of the pool.

    Parameters
    ----------
    n_copies : int, default=2
        Copies of each sample.
    augment : Augmentation, list or callable, default=None
        What makes the copies; None: what the model was trained with, or random swaps of
        cells.
    n_clusters : int, default=20
        Number of clusters.
    features : transformer, default=None
        The space of the clusters; None means the model's embedding.
    random_state : int, RandomState instance or None, default=None
        Seed of the clusters; a learner fills it.

    Returns
    -------
    strategy : ClusterQuota

    References
    ----------
    Song, Berthelot and Rostamizadeh (2019), "Combining MixMatch and Active Learning for
    Better Accuracy with Fewer Labels".

    Examples
    --------
    >>> from skactive import ModelView, strategies
    >>> view = ModelView.from_outputs(
    ...     augmented=[[[0.9, 0.1]], [[0.6, 0.4]], [[0.5, 0.5]]],
    ...     embedding=[[9.0], [0.0], [0.1]],
    ... )
    >>> strategy = strategies.ssl_diff2aug_kmeans(n_clusters=2, random_state=0)
    >>> strategy.select(view, 2)
    array([2, 0])
    """
    return ClusterQuota(
        AugmentedMargin(n_copies=n_copies, augment=augment),
        features=features,
        n_clusters=n_clusters,
        random_state=random_state,
    )


@recipe
def waal(critic_weight=10.0):
    """In doubt, and unlike the labeled samples to a critic trained beside the net.

    Parameters
    ----------
    critic_weight : float, default=10.0
        Weight of the critic beside the doubt.

    Returns
    -------
    strategy : CriticAndDoubt

    References
    ----------
    Shui, Zhou, Gagné and Wang (2020), "Deep Active Learning: Unified and Principled
    Method for Query and Training".

    Examples
    --------
    >>> from skactive import ModelView, strategies
    >>> view = ModelView.from_outputs(
    ...     proba=[[0.5, 0.5], [0.5, 0.5], [0.9, 0.1]], critic=[0.1, 0.3, 0.3]
    ... )
    >>> strategies.waal().select(view)
    array([1])
    """
    return CriticAndDoubt(critic_weight)
