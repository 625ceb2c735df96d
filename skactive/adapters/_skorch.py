"""Nets: one forward pass gives predictions and embedding; dropout gives draws."""

from __future__ import annotations

from functools import partial

import numpy as np

from skactive.adapters._base import Adapter, align_columns
from skactive.adapters._input_gradient import InputGradient
from skactive.adapters._route import find_route
from skactive.nets._dropout import dropout_draws, has_dropout
from skactive.nets._forward import forward
from skactive.nets._head import output_layer
from skactive.nets._input_gradient import map_inputs
from skactive.nets._snapshots import epoch_answers, keeps_snapshots
from skactive.nets._weight_gradient import gradient_factors, has_trained_layers


class NetAdapter(Adapter):
    """`NetClassifier` and `NetRegressor`, alone or at the end of a Pipeline."""

    def has(self, name):
        """Dropout layers or kept epochs give draws, also inside a wrapper."""
        if name == "epochs":
            return self.route.members is None and keeps_snapshots(self.inner)
        if name == "draws":
            return (
                self.route.members is not None
                or has_dropout(self.inner)
                or self.has("epochs")
            )
        if name in {"input_gradient", "head"}:
            return self.is_classifier and self.route.transparent
        if name == "critic":
            return self.route.members is None and hasattr(self.inner, "critic_")
        if name == "predicted_loss":
            return self.route.members is None and self._predicts_loss
        if name == "gradient_factors":
            return super().has(name) and has_trained_layers(self.inner)
        return super().has(name)

    def prediction(self, view):
        """From the one pass if nothing but Pipelines lies outside."""
        return self._from_pass(view, "prediction")

    def proba(self, view):
        """From the one pass if nothing but Pipelines lies outside."""
        return self._from_pass(view, "proba")

    def logits(self, view):
        """From the one pass if nothing but Pipelines lies outside."""
        return self._from_pass(view, "logits")

    def embedding(self, view, layer=None):
        """(n, d): what enters the last linear layer, or leaves the named one."""
        if layer is None:
            return self._pass(view, with_embedding=True)["embedding"]
        return forward(self.inner, view.output("raw_inputs"), layer=layer).embedding

    def predicted_loss(self, view):
        """(n,) from the one pass, also inside a wrapper."""
        return self._pass(view, view.expects("embedding"))["predicted_loss"]

    def critic(self, view):
        """(n,) on the embedding of the one pass."""
        return self.inner.criticize(view.embed())

    def draws(self, view, n_draws, consistent):
        """(n, n_draws, n_outputs) by dropout, or members or epochs side by side."""
        if self.route.members is not None:
            return super().draws(view, n_draws, consistent)
        if not has_dropout(self.inner):
            return np.concatenate(list(self._epochs(view)))
        draws = dropout_draws(
            self.inner,
            view.output("raw_inputs"),
            n_draws,
            seed=view.derive_seed("dropout"),
            consistent=consistent,
        )
        return draws if self.is_classifier else self.undo_target_transform(draws)

    def epochs(self, view, reduce=None):
        """(n, n_epochs, n_outputs) by a pass for each kept epoch, block by block."""
        blocks = self._epochs(view)
        if self.is_classifier:
            blocks = (align_columns(b, self.classes, view.classes) for b in blocks)
        reduced = blocks if reduce is None else map(reduce, blocks)
        return np.concatenate(list(reduced))

    def _epochs(self, view):
        blocks = epoch_answers(self.inner, view.output("raw_inputs"))
        if self.is_classifier:
            return blocks
        return map(self.undo_target_transform, blocks)

    def gradient_factors(self, view, layers, reduce):
        """Of the last layer, or of all layers by a pass of its own."""
        if layers == "last":
            return super().gradient_factors(view, layers, reduce)
        batches = zip(*self._nets(view), strict=True)
        # The gradient of an ensemble is that of its members side by side.
        batches = ([pair for pairs in nets for pair in pairs] for nets in batches)
        if reduce is not None:
            return np.concatenate([reduce(pairs) for pairs in batches])
        return [
            tuple(np.concatenate(factor) for factor in zip(*layer, strict=True))
            for layer in zip(*batches, strict=True)
        ]

    def _nets(self, view):
        """Factors of the one net, or of each member, batch by batch."""
        if self.route.members is None:
            return [gradient_factors(self.inner, view.output("raw_inputs"))]
        X = self._preprocess(view.X, self.route.steps[: self.route.member_steps])
        members = [find_route(member) for member in self.route.members]
        for inner in (member.inner for member in members):
            if not hasattr(inner, "net_"):
                raise TypeError(
                    "The first of the models side by side is a net, and "
                    f"{type(inner).__name__} is none; use features=Embedding()."
                )
        return [
            gradient_factors(member.inner, self._preprocess(X, member.steps))
            for member in members
        ]

    def input_gradient(self, view):
        """The logits by what the module gets, passes of their own."""
        return InputGradient(view.output("raw_inputs"), partial(map_inputs, self.inner))

    def head(self, view):
        """The last linear layer, found by its logits."""
        embedding, logits = view.embed(), view.logits()
        if self.classes is not None and view.classes is not None:
            logits = logits[:, np.isin(view.classes, self.classes)]
        layer = output_layer(self.inner, embedding, logits)
        if layer is None:
            raise view.missing("head")
        return InputGradient.linear(embedding, *layer)

    @property
    def _predicts_loss(self):
        return hasattr(self.inner, "predict_loss")

    def _from_pass(self, view, name):
        if not self.route.transparent:
            return getattr(Adapter, name)(self, view)
        return self._pass(view, view.expects("embedding"))[name]

    def _pass(self, view, with_embedding):
        """Everything one pass tells; what was not asked for is kept for later."""
        result = forward(
            self.inner,
            view.output("raw_inputs"),
            embedding=with_embedding,
            predicted_loss=self._predicts_loss,
        )
        outputs = {"embedding": result.embedding} if with_embedding else {}
        if self._predicts_loss:
            outputs["predicted_loss"] = result.predicted_loss
        if self.route.transparent:
            outputs |= self._answers(result)
        for name, value in outputs.items():
            view.store(name, value)
        return outputs

    def _answers(self, result):
        answers = {"prediction": self.inner._predict(result)}
        if self.is_classifier:
            answers |= {"proba": result.proba, "logits": result.output}
        return answers
