"""Strategies that learn how to choose."""

from __future__ import annotations

from skactive.compose import Bandit
from skactive.scores import LearnedGain
from skactive.strategies._diversity import badge, clustermargin
from skactive.strategies._hybrids import clue, falcun
from skactive.strategies._registry import recipe


@recipe
def albl(arms=None, horizon=20, delta=0.1, random_state=None):
    """Several strategies in turns, more often those that helped: a bandit.

    Parameters
    ----------
    arms : list of (str, QueryStrategy), default=None
        The strategies and their names. None: `badge`, `clustermargin`, `clue` and
        `falcun`, batch strategies of four kinds. Random choice is always an arm too.
    horizon : int, default=20
        Planned number of rounds.
    delta : float, default=0.1
        The smaller, the more an arm gains that was drawn seldom.
    random_state : int, RandomState instance or None, default=None
        Seed; a learner fills it.

    Returns
    -------
    strategy : Bandit

    References
    ----------
    Hsu and Lin (2015), "Active Learning by Learning".

    Examples
    --------
    >>> from skactive import ModelView, strategies
    >>> view = ModelView.from_outputs(
    ...     proba=[[1.0, 0.0], [0.6, 0.4], [0.5, 0.5]], embedding=[[0.0], [1.0], [9.0]]
    ... )
    >>> bandit = strategies.albl(random_state=0).fit(view[:1], [0])
    >>> sorted(bandit.select(view[1:], 2).tolist())
    [0, 1]
    """
    if arms is None:
        arms = [
            ("badge", badge()),
            ("clustermargin", clustermargin()),
            ("clue", clue()),
            ("falcun", falcun()),
        ]
    return Bandit(arms, horizon=horizon, delta=delta, random_state=random_state)


@recipe
def lal(n_tasks=32, n_estimators=50, data_home=None, random_state=None):
    """Largest fall of the error, predicted by a regressor trained on made-up tasks.

    Parameters
    ----------
    n_tasks : int, default=32
        Number of made-up tasks.
    n_estimators : int, default=50
        Number of trees of each forest.
    data_home : path-like, default=None
        Folder to keep what the regressor is trained on; None keeps it in memory alone.
    random_state : int, RandomState instance or None, default=None
        Seed; a learner fills it.

    Returns
    -------
    strategy : LearnedGain

    References
    ----------
    Konyushkova, Sznitman and Fua (2017), "Learning Active Learning from Data"; for
    regression, this library's own.

    Examples
    --------
    >>> from skactive import strategies
    >>> X, y = [[0.0], [0.1], [0.2], [0.9], [1.0], [1.1]], [0, 0, 0, 1, 1, 1]
    >>> lal = strategies.lal(n_tasks=4, random_state=0).fit(X, y)
    >>> lal.select([[-0.5], [0.55], [1.5]])
    array([1])
    """
    return LearnedGain(
        n_tasks=n_tasks,
        n_estimators=n_estimators,
        data_home=data_home,
        random_state=random_state,
    )
