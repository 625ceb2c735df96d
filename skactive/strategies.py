"""The published methods by name: short functions that put the parts together."""

from __future__ import annotations

from difflib import get_close_matches

from sklearn.utils import get_tags
from sklearn.utils.validation import check_is_fitted

from skactive.compose import Prefilter
from skactive.features import GradientEmbedding, Inputs
from skactive.scores import (
    BALD,
    AdversarialBIM,
    ConsensusEntropy,
    DeepFool,
    Density,
    Disagreement,
    Entropy,
    FunctionScore,
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
    ClusterMargin,
    DisparityMin,
    DisparitySum,
    FacilityLocation,
    FeatureBased,
    Glister,
    GraphCut,
    KCenterGreedy,
    KMeansPlusPlus,
    KMeansSampling,
    LogDet,
    RandomChoice,
    RankedBatch,
    RobustKCenter,
    SaturatedCoverage,
    SetCover,
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
    ['coreset', 'disparity_min', ..., 'variance']
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
def coreset(features=None, metric="euclidean"):
    """Greedy k-center on the model's embedding.

    Parameters
    ----------
    features : transformer, default=None
        The space of the distances; None means the model's embedding.
    metric : {'euclidean', 'cosine'}, default='euclidean'
        Distance of vectors, or of their directions.

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
    return KCenterGreedy(features=features, metric=metric)


@_recipe
def robust_coreset(n_outliers=1e-4, exact=False, features=None, metric="euclidean"):
    """Robust k-center on the model's embedding: a few outliers stay uncovered.

    Parameters
    ----------
    n_outliers : int or float, default=1e-4
        How many samples of the pool, or what share of it, rounded up.
    exact : bool, default=False
        Whether to solve integer programs, for pools of some hundred samples.
    features : transformer, default=None
        The space of the distances; None means the model's embedding.
    metric : {'euclidean', 'cosine'}, default='euclidean'
        Distance of vectors, or of their directions.

    Returns
    -------
    strategy : RobustKCenter

    References
    ----------
    Sener and Savarese (2018), "Active Learning for Convolutional Neural Networks: A
    Core-Set Approach", algorithm 2; Charikar et al. (2001), "Algorithms for Facility
    Location Problems with Outliers", section 3.

    Examples
    --------
    >>> from skactive import strategies
    >>> pool = [[4.0], [5.0], [6.0], [99.0]]
    >>> strategies.robust_coreset(n_outliers=1).fit([[0.0]]).select(pool)
    array([1])
    """
    return RobustKCenter(
        features=features, n_outliers=n_outliers, exact=exact, metric=metric
    )


@_recipe
def kmeans(factor=None, features=None, random_state=None):
    """The samples nearest to the centers of k-means clusters, one for each query.

    Parameters
    ----------
    factor : float, default=None
        Candidates kept for each query, those of the smallest margins; the clusters are
        weighted by 1 minus the margin then. None clusters the whole pool, unweighted,
        which needs no model. The paper has 10 to 50.
    features : transformer, default=None
        The space of the clusters; None means the model's embedding.
    random_state : int, RandomState instance or None, default=None
        Seed; a learner fills it.

    Returns
    -------
    strategy : KMeansSampling or Prefilter

    References
    ----------
    Zhdanov (2019), "Diverse Mini-Batch Active Learning", section 3.

    Examples
    --------
    >>> from skactive import strategies
    >>> blobs = [[0.0], [1.0], [2.0], [8.0], [9.0], [9.5], [9.8]]
    >>> strategies.kmeans(random_state=0).select(blobs, 2)
    array([4, 1])
    """
    if factor is None:
        return KMeansSampling(features=features, random_state=random_state)
    doubt = FunctionScore(_one_minus_margin, needs=("proba|decision",))
    clusters = KMeansSampling(
        features=features, weight=doubt, random_state=random_state
    )
    return Prefilter(Margin(), clusters, factor=factor)


def _one_minus_margin(X):
    return 1 + Margin().score_samples(X)


@_recipe
def kmeanspp(features=None, first="uniform", metric="euclidean", random_state=None):
    """Sample k-means++ seeds in the model's embedding: diverse, at random.

    Parameters
    ----------
    features : transformer, default=None
        The space of the distances; None means the model's embedding.
    first : {'uniform', 'max_norm'}, default='uniform'
        The first pick: any sample, or the longest vector.
    metric : {'euclidean', 'cosine'}, default='euclidean'
        Distance of vectors, or of their directions.
    random_state : int, RandomState instance or None, default=None
        Seed; a learner fills it.

    Returns
    -------
    strategy : KMeansPlusPlus

    References
    ----------
    Arthur and Vassilvitskii (2007), "k-means++: The Advantages of Careful Seeding".

    Examples
    --------
    >>> from skactive import strategies
    >>> blobs = [[0.0], [0.0], [5.0], [5.0]]
    >>> sorted(strategies.kmeanspp(random_state=0).select(blobs, 2) // 2)
    [np.int64(0), np.int64(1)]
    """
    return KMeansPlusPlus(
        features=features, first=first, metric=metric, random_state=random_state
    )


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
def clustermargin(n_clusters=None, factor=10, features=None, random_state=None):
    """Smallest margins, taken from all clusters in turn.

    Parameters
    ----------
    n_clusters : int, default=None
        Number of clusters; None means the number of queries of the first round, at
        least 20.
    factor : float, default=10
        Candidates kept for each query, those of the smallest margins.
    features : transformer, default=None
        The space of the clusters; None means the model's embedding.
    random_state : int, RandomState instance or None, default=None
        Seed; a learner fills it.

    Returns
    -------
    strategy : ClusterMargin

    References
    ----------
    Citovsky et al. (2021), "Batch Active Learning at Scale", algorithms 1 and 2.

    Examples
    --------
    >>> from skactive import ModelView, strategies
    >>> view = ModelView.from_outputs(
    ...     proba=[[0.5, 0.5], [0.52, 0.48], [0.6, 0.4]], embedding=[[0], [0.1], [9]]
    ... )
    >>> strategies.clustermargin(n_clusters=2).select(view, 2)
    array([2, 0])
    """
    return ClusterMargin(
        Margin(),
        features=features,
        n_clusters=n_clusters,
        factor=factor,
        random_state=random_state,
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


@_recipe
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


@_recipe
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


@_recipe
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


@_recipe
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


@_recipe
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


@_recipe
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


@_recipe
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


@_recipe
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


@_recipe
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


@_recipe
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


@_recipe
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


@_recipe
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


__all__ = ["get", "names", *sorted(_RECIPES)]
