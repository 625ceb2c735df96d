"""Where the training of a net starts: from new weights or from trained ones.

Ash & Adams, "On Warm-Starting Neural Network Training", NeurIPS 2020, section 5.
"""

import torch
from torch.nn.parameter import is_lazy


def continue_from(net, former, X, *, shrink, perturb):
    """Start the fresh `net` from shrink * (weights of `former`) + perturb * (its own).

    Only weights that are trained are mixed; frozen ones are those of `former`, as the
    others were trained beside them. Buffers (the statistics of BatchNorm) and the
    optimizer stay fresh. Where the weights have other shapes, all of it does.

    Parameters
    ----------
    net : skorch.NeuralNet
        Initialized; changed in place.
    former : skorch.NeuralNet
        Trained; stays as it is.
    X : {ndarray, CSR matrix}
        Samples; lazy layers see one of them to get their shape.
    shrink, perturb : float
        (1, 0) goes on from the weights of `former`, (0, 1) keeps the fresh ones.
    """
    if any(is_lazy(param) for _, param in net.get_all_learnable_params()):
        next(net.forward_iter(X[:1]))
    new = dict(net.get_all_learnable_params())
    old = dict(former.get_all_learnable_params())
    if {name: param.shape for name, param in new.items()} != {
        name: param.shape for name, param in old.items()
    }:
        return
    with torch.no_grad():
        for name, param in new.items():
            if param.requires_grad:
                param.mul_(perturb).add_(old[name].to(param), alpha=shrink)
            else:
                param.copy_(old[name])
