"""What a net is given that its user left open: sizes, iterators, no split."""

import inspect
import math

from skorch.callbacks import PrintLog
from skorch.dataset import Dataset, ValidSplit
from torch import nn
from torch.utils.data import DataLoader

from skactive.nets._callbacks import own_callbacks
from skactive.nets._iterator import TensorBatches

# Elements of one inference batch, a megabyte of float32: large enough to be fast, small
# enough for the activations of a wide or convolutional net.
_INFERENCE_ELEMENTS = 2**18


def set_sizes(net, n_in, n_out):
    """Set ``module__n_in`` and ``module__n_out`` where the module asks for them.

    Only names in the signature of a module class, and only those not set already.
    """
    if isinstance(net.module, nn.Module):
        return
    names = inspect.signature(net.module).parameters
    bound = getattr(net.module, "keywords", {})  # of a functools.partial
    sizes = {"module__n_in": n_in, "module__n_out": n_out}
    for key, size in sizes.items():
        name = key.removeprefix("module__")
        if name in names and name not in bound and not hasattr(net, key):
            net.set_params(**{key: size})


def set_defaults(net, X):
    """Replace skorch's defaults by what suits few rows in memory.

    What the user chose stays, as far as it can be told from skorch's default.
    """
    if net.verbose == 1:
        net.set_params(verbose=0)
    if not net.verbose and _prints_by_default(net):
        # It draws up a table in every epoch, to be printed or not.
        net.set_params(callbacks__print_log=None)
    train, valid = (
        net.get_params_for("iterator_train"),
        net.get_params_for("iterator_valid"),
    )
    if net.iterator_train is DataLoader and not train.keys() & _ORDERS:
        net.set_params(iterator_train__shuffle=True)
    # A dataset of the user's may transform rows, and a DataLoader with further options
    # does more than slicing.
    in_memory = net.dataset is Dataset
    if in_memory and _is_plain(net.iterator_train, train):
        net.set_params(iterator_train=TensorBatches)
    if in_memory and _is_plain(net.iterator_valid, valid):
        net.set_params(iterator_valid=TensorBatches)
        if "batch_size" not in valid and net.batch_size != -1:
            rows = _INFERENCE_ELEMENTS // math.prod(X.shape[1:])
            net.set_params(iterator_valid__batch_size=max(net.batch_size, rows))


def drop_default_split(net):
    """Train on all rows, unless the user set a split or a callback needs one.

    `net` is initialized. skorch's default takes a fifth of the labels away.
    """
    split = net.train_split
    is_default = isinstance(split, ValidSplit) and split.cv == 5
    monitored = (str(getattr(call, "monitor", "")) for _, call in net.callbacks_)
    if is_default and not any(name.startswith("valid") for name in monitored):
        net.set_params(train_split=None)


def _prints_by_default(net):
    """Whether only skorch's own default would print, and nothing is said about it."""
    return (
        net.callbacks != "disable"
        and "print_log" in dict(net.get_default_callbacks())
        and not hasattr(net, "callbacks__print_log")
        and not any(isinstance(call, PrintLog) for call in own_callbacks(net))
    )


_ORDERS = {"shuffle", "sampler", "batch_sampler"}


def _is_plain(iterator, options):
    return iterator is DataLoader and options.keys() <= {"batch_size", "shuffle"}
