"""A folder that is watched, and the daemon that ticks."""

from pathlib import Path

import dagster as dg
import pytest

from pewstats_assets.settings import Settings
from pewstats_assets.telemetry import arrivals
from pewstats_assets_tests.sensors.ticking import Daemon


@pytest.fixture
def folder(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that is watched, in batches of three matches; files need not settle."""
    del settings  # for its environment
    folder = tmp_path / "telemetry"
    folder.mkdir()
    monkeypatch.setenv("PEWSTATS_TELEMETRY_FOLDER", str(folder))
    monkeypatch.setenv("PEWSTATS_BATCH_SIZE", "3")
    monkeypatch.setattr(arrivals, "SETTLE_S", 0.0)
    return folder


@pytest.fixture
def daemon(folder: Path, instance: dg.DagsterInstance) -> Daemon:
    del folder  # for its environment
    return Daemon(instance)
