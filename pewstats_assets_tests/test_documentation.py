"""The documentation: what it links to is there, what it tells to type exists, its pictures are what the code draws.

Every command of the README is run as it stands by `hard/test_readme.py`.
"""

import re
from pathlib import Path

import click
import pytest

from pewstats_assets.cli.root import cli
from pewstats_assets_tests.documentation import (
    PAGES,
    README,
    ROOT,
    anchors,
    commands_of,
    indented_commands,
    inline_commands,
    links,
    shell_blocks,
)
from pewstats_assets_tests.pictures import PICTURES, drawings

TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def commands(page: Path) -> list[str]:
    in_blocks = [command for block in shell_blocks(page) for command in commands_of(block)]
    return [*in_blocks, *inline_commands(page), *indented_commands(page)]


def exists(command: str) -> bool:
    """Whether what is typed is a target of make, or a command of `pewstats` with options that it has."""
    if command.startswith("make "):
        return command.split()[1] in TARGETS | {".venv/ready"}
    words = iter(command.partition("pewstats ")[2].split("|")[0].split())
    found: click.Command | None = cli
    for word in words:
        if not isinstance(found, click.Group):
            options = {name for option in found.params for name in option.opts} if found else set()
            if word.startswith("--") and word.partition("=")[0] not in options | {"--help"}:
                return False
            continue
        found = found.get_command(click.Context(found), word.strip("`.,"))
    return found is not None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_exist(page: Path) -> None:
    for command in commands(page):
        if not command.startswith("export "):
            assert exists(command), command


def test_a_command_that_does_not_exist_is_found_out() -> None:
    assert exists("make demo TELEMETRY=~/telemetry")
    assert exists(".venv/bin/pewstats quarantine list batch_00001 --json")
    assert exists("pewstats export --out ~/pewstats --batch batch_00001")
    assert not exists("make coffee")
    assert not exists("pewstats brew")
    assert not exists("pewstats quarantine brew")
    assert not exists("pewstats fight 1004 --jpeg a.jpeg")


def test_the_index_has_every_page() -> None:
    index = ROOT / "docs" / "README.md"
    linked = {link.partition("#")[0] for link in links(index)}
    assert {page.name for page in PAGES if page not in {README, index}} <= linked


def test_the_readme_shows_the_assets_and_a_fight() -> None:
    assert {"docs/pictures/asset-graph.png", "docs/pictures/fight.svg"} < set(links(README))


def test_drawings_are_what_the_code_draws() -> None:
    """Else: `make docs`."""
    for name, svg in drawings().items():
        assert (PICTURES / name).read_text(encoding="utf-8") == svg


def test_pictures_are_of_modest_size() -> None:
    sizes = {file.name: file.stat().st_size for file in PICTURES.iterdir()}
    assert sizes.keys() == {"asset-graph.png", "fight.svg", "match.svg"}
    assert max(sizes.values()) < 150_000
