"""How deeply JSON is nested, whatever its texts look like."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pewstats_assets.telemetry import nesting
from pewstats_assets.telemetry.nesting import nests_deeper

texts = st.text(st.sampled_from('[]{}"\\,a\n'), max_size=6)
values = st.recursive(
    st.none() | texts, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3)
)


def levels_of(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + max(map(levels_of, value.values()), default=0)
    return 1 + max(map(levels_of, value), default=0) if isinstance(value, list) else 0


@settings(max_examples=500, deadline=None)
@given(values, st.sampled_from([1, 2, 3, 1000]))
def test_levels_are_counted_outside_texts_and_across_blocks(value: object, block: int) -> None:
    content = json.dumps(value).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nesting, "_BLOCK", block)
        levels = levels_of(value)
        assert not nests_deeper(content, levels)
        assert levels == 0 or nests_deeper(bytearray(content), levels - 1)
