"""The report of a simulation as a page: what is on it."""

from __future__ import annotations

from io import BytesIO
from numbers import Real
from os import PathLike
from pathlib import Path
from typing import NamedTuple

import numpy as np

from skactive.simulation._blocks import Bullets, Lead, Picture, Section, Table, Text
from skactive.simulation._cost_display import CostDisplay
from skactive.simulation._cost_model import CostModel
from skactive.simulation._costs import TIMES
from skactive.simulation._display import LabelingCurveDisplay, _pyplot
from skactive.simulation._efficiency_display import EfficiencyDisplay
from skactive.simulation._html_page import to_html
from skactive.simulation._markdown_page import to_markdown
from skactive.simulation._metrics import KEYS
from skactive.simulation._penalty_display import PenaltyMatrixDisplay
from skactive.simulation._verdict import (
    are_alike,
    contradicted,
    end_alike,
    missed_by_intervals,
)

_DPI = 150


class _Study(NamedTuple):
    """A result as seen from one baseline and one metric."""

    result: object  # SimulationResult
    baseline: str
    metric: str
    summary: object  # DataFrame
    n_labeled: np.ndarray  # of each round, on average
    n_repeats: int
    has_times: bool

    @property
    def shows_no_chance(self):
        """Whether there is no second repeat, or none with other scores."""
        return self.n_repeats == 1 or are_alike(self.summary, self.n_repeats)

    @property
    def others(self):
        """Rows of the strategies that are compared."""
        return self.summary.drop(index=self.baseline)

    def named(self, verdict):
        """Rows with a verdict, the most efficient first."""
        rows = self.summary[self.summary["verdict"] == verdict]
        return rows.sort_values("efficiency", ascending=False)


def save_report(result, path, *, label_price, second_price, title, baseline, metric):
    """Write the report of a result; see ``SimulationResult.save_report``."""
    suffixes = (".html", ".md")
    if not isinstance(path, str | PathLike) or not str(path).lower().endswith(suffixes):
        raise ValueError(f"path={path!r} must name a file ending in '.html' or '.md'.")
    path = Path(path)
    if title is not None and not isinstance(title, str):
        raise ValueError(f"title={title!r} must be a string, or None.")
    for name, price in {
        "label_price": label_price,
        "second_price": second_price,
    }.items():
        if price is not None and not (isinstance(price, Real) and 0 <= price < np.inf):
            raise ValueError(f"{name}={price!r} must be a finite number from 0 on.")
    plt = _pyplot("save_report")
    study = _study(result, baseline, metric)
    if title is None:
        title = "Does active learning pay?"
    with plt.style.context("default"):
        blocks = list(_blocks(study, label_price, second_price))
    if path.suffix.lower() == ".html":
        path.write_text(to_html(title, blocks), encoding="utf-8")
        return
    folder = path.with_name(f"{path.stem}_files")
    folder.mkdir(exist_ok=True)
    for block in blocks:
        if isinstance(block, Picture):
            (folder / f"{block.name}.png").write_bytes(block.png)
    path.write_text(to_markdown(title, blocks, folder.name), encoding="utf-8")


def _study(result, baseline, metric):
    table = result._table(metric)
    return _Study(
        result,
        result._check_baseline(baseline),
        table["metric"].iloc[0],
        result.summary(baseline, metric=metric),
        table.groupby("round")["n_labeled"].mean().to_numpy(dtype=float),
        table["repeat"].nunique(),
        set(TIMES) <= set(table) and table[TIMES].notna().all(axis=None),
    )


def _blocks(study, label_price, second_price):
    yield Lead(" ".join(_lead(study)))
    yield Section("What was compared")
    yield Table(["", ""], list(_facts(study)), words=(0, 1))
    yield Section("How many labels each strategy needs")
    yield _curves(study)
    yield from _efficiency(study)
    yield Section("Who beats whom, and what computing costs")
    if not study.shows_no_chance and len(study.others):
        yield _penalties(study)
    yield from _costs(study)
    yield Section("Would more labels help?")
    yield from _diagnosis(study)
    yield Section("When it pays")
    yield from _prices(study, label_price, second_price)
    yield Section("What this does not show")
    yield Bullets(list(_limits(study)))


def _lead(study):
    """Sentences that say what to do."""
    baseline, best = study.baseline, study.named("fewer labels")
    if not len(study.others):
        yield f"Nothing is compared: {baseline!r} was measured alone. Add a strategy."
        return
    if len(study.n_labeled) == 1:
        yield "Do not decide yet: there is one round, in which nothing was asked."
        yield "Simulate again with a budget above n_initial."
        return
    if study.n_repeats == 1:
        yield "Do not decide yet: a single repeat shows nothing."
        yield "Simulate again with five repeats or more."
        return
    if study.shows_no_chance:
        yield f"Do not decide yet: all {study.n_repeats} repeats have the same scores."
        yield "Simulate again with other seed sets, splits, seeds or another score."
        return
    if len(best):
        row = best.iloc[0]
        bounds = row.efficiency, row.efficiency_low, row.efficiency_high
        saved, least, most = (f"{100 - 100 / value:.0f} %" for value in bounds)
        yield (
            f"Use {row.name!r}: it reaches the final score of {baseline!r} with about "
            f"{row.labels_needed:.0f} labels in place of "
            f"{study.summary.loc[baseline, 'labels_needed']:.0f}, {saved} fewer "
            f"(95 % interval: {least} to {most})."
        )
    else:
        random = (
            "Choose at random" if baseline == "random" else f"Stay with {baseline!r}"
        )
        yield f"{random}: active learning is not shown to be better here."
        yield (
            f"In {study.n_repeats} repeats no strategy was shown to need fewer labels "
            f"than {baseline!r}."
        )
    worse = study.named("worse").index
    if len(worse):
        yield f"Shown to be worse: {_listed(worse)}."


def _facts(study):
    setting = dict(study.result.setting or {})
    # Estimators print on several lines.
    facts = {name: " ".join(str(value).split()) for name, value in setting.items()}
    if "estimator" in facts:
        yield ["model", facts.pop("estimator")]
    yield ["strategies", _listed(study.summary.index)]
    yield ["compared with", repr(study.baseline)]
    n = study.n_labeled
    yield ["labels", f"{n[0]:g} to {n[-1]:g}, in {len(n)} rounds"]
    yield ["paired repeats", str(study.n_repeats)]
    better = "higher" if study.result.greater_is_better else "lower"
    yield ["score", f"{study.metric} ({better} is better)"]
    if facts:
        yield ["setting", ", ".join(f"{name}={value}" for name, value in facts.items())]


def _curves(study):
    metric = study.metric
    display = LabelingCurveDisplay.from_result(study.result, metric=metric)
    display.ax_.grid(axis="y", color="0.9")
    caption = f"Mean over {study.n_repeats} repeats"
    if study.n_repeats > 1:
        caption += "; the bands are one standard deviation to both sides"
    return _picture(display, "curves", f"{metric} against labels", f"{caption}.")


def _efficiency(study):
    if len(study.others):
        display = EfficiencyDisplay(summary=study.summary).plot()
        yield _picture(
            display,
            "efficiency",
            "Labeling efficiency of each strategy",
            f"Labels that {study.baseline!r} needs for its own final score, divided by "
            "those a strategy needs for it: 2 is half the labels. With 95 % intervals.",
        )
    header = ["strategy", "final score", "labels", "efficiency", "95 % interval"]
    yield Table(
        [*header, "mean lead", "verdict"],
        [
            [
                str(label),
                f"{row.final_score:.4g}",
                f"> {study.n_labeled[-1]:g}"
                if np.isnan(row.labels_needed)
                else f"{row.labels_needed:.0f}",
                "< 1" if np.isnan(row.efficiency) else f"{row.efficiency:.2f}",
                "unknown"
                if study.shows_no_chance
                else f"{row.efficiency_low:.2f} to {row.efficiency_high:.2f}",
                f"{row.api:+.3g}",
                row.verdict,
            ]
            for label, row in study.summary.iterrows()
        ],
        words=(0, 6),
    )
    yield Text(
        "A strategy has a verdict if its whole interval is on one side of 1 and its "
        "mean lead along the curve agrees, by a paired t test at 5 %. Fewer labels "
        "also take an efficiency above 1."
    )


def _penalties(study):
    display = PenaltyMatrixDisplay.from_result(study.result, metric=study.metric)
    return _picture(
        display,
        "penalties",
        "Matrix of who beats whom",
        "Share of rounds in which the strategy of the row is ahead of that of the "
        "column, by a paired t test at 5 %; 0.025 is chance. A dark column is often "
        "beaten.",
    )


def _costs(study):
    if not study.has_times:
        yield Text("The times were not recorded.")
        return
    display = CostDisplay.from_result(study.result, baseline=study.baseline)
    yield _picture(
        display, "costs", "Seconds of each strategy", "Seconds per round, on average."
    )
    cost = study.result.normalized_cost(study.baseline)
    yield Table(
        ["strategy", "s per query", "s per training", "cost"],
        [
            [
                str(label),
                *(f"{seconds:.3g}" for seconds in row[TIMES]),
                f"{row.cost:.3g}×",
            ]
            for label, row in cost.iterrows()
        ],
    )


def _diagnosis(study):
    """The baseline's curve, and that of the best strategy."""
    labels = [study.baseline, *study.named("fewer labels").index[:1]]
    try:
        found = {
            label: study.result.diagnosis(label, metric=study.metric)
            for label in labels
        }
    except ValueError as error:
        yield Text(f"This takes an error that tends to a limit. {error}")
        return
    of_baseline = found[study.baseline]
    yield Text(f"{study.baseline!r}: {of_baseline}")
    if np.isnan(of_baseline.asymptote):
        return
    header = ["strategy", "verdict", "error now", "gain by twice the labels"]
    yield Table(
        [*header, "error in the limit"],
        [
            [
                str(label),
                curve.verdict,
                f"{curve.predict(curve.n_labeled):.3g}",
                _with_range(curve.doubling_gain, curve.doubling_gain_interval, ".0%"),
                _with_range(curve.asymptote, curve.asymptote_interval, ".3g"),
            ]
            for label, curve in found.items()
        ],
        words=(0, 1),
    )
    yield Text(
        "By a power law through the mean errors, with 95 % intervals. Where the "
        "verdicts begin and end is a rule of thumb."
    )


def _prices(study, label_price, second_price):
    if label_price is None:
        yield Text(
            "Pass label_price, and second_price for a second of computing, to see what "
            "the labels saved are worth."
        )
        return
    if not study.has_times:
        second_price = 0
    best = study.named("fewer labels")
    seconds = _campaign_seconds(study)
    yield Text(
        f"A label costs {label_price:g}, a second of computing {second_price:g}. "
        "Seconds are those of the whole campaign."
    )
    if len(best):
        yield Table(
            ["strategy", "labels saved", "worth", "computing", "gain", "pays from"],
            [
                _gain_row(study, label, label_price, second_price, seconds)
                for label in best.index
            ],
        )
        yield Text(
            f"Against {study.baseline!r}. Computing is what it costs more, a gain what "
            "is left. It pays from the price of a label at which nothing is left."
        )
    else:
        yield Text(f"No strategy is shown to save labels against {study.baseline!r}.")
    label = best.index[0] if len(best) else study.baseline
    yield Text(_against_labeling_everything(study, label, label_price, second_price))


def _campaign_seconds(study):
    """Mean seconds of a campaign of each strategy; none where they are not known."""
    if not study.has_times:
        return dict.fromkeys(study.summary.index, 0.0)
    frame = study.result.to_frame().drop_duplicates(KEYS)
    totals = frame.groupby(["strategy", "repeat"])[TIMES].sum().sum(axis=1)
    return totals.groupby("strategy").mean().to_dict()


def _gain_row(study, label, label_price, second_price, seconds):
    needed = study.summary["labels_needed"]
    saved = needed[study.baseline] - needed[label]
    computing = second_price * (seconds[label] - seconds[study.baseline])
    return [
        str(label),
        f"{saved:.0f}",
        f"{saved * label_price:.4g}",
        f"{computing:+.3g}",
        f"{saved * label_price - computing:.4g}",
        f"{max(0, computing) / saved:.2g}",
    ]


def _against_labeling_everything(study, label, label_price, second_price):
    n, model = study.n_labeled, CostModel(label_price)
    if study.has_times:
        model = CostModel.from_result(
            study.result, label, label_price=label_price, second_price=second_price
        )
    per_sample = model.c_label + model.c_train_per_sample
    if not per_sample:
        return "With these prices nothing costs anything."
    # Where labeling all samples and training once costs the same.
    as_many = (model.cost(n) - model.c_round) / per_sample
    return (
        f"Against labeling everything: the {len(n)} rounds of {label!r} with "
        f"{n[-1]:g} labels cost as much as labeling {as_many:.0f} samples at once and "
        f"training once. The campaign is the cheaper way if the pool is larger than "
        f"that: if the labels are less than {100 * n[-1] / as_many:.0f} % of it."
    )


def _limits(study):
    n_repeats, n_others = study.n_repeats, len(study.others)
    failed = study.result.failures["strategy"].unique()
    if len(failed):
        yield f"Left out, for they failed: {_listed(failed)}."
    if n_repeats == 1:
        yield "There is one repeat, so chance cannot be told from a difference."
    elif study.shows_no_chance:
        yield (
            f"All {n_repeats} repeats have the same scores, round by round, so nothing "
            "is shown of chance. Vary initial, the split or the model's seed, or score "
            "by what tells the models apart."
        )
    elif n_repeats < 5:
        yield f"There are {n_repeats} repeats; they show large differences only."
    else:
        yield f"There are {n_repeats} repeats. Small differences take more to be seen."
    missed = contradicted(study.summary)
    censored = study.others.index[study.others["efficiency"].isna()].difference(
        missed, sort=False
    )
    if len(censored):
        yield (
            f"Never at the final score of {study.baseline!r} within the budget: "
            f"{_listed(censored)}. How many labels they need is not known."
        )
    if missed:
        yield (
            f"No verdict on {_listed(missed)}: the efficiency is below its interval. "
            f"The mean of {study.baseline!r} is as good before the end, or better; "
            "labels and efficiency aim at its monotone curve, the interval at its last "
            "score. More repeats, or another budget, can tell."
        )
    outside = missed_by_intervals(study.summary)
    if outside:
        yield (
            f"The interval of {_listed(outside)} misses the efficiency, for it aims at "
            "the last mean score and not at the monotone curve. Both are above 1."
        )
    if len(study.n_labeled) == 1:
        yield (
            "There is one round, in which nothing was asked, so no strategy was tried. "
            "It takes a budget above n_initial."
        )
    elif study.summary.loc[study.baseline, "labels_needed"] <= study.n_labeled[0]:
        yield (
            f"{study.baseline!r} has its final score from the seed set on, so no "
            "labels can be saved at that score."
        )
    if len(study.n_labeled) > 1 and end_alike(study.summary):
        yield (
            f"All strategies end at the last score of {study.baseline!r}, as they do "
            "where the budget takes the whole pool. Fewer labels cannot be shown then; "
            "a smaller budget can show them."
        )
    if n_others > 1:
        yield (
            f"{n_others} strategies were compared. The best of several looks better "
            "than it is; confirm it on other data."
        )
    yield "One data set, model and batch size; others may turn the result around."
    yield "'No difference shown' does not mean that there is none."
    if study.has_times:
        yield "Seconds hold for the machine they were measured on."


def _picture(display, name, alt, caption):
    import matplotlib.pyplot as plt

    buffer = BytesIO()
    display.figure_.savefig(buffer, format="png", dpi=_DPI)
    plt.close(display.figure_)
    return Picture(buffer.getvalue(), name, alt, caption)


def _listed(names):
    return ", ".join(map(repr, names))


def _with_range(value, interval, form):
    value, low, high = (f"{number:{form}}" for number in (value, *interval))
    return f"{value} ({low} to {high})".replace("%", " %")
