"""Tools that the Makefile calls: they keep, run and check the lessons."""
