"""The ledger of claims: what textbooks say about sequence models, measured.

A claim is a sentence, an experiment that yields figures, and a rule that turns the figures of
several seeds into a verdict: *holds*, *holds within* a range that was tested, or *does not hold*.
There are two tiers:

- ``python -m course.claims --claim 10`` (``make claims CLAIM=10``) runs the full experiment with
  every seed and writes ``data/results/claim_10.json``;
- a lesson shows that record, with one further seed run live in its figure, and fails where that
  seed falls outside of what the record lets expect::

      from course import claims

      experiment = claims.experiment(11)
      experiment.figure(mine=experiment.live())
      experiment                               # what was done, and the verdict

To add a claim, write two functions in a module beside this one, and register them. The module has
the lesson's name without its number (``lstm.py``), or its subject's where a lesson has several
(``context_vector.py``)::

    from course.claims.ledger import FAILS, HOLDS, Claim, Verdict, figure, register

    def experiment_3(seed, lengths):                 # settings are keyword arguments
        ...
        return {figure("accuracy", model="LSTM", T=50): 0.93, ...}

    def rule_3(record):
        low = record.interval("accuracy", model="LSTM", T=50).low
        return Verdict(HOLDS if low > 0.9 else FAILS, f"…")

    register(Claim(number=3, statement="…", source="…", lesson="07_lstm", experiment=experiment_3,
                   settings={"lengths": [10, 50]}, live_settings={"lengths": [10]}, rule=rule_3))

Textbook claims have numbers. What the course itself promises, such as a network that adds numbers,
has a name instead: ``Claim(number="addition", …)`` is recorded in ``data/results/addition.json``
and measured by ``make claims CLAIM=addition``.

Then run it and commit the record. torch is imported inside the experiments that need it. A record
carries a fingerprint of the code that the experiment runs (`course.claims.fingerprints`) and hashes
of the data files that it reads, and a test fails when one of them has changed since.

How settings were chosen is declared as `Grid`s, which ``make claims ARGS=--tune`` runs on seeds
that the verdict does not use. Before a record is final, somebody who did not write the experiment
tries to overturn its verdict. What they would change is declared as `Trial`s; ``make claims
ARGS=--challenges`` runs them and enters in the record what came out, and whether the verdict stood.
"""

from __future__ import annotations

import importlib
import pkgutil

from course.claims.commands import main
from course.claims.fingerprints import fingerprint
from course.claims.in_lessons import Experiment, experiment, picture
from course.claims.ledger import (
    FAILS,
    HOLDS,
    HOLDS_WITHIN,
    LEDGER,
    Challenge,
    Claim,
    Figures,
    Interval,
    Record,
    Verdict,
    difference,
    figure,
    get,
    is_clock,
    ordered,
    register,
)
from course.claims.measure import live, run
from course.claims.records import (
    RESULTS,
    Agreement,
    agrees,
    listing,
    record,
    record_path,
    stale,
    verdict,
)
from course.claims.trials import Grid, Trial, Tuned, changed, tuning
from helpers.metrics import student_quantile

__all__ = [
    "FAILS",
    "HOLDS",
    "HOLDS_WITHIN",
    "LEDGER",
    "RESULTS",
    "Agreement",
    "Challenge",
    "Claim",
    "Experiment",
    "Figures",
    "Grid",
    "Interval",
    "Record",
    "Trial",
    "Tuned",
    "Verdict",
    "agrees",
    "changed",
    "difference",
    "experiment",
    "figure",
    "fingerprint",
    "get",
    "is_clock",
    "listing",
    "live",
    "main",
    "ordered",
    "picture",
    "record",
    "record_path",
    "register",
    "run",
    "stale",
    "student_quantile",
    "tuning",
    "verdict",
]

# Each lesson's claims enter the ledger.
for _module in pkgutil.iter_modules(__path__):
    if _module.name != "__main__":
        importlib.import_module(f"course.claims.{_module.name}")
