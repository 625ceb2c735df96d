"""Configuration of the documentation site.

``sphinx-build -W docs docs/_build/html`` builds it without a network. With
``SKACTIVE_DOCS_INTERSPHINX=1`` names of other projects become links as well.
"""

import os
import sys
import tomllib
from importlib.metadata import version as installed_version
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "_ext"))
TOOLS = tomllib.loads((HERE.parent / "pyproject.toml").read_text())["tool"]

project = "skactive"
author = "The skactive developers"
copyright = f"2026, {author}"
release = version = installed_version("skactive")

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.mathjax",
    "methods_table",
    "myst_parser",
    "numpydoc",
    "settings_table",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinx_gallery.gen_gallery",
]
exclude_patterns = ["_build", "auto_examples/GALLERY_HEADER.rst"]
templates_path = ["_templates"]
default_role = "literal"

if os.environ.get("SKACTIVE_DOCS_INTERSPHINX"):
    # Not by default: offline it would fail the build.
    extensions.append("sphinx.ext.intersphinx")
    intersphinx_mapping = {
        "python": ("https://docs.python.org/3", None),
        "numpy": ("https://numpy.org/doc/stable", None),
        "sklearn": ("https://scikit-learn.org/stable", None),
        "skorch": ("https://skorch.readthedocs.io/en/stable", None),
        "torch": ("https://docs.pytorch.org/docs/stable", None),
    }

# A module offers what its __all__ says, also where that comes from a private file.
autosummary_ignore_module_all = False
autosummary_imported_members = True
autodoc_typehints = "none"
numpydoc_show_class_members = False
numpydoc_validation_checks = set(TOOLS["numpydoc_validation"]["checks"])

sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "auto_examples",
    "within_subsection_order": "FileNameSortKey",
    "abort_on_example_error": True,
    "backreferences_dir": None,
    "show_memory": False,
    "parallel": 2,
    "remove_config_comments": True,
}

# Copies the statements of an example, not its prompts and its output.
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

html_theme = "pydata_sphinx_theme"
html_title = "skactive"
html_static_path = ["_static"]
html_show_sourcelink = False
html_theme_options = {
    "navigation_with_keys": False,
    "secondary_sidebar_items": ["page-toc"],
    "show_prev_next": False,
}
html_sidebars = {
    page: [] for page in ("changes", "contributing", "measurements", "methods")
}


OTHERS = ("sklearn.", "skorch.", "torch.")


def leave_to_others(app, what, name, obj, skip, options):
    """Skip members that others bring, such as set_output and cuda, or call."""
    module = getattr(obj, "__module__", None) or ""
    is_called_by_skorch = name.startswith("on_") or name == "initialize"
    return skip or is_called_by_skorch or module.startswith(OTHERS)


def setup(app):
    app.connect("autodoc-skip-member", leave_to_others)
