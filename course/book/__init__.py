"""The web edition: `make book` lays the lessons and guides out as a static site.

    python -m course.book [--out build/book]

`sources` writes what Sphinx reads, from the executed notebooks and the guides; nothing is kept that
could not be made again. `conf.py` is Sphinx's configuration, `mathml` its formulas, which need no
script and no network, and `fonts` the Korean font, with the characters that the pages hold.
"""
