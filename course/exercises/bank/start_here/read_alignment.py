"""Exercise 0.4: read a figure."""

from __future__ import annotations

from course.exercises.bank import Mistake, ValueExercise, register


def _elsewhere(tag: str, place: int, morpheme: str, more: str) -> Mistake:
    return Mistake(tag, f"Position {place} is {morpheme}. {more}", place)


_ROW = "Find the row “because” and look along it for its darkest cell."

register(
    ValueExercise(
        name="start.read_alignment",
        title="Read the alignment",
        points=1,
        answer=5,
        mistakes=[
            _elsewhere("first_word", 0, "나", f"Both rows “I” are dark there. {_ROW}"),
            _elsewhere(
                "weight",
                1,
                "는",
                "If you read the weight in the cell, go down from there: the position stands below "
                "the figure.",
            ),
            _elsewhere("cold", 2, "감기 (a cold), which is what the reason is about", _ROW),
            _elsewhere("particle", 3, "에, the particle after 감기", _ROW),
            _elsewhere("catch", 4, "걸리 (to catch), one column to the left of it", _ROW),
            _elsewhere(
                "from_one",
                6,
                "학교 (school)",
                "If you counted from 1, or gave the number of the row: wanted is the column, and "
                "the first column is 0.",
            ),
            _elsewhere("second_particle", 7, "에, the particle after 학교", _ROW),
            _elsewhere("go", 8, "가 (to go)", _ROW),
            _elsewhere("not", 9, "지, which belongs to the negation", _ROW),
            _elsewhere("negation", 10, "않, where “not” looks", _ROW),
            _elsewhere("last", 11, "았다, the ending of the past", _ROW),
            Mistake(
                "morpheme",
                "This is the right morpheme. Give its position, the number below it.",
                "어서",
            ),
            Mistake(
                "english_word",
                "This is the English word, the row. Wanted is the number of a column.",
                "because",
            ),
        ],
        hints=[
            "Each row of the figure belongs to one English word, each column to one morpheme.",
            "The answer is a whole number, one of those below the figure.",
            "Find the row “because”, go to its darkest cell, then straight down to the number.",
            "`answer = …`, the number below the ending that stands just before 학교.",
        ],
        solved="어서 (and 아서) is an ending that gives a reason. Nobody told the model so.",
    )
)
