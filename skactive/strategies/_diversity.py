"""Batches that cover the pool, with or without doubt."""

from __future__ import annotations

from skactive.compose import Prefilter
from skactive.features import GradientEmbedding
from skactive.scores import FunctionScore, Margin
from skactive.selection import (
    KDPP,
    ClusterMargin,
    DensityAwareKCenter,
    DiscriminativeSampling,
    KCenterGreedy,
    KMeansPlusPlus,
    KMeansSampling,
    RandomChoice,
    RobustKCenter,
)
from skactive.strategies._registry import recipe


@recipe
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


@recipe
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

    Behind a filter it is also known as VAR-Core: the core-set of the samples with the
    largest variances, twice as many as are wanted.

    >>> from skactive import ModelView
    >>> from skactive.compose import Prefilter
    >>> view = ModelView.from_outputs(std=[0.1, 0.9, 0.8], embedding=[[9], [1], [2]])
    >>> var_core = Prefilter(strategies.variance(), strategies.coreset(), factor=2)
    >>> var_core.fit(ModelView.from_outputs(embedding=[[0.0]])).select(view)
    array([2])
    """
    return KCenterGreedy(features=features, metric=metric)


@recipe
def dacs(n_bins=5, n_neighbors=10, temperature=1.0, features=None):
    """Core-sets of regions of like density, more from those with few samples.

    Parameters
    ----------
    n_bins : int, default=5
        Number of regions, at most; with 1 it is `coreset`.
    n_neighbors : int, default=10
        Nearest samples that the density looks at. Finding them takes time that grows
        with the square of the pool: put `Subsample` around the strategy.
    temperature : float, default=1.0
        The smaller, the more the small regions get.
    features : transformer, default=None
        The space of the distances; None means the model's embedding.

    Returns
    -------
    strategy : DensityAwareKCenter

    References
    ----------
    After Kim and Shin (2022), "In Defense of Core-set: A Density-aware Core-set
    Selection for Active Learning".

    Examples
    --------
    >>> from skactive import strategies
    >>> pool = [[0.0], [0.1], [0.2], [0.3], [7.0]]
    >>> sorted(strategies.dacs(n_bins=2, n_neighbors=1).select(pool, 2).tolist())
    [0, 4]
    """
    return DensityAwareKCenter(
        features=features,
        n_bins=n_bins,
        n_neighbors=n_neighbors,
        temperature=temperature,
    )


@recipe
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


@recipe
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


@recipe
def kmeanspp(
    features=None,
    first="uniform",
    metric="euclidean",
    condition_on_labeled=False,
    random_state=None,
):
    """Sample k-means++ seeds in the model's embedding: diverse, at random.

    Parameters
    ----------
    features : transformer, default=None
        The space of the distances; None means the model's embedding.
    first : {'uniform', 'max_norm'}, default='uniform'
        The first pick: any sample, or the longest vector.
    metric : {'euclidean', 'cosine'}, default='euclidean'
        Distance of vectors, or of their directions.
    condition_on_labeled : bool, default=False
        Whether the labeled samples count as picked.
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
        features=features,
        first=first,
        metric=metric,
        condition_on_labeled=condition_on_labeled,
        random_state=random_state,
    )


@recipe
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


@recipe
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


@recipe
def kdpp(features=None, random_state=None):
    """Drawn in proportion to the squared volume that the batch spans.

    Parameters
    ----------
    features : transformer, default=None
        Vectors whose inner products make the kernel; None means the gradients by the
        model's weights.
    random_state : int, RandomState instance or None, default=None
        Seed; a learner fills it.

    Returns
    -------
    strategy : KDPP

    References
    ----------
    Kulesza and Taskar (2011), "k-DPPs: Fixed-Size Determinantal Point Processes".

    Examples
    --------
    >>> from skactive import strategies
    >>> from skactive.features import Inputs
    >>> pool = [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]
    >>> kdpp = strategies.kdpp(features=Inputs(), random_state=0)
    >>> sorted(kdpp.select(pool, 2) // 2)
    [np.int64(0), np.int64(1)]
    """
    return KDPP(features=features, random_state=random_state)


@recipe
def dal(
    n_batches=10, estimator=None, max_pool=10_000, features=None, random_state=None
):
    """Discriminative: what a classifier can tell from the labeled samples.

    Parameters
    ----------
    n_batches : int, default=10
        Parts of the batch, between which the classifier is trained again.
    estimator : classifier, default=None
        Tells labeled from not; None means logistic regression.
    max_pool : int, default=10_000
        Samples of the pool to train it on, drawn at random if there are more.
    features : transformer, default=None
        What it sees; None means the model's embedding.
    random_state : int, RandomState instance or None, default=None
        Seed; a learner fills it.

    Returns
    -------
    strategy : DiscriminativeSampling

    References
    ----------
    Gissin and Shalev-Shwartz (2019), "Discriminative Active Learning".

    Examples
    --------
    >>> from skactive import strategies
    >>> labeled, pool = [[0.0], [1.0], [2.0]], [[0.5], [1.5], [9.0], [0.1]]
    >>> strategies.dal().fit(labeled).select(pool)
    array([2])
    """
    return DiscriminativeSampling(
        n_batches=n_batches,
        estimator=estimator,
        max_pool=max_pool,
        features=features,
        random_state=random_state,
    )
