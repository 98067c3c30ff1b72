"""A team's MLflow server: whether it answers and is new enough, and what its refusals mean in plain words."""

import os
import re
from typing import TYPE_CHECKING

from halflife.models.errors import ConfigError, HalflifeError, Unavailable
from halflife.monitoring.alerts.redaction import redacted

if TYPE_CHECKING:
    from mlflow.exceptions import MlflowException

OLDEST = (3, 0)
"""The first MLflow whose server knows logged models."""
SECONDS = 10
"""How long it may take to say its version."""
QUIET = {
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "3",
}
"""MLflow's variables as we want them where nobody has set them: standard output is for answers, and seven retries of a
server that went away take four minutes."""
LOGIN = ("MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD", "MLFLOW_TRACKING_TOKEN")


def is_server(uri: str) -> bool:
    """Whether an address is a server's, which keeps the files too.

    >>> is_server("https://mlflow.example.org"), is_server("sqlite:////home/me/mlflow.db")
    (True, False)
    """
    return uri.startswith(("http://", "https://"))


def look(uri: str) -> None:
    """Whether a server answers, with the credentials in MLflow's variables.

    Raises:
        Unavailable: it does not answer, or is no MLflow server, or too old a one.
        ConfigError: it does not take the credentials.
    """
    from mlflow.exceptions import MlflowException
    from mlflow.utils.credentials import get_default_host_creds
    from mlflow.utils.rest_utils import http_request

    for variable, value in QUIET.items():
        os.environ.setdefault(variable, value)
    login = get_default_host_creds(uri)  # type: ignore[no-untyped-call]  # as MLflow has it
    try:
        asked = {"max_retries": 0, "timeout": SECONDS, "raise_on_status": False}
        answer = http_request(login, "/version", "GET", **asked)  # type: ignore[no-untyped-call]  # as MLflow has it
    except MlflowException as error:
        raise Unavailable(
            f"{_named(uri)} does not answer: {_cause(error)}. Nothing was lost; run the same again"
        ) from None
    if answer.status_code in (401, 403):
        raise refused(uri, answer.status_code)
    if answer.status_code >= 500:
        raise Unavailable(
            f"{_named(uri)} does not answer: {answer.status_code} {answer.reason}. Nothing was lost; run the same again"
        )
    said = answer.text.strip()
    number = re.match(r"(\d+)\.(\d+)", said)
    if answer.status_code == 200 and number is None:
        raise Unavailable(f"what answers at {redacted(uri)} is no MLflow server; [registry] uri names one")
    if number is not None and (int(number[1]), int(number[2])) < OLDEST:
        raise Unavailable(
            f"{_named(uri)} is version {said[:20]}, which knows no logged models; Halflife needs {OLDEST[0]}.{OLDEST[1]} "
            "or newer"
        )


def refused(uri: str, status: int) -> ConfigError:
    """What 401 (who are you?) and 403 (you may not) mean, and what to do about it."""
    if status == 403:
        who = os.environ.get(LOGIN[0])
        whom = f"the user {who!r}" if who else "this user"
        return ConfigError(
            f"{_named(uri)} lets {whom} look, but not write: its administrator can give EDIT on the experiment and on the "
            "registered model"
        )
    given = [variable for variable in LOGIN if os.environ.get(variable)]
    if given or "@" in uri:
        what = f"what {' and '.join(given)} hold" if given else "the user and password in its address"
        return ConfigError(
            f"{_named(uri)} does not know {what.replace(' hold', ' holds') if len(given) == 1 else what}"
        )
    return ConfigError(f"{_named(uri)} asks who you are: set {LOGIN[0]} and {LOGIN[1]}, or {LOGIN[2]}")


def in_plain_words(uri: str, error: "MlflowException") -> HalflifeError:
    """What an error of a server's means for whoever must act; without credentials."""
    status = int(error.get_http_status_code())  # type: ignore[no-untyped-call]  # as MLflow has it
    if status in (401, 403):
        return refused(uri, status)
    if error.error_code == "ENDPOINT_NOT_FOUND":
        return Unavailable(
            f"{_named(uri)} does not know a call that Halflife makes: it is older than {OLDEST[0]}.{OLDEST[1]}, or "
            "something stands before it"
        )
    return Unavailable(f"{_named(uri)} does not answer: {_cause(error)}. Nothing was lost; run the same again")


def _named(uri: str) -> str:
    return f"the MLflow server {redacted(uri)}"


def _cause(error: Exception) -> str:
    """The innermost reason, without the layers of libraries that passed it on.

    >>> _cause(ValueError("API request failed (Caused by NewConnectionError('x: [Errno 111] Connection refused'))"))
    'Connection refused'
    """
    said = redacted(next(iter(str(error).splitlines()), type(error).__name__))
    system = re.search(r"\[Errno -?\d+\] ([^'\")]+)", said)
    if system:
        return system[1].strip()
    if "timed out" in said or "timeout" in said:
        return f"no answer within {SECONDS} s"
    return said[:200]
