"""Doubt of the model about a sample."""

from __future__ import annotations

from skactive.scores import (
    AdversarialBIM,
    DeepFool,
    Density,
    Entropy,
    LeastConfidence,
    Margin,
    NeighborContrast,
    Ratio,
)
from skactive.selection import RankedBatch
from skactive.strategies._registry import recipe


@recipe
def least_confidence():
    """Least sure of the likeliest class.

    Returns
    -------
    strategy : LeastConfidence

    References
    ----------
    Lewis and Gale (1994), "A Sequential Algorithm for Training Text Classifiers".

    Examples
    --------
    >>> from skactive import ModelView, strategies
    >>> view = ModelView.from_outputs(proba=[[0.6, 0.4, 0.0], [0.5, 0.3, 0.2]])
    >>> strategies.least_confidence().select(view)
    array([1])
    """
    return LeastConfidence()


@recipe
def margin():
    """Smallest gap between the two likeliest classes.

    Returns
    -------
    strategy : Margin

    References
    ----------
    Scheffer, Decomain and Wrobel (2001), "Active Hidden Markov Models for Information
    Extraction".

    Examples
    --------
    >>> from skactive import ModelView, strategies
    >>> view = ModelView.from_outputs(proba=[[0.45, 0.45, 0.1], [0.34, 0.33, 0.33]])
    >>> strategies.margin().select(view)
    array([0])
    """
    return Margin()


@recipe
def entropy():
    """Largest entropy of the class probabilities.

    Returns
    -------
    strategy : Entropy

    References
    ----------
    Settles (2009), "Active Learning Literature Survey", section 3.1.

    Examples
    --------
    >>> from skactive import ModelView, strategies
    >>> view = ModelView.from_outputs(proba=[[0.45, 0.45, 0.1], [0.34, 0.33, 0.33]])
    >>> strategies.entropy().select(view)
    array([1])
    """
    return Entropy()


@recipe
def ratio():
    """Largest ratio of the second-likeliest class to the likeliest.

    Returns
    -------
    strategy : Ratio

    References
    ----------
    Settles (2009), "Active Learning Literature Survey", section 3.1, gives the family.

    Examples
    --------
    >>> from skactive import ModelView, strategies
    >>> view = ModelView.from_outputs(proba=[[0.6, 0.4, 0.0], [0.5, 0.3, 0.2]])
    >>> strategies.ratio().select(view)
    array([0])
    """
    return Ratio()


@recipe
def density(score=None, features=None, beta=1.0):
    """Information density: unsure, and typical of the pool.

    Parameters
    ----------
    score : Score, default=None
        What a sample is worth by itself; None means the entropy of the class
        probabilities. For regressors pass ``strategies.variance()``.
    features : transformer, default=None
        The space of the similarities; None means the model's embedding.
    beta : float, default=1.0
        Power of the similarity.

    Returns
    -------
    strategy : Density

    References
    ----------
    After Settles and Craven (2008), "An Analysis of Active Learning Strategies for
    Sequence Labeling Tasks", section 3.4.

    Examples
    --------
    >>> from skactive import ModelView, strategies
    >>> view = ModelView.from_outputs(
    ...     proba=[[0.5, 0.5]] * 3, embedding=[[0.0, 1.0], [1.0, 0.0], [1.0, 0.0]]
    ... )
    >>> sorted(strategies.density().select(view, 2).tolist())
    [1, 2]
    """
    score = Entropy() if score is None else score
    return Density(score, features=features, beta=beta)


@recipe
def ranked_batch(score=None, features=None):
    """Far from all that is labeled or picked, and unsure; the latter counts later.

    Parameters
    ----------
    score : Score, default=None
        What a sample is worth by itself, from 0 to 1; None means one minus the largest
        class probability.
    features : transformer, default=None
        The space of the distances; None means the model's embedding.

    Returns
    -------
    strategy : RankedBatch

    References
    ----------
    After Cardoso et al. (2017), "Ranked Batch-Mode Active Learning".

    Examples
    --------
    >>> from skactive import ModelView, strategies
    >>> view = ModelView.from_outputs(
    ...     proba=[[0.5, 0.5], [0.6, 0.4], [0.9, 0.1]],
    ...     embedding=[[0.0], [0.1], [9.0]],
    ... )
    >>> strategies.ranked_batch().select(view, 2)
    array([0, 2])
    """
    return RankedBatch(LeastConfidence() if score is None else score, features=features)


@recipe
def adversarial_bim(step=0.05, max_iter=50):
    """Fewest small steps of the inputs until the class changes.

    Parameters
    ----------
    step : float, default=0.05
        How far each input moves at once.
    max_iter : int, default=50
        Number of steps after which a sample is given up.

    Returns
    -------
    strategy : AdversarialBIM

    References
    ----------
    Kurakin, Goodfellow and Bengio (2017), "Adversarial Examples in the Physical World",
    section 2.2.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skactive import ModelView, strategies
    >>> model = LogisticRegression().fit([[-1.0], [1.0]], ["left", "right"])
    >>> strategies.adversarial_bim().select(ModelView([[-1.0], [0.2]], model))
    array([1])
    """
    return AdversarialBIM(step=step, max_iter=max_iter)


@recipe
def deepfool(overshoot=0.02, max_iter=50, n_top_classes=10):
    """Smallest distance from the inputs to the boundary of another class.

    Parameters
    ----------
    overshoot : float, default=0.02
        How much farther than the boundary a step goes, as a share of the whole way.
    max_iter : int, default=50
        Number of steps after which a sample is given up.
    n_top_classes : int, default=10
        How many of the likeliest classes are looked at, the predicted one included.

    Returns
    -------
    strategy : DeepFool

    References
    ----------
    Ducoffe and Precioso (2018), "Adversarial Active Learning for Deep Networks: a
    Margin Based Approach".

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skactive import ModelView, strategies
    >>> model = LogisticRegression().fit([[-1.0], [1.0]], ["left", "right"])
    >>> strategies.deepfool().select(ModelView([[-1.0], [0.2]], model))
    array([1])
    """
    return DeepFool(overshoot=overshoot, max_iter=max_iter, n_top_classes=n_top_classes)


@recipe
def cal(n_neighbors=10, features=None):
    """Contrastive: predicted unlike the labeled samples next to it.

    Parameters
    ----------
    n_neighbors : int, default=10
        Labeled samples next to each; all of them if there are fewer.
    features : transformer, default=None
        The space of the distances; None means the model's embedding.

    Returns
    -------
    strategy : NeighborContrast

    References
    ----------
    Margatina et al. (2021), "Active Learning by Acquiring Contrastive Examples".

    Examples
    --------
    >>> from skactive import ModelView, strategies
    >>> labeled = ModelView.from_outputs(proba=[[0.9, 0.1]], embedding=[[0.0]])
    >>> pool = {"proba": [[0.9, 0.1], [0.5, 0.5]], "embedding": [[1.0], [2.0]]}
    >>> strategies.cal().fit(labeled).select(ModelView.from_outputs(**pool))
    array([1])
    """
    return NeighborContrast(n_neighbors=n_neighbors, features=features)
