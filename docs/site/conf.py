"""Settings of the site of the documentation; `make docs` builds it, and fetches nothing."""

import tomllib
from pathlib import Path

_ROOT = Path(__file__).parents[2]

project = "catholyte"
author = "The catholyte founders"
release = tomllib.loads((_ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]

extensions = ["myst_parser", "sphinx.ext.autodoc", "numpydoc"]
root_doc = "docs/README"
nitpicky = False
suppress_warnings = ["myst.strikethrough"]

myst_heading_anchors = 4
autodoc_typehints = "none"
autodoc_member_order = "bysource"
numpydoc_show_class_members = False

html_theme = "furo"
html_title = "catholyte"
html_copy_source = False
html_show_sphinx = False
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_extra_path = ["_first"]
html_theme_options = {
    "footer_icons": [],
    "light_css_variables": {"color-brand-primary": "#0b3c6f", "color-brand-content": "#0b3c6f"},
    "dark_css_variables": {"color-brand-primary": "#6aaed6", "color-brand-content": "#6aaed6"},
}
