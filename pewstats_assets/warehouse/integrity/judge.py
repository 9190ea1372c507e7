"""Looks in the database for what breaks a rule, with one query for many batches."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import psycopg
from psycopg import sql

from pewstats_assets.settings import Settings
from pewstats_assets.warehouse.bulk import ONLY_HASH_JOINS
from pewstats_assets.warehouse.integrity.rules import Rule

MAX_SAMPLES: Final = 10
#: As many as PostgreSQL sorts and hashes in its default memory: more take longer each.
_BATCHES_PER_QUERY: Final = 10


@dataclass(frozen=True, slots=True)
class Finding:
    """What breaks a rule in a batch.

    Attributes:
        batch: None for the whole tables.
        violations: number of rows that break the rule.
        samples: the first of them, as JSON values by column. Names in them were chosen by players.
    """

    batch: str | None
    violations: int
    samples: list[dict[str, Any]]

    @property
    def passed(self) -> bool:
        """Whether the rule holds."""
        return self.violations == 0


#: Doubles summed in another order differ by some 1e-16 of their magnitude per addition. This leaves room for a million
#: additions, and is far below the damage of one hit in any total.
_ROUNDING: Final = Decimal("1e-9")
_FINDINGS: Final = sql.SQL("""
WITH violations AS ({violations}), numbered AS (
    SELECT {batch} AS batch, row_number() OVER (PARTITION BY {batch} ORDER BY v) AS number, v AS violation
    FROM violations v
)
SELECT batch, count(*), json_agg(to_json(violation) ORDER BY number) FILTER (WHERE number <= {samples})
FROM numbered
GROUP BY batch
""")


def judge(
    connection: psycopg.Connection, rules: Iterable[Rule], batches: Sequence[str], settings: Settings
) -> dict[Rule, list[Finding]]:
    """Look in the database whether rules are kept.

    Args:
        connection: to the warehouse; nothing is changed.
        rules: what must hold.
        batches: the batches that rules about batches are asked of.
        settings: say what is usual.

    Returns:
        For each rule a finding per batch, in the order given, or one of the whole tables.
    """
    least_fights, most_fights = settings.fights_per_match
    least_participants, most_participants = settings.participants_per_fight
    constants = {
        "rounding": _ROUNDING,
        "least_fights": least_fights,
        "most_fights": most_fights,
        "least_participants": least_participants,
        "most_participants": most_participants,
    }
    findings: dict[Rule, list[Finding]] = {}
    with connection.transaction():
        for setting in ONLY_HASH_JOINS:
            connection.execute(setting)
        for rule in rules:
            query = _FINDINGS.format(
                violations=sql.SQL(rule.violations),
                batch=sql.SQL("v.batch" if rule.per_batch else "NULL::text"),
                samples=sql.Literal(MAX_SAMPLES),
            )
            broken: dict[str | None, Finding] = {}
            for start in range(0, len(batches), _BATCHES_PER_QUERY) if rule.per_batch else [0]:
                parameters = {"batches": list(batches[start : start + _BATCHES_PER_QUERY]), **constants}
                broken |= {row[0]: Finding(*row) for row in connection.execute(query, parameters)}
            asked = batches if rule.per_batch else [None]
            findings[rule] = [broken.get(batch, Finding(batch, 0, [])) for batch in asked]
    return findings


def together(findings: Sequence[Finding]) -> Finding:
    """Take the findings of a rule as one: all violations, the first samples, no batch."""
    samples = [sample for finding in findings for sample in finding.samples]
    return Finding(None, sum(finding.violations for finding in findings), samples[:MAX_SAMPLES])
