"""When ticks happened, which share of labels had come, and how the champion does before they all have."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of what was trained and watched before, neither is known."""
    op.add_column("versions", sa.Column("labelled", sa.Double))
    for table in ("versions", "drifts"):
        op.add_column(table, sa.Column("dates", sa.Text))
    op.create_table(
        "performances",
        sa.Column("tick", sa.BigInteger, nullable=False),
        sa.Column("against", sa.Integer, nullable=False),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("asof", "first_tick")),
        sa.Column("basis", sa.Text, nullable=False),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("rows", "labelled", "given_up")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("metrics", "reason")),
        sa.ForeignKeyConstraint(["against"], ["versions.number"], name=op.f("fk_performances_against")),
        sa.PrimaryKeyConstraint("tick", "against", "asof", name=op.f("pk_performances")),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("performances")
    for table in ("versions", "drifts"):
        op.drop_column(table, "dates")
    op.drop_column("versions", "labelled")
