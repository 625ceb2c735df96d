"""The directive ``settings-table``: a published study's settings, from their file.

A row per setting; where each value was read stands beside it.
"""

from sphinx.util.docutils import SphinxDirective

from skactive.simulation import settings

HEADER = {
    "": "Setting",
    "architecture": "Net",
    "max_epochs": "Epochs",
    "batch_size": "Batch",
    "lr": "Learning rate",
    "augment": "Augmentation",
    "n_initial": "Seed set",
    "n_queries": "Asked per round",
    "budget": "Budget",
    "n_repeats": "Repeats",
}


class SettingsTable(SphinxDirective):
    """The settings of the study named in the argument, and its methods."""

    required_arguments = 1

    def run(self):
        loaded = [
            settings.load(name)
            for name in settings.names()
            if name.startswith(f"{self.arguments[0]}/")
        ]
        lines = list(table(loaded))
        first = loaded[0]
        kept = ", ".join(f"`{label}`" for label in first.simulate_params["strategies"])
        lines += ["", f"Strategies{mark(first, 'strategies')}: {kept}."]
        if first.left_out:
            why = "; ".join(
                f"`{label}` ({text})" for label, text in first.left_out.items()
            )
            lines += ["", f"Left out: {why}."]
        return self.parse_text_to_nodes("\n".join(lines))


def table(loaded):
    """Lines of a list-table."""
    yield ".. list-table::"
    yield "   :header-rows: 1"
    yield ""
    yield from row(HEADER.values())
    for setting in loaded:
        cells = [f"`{setting.name}`"]
        cells += [cell(setting, key) for key in HEADER if key]
        yield from row(cells)


def row(cells):
    for bullet, text in zip("*" + " " * len(HEADER), cells, strict=False):
        yield f"   {bullet} - {text}"


def cell(setting, key):
    value = setting.simulate_params.get(key, setting.values[key])
    if key == "architecture" and "width" in setting.values:
        value = f"{value}, {setting.values['width']} channels"
    if key == "lr":
        steps = setting.values["milestones"]
        falls = f"÷ 10 at {' and '.join(map(str, steps))}" if steps else "cosine"
        value = f"{value}, {falls}"
    if key == "augment":
        value = " and ".join(value)
    return f"{value}{mark(setting, key)}"


def mark(setting, key):
    return f"\\ :sup:`{setting.read[key]}`"


def setup(app):
    app.add_directive("settings-table", SettingsTable)
    return {"parallel_read_safe": True}
