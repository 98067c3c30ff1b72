"""Why findings changed and what is expected of them: shadows, causes, forecasts and the opacity of versions."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What was trained and filed before has no shadows, and nothing is known of why it changed."""
    for table, columns in _added().items():
        for column in columns:
            op.add_column(table, column)
    op.create_table(
        "causes",
        *_of_a_finding("causes"),
        sa.Column("since", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Double, nullable=False) for name in ("delta", "noise", "z")),
        sa.Column("shares", sa.Text, nullable=False),
        *(sa.Column(name, sa.Double) for name in ("unattributable", "chance")),
        sa.Column("notes", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("finding", "version", name=op.f("pk_causes")),
    )
    op.create_index(op.f("ix_causes_version"), "causes", ["version"])
    op.create_table(
        "forecasts",
        *_of_a_finding("forecasts"),
        *(sa.Column(name, sa.Double, nullable=False) for name in ("probability", "margin", "drift", "by_margin")),
        sa.PrimaryKeyConstraint("finding", "version", name=op.f("pk_forecasts")),
    )
    op.create_index(op.f("ix_forecasts_version"), "forecasts", ["version"])
    op.create_table(
        "opacities",
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("opacity", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["version"], ["versions.number"], name=op.f("fk_opacities_version")),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_opacities")),
    )


def _of_a_finding(table: str) -> list[sa.schema.SchemaItem]:
    """Which finding on which version."""
    return [
        sa.Column("finding", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["finding"], ["findings.id"], name=op.f(f"fk_{table}_finding")),
        sa.ForeignKeyConstraint(["version"], ["versions.number"], name=op.f(f"fk_{table}_version")),
    ]


def downgrade() -> None:
    """Drop them."""
    for table in ("opacities", "forecasts", "causes"):
        op.drop_table(table)
    for table, columns in _added().items():
        for column in columns:
            op.drop_column(table, column.name)


def _added() -> dict[str, tuple["sa.Column[Any]", ...]]:
    """New each time: a column belongs to the one table it was added to."""
    return {
        "versions": (
            sa.Column("parameters", sa.Text, nullable=False, server_default="{}"),
            sa.Column("shadows", sa.Text, nullable=False, server_default="[]"),
        ),
        "findings": (sa.Column("entered_on", sa.Integer), sa.Column("upheld", sa.Double)),
        "checks": (sa.Column("controls", sa.Text),),
    }
