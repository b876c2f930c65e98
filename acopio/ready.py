"""Get a worker ready to examine tables before there is one.

Nothing is imported with this module, so that the worker starts as soon as the command does.
"""


def get_ready() -> None:
    """Import what examining a table takes: a second or so."""
    import gc

    # What is imported stays: to look for garbage in it takes a fifth of the time.
    gc.disable()
    import frictionless
    import pyarrow.compute
    import pyarrow.csv

    import acopio.validation
    import acopio.validators.sheets.parser
    from acopio import registry

    for name in registry.names("validators"):
        registry.load("validators", name)
    # Its plugins are imported when they are first asked for. To ask for ``plugins`` alone would be
    # to leave out those of ours that are registered later.
    _ = frictionless.system.methods, pyarrow.compute, pyarrow.csv, acopio.validation
    gc.freeze()
    gc.enable()
