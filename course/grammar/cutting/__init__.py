"""Reading Korean with the grammar: ordinary sentences into morphemes, or advice."""

from .cutter import cut

__all__ = ["cut"]
