"""Clusters of rows: their means, the distances to them, average linkage."""

import warnings

import numpy as np
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning

from skactive.geometry import _blocks
from skactive.geometry._distances import squared_distances
from skactive.geometry._stacked_features import vectors

__all__ = [
    "assigned_squared_distances",
    "average_linkage",
    "check_vectors",
    "cluster_means",
    "k_means_labels",
    "nearest_centers",
]

# With more clusters than this, batches of rows have to do.
_MOST_EXACT = 50
_BATCH_SIZE = 5000

# Numbers of an array that is copied without a second thought.
_MOST_ROUNDED = 2**22

# More iterations move the centers by next to nothing, and can take twice the time.
_MAX_ITER = 100


def check_vectors(features, who):
    """Raise unless the mean of some rows of `features` is a row again.

    Parameters
    ----------
    features : {ndarray, CSR, ProductFeatures} of shape (n_rows, n_features)
        Features of samples.
    who : str
        Who needs the means.

    Raises
    ------
    TypeError
        If they are product features.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import check_vectors
    >>> check_vectors(np.eye(2), "KMeansSampling")
    """
    if not vectors(features):
        raise TypeError(
            f"{who} takes means of rows, and the mean of products, or of rows of a "
            "kernel, is no such row; use KMeansPlusPlus, or features that are plain "
            "vectors, such as Embedding()."
        )


def cluster_means(features, labels, n_clusters):
    """Mean of the rows of each cluster.

    Parameters
    ----------
    features : {ndarray, CSR} of shape (n_rows, n_features)
        Converted block by block, never as a whole.
    labels : ndarray of shape (n_rows,), int
        The cluster of each row, from 0.
    n_clusters : int
        Number of clusters, none of them empty.

    Returns
    -------
    ndarray of shape (n_clusters, n_features), float64

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import cluster_means
    >>> cluster_means(np.array([[0.0], [2.0], [9.0]]), np.array([0, 0, 1]), 2)
    array([[1.],
           [9.]])
    """
    shares = 1 / np.bincount(labels, minlength=n_clusters)
    means = np.zeros((n_clusters, features.shape[1]))
    for rows in _blocks.row_chunks(len(labels), _blocks.row_bytes(features)):
        own = labels[rows]
        entries = (shares[own], (own, np.arange(len(own))))
        block = _blocks.shifted(features[rows], None)
        sums = sparse.csr_matrix(entries, shape=(n_clusters, len(own))) @ block
        means += sums.toarray() if sparse.issparse(sums) else sums
    return means


def assigned_squared_distances(features, centers, labels):
    """Squared Euclidean distance of every row to the center it is assigned to.

    Parameters
    ----------
    features : {ndarray, CSR} of shape (n_rows, n_features)
        Converted block by block, never as a whole.
    centers : ndarray of shape (n_centers, n_features)
        Dense, whatever `features` is.
    labels : ndarray of shape (n_rows,), int
        Which center each row is assigned to.

    Returns
    -------
    ndarray of shape (n_rows,), float64

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import assigned_squared_distances
    >>> centers = np.array([[1.0], [9.0]])
    >>> assigned_squared_distances(np.array([[0.0], [7.0]]), centers, np.array([0, 1]))
    array([1., 4.])
    """
    distances = np.empty(len(labels))
    for rows in _blocks.row_chunks(len(labels), _blocks.row_bytes(features)):
        block = _blocks.shifted(features[rows], None)
        if sparse.issparse(block):
            distances[rows] = _sparse_to_assigned(block, centers, labels[rows])
        else:
            distances[rows] = _blocks.block_norms(block - centers[labels[rows]])
    return distances


def _sparse_to_assigned(block, centers, labels):
    # One look at each entry: neither the block nor the products become dense.
    row_of = np.repeat(np.arange(len(labels)), np.diff(block.indptr))
    terms = block.data * centers[labels[row_of], block.indices]
    products = np.bincount(row_of, terms, minlength=len(labels))
    norms = _blocks.block_norms(block) + _blocks.block_norms(centers)[labels]
    return np.maximum(norms - 2 * products, 0)


def nearest_centers(features, centers):
    """Which center is nearest to each row.

    Parameters
    ----------
    features : {ndarray, CSR} of shape (n_rows, n_features)
        Converted block by block, never as a whole.
    centers : ndarray of shape (n_centers, n_features)
        Dense, whatever `features` is.

    Returns
    -------
    ndarray of shape (n_rows,), int64

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import nearest_centers
    >>> nearest_centers(np.array([[0.0], [7.0]]), np.array([[1.0], [9.0]]))
    array([0, 1])
    """
    labels = np.empty(features.shape[0], dtype=np.int64)
    # Around the centers numbers are small, and keep their digits.
    origin = None if sparse.issparse(features) else centers.mean(axis=0)
    around = centers if origin is None else centers - origin
    half_norms = _blocks.block_norms(around) / 2
    width = _blocks.row_bytes(features) + 8 * len(centers)
    for rows in _blocks.row_chunks(len(labels), width):
        products = _blocks.shifted(features[rows], origin) @ around.T
        labels[rows] = (products - half_norms).argmax(axis=1)
    return labels


def k_means_labels(features, n_clusters, *, rng):
    """Cluster rows by one run of k-means, by mini-batches beyond 50 clusters.

    Parameters
    ----------
    features : {ndarray, CSR} of shape (n_rows, n_features)
        The rows.
    n_clusters : int
        Number of clusters, at most one for each row. Some are empty where there are
        fewer different rows.
    rng : numpy.random.Generator
        Draws the first centers.

    Returns
    -------
    ndarray of shape (n_rows,), int32
        The cluster of each row, from 0.

    Raises
    ------
    TypeError
        If the features are products.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import k_means_labels
    >>> line = np.array([[0.0], [9.0], [1.0]])
    >>> a, b, c = k_means_labels(line, 2, rng=np.random.default_rng(0))
    >>> a == c, a == b
    (np.True_, np.False_)
    """
    # Half a second to load, and few need it.
    from sklearn.cluster import KMeans, MiniBatchKMeans

    check_vectors(features, "k-means")
    features = _without_last_digits(features)
    model = KMeans(n_clusters, max_iter=_MAX_ITER)
    if n_clusters > _MOST_EXACT:
        model = MiniBatchKMeans(n_clusters, batch_size=_BATCH_SIZE)
    seed = int(rng.integers(np.iinfo(np.int32).max))
    model.set_params(n_init=1, random_state=seed)
    with warnings.catch_warnings():
        # That there are fewer different rows than clusters is no news.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit(features).labels_


def _without_last_digits(features):
    """Small features as dense rows without noise in the last digits.

    k-means begins with the better of a few random centers, and in small pools two are
    often equally good: rounding would decide.
    """
    if features.shape[0] * features.shape[1] > _MOST_ROUNDED:
        return features
    dense = features.toarray() if sparse.issparse(features) else features
    unit = np.abs(dense).max(initial=0) * 2.0**-40
    return np.round(dense / unit) * unit if 0 < unit < np.inf else dense


def average_linkage(features, n_clusters):
    """Cluster a few thousand rows by agglomeration with average linkage.

    Parameters
    ----------
    features : {ndarray, CSR, ProductFeatures} of shape (n_rows, n_features)
        Their distances are kept in memory, all pairs of them.
    n_clusters : int
        Number of clusters, at most one for each row.

    Returns
    -------
    ndarray of shape (n_rows,), int64
        The cluster of each row, from 0.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import average_linkage
    >>> a, b, c = average_linkage(np.array([[0.0], [9.0], [1.0]]), 2)
    >>> a == c, a == b
    (np.True_, np.False_)
    """
    if features.shape[0] == 1:
        return np.zeros(1, dtype=np.int64)
    distances = np.sqrt(squared_distances(features, features))
    # Half a second to load, and few need it.
    from sklearn.cluster import AgglomerativeClustering

    model = AgglomerativeClustering(n_clusters, metric="precomputed", linkage="average")
    return model.fit(distances).labels_
