"""What Dagster loads, as the UI shows it: nothing without a description, and nobody has to ask whose it is."""

import subprocess
import sys
from typing import Any

from pewstats_assets.definitions import defs
from pewstats_assets.labels import GROUP, OWNERS
from pewstats_assets.warehouse.integrity import RULES

REPOSITORY = defs.get_repository_def()
#: Dagster's own job, behind everything that is materialized without a job.
IMPLICIT_JOB = "__ASSET_JOB"
JOBS = [job for job in REPOSITORY.get_all_jobs() if not job.name.startswith(IMPLICIT_JOB)]


def is_sentence(text: str | None) -> bool:
    return bool(text) and str(text).strip().endswith(".")


def test_every_asset_says_what_it_is_whose_it_is_and_what_is_in_its_columns() -> None:
    specs = defs.resolve_all_asset_specs()
    assert {spec.key.to_user_string() for spec in specs} == {
        "telemetry", "team_fights", "fight_participants", "player_profiles", "player_populations", "warehouse",
    }  # fmt: skip
    for spec in specs:
        assert is_sentence(spec.description), spec.key
        assert spec.group_name == GROUP
        assert tuple(spec.owners) == OWNERS
        assert spec.kinds
        assert spec.tags.keys() & {"personal-data", "ruleset"}
        schema = spec.metadata["dagster/column_schema"].value
        assert all(is_sentence(column.description) for column in schema.columns)


def test_every_check_says_what_must_hold() -> None:
    checks = defs.resolve_asset_graph().asset_check_keys
    assert {key.name for key in checks} == {rule.name for rule in RULES}
    for key in checks:
        assert is_sentence(defs.resolve_asset_graph().get(key).description), key


def test_every_job_and_what_starts_it_says_what_it_does() -> None:
    assert {job.name for job in JOBS} == {
        "load_match_batches", "compare_players", "check_match_batches", "check_whole_tables",
    }  # fmt: skip
    definitions: list[Any] = [*JOBS, *REPOSITORY.sensor_defs, *REPOSITORY.schedule_defs]
    for one in definitions:
        assert is_sentence(one.description), one.name
        assert tuple(one.owners) == OWNERS, one.name


def test_every_op_and_resource_says_what_it_is() -> None:
    for op in {node.definition for job in JOBS for node in job.nodes}:
        assert is_sentence(op.description), op.name
    resources = REPOSITORY.get_top_level_resources()
    assert resources.keys() == {"warehouse", "telemetry_store"}
    for name, resource in resources.items():
        assert is_sentence(resource.description), name


def test_schedules_are_in_utc() -> None:
    assert {schedule.name: schedule.execution_timezone for schedule in REPOSITORY.schedule_defs} == {
        "compare_players_daily": "UTC",
        "check_whole_tables_daily": "UTC",
    }


def test_what_is_loaded_needs_no_statistics() -> None:
    """SciPy takes longer to import than most commands run: only comparing players and showing one need it."""
    code = "import sys, pewstats_assets.definitions, pewstats_assets.cli; assert 'scipy' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
