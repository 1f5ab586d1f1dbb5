"""The fifteen lessons: the one place that lists them.

The map that `progress()` draws, the README's table and the tests read this list. It needs
nothing but the standard library.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["LESSONS", "Lesson", "lesson_of"]


@dataclass(frozen=True)
class Lesson:
    """One lesson.

    Attributes
    ----------
    slug : str
        The notebook's name without its ending, as ``02_rnn_cell``.
    title : str
        The lesson's name, as it stands in its first heading after the number.
    question : str
        The one question that the lesson answers.
    word : str
        What its exercises' names begin with: ``rnn`` in ``rnn.step``.
    """

    slug: str
    title: str
    question: str
    word: str

    @property
    def number(self) -> str:
        """The lesson's two digits, as ``02``."""
        return self.slug[:2]

    @property
    def notebook(self) -> str:
        """The notebook's file name."""
        return f"{self.slug}.ipynb"

    @property
    def module(self) -> str:
        """The module in `course.exercises.bank` that holds the lesson's exercises."""
        return self.slug[3:]


LESSONS: tuple[Lesson, ...] = (
    Lesson("00_start_here", "Start here", "What will I be able to build?", "start"),
    Lesson("01_sequence_models", "Sequence models", "Why is a sequence hard?", "sequence"),
    Lesson("02_rnn_cell", "The RNN cell", "How does a network remember?", "rnn"),
    Lesson(
        "03_language_models",
        "Language models",
        "How sure is a model of the next symbol?",
        "language",
    ),
    Lesson(
        "04_character_language_model",
        "A character language model",
        "Can a network write?",
        "character",
    ),
    Lesson("05_bptt", "Backpropagation through time", "Where does the gradient come from?", "bptt"),
    Lesson("06_vanishing_gradients", "Vanishing gradients", "Why does it forget?", "vanishing"),
    Lesson("07_lstm", "The LSTM", "How do gates keep a memory?", "lstm"),
    Lesson("08_gru", "The GRU", "Can it be simpler?", "gru"),
    Lesson(
        "09_seq2seq", "Sequence to sequence", "How does one sequence become another?", "seq2seq"
    ),
    Lesson("10_bleu", "BLEU", "How good is a translation?", "bleu"),
    Lesson("11_attention", "Attention", "Where should the decoder look?", "attention"),
    Lesson("12_self_attention", "Self-attention", "What if nothing recurs?", "self_attention"),
    Lesson(
        "13_transformer",
        "The Transformer",
        "How do the parts become a translator?",
        "transformer",
    ),
    Lesson("14_capstone", "Capstone", "Which one should I use?", "capstone"),
)


def lesson_of(name: str) -> Lesson | None:
    """Find the lesson that an exercise's name belongs to, or None.

    Parameters
    ----------
    name : str
        An exercise's name, as ``rnn.step``.
    """
    word = name.partition(".")[0]
    return next((lesson for lesson in LESSONS if lesson.word == word), None)
