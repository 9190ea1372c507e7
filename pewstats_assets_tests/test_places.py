"""Places as text: paths, URLs of object stores, and what is neither."""

import pickle
from pathlib import Path

import pytest

from pewstats_assets.places import ObjectUrl, PlaceError, given_place, stored_place


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("s3://bucket", ObjectUrl("s3", "bucket", "")),
        ("s3://bucket/", ObjectUrl("s3", "bucket", "")),
        ("gs://bucket/a/b/", ObjectUrl("gs", "bucket", "a/b")),
        ("az://container/a%20b c", ObjectUrl("az", "container", "a%20b c")),
        ("telemetry/new", Path("telemetry/new")),
        ("~/telemetry", Path.home() / "telemetry"),
        ("s3:/bucket", Path("s3:/bucket")),
    ],
)
def test_a_person_gives_a_path_or_a_url(text: str, place: Path | ObjectUrl) -> None:
    assert given_place(text) == place


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("s4://bucket/x", "s4:// is no object store that is known: give a path, or s3://bucket/folder"),
        ("https://bucket.s3.amazonaws.com/x", "https:// is no object store that is known"),
        ("S3://bucket/x", "S3:// is no object store"),
        ("s3://", "Give s3://bucket/folder"),
        ("s3:///x", "Give s3://bucket/folder"),
        ("s3://key:hush@bucket/x", "credentials come from the environment"),
        ("az://container/x?sv=1&sig=hush", "credentials come from the environment"),
        ("s3://bucket/x#hush", "nothing else in it"),
        ("s3://bucket/a\x1b[31m", "nothing else in it"),
        ("s3://bucket/a/../b", "leave them out"),
        ("s3://bucket/a//b", "leave them out"),
        ("~nobody-of-that-name/x", "No user has this home"),
    ],
)
def test_anything_else_is_refused_without_repeating_secrets(text: str, message: str) -> None:
    with pytest.raises(PlaceError, match=message) as refused:
        given_place(text)
    assert "hush" not in str(refused.value)


@pytest.mark.parametrize("text", ["s3://bucket/a b/100%25?x#y.json", "gs://b/x", "az://c", "/tmp/a.json"])  # noqa: S108
def test_what_is_stored_is_found_again_to_the_letter(text: str) -> None:
    assert str(stored_place(text)) == text


def test_a_url_goes_up_and_down_like_a_path_and_to_other_processes() -> None:
    url = ObjectUrl("s3", "bucket", "season/matchID=x/raw.json.gz")
    assert (url.name, url.parent.name, str(url.parent.parent)) == ("raw.json.gz", "matchID=x", "s3://bucket/season")
    assert str(url.parent.parent.parent / "other") == "s3://bucket/other"
    assert pickle.loads(pickle.dumps(url)) == url  # noqa: S301
