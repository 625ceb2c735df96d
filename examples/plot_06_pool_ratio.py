"""
How large should the pool be?
=============================

Whoever labels by simulation can draw as many candidates as they like. The **pool
ratio** is how many are drawn for each one that is run. It cannot be tuned in earnest:
every value tried would cost the labels that were to be saved. So a strategy is safe
only if it wins at any ratio (Ren et al., "Does Deep Active Learning Work in the
Wild?", arXiv:2302.00098).

Four strategies and three ratios are compared with random choice on two problems, the
sine and the robot arm. Every round draws a fresh pool and throws it away.

**What is found.** Query by committee gets *worse* as the pool grows: with a large one
its batch of twenty crowds where the committee is least sure. Strategies that spread
their batch gain from a large pool, all three on the arm, GSxy on the sine too. **Where
it fails.** With two candidates for each run nobody has much choice, and no difference
is shown. None of this is a law: other models and problems, other tables.
"""

# %%
# One call for each problem. The model is a committee of five kernel regressors, whose
# width suits the problem; five repeats share seed sets, test sets and pools.
import matplotlib.pyplot as plt
from sklearn.kernel_ridge import KernelRidge

from skactive import Committee
from skactive.datasets import robot_arm, sine
from skactive.simulation import pool_ratio_study


def study(problem, gamma):
    kernel = KernelRidge(kernel="rbf", gamma=gamma, alpha=1e-3)
    return pool_ratio_study(
        problem,
        Committee(kernel, n_members=5),
        ["gsx", "gsxy", "qbc", "qbc_div"],
        ratios=(2, 8, 32),
        n_initial=20,
        n_queries=20,
        budget=80,
        n_repeats=5,
        test_size=500,
        random_state=0,
    )


results = {"sine": study(sine(), 1000), "robot arm": study(robot_arm(), 0.3)}
results["robot arm"].summary()[["n_better", "n_worse", "best_nauc", "worst_nauc"]]

# %%
# The number in a cell is the area under the curve of the squared error, divided by that
# of random choice: below 1 is better. A triangle marks what a paired t test at 5 %
# tells from 1. Each cell is tested by itself, so that one in twenty is marked by chance
# where there is nothing to find.
fig, axes = plt.subplots(1, 2, figsize=(10, 3.4), layout="constrained")
for ax, (name, result) in zip(axes, results.items(), strict=True):
    result.plot(ax)
    ax.set_title(f"{name}: nAUC, below 1 is better")

# %%
# The same numbers, with their standard errors:
table = results["sine"].nauc()
table[["nauc", "standard_error", "p_value", "verdict"]].round(3)

# %%
# Where query by committee goes on the sine, at the largest ratio: the first batch of
# one repeat, beside that of GSxy, which multiplies the distance to what is known by the
# distance in the output.
picks = results["sine"].picks.query("ratio == 32 and repeat == 0 and round == 1")
fig, ax = plt.subplots(figsize=(7, 2), layout="constrained")
names = ["qbc", "gsxy"]
for height, name in enumerate(names):
    x = picks.loc[picks["strategy"] == name, "x"]
    ax.plot(x, [height] * len(x), "|", markersize=25)
ax.set(
    xlabel="x",
    xlim=(-1.02, 1.02),
    ylim=(-0.6, 1.6),
    yticks=[0, 1],
    yticklabels=names,
    title="One batch of twenty on the sine",
)

# %%
# The same study at a larger scale, with all eleven methods of Ren et al. (a script of
# the benchmarks made it): on the sine and on the thin film, methods that rank points
# one by one, such as ``variance`` and ``learning_loss``, lose from some ratio on; those
# that spread their batch do not. The measurements show all pictures and numbers.
#
# .. image:: ../_static/pool_ratio_thin_film_stack.png
#    :alt: nAUC of eleven strategies at six pool ratios on the thin film.
#    :width: 80%
