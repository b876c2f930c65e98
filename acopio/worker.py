"""What goes on in a worker process besides its jobs: how it settles in, and how it ends."""

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import TypeVar

T = TypeVar("T")

# The GNU library's names for what ``mallopt`` sets: up to how many bytes a piece is kept when it is
# freed, and how many are kept in all.
_MMAP_THRESHOLD, _TRIM_THRESHOLD = -3, -1
_KEPT_PIECE, _KEPT = 32 << 20, 128 << 20
# NumPy's threads multiply matrices, of which there are none, and jemalloc's gives memory back that
# is to be kept: both are in the way where a worker copies itself (``beside``).
_FEW_THREADS = {"OPENBLAS_NUM_THREADS": "1", "JE_ARROW_MALLOC_CONF": "background_thread:false"}
# How a worker ends itself whose job met its bound: what is half done there is not to be used.
OUT_OF_MEMORY = 77


def do(job: Callable[..., T], *args: object) -> T:
    """Do a job in a worker, and end the worker where memory ran out.

    Nobody knows what else there was left half made, and the next file is to have all of it.
    """
    try:
        return job(*args)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)


def settle_in(memory: int) -> None:
    """Bound a worker's memory, and make it live and die by its parent's word alone.

    A Ctrl-C in a terminal reaches every process there: the parent ends the run in good order, and
    a worker torn out of an import would misjudge files ever after. A parent that was killed ends
    nobody, so each worker waits for its parent's end.
    """
    _bound(memory)
    _keep_freed()
    os.environ.update(_FEW_THREADS)
    sys.meta_path.insert(0, _NoPandas())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _keep_freed() -> None:
    """Have what is freed kept for the next block of a file, and not given back to the system.

    To get the same megabytes anew for each block took a fifth of the time. PyArrow is to use the
    same memory. Only the GNU library can be told so; elsewhere all stays as it is.
    """
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    if sys.platform == "linux":
        import ctypes

        with suppress(OSError, AttributeError):
            library = ctypes.CDLL("libc.so.6")
            library.mallopt(_MMAP_THRESHOLD, _KEPT_PIECE)
            library.mallopt(_TRIM_THRESHOLD, _KEPT)


class _NoPandas:
    """Says that pandas is not installed.

    PyArrow loads it, where it is, for the first list it is given: that takes half a second, and no
    job uses it.
    """

    @staticmethod
    def find_spec(name: str, *_: object) -> None:
        """Refuse pandas, and leave the rest to others."""
        if name == "pandas":
            raise ModuleNotFoundError(name=name)


def _bound(memory: int) -> None:
    """Let this process's own data grow to ``memory`` MiB: not mapped files, nor mere addresses.

    Where the system knows no such bound (Windows) its own has to do.
    """
    if sys.platform == "win32":
        return
    import resource

    most = memory << 20
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
