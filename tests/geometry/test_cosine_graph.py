"""Products with an adjacency matrix that is never built, against the built one."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn import config_context

from skactive.geometry import CosineGraph, unit_rows

rng_of = np.random.default_rng


def built(units):
    """The adjacency matrix, as the definition reads."""
    links = units @ units.T
    if units.min() < 0:
        links = (1 + links) / 2
    np.fill_diagonal(links, 0)
    degrees = links.sum(axis=0)
    columns = np.divide(links, degrees, out=np.zeros_like(links), where=degrees > 1e-3)
    return columns + np.eye(len(units))


def rows_of(kind):
    rows = rng_of(0).normal(size=(40, 5))
    if kind == "not negative":
        rows = np.maximum(rows, 0)
    if kind == "with a row of zeros":
        rows[3] = 0
    if kind == "with copies":
        rows[20:] = rows[:20]
    if kind == "orthogonal":
        rows = np.eye(5)[[0, 1, 2, 3, 4, 4]]
    return unit_rows(rows)


KINDS = ["any", "not negative", "with a row of zeros", "with copies", "orthogonal"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("container", [np.asarray, sparse.csr_matrix])
def test_products(kind, container):
    units = rows_of(kind)
    graph, adjacency = CosineGraph(container(units)), built(units)
    values = rng_of(1).normal(size=(len(units), 3))
    before = values.copy()
    assert_allclose(graph.product(values), adjacency @ values, atol=1e-12)
    product = graph.product(values, transposed=True)
    assert_allclose(product, adjacency.T @ values, atol=1e-12)
    assert_allclose(graph.smoothed_units(), adjacency @ units, atol=1e-12)
    assert_allclose(graph.project(np.eye(5)), units)
    assert_array_equal(values, before)


def test_columns_of_links_add_up_to_one():
    units = rows_of("any")
    sums = CosineGraph(units).product(np.ones((40, 1)), transposed=True)
    assert_allclose(sums, 2)


def test_the_precision_is_that_of_the_values():
    units = rows_of("any").astype(np.float32)
    values = rng_of(1).normal(size=(40, 2))
    product = CosineGraph(units).product(values.astype(np.float32))
    assert product.dtype == np.float32
    assert_allclose(product, built(units.astype(np.float64)) @ values, atol=1e-5)


def test_blocks_of_rows_change_nothing():
    units, values = rng_of(0).random((3000, 40)), rng_of(1).normal(size=(3000, 600))
    units = unit_rows(units)
    expected = CosineGraph(units).product(values)
    with config_context(working_memory=0.1):
        assert_allclose(CosineGraph(units).product(values), expected, atol=1e-12)
