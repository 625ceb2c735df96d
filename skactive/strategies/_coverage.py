"""Batches of typical samples: for the first labels, and weighed against doubt."""

from __future__ import annotations

from skactive.compose import Tempered
from skactive.scores import FunctionScore, Margin
from skactive.selection import DCoM, MaxHerding, ProbCover, TypiClust
from skactive.strategies._registry import recipe


@recipe
def typiclust(
    max_clusters=500,
    n_neighbors=20,
    features=None,
    metric="cosine",
    random_state=None,
):
    """The most typical sample of each cluster without a label.

    Parameters
    ----------
    max_clusters : int, default=500
        Most clusters; below that there is one for each label after the query.
    n_neighbors : int, default=20
        Neighbors in the cluster that say how typical a sample is.
    features : transformer, default=None
        The space of the clusters; None means the model's embedding.
    metric : {'euclidean', 'cosine'}, default='cosine'
        'cosine' scales every vector to length one, as the paper does.
    random_state : int, RandomState instance or None, default=None
        Seed; a learner fills it.

    Returns
    -------
    strategy : TypiClust

    References
    ----------
    Hacohen, Dekel and Weinshall (2022), "Active Learning on a Budget: Opposite
    Strategies Suit High and Low Budgets", section 3.

    Examples
    --------
    >>> from skactive import strategies
    >>> blobs = [[0.0], [1.0], [2.0], [3.0], [7.9], [8.0], [8.2]]
    >>> strategy = strategies.typiclust(metric="euclidean", random_state=0)
    >>> strategy.fit([[1.0]]).select(blobs)
    array([5])
    """
    return TypiClust(
        max_clusters=max_clusters,
        n_neighbors=n_neighbors,
        features=features,
        metric=metric,
        random_state=random_state,
    )


@recipe
def probcover(
    delta="purity",
    purity=0.95,
    n_clusters=None,
    features=None,
    metric="cosine",
    random_state=None,
):
    """Balls around few samples that hold as much of the pool as they can.

    Parameters
    ----------
    delta : float or 'purity', default='purity'
        Radius of the balls, or the largest one with which most of them are within one
        cluster.
    purity : float, default=0.95
        How many of the balls that are, for ``delta='purity'``.
    n_clusters : int, default=None
        How many clusters there are; None means the number of classes, or 10 before
        there is a model.
    features : transformer, default=None
        The space of the balls; None means the model's embedding.
    metric : {'euclidean', 'cosine'}, default='cosine'
        'cosine' scales every vector to length one, as the paper does.
    random_state : int, RandomState instance or None, default=None
        Seed of the clusters; a learner fills it.

    Returns
    -------
    strategy : ProbCover

    References
    ----------
    Yehuda et al. (2022), "Active Learning Through a Covering Lens".

    Examples
    --------
    >>> from skactive import strategies
    >>> line = [[0.0], [1.0], [2.0], [7.0], [8.0], [20.0]]
    >>> strategies.probcover(delta=1.5, metric="euclidean").select(line)
    array([1])
    """
    return ProbCover(
        delta=delta,
        purity=purity,
        n_clusters=n_clusters,
        features=features,
        metric=metric,
        random_state=random_state,
    )


@recipe
def dcom(
    delta="purity",
    purity=0.95,
    n_clusters=None,
    features=None,
    metric="cosine",
    random_state=None,
):
    """Coverage, as probcover has it, until most is covered; then the smallest margins.

    Parameters
    ----------
    delta : float or 'purity', default='purity'
        Radius of the balls before there are labels; see `probcover`. Each label gets a
        radius of its own, at most 1.5 times as large.
    purity : float, default=0.95
        For ``delta='purity'``.
    n_clusters : int, default=None
        For ``delta='purity'``; None means the number of classes.
    features : transformer, default=None
        The space of the balls, which should stay the same from round to round; None
        means the model's embedding.
    metric : {'euclidean', 'cosine'}, default='cosine'
        'cosine' scales every vector to length one.
    random_state : int, RandomState instance or None, default=None
        Seed of the clusters; a learner fills it.

    Returns
    -------
    strategy : DCoM

    References
    ----------
    Mishal and Weinshall (2024), "DCoM: Active Learning for All Learners".

    Examples
    --------
    >>> from skactive import ModelView, strategies
    >>> view = ModelView.from_outputs(
    ...     proba=[[0.9, 0.1], [0.8, 0.2], [0.5, 0.5], [0.6, 0.4]],
    ...     embedding=[[0.0], [1.0], [2.0], [9.0]],
    ... )
    >>> strategies.dcom(delta=1.5, metric="euclidean").select(view)
    array([1])
    """
    return DCoM(
        delta=delta,
        purity=purity,
        n_clusters=n_clusters,
        features=features,
        metric=metric,
        random_state=random_state,
    )


@recipe
def max_herding(sigma=1.0, features=None, metric="cosine"):
    """A similar sample in the batch for each of the pool, by a Gaussian kernel.

    Parameters
    ----------
    sigma : float, default=1.0
        Reach of a sample: the similarity is ``exp(-squared distance / sigma**2)``.
    features : transformer, default=None
        The space of the similarities; None means the model's embedding.
    metric : {'euclidean', 'cosine'}, default='cosine'
        'cosine' scales every vector to length one, as the paper does.

    Returns
    -------
    strategy : MaxHerding

    References
    ----------
    Bae, Noh and Sutherland (2024), "Generalized Coverage for More Robust Low-Budget
    Active Learning".

    Examples
    --------
    >>> from skactive import strategies
    >>> line = [[0.0], [1.0], [2.0], [7.0], [8.0], [7.9]]
    >>> strategies.max_herding(metric="euclidean").select(line, 2)
    array([5, 1])
    """
    return MaxHerding(sigma=sigma, features=features, metric=metric)


@recipe
def uherding(sigma="labeled", temperature="fit", features=None, metric="cosine"):
    """A similar sample in the batch for each of the pool that the model doubts.

    Each sample of the pool counts by its doubt, one minus the margin. With few labels
    the batch covers the pool, with many it is in doubt.

    Parameters
    ----------
    sigma : float or 'labeled', default='labeled'
        Reach of a sample, as in `max_herding`; 'labeled' takes the smallest distance
        between two different labeled samples.
    temperature : float or 'fit', default='fit'
        Of the class probabilities that the margin is taken of; 'fit' makes the labels
        likeliest. The paper puts 30 % of them aside for it, which takes another fit of
        the model; here it is all of them, which the model knows.
    features : transformer, default=None
        The space of the similarities; None means the model's embedding.
    metric : {'euclidean', 'cosine'}, default='cosine'
        'cosine' scales every vector to length one, as the paper does.

    Returns
    -------
    strategy : MaxHerding

    References
    ----------
    Bae, Oliveira and Sutherland (2025), "Uncertainty Herding: One Active Learning
    Method for All Label Budgets".

    Examples
    --------
    >>> from skactive import ModelView, strategies
    >>> view = ModelView.from_outputs(
    ...     proba=[[1, 0], [1, 0], [0.6, 0.4]], embedding=[[1, 0], [1, 0.1], [0, 1]]
    ... )
    >>> strategies.uherding().select(view)
    array([2])
    """
    doubt = FunctionScore(_one_minus_margin, needs=("proba",))
    return MaxHerding(
        weight=Tempered(doubt, temperature=temperature),
        sigma=sigma,
        features=features,
        metric=metric,
    )


def _one_minus_margin(X):
    return 1 + Margin().score_samples(X)
