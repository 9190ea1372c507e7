"""Runs on other machines: Dagster's Celery launcher, for workers that may be killed and may run old code.

`deploy/celery/dagster.yaml` names it. Celery is an extra (`pip install pewstats-assets[celery]`), so nothing else
imports this module. Not here: the worker's process (`celery_worker.py`), and what a run does.
"""

from typing import TYPE_CHECKING, Final

import dagster as dg
from dagster._core.launcher import CheckRunHealthResult, LaunchRunContext, WorkerStatus
from dagster_celery.launcher import CeleryRunLauncher
from dagster_celery.tags import DAGSTER_CELERY_TASK_ID_TAG

from pewstats_assets.code_version import CODE_VERSION, CODE_VERSION_TAG

if TYPE_CHECKING:
    from celery.result import AsyncResult

#: A worker answers at once, whatever its runs do: they are processes of their own.
ANSWER_TIMEOUT_S: Final = 5.0
_TRIES: Final = 3


class WorkerRunLauncher(CeleryRunLauncher):
    """Launches runs as Celery tasks; knows a run whose worker is gone, and tells workers which code they must have.

    Celery itself calls a task started for ever if the machine with its worker dies. Dagster's run monitoring asks for
    the health of every run, and retries those that are not healthy.
    """

    def launch_run(self, context: LaunchRunContext) -> None:
        """Launch a run, with the version of this process's code among its tags."""
        self._instance.add_run_tags(context.dagster_run.run_id, {CODE_VERSION_TAG: CODE_VERSION})
        super().launch_run(context)

    def terminate(self, run_id: str) -> bool:
        """Cancel a run; a worker that ends one without its being canceled has failed it, and it is launched again."""
        run = self._instance.get_run_by_id(run_id)
        if run is None or run.is_finished:
            return False
        self._instance.report_run_canceling(run)
        return super().terminate(run_id)

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """Say how the worker of a run that has started is: by the task's state, and by asking the worker itself."""
        health = super().check_run_worker_health(run)
        if health.status == WorkerStatus.SUCCESS:
            # Dagster looks at the run once more before it believes this: it may have ended a moment ago.
            return CheckRunHealthResult(WorkerStatus.FAILED, "The worker is done with the run, but the run is not.")
        if health.status == WorkerStatus.RUNNING:
            task: AsyncResult = self.celery.AsyncResult(run.tags[DAGSTER_CELERY_TASK_ID_TAG])
            worker = task.info["hostname"]
            if not self._is_at_work(worker, task.id):
                message = f"The Celery worker {worker} does not answer, or does not have the run any more."
                return CheckRunHealthResult(WorkerStatus.FAILED, message)
        return health

    def _is_at_work(self, worker: str, task_id: str) -> bool:
        asked = self.celery.control.inspect(destination=[worker], timeout=ANSWER_TIMEOUT_S)
        return any(task_id in (asked.query_task(task_id) or {}).get(worker, {}) for _ in range(_TRIES))
