"""Where Alembic starts: it runs the revisions on the connection it was handed, inside that connection's transaction."""

from alembic import context

from halflife.monitoring.adapters.ledger_tables import METADATA


def run() -> None:
    """Bring the database up to date, or print the SQL that would when Alembic is offline."""
    if context.is_offline_mode():
        context.configure(dialect_name=context.config.attributes["dialect"], target_metadata=METADATA)
    else:
        context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
    with context.begin_transaction():
        context.run_migrations()


# Alembic executes this file outside any package; whoever imports it as a module only wants to look.
if __name__ != "halflife.monitoring.adapters.migrations.env":
    run()
