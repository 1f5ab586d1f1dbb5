"""The training loop does what its documentation promises."""

import copy

import pytest
import torch
from torch import nn

from helpers import training


def line_model() -> nn.Linear:
    training.set_seed(0)
    return nn.Linear(3, 1, dtype=torch.float64)


def batches(epoch: int) -> list[tuple[torch.Tensor, ...]]:
    generator = torch.Generator().manual_seed(epoch)
    x = torch.randn(4, 8, 3, generator=generator, dtype=torch.float64)
    y = x @ torch.tensor([[1.0], [-2.0], [0.5]], dtype=torch.float64) + 3
    return list(zip(x, y, strict=True))


def squared_error(model: nn.Module, batch: tuple[torch.Tensor, ...]) -> torch.Tensor:
    x, y = batch
    return (model(x) - y).square().mean()


def test_fit_finds_the_weights_of_a_line():
    model = line_model()
    history = training.fit(
        model, batches, squared_error, epochs=150, learning_rate=0.05, progress=False
    )
    # The data hold no noise, so the weights that made them are the minimum itself.
    assert model.weight.detach().squeeze().tolist() == pytest.approx([1, -2, 0.5], abs=1e-3)
    assert len(history.losses) == len(history.gradient_norms) == 600
    assert not model.training


def test_fit_takes_the_same_steps_as_adam_written_out_by_hand():
    model, by_hand = line_model(), line_model()
    training.fit(model, batches, squared_error, epochs=3, clip=0.5, progress=False)
    first = [torch.zeros_like(p) for p in by_hand.parameters()]
    second = [torch.zeros_like(p) for p in by_hand.parameters()]
    step = 0
    for epoch in range(3):
        for batch in batches(epoch):
            step += 1
            gradients = torch.autograd.grad(
                squared_error(by_hand, batch), list(by_hand.parameters())
            )
            norm = torch.sqrt(sum(g.square().sum() for g in gradients))
            shrink = min(1.0, 0.5 / (float(norm) + 1e-6))
            with torch.no_grad():
                for p, g, m, v in zip(by_hand.parameters(), gradients, first, second, strict=True):
                    m.mul_(0.9).add_(0.1 * shrink * g)
                    v.mul_(0.999).add_(0.001 * (shrink * g).square())
                    p -= 1e-3 * (m / (1 - 0.9**step)) / ((v / (1 - 0.999**step)).sqrt() + 1e-8)
    for mine, theirs in zip(by_hand.parameters(), model.parameters(), strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-9, atol=1e-12)


def test_fit_keeps_the_weights_of_the_best_epoch():
    model = line_model()
    seen: list[dict[str, torch.Tensor]] = []
    scores = [3.0, 1.0, 2.0, 4.0]

    def validate(current: nn.Module) -> float:
        seen.append(copy.deepcopy(current.state_dict()))
        return scores[len(seen) - 1]

    history = training.fit(
        model, batches, squared_error, epochs=4, validate=validate, progress=False
    )
    assert history.best_epoch == 1 and history.validation == scores
    assert torch.equal(model.weight, seen[1]["weight"])
    assert not torch.equal(model.weight, seen[3]["weight"])


def test_fit_follows_the_schedule():
    rates = []

    def loss(model, batch):
        rates.append(len(rates))
        return squared_error(model, batch)

    # A factor of zero from the middle on: the weights of the middle are those of the end.
    half, whole = line_model(), line_model()
    training.fit(half, batches, loss, epochs=2, progress=False)
    training.fit(whole, batches, loss, epochs=4, schedule=lambda d: float(d < 0.5), progress=False)
    assert torch.equal(half.weight, whole.weight)


def test_warm_up_then_decay_rises_to_one_and_ends_low():
    factor = training.warm_up_then_decay(warm_up=0.25, final=0.1)
    assert factor(0.0) == pytest.approx(0.01)
    assert factor(0.125) == pytest.approx(0.5)
    assert factor(0.25) == pytest.approx(1.0)
    assert factor(0.625) == pytest.approx(0.55)  # halfway down the cosine: the mean of 1 and 0.1
    assert factor(1.0) == pytest.approx(0.1)


def test_gradients_are_recorded_before_clipping():
    history = training.fit(
        line_model(), batches, squared_error, epochs=1, clip=1e-3, progress=False
    )
    assert min(history.gradient_norms) > 1e-2


def test_no_batch_is_an_error_that_says_so():
    with pytest.raises(ValueError, match="epoch 0 has no batch"):
        training.fit(line_model(), lambda epoch: [], squared_error, epochs=1)


@pytest.mark.parametrize(
    ("loss", "message"),
    [
        (lambda model, batch: model(batch[0]), r"shape \(8, 1\)"),
        (lambda model, batch: torch.tensor(1.0), "does not depend"),
    ],
)
def test_a_loss_that_is_no_loss_is_named(loss, message):
    with pytest.raises(ValueError, match=message):
        training.fit(line_model(), batches, loss, epochs=1, progress=False)


def test_a_loss_that_is_no_number_stops_and_leaves_the_best_weights():
    model = line_model()
    best: list[torch.Tensor] = []

    def loss(current: nn.Module, batch: tuple[torch.Tensor, ...]) -> torch.Tensor:
        return squared_error(current, batch) * (torch.nan if best else 1.0)

    def validate(current: nn.Module) -> float:
        best.append(current.weight.detach().clone())
        return 0.0

    with pytest.raises(FloatingPointError, match="nan in epoch 1, step 0; lower the learning rate"):
        training.fit(model, batches, loss, epochs=3, validate=validate, progress=False)
    assert torch.equal(model.weight, best[0])


def dropout_model() -> nn.Sequential:
    training.set_seed(1)
    return nn.Sequential(nn.Linear(3, 16), nn.Dropout(0.5), nn.Tanh(), nn.Linear(16, 1)).double()


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_with_reseeded_batches_no_state_of_a_generator_is_needed_to_go_on(
    device, tmp_path, monkeypatch
):
    if device == "cuda" and not torch.cuda.is_available():
        pytest.skip("no GPU here")
    arguments = {"epochs": 4, "progress": False}
    seeded = training.reseeded(batches, seed=5)
    undisturbed = dropout_model().to(device)
    whole = training.fit(undisturbed, seeded, squared_error, **arguments)
    path = tmp_path / "training.pt"

    def until_stopped(epoch):
        if epoch == 2:
            raise KeyboardInterrupt
        return seeded(epoch)

    with pytest.raises(KeyboardInterrupt):
        training.fit(
            dropout_model().to(device), until_stopped, squared_error, checkpoint=path, **arguments
        )
    # What a GPU loses: the state of the generator that dropout draws from.
    monkeypatch.setattr(torch, "set_rng_state", lambda state: torch.manual_seed(123))
    model = dropout_model().to(device)
    resumed = training.fit(model, seeded, squared_error, checkpoint=path, **arguments)
    assert resumed.losses == whole.losses
    for mine, theirs in zip(model.parameters(), undisturbed.parameters(), strict=True):
        assert torch.equal(mine, theirs)


def test_reseeded_epochs_draw_differently_and_each_the_same_again():
    seeded, other = training.reseeded(batches, seed=5), training.reseeded(batches, seed=6)
    draws = []
    for one, epoch in ((seeded, 0), (seeded, 1), (other, 0), (other, 1), (seeded, 0)):
        assert torch.equal(one(epoch)[0][0], batches(epoch)[0][0])
        draws.append(torch.rand(1).item())
    assert draws[0] == draws[4] and len(set(draws)) == 4


def test_a_checkpoint_of_another_model_is_refused(tmp_path):
    path = tmp_path / "training.pt"
    training.fit(line_model(), batches, squared_error, epochs=1, checkpoint=path, progress=False)
    with pytest.raises(ValueError, match="not a checkpoint of this model"):
        training.fit(
            dropout_model(), batches, squared_error, epochs=1, checkpoint=path, progress=False
        )


def test_the_progress_bar_shows_loss_and_time_left(capsys):
    training.fit(line_model(), batches, squared_error, epochs=2)
    out, err = capsys.readouterr()
    assert "loss" in out and "8/8" in out and "<" in out and not err


def test_count_parameters_counts_shared_weights_once():
    layer = nn.Linear(3, 2)
    assert training.count_parameters(nn.ModuleList([layer, layer])) == 8
