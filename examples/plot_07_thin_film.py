"""
Choosing simulation points for a spectrum
=========================================

A stack of five thin films absorbs light. A simulation takes the five thicknesses and
returns a whole spectrum: 256 outputs. A Gaussian process is to stand in for it, and
every label is a run. Which thicknesses should be run?

Three strategies are compared: random points, the **variance** of the Gaussian process,
which is the usual choice for this model, and **GSxy**, which asks for points that are
far from all those run so far, in the thicknesses and in the predicted spectrum at once.

**What is found.** GSxy needs fewer runs than random choice, about two for every three.
The variance does not: the twenty candidates it likes best are close to each other and
tell the model the same. **Where it fails.** At the short end of the spectrum there are
fringes that 200 runs do not resolve, whoever chooses them. And GSxy was the best of
seven strategies tried here, so on another problem expect less.
"""

# %%
# The simulation has an exact solution, so it costs nothing here (after Ren et al.,
# "Does Deep Active Learning Work in the Wild?", problem STACK). Candidates and test
# points are drawn within its bounds.
import matplotlib.pyplot as plt
import numpy as np

from skactive.datasets import thin_film_stack

stack = thin_film_stack()
X, X_test = stack.sample(2000, random_state=0), stack.sample(500, random_state=1)
Y, Y_test = stack(X), stack(X_test)
stack

# %%
# One Gaussian process for all outputs. The length scale is fixed: fitted, it would be
# ruled by the wavelengths that are hardest to learn, and end as pure noise.
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import Matern

from skactive import simulate

model = GaussianProcessRegressor(
    Matern(2.0, nu=2.5), alpha=1e-8, normalize_y=True, optimizer=None
)
result = simulate(
    model,
    X,
    Y,
    X_test=X_test,
    y_test=Y_test,
    strategies=["random", "variance", "gsxy"],
    n_initial=20,
    n_queries=20,
    budget=200,
    n_repeats=5,
    scoring="neg_mean_squared_error",
    random_state=0,
)
print(result)

# %%
# The score is minus the squared error, over all wavelengths. A model that always
# predicts the mean spectrum has 5.6e-4.
from skactive.simulation import LabelingCurveDisplay

display = LabelingCurveDisplay.from_result(result)
display.ax_.set_title("Thin films: minus the squared error against simulation runs")

# %%
# Why the variance fails: the mean distance of a pick to the nearest other pick of its
# batch. Random points are farther apart than those the variance asks for.
from sklearn.metrics import pairwise_distances


def distance_to_nearest(rows):
    distances = pairwise_distances(X[rows])
    np.fill_diagonal(distances, np.inf)
    return distances.min(axis=1).mean()


batches = result.picks[result.picks["round"] > 0].groupby(
    ["strategy", "repeat", "round"]
)
nearest = batches["row"].agg(distance_to_nearest)
print(nearest.groupby("strategy").mean().round(2))

# %%
# One spectrum of the test set, predicted from the 200 runs of the first repeat: the one
# where the ratio of the two errors is the median one.
predicted = {}
for name in ["random", "gsxy"]:
    runs = result.picks.query("strategy == @name and repeat == 0")["row"]
    predicted[name] = model.fit(X[runs], Y[runs]).predict(X_test)
errors = {name: (spectra - Y_test) ** 2 for name, spectra in predicted.items()}
ratio = errors["gsxy"].mean(axis=1) / errors["random"].mean(axis=1)
order = np.argsort(ratio)
shown = order[len(order) // 2]

wavelengths = np.array([float(name.removesuffix(" nm")) for name in stack.output_names])
colors = {line.get_label(): line.get_color() for line in display.ax_.lines}
fig, ax = plt.subplots(layout="constrained")
ax.plot(wavelengths, Y_test[shown], color="black", linewidth=3, alpha=0.3, label="true")
for name, spectra in predicted.items():
    label = f"{name}, squared error {errors[name][shown].mean():.1e}"
    ax.plot(wavelengths, spectra[shown], "--", color=colors[name], label=label)
ax.set(
    xlabel="wavelength in nm",
    ylabel="absorbed share of the light",
    xlim=(240, 1000),
    title="A spectrum that was not run",
)
ax.legend()
plt.show()

# %%
# Where the error that is left sits: its share below 300 nm, with an eighth of the
# outputs.
for name, squares in errors.items():
    print(f"{name}: {squares[:, wavelengths < 300].sum() / squares.sum():.0%}")
