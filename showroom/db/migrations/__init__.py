"""Migrations, by alembic; run by ``schema.create_or_upgrade``."""
