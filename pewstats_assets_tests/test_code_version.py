import shutil
from pathlib import Path

import pytest

import pewstats_assets
from pewstats_assets.code_version import CODE_VERSION, CODE_VERSION_TAG, OtherCodeError, _version_of, refuse_other_code


def test_the_version_changes_with_every_line_of_code_and_with_nothing_else(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(Path(pewstats_assets.__file__).parent, copy, ignore=shutil.ignore_patterns("__pycache__"))
    assert _version_of(copy) == CODE_VERSION
    (copy / "py.typed").write_text("not code")
    assert _version_of(copy) == CODE_VERSION
    sql = copy / "warehouse" / "migrations" / "versions" / "0001_initial.sql"
    sql.write_bytes(sql.read_bytes() + b"\n")
    assert _version_of(copy) != CODE_VERSION


def test_a_run_that_other_code_launched_is_refused_in_a_sentence() -> None:
    with pytest.raises(
        OtherCodeError, match=f"runs code {CODE_VERSION}, but the run was launched by code 0123456789ab"
    ):
        refuse_other_code({CODE_VERSION_TAG: "0123456789ab"})


def test_a_run_of_the_same_code_and_one_that_nobody_marked_are_executed() -> None:
    refuse_other_code({CODE_VERSION_TAG: CODE_VERSION})
    refuse_other_code({})
