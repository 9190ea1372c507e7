"""The asset checks: blocking, per batch, asked of the database after the commit."""

from collections.abc import Iterator
from typing import Final

import dagster as dg

from pewstats_assets.partitions import match_batches
from pewstats_assets.resources import WarehouseResource
from pewstats_assets.retries import retry_database_errors
from pewstats_assets.warehouse.integrity import RULES, Finding, Rule, judge

CHECKED_ASSET: Final = dg.AssetKey("fight_participants")


@dg.multi_asset_check(
    specs=[
        dg.AssetCheckSpec(
            rule.name, asset=CHECKED_ASSET, description=rule.description, blocking=True, partitions_def=match_batches
        )
        for rule in RULES
    ],
    description="What must hold between the fights and the participants of every batch.",
)
def fight_integrity(
    context: dg.AssetCheckExecutionContext, warehouse: WarehouseResource
) -> Iterator[dg.AssetCheckResult]:
    """Look for what breaks a rule, batch by batch.

    A result is recorded for the run's batch. A run of a backfill is one of a range of batches, even if there is one in
    it, and for a range Dagster records a result for no batch, which leaves its checks planned for ever: there each
    batch gets an evaluation of its own, and the result says whether all of them passed.
    """
    batches = context.op_execution_context.partition_keys
    is_range = not context.op_execution_context.has_partition_key
    with retry_database_errors(), warehouse.connect() as connection:
        judged = [(rule, {batch: judge(connection, rule, batch) for batch in batches}) for rule in RULES]
    for rule, findings in judged:
        if is_range:
            for batch, finding in findings.items():
                # Dagster's annotation leaves check evaluations out, its code does not.
                context.op_execution_context.log_event(_evaluation(rule, batch, finding))  # type: ignore[arg-type]
        yield _result(rule, findings)


def _evaluation(rule: Rule, batch: str, finding: Finding) -> dg.AssetCheckEvaluation:
    return dg.AssetCheckEvaluation(
        asset_key=CHECKED_ASSET,
        check_name=rule.name,
        passed=finding.passed,
        metadata=_metadata({batch: finding}),
        description=_summary({batch: finding}),
        blocking=True,
        partition=batch,
    )


def _result(rule: Rule, findings: dict[str, Finding]) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=CHECKED_ASSET,
        check_name=rule.name,
        passed=all(finding.passed for finding in findings.values()),
        metadata=_metadata(findings),
        description=_summary(findings),
    )


def _summary(findings: dict[str, Finding]) -> str:
    failed = {batch: finding.violations for batch, finding in findings.items() if not finding.passed}
    if not failed:
        return f"Holds in {', '.join(findings)}."
    return f"Broken by {'; '.join(f'{violations} rows of {batch}' for batch, violations in failed.items())}."


def _metadata(findings: dict[str, Finding]) -> dict[str, dg.MetadataValue]:
    return {
        "violations": dg.MetadataValue.int(sum(finding.violations for finding in findings.values())),
        "example_ids": dg.MetadataValue.json([no for finding in findings.values() for no in finding.examples]),
    }
