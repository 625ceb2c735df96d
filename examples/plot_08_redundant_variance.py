"""
Twenty times the same question
==============================

The predictive variance says where a regressor is least sure. In a batch that is a
trap: the twenty most uncertain samples are neighbors, and after the first answer the
others are hardly uncertain any more. LCMD, the default for regressors, looks at the
gradients of the model instead, and takes the farthest sample of the largest cluster,
again and again.

The problem is a robot arm, whose two outputs follow from four inputs, and the model a
committee of small nets.

**What is found.** The batch of the largest variances lies along one side of the arm's
range, LCMD's is spread. With 160 labels LCMD is shown to need fewer than random
choice, about three quarters; the largest variances end with a larger error than random
choice, though five repeats do not show it. **Where it fails.** A batch of one has no
copies, and the largest variance is a good question then.
"""

# %%
# A committee with 60 labels, and a batch of twenty from each of the two.
import matplotlib.pyplot as plt
import numpy as np
from scipy.spatial.distance import pdist

from skactive import ActiveLearner, Committee, simulate
from skactive.datasets import robot_arm
from skactive.nets import TorchMLPRegressor
from skactive.simulation import LabelingCurveDisplay

problem = robot_arm()
X = problem.sample(1500, random_state=0)
y = problem(X)
net = TorchMLPRegressor(hidden_sizes=(64,), dropout=0.0, max_epochs=100)
committee = Committee(net, n_members=4, bootstrap=False)

batches = {}
for strategy in ["random", "variance", "lcmd"]:
    learner = ActiveLearner(committee, strategy, random_state=0).fit(X[:60], y[:60])
    batches[strategy] = X[60:][learner.query(X[60:], 20)]

# %%
# How far apart are the samples of a batch, and where do they lie?
fig, axes = plt.subplots(1, 3, figsize=(10, 3.6), layout="constrained", sharey=True)
for ax, (strategy, batch) in zip(axes, batches.items(), strict=True):
    ax.scatter(X[:, 1], X[:, 2], s=4, color="0.85", label="pool")
    ax.scatter(batch[:, 1], batch[:, 2], s=28, label="asked for", edgecolor="k")
    distance = np.median(pdist(batch))
    ax.set(title=f"{strategy}: median distance {distance:.2f}", xlabel="first angle")
axes[0].set_ylabel("second angle")
axes[0].legend(loc="lower left")
plt.show()

# %%
# What it costs: the campaign replayed, five times.
result = simulate(
    committee,
    X,
    y,
    strategies=["random", "variance", "lcmd"],
    n_initial=40,
    n_queries=40,
    budget=160,
    n_repeats=5,
    scoring="neg_root_mean_squared_error",
    random_state=0,
)
print(result)
LabelingCurveDisplay.from_result(result)
plt.show()
