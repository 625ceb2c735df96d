"""Light in a stack of thin films, by the transfer-matrix method."""

from __future__ import annotations

import numpy as np
from sklearn.utils import gen_batches

from skactive.datasets._problem import Problem

_GLASS, _NITRIDE, _GRAPHENE = 1.46, 2.0, 3.306459758 + 3.152632723j
_GRAPHENE_NM = 0.35
_N_PAIRS = 5
# Chebyshev points of the second kind, ascending.
_WAVELENGTHS_NM = 1120 - 880 * np.cos(np.pi * np.arange(256) / 255)

# Rows at a time: 256 complex numbers in each of several arrays for each row.
_N_ROWS = 1024


def thin_film_stack():
    """How much light a stack of graphene and silicon nitride absorbs.

    Five pairs of a graphene film (0.35 nm) and a silicon nitride film lie on glass;
    light comes through the glass at a right angle, air is behind. The inputs are the
    thicknesses of the five nitride films, the one nearest to the glass first, scaled to
    [-1, 1]: ``27.5 + 22.5 x`` nm. The outputs are the absorbed share of the light at
    256 wavelengths from 240 to 2000 nm: ``1120 - 880 cos(pi m / 255)`` nm for m from 0
    to 255.

    The solution is exact for refractive indices that are the same at all wavelengths:
    1.46 for glass, 2 for nitride and, as in the authors' program, 3.306 + 3.153 i for
    graphene.

    Returns
    -------
    problem : Problem
        5 inputs, 256 outputs.

    References
    ----------
    Ren et al. (2023), "Does Deep Active Learning Work in the Wild?",
    arXiv:2302.00098, problem STACK.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.datasets import thin_film_stack
    >>> stack = thin_film_stack()
    >>> stack.n_outputs, stack.output_names[0], stack.output_names[-1]
    (256, '240.00 nm', '2000.00 nm')
    >>> stack(np.zeros((1, 5)))[0, [0, 64, 128, 192, 255]].round(4)
    array([0.3626, 0.2374, 0.0838, 0.0758, 0.0725])
    """
    return Problem(
        "thin_film_stack",
        _absorption,
        [(-1, 1)] * _N_PAIRS,
        tuple(f"film_{i + 1}" for i in range(_N_PAIRS)),
        tuple(f"{wavelength:.2f} nm" for wavelength in _WAVELENGTHS_NM),
    )


def _absorption(X):
    """Absorbed share (n, 256) of the light."""
    absorbed = np.empty((len(X), len(_WAVELENGTHS_NM)))
    for rows in gen_batches(len(X), _N_ROWS):
        electric, magnetic = _fields(27.5 + 22.5 * X[rows])
        flow_in = (electric * magnetic.conj()).real
        # The flow out into the air is 1.
        absorbed[rows] = 4 * _GLASS * (flow_in - 1)
        absorbed[rows] /= np.abs(_GLASS * electric + magnetic) ** 2
    return absorbed


def _fields(thicknesses):
    """Electric and magnetic field at the glass, both 1 at the air."""
    electric = magnetic = 1.0
    # The matrix of the whole stack is never needed, only its product with one vector.
    for thickness in thicknesses.T[::-1, :, np.newaxis]:
        electric, magnetic = _through(_NITRIDE, thickness, electric, magnetic)
        electric, magnetic = _through(_GRAPHENE, _GRAPHENE_NM, electric, magnetic)
    return electric, magnetic


def _through(index, thickness, electric, magnetic):
    """The fields on the near side of a film, from those on its far side."""
    phase = -2 * np.pi * index * thickness / _WAVELENGTHS_NM
    cos, sin = np.cos(phase), np.sin(phase)
    return (
        cos * electric + 1j / index * sin * magnetic,
        1j * index * sin * electric + cos * magnetic,
    )
