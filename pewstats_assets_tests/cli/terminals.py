"""Runs `pewstats` on a terminal, as a person does."""

import os
import pty
import re
import subprocess

from pewstats_assets_tests.processes import PEWSTATS, Pewstats

COLOUR = re.compile(r"\x1b\[[0-9;]*3[0-9][0-9;]*m")


def on_a_terminal(
    pewstats: Pewstats, *arguments: str, output: bool = True, typed: str = "", exit_code: int = 0
) -> tuple[str, str]:
    """Run `pewstats` with its standard error, and its output if so, on a terminal.

    Returns:
        What the terminal got, and what went elsewhere.
    """
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [PEWSTATS, *arguments],
        stdin=theirs,
        stdout=theirs if output else subprocess.PIPE,
        stderr=theirs,
        env={**pewstats.environment, "TERM": "xterm-256color", "COLUMNS": "200"},
    )
    os.close(theirs)
    os.write(ours, typed.encode())
    seen = b""
    while chunk := _read(ours):
        seen += chunk
    os.close(ours)
    out = process.communicate()[0]
    assert process.returncode == exit_code, seen
    return seen.decode(), (out or b"").decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux says so where nobody has the other side open any more
        return b""
