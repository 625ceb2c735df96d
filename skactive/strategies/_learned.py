"""Strategies that learn what to ask, or ask what a model has learned about itself."""

from __future__ import annotations

from skactive.scores import MultipleCriteria, PredictedLoss
from skactive.selection import VAAL, CoreGCN, UncertainGCN
from skactive.strategies._registry import recipe


@recipe
def learning_loss():
    """Largest loss, as predicted by a net that learns its own losses.

    Returns
    -------
    strategy : PredictedLoss

    References
    ----------
    Yoo and Kweon (2019), "Learning Loss for Active Learning".

    Examples
    --------
    >>> from skactive import ModelView, strategies
    >>> view = ModelView.from_outputs(predicted_loss=[-0.4, 2.1, 0.3])
    >>> strategies.learning_loss().select(view)
    array([1])
    """
    return PredictedLoss()


@recipe
def uncertain_gcn(features=None, margin=0.1, max_epochs=200, random_state=None):
    """Samples that a graph network holds for unlabeled, with some doubt.

    Parameters
    ----------
    features : transformer, default=None
        What the network sees; None means the model's embedding.
    margin : float, default=0.1
        Probability to be labeled that is asked for.
    max_epochs : int, default=200
        Steps of training, in every query.
    random_state : int, RandomState instance or None, default=None
        Seed; a learner fills it.

    Returns
    -------
    strategy : UncertainGCN

    References
    ----------
    Caramalau, Bhattarai and Kim (2021), "Sequential Graph Convolutional Network for
    Active Learning".

    Examples
    --------
    >>> from skactive import strategies
    >>> strategy = strategies.uncertain_gcn(random_state=0).fit([[0.0, 1.0]])
    >>> strategy.select([[0.0, 2.0], [0.1, 2.0], [3.0, 0.1]], 3).shape
    (3,)
    """
    return UncertainGCN(
        margin, features, max_epochs=max_epochs, random_state=random_state
    )


@recipe
def core_gcn(features=None, max_epochs=200, random_state=None):
    """Greedy k-center as a graph network sees the samples that knows the labeled ones.

    Parameters
    ----------
    features : transformer, default=None
        What the network sees; None means the model's embedding.
    max_epochs : int, default=200
        Steps of training, in every query.
    random_state : int, RandomState instance or None, default=None
        Seed; a learner fills it.

    Returns
    -------
    strategy : CoreGCN

    References
    ----------
    Caramalau, Bhattarai and Kim (2021), "Sequential Graph Convolutional Network for
    Active Learning".

    Examples
    --------
    >>> from skactive import strategies
    >>> strategy = strategies.core_gcn(random_state=0).fit([[0.0, 1.0]])
    >>> strategy.select([[0.0, 2.0], [0.1, 2.0], [4.0, 0.0]])
    array([2])
    """
    return CoreGCN(features, max_epochs=max_epochs, random_state=random_state)


@recipe
def vaal(features=None, max_epochs=10, random_state=None):
    """Least labeled-looking in the latent space of an adversarial autoencoder.

    Parameters
    ----------
    features : transformer, default=None
        What the autoencoder sees; None means the model's inputs.
    max_epochs : int, default=10
        Passes over the pool, in every query; more for small pools.
    random_state : int, RandomState instance or None, default=None
        Seed; a learner fills it.

    Returns
    -------
    strategy : VAAL

    References
    ----------
    Sinha, Ebrahimi and Darrell (2019), "Variational Adversarial Active Learning".

    Examples
    --------
    >>> from skactive import strategies
    >>> strategy = strategies.vaal(random_state=0).fit([[0.0], [1.0], [0.5]])
    >>> sorted(strategy.select([[0.1], [9.0]], 2).tolist())
    [0, 1]
    """
    return VAAL(features, max_epochs=max_epochs, random_state=random_state)


@recipe
def mcadl(features=None):
    """Unlike labeled samples of the same class, unsure, and of the classes that count.

    Parameters
    ----------
    features : transformer, default=None
        The space of the cosines; None means the model's embedding.

    Returns
    -------
    strategy : MultipleCriteria

    References
    ----------
    Yuan et al. (2019), "Multi-criteria active deep learning for image classification".

    Examples
    --------
    >>> from skactive import ModelView, strategies
    >>> labeled = {"proba": [[0.9, 0.1], [0.2, 0.8]], "embedding": [[1.0, 0], [0, 1]]}
    >>> strategy = strategies.mcadl().fit(ModelView.from_outputs(**labeled), [0, 1])
    >>> pool = {"proba": [[0.6, 0.4], [0.6, 0.4]], "embedding": [[2.0, 0], [-2, -1]]}
    >>> strategy.select(ModelView.from_outputs(**pool))
    array([1])
    """
    return MultipleCriteria(features=features)
