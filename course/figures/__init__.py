"""Drawings of the lessons: diagrams of cells, one module a lesson."""
