"""Results of several machines."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import FitFailedWarning
from sklearn.kernel_ridge import KernelRidge
from sklearn.naive_bayes import GaussianNB

from skactive import ActiveLearner, SimulationResult, simulate, strategies
from skactive.datasets import robot_arm

TIMES = ["fit_time", "query_time"]
X, y = make_classification(120, class_sep=0.7, flip_y=0.1, random_state=0)


def run(names=("random", "margin"), data=(X, y), estimator=None, **options):
    options = {
        **{"n_initial": 8, "n_queries": 4, "budget": 16, "n_repeats": 2},
        **{"random_state": 0, **options},
    }
    names = list(names) if isinstance(names, tuple) else names
    estimator = GaussianNB() if estimator is None else estimator
    return simulate(estimator, *data, strategies=names, **options)


def check_same(result, other):
    pd.testing.assert_frame_equal(
        result.to_frame().drop(columns=TIMES), other.to_frame().drop(columns=TIMES)
    )
    pd.testing.assert_frame_equal(result.picks, other.picks)


def concat(*results):
    return SimulationResult.concat(results)


def test_strategies_of_one_seed_are_put_together():
    whole = run(("random", "margin", "entropy"))
    parts = run(("random",)), run(("margin", "entropy"))
    joined = concat(*parts)
    check_same(joined, whole)
    assert joined.setting == whole.setting
    assert joined.baseline == "random"
    pd.testing.assert_frame_equal(joined.summary(), whole.summary())
    check_same(concat(whole), whole)


def test_what_is_there_twice_is_taken_once():
    whole = run(("random", "margin", "entropy"), n_repeats=3)
    few = run(("random", "margin"), n_repeats=2)
    joined = concat(few, run(("entropy", "random"), n_repeats=3), run(n_repeats=3))
    check_same(joined, whole)
    # With the times of the first.
    times = few.to_frame().query("strategy == 'random'")["fit_time"].tolist()
    rows = joined.to_frame().query("strategy == 'random' and repeat < 2")
    assert rows["fit_time"].tolist() == times


def test_other_seeds_add_repeats():
    results = [run(random_state=seed, n_repeats=n) for seed, n in [(5, 2), (0, 1)]]
    joined = concat(*results)
    assert joined.setting["random_state"] == [5, 0]
    frame, picks = joined.to_frame(), joined.picks
    for number, (result, inner) in enumerate(
        [(results[0], 0), (results[0], 1), (results[1], 0)]
    ):
        for table, own in [(frame, result.to_frame()), (picks, result.picks)]:
            pd.testing.assert_frame_equal(
                table[table["repeat"] == number]
                .drop(columns="repeat")
                .reset_index(drop=True),
                own[own["repeat"] == inner]
                .drop(columns="repeat")
                .reset_index(drop=True),
            )
    assert "n_repeats=3" in repr(joined)
    assert list(frame["strategy"].unique()) == ["random", "margin"]
    assert "random_state=[5, 0]" in joined.report()


def test_joining_in_steps_is_joining_at_once():
    a, b, c = (run(random_state=seed) for seed in range(3))
    check_same(concat(concat(a, b), c), concat(a, b, c))
    with pytest.raises(ValueError, match="random_state=1 are in a joined result and"):
        concat(concat(a, b), b)


def test_seeds_and_strategies_at_once():
    joined = concat(
        run(("random",)),
        run(("random", "margin"), random_state=1),
        run(("margin",)),
    )
    assert joined.strategies == ["random", "margin"]
    assert joined.to_frame()["repeat"].nunique() == 4
    with pytest.raises(ValueError, match=r"lacks .* rounds of strategy 'margin'"):
        concat(run(("random",)), run(("random", "margin"), random_state=1))


def test_problems():
    model, options = KernelRidge(kernel="rbf"), {"pool_ratio": 2, "test_size": 30}
    parts = [run((n,), (robot_arm(),), model, **options) for n in ("random", "gsx")]
    check_same(concat(*parts), run(("random", "gsx"), (robot_arm(),), model, **options))
    with pytest.raises(ValueError, match=r"pool_ratio is 2 in results\[0\] and 3"):
        concat(
            parts[0],
            run(("gsx",), (robot_arm(),), model, **options | {"pool_ratio": 3}),
        )


def test_baselines():
    parts = run(("margin",), baseline="margin"), run(("entropy", "random"))
    assert concat(*parts).baseline == "random"
    assert concat(parts[0], run(("entropy",))).baseline == "margin"
    kept = [run(random_state=seed, baseline="margin", n_repeats=1) for seed in range(2)]
    assert concat(*kept).baseline == "margin"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_queries": 8}, r"n_queries is 4 in results\[0\] and 8 in results\[1\]"),
        ({"budget": 20}, "budget is 16 in"),
        ({"estimator": GaussianNB(var_smoothing=0.1)}, r"estimator is .GaussianNB\(\)"),
        ({"initial": "kmeans"}, r"initial is None in results\[0\] and 'kmeans'"),
        ({"scoring": "accuracy"}, r"metrics is \['score'\] in .* and \['accuracy'\]"),
    ],
)
def test_other_settings_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        concat(run(), run(**options, random_state=1))


def test_contradictions_are_refused():
    with pytest.raises(ValueError, match="strategy 'random', repeat 0, is in two"):
        concat(run(), run(data=(X, np.roll(y, 1))))
    with pytest.raises(ValueError, match="'random' and 'margin' have other seed sets"):
        concat(run(("random",)), run(("margin",), data=(X[:100], y[:100])))


def test_other_data_of_one_length_are_refused():
    noise = np.random.default_rng(0).normal(size=X.shape)
    one = run(("random",), n_repeats=5)
    with pytest.raises(ValueError, match=r"'random' in results\[0\] and 'margin' in"):
        concat(one, run(("margin",), data=(noise, y), n_repeats=5))
    with pytest.raises(ValueError, match=r"begin repeat \d with score="):
        concat(one, run(("margin", "entropy"), data=(noise, y), n_repeats=5))
    concat(run(), run(data=(noise, y), random_state=1))  # nobody can know


def error_rate(estimator, X, y):
    return float(np.mean(estimator.predict(X) != y))


def hit_rate(estimator, X, y):
    return 1 - error_rate(estimator, X, y)


def test_another_scorer_is_refused():
    with pytest.raises(ValueError, match="by another scorer"):
        concat(run(("random",), scoring=hit_rate), run(("margin",), scoring=error_rate))


@pytest.mark.parametrize("label", ["smooth", "bald"])
def test_a_learner_of_its_own_may_begin_with_another_score(label):
    own = ActiveLearner(GaussianNB(var_smoothing=10), strategies.margin())
    joined = concat(run(("random",), n_repeats=5), run({label: own}, n_repeats=5))
    first = joined.to_frame().query("round == 0")
    assert (first.groupby("repeat")["score"].nunique() == 2).any()
    assert joined.setting["own_models"] == [label]
    check_same(joined, run({"random": "random", label: own}, n_repeats=5))


def test_errors_of_rounding_alone_may_differ():
    def part(label, error):
        rows = [(label, 0, r, 2 + r, error) for r in range(2)]
        columns = ["strategy", "repeat", "round", "n_labeled", "score"]
        frame = pd.DataFrame(rows, columns=columns)
        setting = {"estimator": "LinearRegression()", "random_state": 0}
        return SimulationResult.from_frame(frame, setting=setting)

    joined = concat(part("random", -5e-28), part("gsx", -6e-28))
    assert joined.strategies == ["random", "gsx"]
    with pytest.raises(ValueError, match="score=-5e-05 and -6e-05"):
        concat(part("random", -5e-5), part("gsx", -6e-5))


def test_models_with_seeds_begin_alike():
    model = RandomForestClassifier(5)
    parts = [run((n,), estimator=model) for n in ("random", "margin", "qbc")]
    check_same(concat(*parts), run(("random", "margin", "qbc"), estimator=model))


def test_results_without_picks():
    parts = [run((name,)) for name in ("random", "margin")]
    bare = [
        SimulationResult.from_frame(part.to_frame(), setting=part.setting)
        for part in parts
    ]
    for results in (bare, [bare[0], parts[1]], [parts[0], bare[1]]):
        joined = concat(*results)
        assert joined.picks is None
        assert joined.strategies == ["random", "margin"]


def test_a_single_result_is_no_list():
    with pytest.raises(ValueError, match=r"is a single result; pass a list"):
        SimulationResult.concat(run())


def test_rounding_is_no_contradiction():
    one, other = run(), run()
    other._frame["score"] *= 1 + 1e-12
    check_same(concat(one, other), one)
    other._frame["score"] *= 1 + 1e-4
    with pytest.raises(ValueError, match="differs between them"):
        concat(one, other)


class Fragile(ClassifierMixin, BaseEstimator):
    """Fails from 12 samples on where asked to."""

    def __init__(self, fails=True):
        self.fails = fails

    def fit(self, X, y):
        if self.fails and len(X) >= 12:
            raise FloatingPointError("too many")
        self.model_ = GaussianNB().fit(X, y)
        self.classes_ = self.model_.classes_
        return self

    def predict(self, X):
        return self.model_.predict(X)

    def predict_proba(self, X):
        return self.model_.predict_proba(X)


def test_failures_are_kept():
    def broken(fails):
        return {"broken": ActiveLearner(Fragile(fails), strategies.margin())}

    with pytest.warns(FitFailedWarning):
        failed = run({"random": "random", **broken(True)})
    joined = concat(run(), failed)
    assert joined.strategies == ["random", "margin"]
    assert joined.failures["strategy"].tolist() == ["broken", "broken"]
    assert list(joined.failures) == list(failed.failures)
    check_same(concat(failed, failed), failed)
    with pytest.raises(ValueError, match="strategy 'broken', repeat 0, is in two"):
        concat(failed, run({"random": "random", **broken(False)}))


def test_tables_measured_elsewhere():
    def table(label, shift=0.0):
        return pd.DataFrame(
            {"strategy": label, "repeat": 0, "round": [0, 1], "n_labeled": [5, 9],
             "score": [0.1, 0.2 + shift]}
        )  # fmt: skip

    one, other = (SimulationResult.from_frame(table(n)) for n in ("a", "b"))
    joined = concat(one, other)
    assert joined.strategies == ["a", "b"]
    assert joined.setting is None
    assert joined.picks is None
    assert joined.baseline == "a"
    with pytest.raises(ValueError, match="strategy 'a', repeat 0, is in two results"):
        concat(one, SimulationResult.from_frame(table("a", 0.1)))
    losses = SimulationResult.from_frame(table("b"), greater_is_better=False)
    with pytest.raises(ValueError, match="greater_is_better is True in"):
        concat(one, losses)
    with pytest.raises(ValueError, match="random_state is unknown in results"):
        concat(one, run())
    assert concat(losses).greater_is_better is False


@pytest.mark.parametrize("results", [[], [pd.DataFrame()], ["a"]])
def test_wrong_arguments(results):
    with pytest.raises(ValueError, match="pass a list of at least one"):
        SimulationResult.concat(results)
