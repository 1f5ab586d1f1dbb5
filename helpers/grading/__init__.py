"""Assigning and grading with nbgrader."""
