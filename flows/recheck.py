"""Flow: re-test findings on the newest version, investigate it, and tell the story."""

from prefect import flow, task

from halflife.flows.bootstrap import service
from halflife.flows.deliver import deliver_alerts
from halflife.flows.prefect_events import findings_stale, show_card
from halflife.flows.retries import RETRIED
from halflife.flows.shadows import train_shadows
from halflife.models.domain import Milestone
from halflife.monitoring import steps
from halflife.monitoring.reports.card import card


@task(name="opacity", task_run_name="opacity of v{number}", **RETRIED)
async def measure_opacity(home: str, number: int) -> None:
    """What cannot be known about the version; its window is let go and old shadows are thinned."""
    here = service(home)
    version = here.version(number)
    if version.shadows or steps.sensitivity_due(here, version):
        steps.measure_opacity(here, version, sensitivity=False)
    steps.thin_shadows(here, version)


@task(name="recheck", task_run_name="recheck v{number}", **RETRIED)
async def check_findings(home: str, number: int) -> int:
    """How many findings were re-tested, among them what tags on versions asked for since."""
    steps.take_requests(service(home))
    return len(steps.recheck(service(home), service(home).version(number)))


@task(name="causes", task_run_name="causes on v{number}", **RETRIED)
async def attribute_causes(home: str, number: int) -> int:
    """How many changes of status were told apart by what made them."""
    return len(steps.attribute(service(home), service(home).version(number)))


@task(name="foresight", task_run_name="foresight after v{number}", **RETRIED)
async def foretell(home: str, number: int) -> int:
    """How many open findings have a chance of being refuted next."""
    return len(steps.foresee(service(home), service(home).version(number)))


@task(name="investigate", task_run_name="investigate v{number}", **RETRIED)
async def file_findings(home: str, number: int) -> int:
    """How many findings were filed."""
    return len(steps.investigate(service(home), service(home).version(number)))


@task(name="report", task_run_name="report v{number}", **RETRIED)
async def write_report(home: str, number: int) -> tuple[list[str], str]:
    """Names of the findings that went stale, and the version's card."""
    version = service(home).version(number)
    story = steps.report(service(home), version)
    return [change.finding.name for change in story.changes if change.after.refutes], card(version, story)


async def after_retrain(home: str, number: int) -> None:
    """What follows a registered version, from the stage it has reached."""
    stage = service(home).ledger.stage(number)
    if stage is Milestone.REGISTERED:
        await train_shadows(home, number)
        await measure_opacity(home, number)
        await check_findings(home, number)
    if stage in (Milestone.REGISTERED, Milestone.RECHECKED):
        await attribute_causes(home, number)
        await file_findings(home, number)
    if stage is not Milestone.REPORTED:
        await foretell(home, number)
        stale, markdown = await write_report(home, number)
        findings_stale(home, number, stale)
        await show_card(home, markdown)
    await deliver_alerts(home)


@flow(name="recheck", flow_run_name="recheck")
async def recheck(home: str) -> None:
    """Re-test every open finding on the newest version, finishing its cycle first if it was cut short."""
    newest = service(home).version()
    if service(home).ledger.stage(newest.number) is Milestone.REPORTED:
        await train_shadows(home, newest.number)
        await check_findings(home, newest.number)
        steps.thin_shadows(service(home), newest)
        await attribute_causes(home, newest.number)
        await foretell(home, newest.number)
        await write_report(home, newest.number)
    await after_retrain(home, newest.number)
