"""What all results are made of: a row per campaign, round and metric."""

from __future__ import annotations


class LongTable:
    """Labeling curves as a long table.

    Parameters
    ----------
    frame : DataFrame
        With a column ``metric``.
    """

    def __init__(self, frame):
        self._frame = frame

    @property
    def metrics(self):
        """Names of the scorings."""
        return list(self._frame["metric"].unique())

    def to_frame(self):
        """Return the long table.

        Returns
        -------
        frame : DataFrame
            ``strategy``, in a study what is varied, ``repeat``, ``round``,
            ``n_labeled``, ``score``, ``fit_time`` and ``query_time`` (seconds); with
            several scorings also ``metric``. Of a campaign that failed, the rounds
            before that.
        """
        if len(self.metrics) == 1:
            return self._frame.drop(columns="metric")
        return self._frame.copy()

    def _of_metric(self, metric):
        """Rows of a metric; None is the first."""
        if metric is None:
            metric = self.metrics[0]
        if metric not in self.metrics:
            raise ValueError(f"metric={metric!r} is not among {self.metrics}.")
        return self._frame[self._frame["metric"] == metric]
