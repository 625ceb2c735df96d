"""What a labeling campaign costs, and when labeling everything is cheaper."""

from __future__ import annotations

from numbers import Integral, Real

import numpy as np
from scipy.optimize import nnls

from skactive.simulation._metrics import KEYS


class CostModel:
    """Prices of a campaign of labeling, training and asking, round after round.

    A campaign that trains R times, each time afresh from all labels so far, on n₁ to
    n_R of them, costs ``c_label * n_R + c_train_per_sample * (n₁ + ... + n_R) +
    c_round * R``, and for each query ``c_query_per_pool_sample`` times the samples that
    are not labeled yet. All prices are in one currency.

    Parameters
    ----------
    c_label : float
        Price of a label.
    c_train_per_sample : float, default=0
        Price of training, per labeled sample.
    c_round : float, default=0
        What a round costs however many labels it has: setting up, meeting, shipping.
    c_query_per_pool_sample : float, default=0
        Price of a query, per unlabeled sample.
    turnaround : float, default=0
        Time from asking to having the labels of a round, in any unit. It is not a part
        of the cost.

    References
    ----------
    Beyond the price of labels, that of training in every round grows with the square of
    their number: see Prendki, "9 Reasons Why Active Learning is Not Widely Adopted".

    Examples
    --------
    >>> from skactive.simulation import CostModel
    >>> model = CostModel(c_label=1, c_train_per_sample=0.5)
    >>> round(model.break_even(n_rounds=10), 2)
    0.4

    So ten rounds pay if they make do with less than 40 % of the labels.
    """

    def __init__(
        self,
        c_label,
        c_train_per_sample=0.0,
        c_round=0.0,
        c_query_per_pool_sample=0.0,
        turnaround=0.0,
    ):
        self.c_label = c_label
        self.c_train_per_sample = c_train_per_sample
        self.c_round = c_round
        self.c_query_per_pool_sample = c_query_per_pool_sample
        self.turnaround = turnaround
        for name, value in vars(self).items():
            if not isinstance(value, Real) or not 0 <= value < np.inf:
                raise ValueError(f"{name}={value!r} must be a finite number from 0 on.")

    def __repr__(self):
        prices = (f"{name}={value:.3g}" for name, value in vars(self).items())
        return f"CostModel({', '.join(prices)})"

    @classmethod
    def from_result(
        cls,
        result,
        strategy=None,
        *,
        label_price,
        second_price=0.0,
        n_samples=None,
        turnaround=0.0,
    ):
        """Take the prices of computing from the seconds that a simulation measured.

        Parameters
        ----------
        result : SimulationResult
            With its times.
        strategy : str, default=None
            Whose seconds. None: the first that is not the baseline.
        label_price : float
            Price of a label.
        second_price : float, default=0
            Price of a second of computing.
        n_samples : int, default=None
            Samples of the pool, the labeled ones included. None: the seconds of a
            query count as those of a round, whatever the size of the pool.
        turnaround : float, default=0
            Time from asking to having the labels.

        Returns
        -------
        model : CostModel

        Raises
        ------
        ValueError
            If the table has no times, or the strategy is unknown.

        Notes
        -----
        The seconds of training are taken to grow linearly with the number of labels,
        from a part that every round has; both by non-negative least squares.

        Examples
        --------
        >>> import pandas as pd
        >>> from skactive import SimulationResult
        >>> from skactive.simulation import CostModel
        >>> frame = pd.DataFrame({"strategy": ["random"] * 2 + ["mine"] * 2,
        ...                       "repeat": 0, "round": [0, 1] * 2,
        ...                       "n_labeled": [10, 20] * 2, "score": 0.5,
        ...                       "query_time": [0, 0, 0, 3.0],
        ...                       "fit_time": [1.5, 2.5] * 2})
        >>> result = SimulationResult.from_frame(frame)
        >>> CostModel.from_result(result, label_price=2, second_price=0.1, n_samples=40)
        CostModel(c_label=2, c_train_per_sample=0.01, c_round=0.05,
                  c_query_per_pool_sample=0.01, turnaround=0)
        """
        if strategy is None:
            others = [s for s in result.strategies if s != result.baseline]
            strategy = others[0] if others else result.baseline
        if strategy not in result.strategies:
            raise ValueError(f"strategy={strategy!r} is not among {result.strategies}.")
        result.normalized_cost()  # checks the times
        frame = result.to_frame().drop_duplicates(KEYS)
        frame = frame[frame["strategy"] == strategy].sort_values(["repeat", "round"])
        n = frame["n_labeled"].to_numpy(dtype=float)
        fit_time = frame["fit_time"].to_numpy(dtype=float)
        (fixed, per_sample), _ = nnls(np.column_stack([np.ones_like(n), n]), fit_time)
        per_pool_sample = 0.0
        if n_samples is None:
            fixed += frame["query_time"].mean()
        else:
            _check_pool(n_samples, n.max())
            # What a query looks at is what the round before has left; a query for the
            # seed set looks at the whole pool.
            before = frame.groupby("repeat")["n_labeled"].shift(fill_value=0)
            looked_at = (n_samples - before)[frame["query_time"] > 0].sum()
            if looked_at:
                per_pool_sample = frame["query_time"].sum() / looked_at
        return cls(
            label_price,
            float(second_price * per_sample),
            float(second_price * fixed),
            float(second_price * per_pool_sample),
            turnaround,
        )

    def cost(self, n_labeled, *, n_samples=None):
        """Add up what a campaign costs.

        Parameters
        ----------
        n_labeled : array-like of shape (n_rounds,)
            Labels held in each round; all are paid for.
        n_samples : int, default=None
            Samples of the pool, the labeled ones included. Needed if queries have a
            price.

        Returns
        -------
        cost : float

        Examples
        --------
        >>> from skactive.simulation import CostModel
        >>> CostModel(c_label=2, c_round=5).cost([10, 20, 30])
        75.0
        """
        n = np.asarray(n_labeled, dtype=float)
        if n.ndim != 1 or not len(n):
            raise ValueError(
                f"n_labeled={n_labeled!r} must be a list of one number or more: the "
                "labels held in each round."
            )
        if not (np.isfinite(n).all() and n[0] >= 0 and (np.diff(n) >= 0).all()):
            raise ValueError(
                f"n_labeled={n_labeled!r} must be finite numbers from 0 on that never "
                "fall: all labels held so far."
            )
        if n_samples is not None:
            _check_pool(n_samples, n[-1])
        cost = self.c_label * n[-1] + self.c_train_per_sample * n.sum()
        cost += self.c_round * len(n)
        if self.c_query_per_pool_sample:
            # The last round asks for nothing more.
            left = self._known(n_samples, "n_samples") - n[:-1]
            cost += self.c_query_per_pool_sample * left.sum()
        return float(cost)

    def wall_time(self, n_rounds):
        """Compute the time that is spent on waiting for labels.

        Parameters
        ----------
        n_rounds : int
            Number of rounds.

        Returns
        -------
        time : float
            In the unit of ``turnaround``.
        """
        if not (isinstance(n_rounds, Real) and 0 <= n_rounds < np.inf):
            raise ValueError(
                f"n_rounds={n_rounds!r} must be 0 or more: a number of rounds."
            )
        return float(n_rounds * self.turnaround)

    def break_even(self, n_rounds, *, n_samples=None):
        """Compute the share of labels below which the campaign is the cheaper way.

        The other way is to label everything and to train once, in one round that costs
        what a round costs. The campaign has equal batches, the first of which is the
        seed set.

        Parameters
        ----------
        n_rounds : int
            Rounds of the campaign.
        n_samples : int, default=None
            All there is to label. Needed if rounds have a price.

        Returns
        -------
        share : float
            0 if the campaign never pays.

        Notes
        -----
        Prendki's rule leaves out the round in which everything is labeled, and so asks
        a little more of the campaign.

        Examples
        --------
        >>> from skactive.simulation import CostModel
        >>> model = CostModel(c_label=1, c_round=10)
        >>> model.break_even(n_rounds=4, n_samples=100)
        0.7
        >>> model.cost([17.5, 35, 52.5, 70]) == model.cost([100])
        True
        """
        if not (isinstance(n_rounds, Real) and 1 <= n_rounds < np.inf):
            raise ValueError(
                f"n_rounds={n_rounds!r} must be at least 1: a number of rounds."
            )
        if n_samples is not None and not (
            isinstance(n_samples, Real) and n_samples > 0
        ):
            raise ValueError(
                f"n_samples={n_samples!r} must be above 0: all there is to label."
            )
        train, query = self.c_train_per_sample, self.c_query_per_pool_sample
        saved = self.c_label + train - query * (n_rounds - 1)
        if self.c_round:
            # Labeling everything takes a round too.
            n_more = n_rounds - 1
            saved -= self.c_round * n_more / self._known(n_samples, "n_samples")
        if saved <= 0:
            return 0.0
        paid = self.c_label + train * (n_rounds + 1) / 2 - query * (n_rounds - 1) / 2
        return float(saved / paid)

    def optimal_rounds(
        self, curve, error, *, n_samples=None, max_rounds=100, max_wall_time=None
    ):
        """Choose the number of rounds with which a campaign is the cheapest.

        Every round trains again. With few rounds the batches are large, and the
        campaign ends half a batch beyond what it needs, on average.

        Parameters
        ----------
        curve : CurveDiagnosis
            From :func:`diagnose_curve` or ``SimulationResult.diagnosis``.
        error : float
            The error to reach.
        n_samples : int, default=None
            Samples of the pool. Needed if queries have a price.
        max_rounds : int, default=100
            The most to consider.
        max_wall_time : float, default=None
            The most there is to wait for labels. None: no limit.

        Returns
        -------
        n_rounds : int

        Raises
        ------
        ValueError
            If the curve never reaches the error, or not with all samples of the pool,
            or one round takes too long.

        Notes
        -----
        The curve is taken to be the same for every number of rounds. Where a strategy
        needs small batches, this gives too few rounds.

        Examples
        --------
        >>> import numpy as np
        >>> from skactive.simulation import CostModel, diagnose_curve
        >>> n = np.array([50, 100, 200, 400, 800])
        >>> curve = diagnose_curve(n, 0.1 + 2 / np.sqrt(n))
        >>> CostModel(c_label=1, c_round=20).optimal_rounds(curve, 0.15)
        7
        """
        if not (isinstance(max_rounds, Integral) and max_rounds >= 1):
            raise ValueError(
                f"max_rounds={max_rounds!r} must be an integer from 1 on: a campaign "
                "has a round."
            )
        needed = curve.labels_to_reach(error)
        if not np.isfinite(needed):
            raise ValueError(
                f"The curve never reaches error={error!r}; it tends to "
                f"{curve.asymptote:.3g}."
            )
        if n_samples is not None and not needed <= n_samples:
            raise ValueError(
                f"error={error!r} takes {needed:.0f} labels, but n_samples="
                f"{n_samples!r}; allow a larger error."
            )
        if max_wall_time is not None and self.turnaround:
            max_rounds = min(max_rounds, int(max_wall_time // self.turnaround))
            if max_rounds < 1:
                raise ValueError(
                    f"max_wall_time={max_wall_time!r} is less than turnaround="
                    f"{self.turnaround!r}, so there is no time for a round."
                )
        # There is no more to label than the pool.
        most = np.inf if n_samples is None else n_samples
        costs = [
            self.cost(
                np.minimum(
                    needed * np.arange(1, n_rounds + 1) / (n_rounds - 0.5), most
                ),
                n_samples=n_samples,
            )
            for n_rounds in range(1, max_rounds + 1)
        ]
        return int(np.argmin(costs)) + 1

    def _known(self, value, name):
        if value is None:
            raise ValueError(f"{name}=None, but rounds or queries have a price: {self}")
        return value


def _check_pool(n_samples, n_labeled):
    if not (isinstance(n_samples, Real) and n_samples >= n_labeled):
        raise ValueError(
            f"n_samples={n_samples!r}, but {n_labeled:g} were labeled; pass all "
            "samples of the pool, the labeled ones included."
        )
