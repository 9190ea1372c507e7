"""`pewstats verify`: whether every rule of integrity holds."""

import sys
from collections.abc import Sequence
from typing import Any

import click

from pewstats_assets.cli.batches import connect, require_registered
from pewstats_assets.cli.terminal import json_option, progress_bar
from pewstats_assets.tables import print_table, to_json


@click.command()
@click.argument("batches", nargs=-1, metavar="[BATCH]...")
@json_option
def verify(batches: tuple[str, ...], *, as_json: bool) -> None:
    """Ask the warehouse whether every rule of integrity holds.

    The rules are those of Dagster's asset checks: about batches, of BATCH... or of all, and about whole tables. What
    breaks one is shown with up to 10 rows. A batch that the sensor is filling is judged only if it is named. The exit
    code is 1 if a rule of severity ERROR is broken.

    \b
    Examples:
      pewstats verify
      pewstats verify batch_00007 --json | jq '.[] | select(.passed | not)'
    """
    from pewstats_assets.warehouse.integrity import RULES, Severity, judge, together
    from pewstats_assets.warehouse.matches import batches as registered_batches
    from pewstats_assets.warehouse.matches import closed_batches

    settings, databases = connect()
    rows = []
    with databases.connect() as connection, progress_bar("Verifying") as progress:
        require_registered(batches, registered_batches(connection))
        closed = closed_batches(connection)
        for rule in progress.track(RULES):
            findings = judge(connection, [rule], batches or closed, settings)[rule]
            whole = together(findings)
            rows.append(
                {
                    "rule": rule.name,
                    "asset": rule.asset,
                    "severity": rule.severity.value,
                    "passed": whole.passed,
                    "violations": whole.violations,
                    "batches": [finding.batch for finding in findings if finding.batch and not finding.passed],
                    "holds": rule.holds,
                    "repair": rule.repair,
                    "samples": whole.samples,
                }
            )
    if as_json:
        click.echo(to_json(rows))
    else:
        _print_verdicts(rows)
    if any(not row["passed"] and row["severity"] == Severity.ERROR for row in rows):
        sys.exit(1)


def _print_verdicts(rows: Sequence[dict[str, Any]]) -> None:
    print_table(
        ["rule", "asset", "severity", "result", "violations", "batches"],
        [
            [
                *(row[name] for name in ("rule", "asset", "severity")),
                "passed" if row["passed"] else "FAILED",
                row["violations"],
                len(row["batches"]),
            ]
            for row in rows
        ],
    )
    for row in rows:
        if not row["passed"]:
            click.echo(f"{row['severity']} {row['rule']}: {row['violations']} rows break it. {row['holds']}")
            click.echo(row["repair"])
            print_table(list(row["samples"][0]), [list(sample.values()) for sample in row["samples"]])
