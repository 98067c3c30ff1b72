"""Alerts by e-mail, through a mail server."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.utils import parseaddr
from enum import StrEnum
from typing import TYPE_CHECKING

from halflife.models.alert import Alert
from halflife.models.errors import ConfigError, Unavailable
from halflife.monitoring.adapters.channels.secrets import secret
from halflife.monitoring.ports import Channel
from halflife.monitoring.reports.mail import compose

if TYPE_CHECKING:
    import smtplib

LOG = logging.getLogger(__name__)


class Security(StrEnum):
    """How the connection is protected. A server that does not offer what is asked for is refused, never downgraded."""

    STARTTLS = "starttls"
    SSL = "ssl"
    NONE = "none"


@dataclass(frozen=True)
class Smtp(Channel):
    """A mail server.

    Attributes:
        sender: address the message comes from.
        recipients: addresses it goes to.
        port: usually 587 for STARTTLS, 465 for SSL, 25 for none.
        user_env: environment variable that holds the user; empty to send without logging in.
        password_env: environment variable that holds the password.
        ca_file: certificates to trust beside the system's, in PEM.
        timeout: seconds for each answer of the server.

    Raises:
        ConfigError: nobody to send to, or a password that would travel unencrypted.
    """

    host: str
    sender: str
    recipients: Sequence[str]
    port: int = 587
    security: Security = Security.STARTTLS
    user_env: str = field(default="", repr=False)
    password_env: str = field(default="", repr=False)
    ca_file: str = ""
    timeout: float = 10.0
    name: str = "smtp"

    def __post_init__(self) -> None:
        if not self.recipients:
            raise ConfigError(f"channel {self.name!r} has no recipients; name at least one address")
        for address in (self.sender, *self.recipients):
            if not parseaddr(address)[1].strip("@").count("@") or not address.isprintable():
                raise ConfigError(f"channel {self.name!r}: {address!r} is no address; one is ana@example.org")
        if bool(self.user_env) != bool(self.password_env):
            raise ConfigError(f"channel {self.name!r} needs both user_env and password_env, or neither")
        if self.user_env and self.security is Security.NONE:
            raise ConfigError(
                f"channel {self.name!r} would send its password to {self.host} unencrypted; set security to starttls or ssl"
            )

    def send(self, alert: Alert) -> None:
        import smtplib

        message = compose(alert, sender=self.sender, recipients=self.recipients)
        login = self._login()
        try:
            with self._connect() as server:
                if login:
                    server.login(*login)
                refused = server.send_message(message)
        except smtplib.SMTPAuthenticationError as error:
            raise Unavailable(f"{self._where} refuses the user or password ({error.smtp_code})") from error
        except smtplib.SMTPRecipientsRefused as error:
            raise Unavailable(f"{self._where} refuses every recipient: {_answers(error.recipients)}") from error
        except (smtplib.SMTPException, OSError) as error:
            raise Unavailable(f"{self._where} did not take the message: {error or type(error).__name__}") from error
        if refused:
            # Trying again would send the others the same message once more.
            LOG.warning("%s took the message but refuses %s", self._where, _answers(refused))

    @property
    def _where(self) -> str:
        return f"mail server {self.host}:{self.port}"

    def _login(self) -> tuple[str, str] | None:
        if not self.user_env:
            return None
        user = secret(self.user_env, f"the user for {self.host}")
        return user, secret(self.password_env, f"the password for {self.host}")

    def _connect(self) -> "smtplib.SMTP":
        import smtplib
        import ssl

        if self.security is Security.NONE:
            return smtplib.SMTP(self.host, self.port, timeout=self.timeout)
        context = ssl.create_default_context()
        if self.ca_file:
            context.load_verify_locations(self.ca_file)
        if self.security is Security.SSL:
            return smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout, context=context)
        server = smtplib.SMTP(self.host, self.port, timeout=self.timeout)
        try:
            server.starttls(context=context)
        except BaseException:
            server.close()
            raise
        return server


def _answers(refused: "dict[str, tuple[int, bytes]]") -> str:
    return "; ".join(f"{who} ({code} {said.decode(errors='replace')})" for who, (code, said) in refused.items())
