"""Findings as a team's file has them: with links, and with a mark that the file speaks for them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add two columns; what was filed before has no links and stands in no file."""
    op.add_column("findings", sa.Column("links", sa.Text, nullable=False, server_default="[]"))
    op.add_column("findings", sa.Column("in_file", sa.Boolean, nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Drop them."""
    for column in ("in_file", "links"):
        op.drop_column("findings", column)
