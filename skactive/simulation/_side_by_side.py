"""Campaigns in one process, in step, whose nets are trained at once."""

from __future__ import annotations

from copy import copy
from time import perf_counter

from sklearn.base import clone

from skactive.semisupervised import takes_unlabeled
from skactive.simulation._campaign import play_campaign, start_learner
from skactive.simulation._threads import single_thread
from skactive.utils import class_names, describe, reseed_nested


def play_side_by_side(campaigns, scorers, options):
    """Play campaigns that `check_side_by_side` lets pass.

    Those that hold the fewest labels go on first: the others wait for them, so that as
    many as possible train at once. What they query and score is theirs alone.

    Parameters
    ----------
    campaigns : dict of key -> Campaign
    scorers : dict of str -> callable
    options : dict of key -> dict
        For `play_campaign`.

    Returns
    -------
    outcomes : dict of key -> Outcome
    """
    from skactive.nets._untrained import collected_training

    plays = {
        key: play_campaign(
            campaign, scorers, collect=collected_training, **options[key]
        )
        for key, campaign in campaigns.items()
    }
    settings = _describe_nets(campaigns)
    outcomes, waiting = {}, {}

    def go_on(key, step, value):
        try:
            waiting[key] = step(value)
        except StopIteration as end:
            outcomes[key] = end.value

    with single_thread():
        for key, play in plays.items():
            go_on(key, play.send, None)
        while waiting:
            for keys in _next_ones(waiting, settings):
                untrained = [waiting.pop(key) for key in keys]
                error, seconds = _train(untrained)
                for key in keys:
                    if error is None:
                        go_on(key, plays[key].send, seconds / len(keys))
                    else:
                        go_on(key, plays[key].throw, copy(error))
    return outcomes


def _next_ones(waiting, settings):
    """Group those with the fewest labels by what can be trained at once."""
    fewest = min(len(each.targets) for each in waiting.values())
    groups = {}
    for key, untrained in waiting.items():
        if len(untrained.targets) == fewest:
            alike = settings[key], untrained.shape
            groups.setdefault(alike, []).append(key)
    return list(groups.values())


def _train(untrained):
    """Train nets at once; return what was raised, if anything, and the seconds."""
    from skactive.nets._untrained import train_collected

    began = perf_counter()
    error = None
    try:
        train_collected(untrained)
    except Exception as raised:
        error = raised
    return error, perf_counter() - began


def _describe_nets(campaigns):
    """Describe the estimator of each campaign by its parameters, seeds aside."""
    nets = {key: each.learner.estimator for key, each in campaigns.items()}
    # Each object once: what has no name to go by, such as a module, may read otherwise
    # in a copy.
    texts = {
        number: describe(reseed_nested(clone(net), 0))
        for number, net in {id(net): net for net in nets.values()}.items()
    }
    return {key: texts[id(net)] for key, net in nets.items()}


def check_side_by_side(campaigns):
    """Refuse campaigns whose nets have to be trained apart.

    Parameters
    ----------
    campaigns : dict of key -> Campaign
        Each is prepared for its first round, and not trained.

    Raises
    ------
    ValueError
        With the reason.
    """
    for key, campaign in campaigns.items():
        reason = _why_apart(campaign)
        if reason is not None:
            raise ValueError(
                f"batch_repeats=True trains the nets of several campaigns at once, "
                f"which the estimator of strategy {key.strategy!r} does not allow: "
                f"{reason}. Change that, or pass batch_repeats=False."
            )


def _why_apart(campaign):
    learner = start_learner(campaign)
    inner = _last_step(learner.estimator)
    if not {"skactive.BaseNet", "skorch.NeuralNet"}.intersection(class_names(inner)):
        return f"{type(inner).__name__} is no net, nor a Pipeline that ends in one"
    if takes_unlabeled(inner):
        return f"{type(inner).__name__} learns from unlabeled samples too"
    from skactive.nets._untrained import collected_training

    untrained = []
    first, _ = campaign.repeat.open()
    with single_thread(), collected_training(untrained):
        learner.fit(first.X, first.y)
    last = _last_step(learner.estimator_)
    for each in untrained:
        if each.estimator is not last:
            return "a step of the Pipeline before the last trains a net too"
    if not untrained:
        return f"{type(inner).__name__} trains in a way of its own"
    return untrained[0].why_apart()


def _last_step(estimator):
    while "sklearn.Pipeline" in class_names(estimator):
        estimator = estimator[-1]
    return estimator
