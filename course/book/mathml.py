"""Formulas as MathML, made when the site is built: browsers draw it without a script."""

from __future__ import annotations

import html
from typing import Any

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.util import logging

LOG = logging.getLogger(__name__)


def _converted(self: Any, node: nodes.Element, display: str) -> str:
    latex = node.astext()
    try:
        return str(convert(latex, display=display))
    except Exception as error:
        LOG.warning("this formula cannot be converted (%s): %s", error, latex, location=node)
        return f"<code>{html.escape(latex)}</code>"


def _inline(self: Any, node: nodes.math) -> None:
    self.body.append(f'<span class="inline-formula">{_converted(self, node, "inline")}</span>')
    raise nodes.SkipNode


def _block(self: Any, node: nodes.math_block) -> None:
    self.body.append(f'<div class="formula">{_converted(self, node, "block")}</div>')
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the renderer with Sphinx."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
