"""The asset checks: the catalogue of rules, asked of the database after the commit."""

from collections.abc import Iterator, Sequence
from typing import Final

import dagster as dg

from pewstats_assets.partitions import match_batches
from pewstats_assets.resources import WarehouseResource
from pewstats_assets.retries import retry_database_errors
from pewstats_assets.settings import Settings
from pewstats_assets.warehouse.integrity import RULES, Finding, Rule, judge, together


def _batch_checks(name: str, description: str, rules: Sequence[Rule]) -> dg.AssetChecksDefinition:
    """Make the asset checks of rules about batches, which are judged together, in one step, for the run's batches.

    A result is recorded for the run's batch. A run of a backfill is one of a range of batches, even if there is one in
    it, and for a range Dagster records a result for no batch, which leaves its checks planned for ever: there each
    batch gets an evaluation of its own, and the result says whether all of them passed.
    """

    @dg.multi_asset_check(name=name, description=description, specs=[_spec(rule) for rule in rules], can_subset=True)
    def check(context: dg.AssetCheckExecutionContext, warehouse: WarehouseResource) -> Iterator[dg.AssetCheckResult]:
        op_context = context.op_execution_context
        for rule, findings in _judge(context, warehouse, rules, op_context.partition_keys).items():
            if not op_context.has_partition_key:
                for finding in findings:
                    # Dagster's annotation leaves check evaluations out, its code does not.
                    op_context.log_event(_evaluation(rule, finding))  # type: ignore[arg-type]
            yield _result(rule, findings)

    return check


def _judge(
    context: dg.AssetCheckExecutionContext, warehouse: WarehouseResource, rules: Sequence[Rule], batches: Sequence[str]
) -> dict[Rule, list[Finding]]:
    """Judge by those of the rules that the run has selected."""
    selected = [rule for rule in rules if _key(rule) in context.selected_asset_check_keys]
    with retry_database_errors(), warehouse.connect() as connection:
        return judge(connection, selected, batches, Settings.from_environment())


def _key(rule: Rule) -> dg.AssetCheckKey:
    return dg.AssetCheckKey(dg.AssetKey(rule.asset), rule.name)


def _spec(rule: Rule) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        rule.name,
        asset=rule.asset,
        description=rule.holds,
        blocking=rule.blocking,
        partitions_def=match_batches if rule.per_batch else None,
    )


def _evaluation(rule: Rule, finding: Finding) -> dg.AssetCheckEvaluation:
    return dg.AssetCheckEvaluation(
        asset_key=dg.AssetKey(rule.asset),
        check_name=rule.name,
        passed=finding.passed,
        severity=dg.AssetCheckSeverity(rule.severity),
        metadata=_metadata(rule, finding),
        description=_summary(rule, [finding]),
        blocking=rule.blocking,
        partition=finding.batch,
    )


def _result(rule: Rule, findings: Sequence[Finding]) -> dg.AssetCheckResult:
    finding = together(findings)
    return dg.AssetCheckResult(
        asset_key=rule.asset,
        check_name=rule.name,
        passed=finding.passed,
        severity=dg.AssetCheckSeverity(rule.severity),
        metadata=_metadata(rule, finding),
        description=_summary(rule, findings),
    )


def _summary(rule: Rule, findings: Sequence[Finding]) -> str:
    broken = [f"{finding.violations} rows of {finding.batch or 'all'}" for finding in findings if not finding.passed]
    return f"Broken by {', '.join(broken)}. What must hold: {rule.holds}" if broken else f"Holds: {rule.holds}"


def _metadata(rule: Rule, finding: Finding) -> dict[str, dg.MetadataValue]:
    return {
        "violations": dg.MetadataValue.int(finding.violations),
        "samples": dg.MetadataValue.json(finding.samples),
        "repair": dg.MetadataValue.text(rule.repair),
    }


_TABLE_RULES: Final = [rule for rule in RULES if not rule.per_batch]

fight_integrity = _batch_checks(
    "fight_integrity",
    "What must hold for the fights and the participants of every batch, before profiles are made of them.",
    [rule for rule in RULES if rule.per_batch and rule.asset in {"team_fights", "fight_participants"}],
)
profile_integrity = _batch_checks(
    "profile_integrity",
    "What must hold between the profiles and the participants of every batch.",
    [rule for rule in RULES if rule.per_batch and rule.asset == "player_profiles"],
)


@dg.multi_asset_check(specs=[_spec(rule) for rule in _TABLE_RULES], can_subset=True)
def table_integrity(
    context: dg.AssetCheckExecutionContext, warehouse: WarehouseResource
) -> Iterator[dg.AssetCheckResult]:
    """What must hold in the whole tables, whatever the batch."""
    for rule, findings in _judge(context, warehouse, _TABLE_RULES, []).items():
        yield _result(rule, findings)


BATCH_CHECKS: Final = (fight_integrity, profile_integrity)
