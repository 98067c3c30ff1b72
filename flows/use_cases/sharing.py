"""Findings as a team keeps them in git: import and export of ``findings.yaml``."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import RenderableType

from halflife.flows.opened import Opened
from halflife.models.domain import Author, Finding
from halflife.models.errors import ConfigError
from halflife.monitoring.reports.shown import Shown

if TYPE_CHECKING:
    from halflife.monitoring.steps.import_findings import Imported


@dataclass(frozen=True, repr=False, eq=False)
class ImportTold(Shown):
    """What an import did, or would do.

    Attributes:
        done: what it did.
        path: of the file.
        replace: changed claims were filed anew.
        prune: what left the file was retired.
        dry: nothing was done.
    """

    done: "Imported"
    path: str
    replace: bool
    prune: bool
    dry: bool

    def values(self) -> dict[str, Any]:
        from halflife.monitoring.reports.listing import check_row

        done, plan = self.done, self.done.plan
        return {
            "new": [placed.entry.name for placed in plan.new],
            "replaced": [finding.name for finding, _ in (*plan.changed, *plan.retired)] if self.replace else [],
            "updated": [{"name": revision.finding.name, "keys": revision.keys} for revision in plan.revised],
            "unchanged": [finding.name for finding in plan.unchanged],
            "retired": [] if self.replace else [finding.name for finding, _ in plan.retired],
            "gone": [finding.name for finding in plan.gone],
            "pruned": self.prune and not self.dry,
            "dry_run": self.dry,
            "checks": [
                {
                    "made_on": f"v{f.made_on}",
                    "stillborn": f.stillborn,
                    "upheld": f.upheld,
                    "fragile": f.fragile,
                    **check_row(done.checks[f.id], f),
                }
                for f in done.filed
            ],
        }

    def __rich__(self) -> RenderableType:
        from halflife.monitoring.reports.import_table import import_table

        return import_table(self.done, self.path, replace=self.replace, prune=self.prune, dry=self.dry)


def import_findings(
    opened: Opened, path: Path, *, author: str = "", replace: bool = False, prune: bool = False, dry: bool = False
) -> ImportTold:
    """Make the ledger say what a file of findings says; run again, it changes nothing.

    Args:
        opened: the home.
        path: of the file.
        author: of entries that name none.
        replace: retire findings whose claim differs, and file the file's in their place.
        prune: retire findings that are no longer in the file.
        dry: only say what would be done.

    Raises:
        ConfigError: the file cannot be read, an entry is not valid, or differs from what was filed.
    """
    text = _contents(path)
    from halflife.monitoring.filing.reader import read
    from halflife.monitoring.steps.import_findings import import_findings as do

    with opened.alone():
        context = opened.context
        newest = context.ledger.version().number
        findings = read(text, str(path), schema=context.store.fixed_schema, newest=newest)
        done = do(context, findings, author=author or Author.PERSON, replace=replace, prune=prune, dry=dry)
    return ImportTold(done, str(path), replace, prune, dry)


def export_findings(opened: Opened, author: str | None = None) -> list[Finding]:
    """People's findings that are re-tested, or one author's, by name. Raises NotFound where there is no ledger yet."""
    chosen = [
        finding
        for finding in opened.ledger.findings()
        if finding.retired_on is None
        and (finding.author == author if author else finding.author != Author.INVESTIGATOR)
    ]
    return sorted(chosen, key=lambda f: f.name)


def _contents(path: Path) -> str:
    """The file's text. Raises ConfigError."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 at byte {error.start + 1}; save it as UTF-8") from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}; name the file of findings") from None
