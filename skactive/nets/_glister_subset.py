"""GLISTER: training on the samples whose steps help samples that are held out."""

from numbers import Integral, Real

import numpy as np

from skactive.geometry import StepGains, top_k
from skactive.nets._last_layer import check_linear, last_layer
from skactive.nets._subset_batches import subset_of
from skactive.nets._subset_training import SubsetTraining
from skactive.utils._sklearn import Interval


class GlisterSubset(SubsetTraining):
    """Train on the samples whose gradient steps lower the loss of held-out samples.

    A callback of a skorch net. Every few epochs it computes the gradients of the
    losses by the last linear layer, under the true labels, and picks the samples whose
    steps would lower the loss of samples held out most, taking the steps of the samples
    picked before into account [1]_. Epochs pass over the picked samples alone, all
    weighted alike. What contradicts the held-out samples, a wrong label for one, is not
    picked. Nor is what is known already: of clean labels, random samples teach more.

    Parameters
    ----------
    fraction : float, default=0.3
        Share of the training samples that an epoch passes over.
    refresh : int, default=20
        Epochs after which the subset is chosen again.
    warm_up : int, default=5
        Epochs on all samples, but those held out, before the first subset.
    validation : float, default=0.1
        Share of the training samples that is held out, at random. They are never
        trained on. It plays no part in a net with a ``train_split``, whose validation
        samples are the ones: ``skorch.helper.predefined_split(dataset)`` gives samples
        of your own.
    n_rounds : int, default=15
        Number of times the gradient of the held-out samples is computed for a choice,
        each for as many picks.
    step_length : float, default=1.0
        Length of the step that all picks take together, down their mean gradient. With
        steps too short to matter, all rounds pick the same kind of sample; with long
        ones, later rounds correct what earlier ones overdid.

    Attributes
    ----------
    rows_ : ndarray of shape (n_rows,) or None
        The last subset, as row numbers of the training data; None if training ended
        with the warm-up.
    held_out_ : ndarray of shape (n_held,)
        Row numbers of the training data that are held out.
    n_epochs_ : int
        Epochs of the last training.

    See Also
    --------
    GradMatch : Training on a subset with the gradient of all samples.
    skactive.strategies.glister : Which samples to label.

    Notes
    -----
    In an estimator of `skactive.nets`, the choice follows its `random_state`. Sample
    weights multiply the gradients, and weigh the held-out samples. Other criteria than
    cross-entropy and squared error are taken for the one of the task.

    The code of the paper steps by the learning rate for each pick. That is a step of
    another length for each number of picks and each optimizer.

    A choice costs a forward pass over all samples and `n_rounds` products of their
    embedding with a matrix of the size of the last layer.

    References
    ----------
    .. [1] K. Killamsetty, D. Sivasubramanian, G. Ramakrishnan, R. Iyer. GLISTER:
       generalization based data subset selection for efficient and robust learning.
       AAAI 2021.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skactive.nets import GlisterSubset, TorchMLPClassifier
    >>> X, y = load_digits(return_X_y=True)
    >>> subset = GlisterSubset(0.3, refresh=5, warm_up=5)
    >>> clf = TorchMLPClassifier(max_epochs=40, callbacks=[subset], random_state=0)
    >>> clf.fit(X[:1000], y[:1000]).score(X[1000:], y[1000:]) > 0.8
    True
    """

    _parameter_constraints = {
        **SubsetTraining._parameter_constraints,
        "validation": [Interval(Real, 0, 1, closed="neither")],
        "n_rounds": [Interval(Integral, 1, None, closed="left")],
        "step_length": [Interval(Real, 0, None, closed="neither")],
    }

    def __init__(
        self,
        fraction=0.3,
        *,
        refresh=20,
        warm_up=5,
        validation=0.1,
        n_rounds=15,
        step_length=1.0,
    ):
        self.fraction = fraction
        self.refresh = refresh
        self.warm_up = warm_up
        self.validation = validation
        self.n_rounds = n_rounds
        self.step_length = step_length

    def _check(self, net, y):
        check_linear(net, "GlisterSubset")

    def _hold_out(self, net, dataset, valid):
        self.held_out_ = np.empty(0, dtype=np.int64)
        # A single sample is both what is trained on and what it should help.
        if valid is None and len(dataset) > 1:
            n_held = max(1, round(self.validation * len(dataset)))
            n_held = min(n_held, len(dataset) - 1)
            rows = self.rng_.permutation(len(dataset))
            self.held_out_ = np.sort(rows[:n_held])
            self._subset = subset_of(net, dataset, np.sort(rows[n_held:]))

    def _choose(self, net, dataset, valid, n_rows):
        layer = last_layer(net, dataset)
        if valid is not None:
            held = last_layer(net, valid)
        else:
            held = layer.take(self.held_out_) if len(self.held_out_) else layer
        steps = StepGains(*held[:3], weight=held.weight, squared=held.squared)
        signal, embedding = layer.signal, layer.embedding
        n_rows = min(n_rows, len(dataset) - len(self.held_out_))
        length = self.step_length / n_rows
        rows = np.empty(0, dtype=np.int64)
        ends = np.linspace(0, n_rows, self.n_rounds + 1).round().astype(int)
        for size in np.diff(ends):
            if not size:
                continue
            taken = np.concatenate([self.held_out_, rows])
            gains = steps.gains(signal, embedding)
            new = top_k(gains, size, rng=self.rng_, exclude=taken)
            steps.step(signal[new], embedding[new], length)
            rows = np.concatenate([rows, new])
        return rows, None
