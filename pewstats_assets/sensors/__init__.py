"""The sensors: what Dagster's daemon does by itself, every few seconds."""

from pewstats_assets.sensors.alerting import NOT_SET, alerts
from pewstats_assets.sensors.arriving import new_matches_sensor

__all__ = ["NOT_SET", "alerts", "new_matches_sensor"]
