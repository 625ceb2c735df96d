"""EXP4.P: how often an arm is drawn, and how its weight follows from rewards."""

from __future__ import annotations

import numpy as np
from scipy.special import softmax


def least_probability(n_arms, horizon):
    """Probability that no arm falls below: never more than an equal share."""
    # For a short horizon the formula exceeds 1 / n_arms.
    return min(1 / n_arms, np.sqrt(np.log(n_arms) / (n_arms * horizon)))


def arm_probabilities(log_weights, horizon):
    """Probabilities of the arms.

    Parameters
    ----------
    log_weights : ndarray of shape (n_arms,)
        Logarithms of the weights.
    horizon : int
        Planned number of rounds.

    Returns
    -------
    probabilities : ndarray of shape (n_arms,)
    """
    n_arms = len(log_weights)
    least = least_probability(n_arms, horizon)
    return (1 - n_arms * least) * softmax(log_weights) + least


def learned_weights(log_weights, rewards, horizon, delta):
    """Logarithms of the weights after a round.

    Parameters
    ----------
    log_weights : ndarray of shape (n_arms,)
        Logarithms of the weights of the round.
    rewards : ndarray of shape (n_arms,)
        Unbiased estimates of the reward of each arm.
    horizon : int
        Planned number of rounds.
    delta : float
        The bound on the regret holds but with this probability.

    Returns
    -------
    log_weights : ndarray of shape (n_arms,)
    """
    n_arms = len(log_weights)
    bonus = np.sqrt(np.log(n_arms / delta) / (n_arms * horizon))
    bonus /= arm_probabilities(log_weights, horizon)
    step = least_probability(n_arms, horizon) / 2
    return log_weights + step * (rewards + bonus)
