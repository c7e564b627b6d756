"""Files that anybody may have written: whatever is wrong with one is one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.errors import BadInputError
from config.paths import resolve_paths
from config.settings import load_settings
from config.toml import read_toml
from db.attempts import delay_before_next_attempt
from db.device_secret import MissingDeviceSecret, load_device_secret

BOMBS = (
    "x = " + "[" * 5_000 + "]" * 5_000,
    "x = " + "9" * 5_000,
    "x = 1\nx = 1",
    "a" + ".a" * 100_000 + " = 1",  # read part by part it takes minutes
    "a" + ' . "a"' * 100 + " = 1",
    "[a" + ".'a'" * 100 + "]",
)


@pytest.mark.parametrize("text", BOMBS)
def test_a_file_nested_too_deeply_is_damaged_like_any_other(text: str, tmp_path: Path) -> None:
    paths = resolve_paths(str(tmp_path), {})
    for path in (
        paths.settings_file,
        paths.attempts_file,
        paths.attempts_copy,
        paths.device_secret_file,
    ):
        path.write_text(text, "utf-8")
    with pytest.raises(BadInputError, match="cannot be read as TOML; mend it"):
        load_settings(paths.settings_file)
    with pytest.raises(MissingDeviceSecret):
        load_device_secret(paths, "0" * 32, "file")
    assert delay_before_next_attempt(paths) >= 0
    with pytest.raises(ValueError, match=r"."):
        read_toml(text)


def test_a_key_of_a_few_parts_and_dots_in_a_text_are_read() -> None:
    assert read_toml("a.b.c = 1")["a"]["b"]["c"] == 1
    assert read_toml(f"a = '{'one. ' * 59}'")["a"]
    assert len(read_toml(f"a = '{'w' * 400_000}'")["a"]) == 400_000
