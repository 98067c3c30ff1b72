"""The last screen of a replay."""

import shlex
from collections.abc import Mapping

from halflife.flows.commands.common import short, terminal
from halflife.flows.opened import Opened
from halflife.monitoring.reports.rich_text import Text
from halflife.monitoring.reports.terminal import summary


def show_ending(opened: Opened, seconds: Mapping[str, float]) -> None:
    """The last screen of a replay: what became of the findings, and where to look further."""
    from halflife.flows.bootstrap import registry

    story, home = opened.story(), opened.context.home
    console = terminal()
    console.print()
    console.print(summary(story))
    console.print()
    deliveries = opened.ledger.deliveries()
    if deliveries:
        sent = {d.alert.key: d.alert for d in deliveries if d.state == "sent"}
        names = sorted({d.channel for d in deliveries if d.state == "sent"})
        waiting = sum(d.state != "sent" for d in deliveries)
        tail = f"; {waiting} deliveries wait or were given up (halflife alerts list)" if waiting else ""
        console.print(
            Text.assemble(("Alerts", "bold"), f"  {len(sent)} sent by {', '.join(names) or 'no channel'}{tail}")
        )
        for alert in sorted(sent.values(), key=lambda a: a.version)[-6:]:
            console.print(Text(f"  {alert.subject}"), overflow="ellipsis", no_wrap=True)
        console.print()
    if not story.versions:
        return
    folder = home / "reports" / story.versions[-1].label
    links = {
        "Conclusions": folder / "conclusions.html",
        "Evidently": folder / "drift.html",
        "E-mails": home / "alerts",
    }
    for name, path in links.items():
        if path.exists():
            console.print(Text.assemble((f"{name:<12}", "bold"), short(path)), soft_wrap=True)
    console.print(Text.assemble((f"{'MLflow':<12}", "bold"), registry(opened.settings).ui_command), soft_wrap=True)
    prefect = f"PREFECT_HOME={shlex.quote(str(short(home / 'prefect')))} prefect server start"
    console.print(Text.assemble((f"{'Prefect':<12}", "bold"), prefect), soft_wrap=True)
    total = seconds.get("total", 0.0)
    parts = ", ".join(f"{name} {s:.0f}" for name, s in seconds.items() if name != "total" and s >= 0.5)
    console.print(Text(f"\n{total:.0f} s: {parts}", style="dim"))
