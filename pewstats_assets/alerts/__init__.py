"""Alerts: from what was logged to a message that a person reads, on every receiver, at least once.

`events` says what is told and what is not, `messages` how, `neutral` makes strangers' words harmless, `receivers` sends
through apprise, and `delivery` keeps count of what each receiver has got. Neither Dagster nor PostgreSQL is known here:
what reads Dagster's log is the sensor.
"""

from pewstats_assets.alerts.delivery import Cursor, Outcome, deliver
from pewstats_assets.alerts.events import Evaluation, Event, RunFailure
from pewstats_assets.alerts.messages import Message
from pewstats_assets.alerts.receivers import Receiver, receivers_of

__all__ = ["Cursor", "Evaluation", "Event", "Message", "Outcome", "Receiver", "RunFailure", "deliver", "receivers_of"]
