"""A progress bar that counts the rounds of one process."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple


class RoundsBar(NamedTuple):
    """One of several progress bars, to be drawn by the process that it is sent to."""

    name: str
    number: int
    n_bars: int

    @contextmanager
    def count(self, campaigns, options):
        """Draw it, and count each round that the campaigns keep.

        Parameters
        ----------
        campaigns : dict of key -> Campaign
        options : dict of key -> dict
            For `play_campaign`; changed in place.
        """
        from tqdm import tqdm

        which = "" if self.n_bars == 1 else f" {self.number + 1}/{self.n_bars}"
        with tqdm(
            desc=self.name + which,
            total=sum(len(campaign.totals) for campaign in campaigns.values()),
            initial=sum(len(each.get("played", ())) for each in options.values()),
            unit="round",
            position=self.number,
            file=sys.stderr,
        ) as bar:
            for each in options.values():
                each["keep"] = partial(_keep_and_count, each.get("keep"), bar)
            yield


def _keep_and_count(keep, bar, done):
    if keep is not None:
        keep(done)
    bar.update()
