"""Which nets can be trained at once, with the outcome of training them apart."""

import warnings
from copy import deepcopy
from types import SimpleNamespace

import torch
from skorch import NeuralNet, NeuralNetClassifier, NeuralNetRegressor
from skorch.dataset import Dataset
from torch import optim
from torch.nn.parameter import is_lazy

from skactive.nets._callbacks import kind_of, own_callbacks
from skactive.nets._chain import is_chain
from skactive.nets._forward import is_half
from skactive.nets._iterator import TensorBatches
from skactive.nets._seeding import generator_states, seeded_torch
from skactive.nets._stack import Stack
from skactive.nets._stop import StopAtAccuracy, StopAtR2, StopAtSaturation
from skactive.utils import describe

# They move each weight by its own gradients alone.
_ELEMENTWISE = {
    optim.ASGD, optim.Adadelta, optim.Adagrad, optim.Adam, optim.AdamW, optim.Adamax,
    optim.NAdam, optim.RAdam, optim.RMSprop, optim.Rprop, optim.SGD,
}  # fmt: skip
_OTHER_SEED = 1_000_003
_RTOL, _ATOL = 1e-3, 1e-4
_STOPS = (StopAtAccuracy, StopAtR2, StopAtSaturation)
# What torch, or code of the module that torch leads astray, raises under vmap; warnings
# are errors there.
_WHERE_VMAP_FAILS = (
    RuntimeError, TypeError, ValueError, AttributeError, LookupError, AssertionError,
    Warning,
)  # fmt: skip


def why_apart(net, X, y):
    """Say why `train_together` would not do for nets like this what their `fit` does.

    The net has to be skorch's own, with nothing of the user's between its batches, and
    its optimizer elementwise. Its module has to be a function of weights and inputs:
    no random numbers but the dropout of a chain of layers on the CPU, no statistics
    that training updates, nothing that `torch.vmap` cannot follow. A trial on one batch
    tells.

    Parameters
    ----------
    net : skorch.NeuralNet
        Initialized; stays as it is.
    X : Tensor
        A batch of samples.
    y : Tensor
        Its encoded targets.

    Returns
    -------
    reason : str or None
        What the net does; None if nets like it can be trained together.
    """
    return _own_training(net) or _own_state(net) or _no_function(net, X, y)


def kind_of_module(module):
    """Describe a module, the numbers in its parameters and buffers aside.

    Nets that are trained at once are of one kind: modules that draw something of their
    own as they are made, and keep it in plain attributes, compute different functions.
    """
    weights = {**dict(module.named_parameters()), **dict(module.named_buffers())}
    shapes = [
        (name, list(each.shape), str(each.dtype), each.requires_grad)
        for name, each in weights.items()
    ]
    names = {id(each): f"<{name}>" for name, each in weights.items()}
    return describe([shapes, module], names=names, cloned=False)


def _own_training(net):
    """What makes the training of a net more than skorch's loop over slices."""
    if type(net) not in (NeuralNet, NeuralNetClassifier, NeuralNetRegressor):
        return f"it is a {type(net).__name__}, which may train in a way of its own"
    if net.optimizer not in _ELEMENTWISE:
        return f"its optimizer, {net.optimizer.__name__}, may not be elementwise"
    callbacks = own_callbacks(net)
    others = [call for call in callbacks if type(call) not in _STOPS]
    if others:
        names = ", ".join(kind_of(call).__name__ for call in others)
        return f"it has callbacks of its own, {names}"
    if len(callbacks) > 1:
        names = " and ".join(map(repr, callbacks))
        return (
            f"it has two stop rules, {names}; the first of a perceptron is its "
            "target_score: pass target_score=None"
        )
    if net.train_split is not None:
        return "it has a train_split"
    if (
        net.dataset is not Dataset
        or net.get_params_for("dataset")
        or net.iterator_train is not TensorBatches
        or net.get_params_for("iterator_train").keys() - {"batch_size", "shuffle"}
    ):
        return "it has a dataset or an iterator of its own"
    if (
        not isinstance(net.criterion_, torch.nn.Module)
        or list(net.criterion_.parameters())
    ):  # fmt: skip
        return "its criterion is trained too, or is no module"
    if net.verbose or net.compile:
        return "it is verbose or compiled"
    return None


def _own_state(net):
    """What keeps a module from being one of several that differ in weights alone."""
    params = [
        param for _, param in net.module_.named_parameters(remove_duplicate=False)
    ]
    if len(set(params)) < len(params):
        return "layers of its module share weights"
    if any(is_lazy(param) for param in params):
        return "its module is lazy: weights have no shape before the first batch"
    if any(_has_gradient_hooks(each) for each in [*params, *net.module_.modules()]):
        return "its module has hooks on gradients"
    other = _made_anew(net)
    try:
        same = kind_of_module(other) == kind_of_module(net.module_)
    except TypeError as error:
        return f"its module cannot be told from others ({error})"
    if same:
        return None
    return (
        "its module differs from net to net in more than the numbers in its parameters "
        "and buffers; let it register what it draws, by register_buffer"
    )


def _has_gradient_hooks(part):
    """Whether a parameter or module has hooks that its stacked copies would lack."""
    names = "_backward_hooks", "_backward_pre_hooks", "_post_accumulate_grad_hooks"
    return any(getattr(part, name, None) for name in names)


def _made_anew(net):
    """The module of a net, with other weights unless it was given as an instance."""
    with seeded_torch(_OTHER_SEED, net.device):
        other = net.initialized_instance(net.module, net.get_params_for("module"))
    return other.to(net.device).train(net.module_.training)


def _no_function(net, X, y):
    """What makes a pass in training mode no function, or none that vmap computes."""
    net._set_training(True)
    X, y = X.to(net.device), y.to(net.device)
    try:
        module = deepcopy(net.module_)
    except TypeError as error:
        return f"its module cannot be copied ({error})"
    with torch.no_grad(), seeded_torch(0, net.device), warnings.catch_warnings():
        before, kind = generator_states(net.device), kind_of_module(module)
        output = module(X)
        if not torch.is_tensor(output):
            return "its module returns more than one tensor"
        if is_half(output):
            return f"its module returns numbers of half precision, {output.dtype}"
        if not _same(before, generator_states(net.device)) and not (
            len(before) == 1 and X.ndim == 2 and is_chain(module)
        ):
            return "its module draws random numbers"
        if not _same(net.module_.buffers(), module.buffers()):
            return "its module keeps statistics of the batches, as BatchNorm does"
        if kind_of_module(module) != kind:
            return "its module changes its own attributes in a pass"
        other = _made_anew(net)
        if other is net.module_:  # it was given as an instance
            other = module
        apart = [_train_pass(net, each, X, y, before[0]) for each in (module, other)]
        if not _is_close(apart[0][0], output):
            return "its module computes something else in every pass"
        generators = [torch.Generator() for _ in range(2)]
        for generator in generators:
            generator.set_state(before[0])
        try:
            # torch warns where it would only run the nets one after the other.
            warnings.simplefilter("error")
            with torch.enable_grad():
                stack = Stack([net, SimpleNamespace(module_=other)])
                losses, outputs = stack.losses(
                    torch.stack([X, X]), torch.stack([y, y]), generators
                )
                slopes = _gradients(losses.sum(), stack.params.values())
        except _WHERE_VMAP_FAILS as error:
            # A fault of the module itself turns up again when nets are trained apart.
            return f"torch.vmap cannot follow its module ({error})"
    for i, alone in enumerate(apart):
        joint = [each[i] for each in (outputs, losses, *slopes)]
        pairs = zip(alone, joint, strict=True)
        if not all(_is_close(*pair) for pair in pairs):
            return "torch.vmap computes something else than its module"
    return None


def _train_pass(net, module, X, y, state):
    """Output, loss and gradients of a module from this state of torch's generator."""
    torch.set_rng_state(state)
    with torch.enable_grad():
        output = module(X)
        loss = net.get_loss(output, y, X=X, training=True)
    return [output, loss, *_gradients(loss, module.parameters())]


def _gradients(loss, params):
    trained = [param for param in params if param.requires_grad]
    return torch.autograd.grad(loss, trained, materialize_grads=True)


def _is_close(first, second):
    # Sums cancel: what is left is to be measured by the largest.
    size = max(1, second.detach().abs().max().item())
    return torch.allclose(first, second, rtol=_RTOL, atol=_ATOL * size)


def _same(old, new):
    return all(torch.equal(*pair) for pair in zip(old, new, strict=True))
