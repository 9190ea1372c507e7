"""What all commands have in common: help, errors, colours, progress, completion."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from pewstats_assets.cli.page import page
from pewstats_assets.cli.root import cli
from pewstats_assets_tests.cli.terminals import COLOUR, on_a_terminal
from pewstats_assets_tests.processes import PEWSTATS, Pewstats
from pewstats_assets_tests.servers import PASSWORD
from pewstats_assets_tests.telemetry_folders import match_id_of, write_matches

#: What prints no table, or JSON anyway.
WITHOUT_JSON = {"clean", "ui", "register", "backfill", "detect", "migrate", "worker"}


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


BASH = shutil.which("bash")
COMMANDS = dict(commands(cli))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_what_it_does_and_what_its_options_do(name: str) -> None:
    command = COMMANDS[name]
    assert command.help
    assert command.get_short_help_str(85)[-3:] != "..."
    assert [option.name for option in command.params if isinstance(option, click.Option) and not option.help] == []


def test_every_command_that_prints_a_table_prints_json() -> None:
    without = {
        name for name, command in COMMANDS.items() if not any("--json" in option.opts for option in command.params)
    }
    assert without == WITHOUT_JSON


def test_the_page_is_that_of_the_commands() -> None:
    """`make docs` writes it."""
    committed = Path(__file__).parents[2] / "docs" / "command-line.md"
    assert committed.read_text(encoding="utf-8") == page()
    for name in COMMANDS:
        assert f"## pewstats {name}\n" in page()


def test_help_names_the_exit_codes(tmp_path: Path) -> None:
    out, _ = Pewstats(tmp_path).run("--help")
    assert re.search(r"Exit codes:\n +0  done\n +1  .*\n +2  wrong usage\n", out)


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> str:
    """A command with a mistake in it, which shows a secret and a name that would colour the terminal."""
    monkeypatch.setenv("PEWSTATS_DATABASE_URL", "postgresql://me:hush%21@host/pewstats?sslmode=require")
    monkeypatch.setenv("PEWSTATS_ALERT_URLS", "json://host/hush, discord://1/hush2")

    @click.command()
    def broken() -> None:
        msg = f"connect({os.environ['PEWSTATS_DATABASE_URL']!r}, 'hush!') for \x1b[31mevil, then discord://1/hush2"
        raise ValueError(msg)

    monkeypatch.setitem(cli.commands, "broken", broken)
    return "broken"


def test_a_mistake_in_a_command_is_one_sentence_without_secrets(broken: str) -> None:
    result = CliRunner().invoke(cli, [broken])
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        "Error: ValueError: connect('********', '********') for \\x1b[31mevil, then ********. "
        "This is a mistake in pewstats: `pewstats --debug ...` shows where.\n"
    )


def test_debug_shows_the_stack_trace_without_secrets(broken: str) -> None:
    result = CliRunner().invoke(cli, ["--debug", broken])
    assert result.exit_code == 1
    assert "Traceback (most recent call last):" in result.stderr
    assert "in broken" in result.stderr
    assert "ValueError: connect('********'" in result.stderr
    assert "hush" not in result.stderr
    assert "\x1b" not in result.stderr


def test_debug_shows_where_a_database_could_not_be_reached(tmp_path: Path) -> None:
    unreachable = Pewstats(tmp_path, f"postgresql://me:{PASSWORD}@127.0.0.1:9/pewstats")
    process = unreachable.start("--debug", "status")
    _, err = process.communicate()
    assert process.returncode == 1
    assert "Traceback (most recent call last):" in err
    assert "in connect_databases" in err
    assert "\nError: PostgreSQL cannot be used (127.0.0.1, database pewstats)" in err
    assert PASSWORD not in err


def test_a_folder_that_cannot_be_made_is_one_sentence() -> None:
    _, err = Pewstats(Path("/proc/nowhere")).run("status", exit_code=1)
    where = "No such file or directory: /proc/nowhere"
    assert err == f"Error: {where}. `pewstats doctor` looks at folders and disk space.\n"


def test_a_pipe_that_nobody_reads_any_more_is_no_error(tmp_path: Path) -> None:
    with Pewstats(tmp_path).start("settings", "--json") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""


def test_results_are_coloured_on_a_terminal_alone_and_not_with_no_color(tmp_path: Path) -> None:
    pewstats = Pewstats(tmp_path)
    write_matches(tmp_path / "telemetry", range(1, 3))
    files = [str(tmp_path / "telemetry" / f"{match_id_of(number)}.json.gz") for number in (1, 2)]
    terminal, out = on_a_terminal(pewstats, "detect", *files, output=False)
    assert "Detecting fights" in terminal
    assert COLOUR.search(terminal)
    assert "match_id" not in terminal
    assert len(out.splitlines()) == 2
    assert "\x1b" not in out
    assert "Detecting fights" not in on_a_terminal(pewstats, "detect", *files)[0]

    pewstats.environment["NO_COLOR"] = "1"
    terminal, _ = on_a_terminal(pewstats, "detect", *files, output=False)
    assert "Detecting fights" in terminal
    assert not COLOUR.search(terminal)
    assert pewstats.run("detect", *files)[1] == ""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_shell_gets_its_completion(tmp_path: Path, shell: str) -> None:
    pewstats = Pewstats(tmp_path)
    pewstats.environment["_PEWSTATS_COMPLETE"] = f"{shell}_source"
    out, _ = pewstats.run()
    assert "_PEWSTATS_COMPLETE" in out
    assert f"_PEWSTATS_COMPLETE={shell}_source pewstats" in page()


@pytest.mark.skipif(BASH is None, reason="bash is not installed")
@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("pewstats quar", ["quarantine"]),
        ("pewstats quarantine ", ["list", "retry"]),
        ("pewstats simulate --s", ["--seed", "--size"]),
        ("pewstats simulate --size ", ["small", "full"]),
    ],
)
def test_bash_completes_commands_options_and_values(tmp_path: Path, typed: str, completed: list[str]) -> None:
    script = """
        eval "$(_PEWSTATS_COMPLETE=bash_source pewstats)"
        IFS=, read -ra COMP_WORDS <<< "$TYPED"
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        "$(complete -p pewstats | grep -oE '_\\w+completion\\w*')" pewstats
        printf '%s\\n' "${COMPREPLY[@]}"
    """
    environment = {
        **Pewstats(tmp_path).environment,
        "PATH": f"{PEWSTATS.parent}:{os.environ['PATH']}",
        "TYPED": ",".join(typed.split(" ")) + ("," if typed.endswith(" ") else ""),
    }
    done = subprocess.run([str(BASH), "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == completed
