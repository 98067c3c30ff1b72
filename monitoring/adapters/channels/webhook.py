"""Alerts as signed HTTP posts; the body's schema is ``infra/docs/webhook.schema.json``."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from halflife.models.alert import Alert
from halflife.models.errors import ConfigError, Unavailable
from halflife.monitoring.adapters.channels.secrets import secret
from halflife.monitoring.ports import Channel

HIDDEN = "***"
"""In place of a secret in an address."""


@dataclass(frozen=True)
class Webhook(Channel):
    """One address, posted to as the Standard Webhooks specification says.

    The receiver checks the signature with the shared secret, and drops an id it has seen before: the id is the alert's
    key, the same on every attempt.

    Attributes:
        url: http or https. It may hold a user and password, or a token as its path; errors name its host only.
        secret_env: environment variable that holds the secret, ``whsec_`` and base64.
        source: who is speaking: the registry's name for the model.
        timeout: seconds for connecting, and for each answer.

    Raises:
        ConfigError: the address is not one of http or https; from `send`: its secret, or that of the signature, is missing.
    """

    url: str = field(repr=False)
    secret_env: str
    source: str = "halflife"
    timeout: float = 10.0
    name: str = "webhook"

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ConfigError(f"channel {self.name!r} needs an address that begins with https:// or http://")

    def send(self, alert: Alert) -> None:
        import httpx

        if HIDDEN in self.url:
            raise ConfigError(
                f"{self._where} is sent to an address that holds a secret, which the home does not keep: name an environment"
                " variable that holds it in alerts.webhook.url_env, or run with the configuration that has it"
            )
        at = datetime.now(UTC)
        body = json.dumps(envelope(alert, self.source, at), ensure_ascii=False, allow_nan=False).encode()
        parts = urlsplit(self.url)
        user = httpx.BasicAuth(unquote(parts.username), unquote(parts.password or "")) if parts.username else None
        bare = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
        try:
            # A redirect is not followed: the body was signed for this receiver, not for whoever it points to.
            answer = httpx.post(
                bare,
                content=body,
                headers=self._headers(alert.key, at, body),
                auth=user,
                timeout=self.timeout,
                follow_redirects=False,
            )
        except httpx.HTTPError as error:
            raise Unavailable(f"{self._where} does not answer: {error or type(error).__name__}") from error
        if not answer.is_success:
            raise Unavailable(f"{self._where} answered {answer.status_code} {answer.reason_phrase}, not 2xx")

    @property
    def _where(self) -> str:
        parts = urlsplit(self.url)
        return f"webhook {parts.scheme}://{parts.netloc.rpartition('@')[2]}"

    def _headers(self, key: str, at: datetime, body: bytes) -> dict[str, str]:
        from standardwebhooks import Webhook as Signer

        shared = secret(self.secret_env, f"the secret of {self._where}, whsec_ and base64")
        identity = header_id(key)
        try:
            signature = Signer(shared).sign(identity, at, body.decode())
        except Exception:
            # Not chained: the cause may quote the secret.
            raise ConfigError(
                f"environment variable {self.secret_env} holds no usable secret; one is whsec_ and 24 to 64 bytes in base64"
            ) from None
        return {
            "content-type": "application/cloudevents+json; charset=utf-8",
            "user-agent": "halflife",
            "webhook-id": identity,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": signature,
        }


def envelope(alert: Alert, source: str, at: datetime) -> dict[str, Any]:
    """The body: a CloudEvents 1.0 envelope around the alert.

    Args:
        alert: becomes ``data``, its key the ``id``.
        source: who is speaking.
        at: when this attempt is made, with its time zone.
    """
    return {
        "specversion": "1.0",
        "id": alert.key,
        "source": source,
        "type": "halflife.alert",
        "time": at.isoformat(timespec="seconds"),
        "subject": f"v{alert.version}" if alert.version else "halflife",
        "datacontenttype": "application/json",
        "data": {
            "version": alert.version,
            "severity": alert.severity.value,
            "subject": alert.subject,
            "sentence": alert.sentence,
            "items": [
                {
                    "kind": item.kind.value,
                    "severity": item.severity.value,
                    "sentence": item.sentence,
                    "finding": item.finding,
                }
                for item in alert.items
            ],
            "links": dict(alert.links),
        },
    }


def header_id(key: str) -> str:
    """A key as the header ``webhook-id`` may carry it: ASCII, and without the dot that separates what is signed.

    >>> header_id("shortcut-v12"), header_id("modèle.eu-v12")
    ('shortcut-v12', 'mod%C3%A8le%2Eeu-v12')
    """
    return quote(key, safe="").replace(".", "%2E")
