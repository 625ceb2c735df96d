"""
Choosing simulation runs for a regression model
===============================================

Each label is a run of a simulator, here a robot arm in closed form: four inputs (the
height of the base and three joint angles), two outputs (the position of the hand). A
kernel model learns to stand in for the simulator. Which runs should it ask for?

Three strategies are compared: random runs, **query by committee** (ten copies of the
model, trained on resampled runs, ask where they disagree most) and **GSx**, which never
looks at the model and asks for the inputs farthest from all those run so far.

**What is found.** GSx needs clearly fewer runs than random choice. Query by committee,
the classic, does not: the ten best of its list are neighbours that say the same.
**Where it fails.** Another model turns the result around: for a polynomial of degree
four, the corners that GSx likes are poison. Simulate with your own model before you
trust a strategy.
"""

# %%
# The simulator: the hand of an arm with segments of length 1/2, 1/2 and 1, all inputs
# scaled to [-1, 1] (after Ren et al., "Does Deep Active Learning Work in the Wild?",
# problem ROBO).
import numpy as np

from skactive.datasets import robot_arm

arm = robot_arm()
X = np.random.default_rng(0).uniform(-1, 1, size=(1200, 4))
Y = arm(X)
arm

# %%
# Any regressor can sit in a committee, Pipelines included.
from sklearn.kernel_ridge import KernelRidge

from skactive import Committee, simulate

committee = Committee(KernelRidge(kernel="rbf", gamma=0.3, alpha=1e-3), n_members=10)
result = simulate(
    committee,
    X,
    Y,
    strategies=["random", "qbc", "gsx"],
    n_initial=20,
    n_queries=10,
    budget=80,
    n_repeats=5,
    scoring="neg_root_mean_squared_error",
    random_state=0,
)
print(result)

# %%
# Higher is better: the score is minus the error, in units of the arm.
from skactive.simulation import LabelingCurveDisplay

display = LabelingCurveDisplay.from_result(result)
display.ax_.set_title("Robot arm: minus the error against simulation runs")

# %%
# Why the committee fails: a batch of its ten best runs huddles together, while GSx
# spreads. The figure shows the distance of each pick to the nearest other pick of its
# batch.
import matplotlib.pyplot as plt
from sklearn.metrics import pairwise_distances

from skactive import ActiveLearner

fig, ax = plt.subplots(layout="constrained")
for name in ["qbc", "gsx"]:
    learner = ActiveLearner(committee, name, random_state=0).fit(X[:20], Y[:20])
    distances = pairwise_distances(X[learner.query(X, 10)])
    np.fill_diagonal(distances, np.inf)
    ax.plot(np.sort(distances.min(axis=1)), "o-", label=name)
ax.set(
    xlabel="pick of the batch, sorted",
    ylabel="distance to the nearest other pick",
    title="One batch of ten",
    ylim=(0, None),
)
ax.legend()
