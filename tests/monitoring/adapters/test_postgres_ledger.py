"""The ledger in PostgreSQL: a schema for each model, migrations up and down, and faults in plain words."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa

from halflife.models.domain import Milestone
from halflife.models.errors import ConfigError, Unavailable
from halflife.monitoring.adapters import ledger_database
from halflife.monitoring.adapters.ledger_database import there_is_one
from halflife.monitoring.adapters.ledger_tables import HEAD, METADATA
from halflife.monitoring.adapters.postgres_ledger import schema_of
from halflife.monitoring.adapters.sql_ledger import SqlLedger
from halflife.testing.registry_checks import specimen

Postgres = Callable[[], str]


@pytest.fixture(scope="module")
def database(postgres: Postgres) -> str:
    """One database for several models."""
    return postgres()


def test_models_that_share_a_database_do_not_meet(database: str) -> None:
    """Each sees its own versions alone, and writing to one does not wait for the other."""
    version = replace(specimen()[0], number=1)
    with (
        SqlLedger(database, schema=schema_of("one")) as one,
        SqlLedger(database, schema=schema_of("other")) as other,
    ):
        one.add_version(version)
        with one._database.write():
            other.add_version(replace(version, rows=9))
        other.set_stage(1, Milestone.REPORTED)
        assert ([v.rows for v in one.versions()], [v.rows for v in other.versions()]) == ([version.rows], [9])
        assert one.stage(1) is Milestone.REGISTERED
    assert there_is_one(database, schema_of("one"))
    assert not there_is_one(database, schema_of("third"))


def test_migrations_go_up_and_down(database: str) -> None:
    """They end in exactly the tables the code uses; all the way down leaves none of them, and up again makes them anew."""
    from alembic.autogenerate import compare_metadata
    from alembic.command import downgrade
    from alembic.config import Config
    from alembic.migration import MigrationContext

    name = schema_of("moving")
    with SqlLedger(database, schema=name) as ledger:
        with ledger._database.read() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, METADATA) == []
        with ledger._database.write() as connection:
            config = Config()
            config.set_main_option("script_location", str(ledger_database.MIGRATIONS))
            config.attributes["connection"] = connection
            downgrade(config, "base")
            assert sa.inspect(connection).get_table_names(name) == ["alembic_version"]
    with SqlLedger(database, schema=name) as ledger, ledger._database.read() as connection:
        assert set(sa.inspect(connection).get_table_names(name)) == {"alembic_version", *METADATA.tables}
        assert connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one() == HEAD


@pytest.mark.parametrize(
    ("mend", "said"),
    [
        (lambda url: url.replace("127.0.0.1:", "127.0.0.1:1"), "does not answer"),
        (lambda url: f"{url}-none", "there is no database of that name; `createdb` makes one"),
        (lambda url: url.replace("ann:", "bob:"), "does not answer"),
    ],
)
def test_what_cannot_be_reached_is_one_sentence(mend: Callable[[str], str], said: str, database: str) -> None:
    """With the address, but never the password."""
    with pytest.raises(Unavailable, match=said) as told:
        SqlLedger(mend(database), schema="halflife_x")
    assert "\n" not in str(told.value)
    assert "secret-word" not in str(told.value)


def test_who_may_not_make_a_schema_is_told_what_to_ask_for(database: str) -> None:
    """And may use one that somebody made for them."""
    engine = sa.create_engine(database.replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text("CREATE ROLE eve LOGIN"))
        url = database.replace("ann:", "eve:")
        with pytest.raises(Unavailable, match='CREATE SCHEMA "halflife_eve" AUTHORIZATION'):
            SqlLedger(url, schema="halflife_eve")
        connection.execute(sa.text("CREATE SCHEMA halflife_eve AUTHORIZATION eve"))
    engine.dispose()
    with SqlLedger(url, schema="halflife_eve") as ledger:
        assert ledger.versions() == []


def test_a_password_in_what_is_no_address_is_not_told() -> None:
    """A misspelled address is quoted without it."""
    with pytest.raises(ConfigError) as told:
        SqlLedger("postgersql://ann:secret-word@host/rows")
    assert "secret-word" not in str(told.value)
