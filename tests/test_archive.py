"""Each file once, by its content; never half there, whoever is killed."""

import hashlib
import os
import signal
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fsspec.implementations.memory import MemoryFileSystem
from hypothesis import given
from hypothesis import strategies as st

from acopio.archive import Archive

DATA = b"codigo;nombre\n010101;Chachapoyas\n"
HASH = hashlib.sha256(DATA).hexdigest()


@pytest.fixture(params=["file", "memory"])
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Archive:
    url = f"file://{tmp_path}/archive" if request.param == "file" else f"memory://{tmp_path}"
    return Archive(url, tmp_path / "scratch")


@pytest.fixture
def local(tmp_path: Path) -> Archive:
    return Archive(f"file://{tmp_path}/archive", tmp_path / "scratch")


def written(path: Path, data: bytes = DATA) -> Path:
    path.write_bytes(data)
    return path


def test_what_was_added_is_there(archive: Archive, tmp_path: Path) -> None:
    assert not archive.has(HASH)
    archive.add(written(tmp_path / "a.csv"), HASH)
    assert archive.has(HASH)
    assert archive.size(HASH) == len(DATA)
    with archive.open(HASH) as file:
        assert file.read() == DATA
    assert archive.path(HASH).read_bytes() == DATA
    assert not (tmp_path / "a.csv").exists()


def test_adding_again_changes_nothing(archive: Archive, tmp_path: Path) -> None:
    for _ in range(3):
        archive.add(written(tmp_path / "a.csv"), HASH)
        assert archive.add_bytes(DATA) == HASH
    assert archive.path(HASH).read_bytes() == DATA
    assert not (tmp_path / "a.csv").exists()


def test_handing_back_what_it_gave_erases_nothing(archive: Archive) -> None:
    archive.add_bytes(DATA)
    archive.add(archive.path(HASH), HASH)
    assert archive.path(HASH).read_bytes() == DATA


def test_link_is_followed_and_what_it_points_to_stays(archive: Archive, tmp_path: Path) -> None:
    original = written(tmp_path / "original.csv")
    (tmp_path / "link.csv").symlink_to(original)
    archive.add(tmp_path / "link.csv", HASH)
    assert archive.path(HASH).read_bytes() == DATA
    assert not archive.path(HASH).is_symlink()
    assert original.read_bytes() == DATA


def test_what_is_not_there_is_said(archive: Archive) -> None:
    for ask in (archive.open, archive.path, archive.size):
        with pytest.raises(FileNotFoundError):
            ask(HASH)


def test_deleted_is_gone_copies_too(archive: Archive) -> None:
    archive.add_bytes(DATA)
    copy = archive.path(HASH)
    archive.delete(HASH)
    archive.delete(HASH)
    assert not archive.has(HASH)
    assert not copy.exists()


@pytest.mark.parametrize(
    "bad",
    ["", "ab", HASH.upper(), HASH + "0", HASH[:-1], "../" + HASH[3:], HASH[:-1] + "\n", "/" * 64,
     HASH + "\n"],
)  # fmt: skip
def test_what_is_no_hash_is_refused(archive: Archive, tmp_path: Path, bad: str) -> None:
    path = written(tmp_path / "a.csv")
    with pytest.raises(ValueError, match="sha256"):
        archive.add(path, bad)
    for ask in (archive.has, archive.open, archive.path, archive.size, archive.delete):
        with pytest.raises(ValueError, match="sha256"):
            ask(bad)
    assert path.exists()


@given(data=st.binary(max_size=4096))
def test_any_bytes_come_back(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    folder = tmp_path_factory.getbasetemp()
    for url in (f"file://{folder}/any", "memory://any"):
        archive = Archive(url, folder / "scratch")
        sha256 = archive.add_bytes(data)
        with archive.open(sha256) as file:
            assert file.read() == data


def test_layout_and_address(local: Archive, tmp_path: Path) -> None:
    local.add_bytes(DATA)
    assert local.path(HASH) == tmp_path / "archive" / "sha256" / HASH[:2] / HASH[2:]
    assert local.url == f"file://{tmp_path}/archive"


def test_same_disk_moves_the_file(local: Archive, tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv")
    inode = path.stat().st_ino
    local.add(path, HASH)
    assert local.path(HASH).stat().st_ino == inode


def test_other_disk_copies_the_file(
    local: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, replace = written(tmp_path / "a.csv"), Path.replace

    def other_disk(self: Path, target: Path) -> Path:
        if self == path:
            raise OSError(18, "Invalid cross-device link")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", other_disk)
    local.add(path, HASH)
    assert local.path(HASH).read_bytes() == DATA
    assert not path.exists()
    assert list((tmp_path / "archive" / "incoming").iterdir()) == []


def test_missing_file_is_said(archive: Archive, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        archive.add(tmp_path / "none.csv", HASH)
    assert not archive.has(HASH)


def test_what_dead_writers_left_is_swept(local: Archive, tmp_path: Path) -> None:
    incoming = tmp_path / "archive" / "incoming"
    incoming.mkdir(parents=True)
    old, young = written(incoming / "old"), written(incoming / "young")
    os.utime(old, (0, 0))
    local.add_bytes(DATA)
    assert not old.exists()
    assert young.exists()


def python(script: str, *arguments: object) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", textwrap.dedent(script), *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE)


def test_killed_writer_leaves_nothing_to_see(local: Archive, tmp_path: Path) -> None:
    # Its source is a pipe that never ends, and a link, so it is copied and never done.
    writer = python(
        """
        import os, sys
        from pathlib import Path
        from acopio.archive import Archive
        pipe = Path(sys.argv[2])
        os.mkfifo(pipe)
        link = pipe.with_name("link")
        link.symlink_to(pipe)
        if os.fork() == 0:
            with pipe.open("wb") as end:
                while True:
                    end.write(b"x" * 1024 * 1024)
        print("begun", flush=True)
        Archive(sys.argv[1], pipe.parent / "scratch").add(link, "0" * 64)
        """,
        local.url,
        tmp_path / "pipe",
    )
    assert writer.stdout is not None
    assert writer.stdout.readline() == b"begun\n"
    incoming = tmp_path / "archive" / "incoming"
    while not (incoming.is_dir() and any(p.stat().st_size for p in incoming.iterdir())):
        assert writer.poll() is None
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    writer.stdout.close()
    assert not local.has("0" * 64)
    assert len(list(incoming.iterdir())) == 1
    assert not (tmp_path / "archive" / "sha256").exists()
    local.add_bytes(DATA)
    assert local.has(HASH)


def test_two_processes_add_the_same(local: Archive, tmp_path: Path) -> None:
    script = """
        import sys
        from pathlib import Path
        from acopio.archive import Archive
        archive = Archive(sys.argv[1], Path(sys.argv[2]))
        for number in range(60):
            path = Path(sys.argv[2]) / f"{sys.argv[3]}-{number}"
            data = str(number).encode() * 1000
            path.write_bytes(data)
            import hashlib
            archive.add(path, hashlib.sha256(data).hexdigest())
            archive.add_bytes(data * 2)
        """
    writers = [python(script, local.url, tmp_path, name) for name in "ab"]
    assert [writer.communicate() and writer.returncode for writer in writers] == [0, 0]
    for number in range(60):
        for data in (str(number).encode() * 1000, str(number).encode() * 2000):
            assert local.path(hashlib.sha256(data).hexdigest()).read_bytes() == data
    assert list((tmp_path / "archive" / "incoming").iterdir()) == []


def test_damaged_object_is_not_handed_out(tmp_path: Path) -> None:
    archive = Archive(f"memory://{tmp_path}", tmp_path / "scratch")
    archive.add_bytes(DATA)
    MemoryFileSystem().pipe_file(f"{tmp_path}/sha256/{HASH[:2]}/{HASH[2:]}", DATA[:-1])
    with pytest.raises(OSError, match="damaged"):
        archive.path(HASH)
    assert [path for path in (tmp_path / "scratch").rglob("*") if path.is_file()] == []


def test_many_threads_want_the_same_copy(tmp_path: Path) -> None:
    archive = Archive(f"memory://{tmp_path}", tmp_path / "scratch")
    archive.add_bytes(DATA)
    with ThreadPoolExecutor(8) as threads:
        paths = list(threads.map(archive.path, [HASH] * 32))
    assert len(set(paths)) == 1
    assert paths[0].read_bytes() == DATA


def test_file_given_to_two_at_once_is_taken_once(local: Archive, tmp_path: Path) -> None:
    for number in range(20):
        data = str(number).encode()
        path, sha256 = written(tmp_path / "same", data), hashlib.sha256(data).hexdigest()
        with ThreadPoolExecutor(2) as threads:
            list(threads.map(local.add, [path] * 2, [sha256] * 2))
        assert local.path(sha256).read_bytes() == data
