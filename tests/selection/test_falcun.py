"""FALCUN on views; its law is tested with the geometry."""

import numpy as np
import pytest
from scipy.stats import chisquare

from skactive import ModelView, strategies
from skactive.selection import Falcun

PROBA = np.random.default_rng(0).dirichlet(np.ones(3), size=6)
VIEW = ModelView.from_outputs(proba=PROBA)


@pytest.mark.parametrize("gamma", [1.0, 3.0])
def test_the_law_of_the_first_pick(gamma):
    # Doubt and scaled contrast are functions of the same gap then.
    ordered = np.sort(PROBA, axis=1)
    doubt = 1 - (ordered[:, 2] - ordered[:, 1])
    law = (doubt + (doubt - doubt.min()) / np.ptp(doubt)) ** gamma
    firsts = [
        Falcun(gamma=gamma, random_state=seed).select(VIEW, 1)[0] for seed in range(900)
    ]
    counts = np.bincount(firsts, minlength=6)
    assert chisquare(counts, 900 * law / law.sum()).pvalue > 0.001


def test_a_large_power_is_no_lottery_and_given_rows_are_picks():
    batches = {
        tuple(
            strategies.falcun(gamma=1e6, random_state=seed).select(VIEW, 3, given=[1])
        )
        for seed in range(20)
    }
    assert len(batches) == 1
    assert 1 not in batches.pop()
