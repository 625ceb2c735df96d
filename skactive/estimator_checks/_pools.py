"""Checks of odd pools, of other containers, and of what stays behind."""

from __future__ import annotations

import gc
import weakref
from copy import deepcopy
from dataclasses import replace

import numpy as np
from scipy import sparse

from skactive.adapters import InputGradient
from skactive.estimator_checks._cases import (
    Case,
    cases,
    choose,
    fitted,
    seeded,
)
from skactive.estimator_checks._promise import (
    Blame,
    promises,
    require,
    require_equal,
    require_rows,
)
from skactive.estimator_checks._samples import (
    certain,
    one_class,
)


@promises("rule 4 (inputs are never written to)")
def check_inputs_unchanged(strategy):
    """Compare samples, labels and outputs before and after a query."""
    for case in cases(strategy):
        before = deepcopy(case)
        given = np.array([5, 2])
        rows = choose(strategy, case, 4, given=given)
        require(given.tolist() == [5, 2], "it changed `given`.")
        for name, samples, old in zip(case._fields, case, before, strict=True):
            require(np.array_equal(samples.X, old.X), f"it changed X ({name}).")
            require(np.array_equal(samples.y, old.y), f"it changed y ({name}).")
            for output, value in samples.outputs.items():
                require(
                    _same(value, old.outputs[output]), f"it changed {output} ({name})."
                )
            samples.X.flags.writeable = samples.y.flags.writeable = False
        locked = choose(strategy, case, 4, given=given)
        require_equal(locked, rows, "from read-only arrays it chose")


def _same(value, old):
    if isinstance(value, list):
        return all(map(np.array_equal, sum(value, ()), sum(old, ())))
    if isinstance(value, InputGradient):
        return np.array_equal(value.samples, old.samples)
    return np.array_equal(value, old)


@promises("rule 6 (odd pools and few labels work)")
def check_odd_pools(strategy):
    """Try copies, equals, one candidate, one label, one class, full certainty."""
    for case in cases(strategy):
        for what, odd in _odd_cases(case):
            for n_queries in {1, len(odd.pool)}:
                with Blame(what):
                    rows = choose(strategy, odd, n_queries)
                    require_rows(rows, len(odd.pool), n_queries)


def _odd_cases(case):
    labeled, pool = case
    n = len(pool)
    yield "each sample three times", Case(labeled, pool[np.repeat(np.arange(n), 3)])
    yield "all samples equal", Case(labeled, pool[np.zeros(n, dtype=int)])
    yield "a pool of labeled samples", Case(labeled, labeled)
    yield "one candidate", Case(labeled, pool[:1])
    yield "one label", Case(labeled[:1], pool)
    yield "a model without doubt", Case(*map(certain, case))
    if pool.task == "classification":
        yield "one class seen", Case(*map(one_class, case))


@promises("its facts (diverse: no copy of a picked sample while another one gains)")
def check_copies(strategy):
    """Ask copies for as many picks as there are different samples."""
    for case in cases(strategy, n_pool=5):
        n = len(case.pool)
        copies = case._replace(pool=case.pool[np.tile(np.arange(n), 4)])
        for seed in range(10):
            rows = choose(strategy, copies, n, seed=seed)
            require(
                len(set(rows % n)) == n,
                f"from 4 copies each of {n} samples it chose {(rows % n).tolist()}.",
            )
            rows = choose(strategy, copies, n - 2, seed=seed, given=[0, n + 1])
            require(
                len({0, 1, *(rows % n)}) == n,
                f"with samples 0 and 1 of {n} given, it chose {(rows % n).tolist()}.",
            )


@promises("rule 7 (on another pool it behaves as new)")
def check_reuse(strategy):
    """Use one object on two pools, with and without `fit` between them."""
    for first, second in zip(
        cases(strategy), cases(strategy, n_pool=15, seed=2), strict=True
    ):
        chooser = fitted(strategy, first.labeled)
        chooser.select(first.pool.view(), 4)
        mixed = second._replace(labeled=first.labeled)
        require_equal(
            chooser.select(second.pool.view(), 4),
            choose(strategy, mixed, 4),
            "after a select on another pool it chose",
        )
        chooser.fit(second.labeled.view(), second.labeled.y)
        require_equal(
            chooser.select(second.pool.view(), 4),
            choose(strategy, second, 4),
            "after fit and select on other samples it chose",
        )


@promises("rule 7 (memory goes through resume, and holds arrays only)")
def check_memory(strategy):
    """Let a successor work, and see whether views or the predecessor stay alive."""
    for case in cases(strategy):
        views = [case.labeled.view(), case.pool.view()]
        first = seeded(strategy, 0).resume(None).fit(views[0], case.labeled.y)
        first.select(views[1], 4)
        second = seeded(strategy, 1).resume(first).fit(views[0], case.labeled.y)
        require_rows(second.select(views[1], 4), len(case.pool), 4)
        gone = [weakref.ref(thing) for thing in (first, *views)]
        del first, views
        if any(ref() is not None for ref in gone):
            gc.collect()  # slow, and needed for cycles only
        kept = [type(ref()).__name__ for ref in gone if ref() is not None]
        require(not kept, f"after a query it keeps a {' and a '.join(kept)} alive.")


@promises("rule 8 (float32, lists, DataFrames and CSR rows give the same rows)")
def check_containers(strategy):
    """Put the same numbers into other containers."""
    import pandas as pd

    for case in cases(strategy):
        case = Case(*(_table_only(samples) for samples in case))
        expected = choose(strategy, case, 4)
        for what, container, array in (
            ("float32", np.float32, np.float32),
            ("lists", np.ndarray.tolist, np.ndarray.tolist),
            ("a DataFrame", pd.DataFrame, np.asarray),
            ("CSR rows", sparse.csr_matrix, np.asarray),
        ):
            with Blame(what):
                other = Case(*(_contained(s, container, array) for s in case))
                require_equal(choose(strategy, other, 4), expected, "it chose")


def _table_only(samples):
    """Let X itself be inputs and embedding."""
    return samples.only(samples.outputs.keys() - {"inputs", "embedding"})


def _contained(samples, container, array):
    kept = {
        n: v
        for n, v in samples.outputs.items()
        if isinstance(v, list | InputGradient)  # no arrays
    }
    converted = samples.map(array).with_outputs(**kept)
    return replace(converted, X=container(samples.X))
