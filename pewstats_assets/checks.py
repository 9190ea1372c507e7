"""The asset checks: the catalogue of rules, asked of the database after the commit."""

import logging
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final

import dagster as dg

from pewstats_assets.partitions import match_batches
from pewstats_assets.resources import WarehouseResource
from pewstats_assets.retries import in_warehouse
from pewstats_assets.settings import Settings
from pewstats_assets.warehouse.integrity import RULES, Finding, Rule, judge, together


def evaluate(
    log: logging.Logger, warehouse: WarehouseResource, checks: Collection[dg.AssetCheckKey], batch: str
) -> Iterator[dg.AssetCheckEvaluation]:
    """Judge a batch by those of its rules that the run has selected.

    Evaluations rather than check results: in a run of several batches Dagster would record a result for none of them,
    which leaves their checks planned for ever.
    """
    for rule, findings in _judge(log, warehouse, [rule for rule in _BATCH_RULES if _key(rule) in checks], [batch]):
        for finding in findings:
            yield _evaluation(rule, finding)


def _judge(
    log: logging.Logger, warehouse: WarehouseResource, rules: Sequence[Rule], batches: Sequence[str]
) -> Iterable[tuple[Rule, list[Finding]]]:
    settings = Settings.from_environment()
    return in_warehouse(log, warehouse, lambda connection: judge(connection, rules, batches, settings)).items()


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


_BATCH_RULES: Final = [rule for rule in RULES if rule.per_batch]
_TABLE_RULES: Final = [rule for rule in RULES if not rule.per_batch]

#: What must hold for every batch: for fights and participants before profiles are made of them, then for the profiles.
BATCH_CHECK_SPECS: Final = [_spec(rule) for rule in _BATCH_RULES]


@dg.multi_asset_check(specs=[_spec(rule) for rule in _TABLE_RULES], can_subset=True)
def table_integrity(
    context: dg.AssetCheckExecutionContext, warehouse: WarehouseResource
) -> Iterator[dg.AssetCheckResult]:
    """What must hold in the whole tables, whatever the batch."""
    rules = [rule for rule in _TABLE_RULES if _key(rule) in context.selected_asset_check_keys]
    for rule, findings in _judge(context.log, warehouse, rules, []):
        yield _result(rule, findings)
