"""Members of a committee: made one by one, trained at once where that is the same."""

import numpy as np
from sklearn.base import clone

from skactive.nets._iterator import to_tensors
from skactive.nets._untrained import Untrained, train_at_once
from skactive.utils import reseed_nested, resume_fitted


def fit_members(estimator, X, y, rows, seeds, previous):
    """Fit copies of `estimator`; see `BaseNet.fit_members`."""
    rows = [np.asarray(own) for own in rows]
    if len({len(own) for own in rows}) > 1:
        return NotImplemented
    checked = clone(estimator)
    X, y = checked._check_fit(X, y)
    members, untrained = [], []
    for number, (own, seed) in enumerate(zip(rows, seeds, strict=True)):
        member = reseed_nested(clone(estimator), seed)
        if number < len(previous):
            resume_fitted(member, previous[number])
        vars(member).update(_columns(checked))
        former = member._former(member._meet_labels(y[own]))
        X_own = X[own]
        ready = Untrained(member, X_own, member._prepare(X_own, y[own], None), former)
        if members:
            same_classes = np.array_equal(_classes(member), _classes(members[0]))
            if not same_classes or ready.kind != untrained[0].kind:
                return NotImplemented
        elif ready.why_apart() is not None:
            return NotImplemented
        ready.X = None  # rows of the table are taken batch by batch
        member.net_ = ready.net
        members.append(member)
        untrained.append(ready)
    train_at_once(untrained, to_tensors(X), rows)
    return members


def _columns(checked):
    names = ("n_features_in_", "feature_names_in_")
    return {name: vars(checked)[name] for name in names if name in vars(checked)}


def _classes(member):
    return getattr(member, "classes_", None)
