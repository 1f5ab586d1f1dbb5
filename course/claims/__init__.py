"""The ledger of claims: what textbooks say about sequence models, measured.

A claim is a sentence, an experiment that yields figures, and a rule that turns the figures of
several seeds into a verdict: *holds*, *holds within* a range that was tested, *holds if …* or *does
not hold*. There are two tiers:

- ``python -m course.claims --claim 10`` (``make claims CLAIM=10``) runs the full experiment with
  every seed and writes ``data/results/claim_10.json``;
- a lesson plots that record, runs one further seed live, and asserts that it falls where the record
  says it should::

      from course import claims

      record = claims.record(10)
      record.values("unexplained", inputs=1, gain=1, T=4)    # one value a seed
      live = claims.live(10, seed=1000)
      agreement = claims.agrees(10, live)
      assert agreement, agreement
      claims.verdict(10)

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

Before a record is final, somebody who did not write the experiment tries to overturn its verdict.
What they changed, what came out and whether the verdict stood is entered by hand in the record::

    "challenges": [{"what": "twice the training", "figures": {"accuracy": 0.9}, "stood": true}]
"""

from __future__ import annotations

import importlib
import pkgutil

from course.claims.fingerprints import fingerprint
from course.claims.ledger import (
    FAILS,
    HOLDS,
    HOLDS_IF,
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
    student_quantile,
)
from course.claims.measure import live, main, run
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

__all__ = [
    "FAILS",
    "HOLDS",
    "HOLDS_IF",
    "HOLDS_WITHIN",
    "LEDGER",
    "RESULTS",
    "Agreement",
    "Challenge",
    "Claim",
    "Figures",
    "Interval",
    "Record",
    "Verdict",
    "agrees",
    "difference",
    "figure",
    "fingerprint",
    "get",
    "is_clock",
    "listing",
    "live",
    "main",
    "ordered",
    "record",
    "record_path",
    "register",
    "run",
    "stale",
    "student_quantile",
    "verdict",
]

# Each lesson's claims enter the ledger.
for _module in pkgutil.iter_modules(__path__):
    if _module.name != "__main__":
        importlib.import_module(f"course.claims.{_module.name}")
