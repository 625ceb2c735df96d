"""The command line from end to end."""

import json
import subprocess
import sys
import textwrap
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from sklearn.datasets import load_iris
from sklearn.exceptions import FitFailedWarning
from sklearn.naive_bayes import GaussianNB
from sklearn.utils import get_tags

from skactive import ActiveLearner, SimulationResult, datasets, simulate, strategies
from skactive.cli import _arguments, _plan, _simulate, main
from skactive.exceptions import MissingCapability

GUIDE = Path(__file__).parents[2] / "docs" / "user_guide"
SMALL = ["--budget", "24", "--n-initial", "12", "--n-queries", "6", "--n-repeats", "2"]


def make_table(n_rows=90):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "age": rng.normal(40, 9, n_rows),
            "town": rng.choice(["Bern", "Genf", "Chur"], n_rows),
            "size": rng.integers(0, 50, n_rows),
        }
    )
    frame["price"] = frame["age"] * 3 + 20 * (frame["town"] == "Bern")
    frame["kind"] = np.where(frame["price"] > 125, "dear", "cheap")
    frame.loc[::8, "age"] = np.nan
    frame.loc[::9, "town"] = None
    return frame


@pytest.fixture
def table(tmp_path, monkeypatch):
    """A small table, in the current folder."""
    monkeypatch.chdir(tmp_path)
    make_table().to_csv("table.csv", index=False)
    return "table.csv"


def run(*arguments):
    return main(["simulate", *map(str, arguments), "-q"])


def test_the_summary_is_all_that_goes_to_stdout(table, capsys):
    assert run(table, *SMALL, "--estimator", "logistic", "--drop", "price") == 0
    out, err = capsys.readouterr()
    assert out.startswith("Labels needed to reach the final score of 'random'")
    assert "(accuracy; 2 repeats" in out
    assert "estimator=logistic" in out
    assert "badge" in out
    assert "NOT BETTER" in out or "FEWER LABELS" in out
    for told in ("Target: 'kind'", "Task: classification", "Strategies:", "Sizes:"):
        assert told in err


def test_progress_is_shown_on_stderr(table, capsys):
    main(["simulate", table, *SMALL, "--estimator", "logistic"])
    assert "simulate: 100%" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("estimator", "target"),
    [
        ("mlp", "kind"),
        ("forest", "price"),
        ("gbdt", "kind"),
        ("gbdt", "price"),
        ("linear", "price"),
        ("gp", "kind"),
        ("gp", "price"),
    ],
)
def test_every_estimator_takes_a_mixed_table(table, estimator, target, capsys):
    sizes = ["--budget", "14", "--n-initial", "12", "--n-queries", "2"]
    options = ["--n-repeats", "1", "--estimator", estimator, "--target", target]
    assert run(table, *sizes, *options) == 0
    assert f"target={target}, estimator={estimator}" in capsys.readouterr().out


def test_it_measures_what_simulate_measures(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    arguments = ["--data", "iris", *SMALL, "--strategies", "margin, random"]
    run(*arguments, "--estimator", "logistic", "--csv", "r.csv", "--random-state", 3)
    X, y = _plan.load_data(_parsed(*arguments), 3)[:2]
    estimator, X = _plan.make_estimator("logistic", "classification", X)
    expected = simulate(
        estimator,
        X,
        y,
        strategies=["margin", "random"],
        n_initial=12,
        n_queries=6,
        budget=24,
        n_repeats=2,
        random_state=3,
    ).to_frame()
    times = ["fit_time", "query_time"]
    assert_frame_equal(
        pd.read_csv("r.csv").drop(columns=times), expected.drop(columns=times)
    )


def _parsed(*arguments):
    return _arguments.make_parser().parse_args(["simulate", *arguments])


def test_a_parquet_table_with_prices_and_lists(table, capsys):
    pytest.importorskip("pyarrow")
    frame = make_table()
    frame["price"] = [Decimal(f"{price:.2f}") for price in frame["price"]]
    frame["tags"] = [[i] for i in range(len(frame))]
    frame.to_parquet("table.parquet")
    options = [*SMALL, "--estimator", "linear", "--target", "price"]
    assert run("table.parquet", *options) == 0
    err = capsys.readouterr().err
    assert "Task: regression of 'price'" in err
    assert "Left out 'tags': lists or structs" in err
    assert run("table.parquet", "--target", "tags") == 2
    assert "target 'tags' holds lists or structs" in capsys.readouterr().err


def test_picks_are_rows_of_the_file(table, capsys):
    frame = make_table()
    frame.loc[[0, 5, 50], "kind"] = None
    frame.to_csv(table, index=False)
    arguments = [*SMALL, "--estimator", "logistic", "--out", "out"]
    assert run(table, *arguments, "--max-rows", 60) == 0
    rows = pd.read_csv("out/picks.csv")["row"]
    assert not rows.isin([0, 5, 50]).any()
    assert rows.max() > 60
    err = capsys.readouterr().err
    assert "Left out 3 of 90 rows" in err
    assert "Took 60 of 87 rows" in err


def test_several_metrics_are_shown_and_written(table, capsys):
    scoring = ["--scoring", "accuracy,neg_log_loss", "--csv", "all.csv"]
    assert run(table, *SMALL, "--estimator", "logistic", *scoring) == 0
    assert capsys.readouterr().out.count("Labels needed to reach") == 2
    assert set(pd.read_csv("all.csv")["metric"]) == {"accuracy", "neg_log_loss"}


@pytest.mark.parametrize("data", ["diabetes", "robot_arm"])
def test_bundled_tables_and_problems(data, capsys):
    assert run("--data", data, *SMALL, "--estimator", "linear") == 0
    assert f"{data}" in capsys.readouterr().out


def test_all_problems_are_offered():
    made = [getattr(datasets, name) for name in _arguments.PROBLEMS]
    assert all(isinstance(make(), datasets.Problem) for make in made)
    files = {make.__module__ for make in made}
    assert set(_arguments.PROBLEMS) == {
        name for name in datasets.__all__ if getattr(datasets, name).__module__ in files
    }


def test_sizes_fit_the_table(capsys):
    choose = _plan.choose_sizes
    y = np.repeat(range(10), 100)
    sizes = choose(_parsed("--data", "iris"), y, "classification")
    assert list(sizes.values()) == [20, 20, 200, 5]
    sizes = choose(_parsed("--data", "iris"), y[::25], "classification")
    assert list(sizes.values()) == [7, 1, 15, 5]
    sizes = choose(_parsed("--n-initial", "300"), y, "classification")
    assert sizes["budget"] == 300
    sizes = choose(_parsed("--budget", "1"), None, "regression")
    assert list(sizes.values()) == [1, 1, 1, 5]


def test_an_estimator_of_ones_own(table, capsys):
    with open("my_models.py", "w") as file:
        file.write(
            "from sklearn.naive_bayes import GaussianNB\n"
            "ready = GaussianNB()\n"
            "def make():\n    return GaussianNB()\n"
            "class Box:\n    inner = ready\n"
            "number = 3\n"
        )
    for name in ("ready", "make", "GaussianNB", "Box.inner"):
        options = ["--n-repeats", "1", "--estimator", f"my_models:{name}"]
        assert run(table, *SMALL, *options) == 0
    capsys.readouterr()
    for name, message in {
        "my_models:number": "of type int, not a scikit-learn estimator",
        "my_models:read": "has no 'read'. did you mean 'ready'?",
        "no_models:x": "no module 'no_models'",
        ":x": "no module name",
    }.items():
        assert run(table, *SMALL, "--estimator", name) == 2
        assert message in capsys.readouterr().err
    assert run(table, "--target", "age", "--estimator", "my_models:ready") == 2
    assert "is not for regression" in capsys.readouterr().err


def test_a_pipeline_of_ones_own_gets_the_table_as_it_is(table, capsys):
    with open("my_pipelines.py", "w") as file:
        file.write(
            "from sklearn.compose import make_column_transformer\n"
            "from sklearn.naive_bayes import GaussianNB\n"
            "from sklearn.pipeline import make_pipeline\n"
            "def make():\n"
            "    chosen = make_column_transformer(('passthrough', ['price', 'size']))\n"
            "    return make_pipeline(chosen, GaussianNB())\n"
        )
    assert run(table, *SMALL, "--estimator", "my_pipelines:make") == 0


class Counting(ActiveLearner):
    n_fits = 0

    def fit(self, X, y):
        Counting.n_fits += 1
        return super().fit(X, y)


def test_a_published_setting_is_played(monkeypatch, capsys):
    X, y = load_iris(return_X_y=True)
    own = {
        "random": "random",
        "margin": "margin",
        "entropy": Counting(GaussianNB(), "entropy"),
    }
    params = {"estimator": GaussianNB(), "strategies": own}
    params |= {"baseline": "random", "n_initial": 9, "n_queries": 3, "budget": 15}

    class Setting:
        simulate_params = {**params, "n_repeats": 2}
        left_out = {"bald": "needs draws"}

        def load_data(self, *, data_home, random_state):
            assert (data_home, random_state) == ("there", 7)
            return {"X": X[::2], "y": y[::2], "X_test": X[1::2], "y_test": y[1::2]}

    def load(name, scale, *, device):
        assert (name, scale, device) == ("study/flowers", 0.5, "cpu")
        return Setting()

    monkeypatch.setattr("skactive.simulation.settings.load", load)
    options = ["--setting", "study/flowers", "--scale", "0.5", "--random-state", 7]
    options += ["--data-home", "there"]
    assert run(*options, "--budget", 12) == 0
    out, err = capsys.readouterr()
    assert "(accuracy; 2 repeats, 9 to 12 labels)" in out
    assert "setting=study/flowers, scale=0.5" in out
    assert "Left out bald: needs draws." in err
    Counting.n_fits = 0
    assert run(*options, "--strategies", "entropy,margin") == 0
    out, err = capsys.readouterr()
    assert "final score of 'entropy'" in out
    assert Counting.n_fits > 0
    assert "Left out" not in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("no.csv", "no file 'no.csv'"),
        ("", "name one thing"),
        ("table.csv --data iris", "name one thing"),
        ("--data iris --setting beck/mnist", "name one thing"),
        ("--data iris --target kind", "--target is for a file"),
        ("--setting beck/mnist --no-header", "--header is for a file"),
        ("--data sine --max-rows 9", "--max-rows is for tables"),
        ("--data iris --scale 0.1", "--scale is for --setting"),
        ("table.csv --data-home .", "--data-home is for --setting"),
        ("--setting beck/mnits", "did you mean 'beck/mnist'?"),
        ("--setting beck/mnist --scale 2", "scale=2.0"),
        ("--setting beck/mnist --max-rows 9", "use --scale"),
        ("--setting beck/mnist --estimator mlp", "it brings its own"),
        ("--data irises", "did you mean 'iris'?"),
        ("--data iris --task regression", "for classification"),
        ("--data robot_arm --estimator gbdt", "2 outputs"),
        ("table.csv --target kin", "did you mean 'kind'?"),
        ("table.csv --drop kind", "is the target and in --drop"),
        ("table.csv --strategies random,marginn", "did you mean 'margin'"),
        ("table.csv --strategies ,", "holds no name"),
        ("table.csv --strategies random,random", "more than once"),
        ("table.csv --scoring accuracy,accuracy", "'accuracy' more than once"),
        ("table.csv --strategies random,gsy", "'gsy' is for regression"),
        (
            "table.csv --strategies bald --estimator logistic",
            "needs posterior draws, and Pipeline offers none; use --estimator "
            "forest or mlp, or wrap it in skactive.Committee, or use 'entropy'.",
        ),
        ("table.csv --estimator fores", "did you mean 'forest'?"),
        ("table.csv --estimator linear", "use --estimator logistic"),
        ("table.csv --target age --estimator logistic", "use --estimator linear"),
        ("table.csv --scoring acuracy", "did you mean 'accuracy'"),
        ("table.csv --budget 1000", "budget=1000 but there are only 67"),
        ("table.csv --budget 10 --n-initial 20", "budget=10 is less than n_initial"),
        ("table.csv --n-repeats 0", "n_repeats=0"),
        ("table.csv --max-rows 1", "--max-rows 1"),
        ("table.csv --n-jobs 0", "--n-jobs 0"),
        ("table.csv --random-state -1", "random_state=-1"),
        ("table.csv --budget many", "invalid int value: 'many'"),
        ("table.csv --bugdet 3", "unrecognized arguments"),
        ("table.csv --sep ;;", "';;' is not one character"),
        ("table.csv --label-price 3", "add --report FILE"),
        ("table.csv --report r.md --label-price -3", "--label-price -3 is no price"),
        ("table.csv --report r.md --second-price nan", "--second-price nan is no"),
        ("table.csv --report table.pdf", "must end in .html or .md"),
        ("table.csv --report no/where.md", "no such folder"),
        ("table.csv --csv no/where.csv", "no such folder"),
        ("table.csv --csv .", "--csv . is a folder"),
        ("table.csv --report page.html", "--report page.html is a folder"),
        ("table.csv --out table.csv", "is a file"),
        ("table.csv --out table.csv/deep", "table.csv/deep cannot be made"),
        ("packed.csv.gz", "cannot be unpacked"),
    ],
)
def test_errors_of_the_user_take_one_line(table, arguments, message, capsys):
    Path("page.html").mkdir()
    Path("packed.csv.gz").write_bytes(Path(table).read_bytes())
    assert run(*arguments.split()) == 2
    out, err = capsys.readouterr()
    *notes, last, end = err.split("\n")
    assert not out
    assert not end
    assert last.startswith("skactive: error: ")
    assert message in last
    assert not any("error" in note or "Traceback" in note for note in notes)


@pytest.mark.parametrize("option", ["--csv", "--out", "--report"])
def test_what_must_not_be_written_is_refused_at_once(
    table, option, monkeypatch, capsys
):
    monkeypatch.setattr("os.access", lambda path, mode: False)
    monkeypatch.setattr(_simulate, "simulate", None)  # is not called
    assert run(table, option, "new.md") == 2
    assert f"{option} new.md must not be written" in capsys.readouterr().err


def test_what_cannot_be_written_in_the_end_is_no_traceback(table, monkeypatch, capsys):
    def full(result, folder):
        raise OSError(28, "No space left on device", f"{folder}/results.csv")

    monkeypatch.setattr(_simulate, "save_result", full)
    assert run(table, *SMALL, "--estimator", "logistic", "--out", "out") == 2
    assert "No space left on device: 'out/results.csv'" in capsys.readouterr().err


def test_a_missing_package_is_named(table, monkeypatch, capsys):
    def lacking(*args):
        raise ModuleNotFoundError("No module named 'torch'", name="torch")

    monkeypatch.setattr(_plan, "make_estimator", lacking)
    assert run(table) == 2
    assert "No module named 'torch'" in capsys.readouterr().err


@pytest.mark.parametrize(
    "error", [RuntimeError("inside"), ValueError("elsewhere"), KeyError("deep")]
)
def test_unexpected_exceptions_pass_through(table, monkeypatch, error):
    def fails(*args, **kwargs):
        raise error

    # As raised by another package: this module is not part of skactive.
    monkeypatch.setattr(_simulate, "simulate", fails)
    with pytest.raises(type(error)):
        run(table)


def test_a_report_needs_matplotlib(table, monkeypatch, capsys):
    monkeypatch.setattr("skactive.cli._output.find_spec", lambda name: None)
    assert run(table, "--report", "r.md") == 2
    assert "pip install matplotlib" in capsys.readouterr().err


def test_capabilities_are_the_users_from_any_process(table, monkeypatch, capsys):
    def fails(*args, **kwargs):
        raise MissingCapability("needs\n  draws")

    monkeypatch.setattr(_simulate, "simulate", fails)
    assert run(table) == 2
    assert capsys.readouterr().err.endswith("skactive: error: needs draws\n")


def test_a_checkpoint_is_gone_on_from(table, capsys):
    options = [*SMALL, "--estimator", "logistic", "--checkpoint", "there"]
    assert run(table, *options) == 0
    first = capsys.readouterr().out
    assert run(table, *options) == 0
    assert capsys.readouterr().out == first
    assert run(table, *options, "--random-state", 1) == 2
    assert "random_state is 1" in capsys.readouterr().err


@pytest.fixture
def reports(monkeypatch):
    """What was passed to save_report, instead of reports."""
    calls = []

    def save_report(self, path, *, label_price=None, second_price=0, title=None):
        calls.append((path, label_price, second_price, self.report()))

    monkeypatch.setattr(SimulationResult, "save_report", save_report, raising=False)
    return calls


def test_a_folder_gives_the_same_report_again(table, reports, capsys):
    report = ["--report", "r.html", "--label-price", "2.5", "--second-price", "0.1"]
    arguments = [*SMALL, "--estimator", "logistic", "--strategies", "margin,random"]
    assert run(table, *arguments, "--out", "out/new", *report) == 0
    first = capsys.readouterr()
    assert main(["report", "out/new", *report]) == 0
    again = capsys.readouterr()
    assert again.out == first.out
    assert reports[0] == reports[1]
    assert reports[0][:3] == ("r.html", 2.5, 0.1)
    assert "Report: r.html" in again.err
    with open("out/new/setting.json") as file:
        about = json.load(file)
    assert about["baseline"] == "random"
    assert about["setting"]["target"] == "kind"


def test_what_failed_is_told_and_kept(table, capsys):
    with open("my_faults.py", "w") as file:
        file.write(
            "from sklearn.naive_bayes import GaussianNB\n"
            "class Faulty(GaussianNB):\n"
            "    def predict_proba(self, X):\n"
            "        raise RuntimeError('no probabilities today')\n"
        )
    options = [*SMALL, "--strategies", "random,margin", "--out", "out"]
    with pytest.warns(FitFailedWarning, match="2 of 4 campaigns failed"):
        assert run(table, *options, "--estimator", "my_faults:Faulty") == 1
    first = capsys.readouterr()
    assert "RuntimeError: no probabilities today" in first.err
    assert "Traceback" in first.err
    assert main(["report", "out"]) == 1
    assert capsys.readouterr().out == first.out
    assert run(table, *options, "--estimator", "logistic") == 0
    assert main(["report", "out"]) == 0


def test_the_report_is_written(table, capsys):
    options = [*SMALL, "--estimator", "logistic", "--strategies", "random,margin"]
    assert run(table, *options, "--report", "r.md", "--label-price", "2") == 0
    with open("r.md") as file:
        assert "| compared with | 'random' |" in file.read()


def test_a_folder_that_is_none_is_refused(table, capsys):
    assert main(["report", "nowhere"]) == 2
    assert "no folder 'nowhere'" in capsys.readouterr().err
    assert main(["report", "."]) == 2
    assert "has no results.csv and no picks.csv" in capsys.readouterr().err
    run(table, *SMALL, "--estimator", "logistic", "--out", "out")
    capsys.readouterr()
    for text, message in {
        "{": "out is damaged",
        "[]": "out is damaged: setting.json holds a list, not an object",
    }.items():
        Path("out/setting.json").write_text(text)
        assert main(["report", "out"]) == 2
        assert message in capsys.readouterr().err


@pytest.mark.parametrize("task", [None, "classification", "regression"])
def test_strategies_are_listed_with_what_they_need(task, capsys):
    assert main(["strategies", *([] if task is None else ["--task", task])]) == 0
    header, *lines = capsys.readouterr().out.splitlines()
    assert header.split() == ["strategy", "task", "needs", "marks"]
    assert [line.split()[0] for line in lines] == strategies.names(task=task)
    for line in lines:
        facts = get_tags(strategies.get(line.split()[0])).strategy
        assert all(need.replace("|", " or ") in line for need in facts.needs)


def test_the_guide_lists_strategies_as_they_are_listed(capsys):
    main(["strategies", "--task", "regression"])
    lines = [line[:90].rstrip() for line in capsys.readouterr().out.splitlines()]
    page = (GUIDE / "command_line.rst").read_text(encoding="utf-8")
    shown = page.partition("$ skactive strategies --task regression | cut -c1-90\n")[2]
    shown = textwrap.dedent(shown.partition("   ...\n")[0]).splitlines()
    assert shown == lines[: len(shown)]
    assert len(shown) > 1


def test_ctrl_c_is_told_in_a_line(monkeypatch, capsys):
    def interrupt(*args, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(_simulate, "simulate", interrupt)
    sizes = ["--n-initial", "10", "--n-queries", "10", "--budget", "30"]
    assert main(["simulate", "--data", "digits", *sizes]) == 130
    told = capsys.readouterr().err.splitlines()
    assert told[-1].startswith("skactive: interrupted; with --checkpoint")


def test_help_and_version(capsys):
    for arguments in (["--help"], ["simulate", "--help"], ["--version"]):
        with pytest.raises(SystemExit) as end:
            main(arguments)
        assert end.value.code == 0
    assert main([]) == 2
    assert "command" in capsys.readouterr().err


def test_as_a_module_it_ends_with_the_code(tmp_path):
    path = str(tmp_path / "table.csv")
    make_table().to_csv(path, index=False)

    def play(*arguments):
        command = [sys.executable, "-m", "skactive", "simulate", path, *SMALL, "-q"]
        return subprocess.run([*command, *arguments], capture_output=True, text=True)

    good = play("--estimator", "logistic")
    assert good.returncode == 0, good.stderr
    assert "badge" in good.stdout
    bad = play("--target", "nothing")
    assert (bad.returncode, bad.stdout) == (2, "")
    assert "Traceback" not in bad.stderr


def test_help_loads_nothing_heavy():
    script = (
        "import sys\n"
        "from skactive.cli import main\n"
        "try:\n    main(['strategies', '--help'])\n"
        "except SystemExit:\n    pass\n"
        "print([m for m in ('torch', 'sklearn', 'pandas') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True
    )
    assert done.stdout.splitlines()[-1] == "[]"
