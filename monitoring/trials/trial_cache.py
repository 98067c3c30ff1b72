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
COUNTS = {
    "retrain": {"every", "window", "margin"},
    "evidence": None,
    "investigate": None,
    "explain": None,
    "opacity": {"refits"},
}
"""Sections of a policy, with the fields that change what a trial gives; None for all of a section."""


@dataclass(frozen=True)
class TrialCache:
    """``<digest>.json`` holds one trial; the digest is of the recipe, the configuration, the ticks and their rows.

    Raises:
        Unavailable: from `keep`: the folder cannot be written.
    """

    folder: Path

    def find(self, history: Backtest, name: str, recipe: Recipe, beliefs: Sequence[Belief] | None) -> Trial | None:
        """The trial kept under this recipe; None where there is none, or its file is damaged."""
        try:
            value = json.loads(self._path(history, recipe, beliefs).read_text(encoding="utf-8"))
            return replace(Trial.from_dict(value), name=name)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def keep(self, history: Backtest, trial: Trial, beliefs: Sequence[Belief] | None) -> None:
        """Write a finished trial, whole or not at all."""
        path = self._path(history, trial.recipe, beliefs)
        try:
            write_whole(path, json.dumps(trial.to_dict(), indent=1))
        except OSError as error:
            raise Unavailable(f"{path} cannot be written: {error.strerror}") from None

    def _path(self, history: Backtest, recipe: Recipe, beliefs: Sequence[Belief] | None) -> Path:
        return self.folder / f"{digest(history, recipe, beliefs)}.json"


def digest(history: Backtest, recipe: Recipe, beliefs: Sequence[Belief] | None) -> str:
    """Sixteen hexadecimal digits; equal when a trial would give the same but for its seconds.

    Another Halflife or LightGBM has other digests. The rows are told by the digests of the first and the last window and of their labels.
    """
    meaning = {
        "format": FORMAT,
        "built": [version(name) for name in ("halflife", "lightgbm")],
        "recipe": recipe.digest,
        "policy": {name: getattr(history.policy, name).model_dump(include=fields) for name, fields in COUNTS.items()},
        "seed": history.policy.seed,
        "until": history.until,
        "split": asdict(history.store.split),
        "rows": history.rows_digest,
        "beliefs": None if beliefs is None else [asdict(belief) for belief in beliefs],
    }
    return blake2b(json.dumps(meaning, sort_keys=True, default=list).encode(), digest_size=8).hexdigest()
