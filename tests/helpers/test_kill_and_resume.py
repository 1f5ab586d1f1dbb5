"""A translator's training, killed in the middle of an epoch, goes on as if nothing had happened.

The child process is killed by the system (SIGKILL; TerminateProcess on Windows), which it can
neither catch nor clean up after. The resumed training has to end with the same weights as an
undisturbed one, bit by bit: in float64, on one thread, on the CPU.
"""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import torch

from helpers import seq2seq, text, training
from helpers.corpora import korean_english

EPOCHS, STOPS_IN = 5, 3

CHILD = """
import sys, time
sys.path.insert(0, {tests!r})
import torch
torch.set_num_threads(1)
import test_kill_and_resume as here
from helpers import seq2seq, training

steps = 0

def loss(network, batch):
    global steps
    steps += 1
    if steps == {fatal}:
        print("in the middle", flush=True)
        time.sleep(600)
    return seq2seq.next_token_loss(network, batch)

here.train(here.model(), loss, {path!r})
"""


def sentences() -> tuple[list[list[int]], list[list[int]], tuple[int, int]]:
    pairs = [pair for pair in korean_english.load("train")[:400] if len(pair.english) < 7][:90]
    read = text.Vocabulary.from_sentences(pair.morphemes for pair in pairs)
    write = text.Vocabulary.from_sentences(pair.english for pair in pairs)
    return (
        [read.encode(pair.morphemes) for pair in pairs],
        [write.encode(pair.english) for pair in pairs],
        (len(read), len(write)),
    )


def model() -> torch.nn.Module:
    """Return a network with dropout, so that the state of the generator counts."""
    _, _, sizes = sentences()
    training.set_seed(3)
    encoder = seq2seq.Encoder(sizes[0], 8, 0.2)
    return seq2seq.Seq2Seq(encoder, seq2seq.AttentionDecoder(sizes[1], 8, 0.2)).double()


def train(network: torch.nn.Module, loss: Any, checkpoint: str | Path | None) -> training.History:
    sources, targets, _ = sentences()
    return training.fit(
        network,
        seq2seq.PairBatches(sources, targets, batch_size=16, seed=7),
        loss,
        epochs=EPOCHS,
        learning_rate=0.01,
        schedule=training.warm_up_then_decay(),
        validate=lambda current: -sum(float(p.abs().sum()) for p in current.parameters()),
        checkpoint=checkpoint,
        progress=False,
    )


def test_a_translator_killed_in_the_middle_of_an_epoch_ends_with_the_same_weights(tmp_path):
    torch.set_num_threads(1)
    sources, targets, _ = sentences()
    steps = len(seq2seq.PairBatches(sources, targets, batch_size=16, seed=7)(0))
    assert steps > 3
    path = tmp_path / "training.pt"
    code = textwrap.dedent(CHILD).format(
        tests=str(Path(__file__).parent), path=str(path), fatal=steps * STOPS_IN + 3
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline().strip() == "in the middle"
        child.kill()
    assert child.returncode not in (0, 1), "it has to die from the signal, not from an error"
    saved = torch.load(path, weights_only=True)
    assert saved["epochs_done"] == STOPS_IN  # the killed epoch counts for nothing
    assert list(tmp_path.iterdir()) == [path]

    undisturbed = model()
    whole = train(undisturbed, seq2seq.next_token_loss, None)
    resumed = model()
    training.set_seed(99)  # another process has another random state
    history = train(resumed, seq2seq.next_token_loss, path)
    for (name, mine), theirs in zip(
        resumed.state_dict().items(), undisturbed.state_dict().values(), strict=True
    ):
        assert torch.equal(mine, theirs), name
    assert history.losses == whole.losses and history.validation == whole.validation
    assert history.best_epoch == whole.best_epoch >= STOPS_IN  # trained after the kill
