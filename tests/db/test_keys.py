"""Making, opening and re-keying a caseload, with real files and the real derivation."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
import tomllib
import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.errors import BadInputError, SanctuaryError
from config.paths import Paths, SyncedFolderError, resolve_paths
from db import connection, keyfile, keys
from db.connection import close_connection, open_connection
from db.keys import CHEAP_FOR_TESTS, STANDARD
from tests import needs

GOOD = "kettle orchid ninety plinth"
OTHER = "gravel lattice umbrella tundra"


def new_caseload(paths: Paths, passphrase: str = GOOD) -> keys.NewCaseload:
    return keys.create_caseload(paths, passphrase, params=CHEAP_FOR_TESTS, allow_weak=True)


def _forget_attempts(paths: Paths) -> None:
    for count in (paths.attempts_file, paths.attempts_copy):
        count.unlink(missing_ok=True)


def files_of(paths: Paths) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in paths.data_dir.iterdir()}


# --- the derivation ------------------------------------------------------------------------------

VECTOR_PASSPHRASE = "Käse woud ster kanaal"
VECTOR_SECRET = bytes(range(32))
VECTOR_SALT = bytes(range(16))
VECTOR_KEY = "2a46b8a61b55042ce31990a10406f6a1103672ef76160b57996bc359e721e2a0"


@pytest.mark.guarantee
def test_the_documented_vector_with_the_standard_parameters() -> None:
    derived = keyfile.derive_wrapping_key(VECTOR_PASSPHRASE, VECTOR_SECRET, VECTOR_SALT, STANDARD)
    assert derived.hex() == VECTOR_KEY


@pytest.mark.guarantee
def test_the_vector_by_another_library() -> None:
    """The same result from OpenSSL's Argon2id, so the file can be opened without libsodium."""
    argon2 = pytest.importorskip(
        "cryptography.hazmat.primitives.kdf.argon2",
        reason="cryptography 44 or newer is not installed: python3 run.py setup --dev",
    )
    stretched = argon2.Argon2id(
        salt=VECTOR_SALT, length=32, iterations=3, lanes=1, memory_cost=131_072
    ).derive(VECTOR_PASSPHRASE.encode())
    joined = hashlib.blake2b(
        stretched, digest_size=32, key=VECTOR_SECRET, person=b"sanctuary-tui-v1"
    )
    assert joined.hexdigest() == VECTOR_KEY


def test_a_caseload_with_the_standard_parameters_opens(paths: Paths) -> None:
    made = keys.create_caseload(paths, GOOD)
    assert keys.unlock(paths, GOOD) == made.data_key
    with pytest.raises(keys.WrongPassphrase):
        keys.unlock(paths, OTHER)
    assert keyfile.read_key_file(paths.keyfile).params == STANDARD


def test_passphrase_salt_and_device_secret_all_matter() -> None:
    def derive(passphrase: str = "a", secret: int = 0, salt: int = 0) -> bytes:
        return bytes(
            keyfile.derive_wrapping_key(
                passphrase, bytes([secret] * 32), bytes([salt] * 16), CHEAP_FOR_TESTS
            )
        )

    found = {derive(), derive(passphrase="b"), derive(secret=1), derive(salt=1)}
    assert len(found) == 4


@given(st.text(max_size=60))
def test_every_normal_form_of_a_passphrase_is_the_same(text: str) -> None:
    forms = [unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)]
    assert len({keyfile.passphrase_bytes(form) for form in forms}) == 1


@pytest.mark.parametrize(
    ("memory_kib", "passes", "lanes"),
    [
        (7, 1, 1),
        (1 << 21, 1, 1),
        (8, 0, 1),
        (8, 33, 1),
        (8, 1, 4),
        (1 << 20, 4, 1),
        (1 << 20, 32, 1),
    ],
)
def test_costs_out_of_range_are_refused(memory_kib: int, passes: int, lanes: int) -> None:
    with pytest.raises(ValueError, match=r"range|lane"):
        keys.KdfParams(memory_kib, passes, lanes)


@pytest.mark.parametrize("times", [1, 8])
def test_a_key_file_of_this_program_or_of_a_costlier_one_is_read(times: int) -> None:
    memory = keys.STANDARD.memory_kib * times
    assert keys.KdfParams(memory, keys.STANDARD.passes).memory_kib == memory


# --- making --------------------------------------------------------------------------------------


def test_what_is_made(paths: Paths) -> None:
    made = new_caseload(paths)
    assert sorted(files_of(paths)) == ["caseload.db", "caseload.key", "device.secret"]
    document = tomllib.loads(paths.keyfile.read_text())
    assert document["version"] == 1
    assert document["kdf"] == "argon2id"
    assert document["caseload_id"] == made.caseload_id
    assert document["created"] == made.created
    assert document["device_secret"] == made.secret_place == "file"
    assert keys.parse_recovery_key(made.recovery_key) == made.data_key
    conn = open_connection(paths.caseload, made.data_key)
    assert connection.quick_checks(conn) == []
    close_connection(conn)


@pytest.mark.guarantee
def test_no_key_lies_about(paths: Paths) -> None:
    made = new_caseload(paths)
    everything = b"".join(files_of(paths).values())
    assert bytes(made.data_key) not in everything
    assert made.data_key.hex().encode() not in everything
    assert made.data_key.hex() not in repr(made)
    assert made.recovery_key not in repr(made)


def test_a_new_caseload_has_a_key_of_its_own(tmp_path: Path) -> None:
    first = new_caseload(resolve_paths(str(tmp_path / "a"), {}))
    second = new_caseload(resolve_paths(str(tmp_path / "b"), {}))
    assert first.data_key != second.data_key
    assert first.caseload_id != second.caseload_id


@pytest.mark.guarantee
@needs.file_modes
def test_everything_made_is_private(paths: Paths) -> None:
    before = os.umask(0)
    try:
        new_caseload(paths)
    finally:
        os.umask(before)
    assert paths.data_dir.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in paths.data_dir.iterdir()} == {0o600}


@pytest.mark.parametrize("name", ["caseload.db", "caseload.key", "caseload.db-wal"])
def test_nothing_that_exists_is_overwritten(paths: Paths, name: str) -> None:
    paths.data_dir.mkdir()
    (paths.data_dir / name).write_bytes(b"what was there")
    with pytest.raises(connection.CaseloadExists):
        new_caseload(paths)
    assert files_of(paths) == {name: b"what was there"}


def test_a_weak_passphrase_makes_nothing(paths: Paths) -> None:
    with pytest.raises(keys.WeakPassphrase, match="unrelated words"):
        keys.create_caseload(paths, "demo", params=CHEAP_FOR_TESTS)
    assert not paths.data_dir.exists()


def test_a_synced_folder_is_refused(tmp_path: Path) -> None:
    paths = resolve_paths(str(tmp_path / "OneDrive" / "cases"), {})
    with pytest.raises(SyncedFolderError):
        new_caseload(paths)
    assert not (tmp_path / "OneDrive").exists()


# --- opening -------------------------------------------------------------------------------------

SCRIPTS = [
    "пароль",
    "密码短语",
    "كلمة السر",
    "contraseña",
    "🐝🌧",
    " spaced  out ",
    "a\tb",
    "a\x00b",
]


@pytest.mark.parametrize("passphrase", SCRIPTS)
def test_any_script(paths: Paths, passphrase: str) -> None:
    made = new_caseload(paths, passphrase)
    assert keys.unlock(paths, unicodedata.normalize("NFD", passphrase)) == made.data_key


WRITTEN: dict[str, tuple[int, int]] = {
    "Latin with accents": (0x00C0, 0x024F),
    "Vietnamese": (0x1EA0, 0x1EF9),
    "Greek": (0x0386, 0x03CE),
    "Greek of old": (0x1F00, 0x1FFC),
    "Cyrillic": (0x0400, 0x04FF),
    "Armenian": (0x0531, 0x0586),
    "Hebrew": (0x0591, 0x05EA),
    "Arabic, Persian, Urdu": (0x0610, 0x06D3),
    "Devanagari": (0x0901, 0x0963),
    "Bengali": (0x0981, 0x09E3),
    "Gurmukhi": (0x0A01, 0x0A5E),
    "Gujarati": (0x0A81, 0x0AE3),
    "Tamil": (0x0B82, 0x0BD7),
    "Sinhala": (0x0D82, 0x0DDF),
    "Thai": (0x0E01, 0x0E4E),
    "Tibetan": (0x0F40, 0x0FB9),
    "Georgian": (0x10A0, 0x10FA),
    "Ethiopic": (0x1200, 0x1357),
    "Japanese kana": (0x3041, 0x30FE),
    "Chinese": (0x4E00, 0x9FD5),
    "Compatibility ideographs": (0xF900, 0xFA6D),
    "Korean": (0xAC00, 0xD7A3),
    "Emoji": (0x1F300, 0x1F64F),
}
"""Scripts by where their letters stand in Unicode."""


@pytest.mark.guarantee
@pytest.mark.parametrize("script", WRITTEN)
@given(data=st.data())
def test_a_passphrase_opens_however_the_keyboard_composes_it(
    script: str, data: st.DataObject
) -> None:
    """Wrapped as one keyboard gives it, opened as another does."""
    first, last = WRITTEN[script]
    letters = st.characters(min_codepoint=first, max_codepoint=last, exclude_categories=["Cs"])
    passphrase = data.draw(st.text(st.one_of(letters, st.sampled_from(" -'7")), min_size=1))
    secret, key = bytes(32), bytes(range(32))
    for made, typed in (("NFC", "NFD"), ("NFD", "NFC")):
        kept = keyfile.wrap(
            key,
            unicodedata.normalize(made, passphrase),
            secret,
            params=CHEAP_FOR_TESTS,
            created=date(2026, 1, 1),
            place="file",
            device_entry="",
        )
        again = unicodedata.normalize(typed, passphrase)
        assert keyfile.unwrap(kept, again, secret, Path("caseload.key")) == key


@pytest.mark.guarantee
@pytest.mark.parametrize("passphrase", ["Käse café", "한국어 암호", "الْمُؤْمِن آ", "Tiếng Việt"])
def test_control_without_one_form_another_keyboard_is_kept_out(
    passphrase: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyfile, "passphrase_bytes", str.encode)
    secret = bytes(32)
    kept = keyfile.wrap(
        bytes(range(32)),
        unicodedata.normalize("NFC", passphrase),
        secret,
        params=CHEAP_FOR_TESTS,
        created=date(2026, 1, 1),
        place="file",
        device_entry="",
    )
    with pytest.raises(keys.WrongPassphrase):
        keyfile.unwrap(kept, unicodedata.normalize("NFD", passphrase), secret, Path("caseload.key"))


@pytest.mark.parametrize("wrong", ["", GOOD + " ", " " + GOOD, GOOD.upper(), GOOD[:-1], "\ud800x"])
def test_anything_else_does_not_open_it(paths: Paths, wrong: str) -> None:
    new_caseload(paths)
    with pytest.raises(SanctuaryError) as refusal:
        keys.unlock(paths, wrong)
    assert isinstance(refusal.value, keys.WrongPassphrase | BadInputError)


def test_without_the_key_file(paths: Paths) -> None:
    new_caseload(paths)
    paths.keyfile.unlink()
    with pytest.raises(keys.MissingKeyFile, match="recovery key"):
        keys.unlock(paths, GOOD)
    assert keys.attempts_since_last_success(paths).count == 0


@needs.pipes
def test_a_pipe_for_a_key_file_is_not_waited_for(paths: Paths) -> None:
    new_caseload(paths)
    paths.keyfile.unlink()
    os.mkfifo(paths.keyfile)
    with pytest.raises(keys.DamagedKeyFile, match="recovery key"):
        keys.unlock(paths, GOOD)


def test_without_the_device_secret(paths: Paths) -> None:
    """What a stolen copy of the folder is worth without this computer, the passphrase known."""
    made = new_caseload(paths)
    paths.device_secret_file.unlink()
    with pytest.raises(keys.MissingDeviceSecret, match="recovery key"):
        keys.unlock(paths, GOOD)
    assert keys.unlock_with_recovery_key(paths, made.recovery_key) == made.data_key


def test_another_computers_device_secret_does_not_do(tmp_path: Path) -> None:
    here, there = (resolve_paths(str(tmp_path / name), {}) for name in ("here", "there"))
    made = new_caseload(here)
    new_caseload(there)
    secret = tomllib.loads(there.device_secret_file.read_text())["secrets"]
    text = here.device_secret_file.read_text()
    mine = tomllib.loads(text)["secrets"][made.caseload_id]
    here.device_secret_file.write_text(text.replace(mine, next(iter(secret.values()))))
    with pytest.raises(keys.WrongPassphrase):
        keys.unlock(here, GOOD)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "",
        lambda text: "not toml = = =",
        lambda text: text + "x" * 20_000,
        lambda text: text + "x = " + "[" * 5_000 + "]" * 5_000,
        lambda text: text + "x = " + "9" * 5_000,
        lambda text: text.replace("version = 1", "version = 2"),
        lambda text: text.replace("argon2id", "scrypt"),
        lambda text: text.replace("passes = 1", "passes = 0"),
        lambda text: text.replace("passes = 1", "passes = true"),
        lambda text: text.replace("memory_kib = 8", "memory_kib = 999999999"),
        lambda text: text.replace("memory_kib = 8", "memory_kib = 1048576").replace(
            "passes = 1",
            "passes = 32",  # it took 37 s to be refused
        ),
        lambda text: text.replace('salt = "', 'salt = "00'),
        lambda text: text.replace("wrapped", "wripped"),
        lambda text: text.replace('= "file"', '= "cloud"'),
        lambda text: "\x00" * 100,
    ],
)
def test_a_damaged_key_file_is_one_sentence(paths: Paths, change: object) -> None:
    made = new_caseload(paths)
    paths.keyfile.write_text(change(paths.keyfile.read_text()))  # type: ignore[operator]
    with pytest.raises(keys.DamagedKeyFile, match="recovery key"):
        keys.unlock(paths, GOOD)
    assert keys.unlock_with_recovery_key(paths, made.recovery_key) == made.data_key


@pytest.mark.guarantee
def test_no_changed_character_of_the_key_file_opens_another_key(paths: Paths) -> None:
    made = new_caseload(paths)
    text = paths.keyfile.read_text()
    chance = random.Random(7)
    for _ in range(60):
        place = chance.randrange(len(text))
        paths.keyfile.write_text(
            text[:place] + chance.choice("0123456789abcdef") + text[place + 1 :]
        )
        _forget_attempts(paths)
        try:
            opened = keys.unlock(paths, GOOD)
        except SanctuaryError:
            continue
        assert opened == made.data_key  # a date, or the character that was there


def test_parameters_are_authenticated(paths: Paths) -> None:
    new_caseload(paths)
    text = paths.keyfile.read_text()
    paths.keyfile.write_text(text.replace("memory_kib = 8", "memory_kib = 9"))
    with pytest.raises(keys.WrongPassphrase):
        keys.unlock(paths, GOOD)


def test_wrong_attempts_slow_the_next_and_outlive_the_program(paths: Paths) -> None:
    new_caseload(paths)
    now = 1_795_000_000.0

    def clock() -> float:
        return now

    for _ in range(3):
        with pytest.raises(keys.WrongPassphrase):
            keys.unlock(paths, OTHER, clock=clock)
        now += keys.delay_before_next_attempt(paths, clock=clock)
    now -= 0.5
    with pytest.raises(keys.TooSoon) as soon:
        keys.unlock(paths, GOOD, clock=clock)
    assert soon.value.seconds == pytest.approx(0.5)
    program = (
        "import sys; from config.paths import resolve_paths\n"
        "from db.keys import attempts_since_last_success\n"
        "print(attempts_since_last_success(resolve_paths(sys.argv[1], {})).count)\n"
    )
    again = subprocess.run(
        [sys.executable, "-c", program, str(paths.data_dir)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert again.stdout.strip() == "3"
    now += 0.5
    keys.unlock(paths, GOOD, clock=clock)
    assert keys.delay_before_next_attempt(paths, clock=clock) == 0
    assert keys.attempts_since_last_success(paths).count == 3
    keys.attempts_recorded(paths)
    assert keys.attempts_since_last_success(paths).count == 0


def test_a_good_unlock_leaves_no_trace(paths: Paths) -> None:
    new_caseload(paths)
    before = files_of(paths)
    keys.unlock(paths, GOOD)
    assert files_of(paths) == before


@given(st.binary(min_size=32, max_size=32))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_another_recovery_key_is_refused(paths: Paths, key: bytes) -> None:
    if not paths.caseload.exists():
        new_caseload(paths)
    with pytest.raises(keys.WrongRecoveryKey, match="not the one of this caseload"):
        keys.unlock_with_recovery_key(paths, keys.format_recovery_key(key))


@pytest.mark.guarantee
def test_the_recovery_key_needs_no_other_file(paths: Paths) -> None:
    made = new_caseload(paths)
    for path in (paths.keyfile, paths.device_secret_file):
        path.unlink()
    data_key = keys.unlock_with_recovery_key(paths, made.recovery_key)
    close_connection(open_connection(paths.caseload, data_key))


def test_the_recovery_key_without_a_caseload(paths: Paths) -> None:
    with pytest.raises(connection.MissingCaseload):
        keys.unlock_with_recovery_key(paths, keys.format_recovery_key(bytes(32)))


# --- changing ------------------------------------------------------------------------------------


def test_a_passphrase_change_rewrites_the_key_file_alone(paths: Paths) -> None:
    made = new_caseload(paths)
    before = files_of(paths)
    keys.change_passphrase(paths, GOOD, OTHER, params=CHEAP_FOR_TESTS)
    after = files_of(paths)
    assert {name for name in before if before[name] != after[name]} == {"caseload.key"}
    assert before.keys() == after.keys()
    assert keys.unlock(paths, OTHER) == made.data_key
    with pytest.raises(keys.WrongPassphrase):
        keys.unlock(paths, GOOD)


def test_salt_and_nonce_are_never_used_twice(paths: Paths) -> None:
    new_caseload(paths)
    first = keyfile.read_key_file(paths.keyfile)
    keys.change_passphrase(paths, GOOD, GOOD, params=CHEAP_FOR_TESTS)
    second = keyfile.read_key_file(paths.keyfile)
    assert first.salt != second.salt
    assert first.nonce != second.nonce
    assert first.created == second.created


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [(OTHER, GOOD, keys.WrongPassphrase), (GOOD, "demo", keys.WeakPassphrase)],
)
def test_a_refused_change_changes_nothing(
    paths: Paths, old: str, new: str, error: type[SanctuaryError]
) -> None:
    new_caseload(paths)
    before = paths.keyfile.read_bytes()
    with pytest.raises(error):
        keys.change_passphrase(paths, old, new, params=CHEAP_FOR_TESTS)
    assert paths.keyfile.read_bytes() == before


def test_a_forgotten_passphrase_is_replaced_by_the_recovery_key(paths: Paths) -> None:
    made = new_caseload(paths)
    first = keyfile.read_key_file(paths.keyfile)
    with pytest.raises(keys.WrongPassphrase):
        keys.unlock(paths, "forgotten")
    data_key = keys.unlock_with_recovery_key(paths, made.recovery_key)
    notices = keys.set_new_passphrase(paths, data_key, OTHER, params=CHEAP_FOR_TESTS)
    assert any("half of the lock" in notice for notice in notices)
    assert keys.delay_before_next_attempt(paths) == 0
    assert keys.unlock(paths, OTHER) == made.data_key
    second = keyfile.read_key_file(paths.keyfile)
    assert second.caseload_id == first.caseload_id
    assert second.device_entry != first.device_entry


KEEP_CHANGING = """
import sys
from config.paths import resolve_paths
from db.keys import CHEAP_FOR_TESTS, change_passphrase
paths = resolve_paths(sys.argv[1], {})
print("started", flush=True)
while True:
    change_passphrase(paths, "one", "two", params=CHEAP_FOR_TESTS, allow_weak=True)
    change_passphrase(paths, "two", "one", params=CHEAP_FOR_TESTS, allow_weak=True)
    print("changed", flush=True)
"""


@needs.kill
def test_a_kill_while_the_passphrase_changes_leaves_the_old_or_the_new(paths: Paths) -> None:
    made = new_caseload(paths, "one")
    chance = random.Random(3)
    for _ in range(8):
        program = subprocess.Popen(
            [sys.executable, "-c", KEEP_CHANGING, str(paths.data_dir)], stdout=subprocess.PIPE
        )
        assert program.stdout is not None
        for _ in range(chance.randrange(1, 12)):
            program.stdout.readline()
        program.kill()
        program.communicate()
        _forget_attempts(paths)
        opened = []
        for passphrase in ("one", "two"):
            try:
                opened.append((passphrase, keys.unlock(paths, passphrase)))
            except keys.WrongPassphrase:
                continue
        assert [key for _, key in opened] == [made.data_key]
        if opened[0][0] == "two":
            _forget_attempts(paths)
            keys.change_passphrase(paths, "two", "one", params=CHEAP_FOR_TESTS, allow_weak=True)
        _forget_attempts(paths)


# --- the passphrase in a file --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "passphrase"),
    [
        (b"words", "words"),
        (b"words\n", "words"),
        (b"words\r\n", "words"),
        (b"words \n", "words "),
        (b"  words", "  words"),
        (b"words\n\n", "words\n"),
        (b"\xef\xbb\xbfwords\r\n", "words"),
        ("Käse\n".encode(), "Käse"),
        (b"", ""),
    ],
)
def test_only_the_last_newline_of_a_file_is_dropped(data: bytes, passphrase: str) -> None:
    assert keys.passphrase_from_file(data) == passphrase


def test_a_file_that_is_no_text_is_refused() -> None:
    with pytest.raises(BadInputError, match="UTF-8"):
        keys.passphrase_from_file("Käse".encode("utf-16"))


def test_wiped_means_overwritten_in_place() -> None:
    key = bytearray(b"k" * 32)
    same = memoryview(key)
    keys.wipe(key)
    assert bytes(same) == bytes(32)
