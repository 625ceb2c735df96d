import builtins
import re
from base64 import b64decode
from html.parser import HTMLParser

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from skactive.simulation import SimulationResult, _report_page
from skactive.simulation._blocks import Picture

PNG = b"\x89PNG\r\n"
COLUMNS = ["strategy", "repeat", "round", "n_labeled", "score"]


def make_frame(n_repeats=5, n_rounds=7, times=True, **leads):
    rng = np.random.default_rng(0)
    n = 10 * np.arange(1, n_rounds + 1)
    frame = pd.DataFrame(
        [
            (label, repeat, i, n[i], 0.9 - n[i] ** -0.5 + e + lead * (i > 0))
            for label, lead in leads.items()
            for repeat in range(n_repeats)
            for i, e in enumerate(rng.normal(0, 0.003, n_rounds))
        ],
        columns=COLUMNS,
    )
    if times:
        slow = frame["strategy"] != "random"
        frame["query_time"], frame["fit_time"] = 0.5 * slow, 0.01 * frame["n_labeled"]
    return frame


@pytest.fixture(autouse=True)
def quick_pictures(monkeypatch):
    """Most tests are about words."""

    def close(display, *texts):
        plt.close(display.figure_)
        return Picture(PNG, *texts)

    monkeypatch.setattr(_report_page, "_picture", close)


@pytest.fixture
def result():
    setting = {"estimator": "Ridge(\n  alpha=1)", "random_state": 7}
    frame = make_frame(random=0, good=0.05, bad=-0.05, same=0)
    return SimulationResult.from_frame(frame, setting=setting)


def markdown(result, tmp_path, **options):
    path = tmp_path / "page.md"
    result.save_report(path, **options)
    return path.read_text(encoding="utf-8")


class Balanced(HTMLParser):
    """Collects text and pictures, and fails where tags do not match."""

    def __init__(self):
        super().__init__()
        self.open, self.texts, self.sources = [], [], []

    def handle_starttag(self, tag, attrs):
        if tag == "img":
            self.sources.append(dict(attrs)["src"])
        if tag not in ("img", "meta"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data.strip())


def test_html_is_one_file_with_all_pictures(result, tmp_path, monkeypatch):
    monkeypatch.undo()
    path = tmp_path / "page.html"
    result.save_report(path, label_price=2, second_price=0.1)
    assert [p.name for p in tmp_path.iterdir()] == ["page.html"]
    page = path.read_text(encoding="utf-8")
    parser = Balanced()
    parser.feed(page)
    assert parser.open == []
    assert len(parser.sources) == 4
    for source in parser.sources:
        kind, data = source.split(",")
        assert kind == "data:image/png;base64"
        assert b64decode(data).startswith(PNG)
    assert "http" not in page
    assert "nan" not in re.sub('base64,[^"]*', "", page)
    assert not plt.get_fignums()


def test_markdown_says_the_same_with_the_pictures_beside(result, tmp_path):
    page = markdown(result, tmp_path, label_price=2, second_price=0.1)
    pictures = re.findall(r"\]\((.*)\)", page)
    assert len(pictures) == 4
    for picture in pictures:
        assert picture.startswith("page_files/")
        assert (tmp_path / picture).read_bytes().startswith(PNG)
    result.save_report(tmp_path / "page.html", label_price=2, second_price=0.1)
    parser = Balanced()
    parser.feed((tmp_path / "page.html").read_text(encoding="utf-8"))
    plain = page.replace("\\", "")
    body = parser.texts[parser.texts.index("What was compared") :]
    assert [text for text in body if text not in plain] == []


def test_the_first_sentence_says_what_to_do(result, tmp_path):
    page = markdown(result, tmp_path)
    lead = page.splitlines()[2]
    summary = result.summary()
    good = summary.loc["good"]
    assert lead.startswith("> **Use 'good': it reaches the final score of 'random'")
    assert f"{good['labels_needed']:.0f} labels in place of 70" in lead
    assert f"{100 - 100 / good['efficiency']:.0f} % fewer" in lead
    assert "Shown to be worse: 'bad'." in lead
    assert "Ridge( alpha=1)" in page
    assert "random\\_state=7" in page
    assert "Never at the final score of 'random'" in page
    assert "Pass label_price" in page.replace("\\", "")


def test_it_says_so_when_nothing_is_better(tmp_path):
    frame = make_frame(random=0, same=0)
    page = markdown(SimulationResult.from_frame(frame), tmp_path, label_price=1)
    assert "Choose at random: active learning is not shown to be better" in page
    assert "No strategy is shown to save labels" in page
    other = frame.replace({"strategy": {"random": "mine"}})
    page = markdown(SimulationResult.from_frame(other), tmp_path)
    assert "Stay with 'mine'" in page
    alike = SimulationResult.from_frame(frame.assign(score=frame["repeat"] / 9))
    assert "All strategies end at the last score of 'random'" in markdown(
        alike, tmp_path
    )
    assert "All strategies end" not in page


def test_one_repeat_or_one_strategy_or_few_rounds(tmp_path):
    single = SimulationResult.from_frame(make_frame(1, random=0, good=0.2))
    page = markdown(single, tmp_path, label_price=1)
    assert "Do not decide yet: a single repeat shows nothing." in page
    assert "There is one repeat" in page
    alone = SimulationResult.from_frame(make_frame(random=0))
    page = markdown(alone, tmp_path, label_price=1)
    assert "Nothing is compared" in page
    short = SimulationResult.from_frame(make_frame(3, 4, random=0, good=0.2))
    page = markdown(short, tmp_path)
    assert "fewer than 5 points" in page
    assert "There are 3 repeats" in page
    assert "nan" not in page


def test_scores_without_an_error_and_tables_without_times(tmp_path):
    frame = make_frame(times=False, random=0, good=0.1)
    frame["score"] = 2 * frame["score"] - 1.2
    page = markdown(SimulationResult.from_frame(frame), tmp_path, label_price=1)
    assert "neg_mean_squared_error" in page.replace("\\", "")
    assert "The times were not recorded." in page
    assert "cost as much as labeling 70 samples" in page


def test_losses_baselines_and_metrics(tmp_path):
    frame = make_frame(random=0, good=0.05)
    loss = frame.assign(score=1 - frame["score"], metric="loss")
    both = pd.concat([loss, loss.assign(metric="copy")])
    result = SimulationResult.from_frame(both, greater_is_better=False)
    page = markdown(result, tmp_path, metric="copy", title="Loss *and* gain")
    assert page.startswith("# Loss \\*and\\* gain\n")
    assert "copy (lower is better)" in page
    assert "Use 'good'" in page
    page = markdown(result, tmp_path, baseline="good")
    assert "Stay with 'good'" in page
    assert "Shown to be worse: 'random'" in page


def test_prices(tmp_path):
    frame = make_frame(random=0, good=0.05)
    result = SimulationResult.from_frame(frame)
    page = markdown(result, tmp_path, label_price=2, second_price=10)
    needed = result.summary()["labels_needed"]
    saved = needed["random"] - needed["good"]
    computing = 10 * 0.5 * 7
    cells = f"{saved * 2:.4g} | {computing:+.3g} | {saved * 2 - computing:.4g}"
    assert f"| good | {saved:.0f} | {cells} | {computing / saved:.2g} |" in page
    # 7 rounds, 280 samples trained on, at 0.1 each; 7 queries at 5.
    as_many = (70 * 2 + 280 * 0.1 + 35 - 5) / 2.1
    assert f"labeling {as_many:.0f} samples at once" in page


def test_strategies_that_failed_are_named(tmp_path):
    frame = make_frame(random=0, good=0.05, broken=0)
    cut = frame[(frame["strategy"] != "broken") | (frame["round"] < 3)]
    failures = pd.DataFrame({"strategy": ["broken"], "repeat": 0, "round": 3})
    failures = failures.assign(error="ValueError()", traceback="")
    result = SimulationResult.from_frame(cut, failures=failures)
    page = markdown(result, tmp_path, label_price=1, second_price=1)
    assert page.count("broken") == 1
    assert "Left out, for they failed: 'broken'." in page


def test_names_cannot_break_the_page(tmp_path):
    name = "<b>|*`a`_[x](y)"
    frame = make_frame(random=0, good=0.05).replace({"strategy": {"good": name}})
    result = SimulationResult.from_frame(frame)
    result.save_report(tmp_path / "page.html", title="a < b & c")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "<b>" not in page
    assert "<title>a &lt; b &amp; c</title>" in page
    parser = Balanced()
    parser.feed(page)
    assert any(name in text for text in parser.texts)
    text = markdown(result, tmp_path)
    (row,) = re.findall(r"^\| \\<b.*fewer labels \|$", text, flags=re.MULTILINE)
    assert len(re.findall(r"(?<!\\)\|", row)) == 8


def test_what_cannot_be_written_is_refused(result, tmp_path, monkeypatch):
    with pytest.raises(ValueError, match=r"'.html' or '.md'"):
        result.save_report(tmp_path / "page.pdf")
    with pytest.raises(ValueError, match="path=3 must name a file ending"):
        result.save_report(3)
    with pytest.raises(ValueError, match="label_price=-1"):
        result.save_report(tmp_path / "page.md", label_price=-1)
    with pytest.raises(ValueError, match="label_price='2' must be a finite number"):
        result.save_report(tmp_path / "page.md", label_price="2")
    with pytest.raises(ValueError, match="baseline='none'"):
        result.save_report(tmp_path / "page.md", baseline="none")
    ordinary = builtins.__import__

    def without_matplotlib(name, *args, **kwargs):
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return ordinary(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without_matplotlib)
    with pytest.raises(ImportError, match=r"save_report .*skactive\[plot\]"):
        result.save_report(tmp_path / "page.md")
    assert not list(tmp_path.iterdir())


def make_dip(end, n_repeats=5):
    """The baseline's mean dips at the end; the strategy stays at one score."""
    rng = np.random.default_rng(0)
    curves = {"random": [0.5] * 4 + [0.9, 0.7], "mine": [0.5] + [end] * 5}
    rows = [
        (label, repeat, i, 10 * (i + 1), score + (i > 0) * 0.005 * rng.normal())
        for repeat in range(n_repeats)
        for label, curve in curves.items()
        for i, score in enumerate(curve)
    ]
    return SimulationResult.from_frame(pd.DataFrame(rows, columns=COLUMNS))


def test_fewer_labels_take_an_efficiency_above_1(tmp_path):
    result = make_dip(0.75)
    row = result.summary().loc["mine"]
    assert np.isnan(row["efficiency"])
    assert row["efficiency_low"] > 3
    assert row["verdict"] == "no difference shown"
    assert "FEWER LABELS" not in result.report()
    assert "NO VERDICT ON mine: the efficiency is below" in result.report()
    page = markdown(result, tmp_path, label_price=1)
    assert "nan" not in page
    assert "Use 'mine'" not in page
    assert "Never at the final score" not in page
    assert "No verdict on 'mine': the efficiency is below" in page


@pytest.mark.parametrize("before_the_end", [0.8, 0.9])
def test_an_interval_at_1_may_be_above_the_efficiency(before_the_end, tmp_path):
    """The baseline levels off, or dips, and all end at one score."""
    scores = [0.5, before_the_end, 0.8] * 3 + [0.5, 0.6, 0.8, 0.5, 0.7, 0.8]
    frame = pd.DataFrame({"score": [*scores, 0.5, 0.65, 0.8]})
    frame["strategy"] = np.repeat(["random", "mine"], 9)
    frame["repeat"] = np.tile(np.repeat(range(3), 3), 2)
    frame["round"] = np.tile(range(3), 6)
    frame["n_labeled"] = np.tile([10, 20, 40], 6)
    result = SimulationResult.from_frame(frame)
    row = result.summary().loc["mine"]
    assert not row["efficiency"] >= 1
    assert row["efficiency_low"] == 1
    assert "NO VERDICT ON mine: the efficiency is below" in result.report()
    page = markdown(result, tmp_path)
    assert "No verdict on 'mine': the efficiency is below" in page
    assert "All strategies end at the last score of 'random'" in page
    assert "Never at the final score" not in page


def test_copies_of_one_repeat_decide_nothing(tmp_path):
    frame = make_frame(1, random=0, good=0.2)
    copies = pd.concat([frame.assign(repeat=repeat) for repeat in range(5)])
    page = markdown(SimulationResult.from_frame(copies), tmp_path, label_price=1)
    assert "Do not decide yet: all 5 repeats have the same scores." in page
    assert "so nothing is shown of chance" in page
    assert "unknown" in page
    assert "Matrix of who beats whom" not in page
    assert "nan" not in page


def test_a_single_round_asks_for_a_larger_budget(tmp_path):
    frame = make_frame(random=0, good=0).query("round == 0")
    frame["score"] = frame["repeat"] / 9
    page = markdown(SimulationResult.from_frame(frame), tmp_path).replace("\\", "")
    assert "Do not decide yet: there is one round" in page
    assert "It takes a budget above n_initial." in page
    assert "smaller budget" not in page
    assert "seed set on" not in page


@pytest.mark.parametrize("name", ["$a_$", "$", r"\$\frac$"])
def test_dollar_signs_in_a_label_are_no_formula(name, tmp_path, monkeypatch):
    monkeypatch.undo()
    frame = make_frame(random=0, good=0.05).replace({"strategy": {"good": name}})
    result = SimulationResult.from_frame(frame.assign(metric="$b_$"))
    result.save_report(tmp_path / "page.md", baseline=name)
    assert len(list((tmp_path / "page_files").iterdir())) == 4


def test_an_efficiency_outside_its_interval_is_explained(tmp_path):
    result = make_dip(0.82)
    row = result.summary().loc["mine"]
    assert 1 < row["efficiency"] < row["efficiency_low"]
    assert row["verdict"] == "fewer labels"
    assert "interval of 'mine' misses the efficiency" in markdown(result, tmp_path)
    assert "NO VERDICT" not in result.report()
    assert "interval of mine misses its efficiency" in result.report()


def test_an_agreeing_interval_needs_no_words(result, tmp_path):
    assert "misses the efficiency" not in markdown(result, tmp_path)
    assert "misses its efficiency" not in result.report()
    assert "o verdict on" not in markdown(result, tmp_path)


def test_a_title_is_a_string(result, tmp_path):
    with pytest.raises(ValueError, match="title=3 must be a string"):
        markdown(result, tmp_path, title=3)
