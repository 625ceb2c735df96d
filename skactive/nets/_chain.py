"""Chains of linear layers and activations, several of one shape in one pass.

`torch.vmap` would do it too, in half as much time again: a step of a small net is
mostly overhead.
"""

from functools import cache

import torch
from torch import nn

from skactive.nets._mlp_module import Standardize, standardize

_POINTWISE = {  # and without random numbers
    nn.CELU, nn.ELU, nn.GELU, nn.Hardsigmoid, nn.Hardswish, nn.Hardtanh, nn.Identity,
    nn.LeakyReLU, nn.Mish, nn.ReLU, nn.ReLU6, nn.SELU, nn.SiLU, nn.Sigmoid,
    nn.Softplus, nn.Softsign, nn.Tanh,
}  # fmt: skip


def is_chain(module):
    """Whether `pass_chain` does for stacked weights what the module does for its own.

    True of a Sequential of linear layers, activations and dropout without hooks.
    """
    if type(module).forward is not nn.Sequential.forward:
        return False
    layers = list(module._modules.values())
    known = {nn.Linear, Standardize, nn.Dropout, *_POINTWISE}
    hooked = (
        part._forward_hooks or part._forward_pre_hooks for part in module.modules()
    )
    return all(type(layer) in known for layer in layers) and not any(hooked)


def pass_chain(module, params, buffers, X, generators):
    """Outputs (n_nets, n_rows, n_outputs) for X of shape (n_nets, n_rows, n_inputs).

    Parameters
    ----------
    module : torch.nn.Sequential
        Any of the nets, for its layers.
    params, buffers : dict of str to Tensor
        Stacked, by their names in the module.
    X : Tensor
        A batch for each net.
    generators : list of torch.Generator
        Each net's dropout is drawn from its own, as torch would draw it.
    """
    for name, layer in module._modules.items():
        if type(layer) is nn.Linear:
            weight, bias = params[f"{name}.weight"], params.get(f"{name}.bias")
            X = _Linear.apply(X, weight, bias)
        elif type(layer) is Standardize:
            mean, scale = buffers[f"{name}.mean"], buffers[f"{name}.scale"]
            X = standardize(X, mean[:, None], scale[:, None])
        elif type(layer) is nn.Dropout:
            X = _drop(X, layer.p, generators) if layer.training else X
        else:
            X = layer(X)
    return X


class _Linear(torch.autograd.Function):
    """A linear layer of each net.

    autograd would get the gradient of the weights as a transpose, and copying it into
    their layout takes up to three times as long as the product.
    """

    @staticmethod
    def forward(ctx, X, weight, bias):
        ctx.save_for_backward(X, weight)
        if bias is None:
            return torch.bmm(X, weight.mT)
        return torch.baddbmm(bias[:, None], X, weight.mT)

    @staticmethod
    def backward(ctx, grad):
        X, weight = ctx.saved_tensors
        needs_X, needs_weight, needs_bias = ctx.needs_input_grad
        return (
            torch.bmm(grad, weight) if needs_X else None,
            torch.bmm(grad.mT, X) if needs_weight else None,
            grad.sum(dim=1) if needs_bias else None,
        )


def _drop(X, p, generators):
    """Dropout with the units that torch drops for each net alone, on the CPU."""
    if p in (0, 1):  # torch draws nothing then
        return X * (1 - p)
    kept = torch.empty_like(X)
    if _draws_doubles():  # then the draws alone take half as long as bernoulli_
        drawn = torch.empty(X.shape, dtype=torch.float64)
        for own, generator in zip(drawn, generators, strict=True):
            own.uniform_(generator=generator)
        torch.lt(drawn, 1 - p, out=kept)
    else:
        for own, generator in zip(kept, generators, strict=True):
            own.bernoulli_(1 - p, generator=generator)
    return X * kept.div_(1 - p)


@cache
def _draws_doubles():
    """Whether torch's dropout compares doubles with p; not so on Intel's processors."""
    first, second = (torch.Generator().manual_seed(0) for _ in range(2))
    kept = torch.empty(64).bernoulli_(0.5, generator=first)
    drawn = torch.rand(64, dtype=torch.float64, generator=second)
    return torch.equal(kept.bool(), drawn < 0.5)
