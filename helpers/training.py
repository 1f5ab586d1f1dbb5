"""The steps that lesson 04 builds, and the training loop of whatever is trained for long.

`fit` trains the course's translators: seeds, device, gradient clipping, a progress bar with the
loss and the time left, the best weights kept, and a checkpoint from which an interrupted training
goes on as if nothing had happened.
"""

from __future__ import annotations

import copy
import math
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from tqdm import tqdm

Batch = tuple[Tensor, ...]
Loss = Callable[[Any, Batch], Tensor]


def set_seed(seed: int) -> None:
    """Seed Python's, NumPy's and torch's generators, on the CPU and on every GPU."""
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 - libraries that draw from the global state need it
    torch.manual_seed(seed)


def pick_device() -> torch.device:
    """Return the first CUDA device where there is one, the CPU otherwise.

    Apple's MPS is not chosen, because the course has not been tested on it; ``model.to("mps")``
    does it by hand, and `fit` moves the batches to where the model is.
    """
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def device_of(model: nn.Module) -> torch.device:
    """Return the device that holds the model's parameters."""
    return next(model.parameters()).device


def count_parameters(model: nn.Module) -> int:
    """Return the number of trainable numbers in the model; shared ones count once."""
    return sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)


# --- one step, as lesson 04 builds it ----------------------------------------------------------


def adam_step(w: Any, g: Any, m: Any, s: Any, step: int, rate: float) -> tuple[Any, Any, Any]:
    """Return a weight after one step of Adam, and the two running means (arrays of any one shape).

    `g` is the loss's gradient at the weight `w`, `m` and `s` the running means of g and g², zero at
    first; `step` counts from 1 (Kingma & Ba 2015, arXiv:1412.6980, where s is called v).
    """
    if step < 1:
        raise ValueError(f"adam_step: step is {step}; count from 1")
    m = 0.9 * m + 0.1 * g
    s = 0.999 * s + 0.001 * g**2
    m_hat = m / (1 - 0.9**step)
    s_hat = s / (1 - 0.999**step)
    w = w - rate * m_hat / (np.sqrt(s_hat) + 1e-8)
    return w, m, s


def training_step(
    model: Any, optimiser: torch.optim.Optimizer, ids: Tensor, targets: Tensor, state: Any = None
) -> tuple[float, Tensor]:
    """Take one step on a batch of text; return the loss before it and the state for the next batch.

    `model(ids, state)` gives scores (B, T, V) and the state after the last character; `ids` and
    `targets` are (B, T). The state keeps its numbers, but no gradient goes back through it.
    """
    y, state = model(ids, state)  # (B, T, V), (1, B, H)
    loss = torch.nn.functional.cross_entropy(y.flatten(0, 1), targets.flatten())
    optimiser.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimiser.step()
    return loss.item(), state.detach()


# --- a whole training --------------------------------------------------------------------------


def warm_up_then_decay(warm_up: float = 0.05, final: float = 0.01) -> Callable[[float], float]:
    """Return a schedule: linear rise over the first part, then half a cosine down to `final`.

    It maps the fraction of the training done, in [0, 1], to a factor on the learning rate.
    `warm_up` is the fraction of the training over which the rate rises, `final` the fraction of the
    rate that is left at the end (Loshchilov & Hutter 2017, arXiv:1608.03983).
    """

    def factor(done: float) -> float:
        if done < warm_up:
            return max(done / warm_up, 0.01)
        angle = math.pi * (done - warm_up) / (1 - warm_up)
        return final + (1 - final) * (1 + math.cos(angle)) / 2

    return factor


@dataclass
class History:
    """What happened in a training.

    For each step `losses` and `gradient_norms` (before clipping); for each epoch `validation`, what
    `validate` returned; `best_epoch`, counted from 0, whose weights the model holds at the end;
    `seconds` spent, validation included.
    """

    losses: list[float] = field(default_factory=list)
    gradient_norms: list[float] = field(default_factory=list)
    validation: list[float] = field(default_factory=list)
    best_epoch: int = -1
    seconds: float = 0.0


def fit(
    model: nn.Module,
    batches: Callable[[int], Sequence[Batch]],
    loss: Loss,
    *,
    epochs: int,
    learning_rate: float = 1e-3,
    schedule: Callable[[float], float] | None = None,
    clip: float | None = 1.0,
    validate: Callable[[Any], float] | None = None,
    checkpoint: str | Path | None = None,
    progress: bool = True,
) -> History:
    """Train a model with Adam, in place and where it is, and leave the best weights in it.

    Parameters
    ----------
    batches, loss : callables
        `batches(epoch)` gives the epoch's batches, each a tuple of tensors, and depends on nothing
        but the epoch's number. `loss(model, batch)` gives the mean loss of a batch, a tensor of
        shape ().
    epochs, learning_rate
        How often to go through the data, and Adam's step size before the schedule.
    schedule : callable, optional
        Maps the fraction of the training done to a factor on the learning rate.
    clip : float, optional
        Largest norm of the gradient; `None` leaves the gradient as it is.
    validate : callable, optional
        `validate(model)` after each epoch, in evaluation mode and without gradients; the lower the
        better. The weights of the best epoch are kept. Without it, those of the last.
    checkpoint : path, optional
        File in which the state is saved after each epoch. Where it exists, training goes on from
        it; with the same arguments it ends with the same weights as an undisturbed run.

    Raises
    ------
    FloatingPointError
        If the loss is no longer a finite number; the model then holds its best weights so far.
    """
    _check_epochs(epochs)
    adam = torch.optim.Adam(model.parameters(), lr=learning_rate, fused=True)
    history = History()
    best = copy.deepcopy(model.state_dict())
    first = 0
    if checkpoint is not None and Path(checkpoint).exists():
        first, history, best = _resume(Path(checkpoint), model, adam)
    device = device_of(model)
    bar: tqdm | None = None
    for epoch in range(first, epochs):
        started = time.perf_counter()
        epoch_batches = batches(epoch)
        _check_batches(epoch, epoch_batches)
        if bar is None and progress:
            bar = _progress_bar(len(epoch_batches), first, epochs)
        model.train()
        for index, batch in enumerate(epoch_batches):
            if schedule is not None:
                done = (epoch + index / len(epoch_batches)) / epochs
                adam.param_groups[0]["lr"] = learning_rate * schedule(done)
            try:
                value = _step(model, tuple(t.to(device) for t in batch), loss, adam, clip, history)
            except FloatingPointError as error:
                model.load_state_dict(best)
                raise FloatingPointError(
                    f"fit: the loss became {error} in epoch {epoch}, step {index}; lower the "
                    f"learning rate (now {learning_rate:g}) or clip (now {clip}). The model holds "
                    "the best weights before that."
                ) from None
            if bar is not None:
                bar.set_postfix_str(f"loss {value:.3f}", refresh=False)
                bar.update()
        _keep_best(model, validate, epoch, history, best)
        history.seconds += time.perf_counter() - started
        if checkpoint is not None:
            _save(Path(checkpoint), epoch + 1, model, adam, history, best)
    if bar is not None:
        bar.close()
    model.load_state_dict(best)
    model.eval()
    return history


def _check_epochs(epochs: int) -> None:
    if epochs < 1:
        raise ValueError(f"fit: epochs is {epochs}; give a whole number of at least 1")


def _check_batches(epoch: int, batches: Sequence[Batch]) -> None:
    if len(batches) == 0:
        raise ValueError(f"fit: epoch {epoch} has no batch; give at least one example")


def reseeded(
    batches: Callable[[int], Sequence[Batch]], seed: int
) -> Callable[[int], Sequence[Batch]]:
    """Let every epoch draw its dropout from a seed of its own, on the CPU and on every GPU.

    A checkpoint of `fit` holds the state of the CPU's generator, not of the GPU's, which dropout
    draws from there. With this around the batches an epoch's draws depend on its number alone. Pass
    the result to `fit` in place of `batches`; it sets the state of torch's generators.
    """

    def seeded(epoch: int) -> Sequence[Batch]:
        found = batches(epoch)
        # Two numbers become one that no other epoch of a nearby seed has.
        torch.manual_seed(int(np.random.SeedSequence([seed, epoch]).generate_state(1)[0]))
        return found

    return seeded


def _progress_bar(steps: int, first: int, epochs: int) -> tqdm:
    # Plain text, on standard output: a saved widget is dead on GitHub, and red in a lesson.
    return tqdm(
        total=steps * epochs,
        initial=steps * first,
        desc="training",
        unit="step",
        file=sys.stdout,
        mininterval=1.0,
        ncols=90,
    )


def _step(
    model: nn.Module,
    batch: Batch,
    loss: Loss,
    optimiser: torch.optim.Optimizer,
    clip: float | None,
    history: History,
) -> float:
    """Make one step of gradient descent and return the loss before it."""
    optimiser.zero_grad(set_to_none=True)
    value = loss(model, batch)
    if value.shape != () or not value.requires_grad:
        raise ValueError(
            f"fit: the loss has shape {tuple(value.shape)} and "
            f"{'depends' if value.requires_grad else 'does not depend'} on the model's parameters; "
            "return one number computed from the model, for instance a mean cross-entropy"
        )
    number = value.item()
    if not math.isfinite(number):
        raise FloatingPointError(str(number))
    value.backward()
    norm = nn.utils.clip_grad_norm_(model.parameters(), math.inf if clip is None else clip)
    if not math.isfinite(float(norm)):
        raise FloatingPointError(f"{number:g} with a gradient of norm {float(norm)}")
    optimiser.step()
    history.losses.append(number)
    history.gradient_norms.append(float(norm))
    return number


def _keep_best(
    model: nn.Module,
    validate: Callable[[Any], float] | None,
    epoch: int,
    history: History,
    best: dict[str, Tensor],
) -> None:
    """Copy the weights into `best` if no epoch before was better."""
    if validate is not None:
        model.eval()
        with torch.no_grad():
            history.validation.append(float(validate(model)))
        if history.validation[-1] > min(history.validation):
            return
    history.best_epoch = epoch
    for name, tensor in model.state_dict().items():
        best[name].copy_(tensor)


def _save(
    path: Path,
    epochs_done: int,
    model: nn.Module,
    optimiser: torch.optim.Optimizer,
    history: History,
    best: dict[str, Tensor],
) -> None:
    state = {
        "epochs_done": epochs_done,
        "model": model.state_dict(),
        "optimiser": optimiser.state_dict(),
        "history": vars(history),
        "best": best,
        "generator": torch.get_rng_state(),  # dropout draws from it
    }
    # Written beside and then moved: a training killed while saving keeps the file before.
    unfinished = path.with_name(path.name + ".part")
    torch.save(state, unfinished)
    unfinished.replace(path)


def _resume(
    path: Path, model: nn.Module, optimiser: torch.optim.Optimizer
) -> tuple[int, History, dict[str, Tensor]]:
    try:
        state = torch.load(path, map_location=device_of(model), weights_only=True)
        model.load_state_dict(state["model"])
        optimiser.load_state_dict(state["optimiser"])
    except Exception as error:
        raise ValueError(
            f"fit: {path} is not a checkpoint of this model ({error}); "
            "delete the file to start anew, or give another name"
        ) from None
    torch.set_rng_state(state["generator"].cpu())
    return state["epochs_done"], History(**state["history"]), state["best"]
