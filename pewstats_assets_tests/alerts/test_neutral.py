"""Words of strangers: nothing that a receiver obeys is left in them, and nothing is lost."""

import json
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pewstats_assets.alerts.neutral import neutral, redact

#: What no text may hold: markup of Markdown, HTML, chats; mentions; links; commands; anything that is not ASCII.
OBEYED = re.compile(
    r"[^ -~]|[@<>&*`~|#\[\]{}$^]|://|\b\w+\.[A-Za-z]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|(?<![A-Za-z0-9])/|:\w+:"
)


@given(st.text() | st.text("@<>*_`~|#[]().:/\\!&a1 \n\u202e", max_size=30))
@example("@everyone <@&1> <!here> :fire: /me http://a.b www.c.de a_b_ __c__ \\@x")
@example("1:2:3:44:555:")
def test_nothing_that_is_obeyed_is_left_and_nothing_is_lost(text: str) -> None:
    escaped = neutral(text, max_length=10_000)
    assert not OBEYED.search(escaped)
    assert json.loads('"' + escaped.replace('"', '\\"') + '"').encode("utf-16", "surrogatepass") == text.encode(
        "utf-16", "surrogatepass"
    )


@pytest.mark.parametrize(
    "text",
    [
        "fight_id_is_not_null",
        "Player-Name_7",
        "2026-07-01T18:00:00.500000+00:00",
        'Materialize the batch again: pewstats backfill "batch_00007"; 5.5 %.',
        "3b2c1f00-0000-4000-8000-000000000000",
    ],
)
def test_what_is_harmless_stays_readable(text: str) -> None:
    assert neutral(text) == text


def test_a_long_text_is_cut() -> None:
    assert neutral("x" * 1000, max_length=50) == "x" * 50 + "..."


@pytest.mark.parametrize(
    "text",
    [
        "connection to postgresql://me:hunter2@db:5432/x failed",
        "postgresql+psycopg2://me:p@hunter2/@db/x",
        "host=db password=hunter2 user=me",
        "password='hunter2 and more' host=db",
        '{"password": "hunter2"}',
        "https://api.example/x?token=hunter2",
        "PGPASSWORD: hunter2",
    ],
)
def test_credentials_are_hidden(text: str) -> None:
    assert "hunter2" not in redact(text)
    assert "***" in redact(text)
