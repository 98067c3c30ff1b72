"""Finished trials as JSON files, so that a comparison that was cut off, or is asked for again, tries nothing twice."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path

from halflife.models.errors import Unavailable
from halflife.models.recipe import Recipe
from halflife.monitoring.trials.backtest import Backtest
from halflife.monitoring.trials.trial import Belief, Trial
from halflife.monitoring.whole_files import write_whole

FORMAT = 1
"""Of the files, and of what is measured; a file of another format is not looked at."""
SILENT = (
    "name", "recipe", "changes", "on_drift", "watch_every", "watch_window", "false_discoveries", "strict",
    "shadows", "shadows_every", "shadows_keep", "cause_fits", "opacity_every", "dask",
)  # fmt: skip
"""Fields of a policy that change nothing in a trial."""


@dataclass(frozen=True)
class TrialCache:
    """``<digest>.json`` holds one trial; the digest is of the recipe, the configuration, the ticks and their rows.

    Raises:
        Unavailable: from `keep`: the folder cannot be written.
    """

    folder: Path

    def find(self, lab: Backtest, name: str, recipe: Recipe, beliefs: Sequence[Belief] | None) -> Trial | None:
        """The trial kept under this recipe; None where there is none, or its file is damaged."""
        try:
            value = json.loads(self._path(lab, recipe, beliefs).read_text(encoding="utf-8"))
            return replace(Trial.from_dict(value), name=name)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def keep(self, lab: Backtest, trial: Trial, beliefs: Sequence[Belief] | None) -> None:
        """Write a finished trial, whole or not at all."""
        path = self._path(lab, trial.recipe, beliefs)
        try:
            write_whole(path, json.dumps(trial.to_dict(), indent=1))
        except OSError as error:
            raise Unavailable(f"{path} cannot be written: {error.strerror}") from None

    def _path(self, lab: Backtest, recipe: Recipe, beliefs: Sequence[Belief] | None) -> Path:
        return self.folder / f"{digest(lab, recipe, beliefs)}.json"


def digest(lab: Backtest, recipe: Recipe, beliefs: Sequence[Belief] | None) -> str:
    """Sixteen hexadecimal digits; equal when a trial would give the same but for its seconds.

    Another Halflife or LightGBM has other digests. The rows are told by the digests of the first and the last window and of their labels.
    """
    meaning = {
        "format": FORMAT,
        "built": [version(name) for name in ("halflife", "lightgbm")],
        "recipe": recipe.digest,
        "policy": {name: value for name, value in asdict(lab.policy).items() if name not in SILENT},
        "until": lab.until,
        "split": asdict(lab.store.split),
        "rows": lab.rows_digest,
        "beliefs": None if beliefs is None else [asdict(belief) for belief in beliefs],
    }
    return blake2b(json.dumps(meaning, sort_keys=True, default=list).encode(), digest_size=8).hexdigest()
