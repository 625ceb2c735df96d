"""GRAD-MATCH: training on a weighted subset whose gradient is that of all samples."""

from numbers import Real

import numpy as np

from skactive.geometry import ProductFeatures, matching_pursuit, squared_norms
from skactive.nets._iterator import batch_sizes
from skactive.nets._last_layer import check_linear, is_regression, last_layer
from skactive.nets._subset_training import SubsetTraining
from skactive.nets._together import batches_of
from skactive.utils._sklearn import Interval, StrOptions

_FEWEST_BATCHES = 20


class GradMatch(SubsetTraining):
    """Train on few samples whose weighted gradients sum to that of all of them.

    A callback of a skorch net. Every few epochs it computes the gradients of the
    losses by the last linear layer, under the true labels, and picks the samples, and
    weights for them, whose sum comes closest to the sum over all samples [1]_. Epochs
    pass over the picked samples alone. So an epoch on three tenths of the samples
    costs three tenths of the time, plus a share of the choice: one forward pass over
    all samples, and the picking.

    Parameters
    ----------
    fraction : float, default=0.3
        Share of the training samples that an epoch passes over, at most; of each class,
        where `ground` picks in classes, but at least one sample per class.
    refresh : int, default=20
        Epochs after which the subset is chosen again.
    warm_up : int, default=5
        Epochs on all samples before the first subset: the gradients of a net that
        knows nothing yet say little about single samples.
    ground : {'batch', 'class', 'class_gradient', 'sample'}, default='batch'
        What is picked. ``"batch"``: whole random batches, by the sum of their
        gradients; fast at any size, in the memory of n_batches × n_outputs × width
        float32 numbers, the width of the last layer. ``"class"``: samples, in each
        class by itself and in proportion to its size. ``"class_gradient"``: the same,
        by the gradients of the output of the class alone. ``"sample"``: samples out of
        all of them. The last three take, for every pick, a pass over the samples (of
        the class) and time and memory in proportion to the square of the picks: for
        thousands of samples.
    regularization : float, default=0.5
        Penalty on the squares of the weights, in units of the mean squared length of
        the gradients. Larger: more alike.

    Attributes
    ----------
    rows_ : ndarray of shape (n_rows,) or None
        The last subset, as row numbers of the training data; None if training ended
        with the warm-up.
    weights_ : ndarray of shape (n_rows,) or None
        Weights of these rows, beside their sample weights.
    n_epochs_ : int
        Epochs of the last training.

    See Also
    --------
    GlisterSubset : Training on what helps held-out samples.
    skactive.geometry.matching_pursuit : The algorithm.

    Notes
    -----
    In an estimator of `skactive.nets`, the choice follows its `random_state`. Sample
    weights multiply the gradients and the weights found. What the loss of a batch is
    multiplied by has mean 1 over the subset, so the learning rate means what it meant.
    Other criteria than cross-entropy and squared error are taken for the one of the
    task.

    Once the rest of the gradient cannot be had from any further sample, the subset
    stays smaller than `fraction`. Where there is no gradient at all, it is random.

    With ``"batch"``, there are at least twenty to pick from: they are cut smaller
    where the training data are few.

    The penalty of the paper's code is in absolute units. Here the subset does not
    depend on the scale of the loss.

    References
    ----------
    .. [1] K. Killamsetty, D. Sivasubramanian, G. Ramakrishnan, A. De, R. Iyer.
       GRAD-MATCH: gradient matching based data subset selection for efficient deep
       model training. ICML 2021.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skactive.nets import GradMatch, TorchMLPClassifier
    >>> X, y = load_digits(return_X_y=True)
    >>> match = GradMatch(0.3, refresh=10, warm_up=2)
    >>> clf = TorchMLPClassifier(max_epochs=40, callbacks=[match], random_state=0)
    >>> clf.fit(X[:1000], y[:1000]).score(X[1000:], y[1000:]) > 0.85
    True
    """

    _weighs = True
    _parameter_constraints = {
        **SubsetTraining._parameter_constraints,
        "ground": [StrOptions({"batch", "class", "class_gradient", "sample"})],
        "regularization": [Interval(Real, 0, None, closed="left")],
    }

    def __init__(
        self,
        fraction=0.3,
        *,
        refresh=20,
        warm_up=5,
        ground="batch",
        regularization=0.5,
    ):
        self.fraction = fraction
        self.refresh = refresh
        self.warm_up = warm_up
        self.ground = ground
        self.regularization = regularization

    def _check(self, net, y):
        check_linear(net, "GradMatch")
        if isinstance(y, np.ndarray):
            self._check_classes(is_regression(net, y))

    def _check_classes(self, squared):
        if squared and self.ground in ("class", "class_gradient"):
            raise ValueError(
                f'GradMatch(ground="{self.ground}") picks in each class, and there are '
                'none in regression; use ground="batch" or "sample".'
            )

    def _choose(self, net, dataset, valid, n_rows):
        layer = last_layer(net, dataset)
        self._check_classes(layer.squared)
        # The gradient by the bias goes with an input of 1.
        inputs = np.insert(layer.embedding, layer.embedding.shape[1], 1, axis=1)
        if self.ground == "batch":
            size = max(batches_of(net, len(inputs)))
            return self._by_batch(layer.signal, inputs, size)
        if self.ground == "sample":
            return self._match(ProductFeatures(layer.signal, inputs), n_rows)
        return self._by_class(layer, inputs)

    def _by_batch(self, signal, inputs, size):
        order = self.rng_.permutation(len(inputs))
        size = min(size, max(1, len(order) // _FEWEST_BATCHES))
        ends = np.cumsum(batch_sizes(len(order), size))[:-1]
        batches = np.split(order, ends)
        gradients = np.empty(
            (len(batches), signal.shape[1] * inputs.shape[1]), dtype=np.float32
        )
        for gradient, rows in zip(gradients, batches, strict=True):
            gradient[:] = (signal[rows].T @ inputs[rows]).ravel()
        n_picks = max(1, round(self.fraction * len(batches)))
        picks, weights = self._match(gradients, n_picks)
        sizes = [len(batches[pick]) for pick in picks]
        rows = np.concatenate([batches[pick] for pick in picks])
        return rows, np.repeat(weights, sizes)

    def _by_class(self, layer, inputs):
        signal, classes = layer.signal, layer.target.argmax(axis=1)
        parts = []
        for number in np.unique(classes):
            rows = np.flatnonzero(classes == number)
            # Passed over for every pick, so in double precision at once.
            right = inputs[rows].astype(np.float64)
            if self.ground == "class_gradient":
                gradients = signal[rows][:, [number]] * right
            else:
                gradients = ProductFeatures(signal[rows], right)
            n_picks = max(1, round(self.fraction * len(rows)))
            picks, weights = self._match(gradients, n_picks)
            parts.append((rows[picks], weights))
        return tuple(map(np.concatenate, zip(*parts, strict=True)))

    def _match(self, gradients, n_picks):
        """Picks and their weights; random picks where there is nothing to match."""
        penalty = self.regularization * squared_norms(gradients).mean()
        picks, weights = matching_pursuit(
            gradients, n_picks, penalty=penalty, rng=self.rng_
        )
        if not len(picks):
            n_rows = gradients.shape[0]
            picks = self.rng_.choice(n_rows, n_picks, replace=False)
            weights = np.full(n_picks, n_rows / n_picks)
        return picks, weights
