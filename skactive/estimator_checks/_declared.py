"""Checks of the declared facts, and of scikit-learn's conventions."""

from __future__ import annotations

import pickle

import numpy as np
from sklearn.base import clone
from sklearn.utils import get_tags

from skactive.base import Facts
from skactive.estimator_checks._cases import (
    cases,
    choose,
    facts_of,
    fitted,
    seeded,
    tasks,
)
from skactive.estimator_checks._promise import (
    Blame,
    error_of,
    promises,
    require,
    require_equal,
    require_rows,
)
from skactive.estimator_checks._samples import (
    make_samples,
    make_X,
)
from skactive.exceptions import MissingCapability
from skactive.view import ModelView


@promises("its facts (they are declared in its tags)")
def check_facts(strategy):
    """Read the facts: well formed, and models can have what they ask for."""
    facts = get_tags(strategy).strategy
    require(isinstance(facts, Facts), f"the tag `strategy` is {facts!r}, no Facts.")
    require(
        facts.task in ("both", "classification", "regression"),
        f"task={facts.task!r} is none of 'both', 'classification', 'regression'.",
    )
    require(
        tasks(strategy),
        f"no model for task={facts.task!r} has all of needs={facts.needs!r}.",
    )


@promises("scikit-learn's conventions (parameters, clone, pickle)")
def check_parameters(strategy):
    """Let clones and pickles choose beside the original."""
    for case in cases(strategy):
        copy = clone(strategy)
        params = copy.get_params(deep=False)
        require(copy.set_params(**params) is copy, "set_params returns not self.")
        unpickled = pickle.loads(pickle.dumps(strategy))
        expected = choose(strategy, case, 4)
        for what, other in (("a clone", copy), ("an unpickled one", unpickled)):
            require_equal(choose(other, case, 4), expected, f"{what} chose")
        chooser = seeded(strategy, 0)
        returned = chooser.fit(case.labeled.view(), case.labeled.y)
        require(returned is chooser, "fit returns not self.")
        unpickled = pickle.loads(pickle.dumps(chooser))
        rows = unpickled.select(case.pool.view(), 4)
        require_equal(rows, expected, "an unpickled fitted one chose")


@promises("its facts (what it needs is checked before it chooses)")
def check_missing_outputs(strategy):
    """Take away each needed output, and bring a model for another task."""
    facts = facts_of(strategy)
    for case in cases(strategy):
        chooser = fitted(strategy, case.labeled)
        for need in facts.needs:
            outputs = case.pool.only(case.pool.outputs.keys() - need.split("|")).outputs
            # Row numbers in place of the samples: they are no embedding.
            numbers = np.arange(len(case.pool))
            # The task stays known where predictions are all that is left.
            classes = case.pool.view().classes
            view = ModelView.from_outputs(numbers, classes=classes, **outputs)
            if any(view.provides(name) for name in need.split("|")):
                continue  # it follows from another output
            error = error_of(MissingCapability, f"no {need}", chooser.select, view)
            require(
                type(strategy).__name__ in str(error),
                f"the message names not the strategy: {error}",
            )
        if facts.task != "both":
            (other,) = {"classification", "regression"} - {facts.task}
            view = make_samples(other, case.pool.X).view()
            error_of(ValueError, f"a model for {other}", chooser.select, view)


@promises("its facts (of outputs joined by '|', any will do)")
def check_alternatives(strategy):
    """Offer each alternative alone."""
    needs = [set(need.split("|")) for need in facts_of(strategy).needs]
    for case in cases(strategy):
        outputs = case.pool.outputs.keys()
        for alternatives in needs:
            for name in alternatives & outputs:
                left = outputs - (alternatives - {name})
                if not all(need & left for need in needs):
                    continue  # another need insists on one of the others
                alone = type(case)(*(samples.only(left) for samples in case))
                with Blame(f"with {name} alone"):
                    require_rows(choose(strategy, alone, 4), len(case.pool), 4)


@promises("its facts (cold_start: it works without a model and without fit)")
def check_cold_start(strategy):
    """Give it a plain table and nothing else."""
    rows = seeded(strategy, 0).select(make_X(12, 1), 4)
    require_rows(rows, 12, 4)
