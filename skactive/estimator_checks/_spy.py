"""A check of what is asked of a view, by a model that takes notes."""

from __future__ import annotations

from collections import Counter

import numpy as np

from skactive.adapters import Adapter, register_adapter
from skactive.estimator_checks._cases import (
    named_outputs,
    seeded,
    tasks,
)
from skactive.estimator_checks._promise import promises, require
from skactive.estimator_checks._samples import (
    N_CLASSES,
    make_samples,
    make_X,
    over,
)
from skactive.view import ModelView


class Spy:
    """A model that has all outputs of some samples and counts the rows asked for."""

    classes_ = np.arange(N_CLASSES)

    def __init__(self, task, X):
        # The last column of its samples is the row number.
        self.X = np.column_stack([X, np.arange(len(X))])
        self.samples = make_samples(task, X).with_outputs(inputs=self.X)
        self.asked = Counter()

    def view(self):
        """Make a view of all its samples."""
        classes = self.classes_ if self.samples.task == "classification" else None
        return ModelView(self.X, self, classes=classes)


class SpyAdapter(Adapter):
    """Look outputs up by row number, and note it."""

    @property
    def is_classifier(self):
        """Tell whether the samples have classes."""
        return self.model.samples.task == "classification"

    def has(self, name):
        """Tell whether a model for this task may have an output."""
        return name == "raw_inputs" or name in self.model.samples.outputs


def _look_up(name):
    def output(self, view, **options):
        rows = view.X[:, -1].astype(np.intp)
        self.model.asked[name] += len(rows)
        value = over(lambda values: values[rows], self.model.samples.outputs[name])
        reduce = options.get("reduce")
        return value if reduce is None else reduce(value)

    return output


for _name in (
    "proba",
    "logits",
    "decision",
    "draws",
    "prediction",
    "std",
    "embedding",
    "inputs",
    "gradient_factors",
    "input_gradient",
    "head",
    "predicted_loss",
    "augmented",
    "critic",
    "epochs",
):
    setattr(SpyAdapter, _name, _look_up(_name))
register_adapter(Spy, SpyAdapter)


@promises("rule 9 (it asks a view for the declared outputs only, and once)")
def check_declared_outputs(strategy):
    """See which outputs are asked for, and for how many rows."""
    for task in tasks(strategy):
        labeled, pool = Spy(task, make_X(6, 10)), Spy(task, make_X(12, 11))
        chooser = seeded(strategy, 0).fit(labeled.view(), labeled.samples.y)
        chooser.select(pool.view(), 4)
        for spy in (labeled, pool):
            undeclared = sorted(spy.asked.keys() - named_outputs(strategy))
            require(
                not undeclared,
                f"it asked for {', '.join(undeclared)}, which its needs do not name.",
            )
            for name, n_rows in spy.asked.items():
                require(
                    n_rows <= len(spy.X),
                    f"it had {name} computed for {n_rows} rows, and there are "
                    f"{len(spy.X)}.",
                )
