"""Strategies for regressors."""

from __future__ import annotations

from skactive.features import Inputs
from skactive.scores import Disagreement, ExpectedModelChange, Variance
from skactive.selection import (
    ClusterMargin,
    DiverseBatch,
    GreedyOutputs,
    GreedyProducts,
    KCenterGreedy,
)
from skactive.strategies._registry import recipe


@recipe
def variance():
    """Largest predictive variance of a regressor.

    Returns
    -------
    strategy : Variance

    Examples
    --------
    >>> from skactive import ModelView, strategies
    >>> strategies.variance().select(ModelView.from_outputs(std=[0.1, 0.7]))
    array([1])
    """
    return Variance()


@recipe
def gsx():
    """Greedy sampling on the inputs: farthest from all that is labeled.

    Returns
    -------
    strategy : KCenterGreedy

    References
    ----------
    Wu, Lin and Huang (2019), "Active Learning for Regression Using Greedy Sampling".

    Examples
    --------
    >>> from skactive import strategies
    >>> strategies.gsx().fit([[0.0], [4.0]]).select([[1.0], [2.0], [6.5]])
    array([2])
    """
    return KCenterGreedy(features=Inputs())


@recipe
def gsy():
    """Greedy sampling on the output: prediction farthest from all labels.

    Returns
    -------
    strategy : GreedyOutputs

    References
    ----------
    Wu, Lin and Huang (2019), "Active Learning for Regression Using Greedy Sampling".

    Examples
    --------
    >>> from skactive import ModelView, strategies
    >>> view = ModelView.from_outputs(prediction=[1.0, 6.0, 9.0])
    >>> strategies.gsy().fit([[0.0], [4.0]], [0.0, 8.0]).select(view)
    array([1])
    """
    return GreedyOutputs()


@recipe
def gsxy(features=None):
    """Greedy sampling on inputs and output: the smallest product of both distances.

    Also known as improved greedy sampling, iGS.

    Parameters
    ----------
    features : transformer, default=None
        The space of the distances; None means the standardised inputs.

    Returns
    -------
    strategy : GreedyProducts

    References
    ----------
    Wu, Lin and Huang (2019), "Active Learning for Regression Using Greedy Sampling".

    Examples
    --------
    >>> from skactive import ModelView, strategies
    >>> view = ModelView.from_outputs([[1.0], [2.0], [6.0]], prediction=[1, 6, 9])
    >>> strategies.gsxy().fit([[0.0], [4.0]], [0.0, 8.0]).select(view)
    array([1])
    """
    return GreedyProducts(features=features)


@recipe
def qbc_div(diversity=0.5, n_draws=20, features=None):
    """Query by committee, away from all that is labeled or picked.

    Parameters
    ----------
    diversity : float, default=0.5
        Weight of the distance to what is labeled or picked.
    n_draws : int, default=20
        Number of draws of a sampler; an ensemble has one per member.
    features : transformer, default=None
        The space of the distances; None means the model's embedding.

    Returns
    -------
    strategy : DiverseBatch

    References
    ----------
    Kee, del Castillo and Runger (2018), "Query-by-Committee Improvement with Diversity
    and Density in Batch Active Learning"; Ren et al. (2023), "Does Deep Active Learning
    Work in the Wild?".

    Examples
    --------
    >>> from skactive import ModelView, strategies
    >>> draws = [[0.0, 9.0], [0.0, 8.0], [0.0, 6.0]]
    >>> view = ModelView.from_outputs([[0.0], [0.1], [9.0]], draws=draws)
    >>> strategies.qbc_div().select(view, 2)
    array([0, 2])
    """
    return DiverseBatch(Disagreement(n_draws), features=features, diversity=diversity)


@recipe
def qbc_div_den(diversity=0.33, density=0.33, n_draws=20, features=None):
    """Query by committee, away from what is picked and in dense regions.

    Parameters
    ----------
    diversity : float, default=0.33
        Weight of the distance to what is labeled or picked.
    density : float, default=0.33
        Weight of the similarity to the ten nearest samples. Its time grows with the
        square of the pool: put `Subsample` around the strategy.
    n_draws : int, default=20
        Number of draws of a sampler; an ensemble has one per member.
    features : transformer, default=None
        The space of the distances; None means the model's embedding.

    Returns
    -------
    strategy : DiverseBatch

    References
    ----------
    Kee, del Castillo and Runger (2018), "Query-by-Committee Improvement with Diversity
    and Density in Batch Active Learning"; Ren et al. (2023), "Does Deep Active Learning
    Work in the Wild?".

    Examples
    --------
    >>> from skactive import ModelView, strategies
    >>> draws = [[0.0, 9.0], [0.0, 8.0], [0.0, 6.0]]
    >>> view = ModelView.from_outputs([[1, 0], [1, 0.1], [0, 9]], draws=draws)
    >>> strategies.qbc_div_den().select(view, 2)
    array([0, 1])
    """
    return DiverseBatch(
        Disagreement(n_draws), features=features, diversity=diversity, density=density
    )


@recipe
def emcm(n_draws=20, features=None):
    """Expected model change: disagreement with the prediction, times the gradient.

    Parameters
    ----------
    n_draws : int, default=20
        Number of draws of a sampler; an ensemble has one per member.
    features : transformer, default=None
        The input of the model's linear layer; None means the model's embedding.

    Returns
    -------
    strategy : ExpectedModelChange

    References
    ----------
    Cai, Zhang and Zhou (2013), "Maximizing Expected Model Change for Active Learning in
    Regression".

    Examples
    --------
    >>> from skactive import ModelView, strategies
    >>> view = ModelView.from_outputs(
    ...     [[1.0], [3.0]], prediction=[1.0, 1.0], draws=[[0.0, 2.0], [0.0, 2.0]]
    ... )
    >>> strategies.emcm().select(view)
    array([1])
    """
    return ExpectedModelChange(n_draws, features=features)


@recipe
def cluster_variance(n_clusters=None, factor=10, features=None, random_state=None):
    """Largest predictive variances, taken from all clusters in turn.

    Cluster-margin with the variance of a regressor in place of the margin.

    Parameters
    ----------
    n_clusters : int, default=None
        Number of clusters; None means the number of queries of the first round, at
        least 20.
    factor : float, default=10
        Candidates kept for each query, those of the largest variances.
    features : transformer, default=None
        The space of the clusters; None means the model's embedding.
    random_state : int, RandomState instance or None, default=None
        Seed; a learner fills it.

    Returns
    -------
    strategy : ClusterMargin

    References
    ----------
    After Citovsky et al. (2021), "Batch Active Learning at Scale", algorithms 1 and 2.

    Examples
    --------
    >>> from skactive import ModelView, strategies
    >>> view = ModelView.from_outputs(std=[0.9, 0.8, 0.1], embedding=[[0], [0.1], [9]])
    >>> strategies.cluster_variance(n_clusters=2).select(view, 2)
    array([2, 0])
    """
    return ClusterMargin(
        Variance(),
        features=features,
        n_clusters=n_clusters,
        factor=factor,
        random_state=random_state,
    )
