"""The course's Korean font for the site: the characters that its pages hold, and no others."""

from __future__ import annotations

from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

__all__ = ["write_fonts"]

FONTS = Path(__file__).resolve().parents[2] / "helpers" / "fonts"


def write_fonts(pages: Path, folder: Path) -> None:
    """Write both weights as WOFF, with the Hangul of all files below `pages`.

    The whole font has 9 MB, and tables that browsers refuse.
    """
    texts = (path.read_text(encoding="utf-8") for path in pages.rglob("*") if path.is_file()
             and path.suffix in (".md", ".ipynb"))  # fmt: skip
    hangul = {c for text in texts for c in text if "\u1100" <= c <= "\u11ff" or c >= "\u3000"}
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(FONTS.glob("*.ttf")):
        font = TTFont(path)
        options = Options(flavor="woff", hinting=False, layout_features=[], notdef_outline=True)
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=[ord(c) for c in hangul])
        subsetter.subset(font)
        font.flavor = "woff"
        font.save(folder / f"{path.stem}.woff")
