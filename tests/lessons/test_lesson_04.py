"""Lesson 04: its numbers on paper, its training against the recorded one, and what it adds."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from typing import Any

import numpy as np
import pytest
import torch

from course import claims
from course.claims import character_language_model as ours
from course.exercises.bank import find
from course.maintenance import refresh
from helpers import decoding, language
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
    space: dict[str, Any] = {"np": np}
    exec(cell(sources, "p0 = {").rpartition("\n")[0], space)
    return space["p0"]


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
    rows = [numbers(line.partition("|")[2].partition("|")[2]) for line in lines if "|" in line]
    rows = [row for row in rows if row]
    into = np.hstack([weights["W_xh"], weights["W_hh"]]).tolist()
    header, units, letters = rows[0], rows[1:3], rows[3:7]
    assert header == [1.0, 2.0]  # "from unit 1", "from unit 2"
    assert units == into and letters == weights["W_hy"].tolist()


def test_all_numbers_of_hello_on_paper_are_those_of_torch(
    sources: list[str], weights: dict[str, np.ndarray]
) -> None:
    text = cell(sources, "## hello, on paper")
    table = [numbers(line) for line in text.splitlines() if re.match(r"\| [hel] \|", line)]
    wanted = hello_by_torch(weights)
    assert [len(row) for row in table] == [11] * 4
    assert np.allclose(table, wanted, atol=5.1e-5)
    bold = [numbers(b)[0] for b in re.findall(r"\*\*([−\d.]+)\*\*", text)]
    assert np.allclose(bold, [*wanted[0][:6], wanted[0][7], wanted[0][-1]], atol=5.1e-5)
    exps = np.exp(wanted[0][2:6])
    assert all(f"{number:.4f}" in text for number in (*exps, exps.sum()))
    mean = np.mean([row[-1] for row in wanted])
    assert f"{mean:.4f}" in text and f"{np.log(4):.4f}" in text


def test_the_second_step_on_paper_adds_up_to_torchs_state(
    sources: list[str], weights: dict[str, np.ndarray]
) -> None:
    text = cell(sources, "## hello, on paper").replace("−", "-").replace("·", "*")
    lines = re.findall(r"^- unit \d: tanh\((.+?)\) = tanh\(?(.+?)\)? = (.+)$", text, re.MULTILINE)
    assert len(lines) == 2
    for (terms, total, state), wanted in zip(lines, hello_by_torch(weights)[1][:2], strict=True):
        assert eval(terms) == pytest.approx(float(total), abs=1.01e-4)
        assert float(state) == pytest.approx(wanted, abs=5.1e-5)
        assert np.arctanh(wanted) == pytest.approx(float(total), abs=5.1e-5)


def test_every_sum_on_paper_can_be_added_up(sources: list[str]) -> None:
    text = cell(sources, "## hello, on paper").replace("−", "-").replace("·", "*")
    sums = re.findall(r"^- score of \w: ([-+*.\d ]+) = \*\*(-?[\d.]+)\*\*", text, re.MULTILINE)
    assert len(sums) == 4
    for terms, total in sums:
        assert eval(terms) == pytest.approx(float(total), abs=1.01e-4), terms


# --- the page's training is the recorded one -------------------------------------------------


@pytest.fixture(scope="module")
def page(sources: list[str]) -> dict[str, Any]:
    """What the lesson defines for training, run over a short piece of text."""
    import sys

    from tqdm import tqdm

    space: dict[str, Any] = {
        "np": np,
        "torch": torch,
        "tqdm": tqdm,
        "sys": sys,
        "python_docs": python_docs,
    }
    for beginning in ("class CharacterModel", "B, T = 32, 32", "def train(", "def bits_per_chara"):
        exec(cell(sources, beginning), space)
    return space


def test_the_pages_loop_trains_as_the_recorded_experiment_does(
    page: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    V, steps = page["V"], 4
    for L in (100, 70):  # the rows end before the steps do
        page["L"] = L
        ids = page["text"]["train"][: 32 * L + 1]
        page["rows"] = torch.tensor(ids[: 32 * L]).reshape(32, L)
        page["following"] = torch.tensor(ids[1:]).reshape(32, L)
        torch.manual_seed(5)
        shown = page["CharacterModel"](V, 8, 12)
        torch.nn.init.orthogonal_(shown.layer.weight_hh_l0)
        recorded = ours.character_model(V, 8, 12, seed=5)
        page["train"](shown, steps, 0.01)
        ours.train(recorded, ids, 32, 32, steps, 0.01)
        for name, value in shown.state_dict().items():
            assert torch.equal(value, recorded.state_dict()[name]), name
    ids = page["text"]["test"][:2500]
    assert page["bits_per_character"](shown, ids) == pytest.approx(
        ours.bits_per_character(recorded, ids), abs=1e-9
    )


def test_the_page_trains_with_the_settings_of_the_record(sources: list[str]) -> None:
    live = cell(sources, "train(model, steps=")
    small = ours.SMALL
    assert f"D={small['D']}, H={small['H']}" in live and f"rate={small['rate']}" in live
    assert f"steps={small['steps']}" in live and small["dropped"] == 0
    assert f"B, T = {small['B']}, {small['T']}" in cell(sources, "B, T = ")


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


def test_the_bits_in_the_prose_are_those_of_the_record(sources: list[str]) -> None:
    record = claims.record("character_model")
    bits = [record.values("n-gram bits", part="test", order=n)[0] for n in (1, 2, 3, 4)]
    prose = " ".join(" ".join(sources).split())
    assert ", ".join(f"{value:.1f}" for value in bits) + " bits for n = 1, 2, 3, 4" in prose
    plain, gated = (ours.margin(record, name).mean for name in ("plain", "gated"))
    assert round(plain, 1) == 0.1 and round(gated, 2) == -0.01  # "a tenth", "a hundredth"
    validation = ours.margin(record, "gated", "validation").mean
    assert round(validation, 2) in (0.02, 0.03)  # "two or three hundredths"


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
