"""``python -m helpers.corpora.korean_english`` writes the corpus anew."""

from .corpus import FOLDER, write

if __name__ == "__main__":
    write()
    print(f"wrote {FOLDER}")
