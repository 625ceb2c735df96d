"""The published methods by name: short functions that put the parts together."""

from __future__ import annotations

from difflib import get_close_matches

from sklearn.utils import get_tags
from sklearn.utils.validation import check_is_fitted

from skactive.features import GradientEmbedding, Inputs
from skactive.scores import (
    BALD,
    ConsensusEntropy,
    Density,
    Disagreement,
    Entropy,
    LeastConfidence,
    Margin,
    MaxKL,
    MeanStd,
    Ratio,
    Variance,
    VariationRatio,
    VoteEntropy,
)
from skactive.selection import (
    BatchBALD,
    KCenterGreedy,
    KMeansPlusPlus,
    RandomChoice,
    RankedBatch,
    StochasticTopK,
)
from skactive.utils._sklearn import InvalidParameterError

_RECIPES = {}


def _recipe(function):
    _RECIPES[function.__name__] = function
    return function


def names(task=None, estimator=None):
    """Names of the registered strategies.

    Parameters
    ----------
    task : {'classification', 'regression'}, default=None
        Only strategies for this task.
    estimator : estimator, default=None
        Only strategies that this fitted model can serve.

    Returns
    -------
    names : list of str
        Sorted.

    Examples
    --------
    >>> from skactive import strategies
    >>> strategies.names(task="regression")
    ['coreset', 'gsx', 'qbc', 'random', 'variance']
    """
    if task not in (None, "classification", "regression"):
        raise InvalidParameterError(
            f"task={task!r} is not a task; pass 'classification', 'regression' or None."
        )
    found = []
    for name in sorted(_RECIPES):
        facts = get_tags(get(name)).strategy
        if task is not None and facts.task not in ("both", task):
            continue
        if estimator is not None and not _serves(estimator, facts):
            continue
        found.append(name)
    return found


def get(name, **params):
    """Make a registered strategy.

    Parameters
    ----------
    name : str
        One of ``names()``.
    **params
        Parameters of the function of that name.

    Returns
    -------
    strategy : QueryStrategy

    Raises
    ------
    ValueError
        If there is no such strategy; the message lists near names.

    Examples
    --------
    >>> from skactive import strategies
    >>> strategies.get("bald", n_draws=50)
    BALD(n_draws=50)
    """
    if name not in _RECIPES:
        near = get_close_matches(str(name).lower(), _RECIPES, n=3)
        guess = f" did you mean {' or '.join(map(repr, near))}?" if near else ""
        raise ValueError(
            f"There is no strategy named {name!r};{guess} the names are "
            f"{', '.join(sorted(_RECIPES))}."
        )
    return _RECIPES[name](**params)


def _serves(estimator, facts):
    """Whether a model of this kind gives what the facts say is needed."""
    from skactive.adapters import find_adapter

    check_is_fitted(estimator)
    adapter = find_adapter(estimator)
    task = "classification" if adapter.is_classifier else "regression"
    return facts.task in ("both", task) and all(
        any(adapter.has(name) for name in need.split("|")) for need in facts.needs
    )


@_recipe
def random(random_state=None):
    """Uniform choice without replacement: the baseline.

    Parameters
    ----------
    random_state : int, RandomState instance or None, default=None
        Seed; a learner fills it.

    Returns
    -------
    strategy : RandomChoice

    Examples
    --------
    >>> from skactive import strategies
    >>> sorted(strategies.random().select([[1.0], [2.0]], 2).tolist())
    [0, 1]
    """
    return RandomChoice(random_state=random_state)


@_recipe
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


@_recipe
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


@_recipe
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


@_recipe
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


@_recipe
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


@_recipe
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


@_recipe
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


@_recipe
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


@_recipe
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


@_recipe
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


@_recipe
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


@_recipe
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


@_recipe
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


@_recipe
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


@_recipe
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


@_recipe
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


@_recipe
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


@_recipe
def coreset(features=None):
    """Greedy k-center on the model's embedding.

    Parameters
    ----------
    features : transformer, default=None
        The space of the distances; None means the model's embedding.

    Returns
    -------
    strategy : KCenterGreedy

    References
    ----------
    Sener and Savarese (2018), "Active Learning for Convolutional Neural Networks: A
    Core-Set Approach", section 4.

    Examples
    --------
    >>> from skactive import strategies
    >>> strategies.coreset().fit([[0.0]]).select([[1.0], [5.0], [3.5]], 2)
    array([1, 2])
    """
    return KCenterGreedy(features=features)


@_recipe
def badge(first="max_norm", random_state=None):
    """Sample k-means++ seeds among gradient embeddings: unsure and diverse.

    Parameters
    ----------
    first : {'max_norm', 'uniform'}, default='max_norm'
        The first pick: the longest gradient, as in the authors' code, or any sample, as
        in the paper.
    random_state : int, RandomState instance or None, default=None
        Seed; a learner fills it.

    Returns
    -------
    strategy : KMeansPlusPlus

    References
    ----------
    Ash et al. (2020), "Deep Batch Active Learning by Diverse, Uncertain Gradient Lower
    Bounds", algorithm 1.

    Examples
    --------
    >>> from skactive import ModelView, strategies
    >>> view = ModelView.from_outputs(
    ...     proba=[[0.8, 0.2], [0.5, 0.5]], embedding=[[1.0, 0.0], [0.0, 2.0]]
    ... )
    >>> strategies.badge().select(view)
    array([1])
    """
    return KMeansPlusPlus(
        features=GradientEmbedding(), first=first, random_state=random_state
    )


@_recipe
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


__all__ = ["get", "names", *sorted(_RECIPES)]
