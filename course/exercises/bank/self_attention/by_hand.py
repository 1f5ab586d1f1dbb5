"""Exercise 12.1: four words by hand."""

from __future__ import annotations

from course.exercises.bank import Mistake, ValueExercise, register
from course.exercises.bank.self_attention.common import W_K, W_Q, W_V, WORDS


def _by_hand() -> tuple[float, ...]:
    """What torch makes of 그 배 를 탔다, at 배."""
    import torch

    x = torch.tensor([WORDS[word] for word in ("그", "배", "를", "탔다")], dtype=torch.float64)
    query, key, value = (x @ torch.tensor(W).T for W in (W_Q, W_K, W_V))
    y = torch.nn.functional.scaled_dot_product_attention(query[None], key[None], value[None])[0]
    return tuple(y[1].tolist())


MISTAKES = [
    Mistake(
        "own_key_left_out",
        "You left out the word's own key. In self-attention a word also attends to itself.",
        (0.0, 8 / 7, 0.0),
    ),
    Mistake(
        "not_divided",
        "You did not divide the scores by √d_k = 2 before softmax.",
        (3.2 / 31, 43.2 / 31, 3.2 / 31),
    ),
    Mistake(
        "word_left_out",
        "This is the result for 배 를 탔다, without 그. The key of 그 is zero, so its score is 0. "
        "But exp(0) is 1, so 그 gets a weight, too.",
        (0.2, 1.2, 0.2),
    ),
    Mistake(
        "both_zeros_left_out",
        "그 and 를 have a score of 0, and exp(0) is 1: both get a weight.",
        (1.6 / 7, 9.6 / 7, 1.6 / 7),
    ),
    Mistake(
        "zeros_weighted_once",
        "You counted 그 and 를 as one word. Each has a score of 0 and its own weight.",
        (0.8 * 2 / 8.5, 0.8 * 2 / 8.5 + 1.6 * 5 / 8.5, 0.8 * 2 / 8.5),
    ),
    Mistake(
        "the_weights",
        "These are the weights. Use them to mix the values: the answer has d_v = 3 numbers.",
        (1 / 9, 2 / 9, 1 / 9, 5 / 9),
    ),
    Mistake(
        "not_normalised",
        "You mixed the values with the exponentials. Divide them by their sum first.",
        (1.6, 9.6, 1.6),
    ),
    Mistake(
        "scores_as_weights",
        "You mixed the values with the scores. Apply softmax to the scores first.",
        (0.8 * 0.6931, 0.8 * 0.6931 + 1.6 * 1.6094, 0.8 * 0.6931),
    ),
    Mistake(
        "mean_of_values",
        "This is the plain mean of the four values. Weight them by softmax of the scores.",
        (0.2, 0.6, 0.2),
    ),
    Mistake(
        "verb_alone",
        "This is the value of 탔다 alone. The result mixes all four values.",
        (0.0, 1.6, 0.0),
    ),
    Mistake(
        "eaten",
        "You used the value of 먹었다. The verb here is 탔다, whose value fills the second number.",
        (9.6 / 9, 1.6 / 9, 1.6 / 9),
    ),
    Mistake(
        "page_example",
        "This is the page's result for 배 를 먹었다. Now there are four words; the verb is 탔다.",
        (1.2, 0.2, 0.2),
    ),
    Mistake(
        "page_weights",
        "These are the page's three weights. There are four words now, and the answer is the "
        "mixture of their values.",
        (0.25, 0.125, 0.625),
    ),
    Mistake(
        "three_weights",
        "These are weights. The answer is the mixture of the values: three numbers, since d_v = 3.",
        (2 / 9, 1 / 9, 5 / 9),
    ),
    Mistake(
        "noun_left_out",
        "You added the value of 탔다 alone. 배 has a value, too, and the weight 2/9.",
        (0.0, 8 / 9, 0.0),
    ),
    Mistake(
        "second_from_verb",
        "The second number is the verb's share alone. 배 adds to it as well: its value is "
        "(0.8, 0.8, 0.8).",
        (1.6 / 9, 8 / 9, 1.6 / 9),
    ),
    Mistake(
        "second_from_noun",
        "The second number is the noun's share alone. 탔다 adds to it as well: its value is "
        "(0, 1.6, 0).",
        (1.6 / 9, 1.6 / 9, 1.6 / 9),
    ),
    Mistake(
        "own_score_zero",
        "You gave 배 the weight of a word whose score is 0. Its own score is 2 ln 2, or ln 2 once "
        "it is divided by 2.",
        (0.1, 1.1, 0.1),
    ),
    Mistake(
        "sum_of_values",
        "This is the sum of the values. Weight each with its share before you add.",
        (0.8, 2.4, 0.8),
    ),
    Mistake(
        "other_row",
        "This is the result for 탔다. The question is about 배: use the query of 배.",
        (1.6 / 5, 3.2 / 5, 1.6 / 5),
    ),
]

register(
    ValueExercise(
        name="self_attention.by_hand",
        title="Four words by hand",
        points=2,
        answer=(1.6 / 9, 9.6 / 9, 1.6 / 9),
        tolerance=0.004,  # who rounds to two decimals is not wrong
        oracle=_by_hand,
        mistakes=MISTAKES,
        hints=[
            "There is one query, that of 배, and there are four keys. The key of 그 is zero.",
            "The scores are 0, 2 ln 2, 0 and 2 ln 5. Divide them by √4.",
            "The exponentials are 1, 2, 1 and 5. Their sum is 9.",
            "2/9 · (0.8, 0.8, 0.8) + 5/9 · (0, 1.6, 0)",
        ],
        solved="Softmax gives no word a weight of exactly zero, even if its key is zero. "
        "To leave a word out you need a mask.",
    )
)
