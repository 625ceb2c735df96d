"""Opinions that differ: of committees, draws of the posterior, and epochs."""

from __future__ import annotations

from skactive.scores import (
    BALD,
    EPIG,
    ConsensusEntropy,
    Disagreement,
    EpochVariability,
    MaxKL,
    MeanStd,
    PredictionSwitches,
    VariationRatio,
    VoteEntropy,
)
from skactive.selection import BatchBALD, StochasticTopK
from skactive.strategies._registry import recipe


@recipe
def qbc(n_draws=20):
    """Query by committee: members' votes, or the variance of their predictions.

    Parameters
    ----------
    n_draws : int, default=20
        Number of draws of a sampler; an ensemble has one per member.

    Returns
    -------
    strategy : Disagreement

    References
    ----------
    Seung, Opper and Sompolinsky (1992), "Query by Committee".

    Examples
    --------
    >>> from skactive import ModelView, strategies
    >>> view = ModelView.from_outputs(draws=[[[1.0], [1.1]], [[1.0], [3.0]]])
    >>> strategies.qbc().select(view)
    array([1])
    """
    return Disagreement(n_draws=n_draws)


@recipe
def vote_entropy(n_draws=20):
    """Largest entropy of the votes of a committee.

    Parameters
    ----------
    n_draws : int, default=20
        Number of draws of a sampler; an ensemble has one per member.

    Returns
    -------
    strategy : VoteEntropy

    References
    ----------
    Dagan and Engelson (1995), "Committee-Based Sampling for Training Probabilistic
    Classifiers".

    Examples
    --------
    >>> from skactive import ModelView, strategies
    >>> sure, torn = [[1, 0], [0, 1]], [[0.5, 0.5], [0.5, 0.5]]
    >>> strategies.vote_entropy().select(ModelView.from_outputs(draws=[torn, sure]))
    array([1])
    """
    return VoteEntropy(n_draws=n_draws)


@recipe
def consensus_entropy(n_draws=20):
    """Largest entropy of the mean of a committee's probabilities.

    Parameters
    ----------
    n_draws : int, default=20
        Number of draws of a sampler; an ensemble has one per member.

    Returns
    -------
    strategy : ConsensusEntropy

    Examples
    --------
    >>> from skactive import ModelView, strategies
    >>> sure, torn = [[1, 0], [1, 0]], [[0.5, 0.5], [0.5, 0.5]]
    >>> view = ModelView.from_outputs(draws=[sure, torn])
    >>> strategies.consensus_entropy().select(view)
    array([1])
    """
    return ConsensusEntropy(n_draws=n_draws)


@recipe
def kl_divergence(n_draws=20):
    """Largest mean divergence of a member from the mean of all; another name for BALD.

    Parameters
    ----------
    n_draws : int, default=20
        Number of draws of a sampler; an ensemble has one per member.

    Returns
    -------
    strategy : BALD

    References
    ----------
    McCallum and Nigam (1998), "Employing EM and Pool-Based Active Learning for Text
    Classification".

    Examples
    --------
    >>> from skactive import ModelView, strategies
    >>> sure, torn = [[1, 0], [0, 1]], [[0.5, 0.5], [0.5, 0.5]]
    >>> strategies.kl_divergence().select(ModelView.from_outputs(draws=[torn, sure]))
    array([1])
    """
    return BALD(n_draws=n_draws)


@recipe
def max_kl(n_draws=20):
    """Largest divergence of a single member from the mean of all.

    Parameters
    ----------
    n_draws : int, default=20
        Number of draws of a sampler; an ensemble has one per member.

    Returns
    -------
    strategy : MaxKL

    References
    ----------
    McCallum and Nigam (1998), "Employing EM and Pool-Based Active Learning for Text
    Classification", for the divergence from the mean.

    Examples
    --------
    >>> from skactive import ModelView, strategies
    >>> sure, torn = [[1, 0], [0, 1]], [[0.5, 0.5], [0.5, 0.5]]
    >>> strategies.max_kl().select(ModelView.from_outputs(draws=[torn, sure]))
    array([1])
    """
    return MaxKL(n_draws=n_draws)


@recipe
def mean_std(n_draws=20):
    """Largest spread of the class probabilities over the draws.

    Parameters
    ----------
    n_draws : int, default=20
        Number of draws of a sampler; an ensemble has one per member.

    Returns
    -------
    strategy : MeanStd

    References
    ----------
    Kampffmeyer, Salberg and Jenssen (2016), "Semantic Segmentation of Small Objects
    and Modeling of Uncertainty in Urban Remote Sensing Images".

    Examples
    --------
    >>> from skactive import ModelView, strategies
    >>> sure, torn = [[1, 0], [0, 1]], [[0.5, 0.5], [0.5, 0.5]]
    >>> strategies.mean_std().select(ModelView.from_outputs(draws=[torn, sure]))
    array([1])
    """
    return MeanStd(n_draws=n_draws)


@recipe
def variation_ratio(n_draws=20):
    """Largest share of draws that vote against the majority.

    Parameters
    ----------
    n_draws : int, default=20
        Number of draws of a sampler; an ensemble has one per member.

    Returns
    -------
    strategy : VariationRatio

    References
    ----------
    Freeman (1965), "Elementary Applied Statistics"; Gal, Islam and Ghahramani (2017),
    "Deep Bayesian Active Learning with Image Data", section 3.

    Examples
    --------
    >>> from skactive import ModelView, strategies
    >>> sure, torn = [[1, 0], [0, 1]], [[0.5, 0.5], [0.5, 0.5]]
    >>> strategies.variation_ratio().select(ModelView.from_outputs(draws=[torn, sure]))
    array([1])
    """
    return VariationRatio(n_draws=n_draws)


@recipe
def bald(n_draws=20):
    """Largest mutual information between label and model.

    Parameters
    ----------
    n_draws : int, default=20
        Number of draws of a sampler; an ensemble has one per member.

    Returns
    -------
    strategy : BALD

    References
    ----------
    Gal, Islam and Ghahramani (2017), "Deep Bayesian Active Learning with Image Data",
    section 3.

    Examples
    --------
    >>> from skactive import ModelView, strategies
    >>> sure, torn = [[1, 0], [0, 1]], [[0.5, 0.5], [0.5, 0.5]]
    >>> strategies.bald().select(ModelView.from_outputs(draws=[torn, sure]))
    array([1])
    """
    return BALD(n_draws=n_draws)


@recipe
def power_bald(n_draws=20, beta=1.0, random_state=None):
    """BALD drawn at random in proportion to a power of the score.

    Parameters
    ----------
    n_draws : int, default=20
        Number of draws of a sampler; an ensemble has one per member.
    beta : float, default=1.0
        Power of the score; 0 is uniform, the larger the closer to the top of BALD.
    random_state : int, RandomState instance or None, default=None
        Seed; a learner fills it.

    Returns
    -------
    strategy : StochasticTopK

    References
    ----------
    Kirsch et al. (2023), "Stochastic Batch Acquisition: A Simple Baseline for Deep
    Active Learning", section 3.

    Examples
    --------
    >>> from skactive import ModelView, strategies
    >>> sure, torn = [[1, 0], [0, 1]], [[0.5, 0.5], [0.5, 0.5]]
    >>> strategies.power_bald().select(ModelView.from_outputs(draws=[torn, sure]))
    array([1])
    """
    return StochasticTopK(BALD(n_draws=n_draws), beta=beta, random_state=random_state)


@recipe
def batch_bald(n_draws=20, max_configurations=10_000, random_state=None):
    """BALD of the whole batch: the labels that tell most together.

    Parameters
    ----------
    n_draws : int, default=20
        Number of draws of a sampler; an ensemble has one per member.
    max_configurations : int, default=10_000
        Ways of labeling the batch up to which gains are exact; beyond it so many are
        drawn.
    random_state : int, RandomState instance or None, default=None
        Seed; a learner fills it.

    Returns
    -------
    strategy : BatchBALD

    References
    ----------
    Kirsch, van Amersfoort and Gal (2019), "BatchBALD: Efficient and Diverse Batch
    Acquisition for Deep Bayesian Active Learning".

    Examples
    --------
    >>> from skactive import ModelView, strategies
    >>> sure, torn = [[1, 0], [0, 1]], [[0.5, 0.5], [0.5, 0.5]]
    >>> strategies.batch_bald().select(ModelView.from_outputs(draws=[torn, sure]))
    array([1])
    """
    return BatchBALD(
        n_draws=n_draws,
        max_configurations=max_configurations,
        random_state=random_state,
    )


@recipe
def epig(n_draws=20, target=None, n_targets=100, random_state=None):
    """Largest mutual information between the label and those of target samples.

    Parameters
    ----------
    n_draws : int, default=20
        Number of draws of a sampler; an ensemble has one per member.
    target : array-like of shape (n_samples, ...), default=None
        Samples such as the model will be used on; None means the pool.
    n_targets : int, default=100
        So many of them, drawn at random, stand for all.
    random_state : int, RandomState instance or None, default=None
        Seed of that draw; a learner fills it.

    Returns
    -------
    strategy : EPIG

    References
    ----------
    Bickford Smith et al. (2023), "Prediction-Oriented Bayesian Active Learning".

    Examples
    --------
    >>> from skactive import ModelView, strategies
    >>> alike, other = [[1, 0], [0, 1], [1, 0]], [[1, 0], [1, 0], [0, 1]]
    >>> view = ModelView.from_outputs(draws=[other, alike, alike])
    >>> strategies.epig().select(view, 1, given=[2])
    array([1])
    """
    return EPIG(
        n_draws=n_draws,
        target=target,
        n_targets=n_targets,
        random_state=random_state,
    )


@recipe
def prediction_switches():
    """Most changes of the predicted class from epoch to epoch of the training.

    Returns
    -------
    strategy : PredictionSwitches

    References
    ----------
    Toneva et al. (2019), "An Empirical Study of Example Forgetting during Deep Neural
    Network Learning"; Benkert, Prabhushankar and AlRegib (2022), "Forgetful Active
    Learning with Switch Events".

    Examples
    --------
    >>> from skactive import ModelView, strategies
    >>> settled, torn = [[0.6, 0.4], [0.9, 0.1]], [[0.6, 0.4], [0.4, 0.6]]
    >>> view = ModelView.from_outputs(epochs=[settled, torn])
    >>> strategies.prediction_switches().select(view)
    array([1])
    """
    return PredictionSwitches()


@recipe
def epoch_variability():
    """Largest spread of the predicted class's probability over epochs of the training.

    Returns
    -------
    strategy : EpochVariability

    References
    ----------
    Swayamdipta et al. (2020), "Dataset Cartography: Mapping and Diagnosing Datasets
    with Training Dynamics", for the spread, there of the labeled class.

    Examples
    --------
    >>> from skactive import ModelView, strategies
    >>> settled, torn = [[0.9, 0.1], [0.9, 0.1]], [[0.6, 0.4], [0.9, 0.1]]
    >>> view = ModelView.from_outputs(epochs=[settled, torn])
    >>> strategies.epoch_variability().select(view)
    array([1])
    """
    return EpochVariability()
