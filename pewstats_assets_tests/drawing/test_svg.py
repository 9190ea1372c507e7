"""Text stays text: nothing that a stranger wrote becomes markup, breaks the XML or leaves its place."""

import re
from urllib.parse import unquote

import pytest

from pewstats_assets.drawing.svg import NAME_LENGTH, Drawing, data_url, number, path, shown
from pewstats_assets_tests.drawing.examples import parse, texts

HOSTILE = (
    '</text><script>alert(1)</script><image href="http://x/y.png"/>',
    "]]><!-- &amp; &#x41; '\"",
    "\x00\x01\x1b[31m\x7f\ufffe\uffff\ud800",
    "\u202eevil\u2066\u200b",
    "a" + "\u0301" * 500,
    "W" * 5000,
    "😀👨‍👩‍👧‍👦﷽𒐫",
    "שלום عليكم",
    "",
)  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_one_short_piece_of_text(name: str) -> None:
    drawing = Drawing(100, 100, shown(name), "")
    drawing.text((1, 2), shown(name))
    assert texts(str(drawing)) == [shown(name)]
    assert {element.tag.rpartition("}")[2] for element in parse(str(drawing)).iter()} == {
        "svg", "title", "style", "rect", "text",
    }  # fmt: skip
    assert len(shown(name)) <= NAME_LENGTH


def test_names_are_shown_as_they_are_where_they_are_harmless() -> None:
    assert shown("Team_Pew-1") == "Team_Pew-1"
    assert shown("<b>&") == "<b>&"  # escaped where it is written
    assert shown("שלום") == "שלום"
    assert shown("x" * NAME_LENGTH) == "x" * NAME_LENGTH
    assert shown("x" * (NAME_LENGTH + 1)) == "x" * (NAME_LENGTH - 1) + "…"


def test_what_cannot_be_seen_is_seen_to_be_there() -> None:
    assert shown("a\u202eb\x00c") == "a\ufffdb\ufffdc"
    assert shown("e\u0301\u0301\u0301x") == "e\u0301x"
    assert shown("\u0301x") == "x"


def test_attributes_are_escaped() -> None:
    drawing = Drawing(100, 100, "", "")
    drawing.add("g", fill='"><script>')
    assert parse(str(drawing))[-1].attrib == {"fill": '"><script>'}


@pytest.mark.parametrize("name", HOSTILE)
def test_the_url_of_a_drawing_is_the_drawing_in_harmless_characters(name: str) -> None:
    drawing = Drawing(100, 100, shown(name), "a{b:'c'}")
    drawing.add("g", fill=f"'\"{shown(name)}").text((1, 2), shown(name))
    url = data_url(str(drawing))
    head, _, content = url.partition(",")
    assert head == "data:image/svg+xml"
    assert re.fullmatch(r"[A-Za-z0-9_.~%' =/:;,+-]*", content)
    read = parse(unquote(content))
    assert [(e.tag, e.text, e.attrib) for e in read.iter()] == [
        (e.tag, e.text, e.attrib) for e in parse(str(drawing)).iter()
    ]


def test_numbers_are_short() -> None:
    assert [number(value) for value in (0.04, -0.04, 1.25, 1000.0, 123456.0, 1e20)] == [
        "0", "0", "1.2", "1000", "123456", "100000000000000000000",
    ]  # fmt: skip
    assert path([(1, 2), (3.14159, 4)], closed=True) == "M1 2L3.1 4Z"
