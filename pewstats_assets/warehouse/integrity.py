"""What must hold between fights and participants of a batch: one rule a row, with the SQL that finds what breaks it."""

from dataclasses import dataclass
from typing import Final, LiteralString

import psycopg
from psycopg import sql

MAX_EXAMPLES: Final = 5


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that every batch must keep.

    Attributes:
        name: what must hold.
        description: the same in a sentence, with what to do.
        violations: SQL of the ids that break it, given `%(batch)s`.
    """

    name: str
    description: str
    violations: LiteralString


@dataclass(frozen=True, slots=True)
class Finding:
    """How many rows of a batch break a rule, and the first few ids."""

    violations: int
    examples: list[int]

    @property
    def passed(self) -> bool:
        """Whether the rule holds."""
        return self.violations == 0


_REPAIR: Final = "Repair: materialize the batch again."
RULES: Final = (
    Rule(
        "fight_id_is_not_null",
        f"Every participant has a fight_id. {_REPAIR}",
        "SELECT id FROM fight_participants WHERE batch = %(batch)s AND fight_id IS NULL",
    ),
    Rule(
        "every_fight_id_has_a_fight",
        f"The fight_id of every participant is the id of a fight: no orphans. {_REPAIR}",
        """
        SELECT fp.id FROM fight_participants fp
        WHERE fp.batch = %(batch)s AND fp.fight_id IS NOT NULL
          AND NOT EXISTS (SELECT FROM team_fights tf WHERE tf.id = fp.fight_id)
        """,
    ),
    Rule(
        "every_fight_has_participants",
        f"No fight without participants. {_REPAIR}",
        """
        SELECT tf.id FROM team_fights tf
        WHERE tf.batch = %(batch)s AND NOT EXISTS (SELECT FROM fight_participants fp WHERE fp.fight_id = tf.id)
        """,
    ),
    Rule(
        "match_id_is_that_of_the_fight",
        f"A participant's match_id is that of its fight. {_REPAIR}",
        """
        SELECT fp.id FROM fight_participants fp JOIN team_fights tf ON tf.id = fp.fight_id
        WHERE fp.batch = %(batch)s AND fp.match_id IS DISTINCT FROM tf.match_id
        """,
    ),
)

_FINDING: Final = sql.SQL("""
WITH violations AS ({violations})
SELECT count(*), coalesce((array_agg(id ORDER BY id))[1:{limit}], '{{}}') FROM violations
""")


def judge(connection: psycopg.Connection, rule: Rule, batch: str) -> Finding:
    """Look in the database whether a batch keeps a rule."""
    query = _FINDING.format(violations=sql.SQL(rule.violations), limit=sql.Literal(MAX_EXAMPLES))
    violations, examples = connection.execute(query, {"batch": batch}).fetchone() or (0, [])
    return Finding(violations, examples)
