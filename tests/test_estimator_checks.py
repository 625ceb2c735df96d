"""The registered strategies keep the contract, and what breaks it is found out."""

import re

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.ensemble import RandomForestClassifier
from sklearn.neighbors import KNeighborsRegressor

from quick_strategies import quick
from skactive import QueryStrategy, Score, strategies
from skactive.base import Facts
from skactive.compose import (
    Mask,
    Mix,
    MultiStart,
    Partition,
    Prefilter,
    Product,
    Proxy,
    Subsample,
    Switch,
    Tempered,
    WeightedSum,
)
from skactive.estimator_checks import (
    check_query_strategy,
    parametrize_with_strategy_checks,
)
from skactive.estimator_checks._cases import cases, fitted
from skactive.estimator_checks._suite import strategy_checks
from skactive.features import Embedding, Inputs
from skactive.geometry import top_k
from skactive.scores import (
    BALD,
    Density,
    Energy,
    Entropy,
    FunctionScore,
    Isolation,
    LeastConfidence,
    Mahalanobis,
    Margin,
    MeanStd,
    NeighborDistance,
    Variance,
)
from skactive.selection import (
    ClusterMargin,
    FeatureBased,
    FrankWolfe,
    KCenterGreedy,
    KMeansPlusPlus,
    LogDet,
    RankedBatch,
    StochasticTopK,
)

rng_of = np.random.default_rng


def length(view):
    return np.square(view.inputs()).sum(axis=1) if _is_dense(view) else _sparse(view)


def _is_dense(view):
    return isinstance(view.inputs(), np.ndarray)


def _sparse(view):
    return np.asarray(view.inputs().power(2).sum(axis=1)).ravel()


COMPOSED = [
    Prefilter(strategies.margin(), strategies.coreset(), factor=2),
    Prefilter(strategies.bald(), strategies.random(), factor=2),
    Subsample(strategies.badge(), pool_ratio=2),
    FunctionScore(length, needs=("inputs",)),
    StochasticTopK(Margin(), law="softrank"),
    FeatureBased(optimizer="stochastic"),
    LogDet(similarity="rbf", noise=0),
    strategies.kmeans(factor=2),
    strategies.coreset(metric="cosine"),
    Partition(strategies.badge(), n_parts=3),
    MultiStart(n_starts=3),
    MultiStart(strategies.badge(), n_starts=2, similarity="rbf"),
    ClusterMargin(BALD(), n_clusters=3, order="random", max_clustered=8),
    WeightedSum([("doubt", Margin()), ("spread", MeanStd())], weights=[1, 2]),
    Product([("doubt", Entropy()), ("core", KCenterGreedy())], scaling="rank"),
    Tempered(Margin(), temperature="fit"),
    RankedBatch(Tempered(LeastConfidence(), temperature=2), features=Inputs()),
    Density(Variance(), beta=2),
    strategies.emoc(norm="l1", n_targets=8),
    FrankWolfe(noise=0.1, kind="gradient"),
    Mask(strategies.coreset(), contamination=0.2),
    Mask(strategies.margin(), Energy(), contamination=0.2),
    Mask(Mix(strategies.bald(), share=0.3), Isolation(5), contamination=0.1),
    Mix(strategies.badge(), share=0.4),
    Switch(strategies.typiclust(), strategies.margin(), at=20),
    Switch(strategies.coreset(), strategies.bald(), at=5),
    Proxy(strategies.margin(), RandomForestClassifier(5)),
    Proxy(strategies.coreset(), KNeighborsRegressor(1)),
    NeighborDistance(n_neighbors=3),
    Mahalanobis(),
]


REGISTERED = [quick(name) for name in strategies.names()]


@parametrize_with_strategy_checks([*REGISTERED, *COMPOSED])
def test_contract(strategy, check):
    check(strategy)


@pytest.mark.parametrize("strategy", REGISTERED, ids=strategies.names())
def test_a_sorted_pool_is_no_worse_than_a_shuffled_one(strategy):
    # Three blobs, each of identical samples, sorted: whoever takes the lowest rows, or
    # cuts the pool into chunks, gets the first blob alone.
    case = next(cases(strategy, n_pool=3))
    blobs = case.pool[np.repeat(np.arange(3), 10)]
    orders = np.arange(30), np.random.default_rng(3).permutation(30)
    n_picks, n_seeds = np.zeros((2, 3)), 60
    for seed in range(n_seeds):
        chooser = fitted(strategy, case.labeled, seed)
        for own, rows in zip(n_picks, orders, strict=True):
            (row,) = chooser.select(blobs[rows].view(seed), 1)
            own[rows[row] // 10] += 1
    assert_allclose(*n_picks / n_seeds, atol=0.3)


class LeastSure(QueryStrategy):
    """Keeps every promise; what follows breaks one each."""

    facts = Facts(task="classification", needs=("proba",))

    def _select(self, X, n_queries, given):
        scores = 1 - X.predict_proba().max(axis=1)
        if not np.isfinite(scores).all():
            bad = np.flatnonzero(~np.isfinite(scores))
            raise ValueError(
                f"{len(bad)} scores are not finite, first in row {bad[0]}."
            )
        return top_k(scores, n_queries, rng=self._rng(X), exclude=given)


def test_a_strategy_that_keeps_every_promise():
    check_query_strategy(LeastSure())


class ReturnsARowTwice(LeastSure):
    def select(self, X, n_queries=1, *, given=None):
        rows = super().select(X, n_queries, given=given)
        rows[-1] = rows[0]
        return rows


class ReturnsAList(LeastSure):
    def select(self, X, n_queries=1, *, given=None):
        return super().select(X, n_queries, given=given).tolist()


class ReturnsInt32(LeastSure):
    def select(self, X, n_queries=1, *, given=None):
        return super().select(X, n_queries, given=given).astype(np.int32)


class ReturnsRowsFromTheEnd(LeastSure):
    def select(self, X, n_queries=1, *, given=None):
        return super().select(X, n_queries, given=given) - len(X)


class ReturnsTooFew(LeastSure):
    def select(self, X, n_queries=1, *, given=None):
        n_queries = min(n_queries, len(X) - (0 if given is None else len(given)))
        return super().select(X, max(n_queries, 1), given=given)


class IgnoresGiven(LeastSure):
    def select(self, X, n_queries=1, *, given=None):
        return super().select(X, n_queries)


class MovesTheGlobalGenerator(LeastSure):
    def _select(self, X, n_queries, given):
        np.random.random()  # noqa: NPY002
        return super()._select(X, n_queries, given)


class ReadsTheGlobalGenerator(LeastSure):
    def _select(self, X, n_queries, given):
        seed = np.random.get_state()[1][1]  # noqa: NPY002
        candidates = np.delete(np.arange(len(X)), given)
        return rng_of(seed).choice(candidates, n_queries, replace=False)


class HasFreshEntropy(LeastSure):
    def _select(self, X, n_queries, given):
        candidates = np.delete(np.arange(len(X)), given)
        return rng_of().choice(candidates, n_queries, replace=False)


class RemembersThePool(LeastSure):
    def _select(self, X, n_queries, given):
        sure = X.predict_proba().max(axis=1)
        if not hasattr(self, "usual_"):
            self.usual_ = sure.mean()
        return top_k(-abs(sure - self.usual_), n_queries, rng=rng_of(0), exclude=given)


class RemembersThroughFit(RemembersThePool):
    def _fit(self, X, y):
        self.n_fits_ = getattr(self, "n_fits_", 0) + 1
        self.usual_ = X.predict_proba().max(axis=1).mean() / self.n_fits_


class WritesToX(LeastSure):
    def _select(self, X, n_queries, given):
        X.X[0] = 0
        return super()._select(X, n_queries, given)


class WritesToOutputs(LeastSure):
    def _select(self, X, n_queries, given):
        X.predict_proba()[0] = 0
        return super()._select(X, n_queries, given)


class SortsTheLabels(LeastSure):
    def _fit(self, X, y):
        y.sort()


class RanksNaN(LeastSure):
    def _select(self, X, n_queries, given):
        scores = 1 - X._given["proba"].max(axis=1)
        scores[given] = -np.inf
        return np.argsort(scores)[::-1][:n_queries]


class RanksLogOfZero(LeastSure):
    def _select(self, X, n_queries, given):
        proba = X.predict_proba()
        with np.errstate(all="ignore"):
            entropy = -(proba * np.log(proba)).sum(axis=1)
        entropy[given] = -np.inf
        return np.argsort(entropy)[::-1][:n_queries]


class SwallowsErrors(LeastSure):
    def select(self, X, n_queries=1, *, given=None):
        try:
            return super().select(X, n_queries, given=given)
        except ValueError:
            return np.arange(n_queries)


class SaysNotHowManyAreNotFinite(LeastSure):
    def select(self, X, n_queries=1, *, given=None):
        try:
            return super().select(X, n_queries, given=given)
        except ValueError as error:
            raise ValueError("The probabilities are not finite.") from error


class TakesTheFirstOfEquals(LeastSure):
    def _select(self, X, n_queries, given):
        sure = X.predict_proba().max(axis=1)
        sure[given] = 2
        return np.argsort(sure, kind="stable")[:n_queries]


class PrefersTheFirstHalf(LeastSure):
    facts = Facts(task="classification", needs=("proba",), stochastic=True)

    def _select(self, X, n_queries, given):
        weights = np.where(np.arange(len(X)) < len(X) / 2, 3.0, 1.0)
        weights[given] = 0
        return self._rng(X).choice(
            len(X), n_queries, replace=False, p=weights / weights.sum()
        )


class TakesEveryOther(LeastSure):
    def _select(self, X, n_queries, given):
        rows = np.delete(np.arange(len(X)), given)
        return np.concatenate([rows[::2], rows[1::2]])[:n_queries]


class ChangesTheModel(LeastSure):
    def _select(self, X, n_queries, given):
        if hasattr(X.model, "coef_"):
            X.model.coef_ *= 2
        return super()._select(X, n_queries, given)


class PutsTheNetInTrainingMode(LeastSure):
    def _select(self, X, n_queries, given):
        if hasattr(X.model, "net_"):
            module = X.model.net_.module_
            module.train(not module.training)
        return super()._select(X, n_queries, given)


class DrawsSamples(Score):
    facts = Facts(task="classification", needs=("draws",))

    def __init__(self, n_draws=20):
        self.n_draws = n_draws


class DividesByItsOwnNumber(DrawsSamples):
    def _score(self, X):
        return 1 - X.predict_draws(self.n_draws).sum(axis=1).max(axis=1) / self.n_draws


class TakesTheFirstDraws(DrawsSamples):
    def _score(self, X):
        return 1 - X.predict_draws(self.n_draws)[:, :2].mean(axis=1).max(axis=1)


class ReadsWhatItDoesNotDeclare(LeastSure):
    def _select(self, X, n_queries, given):
        X.embed()
        return super()._select(X, n_queries, given)


class ReadsTwice(LeastSure):
    def _select(self, X, n_queries, given):
        X[: len(X) // 2].predict_proba()
        return super()._select(X, n_queries, given)


class AnnouncesNothing(LeastSure):
    facts = Facts(task="classification", needs=("proba", "embedding"))

    def _announce(self, X):
        return X

    def _select(self, X, n_queries, given):
        rows = super()._select(X, n_queries, given)
        X.embed()
        return rows


class SkipsTheChecks(LeastSure):
    def select(self, X, n_queries=1, *, given=None):
        return rng_of(0).choice(len(X), n_queries, replace=False)


class OffersAnAlternativeThatFails(LeastSure):
    facts = Facts(task="classification", needs=("proba|decision",))


class DeclaresAnUnknownTask(LeastSure):
    facts = Facts(task="ranking", needs=("proba",))


class NeedsWhatNoModelHas(LeastSure):
    facts = Facts(task="classification", needs=("proba", "std"))


class ChangesItsParameters(LeastSure):
    def __init__(self, beta=1.0):
        self.beta = 2 * beta


class CannotBePickled(LeastSure):
    def _fit(self, X, y):
        self.function_ = lambda: None


class ReturnsNothingFromFit(LeastSure):
    def fit(self, X, y=None):
        super().fit(X, y)


class KeepsTheView(LeastSure):
    def _fit(self, X, y):
        self.labeled_ = X


class KeepsItsPredecessor(LeastSure):
    def resume(self, previous):
        self.previous_ = previous
        return self


class NeedsTwoCandidates(LeastSure):
    def _select(self, X, n_queries, given):
        np.partition(X.predict_proba()[:, 0], 1)
        return super()._select(X, n_queries, given)


class NeedsTwoLabels(LeastSure):
    def _fit(self, X, y):
        np.partition(y, 1)


class IsNotDiverse(LeastSure):
    facts = Facts(task="classification", needs=("proba",), diverse=True)


class TakesGivenForUnlabeled(KCenterGreedy):
    """Keeps away from its own picks, and not from those of others."""

    def _select(self, X, n_queries, given):
        free = np.delete(np.arange(len(X)), given)
        return free[super()._select(X[free], n_queries, np.empty(0, dtype=int))]


class StartsColdOnlyByName(QueryStrategy):
    facts = Facts(cold_start=True)

    def _fit(self, X, y):
        self.n_labeled_ = len(X)

    def _select(self, X, n_queries, given):
        candidates = np.delete(np.arange(len(X)), given)
        return self._rng(X).choice(candidates, n_queries + 0 * self.n_labeled_, False)


class WantsDenseRows(QueryStrategy):
    facts = Facts(needs=("embedding",), cold_start=True)

    def _select(self, X, n_queries, given):
        scores = np.linalg.norm(X.embed(), axis=1)
        return top_k(scores, n_queries, rng=self._rng(X), exclude=given)


class LooksBehindTheMask(LeastSure):
    def _select(self, X, n_queries, given):
        whole = X if X._base is None else X._base
        usual = whole.predict_proba().max(axis=1).mean()
        scores = -abs(X.predict_proba().max(axis=1) - usual)
        return top_k(scores, n_queries, rng=self._rng(X), exclude=given)


class PicksTheWorstFirst(Margin):
    def select(self, X, n_queries=1, *, given=None):
        return super().select(X, n_queries, given=given)[::-1]


class PicksTheLowest(Margin):
    def _select(self, X, n_queries, given):
        return top_k(-self._score(X), n_queries, rng=self._rng(X), exclude=given)


class ScoresAnew(Margin):
    def score_samples(self, X):
        return rng_of().random(len(X))


class IsNoColumn(Margin):
    def transform(self, X):
        return self.score_samples(X)


BROKEN = [
    (ReturnsARowTwice(), "check_rows"),
    (ReturnsAList(), "check_rows"),
    (ReturnsInt32(), "check_rows"),
    (ReturnsRowsFromTheEnd(), "check_rows"),
    (ReturnsTooFew(), "check_n_queries"),
    (IgnoresGiven(), "check_given"),
    (MovesTheGlobalGenerator(), "check_global_generators"),
    (ReadsTheGlobalGenerator(), "check_global_generators"),
    (HasFreshEntropy(), "check_same_seed"),
    (RemembersThePool(), "check_reuse"),
    (RemembersThroughFit(), "check_reuse"),
    (WritesToX(), "check_inputs_unchanged"),
    (WritesToOutputs(), "check_inputs_unchanged"),
    (SortsTheLabels(), "check_inputs_unchanged"),
    (RanksNaN(), "check_not_finite"),
    (RanksLogOfZero(), "check_ties"),
    (SwallowsErrors(), "check_not_finite"),
    (SaysNotHowManyAreNotFinite(), "check_not_finite"),
    (TakesTheFirstOfEquals(), "check_ties"),
    (PrefersTheFirstHalf(), "check_permutation"),
    (TakesEveryOther(), "check_permutation"),
    (ChangesTheModel(), "check_model_unchanged"),
    (PutsTheNetInTrainingMode(), "check_net_unchanged"),
    (DividesByItsOwnNumber(), "check_number_of_draws"),
    (TakesTheFirstDraws(), "check_number_of_draws"),
    (ReadsWhatItDoesNotDeclare(), "check_declared_outputs"),
    (ReadsTwice(), "check_declared_outputs"),
    (AnnouncesNothing(), "check_one_pass"),
    (SkipsTheChecks(), "check_missing_outputs"),
    (OffersAnAlternativeThatFails(), "check_alternatives"),
    (DeclaresAnUnknownTask(), "check_facts"),
    (NeedsWhatNoModelHas(), "check_facts"),
    (ChangesItsParameters(), "check_parameters"),
    (CannotBePickled(), "check_parameters"),
    (ReturnsNothingFromFit(), "check_parameters"),
    (KeepsTheView(), "check_memory"),
    (KeepsItsPredecessor(), "check_memory"),
    (NeedsTwoCandidates(), "check_odd_pools"),
    (NeedsTwoLabels(), "check_odd_pools"),
    (IsNotDiverse(), "check_copies"),
    (TakesGivenForUnlabeled(Embedding()), "check_copies"),
    (StartsColdOnlyByName(), "check_cold_start"),
    (WantsDenseRows(), "check_containers"),
    (LooksBehindTheMask(), "check_candidates"),
    (PicksTheWorstFirst(), "check_scores"),
    (PicksTheLowest(), "check_scores"),
    (ScoresAnew(), "check_scores"),
    (IsNoColumn(), "check_transform"),
]


@pytest.mark.parametrize(
    ("strategy", "name"), BROKEN, ids=[type(broken).__name__ for broken, _ in BROKEN]
)
def test_broken_promises_are_found_out(strategy, name):
    (check,) = (c for c in strategy_checks(strategy) if c.__name__ == name)
    with pytest.raises(AssertionError, match=f"^{type(strategy).__name__} breaks "):
        check(strategy)


def test_the_whole_suite_stops_at_the_first_broken_promise():
    message = re.escape(
        "IgnoresGiven breaks rule 1 (no row that is given already): select returned "
        "given rows"
    )
    with pytest.raises(AssertionError, match=message):
        check_query_strategy(IgnoresGiven())


def test_an_error_of_the_strategy_is_named_and_is_the_cause():
    message = r"rule 6 \(.*\): one candidate: ValueError: kth\(=1\) out of bounds"
    with pytest.raises(AssertionError, match=message) as caught:
        check_query_strategy(NeedsTwoCandidates())
    error = caught.value
    while error.__cause__ is not None:
        error = error.__cause__
    assert isinstance(error, ValueError)


@pytest.mark.parametrize(
    ("func", "name"),
    [
        (lambda view: view.predict_draws(20)[:, 0, 0], "draws"),
        (lambda view: -view.predict_proba().max(axis=1), "proba"),
        (lambda view: view.augmented()[:, 0, 0], "augmented"),
    ],
)
def test_an_output_that_is_not_declared_is_named(func, name):
    message = re.escape(f'name it in its needs, as in facts = Facts(needs=("{name}",))')
    with pytest.raises(AssertionError, match=message):
        check_query_strategy(FunctionScore(func))


@pytest.mark.parametrize("wrong", [Margin, "margin", None])
def test_only_instances_are_checked(wrong):
    with pytest.raises(TypeError, match="pass an instance of a subclass of"):
        check_query_strategy(wrong)


def test_parametrize_names_strategy_and_check():
    mark = parametrize_with_strategy_checks([Margin(), KMeansPlusPlus(Inputs())]).mark
    ids = [parameter.id for parameter in mark.args[1]]
    assert mark.args[0] == ("strategy", "check")
    assert "Margin()-check_ties" in ids
    assert "KMeansPlusPlus(features=Inputs())-check_copies" in ids
    assert len(set(ids)) == len(ids)


def test_names_of_tests_are_the_same_in_every_process():
    mark = parametrize_with_strategy_checks([FunctionScore(length)]).mark
    assert mark.args[1][0].id == "FunctionScore(func=<function length >)-check_facts"


def test_checks_follow_from_the_facts():
    def names(strategy):
        return {check.__name__ for check in strategy_checks(strategy)}

    assert "check_copies" in names(strategies.coreset())
    assert "check_copies" not in names(strategies.margin())
    assert "check_alternatives" in names(strategies.margin())
    assert "check_number_of_draws" in names(strategies.power_bald())
    assert "check_scores" not in names(strategies.power_bald())
    assert "check_cold_start" in names(strategies.random())
    assert "check_not_finite" not in names(strategies.random())
