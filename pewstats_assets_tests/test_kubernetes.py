"""The Kubernetes profile, as far as it can be tried without a cluster: Dagster takes it, and makes a Job of it.

The chart's own schema is not at hand. What it passes on to Dagster is, under the names of `dagster.yaml`.
"""

import re
from collections.abc import Mapping
from typing import Any

import dagster as dg
import pytest
import yaml
from dagster._config import validate_config
from dagster._core.instance.config import dagster_instance_config_schema
from dagster._core.run_coordinator import QueuedRunCoordinator
from dagster_k8s import K8sRunLauncher
from dagster_k8s.container_context import K8sContainerContext
from dagster_k8s.job import DagsterK8sJobConfig, construct_dagster_k8s_job
from kubernetes.client import ApiClient

from pewstats_assets.settings import Settings, variable
from pewstats_assets_tests.documentation import ROOT

FOLDER = ROOT / "deploy" / "kubernetes"
VALUES: Mapping[str, Any] = yaml.safe_load((FOLDER / "values.yaml").read_text(encoding="utf-8"))
CONTAINERFILE = (FOLDER / "Containerfile").read_text(encoding="utf-8")
(DEPLOYMENT,) = VALUES["dagster-user-deployments"]["deployments"]
#: What Kubernetes takes as it is.
RAW = {"runK8sConfig", "resources", "securityContext", "env", "volumes", "volumeMounts"}


def snake(name: str) -> str:
    return re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()


def of_dagster(values: Any) -> Any:
    """Write values by the names of `dagster.yaml`, as the chart does."""
    if not isinstance(values, dict):
        return values
    return {snake(name): value if name in RAW else of_dagster(value) for name, value in values.items()}


def launcher_config() -> dict[str, Any]:
    launcher = VALUES["runLauncher"]
    assert launcher["type"] == "K8sRunLauncher"
    config: dict[str, Any] = of_dagster(launcher["config"]["k8sRunLauncher"])
    config["run_k8s_config"] = {snake(name): value for name, value in config["run_k8s_config"].items()}
    # These the chart knows by itself.
    return config | {"instance_config_map": "dagster-instance", "postgres_password_secret": "dagster-postgresql"}


def coordinator_config() -> dict[str, Any]:
    coordinator = VALUES["dagsterDaemon"]["runCoordinator"]
    assert (coordinator["enabled"], coordinator["type"]) == (True, "QueuedRunCoordinator")
    return dict(of_dagster(coordinator["config"]["queuedRunCoordinator"]))


def instance_config() -> dict[str, Any]:
    """The `dagster.yaml` that the chart makes of the values, but for the storage."""
    daemon = VALUES["dagsterDaemon"]
    retention: dict[str, Any] = of_dagster(VALUES["retention"])
    assert retention.pop("enabled")
    return {
        "run_launcher": {"module": "dagster_k8s", "class": "K8sRunLauncher", "config": launcher_config()},
        "run_coordinator": {
            "module": "dagster.core.run_coordinator",
            "class": "QueuedRunCoordinator",
            "config": coordinator_config(),
        },
        "run_monitoring": of_dagster(daemon["runMonitoring"]),
        "run_retries": of_dagster(daemon["runRetries"]),
        "retention": retention,
        "python_logs": of_dagster(VALUES["pythonLogs"]),
        "telemetry": VALUES["telemetry"],
    }


def problems(schema: Any, config: Any) -> list[str]:
    return [error.message for error in validate_config(dg.Shape(schema), config).errors or []]  # type: ignore[no-untyped-call]


def test_dagster_takes_every_key() -> None:
    assert problems(dagster_instance_config_schema(), instance_config()) == []
    assert problems(K8sRunLauncher.config_type(), launcher_config()) == []  # type: ignore[no-untyped-call]
    assert problems(QueuedRunCoordinator.config_type(), coordinator_config()) == []


@pytest.mark.parametrize("section", ["run_monitoring", "run_retries", "retention", "python_logs"])
def test_a_misspelt_key_is_found_out(section: str) -> None:
    config = instance_config()
    config[section] = {**config[section], "enabeld": True}
    assert "enabeld" in "".join(problems(dagster_instance_config_schema(), config))


def job() -> Any:
    """The Job that the launcher makes for a run, as Kubernetes is sent it."""
    launcher = launcher_config()
    of_run = K8sContainerContext.create_from_config(
        {
            "k8s": {
                "image_pull_policy": DEPLOYMENT["image"]["pullPolicy"],
                "env": DEPLOYMENT["env"],
                "env_secrets": [secret["name"] for secret in DEPLOYMENT["envSecrets"]],
                "volumes": DEPLOYMENT["volumes"],
                "volume_mounts": DEPLOYMENT["volumeMounts"],
                "resources": DEPLOYMENT["resources"],
                "security_context": DEPLOYMENT["securityContext"],
                "run_k8s_config": launcher["run_k8s_config"],
            }
        }
    )
    image = DEPLOYMENT["image"]
    config = DagsterK8sJobConfig(
        job_image=f"{image['repository']}:{image['tag']}",
        dagster_home="/opt/dagster/dagster_home",
        instance_config_map=launcher["instance_config_map"],
        postgres_password_secret=launcher["postgres_password_secret"],
    )
    made = construct_dagster_k8s_job(
        config, ["dagster", "api", "execute_run"], "run", user_defined_k8s_config=of_run.run_k8s_config
    )
    return ApiClient().sanitize_for_serialization(made)


def test_a_run_becomes_a_job_with_all_that_it_needs() -> None:
    spec = job()["spec"]
    pod = spec["template"]["spec"]
    (container,) = pod["containers"]
    assert spec["ttlSecondsAfterFinished"] == 3600
    assert pod["enableServiceLinks"] is False, "a Service named pewstats would make variables that are no settings"
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert container["image"] == "registry.example/pewstats:1"
    assert container["securityContext"]["allowPrivilegeEscalation"] is False
    assert {mount["name"] for mount in container["volumeMounts"]} >= {"home", "telemetry"}
    assert {volume["name"] for volume in pod["volumes"]} >= {"home", "telemetry"}
    assert {"secretRef": {"name": "match-batches-settings"}} in container["envFrom"]
    given = {variable["name"]: variable.get("value") for variable in container["env"]}
    assert given["PEWSTATS_HOME"] == "/srv/pewstats"


def test_the_environment_has_settings_alone_and_no_secret() -> None:
    settings = {variable(field): field for field in Settings.model_fields.values()}
    for one in DEPLOYMENT["env"]:
        assert settings[one["name"]].repr, f"{one['name']} is a secret"
    assert not DEPLOYMENT["name"].startswith("pewstats")
    text = (FOLDER / "values.yaml").read_text(encoding="utf-8") + CONTAINERFILE
    assert not re.search(r"postgres(ql)?://|password\s*[:=]\s*\S", text, re.IGNORECASE)


def test_the_image_is_made_of_what_is_locked_and_is_not_root() -> None:
    uv = re.search(r"^UV_VERSION := (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert uv is not None
    assert f"uv=={uv[1]} " in CONTAINERFILE
    assert "--verify-hashes" in CONTAINERFILE
    assert "--constraint requirements.lock" in CONTAINERFILE
    (user,) = re.findall(r"^USER (.*)$", CONTAINERFILE, re.MULTILINE)
    pod = DEPLOYMENT["podSecurityContext"]
    assert user == f"{pod['runAsUser']}:{pod['runAsGroup']}"
    for copied in re.findall(r"^COPY (?!--from)(.*) \S+$", CONTAINERFILE, re.MULTILINE):
        assert all((ROOT / name).exists() for name in copied.split())
    assert "dagster-k8s==" in (ROOT / "requirements.lock").read_text(encoding="utf-8")
