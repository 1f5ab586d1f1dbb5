"""Exercise 1.8: judge a colleague's forecast."""

from __future__ import annotations

from course.exercises.bank import OpenExercise, register

register(
    OpenExercise(
        name="sequence.judge_a_forecast",
        title="Judge a forecast",
        points=4,
        rubric=[
            "Asks for a baseline: how well does repeating the last hour's (or the last day's) "
            "value do on the same hours?",
            "Asks at which horizon the forecast is needed, and to see the error there, with the "
            "forecasts fed back.",
            "Asks how the data were split: by time, or shuffled so that neighbours of each test "
            "hour are in the training part; and whether the test part holds days that differ from "
            "the training part, such as holidays.",
            "Names the window: a window shorter than a day (or a week) cannot see the rhythm; and "
            "says what would show that it is too short.",
        ],
        hints=[
            "Compare with the cheapest forecast that there is.",
            "What is known at the moment when the forecast is made?",
            "Electricity has a rhythm of a day, and one of a week. What does the window see?",
            "Four topics: baseline, horizon, split, window.",
        ],
    )
)
