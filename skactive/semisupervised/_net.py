"""What the nets that learn from unlabeled samples share."""

import warnings
from numbers import Integral, Real

import numpy as np
import torch
from sklearn.base import clone
from skorch import NeuralNetBinaryClassifier
from skorch.callbacks import EarlyStopping

from skactive.nets import NetClassifier
from skactive.nets._base import _own
from skactive.nets._callbacks import kind_of, own_callbacks
from skactive.nets._seeding import seeded_torch
from skactive.nets._stop import StopAtScore
from skactive.semisupervised._augment import Augmentation, Jitter, make_augmentation
from skactive.semisupervised._strength import weaken_if_needed
from skactive.semisupervised._training import Batches, Trainer
from skactive.utils import (
    count_rows,
    derive_seed,
    draw_seed,
    stack_rows,
    unchanged_by_errors,
)
from skactive.utils._sklearn import Interval, StrOptions, _fit_context, validate_data

CONSTRAINTS = {
    **NetClassifier._parameter_constraints,
    "augment": [StrOptions({"auto"}), None, list, callable, Augmentation],
    "n_steps": [Interval(Integral, 1, None, closed="left")],
    "batch_size": [Interval(Integral, 2, None, closed="left")],
    "unlabeled_weight": [Interval(Real, 0, None, closed="left")],
    "ema_decay": [Interval(Real, 0, 1, closed="left")],
    "check_strength": ["boolean"],
}


class SemiSupervisedNet(NetClassifier):
    """Base of nets that learn from unlabeled samples too.

    A subclass writes `_loss`.
    """

    def _make_net(self, X):
        if isinstance(self.net, NetClassifier):
            inner = {"classes": self.net.classes, "start": self.net.start}
            for name, value in inner.items():
                if not (value is None or (isinstance(value, str) and value == "reset")):
                    raise ValueError(
                        f"{name}={value!r} of `net` plays no part here; pass {name} to "
                        f"{type(self).__name__}."
                    )
            return self.net._make_net(X)
        return super()._make_net(X)

    def _batch_augment(self):
        # Batches are augmented here, with unlabeled samples only.
        return None

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, sample_weight=None, *, X_unlabeled=None):
        """Train a net on labeled and, if there are any, unlabeled samples.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features, ...)
            Labeled samples.
        y : array-like of shape (n_samples,)
            Their labels, each of them in `classes` if that is given.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the labeled samples; beside unlabeled ones, how often they turn
            up in a batch.
        X_unlabeled : {array-like, sparse matrix} of shape (n_unlabeled, n_features, \
...), default=None
            Unlabeled samples. None, or no rows, trains on the labels alone, as
            `skactive.nets.NetClassifier` does.

        Returns
        -------
        self : object
            The fitted classifier.

        Raises
        ------
        TypeError
            If `net` is no net for classification with an output for each class.
        ValueError
            If a label is not in `classes`, or the samples differ in their columns.
        """
        with unchanged_by_errors(self):
            vars(self).pop("augmentation_", None)
            if X_unlabeled is None or count_rows(X_unlabeled) == 0:
                return self._fit(X, y, sample_weight)
            return self._fit_both(X, y, sample_weight, X_unlabeled)

    def _fit_both(self, X, y, sample_weight, X_unlabeled):
        X, y = self._check_fit(X, y)
        unlabeled = validate_data(self, X_unlabeled, reset=False, **self._x_options())
        former = self._former(self._meet_labels(y))
        X, y, weight = self._weighted(X, y, sample_weight)
        if weight is not None and (weight == 1).all():
            weight = None  # batches then pass over the rows, as without weights
        both = stack_rows(X, _own(unlabeled))
        net, codes, n_classes = self._prepare(both, y, weight)
        if isinstance(net, NeuralNetBinaryClassifier):
            raise TypeError(
                "A NeuralNetBinaryClassifier has one output, and unlabeled samples "
                "need one for each class; use a skorch.NeuralNetClassifier."
            )
        _warn_of_callbacks(net)
        seed = draw_seed(self.random_state)
        self.augmentation_ = self._fit_augmentation(both, X, y, seed)
        with seeded_torch(seed, net.device):
            self._initialize(net, both, n_classes, former)
            rng = np.random.default_rng(derive_seed(seed, "batches"))
            labeled = Batches(X, self.batch_size, rng, weight)
            self._train_on(net, labeled, codes, both[len(codes) :], n_classes, rng)
        self.net_ = net
        return self

    def _train_on(self, net, labeled, codes, unlabeled, n_classes, rng):
        unlabeled = Batches(unlabeled, self.batch_size, rng)
        trainer = Trainer(net, n_classes, self.ema_decay)
        one_hot = torch.eye(n_classes, device=net.device)[torch.as_tensor(codes)]

        def augmented(X):
            if self.augmentation_ is not None:
                X = self.augmentation_.augment(X, rng)
            return torch.from_numpy(np.ascontiguousarray(X, dtype=np.float32))

        for step in range(self.n_steps):
            X, rows = labeled.draw()
            if step == 0:
                trainer.start(torch.from_numpy(np.ascontiguousarray(X)))
            # The ramp starts at zero: the first guesses are worth nothing.
            weight = self.unlabeled_weight * step / self.n_steps
            U, _ = unlabeled.draw()
            trainer.step(
                self._loss(trainer, augmented, X, one_hot[rows], U, weight, rng)
            )
        trainer.finish()

    def _fit_augmentation(self, both, X, y, seed):
        """The fitted augmentation, no stronger than labels survive; None without."""
        augment = self.augment
        if augment is None:
            return None
        if isinstance(augment, str):
            augment = getattr(self.net, "augment", None)
        if augment is None:
            if both.ndim > 2:
                raise ValueError(
                    "augment='auto' is for tables; pass a function of one sample, such "
                    "as a transform of torchvision.transforms.v2."
                )
            augment = Jitter()
        augmentation = make_augmentation(augment).fit(both)
        if not self.check_strength:
            return augmentation
        # Without unlabeled samples: a net on a part of the labels.
        plain = clone(self).set_params(start="reset", random_state=seed)
        rng = np.random.default_rng(derive_seed(seed, "strength"))
        return weaken_if_needed(augmentation, plain, X, y, rng)


def _warn_of_callbacks(net):
    """Name the callbacks that would run without unlabeled samples, and do not here."""
    kinds = [kind_of(call) for call in own_callbacks(net)]
    idle = [
        kind for kind in kinds if not issubclass(kind, (StopAtScore, EarlyStopping))
    ]
    if idle:
        names = ", ".join(kind.__name__ for kind in idle)
        warnings.warn(
            f"Beside unlabeled samples a net is trained in a loop of its own, where "
            f"callbacks play no part; {names} will not run. Leave them out of "
            "`callbacks`, or fit without X_unlabeled.",
            UserWarning,
            stacklevel=5,  # whoever called fit
        )
