"""`pewstats worker` where no worker can start; test_celery.py has those that do."""

from pathlib import Path

from pewstats_assets_tests.processes import Pewstats


def test_a_worker_without_a_broker_says_which_setting_is_missing(tmp_path: Path, database_url: str) -> None:
    pewstats = Pewstats(tmp_path / "home", database_url)
    assert "PEWSTATS_BROKER_URL is not set" in pewstats.run("worker", exit_code=1)[1]


def test_a_worker_of_an_instance_that_executes_runs_itself_says_what_to_copy(tmp_path: Path, database_url: str) -> None:
    pewstats = Pewstats(tmp_path / "home", database_url)
    pewstats.environment["PEWSTATS_BROKER_URL"] = "redis://:not-to-be-seen@127.0.0.1:1/0"
    said = pewstats.run("worker", exit_code=1)[1]
    assert f"copy deploy/celery/dagster.yaml to {tmp_path / 'home' / 'dagster'}." in said
    assert "not-to-be-seen" not in said
