"""Nets of one architecture side by side: weights stacked, passes batched."""

from copy import deepcopy

import torch
from torch import nn
from torch.func import functional_call, stack_module_state, vmap

from skactive.nets._chain import is_chain, pass_chain


class Stack:
    """The modules of some nets as one that has a further, leading axis.

    Parameters
    ----------
    nets : list of skorch.NeuralNet
        Initialized; modules of the same class and shapes. Their weights are copied.

    Attributes
    ----------
    params, buffers : dict of str to Tensor
        Stacked, by their names in the module; `params` are leaves.
    """

    def __init__(self, nets):
        self._net = nets[0]
        # A copy: functional_call puts the stacked weights into it for a while.
        self._module = deepcopy(self._net.module_)
        self.params, self.buffers = stack_module_state([net.module_ for net in nets])
        self._is_chain = is_chain(self._module)
        self._vmap_outputs, self._vmap_losses = vmap(self._output), vmap(self._loss)
        self._joint_loss = _joint_loss(self._net.criterion_)

    def losses(self, X, y, generators):
        """Loss (n_nets,) and output (n_nets, n_rows, ...) of each net on its batch."""
        if self._is_chain and X.ndim == 3:
            output = pass_chain(self._module, self.params, self.buffers, X, generators)
        else:
            output = self._vmap_outputs(self.params, self.buffers, X)
        if self._joint_loss and output.ndim == 3:
            return self._joint_loss(output, y), output
        return self._vmap_losses(output, y, X), output

    def keep(self, positions, optimizer):
        """Go on with some of the nets only; an elementwise `optimizer` follows."""
        for name, param in self.params.items():
            kept = param.detach()[positions].requires_grad_(param.requires_grad)
            state = optimizer.state.pop(param, {})
            for key, value in state.items():
                if torch.is_tensor(value) and value.shape == param.shape:
                    state[key] = value[positions]
            if state:
                optimizer.state[kept] = state
            for group in optimizer.param_groups:
                group["params"] = [
                    kept if other is param else other for other in group["params"]
                ]
            self.params[name] = kept
        self.buffers = {name: each[positions] for name, each in self.buffers.items()}

    def write_back(self, position, net):
        """Copy the weights at `position` into the module of `net`."""
        with torch.no_grad():
            for name, param in net.module_.named_parameters():
                param.copy_(self.params[name][position])

    def _output(self, params, buffers, X):
        return functional_call(self._module, (params, buffers), (X,))

    def _loss(self, output, y, X):
        return self._net.get_loss(output, y, X=X, training=True)


def _joint_loss(criterion):
    """Mean loss of each net at once; vmap takes four times as long for the same."""
    if type(criterion) is nn.CrossEntropyLoss:
        plain = (
            criterion.weight is None
            and criterion.ignore_index < 0
            and not criterion.label_smoothing
        )
        joint = _cross_entropy
    else:
        plain = type(criterion) is nn.MSELoss
        joint = _squared_error
    return joint if plain and criterion.reduction == "mean" else None


def _cross_entropy(logits, y):
    # Classes in the middle: along a short last axis torch takes four times as long.
    losses = nn.functional.cross_entropy(logits.mT, y, reduction="none")
    return losses.mean(dim=1)


def _squared_error(values, y):
    return nn.functional.mse_loss(values, y, reduction="none").mean(dim=(1, 2))
