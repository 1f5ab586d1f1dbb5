"""Lesson 04: its numbers on paper, its training against the recorded one, and what it adds."""

from __future__ import annotations

import ast
import json
import re
import sys
from collections import Counter, defaultdict
from typing import Any

import numpy as np
import pytest
import torch
from tqdm import tqdm

from course import claims
from course.claims import character_language_model as ours
from course.exercises.bank import find
from course.exercises.bank.character_language_model.common import HELLO
from course.maintenance import refresh
from helpers import decoding, language, training
from helpers.corpora import python_docs

NOTEBOOK = refresh.ROOT / "notebooks" / "04_character_language_model.ipynb"


@pytest.fixture(scope="module")
def sources() -> list[str]:
    """The text of each cell."""
    return [cell["source"] for cell in refresh.read(NOTEBOOK)["cells"]]


def cell(sources: list[str], beginning: str) -> str:
    return next(source for source in sources if beginning in source)


def numbers(text: str) -> list[float]:
    """Every number in a text, with a typographic minus sign."""
    return [float(n.replace("−", "-")) for n in re.findall(r"−?\d+(?:\.\d+)?", text)]


# --- hello, on paper -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def weights(sources: list[str]) -> dict[str, np.ndarray]:
    for node in ast.parse(cell(sources, "made_up = {")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "made_up":
            return dict(eval(ast.unparse(node.value), {"np": np}))
    raise AssertionError("the lesson makes up no weights")


def hello_by_torch(w: dict[str, np.ndarray]) -> list[list[float]]:
    """State, scores, probabilities and loss of each step, by torch's cell and functions."""
    tensors = {name: torch.tensor(value) for name, value in w.items()}
    cell = torch.nn.RNNCell(4, 2, dtype=torch.float64)
    zero = torch.zeros(2, dtype=torch.float64)
    names = dict(weight_ih=tensors["W_xh"], weight_hh=tensors["W_hh"], bias_ih=zero, bias_hh=zero)
    cell.load_state_dict(names)
    h, rows = torch.zeros(1, 2, dtype=torch.float64), []
    with torch.no_grad():
        for read, wanted in zip([0, 1, 2, 2], [1, 2, 2, 3], strict=True):
            h = cell(torch.eye(4, dtype=torch.float64)[[read]], h)
            y = torch.nn.functional.linear(h, tensors["W_hy"], tensors["b_y"])
            loss = torch.nn.functional.cross_entropy(y, torch.tensor([wanted]))
            rows.append([*h[0].tolist(), *y[0].tolist(), *y.softmax(1)[0].tolist(), float(loss)])
    return rows


def test_the_table_on_paper_holds_the_weights_of_the_code(
    sources: list[str], weights: dict[str, np.ndarray]
) -> None:
    lines = cell(sources, "## hello, on paper").splitlines()
    rows = [numbers(line) for line in lines if re.match(r"\| [helo] \|", line)]
    assert rows == np.vstack([weights["W_xh"], weights["W_hy"].T]).T.tolist()
    old = [numbers(line)[1:] for line in lines if line.startswith("| old unit")]
    assert old == weights["W_hh"].T.tolist()
    assert not weights["b_h"].any() and not weights["b_y"].any()  # "biases … are zero"


def test_all_numbers_of_hello_on_paper_are_those_of_torch(
    sources: list[str], weights: dict[str, np.ndarray]
) -> None:
    first = hello_by_torch(weights)[0]
    text = cell(sources, "## hello, on paper")
    bold = [numbers(b)[0] for b in re.findall(r"\*\*([−\d.]+)\*\*", text)]
    assert np.allclose(bold, first[:6], atol=5.1e-5)
    exps, chances = np.exp(first[2:6]), first[6:10]
    text = cell(sources, "## From scores to probabilities")
    assert all(f"{number:.4f}" in text for number in (*exps, exps.sum()))
    assert "p = (" + ", ".join(f"{p:.4f}" for p in chances) + ")" in " ".join(text.split())
    text = cell(sources, "## Cross-entropy")
    assert f"only {chances[1]:.4f}" in text and f"{first[-1]:.4f}, in **nats**" in text
    assert f"is {first[-1]:.4f}. [Solution]" in text


def test_the_gradient_on_paper_is_autograds(
    sources: list[str], weights: dict[str, np.ndarray]
) -> None:
    scores = torch.tensor(hello_by_torch(weights)[0][2:6], requires_grad=True)
    torch.nn.functional.cross_entropy(scores, torch.tensor(1)).backward()
    assert scores.grad is not None
    told = ", ".join(f"{slope:.4f}" for slope in scores.grad.tolist()).replace("-", "−")
    assert f"({told})" in cell(sources, "## Which way is down?")


def test_the_bank_has_the_scores_of_hello(weights: dict[str, np.ndarray]) -> None:
    rows = hello_by_torch(weights)
    assert np.allclose(HELLO, [row[2:6] for row in rows], atol=5.1e-5)


def test_without_a_memory_the_two_ls_cost_ln_2(sources: list[str]) -> None:
    chances = np.linspace(0.01, 0.99, 99)
    losses = -(np.log(chances) + np.log(1 - chances)) / 2
    assert chances[losses.argmin()] == pytest.approx(0.5)
    assert f"ln 2 = {losses.min():.4f}" in cell(sources, "Why *cross*?")


def test_every_sum_on_paper_can_be_added_up(sources: list[str]) -> None:
    text = cell(sources, "## hello, on paper").replace("−", "-").replace("·", "*")
    sums = re.findall(r"^- score of \w: ([-+*.\d ]+) = \*\*(-?[\d.]+)\*\*", text, re.MULTILINE)
    assert len(sums) == 4
    for terms, total in sums:
        assert eval(terms) == pytest.approx(float(total), abs=1.01e-4), terms


# --- the page's training is the recorded one -------------------------------------------------


@pytest.fixture(scope="module")
def page(sources: list[str]) -> dict[str, Any]:
    """What the lesson defines for training, on the package's functions."""
    space: dict[str, Any] = {
        "np": np,
        "torch": torch,
        "tqdm": tqdm,
        "sys": sys,
        "python_docs": python_docs,
        "training_step": training.training_step,
        "cross_entropy": language.cross_entropy,
    }
    for beginning in ("class CharacterModel", "def train(", "def bits_per_chara"):
        tree = ast.parse(cell(sources, beginning))
        # Without what takes the reader's answers, counts n-grams or shows something.
        kept = [node for node in tree.body if not re.match(NOT_RUN, ast.unparse(node))]
        exec(compile(ast.Module(kept, []), beginning, "exec"), space)
    return space


NOT_RUN = r"\w+ = use\(|ngrams|bar = |print|assert"


def test_the_pages_loop_trains_as_the_recorded_experiment_does(
    page: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    V, steps = page["V"], 4
    for length in (100, 70):  # the rows end before the steps do
        page["row_length"] = length
        ids = page["text"]["train"][: 32 * length + 1]
        page["rows"] = torch.tensor(ids[: 32 * length]).reshape(32, length)
        page["following"] = torch.tensor(ids[1:]).reshape(32, length)
        torch.manual_seed(5)
        shown = page["CharacterModel"](V, 8, 12, torch.nn.RNN)
        torch.nn.init.orthogonal_(shown.layer.weight_hh_l0)
        recorded = ours.character_model(V, 8, 12, seed=5)
        page["train"](shown, steps, 0.01)
        ours.train(recorded, ids, 32, 32, steps, 0.01)
        for name, value in shown.state_dict().items():
            assert torch.equal(value, recorded.state_dict()[name]), name
    ids = page["text"]["test"][:2500]
    assert page["bits_per_character"](shown, ids) == pytest.approx(
        ours.bits_per_character(recorded, ids), abs=1e-6
    )


def test_the_rows_hold_the_text_and_what_follows_it(sources: list[str]) -> None:
    space: dict[str, Any] = {"np": np, "torch": torch, "python_docs": python_docs}
    exec(cell(sources, "class CharacterModel"), space)
    rows, following, text = space["rows"], space["following"], space["text"]["train"]
    assert torch.equal(rows[:, 1:], following[:, :-1])  # "ello" after "hell"
    assert rows.flatten().tolist() == text[: rows.numel()].tolist()
    assert following[0, -1] == rows[1, 0]  # each row goes on where the one above ends


def test_the_page_trains_with_the_settings_of_the_record(sources: list[str]) -> None:
    live = cell(sources, "train(model, steps=")
    small = ours.SMALL
    assert f"D={small['D']}, H={small['H']}" in live and f"rate={small['rate']}" in live
    assert f"steps={small['steps']}" in live and small["dropped"] == 0
    assert f"B, T, V = {small['B']}, {small['T']}, " in cell(sources, "B, T, V = ")


def test_bits_per_character_are_torchs_cross_entropy_in_one_go() -> None:
    ids = python_docs.encode(python_docs.load("test"))[:2300]
    for kind in ("RNN", "GRU", "LSTM"):
        model = ours.character_model(len(python_docs.alphabet()), 8, 12, kind, 0.5, seed=1)
        ours.train(model, ids, 32, 25, 3, 0.01)
        text = torch.tensor(np.append(python_docs.encode("\n"), ids))
        model.eval()
        with torch.no_grad():
            y, _ = model(text[None, :-1])
        nats = torch.nn.functional.cross_entropy(y[0], text[1:])
        assert ours.bits_per_character(model, ids) == pytest.approx(float(nats) / np.log(2))
        assert model.training  # dropout is on again


# --- the claim -------------------------------------------------------------------------------


def record_with(plain: float, gated: float, validation: float = 0.0) -> claims.Record:
    """A record of these margins, on the validation part larger by `validation`."""
    claim = claims.get("character_model")
    spread = np.array([-0.004, -0.002, 0, 0.002, 0.004])
    figures = {"best order": [7.0] * 5, "n-gram bits part=validation order=7": [1.9] * 5}
    for name, mean in (("plain", plain), ("gated", gated)):
        test = claims.figure("above n-gram", model=name, steps=3000)
        figures[test] = (mean + spread).tolist()
        bits = 1.9 + mean + validation + spread
        figures[claims.figure("validation bits", model=name)] = bits.tolist()
    settings = json.loads(json.dumps(dict(claim.settings)))
    return claims.Record("character_model", [0] * 5, figures, settings, {}, {}, "", "", "")


@pytest.mark.parametrize(
    ("plain", "gated", "validation", "word", "said"),
    [
        (0.1, -0.02, 0.01, claims.HOLDS_WITHIN, "gated cells; "),
        (-0.1, -0.02, 0.01, claims.HOLDS, "plain −0.10, −0.09; gated −0.02, −0.01"),
        (-0.1, 0.02, 0.01, claims.HOLDS_WITHIN, "plain cells; "),
        (0.1, 0.02, 0.01, claims.FAILS, "plain +0.10"),
        (0.1, -0.002, 0.0, claims.FAILS, "plain +0.10"),
        (0.1, -0.02, 0.04, claims.FAILS, "gated −0.02, +0.02"),  # on one part only
        (0.1, 0.02, -0.04, claims.FAILS, "gated +0.02, −0.02"),
    ],
)
def test_the_verdict_follows_from_the_intervals_on_both_parts(
    plain: float, gated: float, validation: float, word: str, said: str
) -> None:
    verdict = ours.rule_character_model(record_with(plain, gated, validation))
    assert verdict.word == word and said in verdict.reason and len(str(verdict)) <= 120


def test_the_experiment_returns_the_figures_that_the_rule_and_the_lesson_read() -> None:
    tiny = dict(ours.SMALL, D=4, H=5, steps=3, looks=[2, 3])
    figures = ours.experiment_character_model(
        0, {"tiny": tiny, "GRU": {**tiny, "cell": "GRU"}}, [1]
    )
    assert list(figures) == [
        "above n-gram model=tiny steps=2",
        "above n-gram model=tiny steps=3",
        "validation bits model=tiny",
        "clipped steps model=tiny",
        "above n-gram model=GRU steps=2",
        "above n-gram model=GRU steps=3",
        "validation bits model=GRU",
        "clipped steps model=GRU",
        "n-gram bits part=test order=1",
        "n-gram bits part=validation order=1",
        "n-gram bits, best",
        "best order",
    ]
    assert (
        4
        < figures["n-gram bits part=test order=1"]
        < 5.5
        < 6
        < ours.best_ngram_bits() + figures["above n-gram model=tiny steps=2"]
    )


def test_the_large_networks_have_equally_many_weights_and_steps() -> None:
    models = claims.get("character_model").settings["models"]
    counts = []
    for name in ("plain", "gated"):
        sizes = {key: models[name][key] for key in ("D", "H", "cell", "dropped", "start")}
        model = ours.character_model(103, **sizes)
        counts.append(sum(weight.numel() for weight in model.parameters()))
    assert abs(counts[0] / counts[1] - 1) < 0.002
    assert all(round(count, -3) == 393_000 for count in counts)
    assert models["plain"]["steps"] == models["gated"]["steps"]


def test_the_gated_network_is_below_the_best_ngram_at_every_seed_on_the_test_part_alone() -> None:
    record = claims.record("character_model")
    assert len(record.seeds) >= 5
    assert (record.values("above n-gram", model="gated", steps=3000) < 0).all()
    assert ours.margin(record, "gated", "validation").low > 0


def test_the_prose_says_what_the_record_says(sources: list[str]) -> None:
    record = claims.record("character_model")
    plain, gated = (ours.margin(record, name).mean for name in ("plain", "gated"))
    prose = " ".join(cell(sources, "The large plain RNN stays").split())
    assert round(plain, 1) == 0.1 and "a tenth of a bit above" in prose
    assert -0.05 < gated < 0 and "slightly better on the test part" in prose
    assert 0 < ours.margin(record, "gated", "validation").mean < 0.05
    assert "slightly worse on the validation part" in prose


def kneser_ney_bits(train: bytes, test: bytes, order: int, V: int) -> float:
    """Bits per token of modified Kneser–Ney, counted in dictionaries: any order."""
    raw = {
        n: Counter(train[i : i + n] for i in range(len(train) - n + 1)) for n in range(order + 2)
    }
    chance = np.full(len(test), 1 / V)
    for n in range(1, order + 1):
        counts = raw[n] if n == order else Counter(piece[1:] for piece in raw[n + 1])
        lost = language.discounts(np.array(list(counts.values())))
        total: Counter[bytes] = Counter()
        taken: dict[bytes, float] = defaultdict(float)
        for piece, count in counts.items():
            total[piece[:-1]] += count
            taken[piece[:-1]] += lost[min(count, 3)]
        for i in range(n - 1, len(test)):
            piece = test[i - n + 1 : i + 1]
            context = piece[:-1]
            if context in total:
                count = counts.get(piece, 0)
                left = count - lost[min(count, 3)] + taken[context] * chance[i]
                chance[i] = left / total[context]
    return float(-np.log2(chance).mean())


def test_twelve_characters_cost_what_counting_them_in_dictionaries_says() -> None:
    train, test = (python_docs.encode(python_docs.load(part)) for part in ("train", "test"))
    V, order = len(python_docs.alphabet()), 12
    read, new = train[:60_000], test[:5000]
    known = language.KneserNey(order, V).fit(read).bits_per_token(new)
    pieces = (ids.astype(np.uint8).tobytes() for ids in (read, new))
    assert kneser_ney_bits(*pieces, order, V) == pytest.approx(known, abs=1e-9)


def test_on_the_test_part_longer_pieces_would_win_less_than_a_hundredth() -> None:
    record = claims.record("character_model")
    orders = record.settings["orders"]
    bits = [record.values("n-gram bits", part="test", order=n)[0] for n in orders]
    assert 0 <= record.values("n-gram bits, best")[0] - min(bits) < 0.01


def test_clipping_shortens_and_its_share_is_counted() -> None:
    ids = python_docs.encode(python_docs.load("validation"))[:3201]
    shares = []
    for clip in (1e-6, 1e6):
        model = ours.character_model(len(python_docs.alphabet()), 4, 5)
        shares.append(ours.train(model, ids, 32, 25, 4, 0.01, clip=clip))
    assert shares == [1, 0]


@pytest.mark.parametrize(("kind", "gates"), [("RNN", 1), ("GRU", 3)])
def test_a_start_is_orthogonal_in_each_gate_or_torchs(kind: str, gates: int) -> None:
    begun = ours.character_model(9, 4, 6, kind, seed=2)
    for block in begun.layer.weight_hh_l0.detach().split(6):
        assert torch.allclose(block @ block.T, torch.eye(6), atol=1e-5)
    torch.manual_seed(2)
    torch.nn.Embedding(9, 4)
    theirs = getattr(torch.nn, kind)(4, 6, batch_first=True)
    plain = ours.character_model(9, 4, 6, kind, seed=2, start="torch")
    assert theirs.weight_hh_l0.shape == (6 * gates, 6)
    assert torch.equal(plain.layer.weight_hh_l0, theirs.weight_hh_l0)


# --- what the lesson adds to the package -----------------------------------------------------


def test_softmax_and_cross_entropy_are_torchs() -> None:
    rng = np.random.default_rng(0)
    for shape in ((5,), (3, 4), (2, 3, 7)):
        y = 4 * rng.normal(size=shape)
        targets = rng.integers(0, shape[-1], size=shape[:-1])
        scores = torch.tensor(y, requires_grad=True)
        flat = scores.reshape(-1, shape[-1]), torch.tensor(targets).reshape(-1)
        loss = torch.nn.functional.cross_entropy(*flat)
        loss.backward()
        assert np.allclose(language.softmax(y), scores.detach().softmax(-1), atol=1e-14)
        assert language.cross_entropy(y, targets) == pytest.approx(float(loss.detach()))
        back = language.cross_entropy_backward(y, targets)
        assert scores.grad is not None and np.allclose(back, scores.grad, atol=1e-14)
        moved = language.cross_entropy(y + 1e5, targets)
        assert moved == pytest.approx(float(loss.detach()))


@pytest.mark.parametrize(
    ("y", "targets", "said"),
    [
        (np.zeros((2, 3)), np.zeros(3, int), "expected one id for each position"),
        (np.zeros((2, 3)), np.array([0, 3]), "from 0 to 2"),
        (np.zeros((2, 3)), np.array([0.0, 1.0]), "whole numbers"),
        (np.array([[0.0, np.nan]]), np.array([0]), "NaN"),
        (np.zeros((0, 3)), np.zeros(0, int), "at least one"),
    ],
)
def test_wrong_scores_and_targets_are_named(y: Any, targets: Any, said: str) -> None:
    for function in (language.cross_entropy, language.cross_entropy_backward):
        with pytest.raises(ValueError, match=f"{function.__name__}: .*{said}"):
            function(y, targets)


def test_a_draw_falls_as_often_as_the_probability_says() -> None:
    y, u = np.array([0.3, -1.2, 2.0, 0.0]), np.random.default_rng(0).random(4000)
    for temperature in (0.5, 1.0, 3.0):
        wanted = (torch.tensor(y) / temperature).softmax(0).numpy()
        drawn = np.bincount([language.draw(y, temperature, one) for one in u], minlength=4) / 4000
        assert np.allclose(drawn, wanted, atol=4 * np.sqrt(0.25 / 4000))
    assert language.draw(y, 1e-3, 0.999) == 2 and language.draw(y + 1e5, 1.0, 0.0) == 0
    with pytest.raises(ValueError, match="above 0"):
        language.draw(y, 0.0, 0.5)


def test_steps_of_adam_are_torchs() -> None:
    rng = np.random.default_rng(1)
    w, m, s = rng.normal(size=(3, 2)), np.zeros((3, 2)), np.zeros((3, 2))
    theirs = torch.tensor(w, requires_grad=True)
    optimiser = torch.optim.Adam([theirs], lr=0.1)
    for step in range(1, 50):
        g = rng.normal(size=w.shape) * 10.0 ** rng.integers(-9, 2, size=w.shape)
        theirs.grad = torch.tensor(g)
        optimiser.step()
        w, m, s = training.adam_step(w, g, m, s, step, 0.1)
    assert np.allclose(w, theirs.detach(), rtol=1e-12)
    with pytest.raises(ValueError, match="count from 1"):
        training.adam_step(w, g, m, s, 0, 0.1)


def test_the_nucleus_on_scores_is_that_of_the_exercise() -> None:
    reference = find("character.nucleus").reference
    torch.manual_seed(0)
    logits = 2 * torch.randn(3, 4, 11, dtype=torch.float64)
    for share in (0.05, 0.5, 0.9, 1.0):
        cut = decoding.nucleus(logits, share).softmax(-1)
        for place in np.ndindex(3, 4):
            alone = reference(logits[place].softmax(-1).numpy(), share)
            assert np.allclose(cut[place], alone, atol=1e-12)


def test_a_share_of_one_cuts_nothing_whatever_the_rounding() -> None:
    logits = torch.cat([torch.zeros(3000), torch.full((3000,), -40.0)])  # float32
    assert torch.equal(decoding.nucleus(logits, 1.0), logits)


def test_top_k_keeps_the_odds_of_the_k_likeliest() -> None:
    torch.manual_seed(0)
    logits = torch.randn(3, 9, dtype=torch.float64)
    for k in (1, 4, 9):
        cut, whole = decoding.top_k(logits, k).softmax(-1), logits.softmax(-1)
        least = whole.sort(dim=-1, descending=True).values[:, k - 1 : k]
        wanted = torch.where(whole >= least, whole, 0.0)
        assert torch.allclose(cut, wanted / wanted.sum(-1, keepdim=True))
    assert (decoding.top_k(torch.zeros(5), 2) > -torch.inf).sum() == 2  # ties: k, not more


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda y: decoding.top_k(y, 0), "1 to 4"),
        (lambda y: decoding.top_k(y, 5), "1 to 4"),
        (lambda y: decoding.nucleus(y, 0.0), "above 0"),
        (lambda y: decoding.nucleus(y, 1.1), "at most 1"),
    ],
)
def test_impossible_ways_to_draw_are_named(call: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        call(torch.zeros(4))
