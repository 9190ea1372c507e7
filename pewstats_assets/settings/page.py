"""The page `docs/settings.md`, made of the settings: `python -m pewstats_assets.settings.page`."""

import sys
from typing import Final

from pydantic.fields import FieldInfo

from pewstats_assets.settings import Settings, as_text, variable

_HEAD: Final = """\
# Settings

<!-- Made of the settings by `make docs`. Change pewstats_assets/settings/__init__.py instead. -->

Every setting is a variable of the environment; an empty one is its default. `pewstats settings` prints those in force,
and where each comes from, with secrets masked. A value that is malformed, or a variable `PEWSTATS_...` that is no
setting, is an error that names it: of a command at once, of Dagster when it loads the project. (In Kubernetes, a
Service named `pewstats` makes such variables in every pod of its namespace: set `enableServiceLinks: false`.)

The processes of Dagster, webserver, daemon and runs, must all have the same settings: `pewstats ui` sees to it. It also
gives them `PEWSTATS_DAGSTER_DATABASE_URL`, Dagster's own storage, which is no setting.

| variable | default | meaning |
|---|---|---|
"""


def page() -> str:
    """Write the page, in Markdown."""
    return _HEAD + "".join(map(_row, Settings.model_fields.values()))


def _row(field: FieldInfo) -> str:
    default = as_text(field.default)
    return f"| `{variable(field)}` | {'' if default is None else f'`{default}`'} | {field.description} |\n"


if __name__ == "__main__":
    sys.stdout.write(page())
