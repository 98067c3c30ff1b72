"""Where MLflow's database says that files are, made true again after its home was copied or moved.

MLflow keeps absolute addresses. In a copied home they lead to the original: what is read and written there is another
home's, and when the original is gone nothing is found. All addresses below a folder of artifacts that was this home's are
led to where the home is now, in one transaction. An address that somebody chose himself (another disk, an object store)
is left alone.
"""

import sqlite3

COLUMNS = (
    ("experiments", "artifact_location"),
    ("runs", "artifact_uri"),
    ("logged_models", "artifact_location"),
    ("model_versions", "source"),
    ("model_versions", "storage_location"),
    ("trace_tags", "value"),
)
"""Columns that hold addresses of artifacts in MLflow 3.17."""

OTHERS = """
SELECT DISTINCT artifact_location FROM experiments e
WHERE artifact_location <> :ours AND artifact_location LIKE 'file://%/' || :folder
  AND (name = :name OR EXISTS (
    SELECT 1 FROM runs r JOIN tags t ON t.run_uuid = r.run_uuid
    WHERE r.experiment_id = e.experiment_id AND t.key = 'halflife.version'))
"""
"""Folders of artifacts that belong to experiments of ours and are not where this home's are."""


def lead_home(database: sqlite3.Connection, name: str, ours: str) -> tuple[str, ...]:
    """Make every address below another home's folder of artifacts one below ours.

    Killed at any moment, all or nothing is changed. Where nothing is to do, it is one look at a table of few rows.

    Args:
        database: MLflow's, in no transaction. An empty one, or one of another version, is left as it is.
        name: of the experiment that is certainly ours, even before it has a run.
        ours: the ``file://`` address of this home's folder of artifacts.

    Returns:
        The folders that were led here; empty when all was in order.

    Raises:
        sqlite3.Error: the database cannot be read or written.
    """
    if not _has(database, "experiments", "artifact_location"):
        return ()
    asked = {"ours": ours, "folder": ours.rpartition("/")[2], "name": name}
    if not database.execute(OTHERS, asked).fetchall():
        return ()
    database.execute("BEGIN IMMEDIATE")
    with database:  # commits, or takes everything back
        others = tuple(
            str(other) for (other,) in database.execute(OTHERS, asked)
        )  # another process may have been faster
        for other in others:
            for table, column in COLUMNS:
                if _has(database, table, column):
                    _lead(database, table, column, other, ours)
    return others


def _has(database: sqlite3.Connection, table: str, column: str) -> bool:
    return bool(database.execute("SELECT 1 FROM pragma_table_info(?) WHERE name = ?", (table, column)).fetchall())


def _lead(database: sqlite3.Connection, table: str, column: str, other: str, ours: str) -> None:
    """Compared character by character: a percent sign or an underscore in a path means nothing here."""
    database.execute(
        f"UPDATE {table} SET {column} = :ours || substr({column}, length(:other) + 1)"  # noqa: S608 - our own words
        f" WHERE {column} = :other OR substr({column}, 1, length(:other) + 1) = :other || '/'",
        {"ours": ours, "other": other},
    )
