"""Helpers of the course: the package that the lessons build and then use."""

__version__ = "0.1.0"
