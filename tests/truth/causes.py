"""The cause found against the cause built in, for every finding that died in a world whose truth is known.

python tests/truth/causes.py                     every world with seeds 1 to 3: .bench/causes.json, and a table
python tests/truth/causes.py sudden --seeds 5    one world

What is built in is decided by a *twin*: the same rows, labels and seeds without the world's change. A finding that died
in the world and lives in its twin was killed by the change; one that died in both, at the same version, was killed by
what both have. So only findings are counted that were made, word for word, in both. Where nothing changes (calm) and
where only the seed does (reseed) there is no twin, and every death is noise. Beside the investigator's findings the
first version's closest decisions are followed, for in a quiet world little else dies.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from halflife.models.causes import NOISE, WORLD, Cause, Why
from halflife.models.domain import Finding, Scope, Status, Version
from halflife.models.recipe import Recipe
from halflife.models.rows import ROW_ID, Split
from halflife.models.world.events import FeatureShift
from halflife.models.world.generator import World
from halflife.models.world.scenarios import SCENARIOS, Scenario
from halflife.monitoring.adapters.delta_store import DeltaStore
from halflife.monitoring.adapters.folder_shadows import FolderShadows
from halflife.monitoring.adapters.memory_registry import MemoryRegistry
from halflife.monitoring.adapters.sql_ledger import SqlLedger
from halflife.monitoring.adapters.synthetic_feed import SyntheticFeed
from halflife.monitoring.context import Context, cached
from halflife.monitoring.steps.attribute_causes import attribute
from halflife.monitoring.steps.ingest_ticks import ingest
from halflife.monitoring.steps.investigate_version import file, investigate
from halflife.monitoring.steps.recheck_findings import recheck
from halflife.monitoring.steps.retrain_version import retrain
from halflife.monitoring.steps.train_shadows import train_shadows
from halflife.monitoring.trials.backtest import NullReporter
from halflife.testing.policies import small_policy

OUT = Path(__file__).parents[2] / ".bench" / "causes.json"
OTHER_ROWS = (*NOISE, Cause.EVIDENCE)
"""What kills where nothing changes: another sample to train on, another seed, another sample to test on."""


@dataclass(frozen=True)
class Scale:
    """How large a replay is."""

    rows: int = 1500
    trees: int = 40
    leaves: int = 15
    until: int = 34
    shadows: int = 8
    fits: int = 12
    close: int = 20
    threads: int = 1


@dataclass(frozen=True)
class Case:
    """A world, and what its change should be called.

    Attributes:
        name: of the scenario.
        causes: any of which is right for a finding that only the change killed.
        twin: the world without the change; None where every death is the same.
        common: what is right for a finding that died in the twin too.
    """

    name: str
    causes: tuple[Cause, ...]
    twin: Scenario | None = None
    common: tuple[Cause, ...] = OTHER_ROWS


def lasting(scenario: Scenario, window: int = 8) -> Scenario:
    """The scenario in which the world stays for ever as it is in the first window; ``calm`` where nothing happens there."""
    events = tuple(
        replace(e, last=None) for e in scenario.events if e.active(window - 1) and e.change is not FeatureShift.RAMP
    )
    unchanged = replace(scenario, name=f"{scenario.name} without its change", events=events, recipe=())
    return unchanged if events else SCENARIOS["calm"]


CASES: dict[str, Case] = {
    case.name: case
    for case in (
        Case("calm", OTHER_ROWS),
        Case("reseed", (Cause.SEED,)),
        *(Case(name, WORLD, lasting(SCENARIOS[name])) for name in ("sudden", "gradual", "shortcut", "swap")),
        Case("benign", (Cause.EVIDENCE, Cause.COVARIATE), lasting(SCENARIOS["benign"])),
        Case("recipe", (Cause.PIPELINE,), lasting(SCENARIOS["recipe"])),
        Case("feedback", (Cause.FEEDBACK,), SCENARIOS["feedback-off"], (*OTHER_ROWS, *WORLD)),
    )
}


@dataclass(frozen=True)
class Life:
    """What a replay left in its ledger."""

    findings: Sequence[Finding]
    statuses: Mapping[int, Mapping[int, Status]]
    whys: Sequence[Why]


@dataclass(frozen=True)
class Death:
    """One finding's first death, and what is said of it.

    Attributes:
        right: the causes that would be right.
        shared: it died in the twin too.
        top: the dominant cause found; ``unknown`` where nothing could be attributed.
        z: the model's part of the change in units of noise; NaN without.
    """

    world: str
    seed: int
    claim: str
    since: int
    version: int
    right: tuple[str, ...]
    shared: bool
    top: str
    share: float
    z: float

    @property
    def hit(self) -> bool:
        return self.top in self.right


@cache
def live(scenario: Scenario, seed: int, scale: Scale) -> Life:
    """Replay a world: every version trained, with its shadows, re-tested, attributed and investigated."""
    recipe = Recipe(trees=scale.trees, leaves=scale.leaves, threads=scale.threads)
    history = [(tick, replace(recipe, **dict(values))) for tick, values in scenario.recipe]  # type: ignore[arg-type]
    policy = small_policy(
        name="truth", seed=seed, recipe=recipe, changes=tuple(history), window=8, every=3, on_drift=False, margin=0.0,
        watch_every=3, watch_window=3, evidence_rows=2000, level=0.9, replicates=200, attributions=5, errors=4, gaps=4,
        segments=("region", "channel", "sex"), follow=30, shadows=scale.shadows, shadows_keep=2, cause_fits=scale.fits,
    )  # fmt: skip
    world = World(scenario, seed=seed, rows_per_tick=scale.rows, period=policy.retrain.window)
    with TemporaryDirectory(prefix="halflife-truth-") as folder:
        home = Path(folder)
        service = cached(
            home=home,
            policy=policy,
            feed=SyntheticFeed(world),
            store=DeltaStore(home / "store", Split(cluster=scenario.cluster)),
            registry=MemoryRegistry(),
            ledger=SqlLedger(f"sqlite:///{home / 'ledger.db'}"),
            reporter=NullReporter(),
            channels={},
            shadows=FolderShadows(home / "shadows"),
        )
        for tick in range(policy.retrain.window - 1, scale.until + 1, policy.retrain.every):
            ingest(service, tick)
            version = retrain(service, tick)
            train_shadows(service, version)
            recheck(service, version)
            attribute(service, version)
            investigate(service, version)
            if version.number == 1:
                file(service, version, close_calls(service, version, scale.close))
        ledger = service.ledger
        return Life(ledger.findings(), ledger.statuses(), ledger.causes())


def close_calls(service: Context, version: Version, count: int) -> list[Finding]:
    """The decisions a version takes for the discovery cases it is least sure of, as claims: what noise kills first."""
    model, rows = service.registry.model(version), service.rows.discovery(version)
    margin = model.probability(rows) - model.threshold
    nearest = np.argsort(np.abs(margin), kind="stable")[:count]
    claims = [f'prediction(case="{rows[ROW_ID].iloc[at]}") {">" if margin[at] > 0 else "<"} 0' for at in nearest]
    return [
        Finding(f"close call {k}", claim, "prediction", Scope.ARTIFACT, version.number)
        for k, claim in enumerate(claims, 1)
    ]


def deaths(case: Case, seed: int, scale: Scale) -> Iterator[Death]:
    """Every finding's first death in the world of a case, with what its twin says of it."""
    here = live(SCENARIOS[case.name], seed, scale)
    alone = replace(scale, shadows=0, fits=0)  # of the twin only the statuses are asked
    twin = None if case.twin is None else live(case.twin, seed, alone)
    known = {} if twin is None else {(f.claim, f.made_on): twin.statuses.get(f.id, {}) for f in twin.findings}
    findings = {f.id: f for f in here.findings if not f.stillborn}
    first: dict[int, Why] = {}
    for why in here.whys:
        if why.finding in findings and here.statuses[why.finding][why.version].refutes:
            first.setdefault(why.finding, why)
    for number, why in sorted(first.items()):
        finding = findings[number]
        there = known.get((finding.claim, finding.made_on))
        if twin is not None and (there is None or why.version not in there):
            continue
        shared = there is not None and there[why.version].refutes
        top = why.top
        yield Death(
            world=case.name,
            seed=seed,
            claim=finding.claim,
            since=why.since,
            version=why.version,
            right=case.common if shared else case.causes,
            shared=shared,
            top="unknown" if top is None else top.value,
            share=0.0 if top is None else why.shares[top].share,
            z=why.z,
        )


def confusion(found: Sequence[Death]) -> list[str]:
    """Markdown: a line for each world and whether the twin died too; a column for each cause that was found."""
    columns = [c.value for c in Cause if any(d.top == c for d in found)] + ["unknown"]
    lines = [
        f"| world | built in | deaths | right | right where z > 3 | {' | '.join(columns)} |",
        f"|---|---|---|---|---|{'---|' * len(columns)}",
    ]
    for world, shared in sorted(
        {(d.world, d.shared) for d in found}, key=lambda key: (list(CASES).index(key[0]), key[1])
    ):
        some = [d for d in found if (d.world, d.shared) == (world, shared)]
        clear = [d for d in some if abs(d.z) > 3]
        counts = Counter(d.top for d in some)
        built = ("as in the twin: " if shared else "") + " / ".join(some[0].right)
        cells = " | ".join(str(counts[name] or "·") for name in columns)
        lines.append(f"| {world} | {built} | {len(some)} | {_rate(some)} | {_rate(clear)} | {cells} |")
    return lines


def _rate(some: Sequence[Death]) -> str:
    return f"{sum(d.hit for d in some)}/{len(some)}" if some else "–"


def keep(path: Path, scale: Scale, found: Sequence[Death]) -> None:
    """Write every death, and at which scale it was found."""
    path.parent.mkdir(exist_ok=True)
    said = {"scale": asdict(scale), "deaths": [{**asdict(d), "hit": d.hit} for d in found]}
    path.write_text(json.dumps(said, indent=1) + "\n")


def kept(path: Path, scale: Scale) -> list[Death]:
    """What earlier runs at the same scale found, so that worlds can be run one by one."""
    said = json.loads(path.read_text()) if path.exists() else {}
    if said.get("scale") != asdict(scale):
        return []
    rows = [{name: value for name, value in row.items() if name != "hit"} for row in said["deaths"]]
    return [Death(**{**row, "right": tuple(row["right"])}) for row in rows]


def main() -> None:
    """Print the table and keep every death."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("worlds", nargs="*", choices=[[], *CASES], help="all when left out")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--rows", type=int, default=Scale.rows)
    parser.add_argument("--shadows", type=int, default=Scale.shadows, help="beside each version; kept apart by number")
    asked = parser.parse_args()
    scale = Scale(rows=asked.rows, shadows=asked.shadows)
    out = OUT if scale.shadows == Scale.shadows else OUT.with_stem(f"causes-{scale.shadows}")
    names = asked.worlds or list(CASES)
    found = []
    for seed in range(1, asked.seeds + 1):
        for name in names:
            found += deaths(CASES[name], seed, scale)
            print(f"seed {seed}, {name}: {len(found)} deaths so far", flush=True)
    found += [death for death in kept(out, scale) if death.world not in names]
    print("\n".join(confusion(found)))
    keep(out, scale, found)


if __name__ == "__main__":
    main()
