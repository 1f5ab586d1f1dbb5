"""Figures by their properties: labels, limits, letters that are drawn, alternative text."""

import warnings
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.font_manager import FontProperties, findfont
from matplotlib.ft2font import FT2Font

from helpers import plots

SOURCE = ["나", "는", "학생", "이다"]
TARGET = ["I", "am", "a", "student"]


@pytest.fixture(autouse=True)
def _course_style():
    with plt.rc_context():
        plots.use_course_style()
        yield
    plt.close("all")


def weights() -> np.ndarray:
    return np.random.default_rng(0).dirichlet(np.ones(4), size=4)


def test_hangul_is_drawn_from_the_shipped_font_without_a_missing_glyph():
    figure = plots.attention_heatmap(weights(), SOURCE, TARGET, "학생 and √d_k, −1 · “x”")
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # matplotlib warns of each glyph that it cannot find
        figure.canvas.draw()


@pytest.mark.parametrize("path", [plots.HANGUL_FONT, plots.HANGUL_BOLD], ids=lambda path: path.stem)
def test_the_shipped_fonts_hold_every_modern_syllable(path):
    font = FT2Font(str(path))
    missing = [c for c in range(0xAC00, 0xD7A4) if font.get_char_index(c) == 0]
    assert not missing
    assert FontProperties(fname=path).get_name() == "NanumGothic"


@pytest.mark.parametrize(
    ("weight", "path"), [("normal", plots.HANGUL_FONT), ("bold", plots.HANGUL_BOLD)]
)
def test_each_weight_of_hangul_is_found_in_its_shipped_file(weight, path):
    assert Path(findfont(FontProperties(family="NanumGothic", weight=weight))).name == path.name


def test_bold_hangul_is_drawn_bolder():
    def ink(weight):
        figure = plt.figure(figsize=(2, 1))
        figure.text(0.1, 0.4, "한국어", weight=weight, size=24)
        figure.canvas.draw()
        return (255 - np.asarray(figure.canvas.buffer_rgba())[..., 0].astype(int)).sum()

    assert ink("bold") > 1.2 * ink("normal")


def test_the_heatmap_shows_the_weights_under_their_tokens():
    values = weights()
    figure = plots.attention_heatmap(values, SOURCE, TARGET, "What to see")
    axes = figure.axes[0]
    np.testing.assert_array_equal(axes.images[0].get_array(), values)
    assert axes.images[0].get_clim() == (0, 1)
    assert [label.get_text() for label in axes.get_xticklabels()] == SOURCE
    assert [label.get_text() for label in axes.get_yticklabels()] == TARGET
    assert axes.get_title() == "What to see" and axes.get_xlabel() and axes.get_ylabel()
    written = {(int(t.get_position()[1]), int(t.get_position()[0])): t for t in axes.texts}
    assert set(written) == set(zip(*np.where(values >= 0.095), strict=True))
    assert all(text.get_text() == f"{values[place]:.1f}" for place, text in written.items())


def test_the_heatmap_names_both_shapes_when_they_disagree():
    with pytest.raises(ValueError, match=r"\(4, 4\), but there are 3 target and 4 source"):
        plots.attention_heatmap(weights(), SOURCE, TARGET[:3], "What to see")


def test_show_publishes_the_picture_with_its_alternative_text_and_closes_it(monkeypatch):
    published = []
    monkeypatch.setattr(plots, "display", lambda data, **kwargs: published.append((data, kwargs)))
    figure, axes = plt.subplots()
    axes.plot([1, 2])
    plots.show(figure, alt="A rising line.")
    [(data, kwargs)] = published
    assert data["image/png"].startswith(b"\x89PNG")
    assert data["text/plain"] == "A rising line."
    assert kwargs["metadata"] == {"image/png": {"alt": "A rising line."}}
    assert not plt.fignum_exists(figure.number)


def test_show_refuses_a_figure_without_alternative_text():
    with pytest.raises(ValueError, match="alternative text"):
        plots.show(plt.figure(), alt=" ")


def test_the_same_figure_gives_the_same_bytes(monkeypatch):
    published = []
    monkeypatch.setattr(
        plots, "display", lambda data, **kwargs: published.append(data["image/png"])
    )
    for _ in range(2):
        plots.show(plots.attention_heatmap(weights(), SOURCE, TARGET, "학생"), alt="same")
    assert published[0] == published[1]
