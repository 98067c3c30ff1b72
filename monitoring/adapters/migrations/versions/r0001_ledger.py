"""The first ledger: versions, findings, checks, drifts, alerts, deliveries.

Written out rather than taken from ``ledger_tables``: a revision says what the tables were, not what they became.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the six tables."""
    op.create_table(
        "versions",
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("first", sa.BigInteger, nullable=False),
        sa.Column("last", sa.BigInteger, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("recipe", sa.Text, nullable=False),
        sa.Column("seed", sa.BigInteger, nullable=False),
        sa.Column("data_digest", sa.Text, nullable=False),
        sa.Column("model_digest", sa.Text, nullable=False),
        sa.Column("metrics", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("rows", sa.BigInteger, nullable=False),
        sa.Column("registry_version", sa.Text, nullable=False),
        sa.Column("run_id", sa.Text, nullable=False),
        sa.Column("stage", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_versions"),
    )
    op.create_table(
        "findings",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("claim", sa.Text, nullable=False),
        sa.Column("statistic", sa.Text, nullable=False),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("made_on", sa.Integer, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("guard", sa.Boolean, nullable=False),
        sa.Column("ttl", sa.Integer),
        sa.Column("birth_estimate", sa.Double),
        sa.Column("birth_lower", sa.Double),
        sa.Column("birth_upper", sa.Double),
        sa.Column("stillborn", sa.Boolean, nullable=False),
        sa.Column("retired_on", sa.Integer),
        sa.PrimaryKeyConstraint("id", name="pk_findings"),
        sa.UniqueConstraint("name", name="uq_findings_name"),
        sa.ForeignKeyConstraint(["made_on"], ["versions.number"], name="fk_findings_made_on"),
    )
    op.create_table(
        "checks",
        sa.Column("finding", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("threshold", sa.Double, nullable=False),
        sa.Column("pinned_rows", sa.BigInteger, nullable=False),
        sa.Column("pinned_estimate", sa.Double),
        sa.Column("pinned_lower", sa.Double),
        sa.Column("pinned_upper", sa.Double),
        sa.Column("pinned_status", sa.Text, nullable=False),
        sa.Column("pinned_p_value", sa.Double),
        sa.Column("pinned_reason", sa.Text, nullable=False),
        sa.Column("fresh_rows", sa.BigInteger),
        sa.Column("fresh_estimate", sa.Double),
        sa.Column("fresh_lower", sa.Double),
        sa.Column("fresh_upper", sa.Double),
        sa.Column("fresh_status", sa.Text),
        sa.Column("fresh_p_value", sa.Double),
        sa.Column("fresh_reason", sa.Text),
        sa.PrimaryKeyConstraint("finding", "version", name="pk_checks"),
        sa.ForeignKeyConstraint(["finding"], ["findings.id"], name="fk_checks_finding"),
        sa.ForeignKeyConstraint(["version"], ["versions.number"], name="fk_checks_version"),
    )
    op.create_index("ix_checks_version", "checks", ["version"])
    op.create_table(
        "drifts",
        sa.Column("tick", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("against", sa.Integer, nullable=False),
        sa.Column("first_tick", sa.BigInteger, nullable=False),
        sa.Column("columns", sa.Text, nullable=False),
        sa.Column("drifted", sa.Boolean, nullable=False),
        sa.Column("powered", sa.Boolean, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("missing", sa.Text, nullable=False),
        sa.Column("rows_reference", sa.BigInteger, nullable=False),
        sa.Column("rows_current", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("tick", "against", name="pk_drifts"),
        sa.ForeignKeyConstraint(["against"], ["versions.number"], name="fk_drifts_against"),
    )
    op.create_table(
        "alerts",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("severity", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("sentence", sa.Text, nullable=False),
        sa.Column("items", sa.Text, nullable=False),
        sa.Column("links", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_alerts"),
        sa.UniqueConstraint("key", name="uq_alerts_key"),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("alert", sa.Integer, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("next_attempt", sa.Double, nullable=False),
        sa.Column("sent_at", sa.Double),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.UniqueConstraint("alert", "channel", name="uq_deliveries_alert_channel"),
        sa.ForeignKeyConstraint(["alert"], ["alerts.id"], name="fk_deliveries_alert"),
    )
    op.create_index("ix_deliveries_state", "deliveries", ["state"])


def downgrade() -> None:
    """Drop everything; whoever wants this has a copy of the file."""
    for table in ("deliveries", "alerts", "drifts", "checks", "findings", "versions"):
        op.drop_table(table)
