"""Which nets can be trained at once, with the outcome of training them apart."""

import warnings
from copy import deepcopy

import torch
from skorch import NeuralNet, NeuralNetClassifier, NeuralNetRegressor
from skorch.dataset import Dataset
from torch import optim
from torch.nn.parameter import is_lazy

from skactive.nets._iterator import TensorBatches
from skactive.nets._seeding import generator_states, seeded_torch
from skactive.nets._stack import Stack
from skactive.nets._stop import StopAtAccuracy, StopAtR2

# They move each weight by its own gradients alone.
_ELEMENTWISE = {
    optim.ASGD, optim.Adadelta, optim.Adagrad, optim.Adam, optim.AdamW, optim.Adamax,
    optim.NAdam, optim.RAdam, optim.RMSprop, optim.Rprop, optim.SGD,
}  # fmt: skip


def can_train_together(net, X, y):
    """Whether `train_together` does for nets like this one what their own `fit` does.

    The net has to be skorch's own, with nothing of the user's between its batches, and
    its optimizer elementwise. Its module has to be a function of weights and inputs:
    no random numbers, no statistics that training updates, nothing that `torch.vmap`
    cannot follow. A trial on one batch tells.

    Parameters
    ----------
    net : skorch.NeuralNet
        Initialized; stays as it is.
    X : Tensor
        A batch of samples.
    y : Tensor
        Its encoded targets.
    """
    return _is_plain(net) and _is_function(net, X, y)


def _is_plain(net):
    """Whether the training of a net is skorch's loop over slices, and no more."""
    callbacks = [] if net.callbacks in (None, "disable") else net.callbacks
    return (
        type(net) in (NeuralNet, NeuralNetClassifier, NeuralNetRegressor)
        and net.optimizer in _ELEMENTWISE
        and all(type(call) in (StopAtAccuracy, StopAtR2) for call in callbacks)
        and len(callbacks) <= 1
        and net.verbose == 0
        and not net.compile
        and net.train_split is None
        and net.dataset is Dataset
        and not net.get_params_for("dataset")
        and net.iterator_train is TensorBatches
        and net.get_params_for("iterator_train").keys() <= {"batch_size", "shuffle"}
        and isinstance(net.criterion_, torch.nn.Module)
        and not list(net.criterion_.parameters())
    )


def _is_function(net, X, y):
    """Whether one pass in training mode is a function, and vmap computes it."""
    params = [
        param for _, param in net.module_.named_parameters(remove_duplicate=False)
    ]
    if len(set(params)) < len(params) or any(is_lazy(param) for param in params):
        return False  # shared by layers, or without a shape
    net._set_training(True)
    X, y = X.to(net.device), y.to(net.device)
    module = deepcopy(net.module_)
    with torch.no_grad(), seeded_torch(0, net.device), warnings.catch_warnings():
        before = generator_states(net.device)
        output = module(X)
        if not torch.is_tensor(output):
            return False
        alone = net.get_loss(output, y, X=X, training=True)
        pairs = [
            *zip(before, generator_states(net.device), strict=True),
            *zip(net.module_.buffers(), module.buffers(), strict=True),
        ]
        if not all(torch.equal(old, new) for old, new in pairs):
            return False
        try:
            # torch warns where it would only run the nets one after the other.
            warnings.simplefilter("error")
            losses, outputs = Stack([net, net]).losses(
                torch.stack([X, X]), torch.stack([y, y])
            )
        except Exception:
            # Where vmap cannot follow the module, anything may be raised. A fault of
            # the module itself turns up again when the nets are trained apart.
            return False
    return torch.allclose(outputs[0], output, rtol=1e-3, atol=1e-4) and torch.allclose(
        losses[0], alone, rtol=1e-3, atol=1e-4
    )
