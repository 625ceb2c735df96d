"""The stack against known values and a second theory of the same films."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skactive.datasets import _thin_film, thin_film_stack

GLASS, NITRIDE, GRAPHENE, AIR = 1.46, 2.0, 3.306459758 + 3.152632723j, 1.0


def reflected_and_transmitted(x, wavelength):
    """Shares of the light, by adding up reflections from one boundary to the next.

    No matrices: the films are put on the air behind the stack one by one, with the
    amplitudes that Fresnel gives for a boundary and the phase of a way through a film.
    """
    films = [
        film
        for scaled in x
        for film in ((GRAPHENE, 0.35), (NITRIDE, 27.5 + 22.5 * scaled))
    ]
    indices = [GLASS, *(index for index, _ in films), AIR]
    reflected, transmitted = 0.0, 1.0
    for i in range(len(films), -1, -1):
        near, far = indices[i], indices[i + 1]
        way = 1.0
        if i < len(films):  # the far side of this boundary is film i
            way = np.exp(2j * np.pi * far * films[i][1] / wavelength)
        r, t = (near - far) / (near + far), 2 * near / (near + far)
        echo = reflected * way**2
        transmitted = t * way * transmitted / (1 + r * echo)
        reflected = (r + echo) / (1 + r * echo)
    return abs(reflected) ** 2, AIR / GLASS * abs(transmitted) ** 2


def test_the_known_absorption():
    absorbed = thin_film_stack()(np.zeros((1, 5)))[0, [0, 64, 128, 192, 255]]
    known = [0.36264432, 0.23738732, 0.0838017, 0.07575918, 0.07249971]
    assert_allclose(absorbed, known, atol=1e-8)


def test_wavelengths_are_chebyshev_points_of_the_second_kind():
    names = thin_film_stack().output_names
    wavelengths = [float(name.removesuffix(" nm")) for name in names]
    roots = np.polynomial.chebyshev.chebpts2(256)
    assert_allclose(wavelengths, 1120 + 880 * roots, atol=0.006)


def test_reflection_transmission_and_absorption_add_up():
    problem = thin_film_stack()
    X = np.vstack([problem.sample(4, random_state=0), -np.ones(5), np.ones(5)])
    absorbed = problem(X)
    wavelengths = 1120 + 880 * np.polynomial.chebyshev.chebpts2(256)
    for x, shares in zip(X, absorbed, strict=True):
        reflected, transmitted = reflected_and_transmitted(x, wavelengths)
        assert_allclose(reflected + transmitted + shares, 1, atol=1e-12)


def test_the_order_of_the_films_matters():
    X = [[-1, 0, 0, 0, 1], [1, 0, 0, 0, -1]]
    first, second = thin_film_stack()(X)
    assert np.abs(first - second).max() > 1e-3


def test_the_known_spread():
    X = thin_film_stack().sample(4000, random_state=0)
    assert_allclose(thin_film_stack()(X).var(axis=0).mean(), 5.6e-4, rtol=0.05)


@pytest.mark.parametrize("n_rows", [1, 3, 7])
def test_chunks_of_rows_change_nothing(n_rows, monkeypatch):
    X = thin_film_stack().sample(7, random_state=0)
    whole = thin_film_stack()(X)
    monkeypatch.setattr(_thin_film, "_N_ROWS", n_rows)
    assert_array_equal(thin_film_stack()(X), whole)
