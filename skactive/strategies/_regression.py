"""Strategies for regressors."""

from __future__ import annotations

from skactive.features import Inputs
from skactive.scores import Variance
from skactive.selection import KCenterGreedy
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
