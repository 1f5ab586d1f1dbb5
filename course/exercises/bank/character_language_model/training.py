"""Exercise 4.7: build the training step.

The check gives a small network in float64, plain gradient descent, and several batches in a row;
it looks at the losses, at the state, and at the weights that the steps leave.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course.exercises.bank import CodeExercise, Mistake, Probe, register
from course.exercises.bank.character_language_model.common import Array

Step = Callable[..., Any]


def training_step(model: Any, optimiser: Any, ids: Any, targets: Any, state: Any) -> Any:
    """Forwards, loss, backwards, step."""
    import torch

    y, state = model(ids, state)
    loss = torch.nn.functional.cross_entropy(y.flatten(0, 1), targets.flatten())
    optimiser.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimiser.step()
    return loss.item(), state.detach()


def _network(weights: dict[str, Array]) -> Any:
    """The lesson's network with these weights."""
    import torch

    V, D = weights["embedding.weight"].shape
    H = weights["layer.weight_hh_l0"].shape[1]

    class Network(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embedding = torch.nn.Embedding(V, D)
            self.layer = torch.nn.RNN(D, H, batch_first=True)
            self.output = torch.nn.Linear(H, V)

        def forward(self, ids: Any, state: Any = None) -> Any:
            h, state = self.layer(self.embedding(ids), state)
            return self.output(h), state

    model = Network().double()
    model.load_state_dict({name: torch.tensor(value) for name, value in weights.items()})
    return model


def _trouble(loss: Any, state: Any) -> str:
    """Say what is wrong with the kinds of the two results, or nothing."""
    import torch

    histories = [isinstance(r, torch.Tensor) and r.requires_grad for r in (loss, state)]
    if all(histories):
        return "Both results still lead back to the steps before: the loss and the state."
    if histories[1]:
        return "The state that you return still leads back to the steps before: detach it."
    if histories[0]:
        return "The loss that you return is still a tensor with its history: use `loss.item()`."
    if isinstance(loss, torch.Tensor) and loss.numel() == 1:
        loss = loss.item()
    if not isinstance(loss, int | float | np.number):
        return "Your first result is not one number, the loss."
    if state is None:
        return "Your second result is None, the state that was given to your step."
    return "" if isinstance(state, torch.Tensor) else "Your second result is not a tensor."


def _train(answer: Step, text: Array, weights: dict[str, Array], rate: float) -> Any:
    """Call a step for each batch of `text` (K, B, T + 1); give losses, state and weights."""
    import torch

    model = _network(weights)
    optimiser = torch.optim.SGD(model.parameters(), lr=rate)
    state: Any = None
    losses = []
    for batch in torch.tensor(text):
        result = answer(model, optimiser, batch[:, :-1], batch[:, 1:], state)
        if result is None:
            return "Your step returns nothing: does it lack its `return` line?"
        if not isinstance(result, tuple | list):
            return "Your step returns one thing. Return two: the loss, then the state."
        if len(result) != 2:
            return f"Your step returns {len(result)} things. Return two: the loss, then the state."
        loss, state = result
        trouble = _trouble(loss, state)
        if trouble:
            return trouble
        losses.append(float(loss))
    moved = torch.cat([weight.detach().flatten() for weight in model.parameters()])
    return np.array(losses), state.numpy(), moved.numpy()


def _probes(rng: np.random.Generator) -> list[Probe]:
    """Batches in a row, all sizes different; some gradients are clipped, others are not."""
    probes = []
    for K, B, T, V, D, H, scale, label in (
        (3, 2, 3, 4, 3, 2, 0.5, "three small batches"),
        (2, 3, 1, 5, 2, 4, 0.5, "T = 1"),
        (4, 1, 4, 3, 4, 3, 0.5, "B = 1"),
        (2, 2, 3, 3, 4, 2, 0.5, "T = V"),
        (3, 2, 5, 6, 3, 4, 20.0, "large gradients"),
    ):
        shapes = {
            "embedding.weight": (V, D),
            "layer.weight_ih_l0": (H, D),
            "layer.weight_hh_l0": (H, H),
            "layer.bias_ih_l0": (H,),
            "layer.bias_hh_l0": (H,),
            "output.weight": (V, H),
            "output.bias": (V,),
        }
        weights = {name: 0.5 * rng.normal(size=shape) for name, shape in shapes.items()}
        weights["output.weight"] = scale * rng.normal(size=(V, H))
        text = rng.integers(0, V, size=(K, B, T + 1))
        probes.append(Probe((text, weights, 0.5), label=label))
    return probes


def _by_hand(model: Any, optimiser: Any, ids: Any, targets: Any, state: Any) -> Any:
    """Without an optimiser's or a clip's help: gradients from `torch.autograd.grad`."""
    import torch

    y, state = model(ids, state)
    loss = -y.log_softmax(-1).gather(-1, targets[..., None]).mean()
    weights = list(model.parameters())
    gradients = torch.autograd.grad(loss, weights)
    length = torch.stack([g.norm() for g in gradients]).norm()
    rate = optimiser.param_groups[0]["lr"] * min(1.0, 1.0 / float(length + 1e-6))
    with torch.no_grad():
        for weight, g in zip(weights, gradients, strict=True):
            weight -= rate * g
    return loss.detach(), state.data


def _zero_last(model: Any, optimiser: Any, ids: Any, targets: Any, state: Any) -> Any:
    import torch

    y, state = model(ids, state)
    loss = torch.nn.functional.cross_entropy(y.transpose(1, 2), targets)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1)
    optimiser.step()
    model.zero_grad()
    return float(loss), state.detach()


def _with(
    scores: Callable[[Any], Any] = lambda y: y,
    reduction: str = "mean",
    order: str = "zero back clip step",
    read_state: bool = True,
    largest: float = 1.0,
    by_value: bool = False,
    copies: bool = False,
    last: bool = False,
    read: str = "ids",
    shifted: bool = False,
    read_again: str = "",
    given_back: Callable[[Any, Any, Any], Any] = lambda loss, new, old: (loss.item(), new.detach()),
) -> Step:
    """A step with the given parts, its last four lines in the given order."""

    def answer(model: Any, optimiser: Any, ids: Any, targets: Any, state: Any) -> Any:
        import torch

        clips = torch.nn.utils
        clip = clips.clip_grad_value_ if by_value else clips.clip_grad_norm_
        y, new = model(targets if read == "targets" else ids, state if read_state else None)
        wanted = ids if copies else targets
        if last:
            y, wanted = y[:, -1:], wanted[:, -1:]
        if shifted:
            y, wanted = y[:, :-1], wanted[:, 1:]
        loss = torch.nn.functional.cross_entropy(
            scores(y).flatten(0, 1), wanted.flatten(), reduction=reduction
        )
        lines: dict[str, Callable[[], Any]] = {
            "zero": optimiser.zero_grad,
            "back": loss.backward,
            "clip": lambda: clip(model.parameters(), largest),
            "step": optimiser.step,
        }
        for name in order.split():
            lines[name]()
        if read_again:
            y, later = model(ids, state)
            later_loss = torch.nn.functional.cross_entropy(y.flatten(0, 1), targets.flatten())
            new = later if "state" in read_again else new
            loss = later_loss if "loss" in read_again else loss
        return given_back(loss, new, state)

    return answer


def _by_loss(loss_of: Callable[[Any, Any], Any]) -> Step:
    """A step with another loss of the scores and the targets, as they are."""

    def answer(model: Any, optimiser: Any, ids: Any, targets: Any, state: Any) -> Any:
        import torch

        y, state = model(ids, state)
        loss = loss_of(y, targets)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        return loss.item(), state.detach()

    return answer


def _cross_entropy(y: Any, targets: Any) -> Any:
    import torch

    return torch.nn.functional.cross_entropy(y, targets)


def _not_unpacked(model: Any, optimiser: Any, ids: Any, targets: Any, state: Any) -> Any:
    return _cross_entropy(model(ids, state).flatten(0, 1), targets.flatten())


def _nothing_detached(model: Any, optimiser: Any, ids: Any, targets: Any, state: Any) -> Any:
    return model(ids, state.detach())


def _clips_the_optimiser(model: Any, optimiser: Any, ids: Any, targets: Any, state: Any) -> Any:
    return optimiser.parameters()


def _probabilities(y: Any) -> Any:
    return y.softmax(-1)


MISTAKES = [
    Mistake(
        "gradients_add_up",
        "The gradients of all steps so far add up: torch *adds* to what is there. Call "
        "`optimiser.zero_grad()` before `loss.backward()`.",
        _with(order="back clip step"),
    ),
    Mistake(
        "step_before_backward",
        "You take the step before `backward` has computed this batch's gradients.",
        _with(order="step zero back clip"),
    ),
    Mistake(
        "no_clip",
        "Gradients longer than 1 are not shortened. Clip those of `model.parameters()`, after "
        "`backward` has computed them and before the step uses them.",
        _with(order="zero back step"),
    ),
    Mistake(
        "clipped_by_value",
        "`clip_grad_value_` cuts each entry by itself and so turns the direction. "
        "`clip_grad_norm_` shortens all gradients together.",
        _with(by_value=True),
    ),
    Mistake(
        "clipped_elsewhere",
        "You clip to a length of 5. Here the greatest length is 1.",
        _with(largest=5.0),
    ),
    Mistake(
        "no_weight_moves",
        "No weight moves. Do you call `loss.backward()` and then `optimiser.step()`, and clear the "
        "gradients *before* `backward` rather than after it?",
        _with(order="zero back clip"),
    ),
    Mistake(
        "no_detach",
        "The state that you return still leads back through this step. The next `backward` would "
        "go through it again and fail. Return `state.detach()`.",
        _with(given_back=lambda loss, new, old: (loss.item(), new)),
    ),
    Mistake(
        "state_not_read",
        "You do not pass the state to the model, so its memory is empty at the start of every "
        "batch.",
        _with(read_state=False),
    ),
    Mistake(
        "zero_state_returned",
        "The state that you return is all zeros. Return the one that the model gave, detached.",
        _with(given_back=lambda loss, new, old: (loss.item(), new.detach() * 0)),
    ),
    Mistake(
        "loss_not_a_number",
        "The loss that you return is a tensor that still holds everything it was computed from. "
        "Return the number alone: `loss.item()`.",
        _with(given_back=lambda loss, new, old: (loss, new.detach())),
    ),
    Mistake(
        "neither_number_nor_detached",
        "Both results still hold everything they were computed from. Return `loss.item()` and "
        "`state.detach()`; otherwise the next `backward` goes through this step too, and fails.",
        _with(given_back=lambda loss, new, old: (loss, new)),
    ),
    Mistake(
        "old_state_returned",
        "You return the state that was passed in. Return the new one, which `model` gave, "
        "detached.",
        _with(given_back=lambda loss, new, old: (loss.item(), old)),
    ),
    Mistake(
        "state_after_the_step",
        "You run the model a second time, after the weights have moved, and return that state. "
        "Return the state of the first pass.",
        _with(read_again="state"),
    ),
    Mistake(
        "loss_after_the_step",
        "You return the loss after the step. Return the loss that `backward` was called on.",
        _with(read_again="loss"),
    ),
    Mistake(
        "all_after_the_step",
        "You run the model again after the step and return that loss and state. Return those of "
        "the first pass.",
        _with(read_again="loss and state"),
    ),
    Mistake(
        "three_things",
        "You return three things. Return two: the loss as a number, and the state, detached.",
        _with(given_back=lambda loss, new, old: (loss.item(), new.detach(), 0)),
    ),
    Mistake(
        "reads_the_targets",
        "The model reads the targets here, that is, the answers. It should read `ids`.",
        _with(read="targets"),
    ),
    Mistake(
        "shifted_again",
        "`targets` are shifted by one already: the target of position t is `targets[:, t]`. Do "
        "not shift them again.",
        _with(shifted=True),
    ),
    Mistake(
        "backward_twice",
        "You call `backward` twice. The first call has released what the second would need.",
        _with(order="zero back back clip step"),
    ),
    Mistake(
        "clipped_shorter",
        "You clip to a length of 0.1. Here the greatest length is 1.",
        _with(largest=0.1),
    ),
    Mistake(
        "loss_alone",
        "You return the loss alone. The next batch needs the state too: return both.",
        _with(given_back=lambda loss, new, old: loss.item()),
    ),
    Mistake(
        "nothing",
        "Your step returns nothing. Return the loss as a number, and the state, detached.",
        _with(given_back=lambda loss, new, old: None),
    ),
    Mistake(
        "turned_round",
        "You return the state first. Return the loss, then the state.",
        _with(given_back=lambda loss, new, old: (new.detach(), loss.item())),
    ),
    Mistake(
        "softmax_twice",
        "You apply softmax before torch's `cross_entropy`, which applies it itself: pass it the "
        "scores. Applied twice, it raises no error, but the network learns worse.",
        _with(scores=_probabilities),
    ),
    Mistake(
        "copies",
        "The loss asks for the characters that were just read. The targets are the ones that "
        "come next: `targets`.",
        _with(copies=True),
    ),
    Mistake(
        "sum",
        "You add up the losses of all positions. Take their mean, which is torch's default.",
        _with(reduction="sum"),
    ),
    Mistake(
        "last_alone",
        "You score the last position of each row only. Every position has a target.",
        _with(last=True),
    ),
    Mistake(
        "not_flattened",
        "Torch's `cross_entropy` wants one axis of positions: scores (B·T, V) and targets (B·T,). "
        "Join the first two axes: `y.flatten(0, 1)` and `targets.flatten()`.",
        _by_loss(_cross_entropy),
    ),
    Mistake(
        "targets_not_flattened",
        "The scores are flattened but the targets are not. Both need one axis of positions: "
        "`targets.flatten()` is (B·T,).",
        _by_loss(lambda y, targets: _cross_entropy(y.flatten(0, 1), targets)),
    ),
    Mistake(
        "flattened_to_numbers",
        "`y.flatten()` joins all three axes, so each score would count as a position. Join the "
        "first two alone: `y.flatten(0, 1)` is (B·T, V).",
        _by_loss(lambda y, targets: _cross_entropy(y.flatten(), targets.flatten())),
    ),
    Mistake(
        "flattened_across",
        "`y.flatten(1, 2)` joins time and scores. Join batch and time: `y.flatten(0, 1)` is "
        "(B·T, V).",
        _by_loss(lambda y, targets: _cross_entropy(y.flatten(1, 2), targets.flatten())),
    ),
    Mistake(
        "neither_cleared_nor_clipped",
        "Two parts are missing: clear the gradients before `backward`, and clip them after it.",
        _with(order="back step"),
    ),
    Mistake(
        "scores_transposed",
        "The scores are transposed before they are flattened, so scores and targets "
        "belong to different positions.",
        _by_loss(
            lambda y, targets: _cross_entropy(y.transpose(0, 1).flatten(0, 1), targets.flatten())
        ),
    ),
    Mistake(
        "reshaped_across",
        "Reshaped to (V, B·T) and transposed, the scores land at other positions. Join the first "
        "two axes: `y.flatten(0, 1)`.",
        _by_loss(
            lambda y, targets: _cross_entropy(y.reshape(y.shape[-1], -1).T, targets.flatten())
        ),
    ),
    Mistake(
        "arguments_swapped",
        "`cross_entropy` takes the scores first, as they are, then the targets.",
        _by_loss(lambda y, targets: _cross_entropy(targets.flatten(), y.flatten(0, 1))),
    ),
    Mistake(
        "targets_transposed",
        "The targets are transposed before they are flattened, so scores and targets belong to "
        "different positions. Flatten both in the order batch, time.",
        _by_loss(lambda y, targets: _cross_entropy(y.flatten(0, 1), targets.T.flatten())),
    ),
    Mistake(
        "softmax_over_time",
        "You apply softmax over time, and torch's `cross_entropy` applies its own. Pass it the "
        "scores as they are.",
        _by_loss(lambda y, targets: _cross_entropy(y.softmax(1).flatten(0, 1), targets.flatten())),
    ),
    Mistake(
        "not_unpacked",
        "`model(ids, state)` returns two things, the scores and the new state. Unpack both: "
        "`y, state = model(ids, state)`.",
        _not_unpacked,
    ),
    Mistake(
        "none_detached",
        "At the first step the state is None, which has no `detach`. Detach the new state where "
        "you return it.",
        _nothing_detached,
    ),
    Mistake(
        "optimiser_has_no_parameters",
        "The weights belong to the model: clip `model.parameters()`.",
        _clips_the_optimiser,
    ),
]

register(
    CodeExercise(
        name="character.training_step",
        title="Build the training step",
        points=4,
        package="training.training_step",
        reference=training_step,
        probes=_probes,
        call=_train,
        equivalents={"by hand": _by_hand, "cleared at the end": _zero_last},
        outputs=("losses", "state", "weights"),
        axes=("", "1BH", ""),
        mistakes=MISTAKES,
        hints=[
            "Forwards, loss, backwards, step: each comment is one line of code. The order of the "
            "four lines about gradients matters: clear, find, shorten, move.",
            "`y` is (B, T, V) and `targets` is (B, T). `cross_entropy` wants (B·T, V) and (B·T,): "
            "`y.flatten(0, 1)` and `targets.flatten()`.",
            "`model(ids, state)`; `cross_entropy`; `optimiser.zero_grad()`; `loss.backward()`; "
            "`clip_grad_norm_`; `optimiser.step()`; return the loss as a number and the state "
            "detached.",
            "`torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)`",
        ],
        solved="Almost every network of this course is trained by these lines. "
        "What differs is what the model reads and what it is asked for.",
    )
)
