"""Nets of one architecture side by side: weights stacked, passes batched."""

import torch
from torch.func import functional_call, stack_module_state, vmap


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
        self.params, self.buffers = stack_module_state([net.module_ for net in nets])
        self._losses = vmap(self._loss)

    def losses(self, X, y):
        """Loss (n_nets,) and output (n_nets, n_rows, ...) of each net on its batch."""
        return self._losses(self.params, self.buffers, X, y)

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

    def _loss(self, params, buffers, X, y):
        output = functional_call(self._net.module_, (params, buffers), (X,))
        return self._net.get_loss(output, y, X=X, training=True), output
