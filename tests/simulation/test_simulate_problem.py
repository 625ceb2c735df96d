import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.kernel_ridge import KernelRidge
from sklearn.metrics import mean_squared_error
from sklearn.naive_bayes import GaussianNB

from skactive import strategies
from skactive.datasets import Problem, robot_arm, sine
from skactive.simulation import simulate

TIMES = ["fit_time", "query_time"]
ARM = ["base", "angle_1", "angle_2", "angle_3"]


def model():
    return KernelRidge(kernel="rbf", gamma=0.3, alpha=1e-3)


def run(problem=None, estimator=None, **options):
    options = {
        "strategies": ["random", "gsx"],
        "n_initial": 8,
        "n_queries": 4,
        "budget": 18,
        "n_repeats": 2,
        "test_size": 50,
        "scoring": "neg_mean_squared_error",
        "random_state": 0,
        **options,
    }
    problem = robot_arm() if problem is None else problem
    return simulate(model() if estimator is None else estimator, problem, **options)


def without_times(result):
    return result.to_frame().drop(columns=TIMES)


def corner(label_of_corner="in", size=0.2):
    """A problem of two classes; one is a small corner of a square."""

    def function(X):
        return np.where((size > X).all(axis=1), label_of_corner, "out")

    return Problem("corner", function, [(0, 1)] * 2, ("a", "b"), ("class",))


class Idle(RegressorMixin, BaseEstimator):
    """Learns nothing, and says with which samples it did."""

    def fit(self, X, y):
        self.X_ = X
        return self

    def predict(self, X):
        return np.zeros(len(X))


@pytest.mark.parametrize("options", [{"pool_ratio": 4}, {"pool_size": 40}, {}])
def test_table_and_picks(options):
    result = run(**options)
    frame = result.to_frame()
    assert frame["n_labeled"].tolist() == [8, 12, 16, 18] * 4
    assert result.picks.columns.tolist() == ["strategy", "repeat", "round", *ARM]
    assert len(result.picks) == 4 * 18
    for name, value in {"problem": "robot_arm", **options}.items():
        assert result.setting[name] == value


@pytest.mark.parametrize("options", [{"pool_ratio": 4}, {}])
def test_scores_are_those_of_a_model_taught_what_was_picked(options):
    arm = robot_arm()
    X_test = arm.sample(30, 5)
    result = run(X_test=X_test, y_test=arm(X_test), **options)
    picks = result.picks
    for row in result.to_frame().itertuples():
        asked = picks[
            (picks["strategy"] == row.strategy)
            & (picks["repeat"] == row.repeat)
            & (picks["round"] <= row.round)
        ][ARM].to_numpy()
        assert len(asked) == row.n_labeled
        prediction = model().fit(asked, arm(asked)).predict(X_test)
        assert_allclose(row.score, -mean_squared_error(arm(X_test), prediction))


@pytest.mark.parametrize("options", [{"pool_ratio": 4}, {"pool_size": 40}])
def test_strategies_of_a_repeat_share_all_that_is_drawn(options):
    twins = {"random": "random", "twin": strategies.random(), "gsx": "gsx"}
    result = run(strategies=twins, **options)
    picks = result.picks.set_index("strategy")
    same = [picks.loc[label].reset_index(drop=True) for label in ("random", "twin")]
    pd.testing.assert_frame_equal(*same)
    seeds = result.picks[result.picks["round"] == 0]
    one, other = (seeds[seeds["repeat"] == r][ARM].to_numpy() for r in (0, 1))
    assert_array_equal(one[:8], one[-8:])
    assert not np.isin(one, other).any()
    first = result.to_frame().query("round == 0").groupby("repeat")["score"]
    assert (first.nunique() == 1).all()
    assert first.first().nunique() == 2


def test_fresh_pools_are_drawn_for_each_round_and_shared():
    # The whole pool is asked: so its points, and not only the seed set, are the same.
    result = run(pool_ratio=1)
    for _, part in result.picks.groupby(["repeat", "round"]):
        one, other = (
            part.loc[part["strategy"] == label, ARM].sort_values("base").to_numpy()
            for label in ("random", "gsx")
        )
        assert_array_equal(one, other)
    assert not result.picks.duplicated(["strategy", "repeat", *ARM]).any()


def test_seed_sets_and_test_sets_do_not_depend_on_the_pool():
    frames = [
        run(**options).to_frame().query("round == 0")["score"].tolist()
        for options in ({"pool_ratio": 2}, {"pool_ratio": 64}, {"pool_size": 30}, {})
    ]
    assert all(scores == frames[0] for scores in frames)


def test_a_fixed_pool_is_asked_until_it_is_empty():
    result = run(pool_size=10)  # 18 labels, 8 of them in the seed set
    asked = result.picks[result.picks["round"] > 0]
    sets = [
        set(part["base"]) for _, part in asked[asked["repeat"] == 0].groupby("strategy")
    ]
    assert sets[0] == sets[1]
    assert len(sets[0]) == 10


@pytest.mark.parametrize("options", [{"pool_ratio": 4}, {}])
def test_same_seed_same_table_for_every_n_jobs(options):
    first = run(n_jobs=1, **options)
    for other in (run(**options), run(n_jobs=2, **options)):
        pd.testing.assert_frame_equal(without_times(other), without_times(first))
        pd.testing.assert_frame_equal(other.picks, first.picks)
    different = run(random_state=1, **options)
    assert not without_times(different).equals(without_times(first))


@pytest.mark.parametrize("options", [{"pool_ratio": 4}, {"pool_size": 100}])
def test_labels_are_computed_only_where_they_are_asked(options):
    computed = []

    def function(X):
        computed.extend(X[:, 0])
        return X[:, 0]

    problem = Problem("line", function, [(0, 1)], ["x"], ["y"])
    X_test = np.linspace(0, 1, 7)[:, None]
    result = run(
        problem, Idle(), strategies=["random"], X_test=X_test, y_test=X_test, **options
    )
    assert sorted(computed) == sorted(result.picks["x"])


def test_test_size_is_a_number_of_samples():
    sizes = []

    def size_of_test_set(model, X, y):
        sizes.append(len(X))
        return 0.0

    run(scoring=size_of_test_set, strategies=["random"])
    run(scoring=size_of_test_set, strategies=["random"], test_size=None)
    assert set(sizes) == {50, 1000}


def test_outputs_in_one_dimension():
    assert run(sine()).picks.columns.tolist()[3:] == ["x"]


def test_a_seed_set_of_one_class_is_extended_and_counted():
    result = run(
        corner(),
        GaussianNB(),
        strategies=["random", "margin"],
        scoring="accuracy",
        n_initial=2,
        budget=60,
        n_queries=20,
        n_repeats=4,
        pool_ratio=4,
    )
    picks = result.picks[result.picks["round"] == 0]
    extended = set()
    for _, part in picks.groupby(["strategy", "repeat"]):
        labels = corner()(part[["a", "b"]])
        assert len(set(labels)) == 2
        if len(labels) > 2:
            assert len(set(labels[:-1])) == 1  # not one label more than needed
            extended.add(len(labels))
    assert len(extended) > 1
    frame = result.to_frame()
    assert (frame.groupby(["repeat", "round"])["n_labeled"].nunique() == 1).all()
    assert frame["n_labeled"].max() == 60


def test_a_seed_set_that_cannot_have_two_classes_is_refused():
    with pytest.raises(ValueError, match=r"budget=18 .* second class"):
        run(corner("out"), GaussianNB(), scoring="accuracy")


class _Refuses(Idle):
    def fit(self, X, y):
        raise AssertionError("was fitted")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"y": np.zeros(3)}, "y=None"),
        ({"pool_ratio": 0.5}, "pool_ratio=0.5"),
        ({"pool_ratio": np.inf}, "pool_ratio=inf"),
        ({"pool_ratio": np.nan}, "pool_ratio=nan"),
        ({"pool_ratio": "4"}, "pool_ratio='4'"),
        ({"pool_ratio": 4, "pool_size": 50}, "pool_ratio=4 .* pool_size=50"),
        ({"pool_size": 9}, "pool_size=9; .* at least the 10 labels"),
        ({"pool_size": 40.0}, "pool_size=40.0"),
        ({"test_size": 0.25}, "test_size=0.25"),
        ({"test_size": 0}, "test_size=0"),
        ({"X_test": np.zeros((2, 4))}, "together"),
        ({"budget": 7}, "budget=7 is less than n_initial=8"),
    ],
)
def test_what_does_not_fit_is_refused_before_any_fit(options, message):
    with pytest.raises(ValueError, match=message):
        run(estimator=_Refuses(), **options)


@pytest.mark.parametrize("names", [("round", "a"), ("a", "a")])
def test_inputs_need_columns_of_their_own(names):
    problem = Problem("odd", lambda X: X[:, 0], [(0, 1)] * 2, names, ["y"])
    with pytest.raises(ValueError, match=rf"inputs named \['{names[0]}'\]"):
        run(problem, _Refuses())


@pytest.mark.parametrize("name", ["pool_ratio", "pool_size"])
def test_a_table_has_no_pool_of_its_own(name):
    X = np.zeros((40, 2))
    with pytest.raises(ValueError, match=rf"{name}=4 is for a Problem"):
        run(X, y=np.zeros(40), **{name: 4})
