"""The Celery application of a worker, by the instance's own configuration: `pewstats worker` starts it.

Nothing here imports the assets: a worker forks a process for its runs, and polars' threads would not be in it. That
process imports them with its first run, and keeps them.
"""

import multiprocessing
from typing import TYPE_CHECKING, Final, cast

import dagster as dg
from celery.signals import worker_process_init
from dagster_celery.tasks import create_execute_job_task, create_resume_job_task

if TYPE_CHECKING:
    from pewstats_assets.celery_launcher import WorkerRunLauncher

app: Final = cast("WorkerRunLauncher", dg.DagsterInstance.get().run_launcher).celery
create_execute_job_task(app)
create_resume_job_task(app)

#: What multiprocessing takes this process for.
_PROCESS: Final = multiprocessing.current_process()


def _let_runs_start_processes(**_: object) -> None:
    """Undo that Celery's own process object takes the place of multiprocessing's, which cannot start others with it.

    A run decodes in processes of its own, which end with the run's process, however that ends.
    """
    multiprocessing.process._current_process = _PROCESS  # type: ignore[attr-defined]  # noqa: SLF001 as Celery does


worker_process_init.connect(_let_runs_start_processes)
