"""A small lesson that keeps every promise: the tests break one at a time and see it noticed."""

from __future__ import annotations

from typing import Any

Cell = dict[str, Any]
Notebook = dict[str, Any]

LESSON = "02_rnn_cell"
BANK = {
    "rnn.one": ("code", 2.0),
    "rnn.two": ("value", 1.0),
    "rnn.three": ("bug", 2.0),
    "rnn.four": ("open", 3.0),
}


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


def figure(alternative: str) -> dict[str, Any]:
    return {
        "output_type": "display_data",
        "metadata": {"image/png": {"alt": alternative}},
        "data": {"image/png": "iVBORw0KGgo=", "text/plain": alternative},
    }


def grading(identity: str, **fields: Any) -> dict[str, Any]:
    return {"schema_version": 3, "grade_id": identity, "task": False} | fields


def exercise(number: int, name: str, stub: str, answer: str) -> list[Cell]:
    return [
        markdown(
            f"### Exercise 2.{number} · Do it ★☆☆\n\nWrite it. [Solution](#Solution-2.{number})"
        ),
        code(
            stub,
            tags=["exercise"],
            nbgrader=grading(name[4:], solution=True, grade=False, locked=False),
        ),
        code(
            f'check("{name}", {answer})',
            result("0"),
            tags=["check"],
            editable=False,
            nbgrader=grading(
                f"check-{name[4:]}", solution=False, grade=True, locked=True, points=BANK[name][1]
            ),
        ),
    ]


def solution(number: int, name: str, source: str) -> list[Cell]:
    return [
        markdown(f"### Solution 2.{number}"),
        markdown("One adds the two numbers.", tags=["solution"]),
        code(
            f'{source}\ncheck("{name}", answer, record=False)',
            result(f"{BANK[name][1]:g}"),
            tags=["solution"],
            jupyter={"source_hidden": True},
        ),
    ]


def good_lesson() -> Notebook:
    """Return a lesson without a violation, in the form that `refresh.read` returns."""
    cells = [
        markdown("# 02 · The RNN cell\n\n**How does a network remember?**"),
        markdown(
            "## What you will be able to do\n\n- add. The *hidden state · 은닉 상태* is first met "
            "here. **Minutes:** 60. **Know first:** sums."
        ),
        code("import math", figure("A line that rises from zero")),
        markdown("## The first part\n\nA **mask** (마스크) hides. See [below](#Recap)."),
        code("claims.record(3), claims.live(3, seed=0), claims.agrees(3, x), claims.verdict(3)"),
        *exercise(1, "rnn.one", 'def one():\n    """Add."""\n    raise NotImplementedError', "one"),
        *exercise(2, "rnn.two", "two = None", "two"),
        *exercise(3, "rnn.three", 'def three():\n    """Add."""\n    return 1 - 2', "three"),
        markdown("### Exercise 2.4 · Say why ★★★\n\nIn words. [Rubric](#Solution-2.4)"),
        markdown(
            "*Your answer.*",
            tags=["open"],
            nbgrader=grading("four", solution=True, grade=True, locked=False, points=3.0),
        ),
        markdown("## Recap\n\n" + "A sum is what you get when you add its parts in turn. " * 2),
        markdown("## What breaks next\n\n[Lesson 03](03_next.ipynb) goes on."),
        markdown("## Further reading\n\n[A paper](https://arxiv.org/abs/1)"),
        markdown("## Solutions\n\nTry first."),
        *solution(1, "rnn.one", "def answer():\n    return 1 + 2"),
        *solution(2, "rnn.two", "answer = 3"),
        *solution(3, "rnn.three", "def answer():\n    return 1 + 2"),
        markdown("### Solution 2.4"),
        markdown("Three points: what, why, how.", tags=["solution"]),
    ]
    number = 0
    for index, cell in enumerate(cells):
        cell["id"] = f"cell-{index}"
        if cell["cell_type"] == "code":
            number += 1
            cell["execution_count"] = number
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


def find(notebook: Notebook, text: str) -> Cell:
    """Return the first cell whose source holds a text."""
    return next(cell for cell in notebook["cells"] if text in cell["source"])
