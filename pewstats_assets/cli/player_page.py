"""The page of `pewstats player`: 100 columns of text with small bars. Strangers' names are shown, not obeyed."""

import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pewstats_assets.player_report import Mate, PlayerReport
from pewstats_assets.profiles.figures import BY_NAME, Figure, Section
from pewstats_assets.profiles.player import LAST_DAYS, LAST_FIGHTS, Estimate, MapFigure, PlayerFigure, PlayerInMode
from pewstats_assets.profiles.playstyle import STYLES
from pewstats_assets.tables import bar, printable

WIDTH: Final = 100
#: Squads, mates and names that are shown; `--json` has all.
_SHOWN: Final = 5
_NAME_LENGTH: Final = 24
_BAR_LENGTH: Final = 20
_MARK: Final = "○"
#: From here on, and as far from the other end, a percentile is coloured.
_HIGH: Final = 0.75
_SECTIONS: Final[dict[Section, str]] = {
    "results": "Results",
    "duels": "Duels",
    "finishing": "Finishing",
    "numbers": "Won by numbers",
    "phase": "Won by phase",
    "range": "Won by range of first hit",
    "position": "Position",
    "coordination": "Coordination",
}


def print_page(report: PlayerReport) -> None:
    """Print the page of a player to standard output; colours only on a terminal."""
    is_terminal = sys.stdout.isatty()
    console = Console(width=None if is_terminal else WIDTH, highlight=False, markup=False, emoji=False)
    console.width = min(console.width, WIDTH)
    mode = report.modes[0]
    _print_head(console, report)
    _print_mode(console, mode)
    _print_playstyle(console, mode)
    _print_figures(console, mode)
    _print_trend(console, mode)
    _print_mates(console, report, mode)
    _print_legend(console)


def _print_head(console: Console, report: PlayerReport) -> None:
    console.print(Text(_name(report.player_name), style="bold"), Text(printable(report.player_account_id), style="dim"))
    others = [one for one in report.names if one.player_name != report.player_name]
    if others:
        known = ", ".join(f"{_name(one.player_name)} (until {_day(one.last_seen_at)})" for one in others[:_SHOWN])
        more = f" and {len(others) - _SHOWN} more" if len(others) > _SHOWN else ""
        console.print(f"Also known as {known}{more}.")
    table = _table("mode", ">matches", ">fights", "")
    most = max(brief.fights for brief in report.all_modes)
    for brief in report.all_modes:
        table.add_row(
            _mode(brief.game_mode, brief.match_type),
            f"{brief.matches}",
            f"{brief.fights}",
            bar(brief.fights / most, _BAR_LENGTH),
        )
    console.print(table)
    console.print()


def _print_mode(console: Console, mode: PlayerInMode) -> None:
    console.rule(Text(_mode(mode.game_mode, mode.match_type), style="bold"), align="left")
    console.print(
        f"{mode.fights} fights in {mode.matches} matches, from {_day(mode.first_fight_at)} to"
        f" {_day(mode.last_fight_at)}. {_compared(mode)}"
    )


def _compared(mode: PlayerInMode) -> str:
    if mode.players is None or mode.compared_at is None:
        return "Not compared with others yet."
    return f"Compared with {mode.players} players on {_day(mode.compared_at)}."


def _print_playstyle(console: Console, mode: PlayerInMode) -> None:
    style = mode.playstyle
    console.print()
    meaning = next((f": {one.description}" for one in STYLES if one.name == style.playstyle), "")
    console.print(Text("Playstyle ", style="bold"), f"{style.playstyle}{meaning}")
    console.print(Text(f"  playstyle_v2: {style.playstyle_v2}", style="dim"))
    if all(value is None for value in style.axes.values()):
        needed = "nobody has enough yet" if style.min_fights is None else f"from {style.min_fights} fights on"
        console.print(Text(f"  {_MARK} {needed}\n", style="dim"))
        return
    for axis, value in style.axes.items():
        console.print(Text(f"  {axis:<12}"), _percentile(value, "neither"))
    console.print()


def _print_figures(console: Console, mode: PlayerInMode) -> None:
    table = _table("", ">value", ">90 % interval", ">n", ">likely", "percentile")
    shown = {name: [one for one in mode.figures if BY_NAME[one.figure].section == name] for name in _SECTIONS}
    for section, title in _SECTIONS.items():
        table.add_row(Text(title, style="bold"))
        for one in shown[section]:
            table.add_row(*_figure_row(one))
        if section == "range":
            _add_maps(table, mode.maps)
    console.print(table)


def _figure_row(one: PlayerFigure) -> Iterable[Text | str]:
    figure = BY_NAME[one.figure]
    yield f"  {_label(figure)}" + (" ↓" if figure.better == "lower" else "")
    yield from _estimate_cells(figure, one.estimate)
    yield Text(_number(figure, one.shrunk), style="" if one.is_enough else "dim")
    if one.is_enough:
        yield _percentile(one.percentile, figure.better)
    elif one.estimate.trials:
        yield Text(_MARK if one.min_fights is None else f"{_MARK} from {one.min_fights} fights on", style="dim")


def _add_maps(table: Table, maps: Sequence[MapFigure]) -> None:
    table.add_row(Text("Won by map", style="bold"))
    for one in maps:
        table.add_row(f"  {_name(one.map_name or 'unknown')}", *_estimate_cells(BY_NAME["win_rate"], one.win_rate))


def _print_trend(console: Console, mode: PlayerInMode) -> None:
    if not mode.trend:
        return
    table = _table("", f">last {LAST_FIGHTS}", f">last {LAST_DAYS} days", ">90 % interval", ">n", ">before", "")
    table.add_row(Text("Lately", style="bold"))
    for one in mode.trend:
        figure = BY_NAME[one.figure]
        change = {"up": "▲ more", "down": "▼ less", None: ""}[one.change]
        table.add_row(
            f"  {_label(figure)}",
            _number(figure, one.last_fights.value),
            *_estimate_cells(figure, one.last_days),
            _number(figure, one.before.value),
            change,
        )
    console.print(table)


def _print_mates(console: Console, report: PlayerReport, mode: PlayerInMode) -> None:
    squads = [one for one in report.squads if (one.game_mode, one.match_type) == (mode.game_mode, mode.match_type)]
    if not squads:
        return
    table = _table("", ">matches", ">won", ">fights", ">won", ">knocks traded", ">damage focused")
    table.add_row(Text("Squads", style="bold"))
    for squad in squads[:_SHOWN]:
        table.add_row(
            "  " + ", ".join(_mate(mate) for mate in squad.mates),
            f"{squad.matches}",
            f"{squad.wins_of_matches}",
            f"{squad.fights}",
            _share(squad.win_rate),
            _share(squad.trade_rate),
            _share(squad.focus_share),
        )
    _add_more(table, len(squads))
    console.print(table)
    table = _table("", ">matches", ">fights", ">won", ">finishes the player's knocks", ">finished by the player")
    table.add_row(Text("Mates", style="bold"))
    for one in report.plays_with[:_SHOWN]:
        won = one.wins / one.fights if one.fights else None
        counts = (one.matches, one.fights, _share(won), one.finished_by_mate, one.finished_by_player)
        table.add_row(f"  {_mate(one.mate)}", *map(str, counts))
    _add_more(table, len(report.plays_with))
    console.print(table)


def _print_legend(console: Console) -> None:
    console.print(
        Text(
            "n: of how many. likely: the value, drawn towards the players as far as it may be chance. percentile:"
            " of 100 players with enough fights, so many have less. ↓: less is better."
            f" {_MARK}: too few fights to tell the player from others; without a number, nobody can be told from others"
            " in this. ▲▼: intervals that do not touch. More: docs/player-profiles.md.",
            style="dim",
        )
    )


def _table(*columns: str) -> Table:
    """A table without lines; a column whose title begins with > is of numbers."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for column in columns:
        table.add_column(Text(column.removeprefix(">")), justify="right" if column.startswith(">") else "left")
    return table


def _add_more(table: Table, number: int) -> None:
    if number > _SHOWN:
        table.add_row(Text(f"  and {number - _SHOWN} more: --json", style="dim"))


def _estimate_cells(figure: Figure, estimate: Estimate) -> Iterable[str]:
    yield _number(figure, estimate.value)
    is_known = estimate.low is not None and estimate.high is not None
    yield f"{_number(figure, estimate.low)} to {_number(figure, estimate.high)}" if is_known else ""
    yield f"{estimate.trials}"


def _label(figure: Figure) -> str:
    return f"{figure.label}, {figure.unit}" if figure.unit in {"HP", "m", "m/s"} else figure.label


def _number(figure: Figure, value: float | None) -> str:
    """A value as short as a person wants it; its unit is in the label."""
    if value is None:
        return ""
    if figure.unit == "share":
        return f"{value:.0%}"
    digits = {"HP": 0, "m": 1, "m/s": 1}.get(figure.unit, 2)
    # No -0.0: it is 0.
    return f"{round(value, digits) + 0.0:.{digits}f}"


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.0%}"


def _percentile(value: float | None, better: str) -> Text:
    if value is None:
        return Text(_MARK, style="dim")
    good = value if better == "higher" else 1 - value if better == "lower" else 0.5
    style = "green" if good >= _HIGH else "red" if good <= 1 - _HIGH else ""
    return Text(f"{bar(value, _BAR_LENGTH):<{_BAR_LENGTH}} {value * 100:>3.0f}", style=style)


def _mode(game_mode: str | None, match_type: str | None) -> str:
    return f"{_name(game_mode or 'unknown mode')}, {_name(match_type or 'unknown type')}"


def _mate(mate: Mate) -> str:
    return _name(mate.player_name or mate.player_account_id)


def _name(text: str) -> str:
    """A stranger's text: nothing in it is obeyed, and none of it takes more room than a name."""
    visible = printable(text)
    return visible if len(visible) <= _NAME_LENGTH else f"{visible[: _NAME_LENGTH - 1]}…"


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"
