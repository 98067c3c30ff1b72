"""Pages, health and metrics of homes, and ``halflife status``, from the same standing."""

import asyncio
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from halflife.flows.bootstrap import remember
from halflife.flows.configuration import read
from halflife.flows.opened import Opened
from halflife.flows.plain_runner import PlainRunner
from halflife.flows.run_record import RunRecord, ended, last_run
from halflife.flows.service import up_file
from halflife.flows.service.pages import application
from halflife.flows.use_cases.due import run_due
from halflife.flows.use_cases.standing import standing
from halflife.monitoring.reports.rich_text import uncoloured


class Browser:
    """Asks the application without a network."""

    def __init__(self, homes: list[Path]) -> None:
        self._transport = httpx.ASGITransport(application(homes))

    def ask(self, method: str, path: str) -> httpx.Response:
        """One answer."""

        async def asked() -> httpx.Response:
            async with httpx.AsyncClient(transport=self._transport, base_url="http://pages") as client:
                return await client.request(method, path)

        return asyncio.run(asked())

    def get(self, path: str) -> httpx.Response:
        """A page."""
        return self.ask("GET", path)


@pytest.fixture(scope="module")
def folder(small_folder: Callable[[int], Path]) -> Path:
    """A home of two versions."""
    made = small_folder(5)
    run_due(Opened(read(made / "halflife.toml"), PlainRunner()))
    return made


@pytest.fixture
def opened(folder: Path) -> Opened:
    """That home."""
    return Opened(read(folder / "halflife.toml"), PlainRunner())


@pytest.fixture
def pages(folder: Path) -> Browser:
    """What is served of it."""
    return Browser([folder / "home"])


def test_the_home_page_leads_to_every_page(pages: Browser) -> None:
    """Versions, how findings stand, the last run; each link answers."""
    page = pages.get("/")
    assert page.status_code == 200
    assert "Champion v2" in page.text
    assert "v1, v2 registered" in page.text
    links = re.findall(r'href="(/reports/[^"]+)"', page.text)
    assert {link.rsplit("/", 1)[1] for link in links} == {"conclusions.html", "drift.html", "investigation.html"}
    assert all(pages.get(link).status_code == 200 for link in links)
    assert "script" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_only_reports_are_served_and_nothing_is_changed(pages: Browser) -> None:
    """No settings, no ledger, no way up, no other method."""
    for path in (
        "/reports/home/../settings.json",
        "/reports/home/%2e%2e/settings.json",
        "/ledger.db",
        "/reports/other/v1/",
    ):
        assert pages.get(path).status_code == 404
    assert pages.ask("POST", "/").status_code == 405
    assert pages.ask("DELETE", "/reports/home/v1/conclusions.html").status_code == 405


def test_status_health_and_metrics_say_the_same(opened: Opened, pages: Browser) -> None:
    """One standing, shown three times."""
    (model,) = standing([opened]).to_dict()
    assert (model["model"], model["champion"], model["versions"], model["ticks"]) == ("small", "v2", 2, 5)
    assert {"rows_waiting", "last_run", "next_run", "healthy"} <= set(model)
    health = pages.get("/health")
    assert (health.status_code, health.json()) == (200, {"ok": True, "models": {"small": []}})
    metrics = pages.get("/metrics").text
    assert 'halflife_versions{model="small"} 2.0' in metrics
    for status, n in model["findings"].items():
        assert f'halflife_findings{{model="small",status="{status}"}} {n}.0' in metrics
    shown = uncoloured(standing([opened]).__rich__(), width=80)
    assert "small" in shown
    assert "v2" in shown


def test_a_failed_and_a_missed_run_are_told_everywhere(opened: Opened, pages: Browser) -> None:
    """The service is unwell until a run has done what was due."""
    home, kept = opened.settings.home, last_run(opened.settings.home)
    assert kept is not None
    now = datetime.now(UTC)
    try:
        ended(home, now, "MLflow does not answer")
        assert pages.get("/health").status_code == 503
        assert "failed: MLflow does not answer" in pages.get("/").text
        assert 'halflife_last_run_failed{model="small"} 1.0' in pages.get("/metrics").text
        RunRecord(now, 1.0, "nothing was due", next_run=now).keep(home)
        assert standing([opened], now + timedelta(minutes=14)).healthy
        late = standing([opened], now + timedelta(minutes=16))
        assert not late.healthy
        assert "has not ended" in uncoloured(late.__rich__())
        up_file.note(home, {"halflife": "http://127.0.0.1:8070"})
        assert standing([opened], now).healthy
        said = json.loads((home / "service" / "up.json").read_text())
        (home / "service" / "up.json").write_text(json.dumps({**said, "pid": 2**22 + 1}))
        assert "halflife up was killed" in uncoloured(standing([opened], now).__rich__())
    finally:
        kept.keep(home)
        up_file.forget(home)


def test_a_home_that_was_never_used_stands_empty(small_folder: Callable[[int], Path]) -> None:
    """Nothing is made by looking."""
    made = small_folder(1)
    opened = Opened(read(made / "halflife.toml"), PlainRunner())
    (model,) = json.loads(json.dumps(standing([opened]).to_dict()))
    assert (model["versions"], model["ticks"], model["last_run"], model["healthy"]) == (0, 0, None, True)
    assert not (made / "home").exists()
    home = remember(opened.settings)
    assert "No version yet" in Browser([home]).get("/").text


def test_half_a_record_is_no_record(tmp_path: Path) -> None:
    """Whatever stands in the file."""
    (tmp_path / "service").mkdir()
    for text in ("", "{", "[]", '{"began": 3}', '{"began": "2026-01-01T00:00:00", "next_run": null, "odd": 1}'):
        (tmp_path / "service" / "last-run.json").write_text(text, encoding="utf-8")
        assert last_run(tmp_path) is None
