"""What a simulation measured, and whether it paid."""

from __future__ import annotations

import numpy as np

from skactive.simulation import _metrics
from skactive.simulation._report import render
from skactive.simulation._verdict import judge, percentile_interval, resample_efficiency


class SimulationResult:
    """Labeling curves of several strategies, and what they say against a baseline.

    :func:`~skactive.simulate` returns one; :meth:`from_frame` makes one from curves
    that were measured elsewhere. ``print(result)`` shows :meth:`report`.

    Parameters
    ----------
    frame : DataFrame
        The long table, with a column ``metric``; checked by :meth:`from_frame`.
    picks : DataFrame or None
        Who asked what when.
    baseline : str
        Label of the strategy the others are compared with.
    greater_is_better : bool, default=True
        False if scores are losses.
    setting : dict, default=None
        Facts to print and keep with the result.

    Attributes
    ----------
    strategies : list of str
    metrics : list of str
        Names of the scorings; methods take the first unless told otherwise.
    picks : DataFrame or None
        ``strategy``, ``repeat``, ``round`` and ``row`` (of the X passed to
        ``simulate``), in the order of picking; round 0 is the seed set. For a Problem
        its inputs stand in place of ``row``.

    Examples
    --------
    >>> import pandas as pd
    >>> from skactive import SimulationResult
    >>> frame = pd.DataFrame({"strategy": ["random"] * 3 + ["mine"] * 3, "repeat": 0,
    ...                       "round": [0, 1, 2] * 2, "n_labeled": [10, 20, 40] * 2,
    ...                       "score": [50, 60, 70, 50, 65, 72]})
    >>> result = SimulationResult.from_frame(frame)
    >>> round(result.average_performance_improvement()["mine"], 3)
    np.float64(2.333)
    """

    def __init__(self, frame, picks, *, baseline, greater_is_better=True, setting=None):
        self._frame = frame
        self.picks = picks
        self.baseline = baseline
        self.greater_is_better = greater_is_better
        self.setting = setting

    @classmethod
    def from_frame(
        cls, frame, picks=None, greater_is_better=True, *, baseline=None, setting=None
    ):
        """Make a result from a long table, whatever the order of its rows.

        Parameters
        ----------
        frame : DataFrame
            A row per strategy, repeat and round (from 0), with the columns
            ``strategy``, ``repeat``, ``round``, ``n_labeled``, ``score`` and, for
            several scorings, ``metric``. Further columns are kept.
        picks : DataFrame, default=None
            Who asked what when.
        greater_is_better : bool, default=True
            False if scores are losses.
        baseline : str, default=None
            None: 'random' if it is there, else the first strategy in the table.
        setting : dict, default=None
            Facts to print and keep with the result.

        Returns
        -------
        result : SimulationResult

        Raises
        ------
        ValueError
            If a round is missing or there twice, a score is not finite, or the baseline
            is unknown.
        """
        if not len(frame):
            raise ValueError("frame is empty; pass one row per round.")
        frame = frame.reset_index(drop=True)
        if "metric" not in frame:
            frame["metric"] = "score"
        for _, part in frame.groupby("metric"):
            _metrics.paired_curves(part)
        labels = list(frame["strategy"].unique())
        if baseline is None:
            baseline = "random" if "random" in labels else labels[0]
        result = cls(
            frame,
            picks,
            baseline=baseline,
            greater_is_better=greater_is_better,
            setting=setting,
        )
        result._check_baseline(baseline)
        for metric in result.metrics:
            if baseline not in set(result._table(metric)["strategy"]):
                raise ValueError(
                    f"metric={metric!r} has no rows of the baseline {baseline!r}; "
                    "score all strategies by the same metrics."
                )
        return result

    @property
    def strategies(self):
        """Labels of the strategies."""
        return list(self._frame["strategy"].unique())

    @property
    def metrics(self):
        """Names of the scorings."""
        return list(self._frame["metric"].unique())

    def to_frame(self):
        """Return the long table.

        Returns
        -------
        frame : DataFrame
            ``strategy``, ``repeat``, ``round``, ``n_labeled``, ``score``, ``fit_time``
            and ``query_time`` (seconds); with several scorings also ``metric``.
        """
        if len(self.metrics) == 1:
            return self._frame.drop(columns="metric")
        return self._frame.copy()

    def labeling_efficiency(
        self, baseline=None, *, target=None, envelope="isotonic", metric=None
    ):
        """Divide the labels the baseline needs for a score by those a strategy needs.

        Curves are means over repeats, made monotone, and interpolated in the logarithm
        of the number of labels.

        Parameters
        ----------
        baseline : str, default=None
            None: the result's own.
        target : float, 'grid' or None, default=None
            The score to reach. None: the last value of the baseline's monotone curve.
            'grid': 50 scores that both curves pass.
        envelope : {'isotonic', 'cummax'}, default='isotonic'
            How mean curves are made monotone.
        metric : str, default=None
            None: the first.

        Returns
        -------
        efficiency : Series or (for 'grid') DataFrame
            2 means half the labels; NaN, the target is never reached (nothing is
            extrapolated).

        References
        ----------
        Beck et al. (2021), "Effective Evaluation of Deep Active Learning on Image
        Classification Tasks", arXiv:2106.15324. The text there inverts the ratio; its
        figures are this way round.
        """
        return _metrics.labeling_efficiency(
            self._table(metric),
            self._check_baseline(baseline),
            target=target,
            envelope=envelope,
            greater_is_better=self.greater_is_better,
        )

    def average_performance_improvement(self, baseline=None, *, metric=None):
        """Average the lead over the baseline along the curve, in units of the score.

        Parameters
        ----------
        baseline : str, default=None
            None: the result's own.
        metric : str, default=None
            None: the first.

        Returns
        -------
        improvement : Series
            Above 0 is better, for losses too.

        References
        ----------
        Li et al. (2022), "An Empirical Study on the Efficacy of Deep Active Learning
        for Image Classification", arXiv:2212.03088.
        """
        return _metrics.average_performance_improvement(
            self._table(metric),
            self._check_baseline(baseline),
            greater_is_better=self.greater_is_better,
        )

    def nauc(self, baseline=None, *, scale="linear", metric=None):
        """Divide the area under a strategy's curve by that under the baseline's.

        One ratio per repeat, of the two curves that share its test set, seed set and
        model seeds; then their mean. For an accuracy, **above 1 is better**. For an
        error, **below 1 is better**; scores that are never positive, as those of the
        scorers ``"neg_..."``, are taken for errors.

        Parameters
        ----------
        baseline : str, default=None
            None: the result's own.
        scale : {'linear', 'log'}, default='linear'
            The axis of the labels; ``'log'`` gives the first labels more weight.
        metric : str, default=None
            None: the first.

        Returns
        -------
        nauc : DataFrame
            One row per strategy: ``nauc``, the mean over repeats; its
            ``standard_error`` (NaN: a single repeat); and ``better``, either 'above 1'
            or 'below 1'.

        Raises
        ------
        ValueError
            If scores of the metric have both signs.

        References
        ----------
        Ren et al. (2023), "Does Deep Active Learning Work in the Wild?",
        arXiv:2302.00098, where it is the area of the mean squared error.

        Examples
        --------
        >>> import pandas as pd
        >>> from skactive import SimulationResult
        >>> frame = pd.DataFrame({"strategy": ["random"] * 3 + ["mine"] * 3,
        ...                       "repeat": 0, "round": [0, 1, 2] * 2,
        ...                       "n_labeled": [10, 20, 40] * 2,
        ...                       "score": [1, 0.5, 0.25, 1, 0.4, 0.2]})
        >>> result = SimulationResult.from_frame(frame, greater_is_better=False)
        >>> result.nauc().round(4)
                    nauc  standard_error   better
        strategy
        random    1.0000             NaN  below 1
        mine      0.8667             NaN  below 1
        """
        import pandas as pd

        ratios, less_is_better = _metrics.area_ratios(
            self._table(metric),
            self._check_baseline(baseline),
            scale=scale,
            greater_is_better=self.greater_is_better,
        )
        table = pd.DataFrame(ratios).rename_axis(columns="strategy").T
        return pd.DataFrame(
            {
                "nauc": table.mean(axis=1, skipna=False),
                "standard_error": table.sem(axis=1, skipna=False),
                "better": "below 1" if less_is_better else "above 1",
            }
        )

    def summary(self, baseline=None, *, metric=None):
        """Return one row per strategy, with a verdict.

        Parameters
        ----------
        baseline : str, default=None
            None: the result's own.
        metric : str, default=None
            None: the first.

        Returns
        -------
        summary : DataFrame
            ``final_score``; ``labels_needed`` to reach the baseline's final score (NaN:
            never); ``efficiency`` with its 95 % interval ``efficiency_low`` to
            ``efficiency_high`` (NaN: below anything seen, or a single repeat);
            ``n_censored``, how many of 1000 resamples never reach the target; ``api``,
            the average performance improvement; and ``verdict``, one of 'baseline',
            'fewer labels', 'no difference shown' and 'worse'.

        Notes
        -----
        The interval is a bootstrap over repeats, paired, with percentiles expanded for
        few repeats. A verdict other than 'no difference shown' needs the whole interval
        on one side of 1 and a paired t test of the improvement (5 %) that agrees. Of
        studies of two equal strategies, 0.3 to 3 % got one with 5 or 10 repeats, and up
        to 5 % with 2 or 3. It takes many repeats to see a small saving: in studies of 5
        repeats, half of those with a true efficiency of 2 were recognized.
        """
        import pandas as pd

        baseline = self._check_baseline(baseline)
        table = self._table(metric)
        curves = _metrics.paired_curves(table, self.greater_is_better)
        means = {
            label: _metrics.mean_curve(curves.n_labeled, scores)
            for label, scores in curves.scores.items()
        }
        target = means[baseline].score[-1]
        samples = {}
        if len(curves.n_labeled) > 1:
            samples = resample_efficiency(curves, baseline)
        sign = 1 if self.greater_is_better else -1
        rows = {
            label: {
                "final_score": sign * scores[:, -1].mean(),
                "labels_needed": _metrics.labels_to_reach(means[label], target),
                "efficiency": _metrics.efficiency_at(
                    means[baseline], means[label], target
                ),
                **_judged(scores - curves.scores[baseline], samples.get(label)),
            }
            for label, scores in curves.scores.items()
        }
        rows[baseline]["verdict"] = "baseline"
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("strategy")

    def report(self, baseline=None, *, metric=None):
        """Return the summary as text, with a plain statement of what it shows.

        Parameters
        ----------
        baseline : str, default=None
            None: the result's own.
        metric : str, default=None
            None: the first.

        Returns
        -------
        report : str
            Several lines.
        """
        table = self._table(metric)
        return render(
            self.summary(baseline, metric=metric),
            metric=table["metric"].iloc[0],
            n_repeats=table["repeat"].nunique(),
            n_labeled=table.groupby("round")["n_labeled"].mean().tolist(),
            setting=self.setting,
        )

    def __str__(self):
        return self.report()

    def __repr__(self):
        return (
            f"SimulationResult(strategies={self.strategies}, metrics={self.metrics}, "
            f"n_repeats={self._frame['repeat'].nunique()}, baseline={self.baseline!r})"
        )

    def _table(self, metric):
        if metric is None:
            metric = self.metrics[0]
        if metric not in self.metrics:
            raise ValueError(f"metric={metric!r} is not among {self.metrics}.")
        return self._frame[self._frame["metric"] == metric]

    def _check_baseline(self, baseline):
        baseline = self.baseline if baseline is None else baseline
        if baseline not in self.strategies:
            raise ValueError(f"baseline={baseline!r} is not among {self.strategies}.")
        return baseline


def _judged(lead, samples):
    """Fill the columns of the summary that rest on several repeats.

    Parameters
    ----------
    lead : ndarray of shape (n_repeats, n_rounds)
    samples : ndarray of shape (n_resamples,) or None
        None: there is one repeat only.
    """
    lead = lead.mean(axis=1)
    low = high = np.nan
    n_censored = 0
    verdict = "no difference shown"
    if samples is not None:
        interval = percentile_interval(samples, len(lead))
        low, high = (bound if np.isfinite(bound) else np.nan for bound in interval)
        n_censored = int(np.isneginf(samples).sum())
        verdict = judge(interval, lead)
    return {
        "efficiency_low": low,
        "efficiency_high": high,
        "n_censored": n_censored,
        "api": lead.mean(),
        "verdict": verdict,
    }
