"""Doubt and spread in one: unsure samples that differ from each other."""

from __future__ import annotations

from skactive.compose import Tempered
from skactive.scores import Entropy
from skactive.selection import AlfaMix, DropQuery, Falcun, KMeansSampling
from skactive.strategies._registry import recipe


@recipe
def falcun(gamma=10.0, random_state=None):
    """Unsure, or unlike the picks in class probabilities: drawn at random.

    Parameters
    ----------
    gamma : float, default=10.0
        0 is uniform, the larger the closer to always taking the best.
    random_state : int, RandomState instance or None, default=None
        Seed; a learner fills it.

    Returns
    -------
    strategy : Falcun

    References
    ----------
    Gilhuber et al. (2024), "FALCUN: A Simple and Efficient Deep Active Learning
    Strategy".

    Examples
    --------
    >>> from skactive import ModelView, strategies
    >>> view = ModelView.from_outputs(proba=[[0.5, 0.5], [1.0, 0.0], [1.0, 0.0]])
    >>> strategies.falcun(gamma=50, random_state=0).select(view)
    array([0])
    """
    return Falcun(gamma=gamma, random_state=random_state)


@recipe
def clue(temperature=1.0, features=None, random_state=None):
    """The samples nearest to the centers of clusters weighted by entropy.

    Parameters
    ----------
    temperature : float, default=1.0
        Of the class probabilities behind the entropy; below 1 they are surer.
    features : transformer, default=None
        The space of the clusters; None means the model's embedding.
    random_state : int, RandomState instance or None, default=None
        Seed; a learner fills it.

    Returns
    -------
    strategy : KMeansSampling

    References
    ----------
    Prabhu et al. (2021), "Active Domain Adaptation via Clustering Uncertainty-Weighted
    Embeddings".

    Examples
    --------
    >>> from skactive import ModelView, strategies
    >>> view = ModelView.from_outputs(
    ...     proba=[[0.9, 0.1], [0.5, 0.5], [0.9, 0.1]], embedding=[[0.0], [2.0], [3.0]]
    ... )
    >>> strategies.clue(random_state=0).select(view)
    array([1])
    """
    return KMeansSampling(
        features=features,
        weight=Tempered(Entropy(), temperature=temperature),
        random_state=random_state,
    )


@recipe
def dropquery(n_drops=3, rate=0.75, features=None, random_state=None):
    """Clusters of the samples whose class dropout of the embedding changes.

    Parameters
    ----------
    n_drops : int, default=3
        How often a sample is predicted again.
    rate : float, default=0.75
        Share of the embedding that is set to zero.
    features : transformer, default=None
        The space of the clusters; None means the model's embedding.
    random_state : int, RandomState instance or None, default=None
        Seed; a learner fills it.

    Returns
    -------
    strategy : DropQuery

    References
    ----------
    Gupte et al. (2024), "Revisiting Active Learning in the Era of Vision Foundation
    Models".

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skactive import ModelView, strategies
    >>> X = [[-3.0, 2.9], [0.1, -0.2], [-2.0, -2.0], [3.0, 3.0]]
    >>> model = LogisticRegression().fit(X[2:], [0, 1])
    >>> dropquery = strategies.dropquery(n_drops=25, rate=0.5, random_state=0)
    >>> dropquery.select(ModelView(X, model))
    array([0])
    """
    return DropQuery(
        n_drops=n_drops, rate=rate, features=features, random_state=random_state
    )


@recipe
def alfa_mix(epsilon=None, features=None, random_state=None):
    """Clusters of the samples whose class changes when mixed with labeled ones.

    Parameters
    ----------
    epsilon : float, default=None
        Length of the move, as a share of the distance to a labeled class; None means
        ``0.2 / sqrt(n_dimensions)``.
    features : transformer, default=None
        The space of the clusters; None means the model's embedding.
    random_state : int, RandomState instance or None, default=None
        Seed; a learner fills it.

    Returns
    -------
    strategy : AlfaMix

    References
    ----------
    Parvaneh et al. (2022), "Active Learning by Feature Mixing".

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skactive import ModelView, strategies
    >>> X, y = [[-2.0], [2.0], [0.1], [-3.0]], [0, 1]
    >>> model = LogisticRegression().fit(X[:2], y)
    >>> alfa_mix = strategies.alfa_mix(random_state=0).fit(ModelView(X[:2], model), y)
    >>> alfa_mix.select(ModelView(X[2:], model))
    array([0])
    """
    return AlfaMix(epsilon=epsilon, features=features, random_state=random_state)
