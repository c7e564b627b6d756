"""The settings file: read over the defaults, refused in a sentence, changed a setting at a time."""

from __future__ import annotations

import tomllib
from dataclasses import asdict, fields, is_dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from config.codes import STAGES
from config.errors import BadInputError
from config.keymap import DEFAULT_KEYS, keys_in_force
from config.settings import (
    CHECK,
    Settings,
    default_settings,
    load_settings,
    save_settings,
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a district's settings lie; not there yet."""
    return tmp_path / "settings.toml"


def read(file: Path, text: str) -> Settings:
    """Settings from a file of this text."""
    file.write_text(text, "utf-8")
    return load_settings(file)


def refusal(file: Path, text: str) -> str:
    """The sentence with which a file of this text is refused."""
    with pytest.raises(BadInputError) as refused:
        read(file, text)
    return refused.value.sentence


def dotted(given: dict[str, Any], where: str = "") -> dict[str, Any]:
    """Every setting by its dotted name."""
    found: dict[str, Any] = {}
    for name, value in given.items():
        found |= (
            dotted(value, f"{where}{name}.") if isinstance(value, dict) else {where + name: value}
        )
    return found


# --- defaults -------------------------------------------------------------------------------------


def test_no_file_is_a_district_that_has_set_nothing(file: Path) -> None:
    assert load_settings(file) == default_settings()
    assert read(file, "") == default_settings()


def test_every_setting_stands_in_the_defaults_file() -> None:
    """A setting that is not in the file would have two defaults."""
    from importlib.resources import files

    kept = tomllib.loads(files("config").joinpath("defaults.toml").read_text("utf-8"))

    def names(kind: Any) -> dict[str, Any]:
        return {
            item.name: names(value) if is_dataclass(value := getattr(kind, item.name)) else None
            for item in fields(kind)
        }

    expected = names(default_settings())
    for name in ("keys", "stage_titles", "stage_targets"):
        expected.pop(name)
        kept.pop(name, None)
    assert dotted(expected).keys() == dotted(kept).keys()


def test_every_stage_has_a_target() -> None:
    assert list(default_settings().stage_targets) == list(STAGES)


def test_what_the_council_must_check_is_a_setting() -> None:
    assert set(CHECK) <= dotted(asdict(default_settings())).keys()


def test_two_districts_share_nothing() -> None:
    one, two = default_settings(), default_settings()
    one.stage_targets["triage"] = 99
    one.chase.standard.append(99)
    assert two == default_settings()
    assert 99 not in two.chase.standard


# --- reading --------------------------------------------------------------------------------------


def test_a_file_changes_what_it_names_and_nothing_else(file: Path) -> None:
    found = read(
        file,
        'district = "Northvale"\nidle_minutes = 3\n'
        "[stage_targets]\ntriage = 1\n"
        "[stage_titles]\nlegal = 'Rights'\n"
        "[chase]\nurgent = [1, 1, 2]\n"
        "[marac]\nfirst_meeting = 2026-02-03\n"
        "[keys]\nundo = 'U'\n",
    )
    expected = default_settings()
    expected.district, expected.idle_minutes = "Northvale", 3
    expected.stage_targets["triage"] = 1
    expected.stage_titles["legal"] = "Rights"
    expected.chase.urgent = [1, 1, 2]
    expected.marac.first_meeting = date(2026, 2, 3)
    expected.keys["undo"] = "U"
    assert found == expected


def test_a_byte_order_mark_is_no_fault(file: Path) -> None:
    """Some editors of Windows write one."""
    file.write_bytes(b"\xef\xbb\xbf" + b'district = "Northvale"\n')
    assert load_settings(file).district == "Northvale"


@pytest.mark.parametrize("text", ["district = ", "[chase", "= 1", "a = 1\na = 2", "\x00"])
def test_what_is_not_toml_is_refused_by_name_only(file: Path, text: str) -> None:
    said = refusal(file, text)
    assert "settings.toml cannot be read" in said
    assert str(file.parent) not in said


def test_other_bytes_and_a_folder_are_refused(file: Path) -> None:
    file.write_bytes(b"\xff\xfe\x00d")
    with pytest.raises(BadInputError):
        load_settings(file)
    file.unlink()
    file.mkdir()
    with pytest.raises(BadInputError):
        load_settings(file)


@pytest.mark.parametrize(
    "keys", ["a,b,,", "F12", "ctrl-l", "strg+l", " ", "a, b", "ctrl+", "\\u001b"]
)
def test_what_is_no_key_is_refused(file: Path, keys: str) -> None:
    """A key that no terminal sends would leave a command, the lock too, without any."""
    assert "keys.lock must be names of keys" in refusal(file, f'[keys]\nlock = "{keys}"')


@pytest.mark.parametrize(
    "keys", ["", "f6", "ctrl+k,f6", "U", "/", "shift+tab", "greater_than_sign"]
)
def test_what_is_a_key_is_taken(file: Path, keys: str) -> None:
    assert read(file, f'[keys]\nundo = "{keys}"').keys["undo"] == keys


@pytest.mark.parametrize("own", ["", "f6", "x,f6"])
def test_the_lock_keeps_its_own_keys(own: str) -> None:
    for command in ("lock", "quit"):
        given = keys_in_force(command, {command: own}).split(",")
        assert {*DEFAULT_KEYS[command].split(","), *filter(None, own.split(","))} == {*given}
    assert keys_in_force("undo", {"undo": own}) == own


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("distrikt = 'x'", "distrikt"),
        ("[chase]\nurgnt = [1]", "chase.urgnt"),
        ("[chasing]\nx = 1", "chasing"),
        ("[stage_targets]\ntriag = 2", "stage_targets.triag"),
        ("[stage_titles]\nnowhere = 'x'", "stage_titles.nowhere"),
    ],
)
def test_an_unknown_setting_is_named(file: Path, text: str, name: str) -> None:
    assert f"{name} is not a setting" in refusal(file, text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("idle_minutes = '5'", "idle_minutes"),
        ("idle_minutes = true", "idle_minutes"),
        ("idle_minutes = 5.0", "idle_minutes"),
        ("mask_names = 1", "mask_names"),
        ("district = 3", "district"),
        ("chase = 3", "chase"),
        ("chase = [1]", "chase"),
        ("stage_targets = [1]", "stage_targets"),
        ("[stage_targets]\ntriage = 'two'", "stage_targets.triage"),
        ("[stage_targets]\ntriage = true", "stage_targets.triage"),
        ("[stage_titles]\ntriage = 2", "stage_titles.triage"),
        ("[chase]\nurgent = ['1']", "chase.urgent"),
        ("[chase]\nurgent = [1, true]", "chase.urgent"),
        ("[orders]\nwarn_days = [1.5]", "orders.warn_days"),
        ("[marac]\nfirst_meeting = '2026-01-08'", "marac.first_meeting"),
        ("[marac]\nfirst_meeting = 2026-01-08T10:00:00", "marac.first_meeting"),
        ("[keys]\nundo = 3", "keys.undo"),
    ],
)
def test_a_setting_of_the_wrong_kind_is_named(file: Path, text: str, name: str) -> None:
    assert f"{name} is of the wrong kind" in refusal(file, text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("idle_minutes = 0", "idle_minutes"),
        ("idle_minutes = 16", "idle_minutes"),
        ("[stage_targets]\ntriage = -1", "stage_targets.triage"),
        ("[stage_targets]\ntriage = 100000", "stage_targets.triage"),
        ("[chase]\nurgent = [0]", "chase.urgent"),
        ("[chase]\nstandard = [2, 100000]", "chase.standard"),
        ("[chase]\nescalate = 0", "chase.escalate"),
        ("[risk]\nhigh_from = 25", "risk.high_from"),
        ("[risk]\nreview_weeks = 0", "risk.review_weeks"),
        ("[marac]\nmeeting_weekday = 7", "marac.meeting_weekday"),
        ("[marac]\nevery_weeks = 0", "marac.every_weeks"),
        ("[marac]\nrepeat_months = -1", "marac.repeat_months"),
        ("[orders]\nwarn_days = [-1]", "orders.warn_days"),
        ("[retention]\nadult_years = -1", "retention.adult_years"),
        ("[retention]\nadult_years = 1000", "retention.adult_years"),
    ],
)
def test_a_number_out_of_range_is_named_with_its_range(file: Path, text: str, name: str) -> None:
    said = refusal(file, text)
    assert name in said
    assert "from" in said


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("[policy]\nsupport_gate = 'harsh'", "policy.support_gate"),
        ("[marac]\nrepeat_anchor = 'whenever'", "marac.repeat_anchor"),
        ("protection = 'rot13'", "protection"),
    ],
)
def test_a_word_that_means_nothing_is_refused_with_those_that_do(
    file: Path, text: str, name: str
) -> None:
    said = refusal(file, text)
    assert name in said
    assert " or " in said


@pytest.mark.parametrize("age", [1, 6, 17])
def test_a_childs_file_does_not_become_due_while_it_is_a_child(file: Path, age: int) -> None:
    said = refusal(file, f"[retention]\nchild_until_age = {age}")
    assert "retention.child_until_age must be 18 or more, or 0" in said


@pytest.mark.parametrize("age", [0, 18, 25])
def test_the_ages_that_a_childs_file_may_be_kept_until(file: Path, age: int) -> None:
    file.write_text(f"[retention]\nchild_until_age = {age}", "utf-8")
    assert load_settings(file).retention.child_until_age == age


def test_bands_of_risk_stand_in_order(file: Path) -> None:
    assert "risk.medium_from" in refusal(file, "[risk]\nmedium_from = 15\nhigh_from = 14")


# --- changing -------------------------------------------------------------------------------------


def test_a_change_leaves_every_other_setting(file: Path) -> None:
    read(file, 'district = "Northvale"\n[chase]\nescalate = 12\n[keys]\nundo = "U"\n')
    save_settings(file, {"chase.silent_after": 8, "theme": "sanctuary-light"})
    found = load_settings(file)
    expected = default_settings()
    expected.district, expected.theme = "Northvale", "sanctuary-light"
    expected.chase.escalate, expected.chase.silent_after = 12, 8
    expected.keys["undo"] = "U"
    assert found == expected


def test_only_what_a_district_set_is_written(file: Path) -> None:
    """So that a later version's better default is taken up."""
    save_settings(file, {"stage_targets.triage": 1})
    assert tomllib.loads(file.read_text("utf-8")) == {"stage_targets": {"triage": 1}}


@pytest.mark.parametrize(
    "changes",
    [
        {"idle_minutes": 99},
        {"idle_minutes": "5"},
        {"nothing": 1},
        {"chase.nothing": 1},
        {"district.name": "x"},
        {"stage_targets.triage": -3},
        {"marac.first_meeting": datetime(2026, 1, 8)},  # noqa: DTZ001
        {"policy.support_gate": "harsh"},
        {"district": None},
    ],
    ids=str,
)
def test_a_change_that_would_not_be_read_back_is_not_written(
    file: Path, changes: dict[str, Any]
) -> None:
    """Else the program would refuse its own file at the next start."""
    read(file, 'district = "Northvale"\n')
    before = file.read_bytes()
    with pytest.raises(BadInputError):
        save_settings(file, changes)
    assert file.read_bytes() == before


def test_a_file_that_cannot_be_read_is_not_written_over(file: Path) -> None:
    file.write_text("district = ", "utf-8")
    with pytest.raises(BadInputError):
        save_settings(file, {"theme": "sanctuary-light"})
    assert file.read_text("utf-8") == "district = "


@pytest.mark.parametrize("name", sorted(dotted(asdict(default_settings()))))
def test_every_setting_can_be_saved_and_read_back(file: Path, name: str) -> None:
    value = dotted(asdict(default_settings()))[name]
    save_settings(file, {name: value})
    assert load_settings(file) == default_settings()
