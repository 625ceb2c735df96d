"""Simulations that differ in one thing."""

import re

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgba
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import make_classification
from sklearn.exceptions import FitFailedWarning
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import Ridge
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier

from skactive import ActiveLearner, simulate, strategies
from skactive.datasets import robot_arm
from skactive.simulation import StudyDisplay, StudyResult, study
from skactive.simulation._conditions import FACTORS, Condition
from skactive.simulation._repeat import TrainingPart, plan_table

TIMES = ["fit_time", "query_time"]
X, y = make_classification(
    240, n_classes=3, n_informative=6, class_sep=1.5, random_state=0
)
SIZES = {"n_initial": 12, "n_queries": 6, "budget": 30, "n_repeats": 2}
BASE = Condition(12, 6, 30)


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def run(vary, values=None, data=(X, y), estimator=None, **options):
    estimator = GaussianNB() if estimator is None else estimator
    options = {
        **{"strategies": ["random", "margin"], "random_state": 0, **SIZES},
        **options,
    }
    return study(estimator, *data, vary=vary, values=values, **options)


def check_same(result, other):
    pd.testing.assert_frame_equal(
        result.to_frame().drop(columns=TIMES), other.to_frame().drop(columns=TIMES)
    )
    pd.testing.assert_frame_equal(result.picks, other.picks)


def planned(vary, value, data=(X, y), seed=0, *, classifier=True, **options):
    """The repeat of one value."""
    condition = FACTORS[vary].change(BASE, value)
    return plan_table(
        seed,
        *data,
        **{"test_size": 0.25, "test": (None, None), "initial": "random", **options},
        n_initial=12,
        budget=30,
        classifier=classifier,
        reshape=condition.reshape,
    )


def seed_rows(result, value, repeat=0):
    picks = result.picks.query("round == 0 and strategy == 'margin'")
    picks = picks[picks["repeat"] == repeat]
    return picks.loc[picks[result.factor] == value, "row"].tolist()


# --- what each factor changes


def test_n_initial_grows_one_seed_set():
    result = run("n_initial", [6, 12, 24])
    sizes = result.to_frame().groupby(["n_initial", "round"])["n_labeled"].first()
    assert sizes.loc[6].tolist() == [6, 12, 18, 24, 30]
    assert sizes.loc[24].tolist() == [24, 30]
    for repeat in range(2):
        rows = [seed_rows(result, value, repeat) for value in result.values]
        assert rows[0] == rows[2][:6]
        assert rows[1] == rows[2][:12]


def test_n_queries():
    result = run("n_queries", [3, 18])
    sizes = result.to_frame().groupby(["n_queries", "round"])["n_labeled"].first()
    assert sizes.loc[3].tolist() == list(range(12, 31, 3))
    assert sizes.loc[18].tolist() == [12, 30]
    assert seed_rows(result, 3) == seed_rows(result, 18)


def test_initial():
    values = {"random": "random", "spread": strategies.coreset(), "kmeans": "kmeans"}
    result = run("initial", values)
    assert result.values == ["random", "spread", "kmeans"]
    assert len({tuple(seed_rows(result, value)) for value in values}) == 3
    alone = simulate(
        GaussianNB(), X, y, strategies=["random", "margin"], initial="kmeans",
        random_state=0, **SIZES,
    )  # fmt: skip
    check_same(result.at("kmeans"), alone)
    assert result.at("kmeans").setting["initial"] == "kmeans"


def test_estimator_is_in_the_values():
    models = {"bayes": GaussianNB(), "tree": DecisionTreeClassifier(max_depth=3)}
    result = study(
        None, X, y, vary="estimator", values=models, strategies=["random", "margin"],
        random_state=0, **SIZES,
    )  # fmt: skip
    for label, model in models.items():
        alone = simulate(
            model, X, y, strategies=["random", "margin"], random_state=0, **SIZES
        )
        check_same(result.at(label), alone)
    assert seed_rows(result, "bayes") == seed_rows(result, "tree")
    assert result.at("tree").setting["estimator"] == "tree"


def test_a_strategy_keeps_the_estimator_it_brings():
    own = ActiveLearner(GaussianNB(), strategies.margin())
    result = run(
        "estimator",
        {"a": DecisionTreeClassifier(max_depth=1), "b": GaussianNB()},
        strategies={"random": "random", "own": own},
    )
    scores = result.to_frame().pivot_table(
        index=["strategy", "repeat", "round"], columns="estimator", values="score"
    )
    assert_array_equal(scores.loc["own", "a"], scores.loc["own", "b"])
    assert (scores.loc["random", "a"] != scores.loc["random", "b"]).any()


@pytest.mark.parametrize(
    ("value", "n_left"), [(0.5, 90), (np.float64(0.25), 45), (100, 100), (1.0, 180)]
)
def test_pool_size(value, n_left):
    whole = planned("pool_size", 1.0).train
    part = planned("pool_size", value).train
    assert len(part.rows) == len(set(part.rows)) == n_left
    assert_array_equal(part.y, y[part.rows])
    assert set(part.rows) <= set(whole.rows)


def test_smaller_pools_are_in_larger_ones():
    small, large = (set(planned("pool_size", v).train.rows) for v in (50, np.int64(90)))
    assert small < large


@pytest.mark.parametrize("factor", [1, 2, 5, 10])
def test_redundancy(factor):
    train = planned("redundancy", factor).train
    rows, counts = np.unique(train.rows, return_counts=True)
    assert len(train.rows) == 180
    assert_array_equal(train.y, y[train.rows])
    once = 180 if factor == 1 else 18
    assert 0 <= (counts == 1).sum() - once <= 3
    # At most so often, and less where the factor does not divide a class.
    n_copied = len(rows) - once
    assert abs(n_copied - (0 if factor == 1 else 3 * -(-54 // factor))) <= 3
    assert counts.max() == factor
    assert (counts == 1).sum() + (counts >= factor - 2).sum() >= len(rows)
    plain = planned("redundancy", 1).train
    assert_array_equal(np.bincount(train.y), np.bincount(plain.y))


def test_redundancy_shows_in_what_is_asked():
    picks = run("redundancy", [1, 10], n_queries=54, budget=120).picks
    picks = picks[picks["strategy"] == "margin"]
    different = picks.groupby(["redundancy", "repeat"])["row"].nunique()
    assert (different.loc[1] == 120).all()
    # 18 samples that are there once, and 162 / 10 others.
    assert (different.loc[10] <= 37).all()


def test_whole_numbers_are_no_classes_of_a_regressor():
    numbers = np.arange(240) % 120
    train = planned("redundancy", 10, (X, numbers), classifier=False).train
    assert abs(len(set(train.rows)) - 18 - 17) <= 1


@pytest.mark.parametrize("kind", ["array", "float32", "frame"])
def test_jitter_moves_copies_alone(kind):
    table = {
        "array": X,
        "float32": X.astype(np.float32),
        "frame": pd.DataFrame(X).add_prefix("x"),
    }[kind]
    moves = {}
    for scale in (0.0, 0.1, 0.2):
        train = planned("jitter", scale, (table, y)).train
        assert_array_equal(train.y, y[train.rows])
        samples = train.samples(table)
        assert type(samples) is type(table)
        moves[scale] = np.asarray(samples) - np.asarray(table)[train.rows]
        assert np.asarray(samples).dtype == np.asarray(table).dtype
    assert not moves[0.0].any()
    first = np.unique(train.rows, return_index=True)[1]
    copies = np.setdiff1d(np.arange(len(train.rows)), first)
    assert len(copies) > 100
    assert not moves[0.1][first].any()
    assert moves[0.1][copies].all()
    assert_allclose(moves[0.2], 2 * moves[0.1], atol=1e-5)
    spread = moves[0.1][copies].std(axis=0) / X.std(axis=0)
    assert_allclose(spread, 0.1, rtol=0.25)
    # The same rows as exact copies, and the same noise wherever it is made.
    exact = planned("redundancy", 5, (table, y)).train
    assert_array_equal(exact.rows, train.rows)
    assert_array_equal(train.samples(table), samples)


def test_jitter_by_a_function():
    values = {"no": 0.0, "mirrored": lambda rows, rng: -rows}
    train = planned("jitter", values["mirrored"]).train
    first = np.unique(train.rows, return_index=True)[1]
    signs = np.full((180, 1), -1.0)
    signs[first] = 1
    assert_array_equal(train.samples(X), signs * X[train.rows])
    assert run("jitter", values).values == ["no", "mirrored"]


def test_n_per_class():
    small, large = (planned("n_per_class", n).train for n in (20, 40))
    assert_array_equal(np.bincount(large.y), [40, 40, 40])
    assert_array_equal(large.y, y[large.rows])
    assert set(small.rows) < set(large.rows)
    assert len(set(large.rows)) == 120


def test_imbalance():
    train = planned("imbalance", 16).train
    counts = np.bincount(train.y)
    assert_array_equal(train.y, y[train.rows])
    assert len(set(train.rows)) == len(train.rows)
    assert_allclose(counts[0] / counts[1:], [4, 16], rtol=0.15)
    assert np.ptp(np.bincount(planned("imbalance", 1).train.y)) == 0


def test_label_noise_of_classes():
    clean, some, more = (planned("label_noise", s) for s in (0, 0.1, 0.4))
    wrong = [part.train.y != y[part.train.rows] for part in (clean, some, more)]
    assert [w.sum() for w in wrong] == [0, 18, 72]
    assert not (wrong[1] & ~wrong[2]).any(), "who errs more errs there too"
    assert set(more.train.y) == {0, 1, 2}
    for part in (some, more):
        assert_array_equal(part.train.rows, clean.train.rows)
        assert_array_equal(part.seed_rows, clean.seed_rows)
        assert_array_equal(part.test()[1], y[part.test_rows])


@pytest.mark.parametrize("shape", [(240,), (240, 2)])
def test_label_noise_of_numbers(shape):
    numbers = np.random.default_rng(0).normal(size=shape) * 7
    parts = [
        planned("label_noise", s, (X, numbers), classifier=False)
        for s in (0.0, 0.2, 0.4)
    ]
    noise = [part.train.y - numbers[part.train.rows] for part in parts]
    assert not noise[0].any()
    assert_allclose(noise[2], 2 * noise[1])
    assert_allclose(noise[1].std(axis=0), 0.2 * 7, rtol=0.2)
    assert_array_equal(parts[2].test()[1], numbers[parts[2].test_rows])


# --- pairing

TABLE_FACTORS = {
    "pool_size": [0.5, 1.0],
    "redundancy": [1, 5],
    "jitter": [0.0, 0.2],
    "n_per_class": [20, 40],
    "imbalance": [1, 4],
    "label_noise": [0.0, 0.3],
}


@pytest.mark.parametrize("vary", TABLE_FACTORS)
def test_values_share_the_test_set_which_nothing_touches(vary):
    plain = planned("n_initial", 12)
    for value in TABLE_FACTORS[vary]:
        repeat = planned(vary, value)
        assert_array_equal(repeat.test_rows, plain.test_rows)
        assert repeat.seed == plain.seed
        assert not set(repeat.train.rows) & set(repeat.test_rows)
    fixed = planned(vary, value, test_size=None, test=(X[:5], y[:5]))
    assert fixed.test() == (pytest.approx(X[:5]), pytest.approx(y[:5]))


@pytest.mark.parametrize("vary", TABLE_FACTORS)
def test_repeats_differ_and_seeds_repeat(vary):
    value = TABLE_FACTORS[vary][-1]
    one, same, other = (planned(vary, value, seed=s).train for s in (1, 1, 2))
    assert_array_equal(one.rows, same.rows)
    assert_array_equal(one.y, same.y)
    assert not np.array_equal(np.sort(one.rows), np.sort(other.rows))


@pytest.mark.parametrize(
    ("vary", "values", "neutral"),
    [
        ("n_initial", [6, 12], 12),
        ("n_queries", [6, 12], 6),
        ("initial", ["kmeans", "random"], "random"),
        ("pool_size", [0.4, 1.0], 1.0),
        ("redundancy", [1, 5], 1),
        ("label_noise", [0.2, 0.0], 0.0),
    ],
)
def test_a_neutral_value_is_what_simulate_measures(vary, values, neutral):
    alone = simulate(
        GaussianNB(), X, y, strategies=["random", "margin"], random_state=0, **SIZES
    )
    check_same(run(vary, values).at(neutral), alone)


def test_balanced_classes_stay_as_they_are():
    even = np.arange(240) % 3
    alone = simulate(
        GaussianNB(), X, even, strategies=["random", "margin"], random_state=0, **SIZES
    )
    check_same(run("imbalance", [1, 4], (X, even)).at(1), alone)
    check_same(run("n_per_class", [20, 60], (X, even)).at(60), alone)


def test_problems():
    options = {"test_size": 40, "strategies": ["random", "gsx"]}
    model = KernelRidge(kernel="rbf")
    result = run("n_queries", [6, 9], (robot_arm(),), model, **options)
    alone = simulate(model, robot_arm(), random_state=0, **{**SIZES, **options})
    check_same(result.at(6), alone)
    first = result.picks.query("round == 0 and repeat == 1 and strategy == 'gsx'")
    parts = [part.iloc[:, -4:].to_numpy() for _, part in first.groupby("n_queries")]
    assert_array_equal(*parts)


# --- the run


def test_same_table_for_every_n_jobs():
    options = {"values": [0.0, 0.1], "n_repeats": 1}
    check_same(run("jitter", **options, n_jobs=2), run("jitter", **options))


@pytest.mark.parametrize("vary", ["redundancy", "jitter"])
def test_a_killed_study_goes_on(vary, tmp_path):
    options = {"values": [5, 7], "budget": 24}
    whole = run(vary, **options, checkpoint=tmp_path)
    for path in sorted(tmp_path.glob("*.jsonl"))[::2]:
        lines = path.read_bytes().splitlines(keepends=True)
        path.write_bytes(b"".join(lines[:2]) + lines[2][:9])
    check_same(run(vary, **options, checkpoint=tmp_path), whole)
    check_same(run(vary, **options), whole)


def test_values_strategies_and_repeats_are_added_to_a_checkpoint(tmp_path):
    run("redundancy", [2], checkpoint=tmp_path, n_repeats=1, budget=24)
    kept = {path.name: path.read_bytes() for path in tmp_path.glob("*.jsonl")}
    assert sorted(kept) == ["margin-2-0.jsonl", "random-2-0.jsonl"]
    grown = {"values": [1, 2], "strategies": ["random", "margin", "entropy"]}
    grown["budget"] = 24
    result = run("redundancy", **grown, checkpoint=tmp_path)
    check_same(result, run("redundancy", **grown))
    assert len(list(tmp_path.glob("*.jsonl"))) == 12
    for name, content in kept.items():
        assert (tmp_path / name).read_bytes() == content


def test_estimators_are_added_in_any_order(tmp_path):
    options = {"strategies": ["random", "margin"], "random_state": 0, **SIZES}
    for models in (
        {"b": GaussianNB()},
        {"a": DecisionTreeClassifier(), "b": GaussianNB()},
    ):
        study(
            None, X, y, vary="estimator", values=models, checkpoint=tmp_path, **options
        )
    with pytest.raises(ValueError, match=r"estimator 'b' is .*another"):
        study(
            None, X, y, vary="estimator", values={"b": DecisionTreeClassifier()},
            checkpoint=tmp_path, **options,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"vary": "jitter", "values": [0.1]}, "vary is 'jitter'"),
        ({"budget": 36}, "budget is 36"),
        ({"values": {2: 5}}, "redundancy '2' is"),
        ({"data": (X + 1, y)}, "X is .ndarray"),
    ],
)
def test_another_study_does_not_fit_the_folder(change, message, tmp_path):
    options = {"vary": "redundancy", "values": [2], "n_repeats": 1}
    run(**options, checkpoint=tmp_path)
    with pytest.raises(ValueError, match=message):
        run(**{**options, **change}, checkpoint=tmp_path)


class FailsAtCopies(ClassifierMixin, BaseEstimator):
    """Fails where more than 20 samples hold copies, in the third repeat at most."""

    def fit(self, X, y):
        self.model_ = GaussianNB().fit(X, y)
        self.classes_ = self.model_.classes_
        if len(X) > 20 and len(np.unique(X, axis=0)) < len(X):
            raise FloatingPointError("copies")
        return self

    def predict(self, X):
        return self.model_.predict(X)

    def predict_proba(self, X):
        return self.model_.predict_proba(X)


def failing(**options):
    return run(
        "redundancy",
        [1, 10],
        strategies={
            "random": "random",
            "margin": "margin",
            "fragile": ActiveLearner(FailsAtCopies(), strategies.entropy()),
        },
        **options,
    )


def test_failures_are_marked_by_value():
    with pytest.warns(FitFailedWarning, match="'fragile', value 10, repeat 0"):
        result = failing()
    assert set(result.failures["redundancy"]) == {10}
    assert list(result.failures)[:4] == ["strategy", "redundancy", "repeat", "round"]
    assert result.strategies == ["random", "margin"]
    assert "fragile" in result.at(1).strategies
    assert result.at(10).strategies == ["random", "margin"]
    assert len(result.at(10).failures) == 2
    assert "fragile" in result.summary().loc[1].index
    assert "fragile" not in result.summary().loc[10].index
    # What failed is no point of the plot, and not one that never gets there.
    display = result.plot()
    assert np.isnan(display.lines_["fragile"].get_ydata()[1])
    color = to_rgba(display.lines_["fragile"].get_color())
    arrows = [
        line
        for line in display.ax_.lines
        if line.get_marker() == "v" and to_rgba(line.get_color()) == color
    ]
    assert all(len(line.get_xdata()) == 0 for line in arrows)


def test_failures_are_raised():
    with pytest.raises(FloatingPointError, match="copies") as caught:
        failing(on_error="raise")
    assert "strategy 'fragile', value 10, repeat 0, round" in caught.value.__notes__[-1]
    with (
        pytest.warns(FitFailedWarning),
        pytest.raises(FloatingPointError, match="copies"),
    ):
        run("redundancy", [10], estimator=FailsAtCopies())


# --- arguments


@pytest.mark.parametrize(
    ("vary", "options", "values"),
    [
        ("n_initial", {}, [12, 24]),
        ("n_initial", {"n_initial": 30}, [30]),
        ("n_queries", {}, [6, 12]),
        ("n_queries", {"n_queries": 4}, [4, 8, 16]),
        ("n_queries", {"n_queries": 50}, [50]),
        ("initial", {}, ["random", "kmeans", "facility_location"]),
        ("pool_size", {}, [0.25, 0.5, 1.0]),
        ("pool_size", {"budget": 60}, [0.5, 1.0]),
        ("pool_size", {"budget": 60, "X_test": X, "y_test": y}, [0.25, 0.5, 1.0]),
        ("redundancy", {}, [1, 2, 5]),
        ("redundancy", {"estimator": Ridge()}, [1, 2, 5, 10]),
        ("jitter", {}, [0.0, 0.05, 0.2, 0.5]),
        ("n_per_class", {}, [10, 24, 59]),
        ("n_per_class", {"test_size": 0.5}, [10, 19, 39]),
        ("n_per_class", {"X_test": X, "y_test": y}, [10, 28, 79]),
        ("n_per_class", {"budget": 177, "n_queries": 90}, [59]),
        ("imbalance", {"n_initial": 6, "budget": 12}, [1, 4, 16]),
        ("label_noise", {}, [0.0, 0.1, 0.2, 0.4]),
    ],
)
def test_values_by_default(vary, options, values):
    assert np.bincount(y).min() == 79
    result = run(vary, **{"n_repeats": 1, "strategies": ["random"], **options})
    assert result.values == values


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"vary": "size"}, "vary='size'; pass one of ['n_initial', 'n_queries',"),
        ({"vary": ["jitter"]}, "vary=['jitter']; pass one of"),
        ({"vary": "estimator"}, "needs values, a dict of label -> value"),
        ({"vary": "n_queries", "values": []}, "values=[] of n_queries; pass at least"),
        ({"vary": "n_queries", "values": {}}, "values={}; pass at least one"),
        ({"vary": "n_queries", "values": 6}, "values=6; pass a list, or a dict"),
        ({"vary": "initial", "values": "kmeans"}, "values='kmeans'; pass a list"),
        ({"vary": "n_queries", "values": [6, 6]}, "each once"),
        ({"vary": "initial", "values": [strategies.coreset()]}, "or a dict of label"),
        ({"vary": "n_queries", "values": [0]}, "n_queries=0; pass an integer"),
        ({"vary": "n_queries", "n_queries": None}, "n_queries=None; pass an integer"),
        ({"vary": "n_queries", "n_initial": None}, "n_initial=None; pass an integer"),
        ({"vary": "n_queries", "values": [6], "n_queries": 0}, "n_queries=0; pass"),
        ({"vary": "n_initial", "n_initial": "x"}, "n_initial='x'; pass an integer"),
        (
            {"vary": "n_initial", "values": [6], "n_initial": "x"},
            "n_initial='x'; pass an integer",
        ),
        ({"vary": "n_initial", "values": [31]}, "budget=30 is less than n_initial=31"),
        ({"vary": "initial", "values": ["entropy"]}, "'entropy' cannot choose"),
        ({"vary": "pool_size", "values": [1.5]}, "pool_size=1.5; there are 180"),
        ({"vary": "pool_size", "values": ["all"]}, "pool_size='all'; there are 180"),
        ({"vary": "pool_size", "values": [20]}, "budget=30 but there are only 20"),
        ({"vary": "redundancy", "values": [0]}, "0: redundancy=0; pass an integer"),
        ({"vary": "redundancy", "values": [0.5]}, "redundancy=0.5; pass an integer"),
        (
            {"vary": "redundancy", "values": [99]},
            "99: 180 training samples leave room for 55 copies of one, and not for 99",
        ),
        (
            {"vary": "redundancy", "values": [10], "n_initial": 37, "budget": 40},
            "n_initial=37 but only 36 of 180 training samples are not copies",
        ),
        ({"vary": "jitter", "values": [-1]}, "jitter=-1; pass a number >= 0"),
        ({"vary": "n_per_class", "values": [70]}, "not the 70 that are to be kept"),
        ({"vary": "imbalance", "values": [0.5]}, "imbalance=0.5; pass a finite"),
        (
            {"vary": "imbalance", "values": [1000]},
            "value 1000: imbalance=1000 lets the largest class have 59 samples, and",
        ),
        ({"vary": "label_noise", "values": [2]}, "label_noise=2; pass a number"),
        ({"vary": "n_initial", "n_repeats": 0}, "n_repeats=0; pass an integer"),
        ({"vary": "n_initial", "baseline": "best"}, "baseline='best' is not among"),
        ({"vary": "n_initial", "on_error": "skip"}, "on_error='skip'"),
        ({"vary": "pool_size", "data": (X, None)}, "y=None; simulate plays"),
        ({"vary": "jitter", "data": (robot_arm(),)}, "X is a Problem; pass X and y"),
        ({"vary": "imbalance", "estimator": Ridge()}, "Ridge is no classifier"),
        ({"vary": "n_per_class", "estimator": Ridge()}, "Ridge is no classifier"),
    ],
)
def test_wrong_arguments(options, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        run(**options)


def test_more_wrong_arguments():
    with pytest.raises(ValueError, match="estimator=None is for vary='estimator' only"):
        study(None, X, y, vary="jitter", strategies=["random"], **SIZES)
    with pytest.raises(ValueError, match=r"label_noise=-1; pass a number >= 0"):
        run("label_noise", [-1], (X, X[:, 0]), Ridge(), strategies=["random"])
    with pytest.raises(TypeError, match=r"jitter=0\.1 is for an array or a DataFrame"):
        run("jitter", [0.1], (sparse.csr_array(X), y), DecisionTreeClassifier())


@pytest.mark.parametrize(
    ("vary", "values", "message"),
    [
        ("pool_size", [0.5, 20], "value 20: budget=30 but .* only 20 .*; lower"),
        ("n_per_class", [5], "value 5: budget=30 but there are only 15"),
        ("label_noise", [0.1, 1.5], "value 1.5: label_noise=1.5; pass a number"),
        ("n_queries", [6, 0], "value 0: n_queries=0; pass an integer"),
        ("estimator", {"x": 3}, "value 'x': estimator=3 is no estimator"),
        ("initial", {"x": "margin"}, "value 'x': initial='margin' cannot choose"),
    ],
)
def test_errors_name_the_value(vary, values, message):
    never = FailsAlways()
    with pytest.raises(ValueError, match=f"^vary='{vary}', {message}"):
        run(vary, values, estimator=never)


class FailsAlways(GaussianNB):
    def fit(self, X, y):
        raise AssertionError("was fitted")


def test_an_initial_strategy_that_breaks_names_the_value():
    class Broken(type(strategies.coreset())):
        def select(self, *args, **kwargs):
            raise FloatingPointError("broken")

    with pytest.raises(FloatingPointError, match="broken") as caught:
        run("initial", {"b": Broken()})
    assert caught.value.__notes__ == ["In study: vary='initial', value 'b'."]


@pytest.mark.parametrize("vary", ["n_initial", "n_queries"])
def test_what_is_varied_need_not_be_passed(vary):
    plain = run(vary, [6, 12])
    left_out = run(vary, [6, 12], **{vary: None})
    check_same(left_out, plain)
    assert vary not in left_out.setting
    assert left_out.at(6).setting == plain.at(6).setting


# --- the result


def test_result():
    result = run("redundancy", [1, 5], scoring=["accuracy", "f1_macro"])
    assert isinstance(result, StudyResult)
    assert result.metrics == ["accuracy", "f1_macro"]
    frame = result.to_frame()
    assert list(frame) == [
        *("strategy", "redundancy", "repeat", "round", "n_labeled", "metric", "score"),
        *TIMES,
    ]
    assert len(frame) == 2 * 2 * 2 * 4 * 2
    assert list(result.picks) == ["strategy", "redundancy", "repeat", "round", "row"]
    assert repr(result) == (
        "StudyResult(redundancy=[1, 5], strategies=['random', 'margin'], "
        "n_repeats=2, baseline='random')"
    )
    summary = result.summary(metric="f1_macro")
    assert summary.index.names == ["redundancy", "strategy"]
    for value in result.values:
        alone = result.at(value)
        assert "redundancy" not in alone.to_frame()
        assert alone.setting["redundancy"] == value
        pd.testing.assert_frame_equal(
            summary.loc[value], alone.summary(metric="f1_macro")
        )
    turned = result.summary("margin")
    assert (turned.xs("margin", level=1)["verdict"] == "baseline").all()
    frame["score"] = 0
    assert result.to_frame()["score"].any(), "a copy"
    with pytest.raises(ValueError, match=r"value=2 is not among \[1, 5\]"):
        result.at(2)


# --- the display


def summary_of(rows, values=(1, 2)):
    columns = ["efficiency", "efficiency_low", "efficiency_high", "verdict"]
    index = pd.MultiIndex.from_product([values, ["random", "a", "b"]])
    return pd.DataFrame(rows, index=index, columns=columns)


@pytest.fixture
def drawn():
    none, nan = "no difference shown", np.nan
    return StudyDisplay(
        summary=summary_of(
            [
                (1, 1, 1, "baseline"),
                (2, 1.5, 3, "fewer labels"),
                (0.8, 0.5, 1.2, none),
                (1, 1, 1, "baseline"),
                (1.1, 0.9, 1.4, none),
                (nan, 0, 0.9, "worse"),
            ]
        ),
        axis_label="copies",
    ).plot()


def test_display_lines_and_markers(drawn):
    assert list(drawn.lines_) == ["a", "b"]
    a, b = drawn.lines_.values()
    assert_allclose(a.get_ydata(), [2, 1.1])
    assert_allclose(b.get_ydata(), [0.8, np.nan])
    assert_allclose(b.get_xdata() - a.get_xdata(), 0.08)
    assert_allclose((a.get_xdata() + b.get_xdata()) / 2, [0, 1])
    assert a.get_color() != b.get_color()
    assert a.get_marker() != b.get_marker()
    assert a.get_markerfacecolor() == "white", "hollow"
    ax = drawn.ax_
    filled = [line for line in ax.lines if line.get_linestyle() == "None"]
    judged = {
        (x, y)
        for line in filled
        for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)
        if np.isfinite(y)
    }
    bottom, top = ax.get_ylim()
    # The verdict above 1, and an arrow at the bottom for what never gets there.
    assert judged == {(a.get_xdata()[0], 2.0), (b.get_xdata()[1], bottom)}
    (arrow,) = [line for line in filled if bottom in line.get_ydata()]
    assert arrow.get_marker() == "v"
    assert arrow.get_color() == b.get_color()
    assert bottom < 0.5
    assert top > 3


def test_display_intervals_and_texts(drawn):
    spans = [
        (float(x), low, high)
        for collection in drawn.ax_.collections
        for (x, low), (_, high) in collection.get_segments()
    ]
    bottom = drawn.ax_.get_ylim()[0]
    assert_allclose(
        [span[1:] for span in spans],
        [(1.5, 3), (0.9, 1.4), (0.5, 1.2), (bottom, 0.9)],
    )
    assert drawn.ax_.get_yscale() == "log"
    assert [text.get_text() for text in drawn.ax_.get_xticklabels()] == ["1", "2"]
    assert drawn.ax_.get_xlabel() == (
        "copies\n(hollow: no difference shown;\narrow: never reaches the final score "
        "of 'random')"
    )
    assert "as many labels as 'random'" in drawn.ax_.get_ylabel()
    legend = [text.get_text() for text in drawn.ax_.get_legend().get_texts()]
    assert legend == ["a", "b"]


def test_display_among_others(drawn):
    fig, axes = plt.subplots(2, 2, layout="constrained")
    for ax in axes.flat:
        drawn.plot(ax)
    fig.canvas.draw()  # warns where the layout has no room
    assert axes[0, 0].bbox.y0 > axes[1, 0].bbox.y1


def test_plot_of_a_result():
    result = run("n_initial", [6, 12])
    _, ax = plt.subplots()
    display = result.plot(ax, baseline="margin")
    assert display.ax_ is ax
    assert list(display.lines_) == ["random"]
    assert ax.get_xlabel().startswith("labels to begin with")
    efficiency = result.summary("margin").xs("random", level=1)["efficiency"]
    assert_allclose(display.lines_["random"].get_ydata(), efficiency)
    assert StudyDisplay.from_result(result).figure_ is not ax.figure


def test_plot_of_a_single_repeat():
    display = run("n_initial", [6, 12], n_repeats=1).plot()
    assert "margin" in display.lines_
    assert all(np.isfinite(display.ax_.get_ylim()))


def test_training_part_of_a_plain_simulation_is_the_table():
    part = TrainingPart(np.array([2, 0]), y[[2, 0]])
    assert_array_equal(part.samples(X), X[[2, 0]])
