"""A small lesson that keeps every promise: the tests break one at a time and see it noticed."""

from __future__ import annotations

from typing import Any

from course.maintenance.anatomy import Registered
from course.maintenance.outputs import HASH, code_hashes

Cell = dict[str, Any]
Notebook = dict[str, Any]

LESSON = "02_rnn_cell"
BANK = {
    "rnn.one": Registered("code", 2.0, package="rnn.rnn_step"),
    "rnn.two": Registered("value", 1.0, 0.3235, 0.0005),
    "rnn.three": Registered("bug", 2.0),
    "rnn.four": Registered("open", 3.0),
    "rnn.five": Registered("code", 2.0),
}
STEP = """def answer(x, h, W, U):
    a = x @ W.T + h @ U.T
    return np.tanh(a)
"""
MASKED = """shown = share_right(model)
print(f"≈ right {shown:.1%}")
assert shown > 0.9  # five seeds gave 0.94 to 0.97"""


def markdown(source: str, **metadata: Any) -> Cell:
    return {"cell_type": "markdown", "metadata": metadata, "source": source}


def code(source: str, *outputs: dict[str, Any], **metadata: Any) -> Cell:
    return {
        "cell_type": "code",
        "metadata": metadata,
        "source": source,
        "outputs": list(outputs),
        "execution_count": None,
    }


def result(text: str) -> dict[str, Any]:
    return {
        "output_type": "execute_result",
        "metadata": {},
        "data": {"text/plain": text},
        "execution_count": None,
    }


def stream(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": text}


def figure(alternative: str) -> dict[str, Any]:
    return {
        "output_type": "display_data",
        "metadata": {"image/png": {"alt": alternative}},
        "data": {"image/png": "iVBORw0KGgo=", "text/plain": alternative},
    }


def grading(identity: str, **fields: Any) -> dict[str, Any]:
    return {"schema_version": 3, "grade_id": identity, "task": False} | fields


def stub(signature: str) -> str:
    return f'def {signature}:\n    """Do it."""\n    raise NotImplementedError'


def exercise(number: int, name: str, given: str, answer: str) -> list[Cell]:
    return [
        markdown(
            f"### Exercise 2.{number} · Do it ★☆☆\n\nWrite it. [Solution](#Solution-2.{number})"
        ),
        code(
            given,
            tags=["exercise"],
            nbgrader=grading(name[4:], solution=True, grade=False, locked=False),
        ),
        code(
            f'check("{name}", {answer})',
            result("0"),
            tags=["check"],
            editable=False,
            nbgrader=grading(
                f"check-{name[4:]}",
                solution=False,
                grade=True,
                locked=True,
                points=BANK[name].points,
            ),
        ),
    ]


def solution(number: int, name: str, source: str, *tags: str) -> list[Cell]:
    return [
        markdown(f"### Solution 2.{number}"),
        markdown("One adds the two numbers.", tags=["solution"]),
        code(
            f'{source}\ncheck("{name}", answer, record=False)',
            result(f"{BANK[name].points:g}"),
            tags=["solution", *tags],
            jupyter={"source_hidden": True},
        ),
    ]


def good_lesson() -> Notebook:
    """Return a lesson without a violation, in the form that `refresh.read` returns."""
    cells = [
        markdown("# 02 · The RNN cell\n\n**How does a network remember?**"),
        markdown(
            "## What you will be able to do\n\n- write a step (Exercise 2.1);\n- work it out on\n"
            "  paper (2.2);\n- find bugs, and write what is left (2.3, 2.5).\n\n"
            "The *hidden state · 은닉 상태* is new. **Minutes:** 60. **Prerequisites:** sums."
        ),
        code("import math", figure("A line that rises from zero")),
        markdown("## The first part\n\nA **mask** (마스크) hides. See [below](#Recap)."),
        *exercise(1, "rnn.one", stub("one(x, h, W, U)"), "one"),
        code('one = use("rnn.one", one)'),
        code(MASKED, stream("≈ right 95.3%\n")),
        code("print(claims.verdict(3))", stream("holds: 0.9 against 0.5\n")),
        *exercise(2, "rnn.two", "two = None", "two"),
        *exercise(
            3,
            "rnn.three",
            'def three(h, m):\n    """Mean."""\n    return (h * m).sum(axis=1) / h.shape[1]',
            "three",
        ),
        markdown("### Exercise 2.4 · Say why ★★★\n\nIn words. [Rubric](#Solution-2.4)"),
        markdown(
            "*Your answer.*",
            tags=["open"],
            nbgrader=grading("four", solution=True, grade=True, locked=False, points=3.0),
        ),
        *exercise(5, "rnn.five", stub("five(x)"), "five"),
        markdown("## Recap\n\n" + "- A sum is what you get when you add\n  its parts.\n" * 5),
        markdown("## What breaks next\n\n[Lesson 03](03_next.ipynb) goes on."),
        markdown("## Further reading\n\n[A paper](https://arxiv.org/abs/1)"),
        markdown("## Solutions\n\nTry first."),
        *solution(1, "rnn.one", STEP, "package:rnn.rnn_step"),
        *solution(2, "rnn.two", "answer = 0.3235"),
        *solution(
            3,
            "rnn.three",
            "def answer(h, m):\n    return (h * m).sum(axis=1) / m.sum(axis=1)",
        ),
        markdown("### Solution 2.4"),
        markdown("Three points: what, why, how.", tags=["solution"]),
        *solution(5, "rnn.five", "def answer(x):\n    return x + 1"),
    ]
    number = 0
    for index, cell in enumerate(cells):
        cell["id"] = f"cell-{index}"
        if cell["cell_type"] == "code":
            number += 1
            cell["execution_count"] = number
    stamp(cells)
    return {
        "cells": cells,
        "metadata": {
            "kernelspec": {
                "display_name": "Python 3 (ipykernel)",
                "language": "python",
                "name": "python3",
            },
            "language_info": {
                "file_extension": ".py",
                "mimetype": "text/x-python",
                "name": "python",
            },
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def stamp(cells: list[Cell]) -> None:
    """Give the cells with measured lines the hash of their code, as a refresh does."""
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    for cell, wanted in zip(code, code_hashes(code), strict=True):
        if wanted:
            cell["metadata"][HASH] = wanted


def find(notebook: Notebook, text: str) -> Cell:
    """Return the first cell whose source holds a text."""
    return next(cell for cell in notebook["cells"] if text in cell["source"])
