"""What any fitted scikit-learn model can tell about samples."""

from __future__ import annotations

import inspect
import math

import numpy as np
from scipy import sparse
from sklearn.base import is_classifier
from sklearn.utils import gen_batches

from skactive.adapters._route import find_route
from skactive.adapters._table import is_table, refuse_missing
from skactive.semisupervised import MarginalSwap
from skactive.semisupervised._augment import make_augmentation
from skactive.utils import is_dataframe, take_rows

# The smallest positive normal float32: its log stands for a probability of zero.
_TINY = np.finfo(np.float32).tiny

# Cells of the samples that are augmented at once.
_CELLS = 2**22


class Adapter:
    """Named outputs of one model; each method takes the view and computes one.

    Subclasses add methods named like the outputs and say in `has` which of them their
    model can give. Everything they return has one row per sample of the view; columns
    of class probabilities follow `classes`.

    Parameters
    ----------
    model : estimator
        The model as the user fitted it, wrappers included.
    """

    def __init__(self, model):
        self.model = model
        self.route = find_route(model)
        self.inner = self.route.inner

    @property
    def classes(self):
        """The labels behind the columns of probabilities; None for a regressor."""
        return getattr(self.model, "classes_", None) if self.is_classifier else None

    @property
    def is_classifier(self):
        """Whether the model is a classifier."""
        return is_classifier(self.model)

    def has(self, name):
        """Whether the model can give the named output."""
        if name == "proba":
            return hasattr(self.model, "predict_proba")
        if name == "decision":
            return hasattr(self.model, "decision_function")
        if name == "logits":
            return self.has("proba")
        if name == "augmented":
            return self.is_classifier and self.has("proba")
        if name == "std":
            return self._predicts_std() or (
                not self.is_classifier and self.has("draws")
            )
        if name == "draws":
            return self.route.members is not None
        if name == "gradient_factors":
            return self.has("proba") if self.is_classifier else True
        return name in {"raw_inputs", "inputs", "prediction", "embedding"}

    def raw_inputs(self, view):
        """What the inner estimator sees, in the container it sees it in."""
        return self._preprocess(view.X, self.route.steps)

    def inputs(self, view):
        """The same as numbers: (n, p) array or CSR."""
        raw = view.output("raw_inputs")
        tags = getattr(self.inner, "__sklearn_tags__", None)
        if tags is not None and not tags().input_tags.allow_nan:
            refuse_missing(raw, self.name)
        return view.table.encode(raw)

    def embedding(self, view, layer=None):
        """Standardised inputs."""
        if layer is not None:
            raise ValueError(
                f"layer={layer!r} names a layer, and {self.name} has none; "
                "leave layer=None."
            )
        return view.table.scale(view.inputs())

    def prediction(self, view):
        """The outermost model's predictions."""
        return self._ask(view, "predict")

    def proba(self, view):
        """The outermost model's class probabilities."""
        return self._ask(view, "predict_proba")

    def decision(self, view):
        """The outermost model's decision function."""
        return self._ask(view, "decision_function")

    def logits(self, view):
        """The log of the probabilities; finite, zero being the smallest float."""
        return np.log(np.maximum(self.proba(view), _TINY))

    def std(self, view):
        """(n,) or (n, n_targets) predictive standard deviation."""
        if self._predicts_std():
            return self._ask(view, "predict", return_std=True)[1]
        spread = view.predict_draws().std(axis=1, dtype=np.float64)
        return spread[:, 0] if spread.shape[1] == 1 else spread

    def draws(self, view, n_draws, consistent):
        """(n, T, n_outputs) answers of the members side by side."""
        X = self._preprocess(view.X, self.route.steps[: self.route.member_steps])
        draws = stack_members(
            ((member, X) for member in self.route.members), self.classes
        )
        return self.undo_target_transform(draws, self.route.member_inverse)

    def augmented(self, view, n_copies, augment):
        """(n, n_copies, n_classes) probabilities of augmented copies."""
        own = getattr(self.inner, "augmentation_", None)
        learned = augment is None and own is not None and self.route.transparent
        # Before the preprocessing a category is one cell; texts have none yet.
        if not learned and is_table(view.X):
            samples, model = view.X, self.model
        elif self.route.transparent:
            samples, model = view.output("raw_inputs"), self.inner
        else:
            raise view.missing("augmented")
        if not is_dataframe(samples) and not sparse.issparse(samples):
            samples = np.asarray(samples)
        if learned:
            augmentation = own
        elif augment is None and samples.ndim > 2:
            raise ValueError(
                "augment=None is for tables; pass a function of one sample, such as a "
                "transform of torchvision.transforms.v2."
            )
        else:
            augment = MarginalSwap() if augment is None else augment
            augmentation = make_augmentation(augment).fit(samples)
        rng = np.random.default_rng(view.derive_seed("augmented"))
        proba = np.empty((len(view), n_copies, len(self.classes)))
        size = max(1, _CELLS // max(1, math.prod(samples.shape[1:])))
        for rows in gen_batches(len(view), size):
            part = take_rows(samples, np.arange(rows.start, rows.stop))
            for number in range(n_copies):
                copies = augmentation.augment(part, rng)
                proba[rows, number] = model.predict_proba(copies)
        return proba

    def gradient_factors(self, view, layers, reduce):
        """[(activation, signal)]: the last layer's gradient is their outer product.

        It has no other layers.
        """
        embedding = view.embed()  # first: then one pass gives both
        proba = view.predict_proba() if self.is_classifier else None
        pairs = last_layer_factors(embedding, proba)
        return pairs if reduce is None else reduce(pairs)

    @property
    def name(self):
        """The inner estimator's class name, for messages."""
        return type(self.inner).__name__

    def _predicts_std(self):
        predict = getattr(self.inner, "predict", None)
        return (
            self.route.transparent
            and predict is not None
            and "return_std" in inspect.signature(predict).parameters
        )

    def _ask(self, view, method, **options):
        if self.route.transparent:
            # Preprocessing is shared between all outputs of the view.
            return getattr(self.inner, method)(view.output("raw_inputs"), **options)
        return getattr(self.model, method)(view.X, **options)

    @staticmethod
    def _preprocess(X, steps):
        for step in steps:
            X = step.transform(X)
        return X

    def undo_target_transform(self, draws, n_outer=None):
        """Draws of the inner regressor, or the members, in the model's own targets."""
        for inverse in reversed(self.route.inverse[:n_outer]):
            n, n_draws, width = draws.shape
            flat = inverse(draws.reshape(n * n_draws, width))
            draws = np.asarray(flat).reshape(n, n_draws, -1)
        return draws


def last_layer_factors(embedding, proba=None):
    """[(activation, signal)] of a linear layer with a bias on top of the embedding."""
    ones = np.ones((embedding.shape[0], 1), dtype=np.float32)
    if sparse.issparse(embedding):
        activation = sparse.hstack([embedding, ones], format="csr")
    else:
        activation = np.hstack([embedding, ones])
    return [(activation, ones if proba is None else residual(proba))]


def residual(proba):
    """The last layer's signal if the model's guess were right: p - onehot(argmax p)."""
    signal = np.array(proba)
    signal[np.arange(len(signal)), signal.argmax(axis=1)] -= 1
    return signal


def stack_members(members, classes):
    """(n, T, n_outputs) float32 from pairs of a member and the samples it sees.

    Columns follow `classes`, whatever classes a member has seen; a member without
    probabilities votes with ones and zeros.
    """
    draws = [
        _predict(member, X)[:, None]
        if classes is None
        else _align(member, X, classes)[:, None]
        for member, X in members
    ]
    return np.concatenate(draws, axis=1, dtype=np.float32)


def _predict(member, X):
    prediction = np.asarray(member.predict(X))
    return prediction.reshape(len(prediction), -1)


def _align(member, X, classes):
    if hasattr(member, "predict_proba"):
        # Calibrators, alone in scikit-learn, call the attribute `classes`.
        own = member.classes_ if hasattr(member, "classes_") else member.classes
        return align_columns(member.predict_proba(X), own, classes)
    return (np.asarray(member.predict(X))[:, None] == classes).astype(np.float32)


def align_columns(proba, own, classes):
    """Columns of `proba` put where `classes` wants them; unseen classes are zero.

    Raises
    ------
    ValueError
        If `own` holds a label that is not in `classes`.
    """
    if len(own) == len(classes) and np.array_equal(own, classes):
        return proba
    columns = np.searchsorted(classes, own)
    known = columns < len(classes)
    known[known] = classes[columns[known]] == np.asarray(own)[known]
    if not known.all():
        raise ValueError(
            f"The model knows the labels {np.asarray(own)[~known].tolist()}, which are "
            f"not in classes={np.asarray(classes).tolist()}; name them all in classes=."
        )
    aligned = np.zeros((*proba.shape[:-1], len(classes)), dtype=proba.dtype)
    aligned[..., columns] = proba
    return aligned
