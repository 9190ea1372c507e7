"""Starts `pewstats` as a person does: a process of its own, with a home of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

PEWSTATS = Path(sys.executable).with_name("pewstats")


class Pewstats:
    """Runs `pewstats` with a home of its own."""

    def __init__(self, home: Path, database_url: str | None = None) -> None:
        unset = (
            "DAGSTER_HOME", "PEWSTATS_DATABASE_URL", "PEWSTATS_DAGSTER_DATABASE_URL", "PEWSTATS_ALERT_URLS",
            "PEWSTATS_BROKER_URL", "PEWSTATS_TELEMETRY_FOLDER", "PEWSTATS_PARQUET", "PEWSTATS_BATCH_SIZE",
            "PEWSTATS_QUIET_SECONDS",
        )  # fmt: skip
        self.environment = {name: value for name, value in os.environ.items() if name not in unset}
        self.environment["PEWSTATS_HOME"] = str(home)
        if database_url is not None:
            self.environment["PEWSTATS_DATABASE_URL"] = database_url

    def start(
        self, *arguments: str, start_new_session: bool = False, output: IO[str] | int = subprocess.PIPE
    ) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [PEWSTATS, *arguments],
            stdout=output,
            stderr=output,
            text=True,
            env=self.environment,
            start_new_session=start_new_session,
        )

    def run(self, *arguments: str, exit_code: int = 0) -> tuple[str, str]:
        process = self.start(*arguments)
        out, err = process.communicate(timeout=300)
        assert process.returncode == exit_code, err
        assert "Traceback" not in err
        return out, err

    def json(self, *arguments: str) -> Any:
        return json.loads(self.run(*arguments, "--json")[0])


def is_alive(pid: int) -> bool:
    """Whether a process runs: one that has ended, but whose parent has not asked how, does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
