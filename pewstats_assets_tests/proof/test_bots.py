"""Bots change nothing: what they are called and do among themselves leaves every figure of every human as it is.

They have no profile, are in no squad and in no population. What they do to humans counts: it is the humans' fight.
"""

import gzip
import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any, Final

import psycopg

from pewstats_assets.simulation.season import Size, write_season
from pewstats_assets_tests.fights.events import damage, kill, knock, player
from pewstats_assets_tests.processes import Pewstats
from pewstats_assets_tests.proof.loading import load, new_database

Event = dict[str, Any]

#: A season of which the first matches have bots.
SEED: Final = 3
MATCHES: Final = 3
TABLES: Final = (
    "player_profile_sums", "player_names", "squad_profile_sums", "squad_finishes", "match_squads", "population_figures",
    "player_figures", "player_playstyles",
)  # fmt: skip
_teams = count(900)


def test_bots_change_nothing(server_url: str, template: str, tmp_path: Path) -> None:
    few, many = tmp_path / "few", tmp_path / "many"
    for _ in write_season(MATCHES, SEED, few, Size.SMALL):
        pass
    assert add_bots(few, many) > 50
    rows = {}
    for folder in (few, many):
        with new_database(server_url, template, f"{folder.name}_bots") as url, psycopg.connect(url) as connection:
            load(Pewstats(tmp_path / f"home_{folder.name}", url), folder, 3)
            rows[folder] = {table: rows_of(connection, table) for table in TABLES}
            bots = connection.execute("SELECT count(*) FROM fight_participants WHERE player_account_id LIKE 'ai.%'")
            fights = connection.execute("SELECT count(*) FROM team_fights")
            rows[folder]["bots"], rows[folder]["fights"] = [str(bots.fetchone())], [str(fights.fetchone())]
    for table in TABLES:
        assert rows[few][table] == rows[many][table], table
        assert not any('"ai.' in row for row in rows[few][table]), table
    assert rows[few]["player_profile_sums"]
    # They were there, and fought.
    assert rows[few]["bots"] != rows[many]["bots"]
    assert rows[few]["fights"] != rows[many]["fights"]


def rows_of(connection: psycopg.Connection, table: str) -> list[str]:
    return sorted(
        row for (row,) in connection.execute(f"SELECT (to_jsonb(t) - 'made_at')::text FROM {table} t".encode())
    )


def add_bots(source: Path, target: Path) -> int:
    """Copy matches with more bots, and with other accounts for those there are; return how often they were named."""
    target.mkdir()
    renamed = 0
    for file in source.glob("*.json.gz"):
        content = gzip.decompress(file.read_bytes())
        if not file.name.endswith(".match.json.gz"):
            renamed += content.count(b'"ai.')
            content = json.dumps(list(with_fights_of_bots(json.loads(content))), separators=(",", ":")).encode()
        content = content.replace(b'"ai.', b'"ai.77')
        (target / file.name).write_bytes(gzip.compress(content, 1))
    return renamed


def with_fights_of_bots(events: list[Event]) -> Iterator[Event]:
    """The events of a match, and at three moments of it a fight of two teams of bots, where everybody else is."""
    moments = {len(events) * share // 4 for share in (1, 2, 3)}
    for number, event in enumerate(events):
        yield event
        if number in moments:
            yield from fight_of_bots(event["_D"])


def fight_of_bots(at: str) -> Iterator[Event]:
    one, other = (bot(next(_teams)) for _ in range(2))
    for event in (damage(0, one, other, 70.0), damage(0, other, one, 30.0), knock(0, one, other), kill(0, one, other)):
        event["_D"] = at
        yield {**{key: value for key, value in event.items() if key != "_T"}, "_T": event["_T"]}


def bot(team: int) -> Event:
    return player(f"Bot{team}@{team}", (4_000.0, 4_000.0, 30.0)) | {"accountId": f"ai.{team}"}
