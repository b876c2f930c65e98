"""``acopio validate``: judge files or addresses, publish nothing.

What it does then is in ``validating``, imported while a worker starts.
"""

import os
from contextlib import closing
from pathlib import Path

import click

from acopio.cli.output import json_option
from acopio.config.settings import Settings
from acopio.executor import open_executor
from acopio.messages import text
from acopio.ready import get_ready

# A worker takes a second to start: for fewer files than this a second one is not worth it.
_FILES_A_WORKER = 40


@click.command(help=text("help-validate"))
@click.argument("given", metavar="PATH|URL...", nargs=-1, required=True)
@click.option("--schema", type=click.Path(path_type=Path), help=text("help-validate-schema"))
@click.option("--rules", type=click.Path(path_type=Path), help=text("help-validate-rules"))
@click.option(
    "--engine",
    type=click.Choice(["auto", "frictionless", "fast"]),
    default="auto",
    help=text("help-validate-engine"),
)
@click.option(
    "--clean", "clean_folder", type=click.Path(path_type=Path), help=text("help-validate-clean")
)
@json_option
@click.option("--report-out", type=click.Path(path_type=Path), help=text("help-validate-report"))
@click.option("--findings", type=click.Path(path_type=Path), help=text("help-validate-findings"))
@click.option("--rows", type=click.Path(path_type=Path), help=text("help-validate-rows"))
@click.option("--html", type=click.Path(path_type=Path), help=text("help-validate-html"))
@click.pass_obj
def command(
    settings: Settings,
    /,
    given: tuple[str, ...],
    schema: Path | None,
    rules: Path | None,
    engine: str,
    clean_folder: Path | None,
    as_json: bool,
    **outputs: Path | None,
) -> None:
    """Validate each file; exit with 0 if there is nothing to put right, else with 1."""
    workers = _workers(settings.executor, len(given))
    where = f"local:{workers}" if workers else "serial"
    with closing(open_executor(where, settings.worker_memory)) as executor:
        executor.prepare(get_ready)
        from acopio.cli.validating import Asked, validate_and_tell

        asked = Asked(
            given=given,
            schema=schema,
            rules=rules,
            engine=engine,
            clean_folder=clean_folder,
            as_json=as_json,
            reports={name: path for name, path in outputs.items() if path},
        )
        clean = validate_and_tell(asked, settings, executor, at_once=workers + 1)
    raise click.exceptions.Exit(0 if clean else 1)


def _workers(executor: str, files: int) -> int:
    """Return how many processes examine so many files; 0: this one does.

    Not in this process where that can be helped: a file that never lets go could not be left.
    """
    if executor == "serial":
        return 0
    kind, _, number = executor.partition(":")
    most = int(number or os.cpu_count() or 1) if kind == "local" else 1
    return min(most, -(-files // _FILES_A_WORKER))
