"""`pewstats`: what a person does outside the UI.

Only the conversation is here: arguments, progress, tables, exit codes. The work is done by the rooms, and a command
imports only those it needs: Dagster alone takes longer to load than most commands take to run.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, astuple, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from pewstats_assets.errors import PewstatsError
from pewstats_assets.settings import BATCH_SIZE, Settings
from pewstats_assets.tables import Form, print_table, printable, to_json

if TYPE_CHECKING:
    import dagster as dg
    import psycopg

    from pewstats_assets.backfill import LoadedBatch
    from pewstats_assets.warehouse import Databases
    from pewstats_assets.warehouse.matches import Registration
    from pewstats_assets.warehouse.quarantine import MatchInQuarantine

DEFAULT_PORT = 3000

_messages = Console(stderr=True, highlight=False, markup=False)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run `pewstats`. Exit codes: 0 done, 1 it failed or something in it did, 2 wrong usage."""
    try:
        cli(arguments)
    except (PewstatsError, NotADirectoryError) as error:
        _fail(str(error))
    except Exception as error:
        import psycopg

        from pewstats_assets.failures import STORAGE_ERRORS, cause_of_exception

        if not isinstance(error, (psycopg.Error, *STORAGE_ERRORS)):
            raise
        _fail(f"PostgreSQL failed in the middle of the work, which was rolled back: {cause_of_exception(error)}")


def _say(message: str) -> None:
    _messages.print(message, soft_wrap=True)


def _fail(message: str) -> NoReturn:
    _say(f"Error: {message}")
    sys.exit(1)


def _expand_home(_: click.Context, __: click.Parameter, folder: Path) -> Path:
    """Understand `~` where the shell did not, as in `make demo TELEMETRY=~/telemetry`."""
    return folder.expanduser()


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pewstats-assets")
def cli() -> None:
    """Team fights, fight participants and player profiles from PUBG telemetry."""


@cli.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--ruleset", default="v2", show_default=True, help="The rules that say what a fight is.")
def detect(files: tuple[Path, ...], ruleset: str) -> None:
    """Print the fights of telemetry FILES, one JSON line per file; no database is touched.

    A file that cannot be read gives a line with "file" and "error", and the exit code 1; the others go on.

    \b
    Example:
      pewstats detect 3b2c….json.gz | jq '.fights | length'
    """
    from pewstats_assets.fights import RULESETS, TooMuchCombatError, detect_fights
    from pewstats_assets.fights.serialize import fight_to_json
    from pewstats_assets.telemetry import BrokenTelemetryError, decode_combat, read_bytes

    if ruleset not in RULESETS:
        msg = f"{ruleset!r} is none of {', '.join(RULESETS)}."
        raise click.BadParameter(msg, param_hint="--ruleset")
    limits = Settings.from_environment().limits
    failed = False
    for path in files:
        line: dict[str, object]
        try:
            telemetry = decode_combat(read_bytes(path, limits), path, limits)
            fights = detect_fights(telemetry.combat, ruleset)
            line = {"match_id": telemetry.match_id, "fights": [fight_to_json(fight) for fight in fights]}
        except (BrokenTelemetryError, TooMuchCombatError) as error:
            failed = True
            line = {"file": str(path), "error": str(error)}
        click.echo(to_json(line))
    if failed:
        sys.exit(1)


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path), callback=_expand_home)
@click.option(
    "--batch-size", envvar="PEWSTATS_BATCH_SIZE", default=BATCH_SIZE, show_default=True, type=click.IntRange(min=1)
)
def register(folder: Path, batch_size: int) -> None:
    """Register the telemetry files below FOLDER as new match batches.

    What is already registered is left alone. Nothing is processed yet: see `pewstats backfill`. A batch that the sensor
    is filling is closed as it is.

    \b
    Example:
      pewstats register ~/telemetry --batch-size 100
    """
    from pewstats_assets.instance import open_instance

    settings, databases = _connect()
    registration = _register(settings, databases, folder, batch_size)
    with open_instance(settings, databases) as instance:
        _follow_warehouse(databases, instance)
    _say_registered(registration)


@cli.command()
@click.argument("batches", nargs=-1, metavar="[BATCH]...")
@click.option("--all", "load_all", is_flag=True, help="All batches, those that are complete included.")
def backfill(batches: tuple[str, ...], *, load_all: bool) -> None:
    """Materialize match batches in this process: telemetry, fights, checks, profiles.

    Without a BATCH: those that are not complete, the one that the sensor is filling included. A batch that fails does
    not stop the others; the exit code is 1.

    \b
    Examples:
      pewstats backfill
      pewstats backfill batch_00007 batch_00008
    """
    from pewstats_assets.worker_server import prepare_workers

    prepare_workers()  # while Dagster is imported
    from pewstats_assets.backfill import unfinished
    from pewstats_assets.instance import open_instance
    from pewstats_assets.warehouse.matches import batches as registered_batches
    from pewstats_assets.warehouse.matches import claim, waiting_batches

    settings, databases = _connect()
    with databases.connect() as connection:
        waiting = waiting_batches(connection)
        registered = registered_batches(connection)
        _require_registered(batches, registered)
        claim(connection, batches or registered)
    with open_instance(settings, databases) as instance:
        _follow_warehouse(databases, instance)
        chosen = list(batches) or (registered if load_all else unfinished(instance, registered, waiting))
        if not chosen:
            complete = "Nothing to do: every registered batch is complete."
            _say(complete if registered else "No batch is registered: see `pewstats register`.")
            return
        loaded = _load(instance, chosen)
    _fail_if_any_failed(loaded)


@cli.group()
def quarantine() -> None:
    """See which matches cannot be used and why, and load them once their files are replaced."""


@quarantine.command("list")
@click.argument("batches", nargs=-1, metavar="[BATCH]...")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: an array of objects.")
def list_quarantined(batches: tuple[str, ...], *, as_json: bool) -> None:
    """List the quarantined matches of BATCH..., or of all: why, and where their files are broken.

    byte_offset counts from 0: for broken_json in the inflated JSON, for broken_gzip in the file.

    \b
    Examples:
      pewstats quarantine list batch_00007
      pewstats quarantine list --json | jq -r '.[] | select(.reason == "broken_gzip").file'
    """
    from pewstats_assets.warehouse.matches import batches as registered_batches
    from pewstats_assets.warehouse.quarantine import MatchInQuarantine, in_quarantine

    _, databases = _connect()
    with databases.connect() as connection:
        _require_registered(batches, registered_batches(connection))
        matches = in_quarantine(connection, batches)
    _print_matches(MatchInQuarantine, matches, as_json=as_json)


@quarantine.command()
@click.argument("matches", nargs=-1, metavar="[MATCH]...")
@click.option("--no-load", is_flag=True, help="Only put the matches back: `pewstats backfill` loads them later.")
@click.option("--json", "as_json", is_flag=True, help="Print the table as JSON.")
def retry(matches: tuple[str, ...], *, no_load: bool, as_json: bool) -> None:
    """Put quarantined matches back into their batches, and load these batches again.

    A MATCH is a match id or a match_no; without one: all that are quarantined. Their files are registered as they are
    now. The exit code is 1 if one of them is left in quarantine.

    \b
    Examples:
      pewstats quarantine retry
      pewstats quarantine retry 1042 3b2c71d8-5d7f-4c5e-9f0a-0d1f6d4f2b11
    """
    from pewstats_assets.instance import open_instance
    from pewstats_assets.quarantine import put_back_matches
    from pewstats_assets.warehouse.quarantine import RetriedMatch, in_quarantine, retried_matches

    settings, databases = _connect()
    with databases.connect() as connection:
        chosen = _choose(in_quarantine(connection), matches)
    with _progress("Looking at files") as progress:
        put_back = put_back_matches(databases, settings, chosen, progress.track)
    for one in put_back:
        _say(f"Match {one.match.match_no} of {one.match.batch}: {printable(one.sentence)}")
    loaded: Sequence[LoadedBatch] = []
    batches = sorted({one.match.batch for one in put_back if one.is_put_back})
    if batches and not no_load:
        with open_instance(settings, databases) as instance:
            _follow_warehouse(databases, instance)
            loaded = _load(instance, batches)
    with databases.connect() as connection:
        retried = retried_matches(connection, [match.match_no for match in chosen])
    _print_matches(RetriedMatch, retried, as_json=as_json)
    _fail_if_any_failed(loaded)
    left = [match for match in retried if match.status == "quarantined"]
    if left:
        _fail(f"{len(left)} of {len(retried)} matches are quarantined still.")


def _choose(quarantined: "list[MatchInQuarantine]", names: Sequence[str]) -> "list[MatchInQuarantine]":
    """The matches of these ids and numbers; all without a name."""
    by_name = {str(match.match_no): match for match in quarantined}
    by_name |= {match.match_id: match for match in quarantined if match.match_id is not None}
    unknown = [name for name in names if name.lower() not in by_name]
    if unknown:
        msg = f"{', '.join(unknown)}: no quarantined match has this id or number. See `pewstats quarantine list`."
        raise click.BadParameter(msg, param_hint="MATCH")
    chosen = {match.match_no: match for match in (by_name[name.lower()] for name in names)}
    return list(chosen.values()) if names else quarantined


def _print_matches(columns_of: type, matches: Sequence[Any], *, as_json: bool) -> None:
    if matches or as_json:
        columns = [field.name for field in fields(columns_of)]
        print_table(columns, [astuple(match) for match in matches], "json" if as_json else "text")
    else:
        _say("No match is quarantined.")


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def status(*, as_json: bool) -> None:
    """Show what every batch holds, and which matches were left out and why.

    \b
    Example:
      pewstats status --json | jq '.left_out[].file'
    """
    from pewstats_assets.warehouse.matches import batches
    from pewstats_assets.warehouse.status import BatchStatus, LeftOutMatch, batch_statuses, left_out

    _, databases = _connect()
    with databases.connect() as connection:
        keys = batches(connection)
        statuses = batch_statuses(connection, keys)
        others = left_out(connection, keys)
    if as_json:
        click.echo(to_json({"batches": statuses, "left_out": others}))
        return
    print_table([field.name for field in fields(BatchStatus)], [astuple(row) for row in statuses])
    if others:
        click.echo("Left out:")
        print_table([field.name for field in fields(LeftOutMatch)], [astuple(row) for row in others])


@cli.command()
@click.argument("batches", nargs=-1, metavar="[BATCH]...")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def verify(batches: tuple[str, ...], *, as_json: bool) -> None:
    """Ask the warehouse whether every rule holds: those about batches of BATCH..., or of all, and those about tables.

    These are the rules of Dagster's asset checks; what breaks one is shown with up to 10 rows. A batch that the
    sensor is filling is judged only if it is named. The exit code is 1 if a rule of severity ERROR is broken.

    \b
    Examples:
      pewstats verify
      pewstats verify batch_00007 --json | jq '.[] | select(.passed | not)'
    """
    from pewstats_assets.warehouse.integrity import RULES, Severity, judge, together
    from pewstats_assets.warehouse.matches import batches as registered_batches
    from pewstats_assets.warehouse.matches import closed_batches

    settings, databases = _connect()
    rows = []
    with databases.connect() as connection, _progress("Verifying") as progress:
        _require_registered(batches, registered_batches(connection))
        closed = closed_batches(connection)
        for rule in progress.track(RULES):
            findings = judge(connection, [rule], batches or closed, settings)[rule]
            whole = together(findings)
            rows.append(
                {
                    "rule": rule.name,
                    "asset": rule.asset,
                    "severity": rule.severity.value,
                    "passed": whole.passed,
                    "violations": whole.violations,
                    "batches": [finding.batch for finding in findings if finding.batch and not finding.passed],
                    "holds": rule.holds,
                    "repair": rule.repair,
                    "samples": whole.samples,
                }
            )
    if as_json:
        click.echo(to_json(rows))
    else:
        _print_verdicts(rows)
    if any(not row["passed"] and row["severity"] == Severity.ERROR for row in rows):
        sys.exit(1)


def _print_verdicts(rows: Sequence[dict[str, Any]]) -> None:
    print_table(
        ["rule", "asset", "severity", "result", "violations", "batches"],
        [
            [
                *(row[name] for name in ("rule", "asset", "severity")),
                "passed" if row["passed"] else "FAILED",
                row["violations"],
                len(row["batches"]),
            ]
            for row in rows
        ],
    )
    for row in rows:
        if not row["passed"]:
            click.echo(f"{row['severity']} {row['rule']}: {row['violations']} rows break it. {row['holds']}")
            click.echo(row["repair"])
            print_table(list(row["samples"][0]), [list(sample.values()) for sample in row["samples"]])


@cli.command()
@click.argument("query")
@click.option("--csv", "form", flag_value="csv", help="Print comma-separated values with a header.")
@click.option("--json", "form", flag_value="json", help="Print JSON: an array of objects.")
def sql(query: str, form: Form | None) -> None:
    """Run a QUERY (SELECT, WITH, VALUES) on the warehouse and print what it gives. Nothing can be written.

    Tables: matches, team_fights, fight_participants, player_profile_sums, player_profiles.

    \b
    Examples:
      pewstats sql "SELECT outcome, count(*) FROM team_fights GROUP BY outcome"
      pewstats sql --csv "SELECT * FROM player_profiles" > profiles.csv
    """
    from psycopg import Error

    _, databases = _connect()
    try:
        with databases.connect() as connection:
            columns, rows = _read_only(connection, query)
    except Error as error:
        _fail(str(error).strip())
    if form == "json" and len(set(columns)) < len(columns):
        _fail(f"Two columns have one name, but JSON needs a name for each: use AS. ({', '.join(columns)})")
    print_table(columns, rows, form or "text")


def _read_only(connection: "psycopg.Connection", query: str) -> tuple[list[str], list[tuple[object, ...]]]:
    connection.read_only = True
    # A cursor takes a query and nothing else (no COPY ... TO PROGRAM), and a prepared statement is one statement:
    # nothing can follow that would end the read-only transaction.
    connection.execute(b"DECLARE answer NO SCROLL CURSOR FOR " + query.encode(), prepare=True)
    cursor = connection.execute("FETCH ALL FROM answer")
    return [column.name for column in cursor.description or []], cursor.fetchall()


@cli.command()
def migrate() -> None:
    """Bring the warehouse's schema, and the comments in it, up to date.

    An empty database needs no call: its first use does it.
    """
    from pewstats_assets.warehouse import connect_databases

    connect_databases(Settings.from_environment(), upgrade=True)
    click.echo("The warehouse has the newest schema.")


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path), callback=_expand_home)
@click.option(
    "--batch-size", envvar="PEWSTATS_BATCH_SIZE", default=BATCH_SIZE, show_default=True, type=click.IntRange(min=1)
)
@click.option("--json", "as_json", is_flag=True, help="Print the table as JSON.")
def demo(folder: Path, batch_size: int, *, as_json: bool) -> None:
    """Do the whole job on the telemetry below FOLDER: register, materialize, check, and show what came out.

    \b
    Example:
      pewstats demo data/sample --batch-size 7
    """
    from pewstats_assets.instance import open_instance
    from pewstats_assets.telemetry import find_telemetry_files
    from pewstats_assets.warehouse.matches import batches_of_files, claim

    settings, databases = _connect()
    _say(f"Registering the telemetry below {folder} ...")
    _say_registered(_register(settings, databases, folder, batch_size))
    _say("Materializing its batches with Dagster: telemetry, fights, participants, checks, profiles ...")
    with databases.connect() as connection:
        batches = batches_of_files(connection, [str(file.path) for file in find_telemetry_files(folder)])
        claim(connection, batches)
    if not batches:
        _fail(f"There is no telemetry below {folder}, or its matches are registered with other files.")
    with open_instance(settings, databases) as instance:
        _follow_warehouse(databases, instance)
        loaded = _load(instance, batches)
    with databases.connect() as connection:
        _print_summary(connection, loaded, "json" if as_json else "text")
    _fail_if_any_failed(loaded)
    checks = "No check failed a batch" if any(batch.failed_checks for batch in loaded) else "Every check passed"
    _say(f"{checks}. Open the UI with `make ui`, ask the warehouse with `pewstats sql`.")


@cli.command()
@click.option("--matches", required=True, type=click.IntRange(min=1), help="How many matches.")
@click.option("--seed", default=1, show_default=True, help="Which season; a longer one begins with the same matches.")
@click.option("--out", "folder", required=True, type=click.Path(path_type=Path), callback=_expand_home)
@click.option(
    "--size",
    default="full",
    show_default=True,
    type=click.Choice(["small", "full"]),
    help="full: as the CDN has it, 40 MB of JSON a match; small: the same combat in a tenth of that.",
)
@click.option("--processes", default=os.cpu_count() or 1, show_default="cores", type=click.IntRange(min=1))
@click.option("--json", "as_json", is_flag=True, help="Print the table as JSON.")
def simulate(matches: int, seed: int, folder: Path, size: str, processes: int, *, as_json: bool) -> None:  # noqa: PLR0913 one per option
    """Write a season of simulated telemetry into a folder, and the truth about it into `truth` below it.

    Nobody in it is real. What is written can be registered while more is being written.

    \b
    Examples:
      pewstats simulate --matches 1200 --size small --out data/season
      pewstats simulate --matches 20 --seed 7 --out /tmp/season
    """
    from pewstats_assets.simulation.season import Size, write_season

    total = {"matches": 0, "events": 0, "json_bytes": 0, "gzip_bytes": 0}
    with _progress("Simulating matches") as progress:
        task = progress.add_task("", total=matches)
        for match in write_season(matches, seed, folder, Size(size), processes):
            progress.advance(task)
            total["matches"] += 1
            for name in ("events", "json_bytes", "gzip_bytes"):
                total[name] += getattr(match, name)
    print_table(list(total), [list(total.values())], "json" if as_json else "text")


@cli.command()
@click.option("--port", default=DEFAULT_PORT, show_default=True, type=click.IntRange(1, 65535))
def ui(port: int) -> None:
    """Start Dagster's webserver and daemon on 127.0.0.1, until Ctrl-C.

    \b
    Example:
      pewstats ui --port 3001
    """
    from pewstats_assets.instance import open_instance

    settings, databases = _connect()
    with open_instance(settings, databases) as instance:
        _follow_warehouse(databases, instance)
    _say(f"The UI opens on http://127.0.0.1:{port} in a few seconds. Stop it with Ctrl-C.")
    command = [sys.executable, "-m", "dagster", "dev", "-m", "pewstats_assets.definitions", "--log-level", "warning"]
    # `dagster dev` recommends `dg dev` at every start, which needs a project layout of its own.
    environment = (
        {"PEWSTATS_UI_URL": f"http://127.0.0.1:{port}"}
        | os.environ
        | {"PYTHONWARNINGS": "ignore:Function `dev_command` is superseded"}
    )
    dagster = subprocess.Popen([*command, "-h", "127.0.0.1", "-p", str(port)], env=environment)  # noqa: S603
    # Ctrl-C reaches Dagster by itself; this process only stays, with the embedded server, until Dagster is done.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: dagster.terminate())
    sys.exit(dagster.wait())


@cli.group()
def alerts() -> None:
    """Who is told of failed checks and runs."""


@alerts.command("test")
@click.option("--json", "as_json", is_flag=True, help="Print the table as JSON.")
def send_test_alert(*, as_json: bool) -> None:
    """Send a test message to every receiver of PEWSTATS_ALERT_URLS, and say what each answered.

    The exit code is 1 if one did not accept it, or if there is none.

    \b
    Example:
      PEWSTATS_ALERT_URLS="discord://<id>/<token>, mailto://<user>:<password>@example.com" pewstats alerts test
    """
    from pewstats_assets.alerts import Message, receivers_of

    settings = Settings.from_environment()
    if not settings.alert_urls:
        _fail("PEWSTATS_ALERT_URLS is not set: give the URLs of the receivers, as apprise understands them.")
    message = Message("pewstats: test", "This is a test. Failed checks and runs will be told here.", "info")
    answers = [(receiver.name, receiver.send(message)) for receiver in receivers_of(settings.alert_urls)]
    rows = [(name, problem is None, problem or "It accepted the message.") for name, problem in answers]
    print_table(["receiver", "accepted", "answer"], rows, "json" if as_json else "text")
    refused = sum(problem is not None for _, problem in answers)
    if refused:
        _fail(f"{refused} of {len(answers)} receivers did not accept the message.")


def _connect() -> "tuple[Settings, Databases]":
    from pewstats_assets.warehouse import connect_databases

    settings = Settings.from_environment()
    return settings, connect_databases(settings)


def _register(settings: Settings, databases: "Databases", folder: Path, batch_size: int) -> "Registration":
    from pewstats_assets.partitions import register_folder

    with _progress("Registering files") as progress:
        return register_folder(databases, settings, folder, batch_size, progress.track)


def _say_registered(registration: "Registration") -> None:
    batches = registration.batches
    where = f" as {batches[0]}" + (f" to {batches[-1]}" if len(batches) > 1 else "") if batches else ""
    _say(f"Registered {registration.registered} new matches{where}.")
    for file in registration.duplicates:
        _say(f"Left alone, its match is registered with another file: {printable(file)}")


def _follow_warehouse(databases: "Databases", instance: "dg.DagsterInstance") -> list[str]:
    from pewstats_assets.partitions import follow_warehouse

    return follow_warehouse(databases, instance)


def _require_registered(batches: Sequence[str], registered: Sequence[str]) -> None:
    unknown = [batch for batch in batches if batch not in registered]
    if unknown:
        msg = f"{', '.join(unknown)}: not registered. See `pewstats status`."
        raise click.BadParameter(msg)


def _load(instance: "dg.DagsterInstance", batches: Sequence[str]) -> "list[LoadedBatch]":
    from pewstats_assets.backfill import load_batches

    loaded = []
    with _progress("Materializing batches") as progress:
        task = progress.add_task("", total=len(batches))
        for batch in load_batches(instance, batches):
            progress.advance(task)
            outcome = "failed" if batch.failures else f"complete in {batch.seconds:.1f} s"
            if batch.failed_checks:
                outcome += f"; failed checks: {', '.join(batch.failed_checks)}, see `pewstats verify {batch.batch}`"
            progress.console.print(f"{batch.batch}: {outcome}", highlight=False, soft_wrap=True)
            loaded.append(batch)
    return loaded


def _fail_if_any_failed(loaded: "Sequence[LoadedBatch]") -> None:
    failed = [batch for batch in loaded if batch.failures]
    if failed:
        reasons = "\n".join(
            f"  {batch.batch} (run {batch.run_id}): {printable(failure)}"
            for batch in failed
            for failure in batch.failures
        )
        _fail(f"{len(failed)} of {len(loaded)} batches failed:\n{reasons}")


def _print_summary(connection: "psycopg.Connection", loaded: "Sequence[LoadedBatch]", form: Form) -> None:
    from pewstats_assets.warehouse.status import batch_statuses, number_of_players

    columns = [
        "batch", "matches", "quarantined", "fights", "participants", "players", "null_fight_ids", "orphan_fight_ids",
        "seconds",
    ]  # fmt: skip
    seconds = {batch.batch: batch.seconds for batch in loaded}
    statuses = batch_statuses(connection, list(seconds))
    rows = [{**asdict(status), "seconds": round(seconds[status.batch], 1)} for status in statuses]
    total = {column: sum(row[column] for row in rows) for column in columns[1:]}
    total |= {"batch": "all", "players": number_of_players(connection, list(seconds))}
    total["seconds"] = round(total["seconds"], 1)
    print_table(columns, [[row[column] for column in columns] for row in (*rows, total)], form)


def _progress(description: str) -> Progress:
    """A progress bar on standard error, so that standard output holds results alone."""
    return Progress(
        TextColumn(description),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=_messages,
        transient=True,
        disable=not _messages.is_terminal,
    )
