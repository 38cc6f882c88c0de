"""Run by alembic: migrate on the connection that ``schema`` hands over, in its transaction."""

from alembic import context

from showroom.db.migrations.all_tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
context.run_migrations()
