"""Augmentations of tables."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse
from scipy.stats import ks_2samp
from sklearn.linear_model import LogisticRegression

from skactive.semisupervised import (
    Jitter,
    MarginalSwap,
    NeighborSwap,
    RowMixup,
)
from skactive.semisupervised._augment import make_augmentation
from skactive.semisupervised._strength import weaken_if_needed

RNG = np.random.default_rng(0)
X = np.column_stack([RNG.normal(size=300), RNG.exponential(size=300)])
FRAME = pd.DataFrame(
    {
        "size": X[:, 0],
        "count": RNG.integers(9, size=300),
        "color": pd.Categorical(RNG.choice(["red", "green"], size=300)),
        "name": RNG.choice(["a", "b", "c"], size=300),
    },
    index=np.arange(300) + 1000,
)
NOTHING = [MarginalSwap(0), NeighborSwap(0), Jitter(0), RowMixup(0)]
SOMETHING = [MarginalSwap(0.5), NeighborSwap(), Jitter(), RowMixup()]


@pytest.mark.parametrize("augmentation", NOTHING)
@pytest.mark.parametrize("data", [X, X.astype(np.float32), FRAME, sparse.csr_array(X)])
def test_no_strength_changes_nothing(augmentation, data):
    changed = augmentation.fit(data).augment(data, np.random.default_rng(0))
    if data is FRAME:
        pd.testing.assert_frame_equal(changed, data)
    elif sparse.issparse(data):
        assert_array_equal(changed.toarray(), data.toarray())
    else:
        assert_array_equal(changed, data)
        assert changed.dtype == data.dtype


@pytest.mark.parametrize("augmentation", SOMETHING)
def test_copies_are_changed_and_the_samples_are_not(augmentation):
    before = X.copy()
    fitted = augmentation.fit(X)
    first = fitted.augment(X, np.random.default_rng(0))
    assert_array_equal(first, fitted.augment(X, np.random.default_rng(0)))
    assert (first != fitted.augment(X, np.random.default_rng(1))).any()
    assert (first != X).any()
    assert_array_equal(X, before)


@pytest.mark.parametrize("augmentation", SOMETHING)
def test_containers_come_back_as_they_were(augmentation):
    frame = augmentation.fit(FRAME).augment(FRAME[:50], np.random.default_rng(0))
    assert frame.dtypes.equals(FRAME.dtypes)
    assert_array_equal(frame.index, FRAME.index[:50])
    rows = sparse.csr_array(X)
    changed = augmentation.fit(rows).augment(rows[:50], np.random.default_rng(0))
    assert sparse.issparse(changed)
    assert changed.shape == (50, 2)
    images = X.reshape(-1, 2, 5, 5)
    changed = augmentation.fit(images).augment(images, np.random.default_rng(0))
    assert changed.shape == images.shape


def test_marginals_are_kept_and_pairs_are_not():
    pairs = np.column_stack([X[:, 0], X[:, 0]])
    changed = MarginalSwap(0.6).fit(pairs).augment(pairs, np.random.default_rng(0))
    for old, new in zip(pairs.T, changed.T, strict=True):
        assert ks_2samp(old, new).pvalue > 0.001
    assert (changed[:, 0] == changed[:, 1]).mean() < 0.5
    share = (changed != pairs).mean()
    assert abs(share - 0.6) < 0.05


def test_categories_stay_in_their_vocabulary():
    changed = MarginalSwap(0.5).fit(FRAME).augment(FRAME, np.random.default_rng(0))
    for name in ("color", "name", "count"):
        assert set(changed[name]) <= set(FRAME[name])
        assert (changed[name].to_numpy() != FRAME[name].to_numpy()).any()
    sparse_ = MarginalSwap(0.5).fit(sparse.csr_array(X))
    dense = MarginalSwap(0.5).fit(X)
    rows = [a.augment(X, np.random.default_rng(3)) for a in (sparse_, dense)]
    assert_array_equal(*rows)


def test_neighbors_are_the_nearest_in_scaled_columns():
    table = np.column_stack([X[:40, 0] * 1000, X[:40, 1]])
    swap = NeighborSwap(rate=1, n_neighbors=3).fit(table)
    donors = swap.augment(table, np.random.default_rng(0))
    scaled = table / table.std(axis=0)
    for row, donor in zip(scaled, donors / table.std(axis=0), strict=True):
        distances = np.sort(((scaled - row) ** 2).sum(axis=1))
        assert ((donor - row) ** 2).sum() <= distances[2] + 1e-9


def test_noise_is_small_whole_and_within_the_range():
    table = np.column_stack([X[:, 0], FRAME["count"], X[:, 0] > 0]).astype(float)
    changed = Jitter(0.3).fit(table).augment(table, np.random.default_rng(0))
    assert (changed[:, 1] % 1 == 0).all()
    assert set(changed[:, 2]) <= {0, 1}
    assert (changed.min(axis=0) >= table.min(axis=0)).all()
    assert (changed.max(axis=0) <= table.max(axis=0)).all()
    noise = (changed - table)[:, 0].std() / table[:, 0].std()
    assert 0.25 < noise < 0.35


def test_the_row_itself_has_the_larger_share():
    table = np.array([[0.0], [1.0]])
    mixed = (
        RowMixup(0.5).fit(table).augment(np.zeros((500, 1)), np.random.default_rng(0))
    )
    assert mixed.min() >= 0
    assert 0.4 < mixed.max() <= 0.5


def test_lists_and_functions():
    import torch

    chain = make_augmentation([Jitter(0), MarginalSwap(0)]).fit(X)
    assert_array_equal(chain.augment(X, np.random.default_rng(0)), X)
    assert chain.weakened().strength == [0, 0]
    noisy = make_augmentation(lambda t: t + torch.rand(1)).fit(X)
    state = torch.get_rng_state()
    shifts = noisy.augment(X, np.random.default_rng(0)) - X.astype(np.float32)
    assert torch.equal(state, torch.get_rng_state())
    # Each sample by itself, not the batch as one.
    assert len(np.unique(shifts[:, 0].round(3))) > 200
    np.testing.assert_allclose(shifts[:, 0], shifts[:, 1], atol=1e-5)
    with pytest.raises(ValueError, match="keep the shape"):
        make_augmentation(lambda t: t[:1]).fit(X).augment(X, np.random.default_rng(0))
    for odd in ("jitter", MarginalSwap, 3, None):
        with pytest.raises(TypeError, match="is no augmentation"):
            make_augmentation(odd)


@pytest.mark.parametrize(
    "odd", [MarginalSwap(2), Jitter(-1), NeighborSwap(n_neighbors=0), RowMixup(0.6)]
)
def test_odd_parameters(odd):
    with pytest.raises(ValueError, match="parameter of"):
        odd.fit(X)


def test_strength_is_halved_until_labels_survive():
    rng = np.random.default_rng(0)
    table = np.column_stack([np.repeat([-3.0, 3.0], 100), rng.normal(size=200)])
    y = np.repeat(["no", "yes"], 100)
    strong = MarginalSwap(0.8).fit(table)
    model = LogisticRegression()
    checked = weaken_if_needed(strong, model, table, y, rng)
    # A swap of the first column is wrong half of the time.
    assert checked.strength in (0.1, 0.05)
    assert strong.strength == 0.8
    harmless = weaken_if_needed(Jitter().fit(table), model, table, y, rng)
    assert harmless.strength == 0.1
    # Nothing can be told from one label of each class.
    two = [0, 199]
    assert weaken_if_needed(strong, model, table[two], y[two], rng) is strong


def test_a_chain_without_strengths_is_not_checked():
    chain = make_augmentation([lambda t: t, lambda t: 2 * t]).fit(X)
    assert chain.strength is None
    # A model would be fitted to no labels at all.
    assert weaken_if_needed(chain, None, X, None, None) is chain
    mixed = make_augmentation([lambda t: t, Jitter(0.2)]).fit(X)
    assert mixed.weakened().strength == [None, 0.1]
