"""The page `docs/integrity.md`, made of the catalogue: `python -m pewstats_assets.warehouse.integrity.page`."""

import sys
from collections.abc import Iterable
from itertools import groupby
from typing import Final

from pewstats_assets.warehouse.integrity.rules import RULES, Rule

_HEAD: Final = """\
# Integrity: what must hold, and how it is watched

<!-- Made of the catalogue of rules by `make docs`. Change pewstats_assets/warehouse/integrity instead. -->

Fights and participants are detected together, written in one transaction, and bound by the database's constraints.
The rules below are asked of what is in the database afterwards. A rule finds the rows that break it; it holds if there
are none. Each is an asset check in Dagster, and a line of `pewstats verify`.

* **Every run** of a batch, by itself or in a backfill, judges the rules about batches for each of its batches. A
  *blocking* rule that is broken fails the run, and no profiles are made of the batch; the others are only reported.
* **`pewstats verify [BATCH...]`** judges all rules without Dagster, by default for all batches, and shows up to ten
  rows that break one (`--json`: for programs). The exit code is 1 if a rule of severity ERROR is broken.
* **The schedule** of the job `check_whole_tables`, on by default, judges the rules about whole tables every day.
* **By itself**, the job `check_match_batches` judges the rules about batches for those that are chosen in the UI,
  without loading anything.

Every evaluation in Dagster says how many rows break the rule (`violations`), shows up to ten of them (`samples`), and
says how to repair it (`repair`). The bands of what is usual are settings: `PEWSTATS_FIGHTS_PER_MATCH`,
`PEWSTATS_PARTICIPANTS_PER_FIGHT`.
"""
_ALERTS: Final = """
## Alerts

Set `PEWSTATS_ALERT_URLS` to URLs of [apprise](https://github.com/caronc/apprise), separated by commas or spaces (a
comma inside a URL is `%2C`), and try them with `pewstats alerts test`: it says per receiver what happened, and exits
with 1 if one did not accept the message, or none is set. `PEWSTATS_ALERT_SEVERITY=ERROR` leaves out failed checks of
severity WARN. `PEWSTATS_UI_URL` is what links begin with.

The sensor `alerts` is on by default. It sends one message per failed check, batch and run, with the count, up to five
sample rows, the run's link, and how to repair it; one more when the check passes again; and one per run that failed for
another reason, with the first line of its error. More than 20 messages that wait come as digests.

Every receiver gets everything at least once, oldest first. Its place in Dagster's log moves only after it has accepted
a message, so one that was down gets everything afterwards, and holds up nobody. A crash may repeat a message. A URL
that takes the place of another goes on where that one was; one that is added starts with what is new; the very first
ones begin at the start of the log.

Player names, file names and error texts arrive as plain text: what a chat would obey is escaped as in JSON (`\\u0040`
for an at sign), and credentials in error texts are hidden.
"""


def page() -> str:
    """Write the page, in Markdown."""
    groups = groupby(RULES, key=lambda rule: (rule.asset, rule.per_batch))
    return (
        _HEAD + "".join(_section(asset, rules, per_batch=per_batch) for (asset, per_batch), rules in groups) + _ALERTS
    )


def _section(asset: str, rules: Iterable[Rule], *, per_batch: bool) -> str:
    rows = "".join(
        f"| `{rule.name}` | {rule.holds} | {rule.severity} | {'yes' if rule.blocking else 'no'} | {rule.repair} |\n"
        for rule in rules
    )
    about = "every batch" if per_batch else "the whole tables"
    return (
        f"\n## On `{asset}`, of {about}\n\n"
        f"| rule | what must hold | severity | blocking | repair |\n|---|---|---|---|---|\n{rows}"
    )


if __name__ == "__main__":
    sys.stdout.write(page())
