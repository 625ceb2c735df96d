"""
What the families pick
======================

One pool in two dimensions, one model, one batch of twelve; every panel another
strategy. Colors are the classes the model predicts, squares are the labeled samples,
circles the batch. The pool has three crowded groups, a small one that nobody has
labeled yet, and a few outliers.

**What is found.** Margin, entropy and DeepFool line up along a boundary; their batch is
nearly one question. BALD sees that the draws differ over the small group, and asks
about little else; BatchBALD and PowerBALD ask there two or three times and go on. Core-
set and ranked batches go for the outliers, k-means and facility location for the
crowds. BADGE and cluster-margin do a little of everything. **Where it fails.** What
looks at the probabilities alone never finds the small group: the model is sure of it,
and wrong. One outlier is what the robust core-set leaves out unless it is told of more,
and GLISTER asks a dozen times for much the same.
"""

# %%
# The pool: 15 labels, none of them in the small group at the top.
import matplotlib.pyplot as plt
import numpy as np

rng = np.random.default_rng(3)
centers = np.array([[-2.0, 0.0], [2.0, 0.0], [0.0, -3.0], [3.5, 4.0]])
sizes = [150, 150, 150, 25]
groups = np.repeat(np.arange(4), sizes)
spread = np.array([0.9, 0.9, 0.9, 0.3])[groups, None]
X = centers[groups] + spread * rng.normal(size=(len(groups), 2))
X = np.vstack([X, rng.uniform(-6.5, 6.5, size=(10, 2))])
y = np.append(groups, rng.integers(0, 4, 10))
labeled = np.concatenate([rng.choice(np.flatnonzero(groups == g), 5) for g in range(3)])
unlabeled = np.setdiff1d(np.arange(len(X)), labeled)

# %%
# A small net with dropout has all that strategies ask for: probabilities, an
# embedding, draws, and gradients by the inputs.
from skactive import ActiveLearner
from skactive.nets import TorchMLPClassifier

net = TorchMLPClassifier(hidden_sizes=(32,), dropout=0.2, max_epochs=60)
learner = ActiveLearner(net, random_state=0).fit(X[labeled], y[labeled])
view = learner.view(X[unlabeled])
predicted = view.predict_proba().argmax(axis=1)

# %%
# All panels ask the same model, and share its one pass over the pool.
PANELS = [
    ["random", "margin", "entropy", "deepfool"],
    ["bald", "batch_bald", "power_bald", "ranked_batch"],
    ["coreset", "robust_coreset", "kmeans", "facility_location"],
    ["badge", "clustermargin", "fass", "glister"],
]
fig, axes = plt.subplots(4, 4, figsize=(11, 11), sharex=True, sharey=True)
for ax, name in zip(axes.flat, np.ravel(PANELS), strict=True):
    rows = learner.set_params(strategy=str(name)).query(view, 12)
    ax.scatter(*X[unlabeled].T, c=predicted, cmap="Set2", s=8, alpha=0.6)
    ax.scatter(*X[labeled].T, c="black", marker="s", s=14)
    ax.scatter(*X[unlabeled][rows].T, facecolor="none", edgecolor="crimson", s=55)
    ax.set(title=name, xticks=[], yticks=[])
fig.tight_layout()
plt.show()
