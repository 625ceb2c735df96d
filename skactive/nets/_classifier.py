"""A skorch net as a scikit-learn classifier."""

import numpy as np
from sklearn.base import ClassifierMixin, RegressorMixin
from sklearn.utils.multiclass import check_classification_targets
from skorch import NeuralNetBinaryClassifier

from skactive.nets._base import START_CONSTRAINTS, BaseNet
from skactive.nets._forward import forward
from skactive.nets._outputs import decode_classes
from skactive.utils import check_classes
from skactive.utils._sklearn import _fit_context


class NetClassifier(ClassifierMixin, BaseNet):
    """Classifier around a skorch net.

    Takes what scikit-learn classifiers take: float64 or integer arrays, lists,
    DataFrames of numbers, sparse rows, images of any number of dimensions; labels of
    any type. The module sees float32 and class numbers.

    Parameters
    ----------
    net : skorch.NeuralNetClassifier or skorch.NeuralNetBinaryClassifier
        Or any other skorch net with a classification criterion. It is cloned and never
        trained itself. A module given as a class is drawn anew by every `fit`; a module
        given as an instance starts every `fit` from the state it was given. Where the
        constructor of the module takes ``n_in`` and ``n_out`` and the net does not set
        them, they become the number of columns (of channels, for images) and of classes
        (1 for a binary net).
    classes : array-like of shape (n_classes,), default=None
        All classes there are, the ones without a label yet included: they fix the width
        of the head. By default, the labels that `fit` sees.
    start : {'reset', 'warm', 'shrink_perturb'}, default='reset'
        Where the training of a later `fit` starts: from new weights; from the trained
        ones; or from `shrink` times the trained ones plus `perturb` times new ones.
        With another set of classes, or weights of another shape, it starts anew.
    shrink, perturb : float, default=0.4 and 0.1
        For ``start="shrink_perturb"``; shrink 1 and perturb 0 is ``"warm"``, shrink 0
        and perturb 1 is ``"reset"``.
    augment : callable, default=None
        Changes the tensor of a sample at random, each time the net trains on it: a
        transform of `torchvision.transforms.v2`, or a function. Predictions see the
        samples as they are. See the notes.
    random_state : int, RandomState instance or None, default=None
        Determines initialization, order of the batches, augmentation and dropout. None
        draws fresh entropy. The global generators of NumPy and torch are neither read
        nor moved.

    Attributes
    ----------
    net_ : skorch.NeuralNet
        The trained net.
    classes_ : ndarray of shape (n_classes,)
        The sorted classes.
    n_features_in_ : int
        Number of columns seen during `fit`.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the columns seen during `fit`, if they are all strings.

    See Also
    --------
    NetRegressor : The same for regression.
    as_estimator : The same for a bare torch module.

    Notes
    -----
    Some defaults of skorch do not suit few labels. Unless the net sets them,
    ``train_split`` is None (skorch would put a fifth of the labels aside; a
    ``ValidSplit(5)`` is taken for the default, but stays if a callback monitors a
    validation score), ``iterator_train__shuffle`` is True, ``verbose=1`` becomes 0, and
    a `~torch.utils.data.DataLoader` without options of its own over skorch's own
    dataset is replaced by slices of the arrays. Inference batches then hold ``2**18``
    elements of `X` but never fewer rows than the net's ``batch_size``;
    ``iterator_valid__batch_size`` overrides this.

    Probabilities are float64 and sum to 1; they are what the ``predict_nonlinearity``
    of the net says. A head wider than the number of classes is cut to the
    first ones. Sparse rows are made dense batch by batch.

    `augment` gets float32 tensors, one sample at a time and before it goes to the
    device: a transform draws once per call, and a whole batch would be shifted as one.
    Transforms of colors expect values in [0, 1]. Only what draws from torch's generator
    follows `random_state`, as the transforms of `torchvision.transforms.v2` do. Scores
    that skorch computes while training are those on augmented samples. Nets with
    `augment` are trained one by one in a `skactive.Committee`.

    Threads share torch's global generator, so nets trained in several threads of one
    process at the same time are not reproducible; processes are.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skorch import NeuralNetClassifier
    >>> from torch import nn
    >>> from skactive.nets import NetClassifier
    >>> net = NeuralNetClassifier(
    ...     nn.Linear(4, 3), criterion=nn.CrossEntropyLoss, lr=0.1, max_epochs=60)
    >>> iris = load_iris()
    >>> names = iris.target_names[iris.target]
    >>> clf = NetClassifier(net, random_state=0).fit(iris.data, names)
    >>> clf.predict(iris.data[:2])
    array(['setosa', 'setosa'], dtype='<U10')

    Images that are shifted by up to a pixel, another way in every epoch:

    >>> from sklearn.datasets import load_digits
    >>> from torchvision.transforms import v2
    >>> from skactive.nets import LeNet, as_estimator
    >>> digits = load_digits()
    >>> X, y = digits.images[:, None] / 16, digits.target
    >>> clf = as_estimator(LeNet, task="classification", lr=0.003, max_epochs=8,
    ...                    augment=v2.RandomCrop(8, padding=1), random_state=0)
    >>> clf.fit(X[:200], y[:200]).score(X[200:], y[200:]) > 0.4
    True
    """

    _task = "classification"
    _other_task = RegressorMixin
    _parameter_constraints = {
        "net": "no_validation",  # `fit` has a better error
        "classes": ["array-like", None],
        **START_CONSTRAINTS,
        "augment": [callable, None],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        net,
        *,
        classes=None,
        start="reset",
        shrink=0.4,
        perturb=0.1,
        augment=None,
        random_state=None,
    ):
        self.net = net
        self.classes = classes
        self.start = start
        self.shrink = shrink
        self.perturb = perturb
        self.augment = augment
        self.random_state = random_state

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, sample_weight=None):
        """Train a net, from new weights or, as `start` says, from the trained ones.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features, ...)
            Samples.
        y : array-like of shape (n_samples,)
            Labels, each of them in `classes` if that is given. One class is enough.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the losses; rows of weight 0 are left out. Needs a criterion with
            a ``reduction``, as torch's own have.

        Returns
        -------
        self : object
            The fitted classifier.

        Raises
        ------
        TypeError
            If `net` is no skorch net, or one for regression.
        ValueError
            If a label is not in `classes`, or the module has too few outputs.
        """
        return self._fit(X, y, sample_weight)

    def _check_fit(self, X, y):
        X, y = self._check_X_y(X, y)
        check_classification_targets(y)
        return X, y

    def _meet_labels(self, y):
        known = getattr(self, "classes_", None)
        self.classes_ = _classes(self.classes, y)
        return known is not None and known.tolist() == self.classes_.tolist()

    def _prepare(self, X, y, weight):
        codes = np.searchsorted(self.classes_, y)
        net, n_outputs = self._make_net(X), len(self.classes_)
        if isinstance(net, NeuralNetBinaryClassifier):
            if n_outputs > 2:
                raise ValueError(
                    f"A NeuralNetBinaryClassifier knows two classes, not the "
                    f"{n_outputs} of classes={self.classes_.tolist()}; use a "
                    "NeuralNetClassifier."
                )
            codes, n_outputs = codes.astype(np.float32), 1
        return net, codes, n_outputs

    def predict_proba(self, X):
        """Probabilities of the classes, in one pass over `X`.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features, ...)
            Samples.

        Returns
        -------
        proba : ndarray of shape (n_samples, n_classes)
            In the order of `classes_`, as float64.

        Raises
        ------
        ValueError
            If the outputs of the module are not finite or no probabilities.
        """
        return forward(self, X).proba

    def predict(self, X):
        """Most probable class of each sample.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features, ...)
            Samples.

        Returns
        -------
        y : ndarray of shape (n_samples,)
            Labels from `classes_`. The ``threshold`` of a
            `~skorch.NeuralNetBinaryClassifier` is respected.
        """
        return self._predict(forward(self, X))

    def _predict(self, result):
        """Labels from what `forward` returned."""
        proba = result.proba
        if isinstance(self.net_, NeuralNetBinaryClassifier) and proba.shape[1] == 2:
            return self.classes_[(proba[:, 1] > self.net_.threshold).astype(int)]
        return self.classes_[proba.argmax(axis=1)]

    def _decode(self, output):
        return decode_classes(self.net_, output, len(self.classes_))


def _classes(classes, y):
    """Sorted classes: the labels seen, or `classes` if no label is outside them."""
    seen = np.unique(y)
    if classes is None:
        return seen
    classes = np.unique(check_classes(classes))
    unknown = np.setdiff1d(seen, classes)
    if len(unknown):
        raise ValueError(
            f"y has labels {unknown.tolist()} that are not in "
            f"classes={classes.tolist()}; add them to `classes`."
        )
    return classes
