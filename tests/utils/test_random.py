"""Seeds: split by role, filled where unset, never from the global generators."""

# ruff: noqa: NPY002  the global generator is watched

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.ensemble import BaggingClassifier
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import QuantileTransformer, StandardScaler

from skactive.utils import derive_seed, draw_seed, make_rng, reseed_nested, seed_nested


def nested():
    return make_pipeline(
        QuantileTransformer(random_state=3),
        StandardScaler(),
        BaggingClassifier(SGDClassifier()),
    )


def seeds_of(estimator):
    return {
        name: value
        for name, value in estimator.get_params().items()
        if name.endswith("random_state")
    }


def test_draw_seed_takes_what_scikit_learn_takes():
    assert draw_seed(7) == 7
    assert draw_seed(np.int64(7)) == 7
    drawn = draw_seed(np.random.RandomState(0))
    assert drawn == draw_seed(np.random.RandomState(0))
    assert drawn != draw_seed(np.random.RandomState(1))
    assert draw_seed(np.random.default_rng(0)) == draw_seed(np.random.default_rng(0))


def test_none_draws_fresh_entropy_and_leaves_the_global_generator_alone():
    before = np.random.get_state()[1].copy()
    seeds = {draw_seed(None) for _ in range(20)}
    assert len(seeds) == 20
    assert (np.random.get_state()[1] == before).all()


@pytest.mark.parametrize(
    ("random_state", "message"),
    [
        (-1, "random_state=-1 must not be negative"),
        ("a", "random_state='a' cannot seed"),
    ],
)
def test_bad_seeds_are_refused(random_state, message):
    with pytest.raises(ValueError, match=message):
        draw_seed(random_state)


def test_roles_are_independent():
    roles = [(), ("a",), ("b",), ("a", 0), ("a", 1), (0,), (1,), ("a", "b"), ("b", "a")]
    seeds = [derive_seed(5, *role) for role in roles]
    assert len(set(seeds)) == len(seeds)
    assert seeds == [derive_seed(5, *role) for role in roles]
    assert all(0 <= seed < 2**31 for seed in seeds)
    assert make_rng(5, "a").random() == make_rng(5, "a").random()
    assert make_rng(5, "a").random() != make_rng(6, "a").random()


def test_only_unset_seeds_are_filled():
    estimator = seed_nested(nested(), 11)
    seeds = seeds_of(estimator)
    assert seeds["quantiletransformer__random_state"] == 3
    filled = {seed for name, seed in seeds.items() if not name.startswith("quant")}
    assert len(filled) == 2, "the parts get seeds of their own"
    assert all(isinstance(seed, int) for seed in filled)
    assert seeds_of(seed_nested(nested(), 11)) == seeds


def test_estimators_without_randomness_stay_as_they_are():
    assert (
        seed_nested(StandardScaler(), 0).get_params() == StandardScaler().get_params()
    )


def test_mix_changes_set_seeds_from_round_to_round():
    rounds = [
        seed_nested(LogisticRegression(random_state=0), 9, mix=n).random_state
        for n in (10, 20, 10)
    ]
    assert rounds[0] == rounds[2] != rounds[1]


def test_mix_changes_generators_too_and_leaves_the_original_alone():
    estimator = LogisticRegression(random_state=np.random.RandomState(0))
    rounds = [seed_nested(clone(estimator), 9, mix=n).random_state for n in (1, 2, 1)]
    assert rounds[0] == rounds[2] != rounds[1]
    assert estimator.random_state.randint(9) == np.random.RandomState(0).randint(9)


def test_reseed_replaces_every_seed():
    seeds = seeds_of(reseed_nested(nested(), 11))
    assert len(set(seeds.values())) == 3
    assert 3 not in seeds.values()
    assert not set(seeds_of(reseed_nested(nested(), 12)).values()) & set(seeds.values())
