"""Campaigns whose nets are trained at once: what campaigns apart give."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch
from numpy.testing import assert_allclose
from sklearn.base import clone
from sklearn.datasets import load_diabetes, load_digits
from sklearn.exceptions import FitFailedWarning
from sklearn.feature_selection import SequentialFeatureSelector
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import nn

from skactive import ActiveLearner, Committee, Score, simulate
from skactive.datasets import robot_arm
from skactive.nets import (
    Snapshots,
    StopAtSaturation,
    TorchMLPClassifier,
    TorchMLPRegressor,
    _untrained,
    as_estimator,
)
from skactive.semisupervised import MixMatchClassifier
from skactive.simulation import study
from skactive.simulation._rounds_bar import RoundsBar

TIMES = ["fit_time", "query_time"]
SIZES = {"n_initial": 15, "n_queries": 10, "budget": 40, "n_repeats": 3}
CLASSIFIER = TorchMLPClassifier((16,), max_epochs=40, target_score=0.8)
REGRESSOR = TorchMLPRegressor((16, 16), max_epochs=10)


@pytest.fixture
def joint(monkeypatch):
    """Collect how many nets were trained at once."""
    sizes = []
    train = _untrained.train_together

    def spy(nets, *args):
        sizes.append(len(nets))
        train(nets, *args)

    monkeypatch.setattr(_untrained, "train_together", spy)
    return sizes


def digits():
    X, y = load_digits(return_X_y=True)
    few = y < 5
    return X[few][:400], y[few][:400]


def run(estimator, data, names=("random", "margin"), **options):
    options = {**SIZES, "random_state": 0, "strategies": list(names), **options}
    return simulate(estimator, *data, **options)


def check_same(result, expected, *, atol=1e-5):
    frame, other = result.to_frame(), expected.to_frame()
    pd.testing.assert_frame_equal(result.picks, expected.picks)
    pd.testing.assert_frame_equal(
        frame.drop(columns=["score", *TIMES]), other.drop(columns=["score", *TIMES])
    )
    assert_allclose(frame["score"], other["score"], rtol=0, atol=atol)
    assert (frame["fit_time"] > 0).all()
    assert result.setting == expected.setting


def test_digits(joint):
    names = ["random", "margin", "badge"]
    expected = run(CLASSIFIER, digits(), names)
    assert joint == []
    check_same(run(CLASSIFIER, digits(), names, batch_repeats=True), expected)
    # All nine where the classes seen are equally many, which they are at last.
    assert joint[0] >= 3
    assert joint[-1] == 9


def test_a_regression_table(joint):
    data, names = load_diabetes(return_X_y=True), ["random", "gsy", "lcmd"]
    scoring = ["r2", "neg_mean_absolute_error"]
    options = {"scoring": scoring, "n_initial": 20}
    expected = run(REGRESSOR, data, names, **options)
    together = run(REGRESSOR, data, names, **options, batch_repeats=True)
    check_same(together, expected, atol=1e-3)  # of errors of about 50
    assert joint == [9, 9, 9]


@pytest.mark.parametrize("start", ["warm", "shrink_perturb"])
def test_training_that_goes_on(joint, start):
    net = TorchMLPRegressor((8,), max_epochs=5, start=start)
    data = load_diabetes(return_X_y=True)
    expected = run(net, data, ["random", "gsy"])
    check_same(run(net, data, ["random", "gsy"], batch_repeats=True), expected)
    assert joint == [6] * 4


def test_pipelines_learners_of_their_own_and_skorch_nets(joint):
    net = TorchMLPRegressor((8,), max_epochs=5)
    nested = make_pipeline(StandardScaler(), make_pipeline(StandardScaler(), net))
    # Of the same shape, but not the same optimizer: not trained with the others.
    own = TorchMLPRegressor((8,), max_epochs=5, optimizer="sgd")
    module = nn.Sequential(nn.Linear(10, 4), nn.Tanh(), nn.Linear(4, 1))
    skorch = as_estimator(module, task="regression", max_epochs=5).net
    options = {
        "strategies": {
            "random": "random",
            "gsx": "gsx",
            "sgd": ActiveLearner(own, "gsx"),
            "skorch": ActiveLearner(make_pipeline(StandardScaler(), skorch), "gsx"),
        },
        "baseline": "random",
    }
    X, y = load_diabetes(return_X_y=True)
    data = pd.DataFrame(X).add_prefix("x"), y
    expected = run(nested, data, **options)
    check_same(run(nested, data, **options, batch_repeats=True), expected)
    assert joint == [6, 3, 3] * 4


def test_problems_with_fresh_pools(joint):
    net = TorchMLPRegressor((8,), max_epochs=5)
    options = {"names": ["random", "gsx"], "pool_ratio": 4, "test_size": 50}
    expected = run(net, (robot_arm(),), **options)
    check_same(run(net, (robot_arm(),), **options, batch_repeats=True), expected)
    assert joint == [6] * 4


def test_several_processes():
    data, options = load_diabetes(return_X_y=True), {"names": ["random", "gsx"]}
    expected = run(REGRESSOR, data, **options)
    options |= {"batch_repeats": True, "n_jobs": 2, "verbose": 1}
    check_same(run(REGRESSOR, data, **options), expected)


def test_each_process_has_a_bar(capsys):
    campaigns = {
        "a": SimpleNamespace(totals=[10, 20]),
        "b": SimpleNamespace(totals=[9]),
    }
    kept = []
    options = {"a": {"played": [0], "keep": kept.append}, "b": {}}
    with RoundsBar("simulate", 1, 2).count(campaigns, options):
        options["a"]["keep"](1)
        options["b"]["keep"](2)
    assert kept == [1]
    bar = capsys.readouterr().err
    assert "simulate 2/2:  33%" in bar
    assert " 3/3 " in bar


def test_conditions_of_a_study_wait_for_each_other(joint):
    net = TorchMLPRegressor((8,), max_epochs=3)
    options = {
        **{"vary": "n_queries", "values": [5, 10], "strategies": ["random", "gsx"]},
        **{**SIZES, "budget": 35, "random_state": 0},
    }
    data = load_diabetes(return_X_y=True)
    expected = study(net, *data, **options)
    together = study(net, *data, **options, batch_repeats=True)
    frames = [r.to_frame().drop(columns=TIMES) for r in (together, expected)]
    pd.testing.assert_frame_equal(*frames, rtol=1e-4)
    # 15 and 25 and 35 labels for both, 20 and 30 for one of them.
    assert joint == [12, 6, 12, 6, 12]


def test_seed_sets_in_search_of_a_second_class_catch_up(joint):
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((120, 3)), np.arange(120) % 12 == 0
    net = TorchMLPClassifier((8,), max_epochs=3, target_score=None)
    options = {"n_initial": 4, "n_queries": 10, "budget": 34, "n_repeats": 5}
    expected = run(net, (X, y), **options)
    joint.clear()
    together = run(net, (X, y), **options, batch_repeats=True)
    pd.testing.assert_frame_equal(together.picks, expected.picks)
    sizes = expected.to_frame().groupby(["repeat", "round"])["n_labeled"].first()
    assert sizes[:, 0].nunique() > 1
    assert joint[-1] == 10


@pytest.mark.parametrize("kept", [0, 1, 3])
def test_taken_up_where_it_stopped(tmp_path, joint, kept, capsys):
    data, net = load_diabetes(return_X_y=True), TorchMLPRegressor((8,), max_epochs=5)
    options = {"names": ["random", "gsy"], "checkpoint": tmp_path}
    expected = run(net, data, **options)
    for number, path in enumerate(sorted(tmp_path.glob("*.jsonl"))):
        lines = path.read_bytes().splitlines(keepends=True)
        # Some are a round ahead, as they are when a run is killed.
        path.write_bytes(b"".join(lines[: kept + (number < 2)]))
    check_same(run(net, data, **options, batch_repeats=True, verbose=1), expected)
    assert joint == {0: [4, 6, 6, 6], 1: [4, 6, 6], 3: [4]}[kept]
    bar = capsys.readouterr().err
    assert f" {6 * kept + 2}/24 " in bar
    assert " 24/24 " in bar
    joint.clear()
    check_same(run(net, data, **options, batch_repeats=True), expected)
    assert joint == []


class Stumbling(Score):
    """Fails when asked by a learner with 25 labels in the second repeat."""

    n_asked = 0

    def _score(self, X):
        Stumbling.n_asked += 1
        if Stumbling.n_asked == 5:
            raise RuntimeError("stumbled")
        return np.arange(len(X), dtype=float)


def test_one_campaign_fails_and_the_others_go_on(joint):
    data, net = load_diabetes(return_X_y=True), TorchMLPRegressor((8,), max_epochs=3)
    strategies = {"random": "random", "stumbling": Stumbling()}
    Stumbling.n_asked = 0
    with pytest.warns(FitFailedWarning, match="stumbled"):
        result = run(net, data, strategies=strategies, batch_repeats=True)
    [failure] = result.failures.itertuples()
    assert (failure.strategy, failure.repeat, failure.round) == ("stumbling", 1, 2)
    assert joint == [6, 6, 5, 5]
    Stumbling.n_asked = 0
    with pytest.raises(RuntimeError, match="stumbled") as raised:
        run(net, data, strategies=strategies, batch_repeats=True, on_error="raise")
    assert "strategy 'stumbling', repeat 1, round 2" in raised.value.__notes__[0]


class Breaks(nn.Module):
    """Fails in training once it has seen a batch of 25 rows."""

    def __init__(self, n_in, n_out):
        super().__init__()
        self.layer = nn.Linear(n_in, n_out)

    def forward(self, X):
        if X.shape[-2] == 25:
            raise FloatingPointError("broke")
        return self.layer(X)


def test_a_failure_in_training_ends_all_that_are_trained():
    net = as_estimator(Breaks, task="regression", max_epochs=2)
    own = TorchMLPRegressor((4,), max_epochs=2)
    strategies = {"mine": ActiveLearner(net, "gsx"), "random": "random"}
    data = load_diabetes(return_X_y=True)
    with pytest.warns(FitFailedWarning, match="broke"):
        result = run(own, data, strategies=strategies, batch_repeats=True)
    assert result.failures["strategy"].tolist() == ["mine"] * 3
    assert result.failures["round"].tolist() == [1] * 3
    assert result.to_frame().groupby("strategy").size().to_dict() == {
        "mine": 3,
        "random": 12,
    }


class DrawsColumns(nn.Linear):
    def __init__(self):
        super().__init__(20, 10)
        self.columns = torch.randperm(64)[:20].tolist()

    def forward(self, X):
        return super().forward(X[:, self.columns])


class OwnFit(TorchMLPRegressor):
    def _fit(self, X, y, sample_weight):
        return self


@pytest.mark.parametrize(
    ("estimator", "reason"),
    [
        (LogisticRegression(), "LogisticRegression is no net, nor a Pipeline"),
        (Committee(CLASSIFIER, 2), "Committee is no net"),
        (GridSearchCV(CLASSIFIER, {}), "GridSearchCV is no net"),
        (
            as_estimator(
                nn.Sequential(nn.Linear(64, 10), nn.BatchNorm1d(10)),
                task="classification",
            ),
            "keeps statistics of the batches, as BatchNorm does",
        ),
        (
            as_estimator(DrawsColumns, task="classification"),
            "differs from net to net in more than the numbers in its parameters",
        ),
        (OwnFit(), "OwnFit trains in a way of its own"),
        (
            make_pipeline(StandardScaler(), MixMatchClassifier(CLASSIFIER)),
            "MixMatchClassifier learns from unlabeled samples too",
        ),
        (
            make_pipeline(
                SequentialFeatureSelector(CLASSIFIER, n_features_to_select=1, cv=2),
                CLASSIFIER,
            ),
            "a step of the Pipeline before the last trains a net too",
        ),
        (
            clone(CLASSIFIER).set_params(callbacks=[StopAtSaturation(), Snapshots(2)]),
            "it has callbacks of its own, Snapshots",
        ),
        (
            clone(CLASSIFIER).set_params(callbacks=[StopAtSaturation()]),
            "two stop rules, StopAtAccuracy(target=0.8) and StopAtSaturation(",
        ),
    ],
    ids=[
        "no net",
        "committee",
        "search",
        "batch norm",
        "own state",
        "own fit",
        "unlabeled",
        "net before",
        "calls",
        "stops",
    ],
)
def test_what_cannot_be_trained_at_once_is_refused(tmp_path, estimator, reason):
    with pytest.raises(ValueError, match="or pass batch_repeats=False") as raised:
        run(
            estimator,
            digits(),
            ["random"],
            batch_repeats=True,
            checkpoint=tmp_path / "runs",
            on_error="mark",
        )
    assert reason in str(raised.value)
    assert "strategy 'random'" in str(raised.value)
    assert not list(tmp_path.glob("runs/*"))


def test_the_torch_generator_is_left_alone():
    before = torch.get_rng_state()
    run(REGRESSOR, load_diabetes(return_X_y=True), ["random"], batch_repeats=True)
    assert torch.equal(before, torch.get_rng_state())
