"""Batches worth the most together, pick by pick."""

from __future__ import annotations

from skactive.compose import Prefilter
from skactive.scores import Entropy
from skactive.selection import (
    DisparityMin,
    DisparitySum,
    FacilityLocation,
    FeatureBased,
    Glister,
    GraphCut,
    LogDet,
    SaturatedCoverage,
    SetCover,
)
from skactive.strategies._registry import recipe


@recipe
def facility_location(features=None, similarity="cosine", optimizer="lazy"):
    """Give each sample of the pool a similar one among those labeled.

    Parameters
    ----------
    features : transformer, default=None
        The space of the similarities; None means the model's embedding.
    similarity : {'cosine', 'clipped_cosine', 'rbf'}, default='cosine'
        ``(1 + cos) / 2``, ``max(cos, 0)`` or ``exp(-gamma * squared distance)``.
    optimizer : {'lazy', 'stochastic'}, default='lazy'
        The greedy algorithm, or a faster one for large batches.

    Returns
    -------
    strategy : FacilityLocation

    References
    ----------
    Lin and Bilmes (2011), "A Class of Submodular Functions for Document
    Summarization".

    Examples
    --------
    >>> from skactive import strategies
    >>> pool = [[0.0, 1.0], [0.1, 1.0], [-0.1, 1.0], [1.0, 0.0], [1.0, 0.1]]
    >>> strategies.facility_location().fit([[1.0, 0.05]]).select(pool)
    array([0])
    """
    return FacilityLocation(
        features=features, similarity=similarity, optimizer=optimizer
    )


@recipe
def graph_cut(features=None, similarity="cosine", redundancy=0.4):
    """Similar to the pool, and not to the samples labeled or picked.

    Parameters
    ----------
    features : transformer, default=None
        The space of the similarities; None means the model's embedding.
    similarity : {'cosine', 'clipped_cosine', 'rbf'}, default='cosine'
        ``(1 + cos) / 2``, ``max(cos, 0)`` or ``exp(-gamma * squared distance)``.
    redundancy : float, default=0.4
        Price of similar samples.

    Returns
    -------
    strategy : GraphCut

    References
    ----------
    Lin and Bilmes (2011), "A Class of Submodular Functions for Document
    Summarization".

    Examples
    --------
    >>> from skactive import strategies
    >>> pool = [[0.0, 1.0], [0.1, 1.0], [-0.1, 1.0], [1.0, 0.0], [1.0, 0.1]]
    >>> strategies.graph_cut(redundancy=2).fit([[0.0, 1.0]]).select(pool)
    array([3])
    """
    return GraphCut(features=features, similarity=similarity, redundancy=redundancy)


@recipe
def saturated_coverage(features=None, similarity="cosine", share=0.1):
    """Similar to all of the pool, up to a saturation of each sample.

    Parameters
    ----------
    features : transformer, default=None
        The space of the similarities; None means the model's embedding.
    similarity : {'cosine', 'clipped_cosine', 'rbf'}, default='cosine'
        ``(1 + cos) / 2``, ``max(cos, 0)`` or ``exp(-gamma * squared distance)``.
    share : float, default=0.1
        Where a sample is saturated, as a share of its similarity to the whole pool.

    Returns
    -------
    strategy : SaturatedCoverage

    References
    ----------
    Lin and Bilmes (2011), "A Class of Submodular Functions for Document
    Summarization".

    Examples
    --------
    >>> from skactive import strategies
    >>> pool = [[0.0, 1.0], [0.1, 1.0], [-0.1, 1.0], [1.0, 0.0], [1.0, 0.1]]
    >>> strategies.saturated_coverage(share=0.5).select(pool)
    array([1])
    """
    return SaturatedCoverage(features=features, similarity=similarity, share=share)


@recipe
def feature_based(features=None, concave="sqrt"):
    """Much of every feature: a concave function of each total.

    Parameters
    ----------
    features : transformer, default=None
        The features; None means the model's embedding.
    concave : {'sqrt', 'log1p', 'ratio', 'min'}, default='sqrt'
        ``sqrt(m)``, ``log(1 + m)``, ``m / (1 + m)`` or ``min(m, 1)`` of the total.

    Returns
    -------
    strategy : FeatureBased

    References
    ----------
    Kirchhoff and Bilmes (2014), "Submodularity for Data Selection in Statistical
    Machine Translation".

    Examples
    --------
    >>> from skactive import strategies
    >>> pool = [[3.0, 0.0], [0.0, 2.0], [1.0, 1.0]]
    >>> strategies.feature_based().fit([[9.0, 0.0]]).select(pool)
    array([1])
    """
    return FeatureBased(features=features, concave=concave)


@recipe
def disparity_sum(features=None, similarity="cosine"):
    """Least similar, on the whole, to all that is labeled or picked.

    Parameters
    ----------
    features : transformer, default=None
        The space of the similarities; None means the model's embedding.
    similarity : {'cosine', 'clipped_cosine', 'rbf'}, default='cosine'
        ``(1 + cos) / 2``, ``max(cos, 0)`` or ``exp(-gamma * squared distance)``.

    Returns
    -------
    strategy : DisparitySum

    References
    ----------
    Dasgupta, Kumar and Ravi (2013), "Summarization Through Submodularity and
    Dispersion".

    Examples
    --------
    >>> from skactive import strategies
    >>> pool = [[2.0, 1.0], [0.0, 1.0], [-1.0, 1.0]]
    >>> strategies.disparity_sum().fit([[1.0, 0.0]]).select(pool)
    array([2])
    """
    return DisparitySum(features=features, similarity=similarity)


@recipe
def disparity_min(features=None):
    """At the largest angle from all that is labeled or picked.

    Parameters
    ----------
    features : transformer, default=None
        The space of the angles; None means the model's embedding.

    Returns
    -------
    strategy : DisparityMin

    References
    ----------
    Dasgupta, Kumar and Ravi (2013), "Summarization Through Submodularity and
    Dispersion".

    Examples
    --------
    >>> from skactive import strategies
    >>> pool = [[9.0, 0.1], [0.1, 0.1], [0.2, 0.1]]
    >>> strategies.disparity_min().fit([[1.0, 0.0]]).select(pool)
    array([1])
    """
    return DisparityMin(features=features)


@recipe
def log_det(features=None, similarity="cosine", noise=0.01):
    """Largest log-determinant: what the samples labeled or picked tell least about.

    Parameters
    ----------
    features : transformer, default=None
        The space of the similarities; None means the model's embedding.
    similarity : {'cosine', 'rbf'}, default='cosine'
        ``(1 + cos) / 2`` or ``exp(-gamma * squared distance)``.
    noise : float, default=0.01
        Variance of the noise of a label, as a share of that of a sample.

    Returns
    -------
    strategy : LogDet

    References
    ----------
    Chen, Zhang and Zhou (2018), "Fast Greedy MAP Inference for Determinantal Point
    Process to Improve Recommendation Diversity".

    Examples
    --------
    >>> from skactive import strategies
    >>> pool = [[1.0, 0.1], [0.0, 1.0], [-1.0, 0.2]]
    >>> strategies.log_det().fit([[1.0, 0.0]]).select(pool, 2)
    array([2, 1])
    """
    return LogDet(features=features, similarity=similarity, noise=noise)


@recipe
def set_cover(features=None):
    """Cover every class: for each a sample that is sure to be of it.

    Parameters
    ----------
    features : transformer, default=None
        Probabilities of concepts to cover; None means the class probabilities.

    Returns
    -------
    strategy : SetCover

    References
    ----------
    Iyer, Khargonkar, Bilmes and Asnani (2021), "Submodular Combinatorial Information
    Measures with Applications in Machine Learning".

    Examples
    --------
    >>> from skactive import ModelView, strategies
    >>> view = ModelView.from_outputs(proba=[[0.9, 0.1], [0.8, 0.2], [0.3, 0.7]])
    >>> strategies.set_cover().select(view, given=[0])
    array([2])
    """
    return SetCover(features=features)


@recipe
def fass(features=None, similarity="cosine", factor=5):
    """Facility location among the samples of the largest entropy.

    Parameters
    ----------
    features : transformer, default=None
        The space of the similarities; None means the model's embedding.
    similarity : {'cosine', 'clipped_cosine', 'rbf'}, default='cosine'
        ``(1 + cos) / 2``, ``max(cos, 0)`` or ``exp(-gamma * squared distance)``.
    factor : float, default=5
        Samples kept by entropy for each query; 1 is entropy alone.

    Returns
    -------
    strategy : Prefilter

    References
    ----------
    Wei, Iyer and Bilmes (2015), "Submodularity in Data Subset Selection and Active
    Learning".

    Examples
    --------
    >>> from skactive import ModelView, strategies
    >>> view = ModelView.from_outputs(
    ...     proba=[[0.5, 0.5], [0.5, 0.5], [0.6, 0.4], [1.0, 0.0]],
    ...     embedding=[[0.0, 1.0], [0.1, 1.0], [0.2, 1.0], [1.0, 0.0]],
    ... )
    >>> strategies.fass(factor=3).select(view)
    array([1])
    """
    return Prefilter(
        Entropy(),
        FacilityLocation(
            features=features, similarity=similarity, condition_on_labeled=False
        ),
        factor=factor,
    )


@recipe
def glister(learning_rate=0.01, n_greedy=15):
    """Training steps that would lower the loss of the labeled samples most.

    Parameters
    ----------
    learning_rate : float, default=0.01
        Length of a step.
    n_greedy : int, default=15
        Samples picked before the gradient is computed again.

    Returns
    -------
    strategy : Glister

    References
    ----------
    Killamsetty et al. (2021), "GLISTER: Generalization Based Data Subset Selection for
    Efficient and Robust Learning".

    Examples
    --------
    >>> from skactive import ModelView, strategies
    >>> labeled = ModelView.from_outputs(proba=[[0.6, 0.4]], embedding=[[1.0, 0.0]])
    >>> view = ModelView.from_outputs(
    ...     proba=[[0.6, 0.4], [0.6, 0.4]], embedding=[[0.0, 1.0], [2.0, 0.0]]
    ... )
    >>> strategies.glister().fit(labeled, [0]).select(view)
    array([1])
    """
    return Glister(learning_rate=learning_rate, n_greedy=n_greedy)
