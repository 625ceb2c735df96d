"""Strategies for regressors."""

from __future__ import annotations

from skactive.features import Inputs
from skactive.scores import Variance
from skactive.selection import GreedyOutputs, GreedyProducts, KCenterGreedy
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
