"""Sphinx's configuration of the web edition; see `course.book`."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

project = "The sequence course"
author = "the course's contributors"
language = "en"
extensions = ["myst_nb", "course.book.mathml"]
html_math_renderer = "mathml"
myst_enable_extensions = ["dollarmath", "deflist"]
myst_heading_anchors = 4
nb_execution_mode = "off"
nb_merge_streams = True
html_theme = "sphinx_book_theme"
html_title = project
html_css_files = ["book.css"]
html_theme_options = {
    "use_download_button": False,
    "use_fullscreen_button": False,
    "show_navbar_depth": 1,
    "show_toc_level": 2,
    "home_page_in_toc": True,
}
html_copy_source = False
html_show_sourcelink = False
exclude_patterns = ["**/*.json"]
# MyST asks for targets of links within HTML, which are written by `sources`.
suppress_warnings = ["mystnb.unknown_mime_type"]
