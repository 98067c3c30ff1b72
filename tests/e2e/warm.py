"""``python warm.py ADDRESS``: has imported what commands import, and forks a process for each command that is asked for.

A command of its own process spends most of its time on imports, and tests run a hundred. What is forked is a process like
any other: its own environment, folder, output, exit and what runs at exit. Prefect is not imported here, since it reads its
settings from the environment while it is.
"""

import json
import os
import signal
import socket
import sys
from importlib import import_module

HEAVY = (
    "halflife.flows.bootstrap",
    "halflife.flows.use_cases.due",
    "halflife.flows.use_cases.running",
    "halflife.flows.use_cases.filing",
    "halflife.monitoring.adapters.evidently_reporter",
    "halflife.monitoring.adapters.files_feed",
    "halflife.monitoring.adapters.folder_shadows",
    "halflife.monitoring.adapters.mlflow_registry",
    "halflife.monitoring.adapters.sql_ledger",
    "halflife.monitoring.cycle",
    "evidently.presets",
    "lightgbm",
    "mlflow.tracking",
    "mlflow.lightgbm",
    "plotly.graph_objects",
    "sqlalchemy.dialects.sqlite",
    "sklearn.isotonic",
    "scipy.stats",
)


def main(address: str) -> None:
    """Answer until the test process that started this has ended."""
    from halflife.flows.cli import send_nothing_home
    from halflife.flows.prefect_database import die_with_parent
    from halflife.monitoring.adapters.mlflow_connection import hushed

    die_with_parent()
    send_nothing_home()
    with hushed():
        for name in HEAVY:
            import_module(name)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(address)
        listening.listen()
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those who answer
        while True:
            asking, _ = listening.accept()
            if os.fork() == 0:
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                listening.close()
                return answer(asking)
            asking.close()


def answer(asking: socket.socket) -> None:
    """Run one command in a fork, and say its number, then how it ended."""
    with asking.makefile("rw") as line:
        asked = json.loads(line.readline())
        number = os.fork()
        if number == 0:
            asking.close()
            return become(asked)
        print(number, file=line, flush=True)
        _, status = os.waitpid(number, 0)
        print(os.waitstatus_to_exitcode(status), file=line, flush=True)
    os._exit(0)


def become(asked: dict[str, str | list[str] | dict[str, str]]) -> None:
    """This process, from here on, is the command."""
    os.setsid()
    os.environ.clear()
    os.environ.update(asked["environment"])  # type: ignore[arg-type]  # of names and values
    os.chdir(str(asked["cwd"]))
    for descriptor, name in ((1, "out"), (2, "err")):
        file = os.open(str(asked[name]), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(file, descriptor)
        os.close(file)
    sys.stdout, sys.stderr = os.fdopen(1, "w", encoding="utf-8"), os.fdopen(2, "w", encoding="utf-8")
    sys.argv = ["halflife", *asked["words"]]
    from halflife.flows.cli import main as command

    command()


if __name__ == "__main__":
    main(sys.argv[1])
