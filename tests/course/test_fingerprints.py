"""A fingerprint stays where no figure can change, and changes where one can."""

from __future__ import annotations

import importlib.util
import itertools
import sys
import textwrap

import numpy as np
import pytest

from course import claims
from course.claims.fingerprints import Program
from helpers.corpora import data_file, dates, korean_english

EXPERIMENT = """
    import functools
    import math

    RATE = 0.5
    SIZES = {"small": 3, "large": 30}
    FOUND = {}

    def _check_seed(seed):
        if seed < 0:
            raise ValueError("negative")

    def half(value):
        return RATE * value

    def unused(value):
        return value

    @functools.cache
    def root(value):
        return math.sqrt(value)

    class Scale:
        factor = 2

        def __init__(self, size):
            self.size = size

        def up(self, value):
            return self.factor * self.size * value

        def down(self, value):
            return value / self.size

    def experiment(seed, size=3):
        _check_seed(seed)
        from helpers.rnn import rnn_step
        total = half(seed) + size
        total = total + Scale(SIZES["large"]).up(root(seed))
        FOUND[seed] = total
        return {"a": total, "b": rnn_step}
"""

_versions = itertools.count()


def module_of(folder, source, name="a_toy_experiment"):
    """A module with this source."""
    path = folder / f"version_{next(_versions)}.py"
    path.write_text(textwrap.dedent(source), encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def fingerprint_of(folder, source):
    """The fingerprint of `experiment` in a module with this source."""
    return claims.fingerprint(module_of(folder, source).experiment)


def replaced(old, new, source=EXPERIMENT):
    assert source.count(old) == 1
    return source.replace(old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("return RATE * value", "return RATE * value  # a comment"),
        ("return RATE * value", '"""A docstring."""\n        return RATE * value'),
        ("def half(value):", "def half(value: float) -> float:"),
        ("return RATE * value", "return (RATE\n                * value)"),
        ("return RATE * value", "result: float = RATE * value\n        return result"),
        ("return RATE * value", "return 0.5 * value"),
        ("import math\n", "import math as m\n"),
        ("FOUND = {}", "FOUND: dict = {}"),
    ],
    ids=itertools.count(),
)
def test_layout_annotations_and_the_name_of_a_constant_leave_the_fingerprint(tmp_path, old, new):
    changed = replaced(old, new)
    if "as m" in new:
        changed = replaced("math.sqrt", "m.sqrt", changed)
    expected = EXPERIMENT
    if "result" in new:
        expected = replaced(old, "result = RATE * value\n        return result")
    assert fingerprint_of(tmp_path, changed) == fingerprint_of(tmp_path, expected)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"negative"', '"below zero"'),
        ("        _check_seed(seed)\n", ""),
        ("        _check_seed(seed)\n", "        if seed < 0:\n            raise ValueError\n"),
        ("        _check_seed(seed)\n", "        assert seed >= 0\n"),
        (
            "        _check_seed(seed)\n",
            "        for one in (seed, size):\n"
            "            if one < 0:\n"
            "                shown = str(one)\n"
            "                raise ValueError(shown)\n",
        ),
        ("    def half(value):", "    def half(value):\n        check_seed(value)"),
        (
            "    def half(value):",
            "    def shapes(**axes):\n"
            "        return lambda function: function\n\n"
            '    @shapes(value="B")\n'
            "    def half(value):",
        ),
    ],
    ids=itertools.count(),
)
def test_checks_of_the_input_leave_the_fingerprint(tmp_path, old, new):
    assert fingerprint_of(tmp_path, replaced(old, new)) == fingerprint_of(tmp_path, EXPERIMENT)


def test_other_names_leave_the_fingerprint(tmp_path):
    other = EXPERIMENT
    for old, new in [
        ("half", "one_half"),
        ("RATE", "SHARE"),
        ("Scale", "_Scaling"),
        ("total", "outcome"),
        ("FOUND", "_cache"),
        ("def experiment", "def measure"),
    ]:
        other = other.replace(old, new)
    other += "\n    experiment = measure\n"
    assert fingerprint_of(tmp_path, other) == fingerprint_of(tmp_path, EXPERIMENT)


def test_an_alias_and_another_order_of_definitions_leave_the_fingerprint(tmp_path):
    aliased = replaced("def half(", "def _half(")
    aliased = replaced("    def unused", "    half = _half\n\n    def unused", aliased)
    head, methods = EXPERIMENT.split("        def up(")
    up, rest = methods.split("        def down(")
    down, rest = rest.split("    def experiment(")
    turned = (
        f"{head}        def down({down.rstrip()}\n\n        def up({up}\n    def experiment({rest}"
    )
    expected = fingerprint_of(tmp_path, EXPERIMENT)
    assert fingerprint_of(tmp_path, aliased) == expected
    assert fingerprint_of(tmp_path, turned) == expected


@pytest.mark.parametrize("way", ["from {} import half, RATE, Scale", "import {} as other"])
def test_a_move_to_another_module_leaves_the_fingerprint(tmp_path, monkeypatch, way):
    before = fingerprint_of(tmp_path, EXPERIMENT)
    start, end = EXPERIMENT.index("    class Scale"), EXPERIMENT.index("    def experiment")
    scale = EXPERIMENT[start:end]
    moved = "RATE = 0.5\n\ndef half(value):\n    return RATE * value\n\n" + textwrap.dedent(scale)
    module_of(tmp_path, moved, "helpers.a_toy_module")
    rest = EXPERIMENT.replace(scale, "").replace("    RATE = 0.5\n", "")
    rest = replaced("    def half(value):\n        return RATE * value\n", "", rest)
    rest = f"\n    {way.format('helpers.a_toy_module')}\n{rest}"
    if "other" in way:
        rest = replaced("half(seed)", "other.half(seed)", rest)
        rest = replaced("Scale(", "other.Scale(", rest)
    try:
        assert fingerprint_of(tmp_path, rest) == before
    finally:
        del sys.modules["helpers.a_toy_module"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("        return value\n\n    @", "        return -value\n\n    @"),
        ("return value / self.size", "return value // self.size"),
        ("            return value / self.size", "            return self.size"),
    ],
    ids=["a function", "an operator in a method", "a method"],
)
def test_what_nothing_calls_leaves_the_fingerprint(tmp_path, old, new):
    assert fingerprint_of(tmp_path, replaced(old, new)) == fingerprint_of(tmp_path, EXPERIMENT)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("half(seed) + size", "half(seed) - size"),
        ("half(seed) + size", "size + half(seed)"),
        ("size=3", "size=4"),
        ("return RATE * value", "return RATE * value + 1"),
        ("RATE = 0.5", "RATE = 0.25"),
        ('"large": 30', '"large": 31'),
        ("import rnn_step", "import rnn_layer as rnn_step"),
        ("math.sqrt(value)", "math.exp(value)"),
        ("import math\n", "import cmath as math\n"),
        ("factor = 2", "factor = 3"),
        ("self.factor * self.size", "self.factor + self.size"),
        ("self.size = size", "self.size = 2 * size"),
        (".up(", ".down("),
        ("class Scale:", "class Scale(dict):"),
        ("def half(value):", "def half(value, twice=False):"),
        ("    def half(value):", "    @functools.cache\n    def half(value):"),
        ("        FOUND[seed] = total\n", ""),
        ("if seed < 0:", "if seed < 0:\n            seed = 0\n        elif seed > 9:"),
        ('("negative")', '("negative")\n        else:\n            FOUND[seed] = 1'),
    ],
    ids=itertools.count(),
)
def test_what_can_change_a_figure_changes_the_fingerprint(tmp_path, old, new):
    source = EXPERIMENT.replace("def _check_seed", "def bounded").replace("_check_seed", "bounded")
    changed = replaced(old, new, source)
    assert fingerprint_of(tmp_path, changed) != fingerprint_of(tmp_path, source)


def test_what_an_experiment_stores_while_it_runs_leaves_the_fingerprint(tmp_path):
    module = module_of(tmp_path, EXPERIMENT)
    before = claims.fingerprint(module.experiment)
    module.experiment(4)
    assert module.FOUND
    assert claims.fingerprint(module.experiment) == before


def test_a_method_is_called_by_its_name_as_a_string_too(tmp_path):
    by_name = EXPERIMENT.replace(".up(root(seed))", '.up(root(seed), "down")')
    changed = replaced("return value / self.size", "return value", by_name)
    assert fingerprint_of(tmp_path, changed) != fingerprint_of(tmp_path, by_name)


def test_a_constant_that_cannot_be_written_is_refused(tmp_path):
    source = replaced("RATE = 0.5", "RATE = object()")
    with pytest.raises(TypeError, match=r"Name\(RATE\) of a_toy_experiment is a object"):
        fingerprint_of(tmp_path, source)


def test_a_fingerprint_covers_what_an_experiment_imports_from_the_package(tmp_path, monkeypatch):
    before = fingerprint_of(tmp_path, EXPERIMENT)
    from helpers import rnn

    def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):
        return np.tanh(x_t @ W_xh.T - h_prev @ W_hh.T + b_h)

    rnn_step.__qualname__ = "rnn_step"
    rnn_step.__module__ = "helpers.rnn"
    monkeypatch.setattr(rnn, "rnn_step", rnn_step)
    assert fingerprint_of(tmp_path, EXPERIMENT) != before


# --- data files ------------------------------------------------------------------------------


def files_of(folder, body):
    source = (
        "from helpers.corpora import dates, korean_english\n\n"
        "LOAD = {'dates': dates.load}\n\n"
        f"def experiment(seed, part='test'):\n    return {{'a': {body}}}\n"
    )
    return Program(module_of(folder, source).experiment).files


def test_a_constant_part_counts_alone_and_all_parts_count_otherwise(tmp_path):
    every = {f"dates/{part}.tsv" for part in dates.SIZES}
    assert files_of(tmp_path, "len(dates.load('test'))") == {"dates/test.tsv"}
    assert files_of(tmp_path, "len(dates.load(part))") == every
    assert files_of(tmp_path, "len(list(map(dates.load, 'ab')))") == every
    assert files_of(tmp_path, "len(LOAD['dates']('test'))") == every
    assert files_of(tmp_path, "seed") == set()


@pytest.mark.parametrize("reader", [dates.load, korean_english.load])
def test_a_reader_names_the_files_that_there_are(reader):
    assert reader.reads
    for part, name in reader.reads.items():
        assert data_file(name).is_file()
        assert len(reader(part)) == data_file(name).read_text(encoding="utf-8").count("\n") - 1
