"""simulate on the processes of a dask cluster."""

import pandas as pd
import pytest
from joblib import parallel_config
from sklearn.datasets import load_iris
from sklearn.naive_bayes import GaussianNB

from skactive import simulate

distributed = pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def client():
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    with (
        distributed.LocalCluster(**options, processes=True) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


def run(**options):
    return simulate(
        GaussianNB(),
        *load_iris(return_X_y=True),
        strategies=["random", "margin"],
        n_initial=8,
        n_queries=4,
        budget=20,
        n_repeats=3,
        random_state=0,
        **options,
    )


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_the_same_table_with_dask(client, tmp_path):
    with parallel_config(backend="dask"):
        tables = [run(), run(n_jobs=2, checkpoint=tmp_path)]
    assert len(list(tmp_path.glob("*.jsonl"))) == 6
    tables += [run(n_jobs=n_jobs) for n_jobs in (1, 2)]
    expected, *others = (
        table.to_frame().drop(columns=["fit_time", "query_time"]) for table in tables
    )
    for other in others:
        pd.testing.assert_frame_equal(other, expected)
    for table in tables:
        pd.testing.assert_frame_equal(table.picks, tables[0].picks)
