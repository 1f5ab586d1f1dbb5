"""Exercise 2.1: the third day."""

from __future__ import annotations

import numpy as np

from course.exercises.bank import Mistake, ValueExercise, register
from course.exercises.bank.rnn_cell.common import DAYS, GARDEN, torch_states


def _third_day() -> tuple[float, float]:
    wet, cold = torch_states(DAYS[None], np.zeros((1, 2)), *GARDEN)[0, -1]
    return float(wet), float(cold)


register(
    ValueExercise(
        name="rnn.third_day",
        title="The third day",
        points=1,
        answer=(0.0228, -0.4298),
        tolerance=0.001,
        oracle=_third_day,
        mistakes=[
            Mistake(
                "no_tanh",
                "These are the sums. They become the state only after tanh.",
                (0.0229, -0.4597),
            ),
            Mistake(
                "day_two",
                "This is the state after day 2. Go one step further: its two numbers are "
                "yesterday's state now.",
                (0.4823, -0.1122),
            ),
            Mistake(
                "empty_state",
                "You started from (0, 0), as if there had been no yesterday. The state after day "
                "2 is (0.4823, −0.1122).",
                (-0.3799, -0.4621),
            ),
            Mistake(
                "no_bias",
                "You left out the biases: 0.1 for wet, −0.1 for cold.",
                (-0.0770, -0.3449),
            ),
            Mistake(
                "transposed",
                "You used `W_hh` transposed: wet should get 0.1 of the old cold, and cold 0.2 of "
                "the old wet.",
                (0.0116, -0.4683),
            ),
            Mistake(
                "one_unit_each",
                "Each unit receives both old values, not just its own: wet gets 0.9 of the old "
                "wet and 0.1 of the old cold.",
                (0.0341, -0.5051),
            ),
            Mistake(
                "swapped",
                "The numbers are right but in the wrong order; give (wet, cold).",
                (-0.4298, 0.0228),
            ),
            Mistake(
                "signs",
                "The sizes are right, but the signs are not. Add up the four terms again; tanh "
                "keeps the sign of the sum.",
                (-0.0228, 0.4298),
            ),
            Mistake(
                "scores",
                "These are the outputs, “water” and “wait”. The exercise asks for the hidden state "
                "that they are computed from.",
                (0.2921, -0.1677),
            ),
            Mistake(
                "minus_of_cold",
                "Mind the sign: the old cold is −0.1122, so what it adds to both sums is negative.",
                (0.0453, -0.3341),
            ),
            Mistake(
                "no_sun",
                "You left out the weight from sun: −0.5 for wet, −0.4 for cold. Today's input "
                "must be included too.",
                (0.4799, -0.0596),
            ),
            Mistake(
                "two_decimals",
                "Right as far as it goes. Three decimals are asked for.",
                (0.02, -0.43),
            ),
            Mistake(
                "rain",
                "You took rain for today's input. Day 3 is sunny.",
                (0.9953, 0.0403),
            ),
            Mistake(
                "rain_and_wind",
                "You took day 1's input, rain and wind. Day 3 is sunny.",
                (0.9942, 0.4139),
            ),
            Mistake(
                "sun_and_wind",
                "You took the wind in as well. Day 3 is sunny, and no more is said of it.",
                (-0.0770, -0.0596),
            ),
            Mistake(
                "sigmoid",
                "You squashed the sums with a sigmoid. This cell uses tanh.",
                (0.5057, 0.3871),
            ),
            Mistake(
                "sums_carried_on",
                "You carried day 2's sums on. What is carried on is the state, tanh of them: "
                "(0.4823, −0.1122).",
                (0.0620, -0.4229),
            ),
            Mistake(
                "day_one",
                "This is the state after day 1. Day 3 starts from day 2's state.",
                (0.9866, 0.3799),
            ),
            Mistake(
                "bias_twice",
                "The biases are in your sums twice.",
                (0.1222, -0.5077),
            ),
            Mistake(
                "minus_bias",
                "You subtracted the biases. Add them; that of cold is negative.",
                (-0.1753, -0.2540),
            ),
            Mistake(
                "sign_of_cold_bias",
                "Wet is right. The bias of cold is −0.1, so it makes the sum smaller.",
                (0.0228, -0.2540),
            ),
            Mistake(
                "minus_of_sun",
                "Mind the signs: the weights from sun are negative, −0.5 for wet, −0.4 for cold.",
                (0.7710, 0.3278),
            ),
            Mistake(
                "sign_of_cold",
                "Wet is right. The sum of cold is negative, and tanh keeps the sign.",
                (0.0228, 0.4298),
            ),
            Mistake(
                "tan",
                "You took the tangent. tanh is the *hyperbolic* tangent.",
                (0.0229, -0.4950),
            ),
            Mistake(
                "day_four",
                "This would be day 4, had it been sunny too. Day 3 is one step after day 2.",
                (-0.3990, -0.6109),
            ),
            Mistake(
                "plus_old",
                "You added yesterday's state to the new one. The new state replaces it.",
                (0.5051, -0.5420),
            ),
            Mistake(
                "old_unweighted",
                "You added yesterday's state as it is. Multiply it by `W_hh` first.",
                (0.0821, -0.5457),
            ),
            Mistake(
                "twice",
                "You applied tanh twice.",
                (0.0228, -0.4051),
            ),
            Mistake(
                "new_wet_for_cold",
                "Wet is right. For cold you took the new wet. Both units read yesterday's "
                "state: the old wet is 0.4823.",
                (0.0228, -0.5017),
            ),
            Mistake(
                "minus_of_cold_in_cold",
                "Wet is right. Mind the sign in cold: the old cold is −0.1122, so 0.5 times it "
                "is negative.",
                (0.0228, -0.3341),
            ),
            Mistake(
                "minus_of_cold_in_wet",
                "Cold is right. Mind the sign in wet: the old cold is −0.1122, so 0.1 times it "
                "is negative.",
                (0.0453, -0.4298),
            ),
            Mistake(
                "no_bias_of_wet", "Cold is right. Wet lacks its bias, 0.1.", (-0.0770, -0.4298)
            ),
            Mistake(
                "no_bias_of_cold", "Wet is right. Cold lacks its bias, −0.1.", (0.0228, -0.3449)
            ),
            Mistake(
                "minus_wet_in_cold",
                "Wet is right. In cold you subtracted 0.2 times the old wet. Add it: both are "
                "positive.",
                (0.0228, -0.5734),
            ),
        ],
        hints=[
            "The state after day 3 mixes two things: what the gardener sees today (sun), and the "
            "state after day 2. It is day 2's calculation with a new previous state.",
            "Two numbers come out, one for each unit. Each is the tanh of a sum of four terms: "
            "the weight from sun, a weight times the old wet, a weight times the old cold, the "
            "bias.",
            "Write the two sums, one under the other. Take 0.4823 for the old wet and −0.1122 for "
            "the old cold; mind the minus signs. Then take tanh of each sum.",
            "wet: tanh(−0.5 + 0.9 · 0.4823 + 0.1 · (−0.1122) + 0.1). Do the same for cold.",
        ],
        solved="Both scores follow: “water” 0.2921, “wait” −0.1677. She waters, although today "
        "looks just like day 2. Day 1's rain has faded from the state.",
    )
)
