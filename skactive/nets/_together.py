"""Nets of one architecture, trained at once.

One pass, one loss and one step of the optimizer for all of them. An elementwise
optimizer moves stacked weights as it would move those of each net alone, so what comes
out is what separate training gives, up to the rounding of batched products.
"""

import torch

from skactive.nets._iterator import batch_sizes, take_tensors
from skactive.nets._stack import Stack
from skactive.nets._stop import find_stop


def train_together(nets, generators, X, rows, targets):
    """Train nets that nothing keeps apart (`why_apart`), in place.

    Parameters
    ----------
    nets : list of skorch.NeuralNet
        Initialized.
    generators : list of torch.Generator
        Draws the order of each net's batches and its dropout, as its training would.
    X : Tensor or CSR matrix
        Samples of all nets.
    rows : list of ndarray of shape (n_rows,)
        The samples of each net.
    targets : list of ndarray of shape (n_rows, ...)
        Encoded targets of these samples, for each net its own.
    """
    first = nets[0]
    stack = Stack(nets)
    args, options = first.get_params_for_optimizer("optimizer", stack.params.items())
    optimizer = first.optimizer(*args, **options)
    stops = [find_stop(net) for net in nets]
    for stop, net in zip(stops, nets, strict=True):
        if stop is not None:
            stop.on_train_begin(net)
    rows = torch.stack([torch.as_tensor(own) for own in rows])
    targets = torch.stack([torch.as_tensor(own) for own in targets]).to(first.device)
    sizes = batches_of(first, rows.shape[1])
    shuffle = first.get_params_for("iterator_train").get("shuffle", False)

    training = list(range(len(nets)))  # the nets that have not stopped
    for epoch in range(1, first.max_epochs + 1):
        drawn = [generators[i] for i in training]
        order = [_order(rows.shape[1], generator, shuffle) for generator in drawn]
        own, order = torch.arange(len(training))[:, None], torch.stack(order)
        loss, sums = _run_epoch(
            first,
            stack,
            optimizer,
            stops[0],
            X,
            rows[own, order].split(sizes, dim=1),
            targets[own, order].split(sizes, dim=1),
            drawn,
        )
        for i, value in zip(training, loss.tolist(), strict=True):
            _record(nets[i], epoch, value)
        if sums is None:
            continue
        going = [p for p, i in enumerate(training) if not stops[i]._reached(sums[p])]
        if len(going) == len(training):
            continue
        for position in sorted(set(range(len(training))).difference(going)):
            stack.write_back(position, nets[training[position]])
        training = [training[position] for position in going]
        if not training:
            return
        stack.keep(going, optimizer)
        rows, targets = rows[going], targets[going]
    for position, i in enumerate(training):
        stack.write_back(position, nets[i])


def _run_epoch(net, stack, optimizer, stop, X, batches, targets, generators):
    """A step on each batch: mean loss (n_nets,), and the sums `stop` wants or None."""
    losses, sums = 0.0, 0  # hits stay integers
    for rows, y in zip(batches, targets, strict=True):
        optimizer.zero_grad()
        batch = take_tensors(X, rows).to(net.device)
        loss, output = stack.losses(batch, y, generators)
        loss.sum().backward()
        optimizer.step()
        losses = losses + loss.detach() * rows.shape[1]
        if stop is not None:
            sums = sums + stop._count(output.detach(), y)
    n_rows = sum(rows.shape[1] for rows in batches)
    return losses / n_rows, None if stop is None else sums.cpu().numpy()


def batches_of(net, n_rows):
    """Numbers of rows of the batches that a net trains on."""
    size = net.get_params_for("iterator_train").get("batch_size", net.batch_size)
    return batch_sizes(n_rows, n_rows if size == -1 else size)


def _order(n_rows, generator, shuffle):
    if shuffle:
        return torch.randperm(n_rows, generator=generator)
    return torch.arange(n_rows)


def _record(net, epoch, loss):
    net.history_.new_epoch()
    net.history_.record("epoch", epoch)
    net.history_.record("train_loss", loss)
