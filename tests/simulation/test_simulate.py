import numpy as np
import pandas as pd
import pytest
from joblib import parallel_config
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import load_iris, make_classification, make_regression
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import accuracy_score, get_scorer, make_scorer
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from skactive import ActiveLearner, strategies
from skactive.exceptions import MissingCapability
from skactive.nets import TorchMLPClassifier
from skactive.simulation import simulate

TIMES = ["fit_time", "query_time"]
SIZES = {"n_initial": 8, "n_queries": 4, "budget": 18, "n_repeats": 2}


def make_data(n_samples=120, seed=0):
    return make_classification(n_samples, class_sep=0.7, flip_y=0.1, random_state=seed)


def run(estimator=None, data=None, **options):
    X, y = make_data() if data is None else data
    options = {
        "strategies": ["random", "margin"],
        "random_state": 0,
        **SIZES,
        **options,
    }
    return simulate(GaussianNB() if estimator is None else estimator, X, y, **options)


def without_times(result):
    return result.to_frame().drop(columns=TIMES)


class Dummy(ClassifierMixin, BaseEstimator):
    """Sees everything, learns nothing; its score is its seed."""

    def __init__(self, random_state=None):
        self.random_state = random_state

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        return np.full(len(X), self.classes_[0])

    def score(self, X, y):
        return self.random_state


def test_table_and_picks_hold_every_round():
    result = run()
    frame, picks = result.to_frame(), result.picks
    assert list(frame.columns) == [
        "strategy",
        "repeat",
        "round",
        "n_labeled",
        "score",
        *TIMES,
    ]
    for (_, _), part in frame.groupby(["strategy", "repeat"]):
        assert part["round"].tolist() == [0, 1, 2, 3]
        assert part["n_labeled"].tolist() == [8, 12, 16, 18]
        assert part["query_time"].iloc[0] == 0
        assert (part["fit_time"] > 0).all()
    assert frame["strategy"].unique().tolist() == ["random", "margin"]
    assert list(picks.columns) == ["strategy", "repeat", "round", "row"]
    counts = picks.groupby(["strategy", "repeat", "round"]).size()
    assert counts.tolist() == [8, 4, 4, 2] * 4
    assert not picks.duplicated(["strategy", "repeat", "row"]).any()


def test_strategies_of_one_repeat_share_seed_set_and_first_score():
    result = run(n_repeats=3)
    seeds = result.picks[result.picks["round"] == 0]
    by_repeat = [
        [rows.tolist() for _, rows in part.groupby("strategy")["row"]]
        for _, part in seeds.groupby("repeat")
    ]
    assert all(first == second for first, second in by_repeat)
    assert by_repeat[0] != by_repeat[1]
    first = result.to_frame().query("round == 0")
    assert (first.groupby("repeat")["score"].nunique() == 1).all()


def test_seeds_of_the_model_belong_to_the_repeat():
    options = {
        "random": "random",
        "again": strategies.random(),
        "own": ActiveLearner(Dummy(), "random"),
    }
    result = run(Dummy(random_state=3), strategies=options, n_repeats=4)
    seeds = result.to_frame().groupby("repeat")["score"]
    assert (seeds.nunique() == 1).all()
    assert seeds.first().nunique() == 4


def test_equal_strategies_have_equal_curves():
    result = run(strategies={"random": "random", "twin": strategies.random()})
    score = result.to_frame().groupby("strategy")["score"].apply(list)
    assert score["random"] == score["twin"]
    assert result.summary().loc["twin", "efficiency"] == 1


def test_same_seed_same_table_for_every_n_jobs():
    forest = RandomForestClassifier(5)
    first = run(forest, n_jobs=1)
    for other in (run(forest), run(forest, n_jobs=2)):
        pd.testing.assert_frame_equal(without_times(other), without_times(first))
        pd.testing.assert_frame_equal(other.picks, first.picks)
    different = run(forest, random_state=1)
    assert not without_times(different).equals(without_times(first))


def test_seed_from_entropy_is_told():
    first = run(random_state=None)
    again = run(random_state=first.setting["random_state"])
    pd.testing.assert_frame_equal(without_times(again), without_times(first))


def test_labels_that_were_not_asked_are_never_read():
    X, y = make_data(200)
    y = y.astype(str).astype(object)
    test = {"X_test": X[:50], "y_test": y[:50]}
    pool, labels = X[50:], y[50:]
    first = run(data=(pool, labels), **test)
    poisoned = labels.copy()
    poisoned[np.setdiff1d(np.arange(150), first.picks["row"])] = "never asked"
    assert (poisoned == "never asked").sum() > 50
    second = run(data=(pool, poisoned), **test)
    pd.testing.assert_frame_equal(second.picks, first.picks)
    pd.testing.assert_frame_equal(without_times(second), without_times(first))


def test_test_set_is_never_asked_and_all_else_is_the_pool():
    X, y = make_data(60)
    result = run(data=(X, y), test_size=20, budget=40, n_queries=16, n_repeats=3)
    asked = result.picks.groupby(["strategy", "repeat"])["row"].apply(frozenset)
    assert all(len(rows) == 40 for rows in asked)
    assert (asked.groupby("repeat").nunique() == 1).all()
    assert asked.nunique() == 3  # every repeat has its own split
    fixed = run(data=(X, y), X_test=X, y_test=y, budget=60, n_queries=26)
    assert set(fixed.picks["row"]) == set(range(60))


def test_split_is_stratified_where_it_can_be():
    X, y = np.zeros((80, 1)), np.repeat([0, 1], [60, 20])
    sizes = {"test_size": 0.5, "budget": 40, "n_queries": 40}
    result = run(Dummy(), (X, y), strategies=["random"], **sizes)
    taught = result.picks.groupby("repeat")["row"].apply(lambda rows: y[rows].sum())
    assert taught.tolist() == [10, 10]
    y[0] = 2  # a class of one cannot be on both sides
    run(Dummy(), (X, y), strategies=["random"], **sizes)


def test_a_seed_set_of_one_class_is_extended_and_counted():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(300, 2)), np.array(["no"] * 300)
    y[rng.choice(300, 30, replace=False)] = "yes"
    sizes = {"n_initial": 2, "n_queries": 8, "budget": 40, "n_repeats": 4}
    result = run(data=(X, y), **sizes)
    frame = result.to_frame()
    planned = np.array([2, 10, 18, 26, 34, 40])
    extended = set()
    for (strategy, repeat), part in frame.groupby(["strategy", "repeat"]):
        picks = result.picks.set_index(["strategy", "repeat"]).loc[strategy, repeat]
        seed = y[picks.loc[picks["round"] == 0, "row"]]
        assert len(set(seed)) == 2
        if len(seed) > 2:
            assert (seed == seed[-1]).sum() == 1  # not one label more than needed
            extended.add((repeat, len(seed)))
        assert_array_equal(part["n_labeled"], np.maximum(planned, len(seed)))
        assert len(picks) == 40
    assert len(extended) > 1
    assert (frame.groupby(["repeat", "round"])["n_labeled"].nunique() == 1).all()
    assert result.summary().loc["random", "efficiency"] == 1


def test_a_seed_set_that_cannot_have_two_classes_is_refused():
    X, y = np.zeros((50, 1)), np.zeros(50)
    with pytest.raises(ValueError, match=r"y has one class only, 0\.0, .* another"):
        run(Dummy(), (X, y), X_test=X, y_test=y)
    with pytest.raises(ValueError, match="training part of y has one class only"):
        run(Dummy(), (X, np.r_[1, y[1:]]), test_size=0.5, random_state=2)
    y[-1] = 1
    with pytest.raises(ValueError, match=r"budget=18 .* in search of a second class"):
        run(Dummy(), (X, y), X_test=X, y_test=y)


def test_learners_bring_their_own_estimator():
    learner = ActiveLearner(LogisticRegression(), "margin")
    result = run(strategies={"random": "random", "logistic": learner})
    scores = (
        result.to_frame()
        .query("round == 0")
        .pivot_table(index="repeat", columns="strategy", values="score")
    )
    assert (scores["random"] != scores["logistic"]).any()
    assert not hasattr(learner, "estimator_")


def test_baseline():
    assert run().baseline == "random"
    assert run(strategies=["margin", "entropy"]).baseline == "margin"
    assert run(baseline="margin").baseline == "margin"
    with pytest.raises(ValueError, match=r"baseline='badge' .*\['random', 'margin'\]"):
        run(baseline="badge")


@pytest.mark.parametrize(
    ("scoring", "metrics"),
    [
        (None, ["score"]),
        ("f1", ["f1"]),
        (make_scorer(accuracy_score), ["score"]),
        (["f1", "accuracy"], ["f1", "accuracy"]),
        ({"a": "f1", "b": lambda model, X, y: model.score(X, y)}, ["a", "b"]),
    ],
)
def test_scorings(scoring, metrics):
    result = run(scoring=scoring)
    frame = result.to_frame()
    assert result.metrics == metrics
    assert ("metric" in frame) == (len(metrics) > 1)
    assert len(frame) == 16 * len(metrics)
    assert set(result.summary(metric=metrics[-1]).index) == {"random", "margin"}


def test_scores_are_those_of_the_model_that_was_taught():
    X, y = make_data()
    result = run(scoring=["accuracy", "neg_log_loss"], X_test=X, y_test=y)
    frame, picks = result.to_frame(), result.picks
    for (strategy, repeat, number), part in frame.groupby(
        ["strategy", "repeat", "round"]
    ):
        asked = picks.set_index(["strategy", "repeat"]).loc[strategy, repeat]
        rows = asked.loc[asked["round"] <= number, "row"]
        model = GaussianNB().fit(X[rows], y[rows])
        for metric, score in zip(part["metric"], part["score"], strict=True):
            assert score == pytest.approx(get_scorer(metric)(model, X, y))


def test_regression():
    data = make_regression(80, 4, noise=1, random_state=0)
    options = {
        "strategies": ["random", "coreset"],
        "scoring": "neg_root_mean_squared_error",
    }
    result = run(Ridge(), data, **options)
    assert result.metrics == ["neg_root_mean_squared_error"]
    assert (result.to_frame()["score"] < 0).all()


def _texts(X):
    return [" ".join(f"word{j}" for j in np.flatnonzero(row > 0)) for row in X]


@pytest.mark.parametrize(
    ("convert", "estimator"),
    [
        (lambda X: pd.DataFrame(X).add_prefix("f"), GaussianNB()),
        (sparse.csr_matrix, LogisticRegression()),
        (sparse.coo_array, LogisticRegression()),
        (_texts, make_pipeline(CountVectorizer(), LogisticRegression())),
        (
            lambda X: X.reshape(len(X), 1, 4, 5),
            make_pipeline(
                FunctionTransformer(lambda X: X.reshape(len(X), -1)), GaussianNB()
            ),
        ),
    ],
    ids=["DataFrame", "csr_matrix", "coo_array", "texts", "images"],
)
def test_containers_of_samples(convert, estimator):
    X, y = make_data()
    result = run(estimator, (convert(X), y), strategies=["random"])
    plain = run(strategies=["random"])
    pd.testing.assert_frame_equal(result.picks, plain.picks)


@pytest.mark.parametrize(
    "convert", [list, pd.Series, lambda y: pd.Series(y).astype(str)]
)
def test_containers_of_labels(convert):
    X, y = make_data()
    picks = run(data=(X, convert(y))).picks
    pd.testing.assert_frame_equal(picks, run().picks)


def test_series_with_its_own_index():
    X, y = make_data()
    index = np.arange(len(y))[::-1]
    data = (pd.DataFrame(X, index=index), pd.Series(y, index=index))
    pd.testing.assert_frame_equal(run(data=data).picks, run().picks)


def test_nothing_is_written_to_the_inputs():
    X, y = make_data()
    X.setflags(write=False)
    y.setflags(write=False)
    estimator, strategy = RandomForestClassifier(3), strategies.random()
    run(estimator, (X, y), strategies={"a": strategy})
    assert estimator.random_state is None
    assert not hasattr(estimator, "estimators_")
    assert strategy.random_state is None


def test_global_random_state_is_left_alone():
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    run()
    assert_array_equal(np.random.get_state()[1], state)  # noqa: NPY002


def test_progress_bar_on_stderr(capsys):
    run(verbose=1)
    out, err = capsys.readouterr()
    assert out == ""
    assert "4/4" in err
    run()
    assert capsys.readouterr().err == ""


def test_a_score_that_is_not_finite_is_an_error_at_once():
    with pytest.raises(ValueError, match=r"score=nan; choose a scoring") as caught:
        run(scoring=lambda model, X, y: np.nan, on_error="raise")
    note = "In simulate: strategy 'random', repeat 0, round 0."
    assert caught.value.__notes__ == [note]


class _RefusesError(Exception):
    pass


class _Refuses(Dummy):
    def fit(self, X, y):
        raise _RefusesError


def test_exceptions_of_the_estimator_pass_through():
    with pytest.raises(_RefusesError):
        run(_Refuses(), on_error="raise")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"budget": 91}, "budget=91 but there are only 90 training samples"),
        ({"budget": 7}, "budget=7 is less than n_initial=8"),
        ({"n_initial": 0}, "n_initial=0"),
        ({"n_queries": 2.5}, "n_queries=2.5"),
        ({"n_queries": True}, "n_queries=True"),
        ({"scoring": []}, r"scoring=\[\] is empty"),
        ({"scoring": "r2", "data": (np.eye(100), np.array(["a", "b"] * 50))}, "'r2'"),
        ({"scoring": "f1", "data": (np.eye(99), np.arange(99) % 3)}, "'f1' is not"),
        ({"X_test": np.zeros((0, 20)), "y_test": []}, "X_test has no rows"),
        ({"X_test": np.zeros((1, 20)), "y_test": [np.nan]}, "y_test has 1 labels"),
        ({"data": (np.eye(100), np.array([None, *"ab" * 49, "a"]))}, "y has 1 labels"),
        ({"data": (np.eye(3), [1.0, 2.0, np.inf])}, "y has 1 labels.*in row 2"),
        ({"estimator": "logistic"}, "estimator='logistic' is no estimator"),
        ({"estimator": GaussianNB}, "is no estimator"),
        ({"n_repeats": 0}, "n_repeats=0"),
        ({"n_initial": None}, "n_initial=None"),
        ({"test_size": "a"}, "test_size='a'; pass a share between 0 and 1, or a numb"),
        ({"test_size": 1.5}, "test_size=1.5; pass a share"),
        ({"checkpoint": 3}, "checkpoint=3; name a folder"),
        (
            {"data": (np.eye(40), np.arange(80).reshape(40, 2) % 3)},
            r"y has shape \(40, 2\), and a classifier .* pass one column",
        ),
        (
            {"data": (np.eye(40), np.linspace(0, 1, 40))},
            r"y of shape \(40,\) holds numbers such as 0\.02564, .* or a regressor",
        ),
        ({"data": ("text", [0, 1, 0, 1])}, "X='text' is a single text"),
        ({"initial": "margin"}, "initial='margin' cannot choose samples"),
        ({"initial": "kmaens"}, "initial='kmaens' is not known"),
        ({"on_error": "ignore"}, "on_error='ignore'"),
        ({"strategies": []}, r"strategies=\[\]"),
        ({"strategies": "random"}, "strategies='random'"),
        ({"strategies": ["margin", "margin"]}, r"\['margin'\] more than once"),
        ({"strategies": {("m", 1): "margin"}}, "a tuple; pass a string"),
        ({"strategies": ["margni"]}, "margin"),
        ({"scoring": "acuracy"}, "acuracy"),
        ({"X_test": np.zeros((3, 20))}, "together"),
        ({"X_test": np.zeros((3, 20)), "y_test": [0]}, "inconsistent"),
        ({"data": (np.zeros((9, 2)), None)}, "y=None"),
        ({"data": (np.zeros((9, 2)), [0])}, "inconsistent"),
    ],
)
def test_bad_arguments_are_refused_before_any_fit(options, message):
    with pytest.raises(ValueError, match=message):
        run(**{"estimator": _Refuses(), **options})


def test_one_column_of_labels_is_no_second_output():
    X, y = make_data()
    pd.testing.assert_frame_equal(
        without_times(run(data=(X, y[:, None]))), without_times(run(data=(X, y)))
    )


@pytest.mark.parametrize(
    ("strategy", "message"),
    [(strategies.margin, "not called"), (3, "3 is not a strategy")],
)
def test_what_is_no_strategy_is_refused(strategy, message):
    with pytest.raises(TypeError, match=message):
        run(_Refuses(), strategies={"mine": strategy})


def test_an_error_says_where_it_came_from():
    with pytest.raises(MissingCapability) as caught:
        run(strategies={"odd": "bald"})
    assert caught.value.__notes__ == ["In simulate: strategy 'odd', repeat 0, round 1."]


def test_the_default_strategy_has_no_name_in_a_list():
    with pytest.raises(ValueError, match=r'pass a dict such as \{"default": None\}'):
        run(strategies=["random", None])


@pytest.mark.parametrize("scoring", [{"accuracy"}, 3])
def test_scoring_of_another_kind_is_refused(scoring):
    with pytest.raises(ValueError, match=r"scoring=.*pass a name"):
        run(scoring=scoring)


def test_labels_may_be_numbers():
    result = run(strategies={1: "random", 2: "margin"})
    assert "\n2 " in result.report()
    assert result.baseline == 1


def test_campaigns_never_share_a_process_in_threads():
    net = TorchMLPClassifier((16,), max_epochs=30)
    X, y = load_iris(return_X_y=True)
    sizes = {"n_initial": 10, "n_queries": 10, "budget": 30, "random_state": 0}
    names = ["random", "margin", "entropy"]
    alone = simulate(net, X, y, strategies=names, **sizes)
    with parallel_config("threading", n_jobs=2):
        threaded = simulate(net, X, y, strategies=names, n_jobs=2, **sizes)
    assert threaded.picks.equals(alone.picks)
    assert threaded.to_frame()["score"].equals(alone.to_frame()["score"])
