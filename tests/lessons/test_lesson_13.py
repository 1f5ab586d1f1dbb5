"""What lesson 13's page says, and the rules and experiments behind its claims."""

import re

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from course import claims
from course.claims import cross_attention, positions, transformer_parts
from course.maintenance import refresh
from helpers import seq2seq, transformer


@pytest.fixture(scope="module")
def sources() -> list[str]:
    """The text of each cell."""
    notebook = refresh.read(refresh.ROOT / "notebooks" / "13_transformer.ipynb")
    return [cell["source"] for cell in notebook["cells"]]


def test_the_numbers_on_paper_are_those_of_torch(sources: list[str]) -> None:
    page = next(s for s in sources if s.startswith("## Four numbers on paper"))

    def shown(before: str) -> list[float]:
        found = re.search(re.escape(before) + r"\$?\(?([-−\d., ]+)\)", page)
        assert found, before
        return [float(n.replace("−", "-")) for n in found.group(1).split(",")]

    x = torch.tensor(shown("$x = ("), dtype=torch.float64)
    n = F.layer_norm(x, (4,), eps=0)
    assert shown("read: $n = (") == pytest.approx(n.tolist())
    u = torch.relu(torch.stack([n[0] + n[2], n[1] + n[3]]))
    assert shown("$u = (") == pytest.approx(u.tolist())
    y = torch.tensor([0, 5 * u[0], 0, 0])
    assert shown("result $y = (") == pytest.approx(y.tolist())
    assert shown("sum: $x + y = (") == pytest.approx((x + y).tolist())
    assert f"its root: {x.std(correction=0):.0f}" in page


def record_of(name: str, figures: dict[str, list[float]]) -> claims.Record:
    """A record of the claim's settings with these figures, one value a seed."""
    settings = dict(claims.get(name).settings)
    return claims.Record(name, list(range(5)), figures, settings, {}, {}, "", "", "")


SPREAD = np.array([-0.02, -0.01, 0.0, 0.01, 0.02])


@pytest.mark.parametrize(
    ("both", "within", "word"),
    [(0.3, 0.1, claims.HOLDS_WITHIN), (0.3, 0.29, claims.FAILS), (0.1, 0.1, claims.FAILS)],
)
def test_positions_are_judged_on_longer_sentences(both: float, within: float, word: str) -> None:
    shares = {"added": 0.0, "within": within, "within and across": both}
    figures = {
        claims.figure("exact", arm=arm, part="test_longer"): list(
            shares.get(arm, 0.0) + (SPREAD if shares.get(arm) else 0 * SPREAD)
        )
        for arm in claims.get("relative_positions").settings["arms"]
    }
    assert positions.rule_positions(record_of("relative_positions", figures)).word == word


@pytest.mark.parametrize("told", ["added", "none", "within", "across", "within and across"])
def test_an_arm_turns_what_its_name_says(told: str) -> None:
    sizes = {"positions": told, "d_model": 8, "heads": 2, "layers": 2, "d_ff": 8}
    model = positions.translator(12, 11, sizes)
    for block in [*model.encoder.blocks, *model.decoder.blocks]:
        assert block.attention.rotary is (told in ("within", "within and across"))
        if hasattr(block, "cross_attention"):
            assert block.cross_attention.rotary is ("across" in told)
    assert model.rotary is (told != "added")


def test_another_base_or_a_shift_of_zero_changes_what_it_should() -> None:
    sizes = {"positions": "within and across", "d_model": 8, "heads": 2, "layers": 1, "d_ff": 8}
    source, mask = torch.tensor([[4, 5, 6, 7]]), torch.ones(1, 4, dtype=torch.bool)
    inputs = torch.tensor([[2, 5, 6]])
    logits = {}
    for name, other in (("as it is", {}), ("same", {"base": 10_000.0}), ("other", {"base": 10.0})):
        torch.manual_seed(3)
        model = positions.translator(12, 11, {**sizes, **other}).eval()
        torch.manual_seed(4)
        transformer.initialise(model)
        logits[name] = model(source, mask, inputs)
    torch.testing.assert_close(logits["same"], logits["as it is"])
    assert not torch.allclose(logits["other"], logits["as it is"], atol=1e-3)
    shifted = positions.translator(12, 11, {**sizes, "shift": 5}).train()
    outcomes = {shifted(source, mask, inputs).sum().item() for _ in range(20)}
    assert 2 < len(outcomes) <= 6  # moved by 0 to 5 places
    shifted.eval()
    assert torch.equal(shifted(source, mask, inputs), shifted(source, mask, inputs))


def parts(without: float, kinds: tuple[str, ...]) -> claims.Record:
    """A record in which these networks get a share of `without` right, all others 0.9."""
    settings = claims.get("transformer_parts").settings
    figures = {
        claims.figure("exact", kind=kind, rate=rate, clip="1"): list(
            (without if kind in kinds else 0.9) - 10 * abs(rate - rates[1]) + SPREAD / 10
        )
        for kind, rates in settings["kinds"].items()
        for rate in rates
    }
    return record_of("transformer_parts", figures)


def test_a_part_is_needed_if_without_it_less_than_half_is_learnt_at_the_best_rate() -> None:
    lacking = tuple(transformer_parts.WHOLE)
    assert transformer_parts.rule_parts(parts(0.1, lacking)).word == claims.HOLDS
    assert transformer_parts.rule_parts(parts(0.6, lacking)).word == claims.FAILS
    some = transformer_parts.rule_parts(parts(0.1, lacking[:2]))
    assert some.word == claims.FAILS and "no warm-up 90 for 90" in some.reason


def test_each_network_is_taken_at_its_own_best_rate() -> None:
    rate, shares = transformer_parts.best(parts(0.1, ()), "post-norm")
    assert rate == 0.001 and shares.mean() == pytest.approx(0.9)


@pytest.mark.parametrize("kind", ["whole", "no residuals", "no normalisation", "post-norm"])
def test_a_stack_lacks_what_its_name_says_and_nothing_else(kind: str) -> None:
    torch.manual_seed(0)
    model = transformer_parts.stack(kind, 9, 8, 2, 2, 12).double().eval()
    x = torch.randn(2, 3, 8, dtype=torch.float64)
    block = model.encoder.blocks[0]
    found, _ = block(x)

    def norm(z: torch.Tensor) -> torch.Tensor:
        return z if kind == "no normalisation" else F.layer_norm(z, (8,))

    stays = 0 if kind == "no residuals" else 1
    if kind == "post-norm":
        x = norm(x + block.attention(x, x)[0])
        wanted = norm(x + block.feed_forward(x))
    else:
        x = stays * x + block.attention(norm(x), norm(x))[0]
        wanted = stays * x + block.feed_forward(norm(x))
    torch.testing.assert_close(found, wanted)
    last = isinstance(model.decoder.norm, torch.nn.Identity)
    assert last is (kind == "no normalisation")


def test_links_follow_the_largest_weight_of_the_step_asked_for() -> None:
    weights = np.array([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.0, 0.1, 0.9]])  # T = 2 words and </s>
    assert cross_attention.links(weights, 0) == {(0, 0), (1, 1)}
    assert cross_attention.links(weights, 1) == {(1, 0), (2, 1)}


@pytest.mark.parametrize(
    "sizes", [{"H": 8}, {"d_model": 8, "heads": 2, "layers": 3, "d_ff": 8, "positions": "within"}]
)
def test_weights_for_alignment_are_those_of_the_sentence_alone(sizes: dict) -> None:
    torch.manual_seed(0)
    model = positions.translator(12, 11, sizes)
    kind = seq2seq.Seq2Seq if "H" in sizes else transformer.Transformer
    assert isinstance(model, kind)
    sources, targets = [[4, 5, 6], [7]], [[5, 6], [7, 8, 9, 4]]
    together = cross_attention.cross_weights(model, sources, targets)
    for row in range(2):
        [alone] = cross_attention.cross_weights(
            model, sources[row : row + 1], targets[row : row + 1]
        )
        np.testing.assert_allclose(together[row], alone, rtol=1e-4, atol=1e-6)
        layers, heads = (1, 1) if "H" in sizes else (3, 2)
        assert alone.shape == (layers, heads, len(targets[row]) + 1, len(sources[row]))
        np.testing.assert_allclose(alone.sum(axis=-1), 1, rtol=1e-5)
