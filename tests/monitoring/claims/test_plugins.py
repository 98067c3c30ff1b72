"""A statistic from another package, by entry point."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import halflife
from halflife.models.errors import PluginError
from halflife.monitoring.claims.statistics.auc import Auc
from halflife.monitoring.claims.statistics.registry import Statistics

VIBES = '''
import numpy as np
from halflife.monitoring.claims.statistics.base import SumStatistic, Term, ones, ratio
from halflife.monitoring.claims.syntax.arguments import WHERE


def confidence(view):
    return np.abs(view.probability - 0.5)


class Vibes(SumStatistic):
    """Mean |p - 1/2|, in [0, 1/2].

    Source: Nobody, "On vibes", 2020.
    """

    name = "vibes"
    description = "how far probabilities are from a half"
    example = "vibes() > 0.1"
    arguments = (WHERE,)

    def terms(self, arguments):
        segment = self.segment(arguments)
        return Term(confidence, segment), Term(ones, segment)

    def value(self, sums):
        return ratio(sums, 0, 1)


class Nameless(Vibes):
    name = "nameless"


READY = Vibes()
'''
Install = Callable[..., Path]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Puts a distribution with entry points where Python finds it; gives the folder."""

    def run(distribution: str = "halflife-extras", **entries: str) -> Path:
        folder = tmp_path / "site"
        info = folder / f"{distribution.replace('-', '_')}-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
        lines = [f"{name} = {value}" for name, value in entries.items()]
        (info / "entry_points.txt").write_text("\n".join(["[halflife.statistics]", *lines, ""]))
        (folder / "extras_of_a_test.py").write_text(VIBES)
        monkeypatch.syspath_prepend(str(folder))
        monkeypatch.delitem(sys.modules, "extras_of_a_test", raising=False)
        return folder

    return run


def told(folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    """What a new Python says in which the distribution is installed."""
    paths = f"{Path(halflife.__file__).parent.parent}:{folder}"
    return subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": paths}, capture_output=True, text=True, check=False
    )


def test_a_statistic_of_another_package_is_filed_and_measured(install: Install) -> None:
    """It is read, canonical, listed, explained, measured with an interval, and keeps the contract by the shipped checks."""
    code = """
from halflife.models.domain import Scope, Version
from halflife.monitoring.claims.language.grammar import parse
from halflife.monitoring.claims.language.manual import explained, statistics_table
from halflife.monitoring.claims.statistics import STATISTICS
from halflife.testing.small_model import small_pass
from halflife.testing.statistic_checks import statistic_checks
from halflife.testing.statistic_specimens import Specimen, answer

print(parse("vibes(where='duration>0')>.1"), [row["name"] for row in statistics_table()][-2:])
print(explained(STATISTICS["vibes"])["source"])
specimen = Specimen("vibes() > 0.1")
for check in statistic_checks(specimen):
    check(specimen)
print(len(statistic_checks(specimen)), answer(small_pass(), "vibes() > 0.1").status)
"""
    found = told(install(vibes="extras_of_a_test:Vibes"), code)
    assert found.stderr == ""
    assert found.stdout.splitlines() == [
        "vibes(where=\"duration>0\") > 0.1 ['tpr', 'vibes']",
        'Nobody, "On vibes", 2020.',
        "8 holds",
    ]


def test_a_broken_package_breaks_what_asks_for_it_and_no_more(install: Install) -> None:
    """Help, and claims about our own statistics, are answered; the list of all and a claim about it name the package."""
    folder = install(vibes="no_such_module:Vibes")
    run = "import sys; sys.argv = ['halflife', *{}]; from halflife.flows.cli import main; main()"
    helped, listed = (told(folder, run.format(arguments)) for arguments in (["--help"], ["statistics"]))
    own = told(folder, "from halflife.monitoring.claims.language.grammar import parse; print(parse('auc()>.7'))")
    assert (helped.returncode, own.stdout) == (0, "auc() > 0.7\n")
    assert listed.returncode == 2
    assert (
        "halflife-extras 1.0 offers 'vibes' (halflife.statistics, no_such_module:Vibes); it cannot be" in listed.stderr
    )
    assert "Traceback" not in listed.stderr


@pytest.mark.parametrize("value", ["extras_of_a_test:Vibes", "extras_of_a_test:READY"])
def test_a_class_or_an_instance_will_do(value: str, install: Install) -> None:
    """The table holds it by name, in alphabetical order, beside our own, and makes it once."""
    install(vibes=value)
    table = Statistics((Auc(),))
    assert (list(table), len(table), "vibes" in table, "jazz" in table) == (["auc", "vibes"], 2, True, False)
    assert table["vibes"] is table["vibes"]


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ({"auc": "extras_of_a_test:Vibes"}, "'auc' is a statistic of Halflife's own: give yours another name"),
        ({"vibes": "extras_of_a_test:Jazz"}, "it cannot be loaded: AttributeError: .*Jazz"),
        ({"vibes": "extras_of_a_test:VIBES_"}, "it cannot be loaded"),
        ({"vibes": "extras_of_a_test:confidence"}, "a CaseStatistic, and this is a function"),
        (
            {"vibes": "extras_of_a_test:SumStatistic"},
            "it cannot be loaded: TypeError: Can't instantiate abstract class",
        ),
        ({"vibes": "extras_of_a_test:Nameless"}, "the statistic is called 'nameless'"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_package(entries: dict[str, str], reason: str, install: Install) -> None:
    """A name that is taken, nothing to import, no statistic, another name: the package, the entry, what would be right."""
    install(**entries)
    with pytest.raises(
        PluginError, match=rf"^halflife-extras 1.0 offers '\w+' \(halflife.statistics, .*\); .*{reason}"
    ):
        dict(Statistics((Auc(),)))


def test_two_packages_cannot_share_a_name(install: Install) -> None:
    """Neither is chosen: both are named."""
    install(vibes="extras_of_a_test:Vibes")
    install("more-extras", vibes="extras_of_a_test:Vibes")
    with pytest.raises(
        PluginError, match=r"(halflife|more)-extras 1.0 and (halflife|more)-extras 1.0 both offer 'vibes'"
    ):
        list(Statistics((Auc(),)))
