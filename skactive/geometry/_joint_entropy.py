"""Greedy batches of labels that tell most about which posterior draw is right."""

import numpy as np
from scipy.special import softmax

from skactive.geometry import _blocks
from skactive.geometry._picks import check_given
from skactive.geometry._probabilities import row_entropy
from skactive.geometry._top_k import top_k

__all__ = ["greedy_information"]

# In nats. So little information counts as none.
_NOTHING = 1e-6

# Gains this close are equal: rounding in double and in single precision.
_TIE = 1e-9
_TIE_SINGLE = 1e-6

# Labels less probable than this are left out.
_NEVER = 1e-30

# Rows measured at once when one of them must be.
_N_MEASURED = 128

# A race drops rows that trail by so many standard errors, and ends when nobody can be
# ahead by so many nats. Configurations before the first decision, and the most between
# two.
_N_ERRORS = 4
_LEAD = 1e-3
_FIRST_STAGE = 128
_LARGEST_STAGE = 2048


def greedy_information(draws, n_picks, *, given=None, max_configurations=10_000, rng):
    """Pick rows one by one, each adding most to the information about the model.

    The information is that of all picked labels jointly about which draw is right: the
    greedy algorithm of BatchBALD (Kirsch et al. 2019), at least 1 - 1/e of the best
    possible. A configuration is one way of labeling the rows picked before. While they
    are few, all are counted: a gain is ``sum_c q_c (H(sum_t w_ct S_it) - sum_t
    w_ct H(S_it))``, with the probability q_c of configuration c and the posterior
    weights w_c that follow from it. Gains only shrink, so rows are measured again only
    where an old gain is still above the best new one. Later on configurations are
    drawn; a row that trails the best by four standard
    errors is measured no further, nor is any when a thousandth of a nat is at stake.

    Parameters
    ----------
    draws : ndarray of shape (n_rows, T, n_classes)
        Class probabilities. Each draw must be one function for all rows.
    n_picks : int
        Number of rows to pick.
    given : array-like of int or None, default=None
        Rows that are picked already. Never returned.
    max_configurations : int, default=10_000
        Limit for the number of configurations together with the label of the next pick;
        beyond it so many are drawn.
    rng : numpy.random.Generator
        Draws configurations and breaks ties.

    Returns
    -------
    ndarray of shape (n_picks,), int64
        Distinct rows in pick order. T draws hold no more than log T nats; when all is
        used up, the rest is picked by the information of each row alone.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import greedy_information
    >>> sure, mild = [[1.0, 0], [0, 1], [1, 0]], [[0.1, 0.9], [0.9, 0.1], [0.9, 0.1]]
    >>> draws = np.array([sure, sure, mild])
    >>> rows = greedy_information(draws, 2, given=[0], rng=np.random.default_rng(0))
    >>> rows.tolist()
    [2, 1]
    """
    given = check_given(len(draws), n_picks, given)
    search = _Search(draws, max_configurations, rng)
    for row in given:
        search.add(row)
    picks = []
    while len(picks) < n_picks and search.information_left() > _NOTHING:
        row, gain = search.best()
        if gain <= _NOTHING:
            break
        search.add(row)
        picks.append(row)
    if len(picks) < n_picks:
        rest = top_k(
            np.round(search.alone, 9),
            n_picks - len(picks),
            rng=rng,
            exclude=[*given, *picks],
        )
        picks.extend(rest)
    return np.array(picks, dtype=np.int64)


class _Search:
    """The rows picked so far, and what every other row adds to them.

    Attributes
    ----------
    alone : ndarray of shape (n_rows,)
        Information of each row by itself.
    within : ndarray of shape (n_rows, T)
        Entropy of each draw.
    bounds : ndarray of shape (n_rows,)
        Never below the gain of a row; -inf for picked ones.
    n_seen : ndarray of shape (n_rows,)
        How many picks a bound takes into account.
    """

    def __init__(self, draws, max_configurations, rng):
        self.draws = draws
        self.max_configurations = max_configurations
        self.rng = rng
        self.rank = rng.permutation(len(draws))  # the first of equals is taken
        self.chosen = []
        self.labelings = _AllLabelings(draws.shape[1])
        self.alone, self.within = self._first_look()
        self.bounds = self.alone.copy()
        self.n_seen = np.zeros(len(draws), dtype=np.intp)

    def _first_look(self):
        n, n_draws, width = self.draws.shape
        total, within = np.empty(n), np.empty((n, n_draws))
        for rows in _blocks.row_chunks(n, 8 * n_draws * width):
            part = self.draws[rows].astype(np.float64)
            total[rows] = row_entropy(part.mean(axis=1))
            within[rows] = row_entropy(part.reshape(-1, width)).reshape(-1, n_draws)
        return total - within.mean(axis=1), within

    def add(self, row):
        self.chosen.append(row)
        self.bounds[row] = -np.inf
        self.labelings.add(self._probabilities(row))
        n_joint = self.labelings.n_joint(self.draws.shape[2])
        if n_joint > self.max_configurations:
            self.labelings = _DrawnLabelings(
                self.draws.shape[1], self.max_configurations, self.rng
            )
            for picked in self.chosen:
                self.labelings.add(self._probabilities(picked))

    def _probabilities(self, row):
        return self.draws[row].astype(np.float64)

    def information_left(self):
        """What all labels together could still tell."""
        return self.labelings.shares @ row_entropy(self.labelings.weights)

    def best(self):
        """Return the row that adds most, and how much that is."""
        if isinstance(self.labelings, _AllLabelings):
            return self._best_counted()
        return self._best_drawn()

    def _best_counted(self):
        n_measured = _N_MEASURED
        while True:
            fresh = self.n_seen == len(self.chosen)
            gain = self.bounds[fresh].max(initial=-np.inf)
            stale = np.flatnonzero(~fresh & (self.bounds > gain - _TIE))
            if len(stale) == 0:
                tied = np.flatnonzero(fresh & (self.bounds >= gain - _TIE))
                return self._first(tied), gain
            if len(stale) > n_measured:
                stale = stale[np.argpartition(self.bounds[stale], -n_measured)]
                stale = stale[-n_measured:]
            n_measured *= 2
            self.bounds[stale] = self._gains(stale)
            self.n_seen[stale] = len(self.chosen)

    def _gains(self, rows):
        gains = np.empty(len(rows))
        weights, shares = self.labelings.weights, self.labelings.shares
        for some in _blocks.row_chunks(len(rows), self._row_bytes(weights)):
            gains[some] = self._information(rows[some], weights) @ shares
        return gains

    def _best_drawn(self):
        self._keep_telling()
        left = np.flatnonzero(self.bounds > -np.inf)
        first = left[np.argsort(-self.bounds[left])[:_N_MEASURED]]
        leader = self._race(first, first[0])
        gain, error = self._estimate(leader)
        # Bounds hold for true gains, which an estimate misses by a few errors.
        near = self.bounds >= gain - _N_ERRORS * error
        near[first] = False
        near[leader] = True
        winner = self._race(np.flatnonzero(near), leader)
        return winner, self._estimate(winner)[0]

    def _keep_telling(self):
        """Leave out drawn configurations that have nothing to learn any more.

        A label adds no more than the entropy that is left, so gains change by next to
        nothing. The others stay in random order.
        """
        weights = self.labelings.weights
        entropies = row_entropy(weights)
        ascending = entropies.argsort()
        skipped = entropies[ascending].cumsum() <= _NOTHING / 2 * len(weights)
        kept = np.sort(ascending[~skipped])
        self.weights = weights[kept].astype(np.float32)
        self.share = len(kept) / len(weights)

    def _estimate(self, row):
        values = self.share * self._information([row], self.weights)[0]
        error = values.std(dtype=np.float64) / np.sqrt(len(values))
        return values.mean(dtype=np.float64), error

    def _race(self, rows, rival):
        """Return the row with the largest gain, from differences to that of `rival`."""
        reference = self._information([rival], self.weights)[0]
        sums, squares = np.zeros((2, len(rows)))
        start = 0
        while start < len(self.weights):
            stop = start + min(max(start, _FIRST_STAGE), _LARGEST_STAGE)
            weights = self.weights[start:stop]
            for some in _blocks.row_chunks(len(rows), self._row_bytes(weights)):
                ahead = self._information(rows[some], weights)
                ahead -= reference[start:stop]
                sums[some] += ahead.sum(axis=1, dtype=np.float64)
                squares[some] += np.einsum("ij,ij->i", ahead, ahead)
            start = min(stop, len(self.weights))
            means = sums / start
            errors = np.sqrt(np.maximum(squares / start - means**2, 0) / start)
            gains, errors = self.share * means, self.share * errors
            best = gains.argmax()
            lead = gains[best] - gains
            slack = _N_ERRORS * (errors + errors[best]) + _TIE_SINGLE
            kept = lead <= slack
            if (slack - lead)[kept & (lead > 0)].max(initial=0) < _LEAD:
                break
            rows, sums, squares = rows[kept], sums[kept], squares[kept]
        gains = self.share * sums / start
        return self._first(rows[gains >= gains.max() - _TIE_SINGLE])

    def _first(self, tied):
        return tied[self.rank[tied].argmin()]

    def _row_bytes(self, weights):
        # Three arrays at a time should stay in the cache.
        return 3 * weights.itemsize * len(weights) * self.draws.shape[2]

    def _information(self, rows, weights):
        """What each row adds to each configuration, (n_rows, n_configurations).

        The mean of H(sum_t w_t S_t) - sum_t w_t H(S_t). To subtract the mean of all
        H(S_t) instead would do as well, but where a configuration leaves one draw only
        this is zero, and drawn configurations tell much more.
        """
        part = self.draws[rows].transpose(0, 2, 1).astype(weights.dtype, order="C")
        mixed = part.reshape(-1, part.shape[2]) @ weights.T
        mixed += np.finfo(mixed.dtype).tiny  # makes 0 log 0 a plain 0
        terms = np.log(mixed)
        terms *= mixed
        within = self.within[rows].astype(weights.dtype) @ weights.T
        return -terms.reshape(*part.shape[:2], -1).sum(axis=1) - within


class _AllLabelings:
    """All ways of labeling some rows, with the posterior that follows from each.

    Attributes
    ----------
    shares : ndarray of shape (n_configurations,)
        Their probabilities.
    weights : ndarray of shape (n_configurations, T)
        Posterior probabilities of the draws.
    """

    def __init__(self, n_draws):
        self.shares = np.ones(1)
        self.weights = np.full((1, n_draws), 1 / n_draws)

    def add(self, probabilities):
        """Label one more row, whose (T, n_classes) probabilities are given."""
        joint = self.shares[:, np.newaxis] * (self.weights @ probabilities)
        before, label = np.nonzero(joint > _NEVER)
        self.shares = joint[before, label]
        self.weights = self.weights[before] * probabilities[:, label].T
        self.weights /= self.weights.sum(axis=1, keepdims=True)

    def n_joint(self, n_classes):
        return len(self.shares) * n_classes if len(self.shares) > 1 else 1


class _DrawnLabelings:
    """Ways of labeling some rows, drawn from the posterior; else as _AllLabelings."""

    def __init__(self, n_draws, n_configurations, rng):
        self.rng = rng
        self.shares = np.full(n_configurations, 1 / n_configurations)
        # Each draw labels equally many, or one more.
        turns = rng.permutation(n_configurations) + rng.integers(n_draws)
        self.labeler = turns % n_draws
        self.logs = np.zeros((n_configurations, n_draws))

    def add(self, probabilities):
        """Label one more row, whose (T, n_classes) probabilities are given."""
        cumulated = probabilities.cumsum(axis=1)[self.labeler]
        levels = self.rng.random(len(cumulated)) * cumulated[:, -1]
        labels = (cumulated <= levels[:, np.newaxis]).sum(axis=1)
        with np.errstate(divide="ignore"):
            self.logs += np.log(probabilities)[:, labels].T

    @property
    def weights(self):
        return softmax(self.logs, axis=1)

    def n_joint(self, n_classes):
        return 0  # as many as wanted, and no more
