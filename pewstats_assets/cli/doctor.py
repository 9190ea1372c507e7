"""`pewstats doctor`: is everything as it must be."""

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

import click
from rich.console import Console
from rich.text import Text

from pewstats_assets.cli.terminal import json_option
from pewstats_assets.tables import printable, to_json

if TYPE_CHECKING:
    from pewstats_assets.doctor import Finding

_results = Console(soft_wrap=True, highlight=False)
_COLOURS: Final = {"ok": "green", "warn": "yellow", "fail": "red"}


@click.command()
@json_option
def doctor(*, as_json: bool) -> None:
    """Look whether everything is as it must be, and say how to mend what is not.

    It looks at Python, settings, folders, disk space, server, schema, daemon and alert URLs. It only looks: nothing is
    started or changed, so that the databases are seen only while their server runs. The exit code is 1 if something
    fails.

    \b
    Example:
      pewstats doctor --json | jq '.[] | select(.state != "ok")'
    """
    from pewstats_assets.doctor import examine

    findings = []
    for finding in examine():
        findings.append(finding)
        if not as_json:
            _print(finding)
    if as_json:
        click.echo(to_json([asdict(finding) for finding in findings]))
    if any(finding.state == "fail" for finding in findings):
        sys.exit(1)


def _print(finding: "Finding") -> None:
    text = Text.assemble((f"{finding.state:<4}", _COLOURS[finding.state]), f"  {finding.about:<16}  ")
    text.append(printable(finding.detail))
    if finding.mend:
        text.append(f"\n{'':<24}{printable(finding.mend)}")
    _results.print(text)
