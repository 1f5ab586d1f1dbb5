"""A fingerprint stays where no figure can change, and changes where one can."""

from __future__ import annotations

import importlib.util
import sys
import textwrap

import numpy as np
import pytest

from course import claims

EXPERIMENT = """
    RATE = 0.5

    def _check_seed(seed):
        if seed < 0:
            raise ValueError("negative")

    def half(value):
        return RATE * value

    def unused(value):
        return value

    def experiment(seed, size=3):
        _check_seed(seed)
        from helpers.rnn import rnn_step
        return {"a": half(seed) + size, "b": rnn_step}
"""


def fingerprint_of(folder, source):
    """The fingerprint of `experiment` in a module with this source."""
    fingerprint_of.count = getattr(fingerprint_of, "count", 0) + 1
    path = folder / f"version_{fingerprint_of.count}.py"
    path.write_text(textwrap.dedent(source), encoding="utf-8")
    spec = importlib.util.spec_from_file_location("a_toy_experiment", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["a_toy_experiment"] = module
    spec.loader.exec_module(module)
    return claims.fingerprint(module.experiment)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("return RATE * value", "return RATE * value  # a comment"),
        ("return RATE * value", '"""A docstring."""\n        return RATE * value'),
        ("def half(value):", "def half(value: float) -> float:"),
        ("return RATE * value", "return (RATE\n                * value)"),
        ('"negative"', '"below zero"'),
        ("        _check_seed(seed)\n", ""),
        ("        return value", "        return -value"),
    ],
)
def test_what_changes_no_figure_leaves_the_fingerprint(tmp_path, old, new):
    assert EXPERIMENT.count(old) == 1
    changed = EXPERIMENT.replace(old, new)
    assert fingerprint_of(tmp_path, changed) == fingerprint_of(tmp_path, EXPERIMENT)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("+ size", "- size"),
        ("size=3", "size=4"),
        ("return RATE * value", "return RATE * value + 1"),
        ("RATE = 0.5", "RATE = 0.25"),
        ("import rnn_step", "import rnn_layer as rnn_step"),
    ],
)
def test_what_can_change_a_figure_changes_the_fingerprint(tmp_path, old, new):
    assert EXPERIMENT.count(old) == 1
    changed = EXPERIMENT.replace(old, new)
    assert fingerprint_of(tmp_path, changed) != fingerprint_of(tmp_path, EXPERIMENT)


def test_a_fingerprint_covers_what_an_experiment_imports_from_the_package(tmp_path, monkeypatch):
    source = EXPERIMENT
    before = fingerprint_of(tmp_path, source)
    from helpers import rnn

    def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):
        return np.tanh(x_t @ W_xh.T - h_prev @ W_hh.T + b_h)

    rnn_step.__qualname__ = "rnn_step"
    rnn_step.__module__ = "helpers.rnn"
    monkeypatch.setattr(rnn, "rnn_step", rnn_step)
    assert fingerprint_of(tmp_path, source) != before
