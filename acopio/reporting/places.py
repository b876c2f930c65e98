"""Where the rows of findings begin in their files, in bytes."""

from collections.abc import Mapping, Sequence

from acopio.executor import Executor, TookTooLong, WorkerDied
from acopio.validation import Validated, seconds_for
from acopio.validators.offsets import row_offsets


def byte_offsets(results: Sequence[Validated], executor: Executor) -> dict[str, Mapping[int, int]]:
    """Return the byte at which each row with a finding begins: by the file's hash, then the row.

    Files that are no table in text, or that a worker did not get through, are left out. To be
    asked while the files are still there.
    """
    return {result.sha256: found for result in results if (found := _of(result, executor))}


def _of(result: Validated, executor: Executor) -> Mapping[int, int]:
    table = result.table
    rows = {finding.row for finding in result.findings if finding.row is not None}
    if table is None or not rows:
        return {}
    path = result.subject.path.absolute()
    try:
        return executor.call(
            row_offsets,
            path,
            table.encoding,
            dict(table.dialect),
            rows,
            seconds=seconds_for(result.size),
        )
    except (WorkerDied, TookTooLong):
        return {}
