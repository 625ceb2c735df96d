"""Augmentations of tables: small changes of a row that should leave its label alone."""

from __future__ import annotations

from numbers import Integral, Real

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, clone
from sklearn.utils.validation import check_is_fitted

from skactive.utils import count_rows, is_dataframe, stack_rows
from skactive.utils._sklearn import Interval

# Neighbors are looked for among so many rows: a search through more of them in every
# step of a training would take longer than the step.
_MOST_DONORS = 1024

_RATE = Interval(Real, 0, 1, closed="both")
_POSITIVE = Interval(Real, 0, None, closed="left")


class Augmentation(BaseEstimator):
    """Base class of augmentations.

    `fit` looks at the samples to draw from, `augment` returns a changed copy of some
    samples. A subclass writes `_augment` for dense numbers of shape
    (n_samples, n_features); `_fit` gets the samples. The parameter that is named in
    `_strength` says how much is changed; zero changes nothing.
    """

    _strength = None
    _parameter_constraints: dict = {}

    def fit(self, X, y=None):
        """Look at the samples to draw from.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, ...)
            Labeled and unlabeled samples.
        y : ignored

        Returns
        -------
        self : Augmentation
        """
        self._validate_params()
        if count_rows(X) == 0:
            raise ValueError("X has 0 samples; an augmentation learns from some.")
        self._fit(X if is_dataframe(X) or sparse.issparse(X) else np.asarray(X))
        self.fitted_ = True
        return self

    def augment(self, X, rng):
        """Change a copy of some samples.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, ...)
            The samples.
        rng : numpy.random.Generator
            What is drawn.

        Returns
        -------
        changed : same container as X
        """
        check_is_fitted(self)
        if is_dataframe(X):
            return self._augment_frame(X, rng)
        if sparse.issparse(X):
            changed = self._augment(X.toarray(), rng)
            return sparse.csr_matrix(changed, dtype=X.dtype)
        X = np.asarray(X)
        flat = X.reshape(len(X), -1)
        changed = self._augment(flat, rng).astype(X.dtype, copy=False)
        return changed.reshape(X.shape)

    @property
    def strength(self):
        """How much is changed."""
        return getattr(self, self._strength)

    def weakened(self):
        """The same, fitted, at half the strength.

        Returns
        -------
        augmentation : Augmentation
        """
        weaker = clone(self)
        vars(weaker).update(vars(self))
        return weaker.set_params(**{self._strength: self.strength / 2})

    def _fit(self, X):
        """Look at the samples; by default nothing is learned from them."""

    def _augment_frame(self, X, rng):
        """Change the columns of numbers."""
        numbers = list(X.select_dtypes("number").columns)
        changed = X.copy()
        if numbers:
            values = self._augment(X[numbers].to_numpy(), rng)
            for name, column in zip(numbers, values.T, strict=True):
                changed[name] = column.astype(X[name].dtype, copy=False)
        return changed


def numbers_of(X):
    """The columns of numbers, flat: an array or CSR."""
    if is_dataframe(X):
        return X.select_dtypes("number").to_numpy()
    return X.tocsr() if sparse.issparse(X) else X.reshape(len(X), -1)


def dense(X):
    """Some rows as an array."""
    return X.toarray() if sparse.issparse(X) else X


class MarginalSwap(Augmentation):
    """Replace cells by the same column of another row, drawn at random.

    Keeps the distribution of every column, and does for categories as well.

    Parameters
    ----------
    rate : float, default=0.15
        Chance of each cell to be replaced. Representation learning [1]_ takes 0.6;
        labels survive less.

    References
    ----------
    .. [1] D. Bahri, H. Jiang, Y. Tay, D. Metzler. SCARF: self-supervised contrastive
       learning using random feature corruption. ICLR 2022.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.semisupervised import MarginalSwap
    >>> X = np.array([[1, 10], [2, 20], [3, 30]])
    >>> MarginalSwap(rate=0.5).fit(X).augment(X[:1], np.random.default_rng(1))
    array([[ 1, 20]])
    """

    _strength = "rate"
    _parameter_constraints = {"rate": [_RATE]}

    def __init__(self, rate=0.15):
        self.rate = rate

    def _fit(self, X):
        self.donors_ = X.tocsr() if sparse.issparse(X) else X

    def _augment(self, X, rng):
        swapped, rows = self._draw(X.shape, rng)
        if sparse.issparse(self.donors_):
            used, own = np.unique(rows[swapped], return_inverse=True)
            values = self.donors_[used].toarray()[own, np.nonzero(swapped)[1]]
        else:
            donors = self.donors_.reshape(len(self.donors_), -1)
            values = donors[rows[swapped], np.nonzero(swapped)[1]]
        changed = X.copy()
        changed[swapped] = values
        return changed

    def _augment_frame(self, X, rng):
        swapped, rows = self._draw(X.shape, rng)
        stacked = stack_rows(X, self.donors_)
        changed = X.copy()
        for j, name in enumerate(X.columns):
            taken = np.where(swapped[:, j], len(X) + rows[:, j], np.arange(len(X)))
            changed[name] = stacked[name].array.take(taken)
        return changed

    def _draw(self, shape, rng):
        """Which cells are replaced, and the donor of each."""
        rows = rng.integers(count_rows(self.donors_), size=shape)
        return rng.random(shape) < self.rate, rows


class NeighborSwap(Augmentation):
    """Replace cells by those of a row nearby.

    For each row one donor is drawn among its nearest neighbors, in columns scaled to
    unit variance, and gives all cells that are replaced. Columns that are no numbers
    stay.

    Parameters
    ----------
    rate : float, default=0.5
        Chance of each cell to be replaced.
    n_neighbors : int, default=20
        Rows to draw the donor from. Of many rows, 1024 are kept to be donors.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.semisupervised import NeighborSwap
    >>> X = np.array([[0.0, 0.0], [0.1, 0.2], [9.0, 9.0]])
    >>> swap = NeighborSwap(rate=1, n_neighbors=2).fit(X)
    >>> bool(swap.augment(X[[0]], np.random.default_rng(0)).max() < 1)
    True
    """

    _strength = "rate"
    _parameter_constraints = {
        "rate": [_RATE],
        "n_neighbors": [Interval(Integral, 1, None, closed="left")],
    }

    def __init__(self, rate=0.5, n_neighbors=20):
        self.rate = rate
        self.n_neighbors = n_neighbors

    def _fit(self, X):
        X = numbers_of(X)
        rows = np.arange(X.shape[0])
        if len(rows) > _MOST_DONORS:
            # Always the same ones, spread over the rows.
            rows = np.linspace(0, len(rows) - 1, _MOST_DONORS).astype(np.intp)
        self.donors_ = dense(X[rows])
        spread = self.donors_.std(axis=0, dtype=np.float64)
        self.scale_ = np.where(spread > 0, spread, 1)
        scaled = self.donors_ / self.scale_
        # Near zero, differences of products are exact enough to rank neighbors.
        self.center_ = scaled.mean(axis=0)
        self.scaled_ = (scaled - self.center_).astype(np.float32)
        self.norms_ = (self.scaled_**2).sum(axis=1)

    def _augment(self, X, rng):
        if not X.shape[1]:
            return X.copy()
        own = (X / self.scale_ - self.center_).astype(np.float32)
        distances = self.norms_ - 2 * (own @ self.scaled_.T)
        n_near = min(self.n_neighbors, len(self.donors_))
        near = np.argpartition(distances, n_near - 1, axis=1)[:, :n_near]
        drawn = rng.integers(n_near, size=len(X))
        donors = self.donors_[near[np.arange(len(X)), drawn]]
        return np.where(rng.random(X.shape) < self.rate, donors, X)


class Jitter(Augmentation):
    """Add Gaussian noise to columns of numbers.

    Columns of whole numbers stay whole, and no value leaves the range it was seen in.

    Parameters
    ----------
    scale : float, default=0.1
        Standard deviation of the noise, in standard deviations of the column.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.semisupervised import Jitter
    >>> X = np.array([[0.5], [1.0], [2.5]])
    >>> Jitter().fit(X).augment(X, np.random.default_rng(0)).round(2).tolist()
    [[0.51], [0.99], [2.5]]
    """

    _strength = "scale"
    _parameter_constraints = {"scale": [_POSITIVE]}

    def __init__(self, scale=0.1):
        self.scale = scale

    def _fit(self, X):
        X = numbers_of(X)
        if sparse.issparse(X):
            from sklearn.utils.sparsefuncs import mean_variance_axis

            self.std_ = np.sqrt(mean_variance_axis(X.astype(np.float64), axis=0)[1])
            self.low_ = X.min(axis=0).toarray()[0]
            self.high_ = X.max(axis=0).toarray()[0]
            parts = X - X.floor()
            self.whole_ = np.asarray(abs(parts).max(axis=0).toarray()[0] == 0)
            return
        self.std_ = np.nanstd(X, axis=0, dtype=np.float64)
        self.low_, self.high_ = np.nanmin(X, axis=0), np.nanmax(X, axis=0)
        self.whole_ = np.array([(c[np.isfinite(c)] % 1 == 0).all() for c in X.T])

    def _augment(self, X, rng):
        noisy = X + self.scale * self.std_ * rng.normal(size=X.shape)
        noisy = np.where(self.whole_, np.rint(noisy), noisy)
        # What was out of the range before may stay there.
        low, high = np.fmin(self.low_, X), np.fmax(self.high_, X)
        return np.clip(noisy, low, high)


class RowMixup(Augmentation):
    """Mix each row with another one, of which it gets the smaller share.

    Parameters
    ----------
    share : float, default=0.2
        Largest share of the other row. A share is drawn from Beta(alpha, alpha), cut to
        its smaller half and scaled to this.
    alpha : float, default=0.2
        The smaller, the more shares are near zero or near the largest.

    References
    ----------
    H. Zhang, M. Cisse, Y. Dauphin, D. Lopez-Paz (2018), "mixup: Beyond Empirical Risk
    Minimization".

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.semisupervised import RowMixup
    >>> X = np.array([[0.0], [10.0]])
    >>> mixed = RowMixup(share=0.5).fit(X).augment(X, np.random.default_rng(0))
    >>> bool(mixed[0, 0] <= 5 <= mixed[1, 0])
    True
    """

    _strength = "share"
    _parameter_constraints = {
        "share": [Interval(Real, 0, 0.5, closed="both")],
        "alpha": [Interval(Real, 0, None, closed="neither")],
    }

    def __init__(self, share=0.2, alpha=0.2):
        self.share = share
        self.alpha = alpha

    def _fit(self, X):
        self.donors_ = numbers_of(X)

    def _augment(self, X, rng):
        drawn = rng.beta(self.alpha, self.alpha, size=len(X))
        share = 2 * self.share * np.minimum(drawn, 1 - drawn)[:, None]
        donors = dense(self.donors_[rng.integers(self.donors_.shape[0], size=len(X))])
        return (1 - share) * X + share * donors


class Chain(Augmentation):
    """Several augmentations, one after the other."""

    def __init__(self, steps):
        self.steps = steps

    def fit(self, X, y=None):
        """Fit each step.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, ...)
            Labeled and unlabeled samples.
        y : ignored

        Returns
        -------
        self : Chain
        """
        self.steps_ = [step.fit(X) for step in self.steps]
        return self

    def augment(self, X, rng):
        """Change a copy of some samples.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, ...)
            The samples.
        rng : numpy.random.Generator
            What is drawn.

        Returns
        -------
        changed : same container as X
        """
        for step in self.steps_:
            X = step.augment(X, rng)
        return X

    @property
    def strength(self):
        """The strengths of the steps; None if none of them has one."""
        strengths = [step.strength for step in self.steps_]
        return None if all(each is None for each in strengths) else strengths

    def weakened(self):
        """The same, fitted, at half the strength.

        Returns
        -------
        augmentation : Chain
        """
        weaker = Chain(self.steps)
        weaker.steps_ = [step.weakened() for step in self.steps_]
        return weaker


class PerSample(Augmentation):
    """A function of one sample as a float32 tensor, such as a torchvision transform.

    The transforms of torchvision change all images of a batch alike, so each sample is
    handed over by itself. What they draw comes from torch's generator, which is forked
    and seeded.
    """

    strength = None

    def __init__(self, function):
        self.function = function

    def weakened(self):
        """The same: nothing is known of its strength.

        Returns
        -------
        augmentation : PerSample
        """
        return self

    def augment(self, X, rng):
        """Change a copy of some samples.

        Parameters
        ----------
        X : ndarray of shape (n_samples, ...)
            The samples.
        rng : numpy.random.Generator
            What is drawn.

        Returns
        -------
        changed : ndarray of shape (n_samples, ...), float32
        """
        from skactive.semisupervised._per_sample import map_samples

        return map_samples(self.function, X, int(rng.integers(2**31)))


def make_augmentation(augment):
    """The unfitted augmentation that a parameter `augment` stands for.

    Raises
    ------
    TypeError
        If it stands for none.
    """
    if isinstance(augment, Augmentation):
        return clone(augment)
    if isinstance(augment, list | tuple):
        return Chain([make_augmentation(step) for step in augment])
    if callable(augment) and not isinstance(augment, type):
        return PerSample(augment)
    raise TypeError(
        f"augment={augment!r} is no augmentation; pass one of skactive.semisupervised "
        "such as MarginalSwap(), a list of them, or a function of one sample such as a "
        "transform of torchvision."
    )
