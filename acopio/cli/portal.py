"""``acopio portal``: the built-in portal, served until it is told to end."""

from threading import Event

import click

from acopio.cli.opened import ending, opened_store
from acopio.cli.output import say
from acopio.config.settings import Settings
from acopio.messages import text


@click.command(help=text("help-portal"))
@click.option("--host", default="127.0.0.1", show_default=True, help=text("help-portal-host"))
@click.option(
    "--port",
    default=8200,
    show_default=True,
    type=click.IntRange(0, 65535),
    help=text("help-portal-port"),
)
@click.pass_obj
def command(settings: Settings, host: str, port: int) -> None:
    """Serve until SIGINT or SIGTERM; requests in flight are finished."""
    from acopio.archive import Archive
    from acopio.portal.site import Site
    from acopio.portal.web.serving import answering, listening

    stop = Event()
    with ending(stop), listening(host, port) as door, opened_store(settings) as store:
        archive = Archive(settings.archive_url, settings.home / "scratch")
        with answering(Site(settings, store, archive), door) as address:
            say(text("portal-serving", {"url": address}))
            stop.wait()
