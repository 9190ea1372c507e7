"""`pewstats alerts`: who is told of failed checks and runs."""

import click

from pewstats_assets.cli.terminal import fail, json_option
from pewstats_assets.tables import print_table


@click.group()
def alerts() -> None:
    """Who is told of failed checks and runs."""


@alerts.command("test")
@json_option
def send_test_alert(*, as_json: bool) -> None:
    """Send a test message to every receiver, and say what each answered.

    The receivers are those of PEWSTATS_ALERT_URLS. The exit code is 1 if one did not accept it, or if there is none.

    \b
    Example:
      PEWSTATS_ALERT_URLS="discord://<id>/<token>, mailto://<user>:<password>@example.com" pewstats alerts test
    """
    from pewstats_assets.alerts import Message, receivers_of
    from pewstats_assets.settings import Settings

    settings = Settings.from_environment()
    if not settings.alert_urls:
        fail("PEWSTATS_ALERT_URLS is not set: give the URLs of the receivers, as apprise understands them.")
    message = Message("pewstats: test", "This is a test. Failed checks and runs will be told here.", "info")
    answers = [(receiver.name, receiver.send(message)) for receiver in receivers_of(settings.alert_urls)]
    rows = [(name, problem is None, problem or "It accepted the message.") for name, problem in answers]
    print_table(["receiver", "accepted", "answer"], rows, "json" if as_json else "text")
    refused = sum(problem is not None for _, problem in answers)
    if refused:
        fail(f"{refused} of {len(answers)} receivers did not accept the message.")
