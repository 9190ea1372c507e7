"""Receivers as apprise makes them of URLs: what fits into a message, and what counts as accepted."""

from collections.abc import Iterator

import pytest

from pewstats_assets.alerts import Message, receivers_of
from pewstats_assets.alerts.receivers import MALFORMED
from pewstats_assets_tests.receivers import HttpReceiver, http_receiver

LINES = [f"line {number} " + "x" * 90 for number in range(60)]
LONG = Message("title", "\n".join(LINES), "failure")


@pytest.fixture
def receiver() -> Iterator[HttpReceiver]:
    with http_receiver() as receiver:
        yield receiver


def test_a_message_that_is_too_long_for_the_service_arrives_in_parts(receiver: HttpReceiver) -> None:
    (mattermost,) = receivers_of([f"mmost://127.0.0.1:{receiver.port}/{'t' * 26}"])
    assert mattermost.send(LONG) is None
    assert len(receiver.messages) == 2
    text = "\n".join(message["text"] for message in receiver.messages)
    assert all(line in text for line in LINES)


def test_a_service_of_short_messages_gets_the_beginning(receiver: HttpReceiver) -> None:
    (misskey,) = receivers_of([f"misskey://token@127.0.0.1:{receiver.port}"])
    assert misskey.send(LONG) is None
    (message,) = receiver.messages
    assert LINES[0] in message["text"]
    assert len(message["text"]) <= 512


def test_parts_that_are_refused_are_a_message_that_was_not_accepted(receiver: HttpReceiver) -> None:
    receiver.refuse_after = 1
    (mattermost,) = receivers_of([f"mmost://127.0.0.1:{receiver.port}/{'t' * 26}"])
    assert mattermost.send(LONG) == "It answered with HTTP status 503."


def test_an_optional_receiver_has_to_accept_like_any_other(receiver: HttpReceiver) -> None:
    receiver.status = 500
    (optional,) = receivers_of([f"{receiver.url}?optional=yes"])
    assert optional.send(LONG) == "It answered with HTTP status 500."


def test_a_malformed_url_is_a_receiver_that_accepts_nothing() -> None:
    urls = ["", "x", "://", "json://", "nothing://a", "dbus://?", "discord://id", "json://[::1"]
    for position, malformed in enumerate(receivers_of(urls), start=1):
        assert malformed.name == f"receiver {position} (malformed)"
        assert malformed.problem == malformed.send(LONG) == MALFORMED


def test_a_key_stays_with_its_url_and_does_not_show_it() -> None:
    first, second, again = (receivers_of([url])[0] for url in ("json://a/secret", "json://a/other", "json://a/secret"))
    assert first.key == again.key != second.key
    assert "secret" not in repr(first)
    assert [receiver.name for receiver in receivers_of(["json://a", "b", "json://a", "xml://c"])] == [
        "receiver 1 (json)",
        "receiver 2 (malformed)",
        "receiver 3 (xml)",
    ]
