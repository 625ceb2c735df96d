"""Forests, single trees and bagging: members are draws, leaves are an embedding."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from skactive.adapters._base import Adapter, stack_members
from skactive.adapters._decoded import DecodedMember


class BaggingAdapter(Adapter):
    """Members trained on encoded labels and perhaps on a part of the columns."""

    def has(self, name):
        """Members give draws, also inside a wrapper."""
        return name == "draws" or super().has(name)

    def draws(self, view, n_draws, consistent):
        """(n, n_members, n_outputs)."""
        if self.route.members is not None:
            return super().draws(view, n_draws, consistent)
        draws = stack_members(
            ((DecodedMember(tree, self.inner), X) for tree, X in self._members(view)),
            self.classes,
        )
        return self.undo_target_transform(draws)

    def _members(self, view):
        X = view.output("raw_inputs")
        X = X if sparse.issparse(X) else np.asarray(X)
        columns = self.inner.estimators_features_
        return (
            (member, X[:, own])
            for member, own in zip(self.inner.estimators_, columns, strict=True)
        )


class ForestAdapter(BaggingAdapter):
    """Forests: as bagging, and the leaf a sample falls into in each tree embeds it."""

    def embedding(self, view, layer=None):
        """(n, total nodes) CSR: one one per tree."""
        if layer is not None:
            return super().embedding(view, layer)
        return leaf_embedding(
            self.inner.apply(view.output("raw_inputs")),
            [tree.tree_.node_count for tree in self.inner.estimators_],
        )

    def _members(self, view):
        # Trees are float32 inside: convert once, not once per tree.
        X = view.output("raw_inputs")
        X = X.astype(np.float32) if sparse.issparse(X) else np.asarray(X, np.float32)
        return ((tree, X) for tree in self.inner.estimators_)


class TreeAdapter(Adapter):
    """A single tree: its leaves embed; one tree draws nothing."""

    def embedding(self, view, layer=None):
        """(n, nodes) CSR: a single one per row."""
        if layer is not None:
            return super().embedding(view, layer)
        leaves = self.inner.apply(view.output("raw_inputs"))
        return leaf_embedding(leaves[:, None], [self.inner.tree_.node_count])


class BoostingAdapter(Adapter):
    """Gradient boosting: a sequence of trees, so leaves but no draws."""

    def embedding(self, view, layer=None):
        """(n, total nodes) CSR: one one per tree."""
        if layer is not None:
            return super().embedding(view, layer)
        # The nodes are counted along the way (n, stages, classes) is flattened.
        leaves = self.inner.apply(view.output("raw_inputs"))
        leaves = leaves.reshape(len(leaves), -1).astype(np.int64)
        counts = [tree.tree_.node_count for tree in self.inner.estimators_.ravel()]
        return leaf_embedding(leaves, counts)


def leaf_embedding(leaves, node_counts):
    """One-hot of (n, n_trees) leaf numbers, each tree in columns of its own."""
    n, n_trees = leaves.shape
    offsets = np.concatenate([[0], np.cumsum(node_counts)])
    columns = (leaves + offsets[:-1]).ravel()
    return sparse.csr_matrix(
        (
            np.ones(n * n_trees, dtype=np.float32),
            columns,
            np.arange(0, n * n_trees + 1, n_trees),
        ),
        shape=(n, int(offsets[-1])),
    )
