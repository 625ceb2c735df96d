"""
A page for the one who decides
==============================

Whoever pays for labels wants one sentence and the reasons behind it. ``save_report``
writes that page; behind it are a diagnosis of the learning curves and a model of the
costs, which can be asked directly.

**What is found.** Margin reaches with a fifth of the labels what random choice has at
the end. The curve of random choice has leveled off by then: the diagnosis expects that
twice the labels hardly help, and all labels there are hardly do. Its advice is to
change the model, and that is right too. **Where it fails.** The diagnosis takes the
curve for a power law. Where a curve has a step, or there are few repeats, it cannot
tell. And once the model is changed, the saving has to be measured again.
"""

# %%
# A campaign on digits with a model that is cheap because it stops training early.
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

from skactive import simulate

X, y = load_digits(return_X_y=True)
result = simulate(
    LogisticRegression(tol=0.01),
    X / 16,
    y,
    strategies=["random", "margin", "coreset"],
    n_initial=50,
    n_queries=50,
    budget=600,
    n_repeats=5,
    random_state=0,
)

# %%
# The page: HTML in one file, or with ``.md`` Markdown and pictures beside it. A label
# costs 0.50 here, an hour of computing 3.60.
result.save_report("report.html", label_price=0.5, second_price=0.001)

# %%
# **Would more labels help?** The mean errors are fitted by a power law with a limit.
for strategy in result.strategies:
    print(f"{strategy}: {result.diagnosis(strategy)}\n")

# %%
# The fits, twice as far as was measured.
import matplotlib.pyplot as plt
import numpy as np

n = np.linspace(50, 1200, 200)
fig, ax = plt.subplots(layout="constrained")
for strategy, style in {"random": "-", "margin": "--"}.items():
    frame = result.to_frame().query("strategy == @strategy")
    error = 1 - frame.groupby("n_labeled")["score"].mean()
    curve = result.diagnosis(strategy)
    ax.plot(n, curve.predict(n), style, color="black", label=strategy)
    ax.plot(error, "o", color="black", markerfacecolor="white")
ax.axvline(600, color="0.7", linewidth=1)
ax.set(xlabel="labeled samples", ylabel="error", xscale="log", yscale="log")
ax.legend()
plt.show()

# %%
# Is it true? All 1347 labels of a repeat leave the error where it is; training to the
# end takes away more than half.
from sklearn.model_selection import ShuffleSplit, cross_val_score

splits = ShuffleSplit(5, test_size=0.25, random_state=0)
for model in (LogisticRegression(tol=0.01), LogisticRegression(max_iter=1000)):
    error = 1 - cross_val_score(model, X / 16, y, cv=splits).mean()
    print(f"{model}: {error:.3f}")

# %%
# **How many rounds?** Each costs a training, and the day of the person who starts it.
# Few large batches overshoot the goal, many small ones pay for rounds.
from skactive.simulation import CostModel

model = CostModel(c_label=0.5, c_round=10, turnaround=1)
margin = result.diagnosis("margin")
n_rounds = model.optimal_rounds(margin, error=0.06)
labels = margin.labels_to_reach(0.06)
print(f"{labels:.0f} labels in {n_rounds} rounds: {model.wall_time(n_rounds):g} days")

# %%
# **Where does it ask?** Dark is early, light is late.
from skactive.simulation import QueryMapDisplay

display = QueryMapDisplay.from_result(result, X)
