"""The base classes: what they check, what they say, how they compose."""

import re

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.utils import Tags, get_tags

from skactive import ModelView, QueryStrategy, Score, strategies
from skactive.base import (
    Facts,
    StrategyTags,
    check_capabilities,
    check_n_queries,
    check_row_numbers,
)
from skactive.compose import Prefilter, Subsample
from skactive.exceptions import MissingCapability, NotEnoughCandidates
from skactive.scores import Entropy
from skactive.selection import RandomChoice
from skactive.utils._sklearn import InvalidParameterError

TABLE = np.arange(12.0).reshape(6, 2)


class Returns(QueryStrategy):
    """Returns what it is told to."""

    def __init__(self, rows=None):
        self.rows = rows

    def _select(self, X, n_queries, given):
        return self.rows


class Gives(Score):
    """Scores as it is told to."""

    def __init__(self, scores=None):
        self.scores = scores

    def _score(self, X):
        return self.scores


# --- facts and tags


def test_facts_of_a_composite():
    outer = Facts(cold_start=True, stochastic=True)
    score = Facts(task="classification", needs=("proba",), cold_start=False)
    batch = Facts(needs=("embedding", "proba"), diverse=True, cold_start=True)
    merged = outer.including(score, batch)
    assert merged.task == "classification"
    assert merged.needs == ("proba", "embedding")
    assert merged.stochastic
    assert not merged.diverse  # only the outer one can promise that
    assert not merged.cold_start
    assert not merged.quadratic


def test_facts_merge_what_any_or_all_parts_say():
    quadratic, cold = Facts(quadratic=True, cold_start=True), Facts(cold_start=True)
    assert cold.including(quadratic) == Facts(quadratic=True, cold_start=True)
    assert Facts(task="regression").including(cold).task == "regression"
    assert Facts(diverse=True).including(cold).diverse
    assert not Facts().including(cold).cold_start


def test_tags_carry_the_facts_and_all_of_scikit_learn_s():
    tags = get_tags(Entropy())
    assert isinstance(tags, StrategyTags)
    assert isinstance(tags, Tags)
    assert tags.strategy == Facts(task="classification", needs=("proba",))
    assert tags.transformer_tags is not None  # a Score is a transformer
    assert get_tags(Returns()).transformer_tags is None


def test_tags_of_a_composite_are_those_of_its_parts():
    chain = Prefilter(strategies.margin(), strategies.badge())
    facts = get_tags(Subsample(chain)).strategy
    assert facts.task == "classification"
    assert facts.needs == ("proba|decision", "proba", "embedding")
    assert facts.stochastic
    assert not facts.cold_start


# --- arguments of select


@pytest.mark.parametrize(
    ("n_queries", "message"),
    [
        (0, "n_queries=0 must be at least 1; 6 candidates are left."),
        (-3, "n_queries=-3 must be at least 1; 6 candidates are left."),
        (2.0, "n_queries=2.0 must be a whole number."),
        ("2", "n_queries='2' must be a whole number."),
        (True, "n_queries=True must be a whole number."),
        (None, "n_queries=None must be a whole number."),
    ],
)
def test_n_queries_that_is_no_number_of_rows(n_queries, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$") as caught:
        strategies.random().select(TABLE, n_queries)
    assert not isinstance(caught.value, NotEnoughCandidates)


@pytest.mark.parametrize(("given", "left"), [(None, 6), ([4, 0], 4), ([4, 0, 4], 4)])
def test_more_queries_than_candidates(given, left):
    message = f"^n_queries=7 but only {left} candidates are left.$"
    with pytest.raises(NotEnoughCandidates, match=message):
        strategies.random().select(TABLE, 7, given=given)


def test_any_whole_number_will_do():
    assert len(strategies.random().select(TABLE, np.int32(6))) == 6
    check_n_queries(np.uint8(3), 3)


def test_an_empty_pool_has_no_candidates():
    with pytest.raises(NotEnoughCandidates, match="only 0 candidates are left"):
        strategies.random().select([])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([1, 6], "given holds row 6, but the rows of X are 0 to 5."),
        ([-1], "given holds row -1, but the rows of X are 0 to 5."),
        ([True, False], "given is a mask of shape (2,), but X has 6 rows."),
        (
            [0.0, 1.0],
            "given must hold row numbers or be a boolean mask; got an array of shape "
            "(2,) and type float64.",
        ),
        (
            [[0, 1]],
            "given must hold row numbers or be a boolean mask; got an array of shape "
            "(1, 2) and type int64.",
        ),
        (
            2,
            "given must hold row numbers or be a boolean mask; got an array of shape "
            "() and type int64.",
        ),
    ],
)
def test_given_that_are_no_rows(given, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        strategies.random().select(TABLE, given=given)


@pytest.mark.parametrize(
    "given",
    [[4, 1], (4, 1), np.array([1, 4, 4], np.uint8), np.isin(np.arange(6), [1, 4])],
)
def test_given_as_numbers_or_mask(given):
    rows = strategies.random().select(TABLE, 4, given=given)
    assert_array_equal(np.sort(rows), [0, 2, 3, 5])
    assert_array_equal(check_row_numbers(given, 6, "given"), [1, 4])


@pytest.mark.parametrize("given", [None, [], (), np.zeros(6, bool), np.array([])])
def test_nothing_given(given):
    assert len(strategies.random().select(TABLE, 6, given=given)) == 6


def test_the_hook_gets_a_view_and_sorted_rows():
    class Notes(QueryStrategy):
        def _select(self, X, n_queries, given):
            self.got_ = X, n_queries, given
            return np.arange(n_queries, dtype=np.uint8)

    strategy = Notes()
    rows = strategy.select(TABLE.tolist(), 2, given=[5, 3, 5])
    view, n_queries, given = strategy.got_
    assert isinstance(view, ModelView)
    assert n_queries == 2
    assert given.tolist() == [3, 5]
    assert given.dtype == rows.dtype == np.int64


# --- what a subclass returns


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            [0, 1, 2],
            "Returns._select must return 2 row numbers; it returned an array of shape "
            "(3,) and type int64.",
        ),
        (
            [[0, 1]],
            "Returns._select must return 2 row numbers; it returned an array of shape "
            "(1, 2) and type int64.",
        ),
        (
            [0.0, 1.0],
            "Returns._select must return 2 row numbers; it returned an array of shape "
            "(2,) and type float64.",
        ),
        (
            [True, False],
            "Returns._select must return 2 row numbers; it returned an array of shape "
            "(2,) and type bool.",
        ),
        (
            None,
            "Returns._select must return 2 row numbers; it returned an array of shape "
            "() and type object.",
        ),
        ([0, 6], "Returns._select returned rows outside of 0 to 5."),
        ([-1, 0], "Returns._select returned rows outside of 0 to 5."),
        ([1, 1], "Returns._select returned a row twice, or one of the given rows."),
        ([1, 4], "Returns._select returned a row twice, or one of the given rows."),
    ],
)
def test_rows_that_break_the_contract(rows, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        Returns(rows).select(TABLE, 2, given=[4])


def test_rows_come_back_as_int64():
    assert Returns([2, 0]).select(TABLE, 2).dtype == np.int64
    assert Returns(np.array([2, 0], np.uint8)).select(TABLE, 2).tolist() == [2, 0]


def test_a_strategy_without_its_hook():
    message = (
        "QueryStrategy does not say how to choose rows; write its method "
        "_select(self, X, n_queries, given)."
    )
    with pytest.raises(TypeError, match=f"^{re.escape(message)}$"):
        QueryStrategy().select(TABLE)


def test_a_score_without_its_hook():
    message = (
        "Score does not say how to score samples; write its method _score(self, X)."
    )
    with pytest.raises(TypeError, match=f"^{re.escape(message)}$"):
        Score().score_samples(TABLE)


@pytest.mark.parametrize(
    ("scores", "shape"),
    [(np.zeros(5), "(5,)"), (np.zeros((6, 1)), "(6, 1)"), (1.0, "()")],
)
def test_scores_of_the_wrong_shape(scores, shape):
    message = (
        "Gives._score must return one number per sample, shape (6,); it returned "
        f"shape {shape}."
    )
    for ask in (
        Gives(scores).score_samples,
        Gives(scores).transform,
        Gives(scores).select,
    ):
        with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
            ask(TABLE)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_scores_that_are_not_finite(bad):
    message = (
        "Gives gave 2 scores that are not finite, first in row 3; check the model's "
        "outputs for these samples."
    )
    strategy = Gives([0.0, 1.0, 2.0, bad, 4.0, bad])
    for ask in (strategy.score_samples, strategy.transform, strategy.select):
        with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
            ask(TABLE)


def test_infinities_of_both_signs_do_not_cancel():
    with pytest.raises(ValueError, match="gave 2 scores that are not finite"):
        Gives([0.0, np.inf, -np.inf, 0, 0, 0]).select(TABLE)


def test_huge_scores_are_finite_even_if_their_sum_is_not():
    scores = np.full(6, 1e308)
    scores[2] *= 1.5
    assert Gives(scores).select(TABLE).tolist() == [2]


# --- scores


def test_a_score_picks_the_best_and_keeps_what_they_scored():
    strategy = Gives([3, 9, 1, 7, 5, 8])  # integers will do
    assert strategy.select(TABLE, 3).tolist() == [1, 5, 3]
    assert strategy.selected_scores_.tolist() == [9, 8, 7]
    assert strategy.select(TABLE, 3, given=[5, 1]).tolist() == [3, 4, 0]
    assert strategy.score_samples(TABLE).dtype == np.float64


def test_a_score_is_a_transformer():
    strategy = Gives([3, 9, 1, 7, 5, 8])
    assert strategy.fit_transform(TABLE).tolist() == [[3], [9], [1], [7], [5], [8]]
    assert strategy.get_feature_names_out().tolist() == ["gives"]


def test_ties_are_broken_by_the_seed_of_the_view():
    strategy = Gives(np.ones(6))
    picks = [
        tuple(strategy.select(ModelView.from_outputs(TABLE, seed=seed), 2))
        for seed in range(40)
    ]
    assert len(set(picks)) > 10
    assert {row for pick in picks for row in pick} == set(range(6))
    again = strategy.select(ModelView.from_outputs(TABLE, seed=3), 2)
    assert tuple(again) == picks[3]


# --- capabilities


def test_a_missing_output_is_named_with_who_needs_it_and_a_remedy():
    view = ModelView.from_outputs(proba=[[0.5, 0.5]])
    message = (
        "BALD needs posterior draws, and this view offers none; wrap it in "
        "skactive.Committee, or use 'entropy'."
    )
    with pytest.raises(MissingCapability, match=f"^{re.escape(message)}$"):
        strategies.bald().select(view)
    with pytest.raises(MissingCapability, match="BALD needs posterior draws"):
        strategies.bald().score_samples(view)


def test_capabilities_are_checked_by_select_and_not_by_fit():
    view = ModelView.from_outputs(prediction=[0.5, 0.5])
    strategies.variance().fit(view, [0.0, 1.0])
    with pytest.raises(MissingCapability, match="Variance needs a predictive standard"):
        strategies.variance().select(view)


def test_either_of_two_outputs_will_do():
    facts = Facts(needs=("proba|decision",))
    for outputs in ({"proba": [[0.5, 0.5]]}, {"decision": [0.5]}):
        check_capabilities(facts, ModelView.from_outputs(**outputs), "It")
    with pytest.raises(MissingCapability, match="It needs class probabilities"):
        check_capabilities(facts, ModelView.from_outputs(std=[0.5]), "It")


def test_a_strategy_for_another_task():
    message = (
        "Variance is for regression, and the model does classification; use 'margin'."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        strategies.variance().select(ModelView.from_outputs(proba=[[0.5, 0.5]]))
    message = (
        "Entropy is for classification, and the model does regression; use 'variance' "
        "or 'gsx'."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        strategies.entropy().select(ModelView.from_outputs(std=[0.5]))


def test_what_is_needed_is_announced_in_fit_and_in_select():
    labeled, pool = (
        ModelView.from_outputs(proba=[[0.5, 0.5]] * 2, embedding=[[0.0], [1.0]])
        for _ in range(2)
    )
    strategies.badge().fit(labeled, [0, 1]).select(pool)
    for view in (labeled, pool):
        assert view.expects("proba")
        assert view.expects("embedding")
        assert not view.expects("draws")


# --- parameters


class Bounded(Score):
    _parameter_constraints = {"scores": ["array-like"]}

    def __init__(self, scores):
        self.scores = scores

    def _score(self, X):
        return self.scores


def test_parameters_are_checked_by_every_public_method():
    wrong = Bounded("high")
    message = "The 'scores' parameter of Bounded must be an array-like. Got 'high'"
    for ask in (wrong.fit, wrong.select, wrong.score_samples, wrong.transform):
        with pytest.raises(InvalidParameterError, match=message):
            ask(TABLE)


# --- memory


class Counts(QueryStrategy):
    """Remembers how many rounds there were."""

    n_rounds_ = 0

    def resume(self, previous):
        if previous is not None:
            self.n_rounds_ = previous.n_rounds_ + 1
        return self

    def _select(self, X, n_queries, given):
        return np.delete(np.arange(len(X)), given)[:n_queries]


def test_resume_walks_nested_strategies():
    chain = Subsample(Prefilter(Gives(np.ones(6)), Counts()), random_state=0)
    first = clone(chain).fit(TABLE)
    second = clone(chain).resume(first).fit(TABLE)
    third = clone(chain).resume(second).fit(TABLE)
    assert third.strategy_.strategy_.n_rounds_ == 2
    assert second.strategy_.strategy_.n_rounds_ == 1
    assert first.strategy_.strategy_.n_rounds_ == 0
    again = third.fit(TABLE)  # without resume: from the start
    assert again.strategy_.strategy_.n_rounds_ == 0


def test_parts_stay_as_they_are_given():
    part = Entropy()
    chain = Prefilter(part, Prefilter(part, part))
    view = ModelView.from_outputs(proba=[[0.9, 0.1], [0.5, 0.5]])
    chain.fit(view, [0, 1]).select(view)
    assert vars(part) == {}
    assert chain.score is part
    assert chain.score_ is not part


@pytest.mark.parametrize("previous", [None, Returns(), Prefilter(Entropy(), Counts())])
def test_resume_ignores_strategies_of_another_kind(previous):
    chain = Subsample(Counts())
    assert chain.resume(previous) is chain
    assert chain.fit(TABLE).strategy_.n_rounds_ == 0


def test_resume_without_memory_changes_nothing():
    strategy = Entropy()
    assert strategy.resume(Entropy()) is strategy
    view = ModelView.from_outputs(proba=[[0.9, 0.1], [0.5, 0.5]])
    plain, resumed = Entropy().fit(view), strategy.fit(view)
    assert vars(plain).keys() == vars(resumed).keys()


def test_select_works_before_fit_where_there_is_nothing_to_learn():
    view = ModelView.from_outputs(proba=[[0.9, 0.1], [0.5, 0.5]])
    assert Entropy().select(view).tolist() == [1]
    assert Entropy().fit(view, [0, 1]).select(view).tolist() == [1]


@pytest.mark.parametrize("needs", [["proba"], "proba", (1,)])
def test_needs_are_a_tuple_of_names(needs):
    with pytest.raises(TypeError, match="is not a tuple of names; write"):
        Facts(needs=needs)


@pytest.mark.parametrize("rows", [[0, 1, 0, 0], np.array([1, 0, 0, 1])])
def test_a_mask_of_integers_is_no_list_of_rows(rows):
    with pytest.raises(ValueError, match=r"given holds 4 zeros and ones.*astype\(bool"):
        RandomChoice(0).select(np.eye(4), given=rows)
