"""What a killed process left goes after a day; what another still needs stays."""

import os
import tempfile
import time
from pathlib import Path

import pytest

from acopio.archive import Archive
from acopio.config.settings import load_settings
from acopio.engine import open_engine
from acopio.leftovers import sweep_temporary

YESTERDAY = time.time() - 25 * 3600
FINISHED = "a" * 16 + "-" + "b" * 64


def open_and_close(home: Path, **environment: str) -> None:
    given = {"ACOPIO_HOME": str(home), "ACOPIO_EXECUTOR": "serial"} | environment
    with open_engine(load_settings(given)):
        pass


def left(path: Path, when: float = YESTERDAY) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    os.utime(path, (when, when))
    return path


def test_a_finished_download_nobody_took_goes_after_a_day(tmp_path: Path) -> None:
    old = left(tmp_path / "partial" / FINISHED)
    open_and_close(tmp_path)
    assert not old.exists()


@pytest.mark.parametrize("name", ["c" * 64 + ".part", "c" * 64 + ".json", "notas.txt", "b" * 64])
def test_what_waits_to_be_resumed_or_is_not_ours_stays(tmp_path: Path, name: str) -> None:
    old = left(tmp_path / "partial" / name)
    young = left(tmp_path / "partial" / FINISHED, time.time())
    (tmp_path / "partial" / FINISHED.replace("a", "c")).mkdir()
    os.utime(tmp_path / "partial" / FINISHED.replace("a", "c"), (YESTERDAY, YESTERDAY))
    open_and_close(tmp_path)
    assert old.exists()
    assert young.exists()
    assert (tmp_path / "partial" / FINISHED.replace("a", "c")).is_dir()


def test_a_folder_of_clean_copies_goes_with_all_in_it(tmp_path: Path) -> None:
    old, young = tmp_path / "scratch" / "clean-abcd_123", tmp_path / "scratch" / "clean-abcd_124"
    for folder in (old, young):
        left(folder / "data")
    os.utime(old, (YESTERDAY, YESTERDAY))
    open_and_close(tmp_path)
    assert not old.exists()
    assert young.exists()


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    kept = left(tmp_path / "otro" / "data")
    link = tmp_path / "scratch" / "clean-abcd_123"
    link.parent.mkdir()
    link.symlink_to(kept.parent)
    os.utime(link, (YESTERDAY, YESTERDAY), follow_symlinks=False)
    open_and_close(tmp_path)
    assert kept.exists()


def test_a_local_copy_goes_once_nobody_asked_for_it_in_a_day(tmp_path: Path) -> None:
    archive = Archive(f"memory://{tmp_path}", tmp_path / "scratch")
    unused, used = (archive.path(archive.add_bytes(data)) for data in (b"unused", b"used"))
    cut = left(tmp_path / "scratch" / "incoming" / ("d" * 32))
    for path in (unused, used):
        os.utime(path, (YESTERDAY, YESTERDAY))
    assert archive.path(archive.add_bytes(b"used")) == used
    open_and_close(tmp_path, ACOPIO_ARCHIVE_URL=f"memory://{tmp_path}")
    assert (unused.exists(), used.exists(), cut.exists()) == (False, True, False)
    assert archive.path(archive.add_bytes(b"unused")).read_bytes() == b"unused"


def test_the_archive_itself_is_never_swept(tmp_path: Path) -> None:
    for url in (f"file://{tmp_path}/archive", f"file://{tmp_path}/scratch"):
        archive = Archive(url, tmp_path / "scratch")
        kept = archive.path(archive.add_bytes(b"kept"))
        os.utime(kept, (YESTERDAY, YESTERDAY))
        open_and_close(tmp_path, ACOPIO_ARCHIVE_URL=url)
        assert kept.exists()


def test_a_folder_a_file_was_examined_in_goes_from_where_temporary_files_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    old, young = tmp_path / "acopio-abcd1234", tmp_path / "acopio-abcd123_"
    strange = tmp_path / "acopio-notes"
    for folder in (old, young, strange):
        left(folder / "keys.duckdb")
        os.utime(folder, (YESTERDAY, YESTERDAY))
    os.utime(young)
    with monkeypatch.context() as another:
        another.setattr(os, "getuid", lambda: old.stat().st_uid + 1)
        sweep_temporary()
    assert old.exists()
    sweep_temporary()
    assert not old.exists()
    assert young.exists()
    assert strange.exists()
