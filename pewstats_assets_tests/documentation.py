"""What the documentation says, taken apart: its commands and its links."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
README: Final = ROOT / "README.md"
PAGES: Final = (README, *sorted((ROOT / "docs").glob("*.md")))

_BLOCK: Final = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INLINE: Final = re.compile(r"`([^`\n]+)`")
_COMMENT: Final = re.compile(r"\s+#.*$")
_COMMAND: Final = re.compile(r"^(?:[A-Z_]+=\S* )*(?:make [a-z]|(?:\.venv/bin/)?pewstats [a-z])")
_LINK: Final = re.compile(r"\]\(([^)\s]+)\)")
_HEADING: Final = re.compile(r"^#+ (.*)$", re.MULTILINE)


def shell_blocks(page: Path) -> list[str]:
    """The fenced blocks that are for a shell."""
    return [content for language, content in _BLOCK.findall(page.read_text(encoding="utf-8")) if language == "sh"]


def commands_of(block: str) -> list[str]:
    """The lines of a block, without comments."""
    return [line for line in (_COMMENT.sub("", line) for line in block.splitlines()) if line]


def inline_commands(page: Path) -> list[str]:
    """Commands in the middle of sentences."""
    text = _BLOCK.sub("", page.read_text(encoding="utf-8"))
    return [code for code in _INLINE.findall(text) if _COMMAND.match(code)]


def indented_commands(page: Path) -> list[str]:
    """Commands in indented blocks, without comments."""
    lines = page.read_text(encoding="utf-8").splitlines()
    code = (_COMMENT.sub("", line.strip()) for line in lines if line.startswith("    "))
    return [line for line in code if _COMMAND.match(line)]


def links(page: Path) -> Iterator[str]:
    """Where a page's links and pictures lead, beyond the web."""
    text = _BLOCK.sub("", page.read_text(encoding="utf-8"))
    return (link for link in _LINK.findall(text) if "://" not in link and not link.startswith("mailto:"))


def anchors(page: Path) -> set[str]:
    """The anchors that a page's headings make, as GitHub does."""
    headings = _HEADING.findall(page.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
