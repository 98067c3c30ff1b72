import re
import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markupsafe import escape

from halflife.models.domain import Status
from halflife.monitoring.conclude import conclude
from halflife.monitoring.conclusions import Conclusions
from halflife.monitoring.reports.page import TELLING, render, write_page
from halflife.monitoring.survival.life import Life
from halflife.monitoring.wording.words import LETTERS, counts_by_version, headline, telling


class Cells(HTMLParser):
    """Collects the heat map's cells, every address, and tags left open."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.cells: list[dict[str, str]] = []
        self.addresses: list[str] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "td" and given.get("class", "").startswith("c ") and "threshold" not in given["class"]:
            self.cells.append(given)
        self.addresses += [given[name] for name in ("href", "src") if name in given]
        if tag not in ("meta", "link", "br", "path", "circle", "rect"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("path", "circle", "rect"):
            assert self.open.pop() == tag


@pytest.fixture(scope="module")
def page(story: Conclusions) -> str:
    """The page of the demo's story."""
    return render(story, title="Conclusions of a demo", links={"Drift": "drift.html"})


def test_page_stands_alone(page: str) -> None:
    """One file, well nested, under 500 kB with 500 findings: no script, and no address but the links it was given."""
    parsed = Cells(page)
    assert page.startswith("<!doctype html>")
    assert len(page.encode()) < 500_000
    assert "<script" not in page
    assert set(parsed.addresses) == {"data:,", "drift.html"}
    assert "url(" not in page
    assert parsed.open == []


def test_page_says_first_what_a_newcomer_should_know(page: str, story: Conclusions) -> None:
    """The counts of the newest version, the half-life and the chance of a conclusion stale on arrival stand on top."""
    said = headline(story)
    assert re.match(r"Of 494 findings, \d+ hold, .* and \d+ cannot be tested on the newest version\.", said)
    assert re.search(
        r"Their half-life is \d\.\d \[\d\.\d, (\d\.\d\]|∞\)) retrains; no shadows were trained, so how much .* noise is not known\."
        r" An investigation that takes 3 retrains",
        said,
    )
    for sentence in said.split(". "):
        assert sentence.rstrip(".") in page
    assert page.index("Their half-life is") < page.index("<h2")


def test_cells_of_the_map_are_the_statuses(page: str, story: Conclusions) -> None:
    """Each telling finding has a letter, a class and a hover text for each of its re-tests, and nothing else."""
    cells = [c for c in Cells(page).cells if c["title"].startswith("v")]
    shown = telling(story, TELLING, each=12)
    expected = sorted(f"v{v} {status}" for f in shown for v, status in story.status[f.id].items())
    assert sorted(" ".join(c["title"].split()[:2]) for c in cells) == expected
    assert all(c["class"].split()[1] == c["title"].split()[1] for c in cells)
    guard = story.intervals[1][3]
    assert f"v3 {story.status[1][3]} · {guard}, threshold 0.8" in [c["title"] for c in cells]


def test_every_finding_is_on_the_page(page: str, story: Conclusions) -> None:
    """What the map does not show is listed, and stillborn findings are only counted."""
    shown = page.count("<code>")
    assert all(f"<code>{escape(f.claim)}</code>" in page for f in story.findings if not f.stillborn)
    assert shown == len(story.findings) - story.stillborn + len(story.changes)
    assert "12 stillborn findings failed the first confirmation and are left out." in page


def test_what_people_typed_is_text(page: str) -> None:
    """Names and claims with markup are shown as they were typed, never run."""
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "&lt;i&gt;leak&lt;/i&gt;" in page


def test_statuses_are_readable_without_colour(page: str) -> None:
    """The legend gives every status its letter, and drawings say in words what they show."""
    for status, letter in LETTERS.items():
        assert f'<span class="key {status}">{letter}</span>{status}' in page
    assert page.count('role="img" aria-label=') == page.count("<svg")


def test_colours_have_contrast(page: str) -> None:
    """Letters on status colours reach 4.5:1 (WCAG AA), by day and by night."""
    for block in re.findall(r":root \{(.*?)\}", page, re.DOTALL):
        colour = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", block))
        for status in Status:
            assert _contrast(colour[status], colour[f"on-{status}"]) >= 4.5, (status, block[:20])


def _contrast(one: str, other: str) -> float:
    """Contrast ratio by WCAG 2.1."""

    def luminance(colour: str) -> float:
        digits = colour[1:] if len(colour) == 7 else "".join(d * 2 for d in colour[1:])
        parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_guards_and_peoples_findings_come_first(story: Conclusions) -> None:
    """A reader's own findings are never crowded out by the investigator's."""
    assert [f.id for f in telling(story, 5, each=1)][:2] == [1, 2]
    assert not any(f.stillborn for f in telling(story, 1_000))


def test_counts_leave_out_the_stillborn(story: Conclusions) -> None:
    """On the newest version every open finding that is not stillborn is counted once."""
    newest = counts_by_version(story)[12]
    assert newest == story.counts
    assert sum(newest.values()) == len(story.findings) - story.stillborn


def test_many_versions_show_the_newest(story: Conclusions) -> None:
    """With more versions than fit, the first are left out of the map and the page says how many."""
    versions = tuple(replace(story.versions[0], number=n) for n in range(1, 61))
    assert "The first 20 versions are not shown." in render(replace(story, versions=versions), title="t", links={})


def test_page_of_nothing(tmp_path: Path) -> None:
    """An empty ledger gives a page that says so."""
    path = write_page(conclude([], [], [], []), tmp_path / "deep" / "page.html", title="Empty", links={})
    for said in ("No finding has been tested yet.", "Nothing: every re-test", "No watch yet."):
        assert said in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [500, 800])
def test_browser_draws_the_map_without_complaint(tmp_path: Path, story: Conclusions, width: int) -> None:
    """A real browser finds the cells, lays nothing out wider than a phone, scrolls no table of a window of 800 pixels
    sideways, and has nothing to complain about.
    """
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no chromium, chromium-browser or google-chrome on the path: the page was not opened in a browser")
    path = write_page(story, tmp_path / "page.html", title="Conclusions", links={})
    wide = "[...document.querySelectorAll('.scroll')].filter(e=>e.scrollWidth>e.clientWidth).length"
    probe = (
        "<script>addEventListener('load',()=>{document.title=document.documentElement.scrollWidth+' of '+innerWidth"
        f"+', scrolled '+{wide}}})</script>"
    )
    path.write_text(path.read_text(encoding="utf-8").replace("</head>", f"{probe}</head>"), encoding="utf-8")
    command = [
        *(chromium, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr"),
        f"--window-size={width},900",
        *("--user-data-dir=" + str(tmp_path / "profile"), "--virtual-time-budget=2000", "--dump-dom", path.as_uri()),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert len([c for c in Cells(done.stdout).cells if c["title"].startswith("v")]) > 300
    assert "CONSOLE" not in done.stderr
    found = re.search(r"<title>(\d+) of (\d+), scrolled (\d+)</title>", done.stdout)
    assert found is not None
    assert int(found[1]) <= int(found[2])
    assert width < 800 or int(found[3]) == 0


def test_expired_and_recurring_findings_are_told(story: Conclusions) -> None:
    """The page counts findings that held again after death and names those that nothing was heard of, guards marked."""
    quiet = [replace(f, ttl=1, guard=f.name == "floor") for f in story.findings[:2]]
    silence = {f.id: {1: Status.HOLDS, 2: Status.UNTESTABLE} for f in quiet}
    told = replace(
        story,
        findings=(*quiet, *story.findings[2:]),
        status={**story.status, **silence},
        lives=(Life(1, "auc", 2, 3, 5, 1), Life(2, "attribution_share", 1, 2), Life(3, "auc", 9, None)),
    )
    page = render(told, title="demo", links={})
    assert "Of 2 that died, 1 held again later." in page
    assert "2 findings have expired: they have had no valid re-test within the time to live." in page
    assert '<span class="who">guard</span> <code title="auc() &gt; 0.8">floor</code>, <code title' in page
    assert "expired" not in render(story, title="demo", links={})
