"""Checks with small fitted models, in a learner."""

from __future__ import annotations

import pickle
from functools import cache

import numpy as np
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import BayesianRidge, LogisticRegression

from skactive.committee import Committee
from skactive.estimator_checks._cases import (
    Case,
    facts_of,
    tasks,
)
from skactive.estimator_checks._promise import (
    Blame,
    promises,
    require,
    require_equal,
    require_rows,
)
from skactive.estimator_checks._samples import (
    make_samples,
    make_X,
)
from skactive.learner import ActiveLearner

# Outputs that a net gives by one plain pass.
PLAIN_OUTPUTS = {
    "proba",
    "logits",
    "prediction",
    "embedding",
    "decision",
    "inputs",
    "predicted_loss",
    "head",
}


def _learners(strategy, models):
    """(learner, case) for each task and each model that gives what is needed."""
    for task in tasks(strategy):
        case = Case(_labeled(task), make_samples(task, make_X(30, 4)))
        for trained in _trained(models, task):
            learner = pickle.loads(trained).set_params(strategy=strategy)
            view = learner.view(case.pool.X)
            if all(
                any(view.provides(name) for name in need.split("|"))
                for need in facts_of(strategy).needs
            ):
                yield learner, case


def _labeled(task):
    return make_samples(task, make_X(15, 3))


@cache
def _trained(models, task):
    """Pickled learners over each model: the models are the same for all strategies."""
    labeled = _labeled(task)
    return [
        pickle.dumps(ActiveLearner(model, random_state=0).fit(labeled.X, labeled.y))
        for model in models(task)
    ]


def _models(task):
    if task == "classification":
        yield LogisticRegression()
        yield Committee(LogisticRegression(), n_members=3)
        yield RandomForestClassifier(n_estimators=5)
    else:
        yield BayesianRidge()
        yield Committee(BayesianRidge(), n_members=3)
        yield RandomForestRegressor(n_estimators=5)


def _nets(task):
    # Importing them loads torch, which takes seconds.
    from skactive.nets import LearningLossClassifier, LearningLossRegressor

    # They have all outputs that a net may have.
    is_classifier = task == "classification"
    net = LearningLossClassifier if is_classifier else LearningLossRegressor
    yield net(hidden_sizes=(8,), dropout=0.2, max_epochs=3)


@promises("rule 4 (a query never changes the model)")
def check_model_unchanged(strategy):
    """Compare all that a model is made of before and after a query."""
    for learner, case in _learners(strategy, _models):
        _require_unchanged(learner, case.pool.X)


@promises("rule 4 (a query never changes the model)")
def check_net_unchanged(strategy):
    """Compare weights, train/eval flags and buffers of a net."""
    for learner, case in _learners(strategy, _nets):
        _require_unchanged(learner, case.pool.X)


def _require_unchanged(learner, X):
    with Blame(type(learner.estimator).__name__):
        before = _state(learner)
        learner.query(X, 4)
        require(_state(learner) == before, "the fitted model has changed.")


def _state(learner):
    parts = [learner.X_labeled_, learner.y_labeled_, learner.estimator_]
    net = getattr(learner.estimator_, "net_", None)
    if net is not None:
        weights = net.module_.state_dict()
        flags = {name: m.training for name, m in net.module_.named_modules()}
        parts[-1] = flags, {name: w.numpy() for name, w in weights.items()}
    return pickle.dumps(parts)


@promises("rule 9 (at most one plain pass of the model over a view)")
def check_one_pass(strategy):
    """Count rows that go through a net."""
    for learner, case in _learners(strategy, _nets):
        n_rows = []
        hook = learner.estimator_.net_.module_.register_forward_pre_hook(
            lambda module, args: n_rows.append(len(args[0]))  # noqa: B023
        )
        learner.query(case.pool.X, 4)
        hook.remove()
        n_samples = len(case.pool) + len(case.labeled)
        require(
            sum(n_rows) <= n_samples,
            f"{sum(n_rows)} rows went through a net for {n_samples} samples.",
        )


@promises("rule 10 (candidates=mask equals a query of X[mask])")
def check_candidates(strategy):
    """Query with a mask, and with pending rows."""
    for learner, case in _learners(strategy, _models):
        X = case.pool.X
        mask = np.random.default_rng(0).random(len(X)) < 0.7
        with Blame(type(learner.estimator).__name__):
            rows = learner.query(X, 4, candidates=mask)
            expected = np.flatnonzero(mask)[learner.query(X[mask], 4)]
            require_equal(rows, expected, "with a mask it chose")
            rows = learner.query(X, 4, candidates=mask, pending=expected)
            require_rows(rows, len(X), 4, [*expected, *np.flatnonzero(~mask)])
