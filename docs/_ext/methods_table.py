"""The directive ``methods-table``: registered strategies with the facts they declare.

Nothing is written down twice: names come from the registry, facts from the strategies'
tags, summaries and papers from the docstrings of the functions that build them.
"""

from numpydoc.docscrape import FunctionDoc
from sklearn.utils import get_tags
from sphinx.util.docutils import SphinxDirective

from skactive import strategies

HEADER = ("Strategy", "What it does", "Task", "Needs", "Cost", "Marks", "Source")
WIDTHS = (14, 25, 10, 12, 13, 11, 20)
MARKS = {
    "stochastic": "stochastic",
    "diverse": "diverse",
    "cold_start": "cold start",
}
# Passes of the model over the pool that an output takes; the others share one.
PASSES = {
    "draws": "a pass per draw",
    "augmented": "a pass per copy",
    "input_gradient": "many passes",
    "epochs": "a pass per snapshot",
}


class MethodsTable(SphinxDirective):
    """A row per registered strategy."""

    def run(self):
        rows = [HEADER, *(describe(name) for name in strategies.names())]
        return self.parse_text_to_nodes("\n".join(list_table(rows)))


def describe(name):
    """The cells of one strategy, as reStructuredText."""
    doc = FunctionDoc(getattr(strategies, name))
    facts = get_tags(strategies.get(name)).strategy
    needs = [need.replace("|", " or ") for need in facts.needs]
    return (
        f":func:`{name} <skactive.strategies.{name}>`",
        " ".join(doc["Summary"]),
        "any" if facts.task == "both" else facts.task,
        ", ".join(needs) or "nothing",
        cost(facts),
        ", ".join(words for fact, words in MARKS.items() if getattr(facts, fact)),
        " ".join(line.strip() for line in doc["References"]),
    )


def cost(facts):
    """Passes of the model, and what the choice itself takes."""
    special = [words for need, words in PASSES.items() if need in facts.needs]
    plain = set(facts.needs) - PASSES.keys() - {"inputs"}
    passes = [*(["one pass"] if plain else []), *special] or ["no pass"]
    return " and ".join(passes) + (", quadratic" if facts.quadratic else "")


def list_table(rows):
    """Lines of a list-table whose first row is the header."""
    yield ".. list-table::"
    yield "   :header-rows: 1"
    yield "   :widths: " + " ".join(map(str, WIDTHS))
    yield ""
    for cells in rows:
        for bullet, cell in zip("*" + " " * len(cells), cells, strict=False):
            yield f"   {bullet} - {cell}".rstrip()


def setup(app):
    app.add_directive("methods-table", MethodsTable)
    return {"parallel_read_safe": True}
