"""From the model a user fitted to the estimator that does the work inside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from skactive.adapters._decoded import DecodedMember
from skactive.utils import class_names


@dataclass
class Route:
    """The way from the outermost model to its inner estimator.

    Attributes
    ----------
    inner : estimator
        The estimator at the end of the way.
    steps : list of transformers
        Preprocessing met on the way, in order.
    transparent : bool
        Whether only wrappers that delegate word for word lie outside, so that the inner
        estimator's answers on preprocessed samples are the model's answers.
    members : list of estimators, or None
        Fitted models side by side, met on the way (calibrators, a committee, a vote).
    inverse : list of callables
        Maps predictions of the inner regressor back to the model's targets.
    member_steps, member_inverse : int
        How many of `steps` and of `inverse` lie outside of the members.
    """

    inner: Any
    steps: list = field(default_factory=list)
    transparent: bool = True
    members: list | None = None
    inverse: list = field(default_factory=list)
    member_steps: int = 0
    member_inverse: int = 0


def find_route(model):
    """Unwrap `model` step by step; see `Route`."""
    route = Route(inner=model)
    while True:
        unwrap = _find_unwrapper(route.inner)
        if unwrap is None:
            return route
        inner = route.inner
        unwrap(route, inner)
        if route.inner is inner:
            return route


def _first_attribute(estimator, *names):
    """The fitted part if there is one, else the parameter it is cloned from."""
    for name in names:
        if hasattr(estimator, name):
            return getattr(estimator, name)
    return estimator


def _unwrap_pipeline(route, pipeline):
    final = pipeline[-1]
    if final is None or isinstance(final, str):
        return  # a Pipeline of transformers only predicts nothing
    if len(pipeline) > 1:
        route.steps.append(pipeline[:-1])
    route.inner = final


def _unwrap_search(route, search):
    route.inner = _first_attribute(search, "best_estimator_", "estimator")


def _unwrap_frozen(route, frozen):
    route.inner = frozen.estimator


def _unwrap_pseudo_labels(route, model):
    route.inner = _first_attribute(model, "estimator_", "estimator")


def _unwrap_learner(route, learner):
    # Not transparent: the learner aligns classes, the estimator inside does not.
    route.transparent = False
    route.inner = _first_attribute(learner, "estimator_", "estimator")


def _unwrap_budgeted(route, budgeted):
    route.inner = _first_attribute(budgeted, "learner_", "learner")


def _unwrap_threshold(route, threshold):
    route.transparent = False
    route.inner = _first_attribute(threshold, "estimator_", "estimator")


def _unwrap_target(route, transformed):
    route.transparent = False
    if hasattr(transformed, "transformer_"):
        route.inverse.append(transformed.transformer_.inverse_transform)
    route.inner = _first_attribute(transformed, "regressor_", "regressor")


def _unwrap_calibrated(route, calibrated):
    fitted = getattr(calibrated, "calibrated_classifiers_", None)
    route.transparent = False
    if fitted is None:
        route.inner = calibrated.estimator
        return
    _meet_members(route, fitted)
    route.inner = fitted[0].estimator


def _unwrap_members(route, ensemble):
    route.transparent = False
    fitted = getattr(ensemble, "estimators_", None)
    if fitted is None:
        route.inner = _first_attribute(ensemble, "estimator")
        return
    _meet_members(route, fitted)
    route.inner = fitted[0]


def _unwrap_vote(route, vote):
    is_outermost = route.members is None
    _unwrap_members(route, vote)
    if is_outermost and route.members is not None:
        route.members = [DecodedMember(member, vote) for member in route.members]


def _meet_members(route, members):
    # The outermost members speak for the whole model; deeper ones for a part of it.
    if route.members is None and len(members) > 1:
        route.members = list(members)
        route.member_steps = len(route.steps)
        route.member_inverse = len(route.inverse)


_UNWRAPPERS = {
    "sklearn.Pipeline": _unwrap_pipeline,
    "sklearn.BaseSearchCV": _unwrap_search,
    "sklearn.FrozenEstimator": _unwrap_frozen,
    "sklearn.BaseThresholdClassifier": _unwrap_threshold,
    "sklearn.TransformedTargetRegressor": _unwrap_target,
    "sklearn.CalibratedClassifierCV": _unwrap_calibrated,
    "sklearn.VotingClassifier": _unwrap_vote,
    "sklearn.VotingRegressor": _unwrap_members,
    "skactive.Committee": _unwrap_members,
    "skactive.PseudoLabelClassifier": _unwrap_pseudo_labels,
    "skactive.PseudoLabelRegressor": _unwrap_pseudo_labels,
    "skactive.ActiveLearner": _unwrap_learner,
    "skactive.BudgetedLearner": _unwrap_budgeted,
}


def _find_unwrapper(estimator):
    for name in class_names(estimator):
        if name in _UNWRAPPERS:
            return _UNWRAPPERS[name]
    return None
