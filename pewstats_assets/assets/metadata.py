"""What the UI shows of an asset and of each of its batches: columns, numbers that it plots, charts, what was left out.

Here: plain values made into Dagster's metadata, small enough to be stored with every batch. Not here: the values
themselves, and what a column means (see the data dictionaries).
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Final

import dagster as dg

from pewstats_assets.dictionary import Table
from pewstats_assets.drawing import data_url
from pewstats_assets.fights import MatchFights
from pewstats_assets.fights.participation import FightDetails
from pewstats_assets.profiles import ProfileSums
from pewstats_assets.tables import bar, printable
from pewstats_assets.telemetry.store import FrameName
from pewstats_assets.warehouse.quarantine import MatchInQuarantine

Metadata = dict[str, dg.MetadataValue]

#: Quarantined matches that are shown with their batch; the command line has all of them.
SHOWN_MATCHES: Final = 20
#: Characters of a path or a detail that are shown.
SHOWN_CHARACTERS: Final = 200
#: Characters of the longest bar: the narrowest column of the UI has room for it.
BAR_LENGTH: Final = 20
#: Characters of a picture that is stored with its batch, and so sent to everybody who looks at it: a fight of some 40.
PICTURE_CHARACTERS: Final = 60_000
_QUARANTINE_SCHEMA: Final = dg.TableSchema(
    [
        dg.TableColumn("match_no", "bigint", "The match, by number."),
        dg.TableColumn("reason", "text", "Code of why: see docs/quarantine.md."),
        dg.TableColumn("detail", "text", "The reason in a sentence."),
        dg.TableColumn("byte_offset", "bigint", "Where the file is broken, from 0, if there is a place."),
        dg.TableColumn("file", "text", "The telemetry file and its folder."),
    ]
)


_MODES_SCHEMA: Final = dg.TableSchema(
    [
        dg.TableColumn("game_mode", "text", "Team size and view."),
        dg.TableColumn("match_type", "text", "Kind of match."),
        dg.TableColumn("players", "bigint", "Players with a fight."),
        dg.TableColumn("figures_with_a_minimum", "bigint", "Figures in which players differ by more than chance."),
        dg.TableColumn("min_fights_of_win_rate", "bigint", "Fights from which on a win rate tells something."),
        dg.TableColumn("min_fights_of_playstyle", "bigint", "Fights from which on a player has a playstyle."),
    ]
)


@dataclass(frozen=True, slots=True)
class ComparedMode:
    """What came out of the players of a mode.

    Attributes:
        game_mode: the mode.
        match_type: the kind of match.
        players: who have a fight in it.
        figures: how many figures of players are known well enough.
        figures_with_a_minimum: in how many figures the players differ by more than chance.
        min_fights_of_win_rate: from how many fights on a win rate is known well enough; None if it never is.
        min_fights_of_playstyle: from how many fights on a player has a playstyle; None if nobody has.
        playstyles: how many players have each.
    """

    game_mode: str
    match_type: str
    players: int
    figures: int
    figures_with_a_minimum: int
    min_fights_of_win_rate: int | None
    min_fights_of_playstyle: int | None
    playstyles: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Bins:
    """How a number is counted in a chart: each bin begins at `starts`, and ends before the next."""

    starts: Sequence[int]
    labels: Sequence[str]

    def count(self, values: Sequence[float]) -> list[int]:
        counts = Counter(bisect_right(self.starts, value) - 1 for value in values)
        return [counts[index] for index in range(len(self.starts))]


_PARTICIPANTS: Final = _Bins(
    starts=range(1, 22, 2), labels=[*(f"{start} to {start + 1}" for start in range(1, 20, 2)), "21 and more"]
)
#: No fight is longer than 240 s (v2 rule 10).
_SECONDS: Final = _Bins(starts=range(0, 240, 30), labels=[f"{start} to {start + 30} s" for start in range(0, 240, 30)])


def of_table(table: Table) -> Metadata:
    """What is shown of an asset that is a table of PostgreSQL, whatever the batch."""
    return {
        "dagster/table_name": dg.MetadataValue.text(table.name),
        "dagster/column_schema": dg.MetadataValue.table_schema(dg.TableSchema(_columns(table))),
    }


def of_tables(tables: Sequence[Table]) -> Metadata:
    """What is shown of an asset that is several tables or frames: all columns, as `table.column`."""
    columns = list(chain.from_iterable(_columns(table, prefix=f"{table.name}.") for table in tables))
    return {"dagster/column_schema": dg.MetadataValue.table_schema(dg.TableSchema(columns))}


def of_telemetry(
    *, matches: int, rows: Mapping[FrameName, int], counts: Mapping[str, int], broken: Mapping[str, int], seconds: float
) -> Metadata:
    """What is shown of a batch's telemetry.

    Args:
        matches: matches of the batch that were to be decoded.
        rows: rows of each frame.
        counts: what the matches' facts say together: `events`, say.
        broken: files that could not be decoded, by reason.
        seconds: how long it took.
    """
    return {
        "matches": dg.MetadataValue.int(matches),
        "broken": dg.MetadataValue.int(sum(broken.values())),
        "broken_by_reason": dg.MetadataValue.json(dict(broken)),
        **{name: dg.MetadataValue.int(count) for name, count in counts.items()},
        "combat_events": dg.MetadataValue.int(rows["combat"]),
        "positions": dg.MetadataValue.int(rows["positions"]),
        **_pace(matches, seconds),
        **_rows(rows["combat"]),
    }


def of_fights(detected: Sequence[MatchFights], quarantined: Sequence[MatchInQuarantine], seconds: float) -> Metadata:
    """What is shown of a batch's fights: how many, how long, how they ended, and which matches have none."""
    fights = [fight for match in detected for fight in match.fights]
    durations = [fight.duration_seconds for fight in fights]
    outcomes = Counter(fight.outcome.value for fight in fights)
    return {
        **_matches(len(detected), len(quarantined)),
        "fights": dg.MetadataValue.int(len(fights)),
        **_mean("fights_per_match", len(fights), len(detected)),
        **_mean("mean_duration_seconds", sum(durations), len(fights)),
        "fights_by_duration": _chart(_SECONDS, durations, "duration"),
        "outcomes": dg.MetadataValue.json(dict(sorted(outcomes.items()))),
        **_quarantined(quarantined),
        **_pace(len(detected) + len(quarantined), seconds),
        **_rows(len(fights)),
    }


def of_participants(detected: Sequence[MatchFights], details: FightDetails, quarantined: int) -> Metadata:
    """What is shown of a batch's participants: how many, how many a fight has, and what was written along with them."""
    per_fight = [len(fight.participants) for match in detected for fight in match.fights]
    return {
        **_matches(len(detected), quarantined),
        "fights": dg.MetadataValue.int(len(per_fight)),
        "participants": dg.MetadataValue.int(sum(per_fight)),
        **_mean("participants_per_fight", sum(per_fight), len(per_fight)),
        "knocks": dg.MetadataValue.int(details.knocks.height),
        "squads": dg.MetadataValue.int(details.squads["squad_id"].n_unique()),
        "fights_by_participants": _chart(_PARTICIPANTS, per_fight, "participants"),
        **_rows(sum(per_fight)),
    }


def of_picture(fight_id: int, svg: str) -> Metadata:
    """A drawing of the batch's largest fight, or how to get it where it is too large to be stored with a batch.

    An image, which obeys nobody: browsers run no scripts and load nothing in one, whatever players' names look like.
    """
    url = data_url(svg)
    if len(url) > PICTURE_CHARACTERS:
        return {"largest_fight": dg.MetadataValue.text(f"pewstats fight {fight_id} --png FILE")}
    return {"largest_fight": dg.MetadataValue.md(f"![Fight {fight_id}](<{url}>)")}


def of_failed_picture(fight_id: int, reason: str) -> Metadata:
    """Why the batch's largest fight is not drawn."""
    return {"largest_fight": dg.MetadataValue.text(_shown(f"Fight {fight_id} cannot be drawn. {reason}"))}


def of_profiles(sums: ProfileSums, seconds: float) -> Metadata:
    """What is shown of a batch's profiles: how many players, names and squads, and how many fights each player has."""
    players = sums.players["player_account_id"].n_unique()
    return {
        "players": dg.MetadataValue.int(players),
        **_mean("fights_per_player", int(sums.players["fights"].sum()), players),
        "names": dg.MetadataValue.int(sums.names.height),
        "squads": dg.MetadataValue.int(sums.squads["squad_id"].n_unique()),
        "seconds": dg.MetadataValue.float(round(seconds, 3)),
        **_rows(sums.players.height),
    }


def of_populations(compared: Sequence[ComparedMode], seconds: float) -> Metadata:
    """What is shown of the players of all modes: how many there are, what is known of them, and how they fight."""
    playstyles = Counter[str]()
    for mode in compared:
        playstyles.update(mode.playstyles)
    names = [name for name, _ in playstyles.most_common()]
    figures = sum(mode.figures for mode in compared)
    return {
        "modes": dg.MetadataValue.int(len(compared)),
        "players": dg.MetadataValue.int(sum(mode.players for mode in compared)),
        "figures_of_players": dg.MetadataValue.int(figures),
        "by_mode": dg.MetadataValue.table(
            [
                dg.TableRecord(
                    {
                        "game_mode": _shown(mode.game_mode),
                        "match_type": _shown(mode.match_type),
                        "players": mode.players,
                        "figures_with_a_minimum": mode.figures_with_a_minimum,
                        "min_fights_of_win_rate": mode.min_fights_of_win_rate,
                        "min_fights_of_playstyle": mode.min_fights_of_playstyle,
                    }
                )
                for mode in compared
            ],
            _MODES_SCHEMA,
        ),
        "players_by_playstyle": _bars("playstyle", names, "players", [playstyles[name] for name in names]),
        "seconds": dg.MetadataValue.float(round(seconds, 3)),
        "dagster/row_count": dg.MetadataValue.int(figures),
    }


def _columns(table: Table, prefix: str = "") -> list[dg.TableColumn]:
    return [
        dg.TableColumn(
            f"{prefix}{column.name}",
            column.type,
            column.description,
            dg.TableColumnConstraints(nullable=column.nullable),
        )
        for column in table.columns
    ]


def _matches(detected: int, quarantined: int) -> Metadata:
    return {
        "matches": dg.MetadataValue.int(detected + quarantined),
        "quarantined": dg.MetadataValue.int(quarantined),
    }


def _rows(rows: int) -> Metadata:
    return {"dagster/partition_row_count": dg.MetadataValue.int(rows)}


def _pace(matches: int, seconds: float) -> Metadata:
    return {
        "seconds": dg.MetadataValue.float(round(seconds, 3)),
        **_mean("matches_per_second", matches, seconds),
    }


def _mean(name: str, total: float, number: float) -> Metadata:
    """A mean, for the UI to plot; nothing where there is nothing to divide by."""
    return {name: dg.MetadataValue.float(round(total / number, 3))} if number else {}


def _quarantined(matches: Sequence[MatchInQuarantine]) -> Metadata:
    """The quarantined matches and how to see all of them; nothing if there are none.

    A table, and no Markdown: the UI shows its cells as the text that they are, whatever a file's name looks like.
    """
    if not matches:
        return {}
    return {
        "quarantined_matches": dg.MetadataValue.table(
            [
                dg.TableRecord(
                    {
                        "match_no": match.match_no,
                        "reason": match.reason,
                        "detail": _shown(match.detail),
                        "byte_offset": match.byte_offset,
                        "file": _shown("/".join(Path(match.file).parts[-2:])),
                    }
                )
                for match in matches[:SHOWN_MATCHES]
            ],
            _QUARANTINE_SCHEMA,
        ),
        "quarantine": dg.MetadataValue.text(f"pewstats quarantine list {matches[0].batch}"),
    }


def _shown(text: str) -> str:
    visible = printable(text)
    return visible if len(visible) <= SHOWN_CHARACTERS else f"{visible[:SHOWN_CHARACTERS]}…"


def _chart(bins: _Bins, values: Sequence[float], title: str) -> dg.MetadataValue:
    """Fights by a number, a bar each.

    It is text: unlike an image it follows the UI's theme, can be read by programs, and takes less than 1 kB.
    """
    return _bars(title, bins.labels, "fights", bins.count(values))


def _bars(title: str, labels: Sequence[str], of: str, counts: Sequence[int]) -> dg.MetadataValue:
    most = max([*counts, 1])
    width = max(map(len, (title, *labels)))
    lines = [f"{title:>{width}}  {of}"]
    lines += [
        f"{label:>{width}}  {count:>{len(of)}}  {bar(count / most, BAR_LENGTH)}"
        for label, count in zip(labels, counts, strict=True)
    ]
    text = "\n".join(line.rstrip() for line in lines)
    return dg.MetadataValue.md(f"```text\n{text}\n```")
