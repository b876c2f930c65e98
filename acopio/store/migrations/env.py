"""Alembic's entry: runs on the connection it is given, inside the caller's transaction."""

from alembic import context

from acopio.store.catalog import metadata  # the portal's tables, and with them all others

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=False,
)
context.run_migrations()
