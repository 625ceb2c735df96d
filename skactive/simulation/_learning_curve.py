"""What a learning curve says about more labels: a power law, fitted and judged."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from sklearn.utils import check_random_state, column_or_1d
from sklearn.utils.validation import check_consistent_length

# Verdicts. The thresholds are this library's own, not from a paper.
_STARVED_GAIN, _STARVED_SLOPE = 0.1, -0.2
_NO_GAIN = 0.01

_MIN_POINTS = 5
_EXPONENTS = (1e-2, 2.0)
_LEVELS = (2.5, 97.5)
# The search for the exponent: grids of so many points, each around the best of the one
# before. The draws of the bootstrap do with few.
_GRID, _ZOOMS, _ZOOMS_OF_DRAWS = 25, 12, 3
_REWEIGHTINGS = 15
# Of the largest error: what no standard error goes below, and an error that is none.
_FLOOR, _NOTHING = 1e-3, 1e-9

_ADVICE = {
    "data-starved": "More labels help, even those drawn at random, and batches may be "
    "large.",
    "transition": "More labels still help, but not all alike. This is where active "
    "learning pays most, if it pays.",
    "saturated": "More labels chosen this way change little. Stop, choose otherwise, "
    "or change the model, its inputs or the quality of the labels.",
    "undetermined": "The curve does not tell. Measure more rounds, or more repeats.",
}


@dataclass(frozen=True)
class CurveDiagnosis:
    """A learning curve as a power law, and what it says about more labels.

    :func:`diagnose_curve` makes one; what follows are its attributes. All numbers are
    NaN where there are too few points for a fit. Intervals are (low, high), at 95 %.

    Parameters
    ----------
    verdict : {'data-starved', 'transition', 'saturated', 'undetermined'}
    asymptote, amplitude, exponent : float
        The c, a and α of ``error = c + a * n_labeled ** -α``.
    asymptote_interval, exponent_interval : tuple of float
    doubling_gain : float
        Share of the error that goes away when the labels are doubled.
    doubling_gain_interval : tuple of float
    next_batch : float
        Labels of a next batch.
    next_gain : float
        How much the error falls with it.
    next_gain_interval : tuple of float
    slope : float
        Of log(error) against log(n_labeled), over the last third of the points.
    standard_error : float
        Of the last error: what a gain is compared with.
    n_labeled : float
        Labels of the last point.
    """

    verdict: str
    asymptote: float = np.nan
    amplitude: float = np.nan
    exponent: float = np.nan
    asymptote_interval: tuple = (np.nan, np.nan)
    exponent_interval: tuple = (np.nan, np.nan)
    doubling_gain: float = np.nan
    doubling_gain_interval: tuple = (np.nan, np.nan)
    next_batch: float = np.nan
    next_gain: float = np.nan
    next_gain_interval: tuple = (np.nan, np.nan)
    slope: float = np.nan
    standard_error: float = np.nan
    n_labeled: float = field(default=np.nan, repr=False)

    @property
    def advice(self):
        """What the verdict means for the next labels, in a sentence or two."""
        return _ADVICE[self.verdict]

    def predict(self, n_labeled):
        """Compute the error of the fitted curve.

        Parameters
        ----------
        n_labeled : array-like
            Numbers of labels. Far beyond those measured it is a guess.

        Returns
        -------
        error : ndarray
        """
        n_labeled = np.asarray(n_labeled, dtype=float)
        return self.asymptote + self.amplitude * n_labeled**-self.exponent

    def labels_to_reach(self, error):
        """Solve the fitted curve for the number of labels.

        Parameters
        ----------
        error : float
            The error to reach.

        Returns
        -------
        n_labeled : float
            Infinite where the curve never gets there.
        """
        left = error - self.asymptote
        if left <= 0:
            return np.inf
        return float((self.amplitude / left) ** (1 / self.exponent))

    def __str__(self):
        if np.isnan(self.asymptote):
            return f"undetermined: fewer than {_MIN_POINTS} points. {self.advice}"
        gain, low, high = 100 * np.array(
            [self.doubling_gain, *self.doubling_gain_interval]
        )
        return (
            f"{self.verdict}: twice the {self.n_labeled:g} labels would take away "
            f"{gain:.0f} % of the error ({low:.0f} to {high:.0f} %), which tends to "
            f"{self.asymptote:.3g}. {self.advice}"
        )


def diagnose_curve(
    n_labeled,
    error,
    standard_error=None,
    *,
    next_batch=None,
    n_bootstrap=200,
    random_state=0,
):
    """Tell from a learning curve whether more labels help.

    A power law ``error = c + a * n_labeled ** -α`` is fitted, robustly, and bounded by
    a parametric bootstrap.

    Parameters
    ----------
    n_labeled : array-like of shape (n_points,)
        Numbers of labels, all different.
    error : array-like of shape (n_points,)
        What was measured with them; 0 is perfect.
    standard_error : array-like of shape (n_points,) or float, default=None
        Of the errors. None: what the points scatter about the curve.
    next_batch : float, default=None
        Size of the next batch. None: that of the last one.
    n_bootstrap : int, default=200
        Number of curves that are drawn for the intervals.
    random_state : int, RandomState or None, default=0
        Seed of these draws.

    Returns
    -------
    diagnosis : CurveDiagnosis
        ``print(diagnosis)`` puts it into words.

    Raises
    ------
    ValueError
        If errors are negative or not finite, or numbers of labels are there twice.

    See Also
    --------
    SimulationResult.diagnosis : The same of a simulated strategy.

    Notes
    -----
    The verdict is

    - *data-starved* if doubling the labels takes away more than a tenth of the error,
      surely more than nothing, and the curve is steeper than -0.2 in log-log axes at
      its end;
    - *saturated* if doubling takes away a tenth at most, and the next batch less than
      one standard error, also at the upper bounds of their intervals;
    - *undetermined* if the interval of the gain by doubling has room for both, or there
      are fewer than five points;
    - *transition* for everything else.

    These thresholds are our own choice, of no paper. The bootstrap takes the errors of
    different points to be independent; those of one campaign share a test set, so its
    intervals are rather too narrow.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.simulation import diagnose_curve
    >>> n = np.array([50, 100, 200, 400, 800])
    >>> diagnosis = diagnose_curve(n, 0.1 + 2 / np.sqrt(n))
    >>> round(diagnosis.asymptote, 3), round(diagnosis.exponent, 3)
    (0.1, 0.5)
    >>> diagnosis.verdict, round(diagnosis.labels_to_reach(0.15))
    ('data-starved', 1600)
    """
    n, error, standard_error = _checked(n_labeled, error, standard_error)
    if len(n) < _MIN_POINTS:
        return CurveDiagnosis("undetermined")
    if next_batch is None:
        next_batch = n[-1] - n[-2]
    # Labels in units of the last number.
    x, top = n / n[-1], error.max() or 1.0
    if standard_error is None:
        rough = _fit(x, error, max(error.std(), _FLOOR * top))
        left = error - _curve(x, rough)
        standard_error = np.sqrt(left @ left / (len(n) - 3))
    standard_error = np.maximum(standard_error, _FLOOR * top) * np.ones(len(n))
    best = _fit(x, error, standard_error)
    rng = check_random_state(random_state)
    noise = standard_error * rng.normal(size=(n_bootstrap, len(n)))
    # Where no error was ever seen, its spread is not known; take it to be none.
    drawn = _curve(x, best) + (noise if error.any() else 0 * noise)
    draws = _fit(x, drawn, standard_error, _ZOOMS_OF_DRAWS)

    def interval(values):
        return tuple(np.percentile(values, _LEVELS).tolist())

    least = _NOTHING * top
    doubling, doublings = (_doubling_gain(fit, least) for fit in (best, draws))
    ends = np.array([1 + next_batch / n[-1], 1.0])
    gain, gains = (np.diff(_curve(ends, fit))[..., 0] for fit in (best, draws))
    numbers = {
        "asymptote": float(best[0]),
        "amplitude": float(best[1] * n[-1] ** best[2]),
        "exponent": float(best[2]),
        "asymptote_interval": interval(draws[:, 0]),
        "exponent_interval": interval(draws[:, 2]),
        "doubling_gain": float(doubling),
        "doubling_gain_interval": interval(doublings),
        "next_batch": float(next_batch),
        "next_gain": float(gain),
        "next_gain_interval": interval(gains),
        "slope": _slope(x, best, least),
        "standard_error": float(standard_error[-1]),
        "n_labeled": float(n[-1]),
    }
    return CurveDiagnosis(_judged(**numbers), **numbers)


def _checked(n_labeled, error, standard_error):
    n = column_or_1d(n_labeled, dtype=float)
    error = column_or_1d(error, dtype=float)
    check_consistent_length(n, error)
    order = np.argsort(n)
    if not (np.isfinite(n) & (n > 0)).all() or (np.diff(n[order]) == 0).any():
        raise ValueError("n_labeled must be positive numbers, each of them once.")
    if not (np.isfinite(error) & (error >= 0)).all():
        raise ValueError(
            "error has values that are negative or not finite; pass errors, of which 0 "
            "is perfect, such as 1 - accuracy."
        )
    if standard_error is not None:
        standard_error = np.broadcast_to(np.asarray(standard_error, float), n.shape)
        if not (np.isfinite(standard_error) & (standard_error >= 0)).all():
            raise ValueError("standard_error has values that are no standard errors.")
        standard_error = standard_error[order]
    return n[order], error[order], standard_error


def _curve(x, fit):
    """Errors c + b x^-α, of parameters (c, b, α) in the last axis."""
    c, b, alpha = np.moveaxis(fit, -1, 0)[..., None]
    return c + b * x**-alpha


def _fit(x, error, standard_error, n_zooms=_ZOOMS):
    """Fit (c, b, α) to curves of shape (..., n_points), with a soft L1 loss.

    For a given exponent the problem is convex, with two unknowns; the exponent is
    searched on a grid, which is then refined.
    """
    low, high = np.log(_EXPONENTS)
    step = (high - low) / (_GRID - 1)
    log_alpha = np.full(error.shape[:-1], (low + high) / 2)
    for _ in range(n_zooms):
        around = step * (np.arange(_GRID) - _GRID // 2)
        grid = np.clip(log_alpha[..., None] + around, low, high)
        cost, c, b = _fit_given_exponents(x, error, standard_error, np.exp(grid))
        best = cost.argmin(axis=-1)[..., None]
        log_alpha, c, b = (
            np.take_along_axis(values, best, -1)[..., 0] for values in (grid, c, b)
        )
        step *= 2 / (_GRID - 1)
    return np.stack([c, b, np.exp(log_alpha)], axis=-1)


def _fit_given_exponents(x, error, standard_error, alpha):
    """Costs and the best c >= 0 and b >= 0, by least squares, weighted anew."""
    falling, error = x ** -alpha[..., None], error[..., None, :]
    weight = np.ones(falling.shape)
    for _ in range(_REWEIGHTINGS):
        w = weight / np.square(standard_error)
        total, w_falling = w.sum(axis=-1), w * falling
        f, e = w_falling.sum(axis=-1), (w * error).sum(axis=-1)
        ff, fe = (w_falling * falling).sum(axis=-1), (w_falling * error).sum(axis=-1)
        determinant = total * ff - f * f
        b = np.maximum((total * fe - f * e) / determinant, 0)
        c = (e - b * f) / total
        # The other bound: all of the error is b's.
        b, c = np.where(c < 0, np.maximum(fe / ff, 0), b), np.maximum(c, 0)
        residual = (c[..., None] + b[..., None] * falling - error) / standard_error
        weight = 1 / np.sqrt(1 + residual**2)
    return (1 / weight - 1).sum(axis=-1), c, b


def _doubling_gain(fit, least):
    """Share of the error; of less than the least there is nothing to gain."""
    now, then = np.moveaxis(_curve(np.array([1.0, 2.0]), fit), -1, 0)
    return np.where(now > least, 1 - then / np.maximum(now, least), 0.0)


def _slope(x, fit, least):
    ends = np.array([x[-max(2, len(x) // 3)], 1.0])
    first, last = np.log(np.maximum(_curve(ends, fit), least))
    return float((last - first) / -np.log(ends[0]))


def _judged(doubling_gain, doubling_gain_interval, slope, **numbers):
    low, high = doubling_gain_interval
    if doubling_gain > _STARVED_GAIN and low > _NO_GAIN and slope < _STARVED_SLOPE:
        return "data-starved"
    at_most_noise = numbers["next_gain_interval"][1] < numbers["standard_error"]
    if high <= _STARVED_GAIN and at_most_noise:
        return "saturated"
    if low <= _NO_GAIN and high > _STARVED_GAIN:
        return "undetermined"
    return "transition"


def diagnose_means(n_labeled, errors):
    """Diagnose the mean over repeats.

    Parameters
    ----------
    n_labeled, errors : ndarray of shape (n_repeats, n_rounds)

    Returns
    -------
    diagnosis : CurveDiagnosis
    """
    n, mean = n_labeled.mean(axis=0), errors.mean(axis=0)
    if len(errors) == 1:
        return diagnose_curve(n, mean)
    variance = errors.var(axis=0, ddof=1)
    # With few repeats that of one round is erratic, so its neighbors have a say.
    near = np.ones(min(3, len(n)))
    count = np.convolve(np.ones(len(n)), near, "same")
    variance = np.convolve(variance, near, "same") / count
    return diagnose_curve(n, mean, np.sqrt(variance / len(errors)))
