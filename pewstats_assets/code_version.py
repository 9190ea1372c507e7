"""Which code a process runs: a worker that nobody restarted after an update must not write what old rules say.

Here: the version of the code, and the refusal of another one. Who launches a run writes his version into its tags; who
executes it compares. Not here: versions of the schema (`warehouse/migrate.py`) and of rules (`fights`).
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pewstats_assets.errors import PewstatsError

#: The tag of a run with the code of whoever launched it.
CODE_VERSION_TAG: Final = "pewstats/code_version"
_CODE: Final = (".py", ".sql", ".yaml")


def _version_of(package: Path) -> str:
    """Return a digest of all code below a folder, 12 hexadecimal digits."""
    digest = hashlib.sha256()
    for file in sorted(file for file in package.rglob("*") if file.suffix in _CODE):
        content = file.read_bytes()
        digest.update(f"{file.relative_to(package).as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:12]


#: The code of this process, as it was when the process imported it.
CODE_VERSION: Final = _version_of(Path(__file__).parent)


class OtherCodeError(PewstatsError):
    """A run was launched by a process that has other code than the one that executes it."""


def refuse_other_code(tags: Mapping[str, str]) -> None:
    """Refuse a run that was launched with other code than this process has.

    Args:
        tags: of the run; without a version among them nobody asks for one.

    Raises:
        OtherCodeError: says both versions, and what to do.
    """
    launched_by = tags.get(CODE_VERSION_TAG, CODE_VERSION)
    if launched_by != CODE_VERSION:
        msg = (
            f"This worker runs code {CODE_VERSION}, but the run was launched by code {launched_by}: update both, and"
            " restart whichever was not restarted, the worker (`pewstats worker`) or the daemon (`pewstats ui`)."
        )
        raise OtherCodeError(msg)
