"""What a simulation measured, and whether it paid."""

from __future__ import annotations

import numpy as np

from skactive.simulation import _costs, _errors, _metrics, _penalties
from skactive.simulation._concat import join_results
from skactive.simulation._efficiency_interval import efficiency_intervals
from skactive.simulation._learning_curve import diagnose_means
from skactive.simulation._long_table import LongTable
from skactive.simulation._report import render
from skactive.simulation._report_page import save_report
from skactive.simulation._verdict import judge, repeats_differ


class SimulationResult(LongTable):
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
    failures : DataFrame, default=None
        What failed; None is nothing.

    Attributes
    ----------
    strategies : list of str
        Those that are compared: without a failure in any repeat.
    metrics : list of str
        Names of the scorings; methods take the first unless told otherwise.
    picks : DataFrame or None
        ``strategy``, ``repeat``, ``round`` and ``row`` (of the X passed to
        ``simulate``), in the order of picking; round 0 is the seed set. For a Problem
        its inputs stand in place of ``row``.
    failures : DataFrame
        ``strategy``, ``repeat``, ``round``, ``error`` and ``traceback`` of each
        campaign that an exception has ended.

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

    def __init__(
        self,
        frame,
        picks,
        *,
        baseline,
        greater_is_better=True,
        setting=None,
        failures=None,
    ):
        import pandas as pd

        if failures is None:
            columns = ["strategy", "repeat", "round", "error", "traceback"]
            failures = pd.DataFrame(columns=columns)
        self.failures = failures
        super().__init__(frame)
        self.picks = picks
        self.baseline = baseline
        self.greater_is_better = greater_is_better
        self.setting = setting

    @classmethod
    def from_frame(
        cls,
        frame,
        picks=None,
        greater_is_better=True,
        *,
        baseline=None,
        setting=None,
        failures=None,
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
        failures : DataFrame, default=None
            What failed, as in the attribute. The strategies it names may lack rounds,
            and are not compared.

        Returns
        -------
        result : SimulationResult

        Raises
        ------
        ValueError
            If a column or a round is missing, a round is there twice, ``n_labeled``
            falls or is not above 0, a score is not finite, or the baseline is unknown.
        """
        import pandas as pd

        if not isinstance(frame, pd.DataFrame):
            raise ValueError(
                f"frame is a {type(frame).__name__}; pass a DataFrame with one row per "
                "round."
            )
        if not len(frame):
            raise ValueError("frame is empty; pass one row per round.")
        _metrics.check_columns(frame)
        frame = frame.reset_index(drop=True)
        if "metric" not in frame:
            frame["metric"] = "score"
        result = cls(
            frame,
            picks,
            baseline=baseline,
            greater_is_better=greater_is_better,
            setting=setting,
            failures=failures,
        )
        if not result.strategies:
            raise ValueError("Every strategy failed; there is nothing to compare.")
        if baseline is None:
            result.baseline = choose_baseline(result.strategies)
        result._check_baseline(result.baseline)
        for metric in result.metrics:
            table = result._table(metric)
            _metrics.paired_curves(table)
            if result.baseline not in set(table["strategy"]):
                raise ValueError(
                    f"metric={metric!r} has no rows of the baseline "
                    f"{result.baseline!r}; score all strategies by the same metrics."
                )
        return result

    @classmethod
    def concat(cls, results):
        """Join results of several calls, such as those of several machines.

        Results with the same ``random_state`` have the same repeats: their strategies
        are put together. Results with others add repeats, which are renumbered.

        Parameters
        ----------
        results : list of SimulationResult
            Of one setting, up to ``random_state``. If they have different baselines,
            that of the new result is 'random' if it is there, else the first strategy.

        Returns
        -------
        result : SimulationResult
            A strategy and repeat that is in several of them is there once, with the
            times of the first. ``picks`` is None if it is in one of them. Of several
            seeds, ``setting["random_state"]`` is the list.

        Raises
        ------
        ValueError
            If settings differ; if a strategy and repeat is there twice and differs by
            more than times and rounding; if seed sets, or scores on them, differ with
            one seed; or if a strategy lacks repeats that others have.

        Notes
        -----
        The setting does not tell the data. With one seed, other data show as other seed
        sets, or as other scores of the model on the same seed set, and are refused.
        Learners with a model of their own, named in the setting as ``own_models``, have
        scores of their own. It is yours to know that one label is one strategy in all
        results, and one name of a metric one scorer; and, with several seeds, that all
        come from the same table.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from sklearn.naive_bayes import GaussianNB
        >>> from skactive import SimulationResult, simulate
        >>> here, there = (
        ...     simulate(GaussianNB(), *load_iris(return_X_y=True), n_initial=9,
        ...              strategies=["random", "margin"], n_queries=9, budget=27,
        ...              n_repeats=3, random_state=seed)
        ...     for seed in (0, 1)
        ... )
        >>> SimulationResult.concat([here, there])
        SimulationResult(strategies=['random', 'margin'], ... n_repeats=6, ...)
        """
        if isinstance(results, cls):
            raise ValueError(
                f"results={results!r} is a single result; pass a list: [result, other]."
            )
        results = list(results)
        if not results or not all(isinstance(result, cls) for result in results):
            raise ValueError(
                f"results={results!r}; pass a list of at least one SimulationResult."
            )
        return cls.from_frame(**join_results(results))

    @property
    def strategies(self):
        """Labels of the strategies that are compared."""
        failed = set(self.failures["strategy"])
        return [s for s in self._frame["strategy"].unique() if s not in failed]

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

    def efficiency_interval(self, baseline=None, *, metric=None):
        """Bound the labeling efficiency at the baseline's final score.

        The interval inverts a paired t test: a number of labels is left out if, over
        the repeats, the strategy's score there differs from the baseline's last (5 %).

        Parameters
        ----------
        baseline : str, default=None
            None: the result's own.
        metric : str, default=None
            None: the first.

        Returns
        -------
        interval : DataFrame
            One row per strategy: ``efficiency_low`` and ``efficiency_high``. Low is 0
            where it is not shown that the strategy gets to that score at all; high is
            at most what reaching it with the seed set would be. NaN for a single
            repeat, and for repeats with the same scores.

        Notes
        -----
        Where the truth was known, 96 to 99 % of these intervals contained it with 5 to
        20 repeats, and 97 to 100 % with 2 or 3, when they often span all that was
        measured. The test sees the last score of the baseline and the scores between
        two rounds, not the isotonic curves. So in rare cases the interval misses the
        estimate. Where the baseline's mean dips at the end, the estimate aims at a
        higher score; if it then is not above 1, there is no verdict.

        Examples
        --------
        >>> import numpy as np
        >>> import pandas as pd
        >>> from skactive import SimulationResult
        >>> noise = 0.01 * np.array([0, 1, -1, 0, 1, -1, 1, 0, -1, 1, 0, -1, 0, 1, -1])
        >>> random, mine = np.tile([0.5, 0.7, 0.9], 5), np.tile([0.5, 0.9, 0.95], 5)
        >>> frame = pd.DataFrame({"strategy": ["random"] * 15 + ["mine"] * 15,
        ...                       "repeat": np.tile(np.repeat(range(5), 3), 2),
        ...                       "round": np.tile(range(3), 10),
        ...                       "n_labeled": np.tile([10, 20, 40], 10),
        ...                       "score": np.r_[random, mine + noise]})
        >>> result = SimulationResult.from_frame(frame)
        >>> result.efficiency_interval().loc["mine"].round(2).to_dict()
        {'efficiency_low': 1.97, 'efficiency_high': 2.04}
        """
        import pandas as pd

        baseline = self._check_baseline(baseline)
        rows = self._intervals(self._curves(metric), baseline)
        index = pd.Index(rows, name="strategy")
        columns = ["efficiency_low", "efficiency_high"]
        return pd.DataFrame(rows.values(), index, columns)

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

    def penalty_matrix(self, metric=None, *, correction=None):
        """Count in how many rounds one strategy beats another.

        In every round and for every pair of strategies, a two-sided paired t test over
        the repeats, at 5 %. The row is the better strategy, the column the penalized
        one.

        Parameters
        ----------
        metric : str, default=None
            None: the first.
        correction : {'holm'} or None, default=None
            Holm's correction over all tests of the matrix. The papers make none.

        Returns
        -------
        matrix : DataFrame
            The share of rounds in which the row beats the column. The last row,
            'column mean', is how often a strategy is beaten, by all of them on
            average, itself included; less is better. Matrices of several data sets may
            be added.

        Raises
        ------
        ValueError
            If there are fewer than two repeats, or the correction is unknown.

        See Also
        --------
        pairwise_differences : How large the differences are.
        simulation.PenaltyMatrixDisplay : The matrix as a plot.

        Notes
        -----
        Where no strategy differs, a cell is 0.025 on average without a correction; with
        it, one matrix in twenty has any cell above 0. With 3 repeats a test sees large
        differences only. Differences that are alike in all repeats, and not zero, win.
        Nobody wins the first round of a simulation, whose labels all strategies share.

        References
        ----------
        Ash et al. (2020), "Deep Batch Active Learning by Diverse, Uncertain Gradient
        Lower Bounds", arXiv:1906.03671.

        Examples
        --------
        >>> import pandas as pd
        >>> from skactive import SimulationResult
        >>> lead = [0, 0.01, 0, 0.02, 0, 0.015, 0, 0.005, 0, 0.02]
        >>> frame = pd.DataFrame({"strategy": ["random", "mine"] * 5, "round": 0,
        ...                       "repeat": [0, 0, 1, 1, 2, 2, 3, 3, 4, 4],
        ...                       "n_labeled": 10, "score": lead})
        >>> SimulationResult.from_frame(frame).penalty_matrix()
        penalized    random  mine
        better
        random          0.0   0.0
        mine            1.0   0.0
        column mean     0.5   0.0
        """
        return _penalties.penalty_matrix(self._curves(metric), correction)

    def pairwise_differences(self, metric=None):
        """Average the lead of each strategy over each other along the curve.

        Parameters
        ----------
        metric : str, default=None
            None: the first.

        Returns
        -------
        differences : DataFrame
            A row per ordered pair: ``difference``, the mean over repeats of the lead
            averaged over rounds (above 0: the first is better, for losses too), and its
            ``standard_error`` (NaN: a single repeat).
        """
        return _penalties.pairwise_differences(self._curves(metric))

    def normalized_cost(self, baseline=None):
        """Divide the computing time of a strategy by the baseline's.

        Parameters
        ----------
        baseline : str, default=None
            None: the result's own.

        Returns
        -------
        cost : DataFrame
            One row per strategy: ``query_time`` and ``fit_time``, seconds per round on
            average, that of the seed set included; and ``cost``, their sum divided by
            the baseline's.

        Raises
        ------
        ValueError
            If the table has no times.

        Notes
        -----
        Times hold for the machine on which they were measured, and for what else it had
        to do.

        References
        ----------
        Li et al. (2022), "An Empirical Study on the Efficacy of Deep Active Learning
        for Image Classification", arXiv:2212.03088.

        Examples
        --------
        >>> import pandas as pd
        >>> from skactive import SimulationResult
        >>> frame = pd.DataFrame({"strategy": ["random"] * 2 + ["mine"] * 2,
        ...                       "repeat": 0, "round": [0, 1] * 2,
        ...                       "n_labeled": [10, 20] * 2, "score": 0.5,
        ...                       "query_time": [0, 0, 0, 4.0], "fit_time": 1.0})
        >>> SimulationResult.from_frame(frame).normalized_cost()
                  query_time  fit_time  cost
        strategy
        random           0.0       1.0   1.0
        mine             2.0       1.0   3.0
        """
        compared = self._frame["strategy"].isin(self.strategies)
        return _costs.normalized_cost(
            self._frame[compared], self._check_baseline(baseline)
        )

    def error_cdf(self, baseline=None, *, metric=None):
        """Divide errors by the baseline's in each round, and sort them.

        Parameters
        ----------
        baseline : str, default=None
            None: the result's own.
        metric : str, default=None
            None: the first.

        Returns
        -------
        cdf : DataFrame
            A row per strategy and round, sorted by ``ratio``, the mean error divided by
            the baseline's; ``cdf``, the share of rounds with at most this ratio; and
            ``p_below_1``, the share of rounds in which the strategy errs less, the same
            in all rows of a strategy.

        Raises
        ------
        ValueError
            If the scores are neither errors nor at most 1.

        Notes
        -----
        The error is 1 minus the score; for losses, and for scores that are never
        positive, as those of the scorers ``"neg_..."``, the loss itself. The cells of
        several data sets may be put together in one table. The first round of a
        simulation has a ratio of 1, for all strategies share its labels.

        References
        ----------
        Ash et al. (2020), "Deep Batch Active Learning by Diverse, Uncertain Gradient
        Lower Bounds", arXiv:1906.03671.

        Examples
        --------
        >>> import pandas as pd
        >>> from skactive import SimulationResult
        >>> frame = pd.DataFrame({"strategy": ["random"] * 2 + ["mine"] * 2,
        ...                       "repeat": 0, "round": [0, 1] * 2,
        ...                       "n_labeled": [10, 20] * 2,
        ...                       "score": [0.5, 0.75, 0.5, 0.875]})
        >>> cdf = SimulationResult.from_frame(frame).error_cdf()
        >>> cdf.loc[cdf["strategy"] == "mine", ["ratio", "cdf", "p_below_1"]]
           ratio  cdf  p_below_1
        2    0.5  0.5        0.5
        3    1.0  1.0        0.5
        """
        return _errors.error_cdf(
            self._table(metric),
            self._check_baseline(baseline),
            greater_is_better=self.greater_is_better,
        )

    def deficiency(self, baseline=None, *, metric=None):
        """Divide the score missed along the curve by what the baseline misses.

        A curve misses, in every round, what it lacks to the baseline's final score.

        Parameters
        ----------
        baseline : str, default=None
            None: the result's own.
        metric : str, default=None
            None: the first.

        Returns
        -------
        deficiency : Series
            Below 1 is better, for losses too; below 0, the strategy is above the
            baseline's final score on average. NaN if the baseline misses nothing.

        References
        ----------
        Baram, El-Yaniv, Luz (2004), "Online Choice of Active Learning Algorithms",
        Journal of Machine Learning Research 5, 255-291.

        Examples
        --------
        >>> import pandas as pd
        >>> from skactive import SimulationResult
        >>> frame = pd.DataFrame({"strategy": ["random"] * 3 + ["mine"] * 3,
        ...                       "repeat": 0, "round": [0, 1, 2] * 2,
        ...                       "n_labeled": [10, 20, 40] * 2,
        ...                       "score": [50, 60, 70, 50, 65, 72]})
        >>> SimulationResult.from_frame(frame).deficiency().round(3).to_dict()
        {'random': 1.0, 'mine': 0.767}
        """
        return _errors.deficiency(
            self._table(metric),
            self._check_baseline(baseline),
            greater_is_better=self.greater_is_better,
        )

    def diagnosis(self, strategy=None, *, metric=None):
        """Tell from a strategy's learning curve whether more labels help.

        A power law is fitted to the mean error over the repeats.

        Parameters
        ----------
        strategy : str, default=None
            None: the baseline.
        metric : str, default=None
            None: the first.

        Returns
        -------
        diagnosis : CurveDiagnosis
            'data-starved', 'transition', 'saturated' or 'undetermined', with the
            numbers behind it; ``print`` puts it into words.

        Raises
        ------
        ValueError
            If it cannot be told what the error is: a score above 1, or of both signs,
            such as R² of a model that may be worse than the mean.

        See Also
        --------
        simulation.diagnose_curve : For curves measured elsewhere; the rules.

        Notes
        -----
        The error is 1 minus the score, where it is between 0 and 1 (accuracy, AUC, F1);
        for losses, and for scores that are never positive, as those of the scorers
        ``"neg_..."``, it is the loss itself.

        Examples
        --------
        >>> import pandas as pd
        >>> from skactive import SimulationResult
        >>> frame = pd.DataFrame({"strategy": "random", "repeat": 0, "round": range(6),
        ...                       "n_labeled": [20, 40, 80, 160, 320, 640],
        ...                       "score": [0.6, 0.8, 0.85, 0.87, 0.88, 0.885]})
        >>> result = SimulationResult.from_frame(frame)
        >>> result.diagnosis().verdict
        'saturated'
        """
        table = self._table(metric)
        strategy = self.baseline if strategy is None else strategy
        if strategy not in self.strategies:
            raise ValueError(f"strategy={strategy!r} is not among {self.strategies}.")
        scores = table["score"].to_numpy(dtype=float)
        if scores.min() < 0 < scores.max():
            raise ValueError(
                f"Scores from {scores.min():.3g} to {scores.max():.3g} have no error "
                "that falls to 0 by a power law; score by an error, such as "
                "'neg_mean_squared_error', or by a share, such as 'accuracy'."
            )
        to_error = _errors.error_of(scores, self.greater_is_better)
        curves = _metrics.paired_curves(table)
        errors = to_error(curves.scores[strategy])
        return diagnose_means(curves.n_labeled, errors)

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
            ``efficiency_high``, as from :meth:`efficiency_interval`; ``api``, the
            average performance improvement; and ``verdict``, one of 'baseline', 'fewer
            labels', 'no difference shown' and 'worse'.

        Notes
        -----
        A verdict other than 'no difference shown' needs the whole interval on one side
        of 1 and a paired t test of the improvement (5 %) that agrees; and 'fewer
        labels' an efficiency above 1. Of studies of two equal strategies, up to 2 % got
        one. It takes many repeats to see a small saving: in studies of 5 repeats with a
        true efficiency of 2, half were recognized.

        Where every strategy has the same scores in all repeats, round by round, nothing
        has an interval or a verdict. The repeats may be copies of one campaign, of one
        test set, one seed set, and strategies and a model without chance; or all scores
        are perfect.
        """
        import pandas as pd

        baseline = self._check_baseline(baseline)
        measured = self._curves(metric)
        curves = _metrics.without_rounding(measured, baseline)
        means = {
            label: _metrics.mean_curve(curves.n_labeled, scores)
            for label, scores in curves.scores.items()
        }
        target = means[baseline].score[-1]
        intervals = self._intervals(curves, baseline)
        sign = 1 if self.greater_is_better else -1
        efficiency = {
            label: _metrics.efficiency_at(means[baseline], mean, target)
            for label, mean in means.items()
        }
        rows = {
            label: {
                "final_score": sign * scores[:, -1].mean(),
                "labels_needed": _metrics.labels_to_reach(means[label], target),
                "efficiency": efficiency[label],
                "efficiency_low": intervals[label][0],
                "efficiency_high": intervals[label][1],
                "api": (measured.scores[label] - measured.scores[baseline]).mean(),
                "verdict": "baseline"
                if label == baseline
                else judge(
                    intervals[label],
                    scores - curves.scores[baseline],
                    efficiency[label],
                ),
            }
            for label, scores in curves.scores.items()
        }
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
            failures=self.failures,
        )

    def save_report(
        self,
        path,
        *,
        label_price=None,
        second_price=0,
        title=None,
        baseline=None,
        metric=None,
    ):
        """Write a page that says whether active learning pays, and what shows it.

        It begins with what to do. Then follow the setting, the curves, the labeling
        efficiencies, who beats whom, what computing costs, whether more labels would
        help, what the labels saved are worth, and what all this does not show.

        Parameters
        ----------
        path : str or Path
            ``.html``: one file with everything in it. ``.md``: Markdown, with the
            pictures in a folder ``<name>_files`` beside it.
        label_price : float, default=None
            Price of a label. None: no worth is computed.
        second_price : float, default=0
            Price of a second of computing, in the same currency.
        title : str, default=None
            None: "Does active learning pay?".
        baseline : str, default=None
            None: the result's own.
        metric : str, default=None
            None: the first.

        Raises
        ------
        ImportError
            If matplotlib is not there; it comes with ``skactive[plot]``.
        ValueError
            If the name ends otherwise, or a price is negative.

        See Also
        --------
        report : The summary as text.
        simulation.CostModel : More about prices.

        Examples
        --------
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> from sklearn.datasets import load_iris
        >>> from sklearn.naive_bayes import GaussianNB
        >>> from skactive import simulate
        >>> result = simulate(GaussianNB(), *load_iris(return_X_y=True), n_initial=9,
        ...                   strategies=["random", "margin"], n_queries=9, budget=45,
        ...                   random_state=0)
        >>> with TemporaryDirectory() as folder:
        ...     path = Path(folder) / "report.md"
        ...     result.save_report(path, label_price=2)
        ...     print(path.read_text().splitlines()[2])
        > **Choose at random: active learning is not shown to be better here. ...
        """
        save_report(
            self,
            path,
            label_price=label_price,
            second_price=second_price,
            title=title,
            baseline=baseline,
            metric=metric,
        )

    def __str__(self):
        return self.report()

    def __repr__(self):
        return (
            f"SimulationResult(strategies={self.strategies}, metrics={self.metrics}, "
            f"n_repeats={self._frame['repeat'].nunique()}, baseline={self.baseline!r})"
        )

    def _table(self, metric):
        frame = self._of_metric(metric)
        return frame[frame["strategy"].isin(self.strategies)]

    def _curves(self, metric):
        table = self._table(metric)
        return _metrics.paired_curves(table, self.greater_is_better)

    def _intervals(self, curves, baseline):
        """Intervals of the efficiency; a single repeat has none, nor equal ones."""
        if repeats_differ(curves.scores):
            return efficiency_intervals(curves, baseline)
        return dict.fromkeys(curves.scores, (np.nan, np.nan))

    def _check_baseline(self, baseline):
        baseline = self.baseline if baseline is None else baseline
        if baseline not in self.strategies:
            raise ValueError(f"baseline={baseline!r} is not among {self.strategies}.")
        return baseline


def choose_baseline(labels):
    """'random' if it is there, else the first."""
    return "random" if "random" in labels else next(iter(labels))
