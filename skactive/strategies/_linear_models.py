"""Batches chosen by what a linear model of the features would learn from them."""

from __future__ import annotations

from skactive.selection import BAIT, ExpectedOutputChange, FrankWolfe
from skactive.strategies._registry import recipe


@recipe
def bait(features=None, noise=1e-6, backward=True, regularization=1.0):
    """Least left to learn about the pool, picking twice as many and pruning.

    Parameters
    ----------
    features : transformer, default=None
        What the linear model sees; None means the embedding for a classifier, and the
        gradients by the model's weights for a regressor.
    noise : float, default=1e-6
        For a regressor: variance of the noise, as a share of that of the labeled
        samples' prior.
    backward : bool, default=True
        Whether to pick twice as many and take back those that matter least.
    regularization : float, default=1.0
        For a classifier: added to the information about each weight.

    Returns
    -------
    strategy : BAIT

    References
    ----------
    Ash et al. (2021), "Gone Fishing: Neural Active Learning with Fisher Embeddings".

    Examples
    --------
    >>> from skactive import strategies
    >>> strategies.bait(noise=0.1).fit([[0.0]]).select([[0.1], [2.0], [3.0]])
    array([2])

    For a classifier with many features:

    >>> from sklearn.decomposition import PCA
    >>> from sklearn.pipeline import make_pipeline
    >>> from skactive.features import Embedding
    >>> narrow = strategies.bait(features=make_pipeline(Embedding(), PCA(50)))
    """
    return BAIT(
        features=features,
        noise=noise,
        backward=backward,
        regularization=regularization,
    )


@recipe
def emoc(features=None, noise=1e-6, norm="l2", n_targets=1000, random_state=None):
    """Expected change of the predictions over the pool, in closed form.

    Parameters
    ----------
    features : transformer, default=None
        What the linear model sees; None means the gradients by the model's weights.
    noise : float, default=1e-6
        Variance of the noise, as a share of that of the labeled samples' prior.
    norm : {'l2', 'l1'}, default='l2'
        Mean of the squared change, or of its absolute value.
    n_targets : int, default=1000
        For ``'l1'``: so many samples of the pool stand for all of it.
    random_state : int, RandomState instance or None, default=None
        Seed of their draw; a learner fills it.

    Returns
    -------
    strategy : ExpectedOutputChange

    References
    ----------
    Freytag, Rodner and Denzler (2014), "Selecting Influential Examples: Active Learning
    with Expected Model Output Changes"; Käding et al. (2018), "Active Learning for
    Regression Tasks with Expected Model Output Changes".

    Examples
    --------
    >>> from skactive import strategies
    >>> strategies.emoc(noise=0.1).fit([[0.0]]).select([[0.1], [2.0], [3.0]])
    array([2])
    """
    return ExpectedOutputChange(
        features=features,
        noise=noise,
        norm=norm,
        n_targets=n_targets,
        random_state=random_state,
    )


@recipe
def frank_wolfe(features=None, noise=1e-6):
    """Bayesian core-set: a batch that moves the model like the labels of all would.

    Parameters
    ----------
    features : transformer, default=None
        The space of the sums; None means the gradient of the output, scaled, and what a
        label would tell.
    noise : float, default=1e-6
        Variance of the noise, as a share of that of the labeled samples' prior.

    Returns
    -------
    strategy : FrankWolfe

    References
    ----------
    Pinsler et al. (2019), "Bayesian Batch Active Learning as Sparse Subset
    Approximation", algorithm 1.

    Examples
    --------
    >>> from skactive import strategies
    >>> strategies.frank_wolfe().fit([[0.0]]).select([[0.1], [2.0], [3.0]])
    array([2])
    """
    return FrankWolfe(features=features, noise=noise)
