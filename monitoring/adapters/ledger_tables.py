"""The ledger's tables, and the two column types that let every float survive a database."""

import json
import math
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

HEAD = "0004"
"""The newest revision in ``migrations/versions``; revisions are counted, so a greater one was written by newer code."""


class _Double(sa.Double[float]):
    """A double whose values are bound as they come: SQLAlchemy's own would make a float of the text ``nan`` again."""

    def bind_processor(self, dialect: Dialect) -> None:
        return None


class Real(TypeDecorator[float]):
    """A double that keeps NaN and the infinities.

    SQLite turns a bound NaN into NULL, which here means "no value at all". It does keep text in a column of any type,
    so NaN goes in as the text ``nan``; other databases have a NaN of their own.

    >>> engine = sa.create_engine("sqlite://")
    >>> with engine.connect() as connection:
    ...     connection.execute(sa.select(sa.cast(sa.literal(1), Real), sa.literal(math.nan, Real))).one()
    (1.0, nan)
    """

    impl = _Double
    cache_ok = True

    def process_bind_param(self, value: float | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        number = float(value)
        return "nan" if math.isnan(number) and dialect.name == "sqlite" else number

    def process_result_value(self, value: Any, dialect: Dialect) -> float | None:
        return None if value is None else float(value)


class Document(TypeDecorator[Any]):
    """JSON as text, as Python writes it: with ``NaN`` and ``Infinity``, which databases' own JSON types refuse.

    >>> Document().process_bind_param({"b": math.inf, "a": 1}, None)
    '{"b": Infinity, "a": 1}'
    """

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect | None) -> str:
        return json.dumps(value, ensure_ascii=False)

    def process_result_value(self, value: str | None, dialect: Dialect | None) -> Any:
        return None if value is None else json.loads(value)


METADATA = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

VERSIONS = sa.Table(
    "versions",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("first", sa.BigInteger, nullable=False),
    sa.Column("last", sa.BigInteger, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("recipe", sa.Text, nullable=False),
    sa.Column("seed", sa.BigInteger, nullable=False),
    sa.Column("data_digest", sa.Text, nullable=False),
    sa.Column("model_digest", sa.Text, nullable=False),
    sa.Column("metrics", Document, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("rows", sa.BigInteger, nullable=False),
    sa.Column("registry_version", sa.Text, nullable=False),
    sa.Column("run_id", sa.Text, nullable=False),
    sa.Column("stage", sa.Text, nullable=False),
    sa.Column("parameters", Document, nullable=False, server_default="{}"),
    sa.Column("shadows", Document, nullable=False, server_default="[]"),
    sa.Column("labelled", Real),
    sa.Column("dates", Document),
)

FINDINGS = sa.Table(
    "findings",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("claim", sa.Text, nullable=False),
    sa.Column("statistic", sa.Text, nullable=False),
    sa.Column("scope", sa.Text, nullable=False),
    sa.Column("made_on", sa.ForeignKey("versions.number"), nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("guard", sa.Boolean, nullable=False),
    sa.Column("ttl", sa.Integer),
    sa.Column("birth_estimate", Real),
    sa.Column("birth_lower", Real),
    sa.Column("birth_upper", Real),
    sa.Column("stillborn", sa.Boolean, nullable=False),
    sa.Column("retired_on", sa.Integer),
    sa.Column("links", Document, nullable=False, server_default="[]"),
    sa.Column("in_file", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("entered_on", sa.Integer),
    sa.Column("upheld", Real),
)


def _measured(rows: str, *, nullable: bool) -> list[sa.Column[Any]]:
    """What one set of rows said; the interval is NULL when there is none, the status when there was no measurement."""
    return [
        sa.Column(f"{rows}_rows", sa.BigInteger, nullable=nullable),
        sa.Column(f"{rows}_estimate", Real),
        sa.Column(f"{rows}_lower", Real),
        sa.Column(f"{rows}_upper", Real),
        sa.Column(f"{rows}_status", sa.Text, nullable=nullable),
        sa.Column(f"{rows}_p_value", Real),
        sa.Column(f"{rows}_reason", sa.Text, nullable=nullable),
    ]


CHECKS = sa.Table(
    "checks",
    METADATA,
    sa.Column("finding", sa.ForeignKey("findings.id"), primary_key=True),
    sa.Column("version", sa.ForeignKey("versions.number"), primary_key=True, index=True),
    sa.Column("threshold", Real, nullable=False),
    *_measured("pinned", nullable=False),
    *_measured("fresh", nullable=True),
    sa.Column("controls", Document),
)

CAUSES = sa.Table(
    "causes",
    METADATA,
    sa.Column("finding", sa.ForeignKey("findings.id"), primary_key=True),
    sa.Column("version", sa.ForeignKey("versions.number"), primary_key=True, index=True),
    sa.Column("since", sa.Integer, nullable=False),
    sa.Column("delta", Real, nullable=False),
    sa.Column("noise", Real, nullable=False),
    sa.Column("z", Real, nullable=False),
    sa.Column("shares", Document, nullable=False),
    sa.Column("unattributable", Real),
    sa.Column("chance", Real),
    sa.Column("notes", Document, nullable=False),
)

FORECASTS = sa.Table(
    "forecasts",
    METADATA,
    sa.Column("finding", sa.ForeignKey("findings.id"), primary_key=True),
    sa.Column("version", sa.ForeignKey("versions.number"), primary_key=True, index=True),
    sa.Column("probability", Real, nullable=False),
    sa.Column("margin", Real, nullable=False),
    sa.Column("drift", Real, nullable=False),
    sa.Column("by_margin", Real, nullable=False),
)

OPACITIES = sa.Table(
    "opacities",
    METADATA,
    sa.Column("version", sa.ForeignKey("versions.number"), primary_key=True),
    sa.Column("opacity", Document, nullable=False),
)

DRIFTS = sa.Table(
    "drifts",
    METADATA,
    sa.Column("tick", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("against", sa.ForeignKey("versions.number"), primary_key=True),
    sa.Column("first_tick", sa.BigInteger, nullable=False),
    sa.Column("columns", Document, nullable=False),
    sa.Column("drifted", sa.Boolean, nullable=False),
    sa.Column("powered", sa.Boolean, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("missing", Document, nullable=False),
    sa.Column("rows_reference", sa.BigInteger, nullable=False),
    sa.Column("rows_current", sa.BigInteger, nullable=False),
    sa.Column("dates", Document),
)

PERFORMANCES = sa.Table(
    "performances",
    METADATA,
    sa.Column("tick", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("against", sa.ForeignKey("versions.number"), primary_key=True),
    sa.Column("asof", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("first_tick", sa.BigInteger, nullable=False),
    sa.Column("basis", sa.Text, nullable=False),
    sa.Column("rows", sa.BigInteger, nullable=False),
    sa.Column("labelled", sa.BigInteger, nullable=False),
    sa.Column("given_up", sa.BigInteger, nullable=False),
    sa.Column("metrics", Document, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
)

ALERTS = sa.Table(
    "alerts",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    sa.Column("severity", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("sentence", sa.Text, nullable=False),
    sa.Column("items", Document, nullable=False),
    sa.Column("links", Document, nullable=False),
)

DELIVERIES = sa.Table(
    "deliveries",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("alert", sa.ForeignKey("alerts.id"), nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False, index=True),
    sa.Column("error", sa.Text, nullable=False),
    sa.Column("next_attempt", Real, nullable=False),
    sa.Column("sent_at", Real),
    sa.UniqueConstraint("alert", "channel"),
)
