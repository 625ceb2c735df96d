"""Runs that are killed, merged, or fail in part."""

import json
import os
import signal
import subprocess
import sys
import time
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import make_classification
from sklearn.decomposition import PCA
from sklearn.exceptions import FitFailedWarning
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline

from skactive import ActiveLearner, simulate, strategies
from skactive.datasets import robot_arm
from skactive.simulation import study

TIMES = ["fit_time", "query_time"]
X, y = make_classification(150, class_sep=0.7, flip_y=0.1, random_state=0)


def run(estimator=None, names=("random", "margin"), data=(X, y), **options):
    options = {
        **{"n_initial": 8, "n_queries": 4, "budget": 20, "n_repeats": 2},
        **{"random_state": 0, "strategies": names, **options},
    }
    if isinstance(names, tuple):
        options["strategies"] = list(names)
    return simulate(GaussianNB() if estimator is None else estimator, *data, **options)


def check_same(result, other):
    pd.testing.assert_frame_equal(
        result.to_frame().drop(columns=TIMES), other.to_frame().drop(columns=TIMES)
    )
    pd.testing.assert_frame_equal(result.picks, other.picks)


def cut(folder, n_rounds):
    """Leave the first rounds of each campaign, and half of a line."""
    for path in folder.glob("*.jsonl"):
        lines = path.read_bytes().splitlines(keepends=True)
        path.write_bytes(b"".join(lines[:n_rounds]) + lines[n_rounds][:20])


# A strategy with a memory, a model that goes on training, fresh pools, several scores.
RUNS = {
    "fresh starts": {},
    "memory": {
        "names": ("random", "clustermargin"),
        "estimator": LogisticRegression(),
    },
    "warm start": {"estimator": SGDClassifier(loss="log_loss", warm_start=True)},
    "scores": {"scoring": ["accuracy", "roc_auc"]},
    "cold seed set": {"initial": "kmeans"},
}


@pytest.mark.parametrize("options", RUNS.values(), ids=RUNS)
def test_taken_up_after_any_round(options, tmp_path):
    whole = run(checkpoint=tmp_path, **options)
    check_same(run(**options), whole)
    for n_rounds in range(4):
        kept = {path: path.read_bytes() for path in tmp_path.glob("*.jsonl")}
        assert len(kept) == 4
        cut(tmp_path, n_rounds)
        check_same(run(checkpoint=tmp_path, **options), whole)
        for path, before in kept.items():
            # Rounds that were kept are not played again: their times are the same.
            lines = before.splitlines()[:n_rounds], path.read_bytes().splitlines()
            assert lines[1][:n_rounds] == lines[0]
            assert len(lines[1]) == 4


@pytest.mark.parametrize("options", [{"pool_ratio": 4}, {"pool_size": 60}])
def test_problems_are_taken_up_as_well(options, tmp_path):
    from sklearn.kernel_ridge import KernelRidge

    options = {
        **{"estimator": KernelRidge(kernel="rbf"), "names": ("random", "gsx")},
        **{"data": (robot_arm(),), "test_size": 30, **options},
    }
    whole = run(checkpoint=tmp_path, **options)
    cut(tmp_path, 2)
    check_same(run(checkpoint=tmp_path, **options), whole)


def test_a_learner_that_remembers_must_ask_the_same(tmp_path):
    estimator = SGDClassifier(loss="log_loss", warm_start=True)
    run(estimator, checkpoint=tmp_path)
    cut(tmp_path, 3)
    path = tmp_path / "margin-1.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines()[:3]]
    lines[1]["rows"] = lines[1]["rows"][::-1]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    with pytest.raises(RuntimeError, match="asks other samples than it asked before"):
        run(estimator, checkpoint=tmp_path, on_error="raise")


SIZES_SEEN = []


class Counting(GaussianNB):
    def fit(self, X, y):
        SIZES_SEEN.append(len(y))
        return super().fit(X, y)


def test_a_finished_run_trains_nothing(tmp_path):
    SIZES_SEEN.clear()
    whole = run(Counting(), checkpoint=tmp_path)
    assert SIZES_SEEN == [8, 12, 16, 20] * 4
    SIZES_SEEN.clear()
    check_same(run(Counting(), checkpoint=tmp_path), whole)
    assert SIZES_SEEN == []
    cut(tmp_path, 2)
    check_same(run(Counting(), checkpoint=tmp_path), whole)
    # Once on all labels of the rounds that were kept, then once in each round.
    assert SIZES_SEEN == [12, 16, 20] * 4


SCRIPT = """
import sys
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from skactive import simulate

names = ["random", "margin", "entropy", "coreset"]
result = simulate(
    RandomForestClassifier(5), *load_iris(return_X_y=True), strategies=names,
    n_initial=10, n_queries=5, budget=60, n_repeats=2, random_state=0,
    n_jobs=int(sys.argv[1]), checkpoint=sys.argv[2],
)
result.to_frame().to_csv(sys.argv[3], index=False)
"""


def test_killed_at_any_moment(tmp_path, monkeypatch):
    folder, table = tmp_path / "killed", tmp_path / "killed.csv"

    def start():
        command = [sys.executable, "-c", SCRIPT, "2", folder, table]
        return subprocess.Popen(command, start_new_session=True)

    uninterrupted = [str(tmp_path / name) for name in ("whole", "whole.csv")]
    monkeypatch.setattr(sys, "argv", ["script", "1", *uninterrupted])
    exec(SCRIPT, {})  # here: starting processes takes most of the time
    n_rounds = sum(
        len(p.read_bytes().splitlines()) for p in (tmp_path / "whole").glob("*.jsonl")
    )
    process = start()
    n_wanted = np.random.default_rng(0).integers(1, n_rounds)
    while process.poll() is None:
        written = sum(p.read_bytes().count(b"\n") for p in folder.glob("*.jsonl"))
        if written >= n_wanted:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        time.sleep(0.01)
    assert process.returncode == -signal.SIGKILL
    assert not table.exists()
    assert start().wait() == 0
    whole, killed = (pd.read_csv(tmp_path / f"{n}.csv") for n in ("whole", "killed"))
    pd.testing.assert_frame_equal(
        whole.drop(columns=TIMES), killed.drop(columns=TIMES), check_exact=True
    )


class Meddled(GaussianNB):
    """Calls what is set from outside once it has so many labels."""

    meddle = None
    size = 16

    def fit(self, X, y):
        if len(y) == self.size and Meddled.meddle is not None:
            Meddled.meddle()
        return super().fit(X, y)


def table_of(folder):
    rounds = {}
    for path in folder.glob("*.jsonl"):
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        rounds[path.name] = [(each["rows"], each["scores"]) for each in lines]
    return rounds


def test_a_second_writer_of_the_same_rounds(tmp_path, monkeypatch):
    whole = run(Meddled(), checkpoint=tmp_path / "whole")

    def another():
        Meddled.meddle = None
        run(Meddled(), checkpoint=tmp_path / "twice")

    monkeypatch.setattr(Meddled, "meddle", another)
    check_same(run(Meddled(), checkpoint=tmp_path / "twice"), whole)
    assert table_of(tmp_path / "twice") == table_of(tmp_path / "whole")
    check_same(run(Meddled(), checkpoint=tmp_path / "twice"), whole)


def test_rounds_that_two_wrote_at_once_count_once(tmp_path):
    whole = run(checkpoint=tmp_path)
    for number, path in enumerate(tmp_path.glob("*.jsonl")):
        lines = path.read_bytes().splitlines(keepends=True)
        path.write_bytes(b"".join(lines * 2 if number else np.repeat(lines, 2)))
    check_same(run(checkpoint=tmp_path), whole)


def test_a_second_writer_of_other_rounds_ends_the_run(tmp_path, monkeypatch):
    path = tmp_path / "margin-1.jsonl"

    def another():
        if path.exists():
            lines = path.read_text().splitlines()
            done = json.loads(lines[-1])
            rows = [*reversed(done["rows"][:4])]
            more = {**done, "rows": rows, "places": rows, "n_labeled": 16}
            path.write_text("\n".join([*lines, json.dumps(more), ""]))

    monkeypatch.setattr(Meddled, "meddle", another)
    with pytest.raises(RuntimeError, match=r"margin-1\.jsonl was changed while"):
        run(Meddled(), checkpoint=tmp_path)


def without(number):
    return lambda lines: lines[:number] + lines[number + 1 :]


def changed(**change):
    def change_third(lines):
        third = json.dumps({**json.loads(lines[2]), **change}).encode() + b"\n"
        return [*lines[:2], third, *lines[3:]]

    return change_third


DAMAGES = {
    "first gone": without(0),
    "third gone": without(2),
    "no rows": changed(rows=None),
    "other rows": changed(rows=[1, 2]),
    "other number": changed(n_labeled=17),
    "no time": changed(fit_time=None),
    "no scores": changed(scores=None),
    "no score": changed(scores={"accuracy": None}),
    "not JSON": lambda lines: [*lines, b"{\n"],
    "one more": lambda lines: [*lines, lines[-1].replace(b'"n_labeled": 2', b'"n_')],
    "empty line": lambda lines: [*lines, b"\n"],
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_damaged_rounds_are_named(damage, tmp_path):
    whole = run(checkpoint=tmp_path)
    path = tmp_path / "margin-1.jsonl"
    path.write_bytes(b"".join(damage(path.read_bytes().splitlines(keepends=True))))
    with pytest.raises(ValueError, match=r"margin-1\.jsonl is damaged.* Delete this"):
        run(checkpoint=tmp_path)
    path.unlink()
    check_same(run(checkpoint=tmp_path), whole)


SEED_SETS = {"n_initial": 2, "n_queries": 1, "budget": 12}


def test_seed_sets_that_took_more_labels_are_no_damage(tmp_path):
    data = X[:60], np.r_[np.ones(2), np.zeros(58)].astype(int)
    options = {**SEED_SETS, "data": data, "scoring": "accuracy", "n_repeats": 4}
    options |= {"budget": 45, "n_queries": 8}
    whole = run(checkpoint=tmp_path, **options)
    assert (whole.to_frame().query("round == 0")["n_labeled"] > 2).any()
    check_same(run(checkpoint=tmp_path, **options), whole)
    cut(tmp_path, 2)
    check_same(run(checkpoint=tmp_path, **options), whole)


def start_script(folder, table):
    command = [sys.executable, "-c", SCRIPT, "2", folder, table]
    return subprocess.Popen(command, start_new_session=True)


def test_two_writers_at_once(tmp_path):
    folder = tmp_path / "both"
    # Its workers outlive this one.
    killed = start_script(folder, tmp_path / "0.csv")
    while not [p for p in folder.glob("*.jsonl") if p.read_bytes().count(b"\n") > 1]:
        assert killed.poll() is None
        time.sleep(0.01)
    killed.kill()
    killed.wait()
    # And two at once.
    both = [start_script(folder, tmp_path / f"{n}.csv") for n in (1, 2)]
    assert [process.wait() for process in both] == [0, 0]
    assert start_script(folder, tmp_path / "3.csv").wait() == 0
    first, *others = (
        pd.read_csv(tmp_path / f"{n}.csv").drop(columns=TIMES) for n in (1, 2, 3)
    )
    assert len(first) == 4 * 2 * 11
    for other in others:
        pd.testing.assert_frame_equal(first, other, check_exact=True)


def test_a_run_grows_and_folders_are_merged(tmp_path):
    run(names=("random",), checkpoint=tmp_path / "a")
    run(names=("margin", "entropy"), checkpoint=tmp_path / "b", baseline="margin")
    for path in (tmp_path / "b").glob("*.jsonl"):
        path.rename(tmp_path / "a" / path.name)
    names = ("random", "margin", "entropy")
    merged = run(names=names, checkpoint=tmp_path / "a")
    check_same(merged, run(names=names))
    check_same(
        run(names=names, n_repeats=3, checkpoint=tmp_path / "a"),
        run(names=names, n_repeats=3),
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"estimator": LogisticRegression()}, "estimator is .*LogisticRegression"),
        ({"data": (X + 1, y)}, "X is 'ndarray "),
        ({"data": (X, 1 - y)}, "y is 'ndarray "),
        ({"n_queries": 3}, "n_queries is 3, .*with 4"),
        ({"initial": "kmeans"}, "initial is 'kmeans'.*with 'random'"),
        ({"test_size": 0.3}, "test_size is 0.3, .*with 0.25"),
        ({"scoring": "f1_macro"}, "scoring is {'f1_macro': 'f1_macro'}, .*with {"),
        ({"random_state": 1}, "random_state is 1, .*with 0"),
        ({"names": {"random": strategies.coreset()}}, "strategy 'random' is .*KCenter"),
    ],
)
def test_another_setting_is_refused_and_named(options, message, tmp_path):
    run(names=("random",), checkpoint=tmp_path)
    with pytest.raises(ValueError, match=message):
        run(checkpoint=tmp_path, **{"names": ("random",), **options})


def test_of_long_descriptions_the_difference_is_told(tmp_path):
    def call(C):
        model = make_pipeline(PCA(), LogisticRegression(C=C, random_state=0))
        return run(model, names=("random",), checkpoint=tmp_path)

    call(0.5)
    with pytest.raises(ValueError, match=r"\.LogisticRegression\(C=0.5, cl") as told:
        call(0.25)
    message = str(told.value).replace(str(tmp_path), "")
    assert ".LogisticRegression(C=0.25, cl" in message
    assert len(message) < 400


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"parts": []}', "{", None])
def test_a_folder_without_its_setting_is_refused(content, tmp_path):
    run(names=("random",), checkpoint=tmp_path)
    path = tmp_path / "setting.json"
    path.unlink()
    if content is None:
        match = "has rounds, but no setting.json"
    else:
        match = r"setting\.json is damaged"
        path.write_text(content)
    for options in ({}, {"estimator": LogisticRegression()}, {"random_state": None}):
        with pytest.raises(ValueError, match=match):
            run(**{"names": ("random",), "checkpoint": tmp_path, **options})


@pytest.mark.parametrize("verbose", [None, "1"])
def test_verbose_is_checked(verbose):
    with pytest.raises(ValueError, match=f"verbose={verbose!r}; pass a number"):
        run(verbose=verbose)


def test_labels_with_hyphens_have_files_of_their_own(tmp_path):
    options = {
        "vary": "n_queries",
        "values": {"1-5": 4, "5": 2},
        "strategies": {"m": "random", "m-1": "margin"},
        **{"n_initial": 8, "n_queries": 4, "budget": 12, "n_repeats": 1},
        "random_state": 0,
    }
    kept = study(GaussianNB(), X, y, checkpoint=tmp_path, **options)
    assert len(list(tmp_path.glob("*.jsonl"))) == 4
    pd.testing.assert_frame_equal(
        kept.picks, study(GaussianNB(), X, y, **options).picks
    )
    with pytest.raises(ValueError, match="labels that read the same"):
        run(names={"margin": "random", "Margin": "margin"}, checkpoint=tmp_path)


# Failures


class Broken(GaussianNB):
    def fit(self, X, y):
        if len(y) > 12:
            raise FloatingPointError("too many")
        return super().fit(X, y)


def test_failures_are_named_and_the_others_end():
    names = {
        "random": "random",
        "fine": "margin",
        "broken": ActiveLearner(Broken(), "margin"),
    }
    with pytest.warns(FitFailedWarning, match="2 of 6 campaigns failed") as caught:
        result = run(names=names)
    assert "strategy 'broken', repeat 0, round 2: FloatingPointError" in str(
        caught[0].message
    )
    assert caught[0].filename == __file__
    assert result.strategies == ["random", "fine"]
    failures = result.failures
    assert list(failures) == ["strategy", "repeat", "round", "error", "traceback"]
    assert failures["strategy"].tolist() == ["broken"] * 2
    assert failures["repeat"].tolist() == [0, 1]
    assert failures["round"].tolist() == [2, 2]
    assert failures["error"].unique().tolist() == ["FloatingPointError: too many"]
    assert "in fit" in failures["traceback"][0]
    frame = result.to_frame()
    assert frame["strategy"].value_counts().to_dict() == {
        **dict.fromkeys(["random", "fine"], 8),
        "broken": 4,
    }
    assert result.summary().index.tolist() == ["random", "fine"]
    assert "FAILED: broken, in 2 repeats, first in repeat 0, round 2" in result.report()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FitFailedWarning)
        check_same(run(names={**names, "fine": "margin"}), result)


def test_failures_in_other_processes():
    broken = make_pipeline(PCA(10), GaussianNB())  # from a seed set of eight
    names = {"random": "random", "broken": ActiveLearner(broken, "margin")}
    with pytest.warns(FitFailedWarning, match="2 of 4 campaigns failed"):
        result = run(names=names, n_jobs=2)
    assert result.failures["round"].tolist() == [0, 0]
    assert "n_components=10" in result.failures["error"][0]


def test_nothing_is_hidden():
    names = {"random": "random", "broken": ActiveLearner(Broken(), "margin")}
    with pytest.raises(FloatingPointError, match="too many") as caught:
        run(names=names, on_error="raise")
    assert caught.value.__notes__ == [
        "In simulate: strategy 'broken', repeat 0, round 2."
    ]
    # Without a baseline there is nothing to compare.
    with (
        pytest.warns(FitFailedWarning),
        pytest.raises(FloatingPointError, match="too many"),
    ):
        run(names=names, baseline="broken")
    with pytest.warns(FitFailedWarning), pytest.raises(FloatingPointError):
        run(Broken())


LIMIT = {"size": 12}


class Limited(GaussianNB):
    def fit(self, X, y):
        if len(y) > LIMIT["size"]:
            raise FloatingPointError
        return super().fit(X, y)


FITS = []


class FailsOnce(GaussianNB):
    def fit(self, X, y):
        FITS.append(len(y))
        if len(FITS) == 2:
            raise FloatingPointError
        return super().fit(X, y)


def test_a_baseline_that_fails_once_is_played_to_its_end():
    FITS.clear()
    with pytest.warns(FitFailedWarning, match="1 of 4"):
        result = run(FailsOnce())
    assert result.strategies == ["random", "margin"]
    assert not len(result.failures)
    check_same(result, run())


def test_a_failed_campaign_is_tried_again(tmp_path, monkeypatch):
    monkeypatch.setitem(LIMIT, "size", 12)
    names = {"random": "random", "mended": ActiveLearner(Limited(), "margin")}
    with pytest.warns(FitFailedWarning):
        run(names=names, checkpoint=tmp_path)
    assert len((tmp_path / "mended-0.jsonl").read_text().splitlines()) == 2
    monkeypatch.setitem(LIMIT, "size", 99)
    result = run(names=names, checkpoint=tmp_path)
    assert not len(result.failures)
    check_same(result, run(names=names))


def test_a_result_from_elsewhere_may_have_failures():
    frame = run().to_frame()
    frame = frame.drop(frame.index[-1])
    with pytest.raises(ValueError, match="margin"):
        type(run()).from_frame(frame)
    failures = pd.DataFrame({"strategy": ["margin"], "repeat": [1], "round": [3]})
    assert type(run()).from_frame(frame, failures=failures).strategies == ["random"]
    failures["strategy"] = "random"
    with pytest.raises(ValueError, match="baseline='random'"):
        type(run()).from_frame(frame, failures=failures, baseline="random")
