"""Where alerts go, and how sure they are, as the settings say it."""

from typing import Literal

from pydantic import model_validator

from halflife.monitoring.policy import AlertPolicy
from halflife.monitoring.section import Count, Section


class SmtpSettings(Section):
    """A mail server. Credentials are read from the environment variables named here."""

    host: str
    sender: str
    to: tuple[str, ...]
    port: Count = 587
    security: Literal["starttls", "ssl", "none"] = "starttls"
    user_env: str = ""
    password_env: str = ""
    ca_file: str = ""


class WebhookSettings(Section):
    """A receiver of signed webhooks. Its secret, and an address that is one, are read from the variables named here."""

    url: str = ""
    url_env: str = ""
    secret_env: str = "HALFLIFE_WEBHOOK_SECRET"  # noqa: S105 - the variable's name, not a secret

    @model_validator(mode="after")
    def _one_address(self) -> "WebhookSettings":
        if bool(self.url) == bool(self.url_env):
            raise ValueError("give url, or url_env to name the environment variable that holds it")
        return self


class AlertSettings(AlertPolicy):
    """Where alerts go, beside how sure they are."""

    channels: tuple[Literal["console", "eml", "smtp", "webhook"], ...] = ("console", "eml")
    smtp: SmtpSettings | None = None
    webhook: WebhookSettings | None = None

    @model_validator(mode="after")
    def _channels_are_configured(self) -> "AlertSettings":
        for name in ("smtp", "webhook"):
            if name in self.channels and getattr(self, name) is None:
                raise ValueError(f'channel "{name}" needs a table [alerts.{name}]')
        return self
