"""What lesson 13's page says, and the rules and experiments behind its claims."""

import dataclasses
import re

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from course import claims
from course.claims import transformer as measured
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
    assert shown("added: $x + y = (") == pytest.approx((x + y).tolist())
    assert f"its root: {x.std(correction=0):.0f}" in page


def changed(name: str, **figures: float) -> claims.Record:
    """The record of a claim with one figure for all seeds wherever its name begins so."""
    record = claims.record(name)
    values = {
        key: next(
            (
                [value + 1e-6 * i for i in range(len(old))]
                for start, value in figures.items()
                if key.startswith(start.replace("__", " ").replace("_is_", "="))
            ),
            old,
        )
        for key, old in record.figures.items()
    }
    return dataclasses.replace(record, figures=values)


def test_a_transformer_that_lags_fails_its_promise() -> None:
    worse = changed("transformer_translator", exact__run_is_full=0.7)
    assert measured.rule_translator(worse).word == claims.FAILS
    better = changed("transformer_translator", exact__run_is_full=0.999)
    assert measured.rule_translator(better).word == claims.HOLDS


def test_parts_that_make_no_difference_are_not_needed() -> None:
    assert measured.rule_parts(changed("transformer_parts", exact=0.5)).word == claims.FAILS


def test_parts_without_which_nothing_is_learnt_are_needed() -> None:
    record = claims.record("transformer_parts")
    figures = {
        name: [0.9 if name.endswith(("whole", "kind=post-norm")) else 0.01 for _ in values]
        for name, values in record.figures.items()
    }
    for values in figures.values():
        values[0] += 1e-3
    verdict = measured.rule_parts(dataclasses.replace(record, figures=figures))
    assert verdict.word == claims.HOLDS


@pytest.mark.parametrize("kind", ["whole", "no residuals", "no normalisation", "post-norm"])
def test_a_stack_lacks_what_its_name_says_and_nothing_else(kind: str) -> None:
    torch.manual_seed(0)
    model = measured.stack(kind, 9, 8, 2, 2, 12).double().eval()
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
    assert measured.links(weights, 0) == {(0, 0), (1, 1)}
    assert measured.links(weights, 1) == {(1, 0), (2, 1)}


@pytest.mark.parametrize("run", ["attention", "full"])
def test_weights_for_alignment_are_those_of_the_sentence_alone(run: str) -> None:
    torch.manual_seed(0)
    sizes = {"H": 8, "dropout": 0.0, "d_model": 8, "heads": 2, "layers": 3, "d_ff": 8}
    model = measured.translator(run, 12, 11, sizes)
    kind = seq2seq.Seq2Seq if run == "attention" else transformer.Transformer
    assert isinstance(model, kind)
    sources, targets = [[4, 5, 6], [7]], [[5, 6], [7, 8, 9, 4]]
    together = measured.cross_weights(model, sources, targets)
    for row in range(2):
        [alone] = measured.cross_weights(model, sources[row : row + 1], targets[row : row + 1])
        np.testing.assert_allclose(together[row], alone, rtol=1e-4, atol=1e-6)
        layers, heads = (1, 1) if run == "attention" else (3, 2)
        assert alone.shape == (layers, heads, len(targets[row]) + 1, len(sources[row]))
        np.testing.assert_allclose(alone.sum(axis=-1), 1, rtol=1e-5)
