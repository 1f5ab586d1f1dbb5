"""``python -m course.grammar`` writes the corpus anew."""

from course.grammar.corpus import write
from helpers.corpora.korean_english import FOLDER

if __name__ == "__main__":
    write()
    print(f"wrote {FOLDER}")
