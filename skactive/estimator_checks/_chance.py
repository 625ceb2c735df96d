"""Checks of seeds, of the order of the pool, and of ties."""

from __future__ import annotations

import sys
from contextlib import contextmanager

import numpy as np

from skactive.estimator_checks._cases import (
    Case,
    cases,
    choose,
    fitted,
)
from skactive.estimator_checks._promise import (
    promises,
    require,
    require_equal,
    require_same_law,
)
from skactive.estimator_checks._samples import (
    certain,
)


@promises("rule 2 (same seed and inputs, same rows)")
def check_same_seed(strategy):
    """Ask twice, and ask a second clone."""
    for case in cases(strategy):
        chooser, pool = fitted(strategy, case.labeled, 3), case.pool.view(3)
        rows = chooser.select(pool, 4)
        require_equal(chooser.select(pool, 4), rows, "asking again gave")
        require_equal(choose(strategy, case, 4, seed=3), rows, "a second clone gave")


@promises("rule 2 (the global random generators are neither read nor moved)")
def check_global_generators(strategy):
    """Watch NumPy's generator, and torch's if that is loaded."""
    for case in cases(strategy):
        answers = []
        with _global_generators_kept():
            for seed in (0, 1):
                _seed_global_generators(seed)
                before = _global_states()
                answers.append(choose(strategy, case, 4))
                require(_global_states() == before, "a global generator moved.")
        require_equal(answers[1], answers[0], "under another global seed it chose")


@contextmanager
def _global_generators_kept():
    torch = sys.modules.get("torch")
    numpy_state = np.random.get_state()  # noqa: NPY002
    torch_state = None if torch is None else torch.get_rng_state()
    try:
        yield
    finally:
        np.random.set_state(numpy_state)  # noqa: NPY002
        if torch is not None:
            torch.set_rng_state(torch_state)


def _seed_global_generators(seed):
    np.random.seed(seed)  # noqa: NPY002
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(seed)


def _global_states():
    _, keys, *rest = np.random.get_state()  # noqa: NPY002
    states = [keys.tobytes(), *rest]
    if "torch" in sys.modules:
        states.append(sys.modules["torch"].get_rng_state().numpy().tobytes())
    return states


@promises("rule 3 (the order of the pool plays no part)")
def check_permutation(strategy):
    """Shuffle the pool: the same samples are picked, or have the same chances."""
    for case in cases(strategy):
        order = np.random.default_rng(5).permutation(len(case.pool))
        shuffled = case._replace(pool=case.pool[order])
        require_same_law(strategy, case, shuffled, "from the shuffled pool it", order)


@promises("rule 3 (ties are broken by the seed, not by position)")
def check_ties(strategy):
    """Choose among equals, also where the model is sure of them."""
    for case in cases(strategy):
        n = len(case.pool)
        equal = case._replace(pool=case.pool[np.zeros(n, dtype=np.intp)])
        sure = Case(*map(certain, equal))
        for what, tied in (("equal", equal), ("equal and certain", sure)):
            first = set()
            for seed in range(30):
                first.add(int(choose(strategy, tied, 1, seed=seed)[0]))
                if len(first) >= n / 2:
                    break
            require(
                len(first) >= n / 2,
                f"among {n} {what} samples, 30 seeds chose only {sorted(first)} first.",
            )


@promises("its facts (the number of draws is read from their shape)")
def check_number_of_draws(strategy):
    """Give each draw twice, which says the same."""
    for case in cases(strategy):
        if "draws" not in case.pool.outputs:
            continue
        twice = Case(*map(_doubled, case))
        if hasattr(strategy, "score_samples"):
            _require_equal_scores(strategy, case, twice)
        require_same_law(strategy, case, twice, "with each draw given twice it")


def _doubled(samples):
    draws = np.repeat(samples.outputs["draws"], 2, axis=1)
    return samples.with_outputs(draws=draws)


def _require_equal_scores(strategy, case, twice):
    once, again = (
        fitted(strategy, c.labeled).score_samples(c.pool.view()) for c in (case, twice)
    )
    require(
        np.allclose(once, again, rtol=1e-6, atol=1e-9),
        f"with each draw given twice, scores {once[:3]} became {again[:3]}.",
    )
