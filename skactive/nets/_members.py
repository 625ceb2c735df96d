"""Members of a committee: made one by one, trained at once where that is the same."""

import numpy as np
import torch
from sklearn.base import clone

from skactive.nets._criterion import checked_outputs
from skactive.nets._iterator import take_tensors, to_tensors
from skactive.nets._joinable import can_train_together
from skactive.nets._seeding import seeded_torch
from skactive.nets._together import batches_of, train_together
from skactive.utils import draw_seed, reseed_nested, resume_fitted


def fit_members(estimator, X, y, rows, seeds, previous):
    """Fit copies of `estimator`; see `BaseNet.fit_members`."""
    rows = [np.asarray(own) for own in rows]
    if len({len(own) for own in rows}) > 1:
        return NotImplemented
    checked = clone(estimator)
    X, y = checked._check_fit(X, y)
    data = to_tensors(X)
    members, nets, generators, targets = [], [], [], []
    for number, (own, seed) in enumerate(zip(rows, seeds, strict=True)):
        member = reseed_nested(clone(estimator), seed)
        if number < len(previous):
            resume_fitted(member, previous[number])
        vars(member).update(_columns(checked))
        former = member._former(member._meet_labels(y[own]))
        X_own = X[own]
        net, codes, n_outputs = member._prepare(X_own, y[own], None)
        generator = torch.Generator()
        with seeded_torch(draw_seed(member.random_state), net.device):
            member._initialize(net, X_own, n_outputs, former)
            generator.set_state(torch.get_rng_state())
        if members:
            if not np.array_equal(_classes(member), _classes(members[0])):
                return NotImplemented
        elif not _can_train_together(member, net, data, own, codes, n_outputs):
            return NotImplemented
        members.append(member)
        nets.append(net)
        generators.append(generator)
        targets.append(codes)
    with checked_outputs(nets[0], n_outputs, task=estimator._task):
        train_together(nets, generators, data, rows, targets)
    for member, net in zip(members, nets, strict=True):
        member.net_ = net
    return members


def _can_train_together(member, net, data, rows, codes, n_outputs):
    """Whether nets like this one can; tried on the first rows of a batch."""
    size = batches_of(net, len(rows))[0]
    first = torch.as_tensor(rows[:size])
    with checked_outputs(net, n_outputs, task=member._task):
        return can_train_together(
            net, take_tensors(data, first), torch.as_tensor(codes[:size])
        )


def _columns(checked):
    names = ("n_features_in_", "feature_names_in_")
    return {name: vars(checked)[name] for name in names if name in vars(checked)}


def _classes(member):
    return getattr(member, "classes_", None)
