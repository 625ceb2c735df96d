"""Nets: one forward pass gives predictions and embedding; dropout gives draws."""

from __future__ import annotations

from functools import partial

from skactive.adapters._base import Adapter
from skactive.adapters._input_gradient import InputGradient
from skactive.nets._dropout import dropout_draws, has_dropout
from skactive.nets._forward import forward
from skactive.nets._input_gradient import map_inputs


class NetAdapter(Adapter):
    """`NetClassifier` and `NetRegressor`, alone or at the end of a Pipeline."""

    def has(self, name):
        """Dropout layers give draws, also inside a wrapper."""
        if name == "draws":
            return self.route.members is not None or has_dropout(self.inner)
        if name == "input_gradient":
            return self.is_classifier and self.route.transparent
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

    def draws(self, view, n_draws, consistent):
        """(n, n_draws, n_outputs) by dropout, or the members side by side."""
        if self.route.members is not None:
            return super().draws(view, n_draws, consistent)
        draws = dropout_draws(
            self.inner,
            view.output("raw_inputs"),
            n_draws,
            seed=view.derive_seed("dropout"),
            consistent=consistent,
        )
        return draws if self.is_classifier else self.undo_target_transform(draws)

    def input_gradient(self, view):
        """The logits by what the module gets, passes of their own."""
        return InputGradient(view.output("raw_inputs"), partial(map_inputs, self.inner))

    def _from_pass(self, view, name):
        if not self.route.transparent:
            return getattr(Adapter, name)(self, view)
        return self._pass(view, view.expects("embedding"))[name]

    def _pass(self, view, with_embedding):
        """Everything one pass tells; what was not asked for is kept for later."""
        result = forward(
            self.inner, view.output("raw_inputs"), embedding=with_embedding
        )
        outputs = {"embedding": result.embedding} if with_embedding else {}
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
