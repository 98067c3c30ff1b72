"""Move a home's ledger to a database that several homes may use."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from rich.console import RenderableType

from halflife.flows.opened import Opened
from halflife.flows.server_settings import LedgerSettings
from halflife.models.errors import UsageError
from halflife.monitoring.reports.rich_text import Text
from halflife.monitoring.reports.shown import Shown


@dataclass(frozen=True, repr=False, eq=False)
class Migrated(Shown):
    """A ledger that was moved.

    Attributes:
        model: whose it is.
        where: the database, without its password.
        counts: table -> rows.
        setting: the line of the configuration that names the database from now on.
        before: it had been moved by an earlier call, which was cut off, or is simply repeated.
    """

    model: str
    where: str
    counts: Mapping[str, int]
    setting: str
    before: bool

    def values(self) -> dict[str, Any]:
        return {"model": self.model, "where": self.where, "rows": dict(self.counts), "setting": self.setting}

    def __rich__(self) -> RenderableType:
        told = [f"{table} {rows:,}" for table, rows in self.counts.items() if rows]
        verb = "was moved before" if self.before else "is moved"
        return Text(
            f"the ledger of {self.model!r} {verb} to {self.where}\n"
            f"rows: {', '.join(told) or 'none yet'}\n"
            "its file is kept as ledger.db.moved, which nothing reads; the home remembers the database, and so should its\n"
            f"configuration:\n\n[ledger]\n{self.setting}"
        )


def migrate(opened: Opened, url: str = "", url_env: str = "") -> Migrated:
    """Copy every row in one transaction, compare, put the file aside. Safe to kill and to repeat.

    Args:
        opened: the home.
        url: address of a PostgreSQL database; its password is not kept.
        url_env: environment variable that holds the address, instead.

    Raises:
        UsageError: neither or both are given, or it is no address.
        ConfigError: the database has another ledger of this model; nothing was moved.
        NotFound: the home has no ledger.
        Unavailable: somebody works there, or the database does not answer.
    """
    from halflife.flows.bootstrap import remember
    from halflife.flows.home_lock import locked
    from halflife.flows.ledger_place import move_ledger

    if bool(url) == bool(url_env):
        raise UsageError("say where to: --to URL, or --to-env with the name of the variable that holds it")
    try:
        to = LedgerSettings(url=url, url_env=url_env)
    except ValidationError as error:
        raise UsageError(f"--to: {str(error.errors()[0]['msg']).removeprefix('Value error, ')}") from None
    to.address()
    settings = opened.settings
    with locked(settings.home, settings=settings.model_copy(update={"ledger": to})):
        moved = move_ledger(settings, to)
        remember(settings.model_copy(update={"ledger": to}))
    kept = to.model_dump()
    setting = f'url_env = "{url_env}"' if url_env else f'url = "{kept["url"]}"'
    return Migrated(settings.name, moved.where, moved.counts, setting, moved.before)
