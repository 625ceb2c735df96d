import json

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgba
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.kernel_ridge import KernelRidge

from skactive import ActiveLearner, Committee, simulate, strategies
from skactive.datasets import Problem, robot_arm, sine
from skactive.simulation import PoolRatioDisplay, PoolRatioResult, pool_ratio_study
from skactive.utils import describe

TIMES = ["fit_time", "query_time"]
ARM = ["base", "angle_1", "angle_2", "angle_3"]
SIZES = {"n_initial": 8, "n_queries": 4, "budget": 16, "n_repeats": 3}


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def model(gamma=0.3):
    return KernelRidge(kernel="rbf", gamma=gamma, alpha=1e-3)


def study(
    problem=None, estimator=None, names=("gsx", "gsxy"), ratios=(2, 8), **options
):
    options = {**SIZES, "random_state": 0, "test_size": 50, **options}
    names = names if isinstance(names, dict) else list(names)
    return pool_ratio_study(
        robot_arm() if problem is None else problem,
        model() if estimator is None else estimator,
        names,
        ratios,
        **options,
    )


def without_times(result):
    return result.to_frame().drop(columns=TIMES)


def check_same(result, other):
    pd.testing.assert_frame_equal(without_times(result), without_times(other))
    pd.testing.assert_frame_equal(result.picks, other.picks)


def test_table_and_picks():
    result = study()
    frame = result.to_frame()
    assert list(frame) == [
        *("strategy", "ratio", "repeat", "round", "n_labeled", "score"),
        *TIMES,
    ]
    cells = frame[["strategy", "ratio"]].drop_duplicates().apply(tuple, axis=1)
    pairs = [("gsx", 2), ("gsx", 8), ("gsxy", 2), ("gsxy", 8)]
    assert cells.tolist() == [("random", 1), *pairs]
    assert (frame["n_labeled"].to_numpy().reshape(-1, 3) == [8, 12, 16]).all()
    assert list(result.picks) == ["strategy", "ratio", "repeat", "round", *ARM]
    assert len(result.picks) == 15 * 16
    assert result.strategies == ["gsx", "gsxy"]
    assert result.ratios == [2, 8]
    assert result.metrics == ["neg_mean_squared_error"]
    assert "problem='robot_arm'" in repr(result)


def test_a_cell_is_what_simulate_measures():
    options = {"scoring": "neg_mean_squared_error", "random_state": 0, "test_size": 50}
    frame, picks = without_times(study()), study().picks
    for label, ratio in [("gsxy", 8), ("random", 1)]:
        alone = simulate(
            model(),
            robot_arm(),
            strategies=[label],
            pool_ratio=ratio,
            **SIZES,
            **options,
        )
        for table, other in [(frame, without_times(alone)), (picks, alone.picks)]:
            cell = table[(table["strategy"] == label) & (table["ratio"] == ratio)]
            cell = cell.drop(columns="ratio").reset_index(drop=True)
            pd.testing.assert_frame_equal(cell, other)


def test_ratios_share_the_seed_set_and_random_has_no_choice():
    picks = study().picks
    for _, part in picks[picks["round"] == 0].groupby("repeat"):
        points = part[ARM].to_numpy().reshape(5, 8, 4)
        assert_array_equal(points, np.broadcast_to(points[0], points.shape))
    # What random asks is the beginning of every pool: with a pool of as many points as
    # are asked, all strategies ask it.
    picks = study(ratios=(1,)).picks
    for _, part in picks.groupby(["repeat", "round"]):
        sets = part.groupby("strategy")["base"].apply(frozenset)
        assert sets.nunique() == 1


def test_same_table_for_every_n_jobs():
    check_same(study(n_jobs=2), study())


def test_nauc_is_the_mean_of_ratios_to_random():
    result = study(n_repeats=4)
    frame = result.to_frame()
    table = result.nauc()
    areas = frame.groupby(["strategy", "ratio", "repeat"])[
        ["n_labeled", "score"]
    ].apply(lambda part: np.trapezoid(-part["score"], part["n_labeled"]))
    reference = areas.loc["random", 1]
    for (label, ratio), row in table.iterrows():
        ratios = areas.loc[label, ratio] / reference
        assert_allclose(row["nauc"], ratios.mean())
        assert_allclose(row["standard_error"], ratios.sem())
        assert row["better"] == "below 1"
    assert table.index.tolist() == [
        *(("gsx", 2), ("gsx", 8)),
        *(("gsxy", 2), ("gsxy", 8)),
    ]


def test_nauc_with_a_pool_of_one_batch_is_one():
    table = study(ratios=(1, 2)).nauc().xs(1, level="ratio")
    assert_allclose(table["nauc"], 1)
    assert table["verdict"].tolist() == ["no difference shown"] * 2


def made_up(sign=1, n_repeats=5, **factors):
    """A result; `factors` maps a strategy to its loss over random's, for each ratio."""
    rng = np.random.default_rng(0)
    rows = []
    for repeat in range(n_repeats):
        loss = np.array([1, 0.5, 0.25]) * rng.uniform(0.8, 1.2)
        for label, ratio, factor in [
            ("random", 1, 1.0),
            *(
                (label, 2**i, factor * (1 + 0.01 * (repeat - n_repeats // 2)))
                for label, values in factors.items()
                for i, factor in enumerate(values, start=1)
            ),
        ]:
            rows += [
                (label, ratio, repeat, number, 10 * 2**number, sign * factor * value)
                for number, value in enumerate(loss)
            ]
    columns = ["strategy", "ratio", "repeat", "round", "n_labeled", "score"]
    frame = pd.DataFrame(rows, columns=columns).assign(metric="score")
    return PoolRatioResult(frame, None, setting={"problem": "made up"})


@pytest.mark.parametrize("sign", [-1, 1])
def test_verdicts_know_the_direction(sign):
    result = made_up(sign, good=[0.8, 1.0, 0.5], bad=[1.3, 1.0, 0.7])
    better, worse = ("better", "worse") if sign < 0 else ("worse", "better")
    same = "no difference shown"
    verdicts = result.nauc()["verdict"]
    assert verdicts.loc["good"].tolist() == [better, same, better]
    assert verdicts.loc["bad"].tolist() == [worse, same, better]
    p = result.nauc()["p_value"]
    assert ((p < 0.05) == (verdicts != same)).all()
    summary = result.summary()
    assert summary.loc["bad", f"n_{better}"] == summary.loc["bad", f"n_{worse}"] == 1
    assert summary.loc["good", "n_ratios"] == 3
    row = summary.loc["bad"]
    ends = [
        (row["best_ratio"], row["best_nauc"]),
        (row["worst_ratio"], row["worst_nauc"]),
    ]
    (low_ratio, low), (high_ratio, high) = ends if sign < 0 else ends[::-1]
    assert (low_ratio, high_ratio) == (8, 2)
    assert_allclose([low, high], [0.7, 1.3], rtol=0.02)


def test_a_single_repeat_has_no_verdict():
    table = made_up(n_repeats=1, mine=[0.5]).nauc()
    assert table["verdict"].tolist() == ["no difference shown"]
    assert table[["standard_error", "p_value"]].isna().all(axis=None)


def test_no_error_at_all_has_no_verdict():
    table = made_up(-1, mine=[0.0]).nauc()
    assert table["nauc"].tolist() == [0]
    assert table["verdict"].tolist() == ["no difference shown"]


def test_several_metrics():
    scoring = ["neg_mean_squared_error", "neg_mean_absolute_error", "r2"]
    result = study(scoring=scoring, names=["gsx"])
    assert result.metrics == scoring
    assert "metric" in result.to_frame()
    first, second = (result.nauc(metric=name)["nauc"] for name in scoring[:2])
    assert (first != second).all()
    assert_allclose(result.nauc()["nauc"], first)
    with pytest.raises(ValueError, match="metric='mse' is not among"):
        result.nauc(metric="mse")


def test_strategies_may_bring_their_own_estimator():
    own = ActiveLearner(Committee(model(), n_members=3), "qbc")
    assert study(names={"qbc": own}).strategies == ["qbc"]


def test_random_choice_is_the_reference_whether_it_is_named_or_not():
    check_same(study(names=["gsx", "random"]), study(names=["gsx"]))
    check_same(study(names={"random": "random", "gsx": "gsx"}), study(names=["gsx"]))


# The checkpoint


def test_interrupted_and_taken_up_again(tmp_path):
    class StopError(Exception):
        pass

    calls = []

    def function(X):
        calls.append(len(X))
        if limit is not None and len(calls) > limit:
            raise StopError
        return X.sum(axis=1)

    problem = Problem("sum", function, [(0, 1)] * 2, ("a", "b"), ("y",))
    limit = None
    whole = study(problem)
    n_calls, limit = len(calls), 15
    for _ in range(20):
        calls.clear()
        try:
            result = study(problem, checkpoint=tmp_path)
        except StopError:
            continue
        break
    check_same(result, whole)
    assert n_calls > 2 * limit
    assert len(list(tmp_path.iterdir())) == 1 + 15  # the setting, and the cells
    limit = 2 * SIZES["n_repeats"]  # the plan draws seed set and test set
    calls.clear()
    check_same(study(problem, checkpoint=tmp_path), whole)


def test_a_checkpoint_grows(tmp_path):
    study(names=["gsx"], ratios=(2,), n_repeats=2, checkpoint=tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.glob("*.jsonl")}
    assert len(before) == 4
    check_same(study(checkpoint=tmp_path), study())
    assert all(path.stat().st_mtime_ns == time for path, time in before.items())
    check_same(
        study(names=["gsxy"], ratios=(8.0,), checkpoint=tmp_path),
        study(names=["gsxy"], ratios=(8,)),
    )


def test_the_seed_is_kept_in_the_checkpoint(tmp_path):
    first = study(random_state=None, checkpoint=tmp_path)
    again = study(random_state=None, checkpoint=tmp_path)
    assert again.setting["random_state"] == first.setting["random_state"]
    check_same(again, first)
    check_same(study(random_state=first.setting["random_state"]), first)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"problem": sine()}, "problem is 'sine'.*with 'robot_arm'"),
        ({"estimator": model(0.1)}, "estimator is .*gamma=0.1.*with .*gamma=0.3"),
        ({"n_initial": 9}, "n_initial is 9, .*with 8"),
        ({"n_queries": 5}, "n_queries is 5, .*with 4"),
        ({"budget": 20}, "budget is 20, .*with 16"),
        ({"test_size": 60}, "test_size is 60, .*with 50"),
        ({"scoring": "neg_mean_absolute_error"}, "scoring is"),
        ({"random_state": 1}, "random_state is 1, .*with 0"),
        ({"names": {"gsx": strategies.kmeans()}}, "strategy 'gsx' is .*with .*KCenter"),
    ],
)
def test_another_setting_is_refused_and_named(options, message, tmp_path):
    study(names=["gsx"], ratios=(2,), n_repeats=1, checkpoint=tmp_path)
    with pytest.raises(ValueError, match=message):
        study(**{"names": ["gsx"], "checkpoint": tmp_path, **options})


def test_another_function_of_the_same_name_is_refused(tmp_path):
    def make(power):
        return Problem("mine", lambda X: X[:, 0] ** power, [(0, 1)], ["x"], ["y"])

    study(make(2), checkpoint=tmp_path)
    with pytest.raises(ValueError, match="labels of the first test set is 'ndarray"):
        study(make(3), checkpoint=tmp_path)


def test_labels_are_file_names(tmp_path):
    names = {"../a b/ü": "gsx", 1: "gsxy"}
    check_same(study(names=names, checkpoint=tmp_path), study(names=names))
    check_same(study(names=names, checkpoint=tmp_path), study(names=names))
    assert {path.parent for path in tmp_path.rglob("*.jsonl")} == {tmp_path}
    with pytest.raises(ValueError, match="labels that read the same"):
        study(names={1: "gsx", "1": "gsxy"}, checkpoint=tmp_path)


def test_nothing_is_left_half_written(tmp_path):
    study(names=["gsx"], checkpoint=tmp_path)
    assert not list(tmp_path.glob("*.part"))
    for path in tmp_path.iterdir():
        text = path.read_text(encoding="utf-8")
        for part in text.splitlines() if path.suffix == ".jsonl" else [text]:
            json.loads(part)


def test_descriptions_tell_by_content():
    class Plain:
        pass

    assert describe(model()) == describe(model())
    assert describe(model(0.1)) != describe(model())
    assert "gamma=0.3" in describe(Committee(model()))
    assert describe(Plain()) == describe(Plain())
    assert describe(np.zeros(2000)) != describe(np.eye(1, 2000, 1000)[0])
    assert describe({"a": [np.mean, 1]}) == describe({"a": (np.mean, 1)})


# The plot


def test_display_shows_every_cell():
    result = made_up(-1, good=[0.8, 1.0, 0.5], bad=[1.3, 1.0, 0.7])
    display = result.plot()
    texts = [text.get_text() for text in display.texts_.flat]
    values = result.nauc()["nauc"]
    marks = [" ▲", "", " ▲", " ▼", "", " ▲"]
    assert texts == [f"{v:.2f}{m}" for v, m in zip(values, marks, strict=True)]
    ax = display.ax_
    assert [t.get_text() for t in ax.get_xticklabels()] == ["2", "4", "8"]
    assert [t.get_text() for t in ax.get_yticklabels()] == ["good", "bad"]
    assert "below 1 is better" in ax.get_title()
    assert "pool ratio" in ax.get_xlabel()
    assert display.figure_ is ax.figure


@pytest.mark.parametrize("sign", [-1, 1])
def test_colors_know_the_direction_and_one_is_white(sign):
    result = made_up(sign, low=[0.5], one=[1.0], high=[1.5])
    image = result.plot().im_
    low, one, high = (image.to_rgba(value)[0][:3] for value in image.get_array())
    blue, orange = (low, high) if sign < 0 else (high, low)
    assert blue[2] > blue[0]
    assert orange[0] > orange[2]
    assert_allclose(one, to_rgba("white")[:3], atol=0.05)


def test_display_on_given_axes():
    _, (ax, other) = plt.subplots(1, 2)
    display = PoolRatioDisplay.from_result(made_up(-1, mine=[0.5, 0.0]), ax=other)
    assert display.ax_ is other
    assert not ax.images


class _Refuses(KernelRidge):
    def fit(self, X, y):
        raise AssertionError("was fitted")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"problem": np.zeros((3, 2))}, "is no Problem"),
        ({"ratios": ()}, r"ratios=\[\]"),
        ({"ratios": (2, 2.0)}, r"ratios=\[2, 2\]"),
        ({"ratios": (0.5,)}, "a ratio of ratios=0.5"),
        ({"names": ["random"]}, "nothing to compare"),
        ({"names": {"random": "gsx"}}, "label 'random'"),
        ({"names": ["gxs"]}, "gxs"),
        ({"budget": 7}, "budget=7"),
        ({"test_size": 0.25}, "test_size=0.25"),
        ({"random_state": -1}, "random_state=-1"),
    ],
)
def test_what_does_not_fit_is_refused_before_any_fit(options, message):
    with pytest.raises(ValueError, match=message):
        study(**{"estimator": _Refuses(), **options})


def test_an_error_says_where_it_came_from():
    with pytest.raises(AssertionError) as caught:
        study(estimator=_Refuses())
    assert caught.value.__notes__ == [
        "In pool_ratio_study: strategy 'random', ratio 1, repeat 0, round 0."
    ]


def _described(value):
    from skactive.utils import describe

    return describe(value)


def _power(p):
    return lambda estimator, X, y: -np.mean(abs(estimator.predict(X) - y) ** p)


def test_what_has_no_name_is_described_by_its_content():
    assert _described(_power(1)) == _described(_power(1))
    assert _described(_power(1)) != _described(_power(2))
    long = np.zeros(3000)
    changed = long.copy()
    changed[1500] = 1
    assert _described({"y": long}) == _described({"y": long.copy()})
    assert _described({"y": long}) != _described({"y": changed})
    torch = pytest.importorskip("torch")
    layer = torch.nn.Linear(2, 1)
    before = _described(layer)
    with torch.no_grad():
        layer.weight *= 50
    assert _described(layer) != before


def test_bad_checkpoints_are_named(tmp_path):
    from skactive.simulation._checkpoint import Checkpoint, check_file_labels

    (tmp_path / "file").write_text("")
    with pytest.raises(ValueError, match="is a file; name a folder"):
        Checkpoint(tmp_path / "file")
    store = Checkpoint(tmp_path)
    with pytest.raises(ValueError, match="too long for a file"):
        check_file_labels("strategies", ["x" * 300])
    (tmp_path / "gsx-2-0.jsonl").write_text('{"rows"}\n')
    with pytest.raises(ValueError, match=r"gsx-2-0\.jsonl is damaged"):
        store.log(("gsx", 2, 0), [8]).rounds()
