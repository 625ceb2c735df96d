"""Labels: what may be taught, and which classes there are."""

from __future__ import annotations

import numpy as np
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import column_or_1d

from skactive.utils import as_labels, class_names, count_rows, is_missing, joins_types

# They hand labels on to their estimator as they are.
_HANDING_ON = {
    "sklearn.BaseSearchCV",
    "skactive.Committee",
    "skactive.PseudoLabelClassifier",
}


def check_labels(X, y, *, classifies):
    """Labels as an array of the task, a copy with one entry per sample.

    Raises
    ------
    ValueError
        If y is None, has missing values or several outputs of classes, or another
        length than X.
    """
    if y is None:
        raise ValueError(
            "requires y to be passed, but the target y is None; fit and teach need "
            "labels."
        )
    y = as_labels(y).copy()  # np.array would make torch tensors warn
    bad = is_missing(y)
    if np.any(bad):
        raise ValueError(
            f"y holds {int(np.sum(bad))} missing or infinite values (Input y "
            f"contains NaN or infinity), first in row {np.argwhere(bad)[0, 0]}; "
            "leave samples without a label out."
        )
    if classifies:
        if joins_types(y.ravel()):
            raise ValueError(
                "y holds text beside other labels; pass labels of one type."
            )
        several = y.ndim == 2 and y.shape[1] > 1
        if several or type_of_target(y).startswith("multilabel"):
            raise ValueError(
                f"y has shape {y.shape}: multi-label and multi-output "
                "classification are not supported; train one learner per output."
            )
        y = column_or_1d(y, warn=True)
    n_samples = count_rows(X)
    if len(y) != n_samples:
        raise ValueError(
            f"X has {n_samples} samples but y has {len(y)}: Found input variables "
            "with inconsistent numbers of samples; pass one label per sample."
        )
    if classifies:
        check_classification_targets(y)
    return y


def check_same_type(y, known, whose):
    """Refuse text beside numbers, which NumPy would join to text."""
    if len(y) and len(known) and _is_text(y) != _is_text(known):
        raise ValueError(
            f"y holds labels such as {y[:1].tolist()}, but {whose} such as "
            f"{known[:1].tolist()}; pass labels of one type."
        )


def declared_classes(estimator):
    """Which classes the user has told a net of ours there will be, or None."""
    net = _declaring_net(estimator)
    return None if net is None else net.classes


def declare_classes(estimator, classes):
    """Tell a net of ours which classes there will be, where the user has not."""
    net = _declaring_net(estimator)
    if net is not None and net.classes is None:
        net.set_params(classes=classes)


def _declaring_net(estimator):
    """The net of ours that takes `classes`, or None.

    Also inside wrappers that hand labels on as they are; others encode them.
    """
    names = class_names(estimator)
    params = estimator.get_params(deep=False)
    if "classes" in params and any(name.startswith("skactive.") for name in names):
        return estimator
    if "sklearn.Pipeline" in names and hasattr(estimator[-1], "get_params"):
        return _declaring_net(estimator[-1])
    if _HANDING_ON.intersection(names):
        return _declaring_net(estimator.estimator)
    return None


def _is_text(labels):
    return isinstance(labels.flat[0], str)
