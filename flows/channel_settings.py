"""What channels need to know, one class a channel; ``halflife.flows.adapters`` joins each to what sends."""

from typing import Annotated, Literal

from pydantic import Field, field_serializer, model_validator

from halflife.monitoring.alerts.redaction import hidden
from halflife.monitoring.section import Count, Section


class SmtpSettings(Section):
    """A mail server. Credentials are read from the environment variables named here."""

    host: Annotated[str, Field(description="Name of the server.")]
    sender: Annotated[str, Field(description="Address that messages come from.")]
    to: Annotated[tuple[str, ...], Field(description="Addresses they go to.")]
    port: Annotated[Count, Field(description="Usually 587 for `starttls`, 465 for `ssl`, 25 for `none`.")] = 587
    security: Annotated[
        Literal["starttls", "ssl", "none"],
        Field(description="How the connection is protected; a server that does not offer it is refused."),
    ] = "starttls"
    user_env: Annotated[str, Field(description="Environment variable that holds the user; empty, nobody logs in.")] = ""
    password_env: Annotated[str, Field(description="Environment variable that holds the password.")] = ""
    ca_file: Annotated[str, Field(description="Certificates to trust beside the system's, in PEM.")] = ""


class WebhookSettings(Section):
    """A receiver of signed webhooks. Its secret, and an address that is one, are read from the variables named here."""

    url: Annotated[
        str, Field(description="Address, where it is no secret; what looks like one in it is not kept in the home.")
    ] = ""
    url_env: Annotated[str, Field(description="Environment variable that holds the address.")] = ""
    secret_env: Annotated[
        str, Field(description="Environment variable that holds the secret messages are signed with.")
    ] = "HALFLIFE_WEBHOOK_SECRET"  # noqa: S105 - the variable's name, not a secret

    @model_validator(mode="after")
    def _one_address(self) -> "WebhookSettings":
        if bool(self.url) == bool(self.url_env):
            raise ValueError("give url, or url_env to name the environment variable that holds it")
        return self

    @field_serializer("url")
    def _kept(self, url: str) -> str:
        """Without what may be a secret in it, which is kept nowhere."""
        return hidden(url)
