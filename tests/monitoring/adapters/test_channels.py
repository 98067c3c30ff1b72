"""Channels against real servers: what arrives, what is signed, and what a failure says."""

import json
import logging
import ssl
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import StringIO
from ipaddress import ip_address
from pathlib import Path
from socket import create_server
from threading import Thread
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from rich.console import Console as Terminal
from standardwebhooks import Webhook as Verifier

from halflife.models.alert import Alert, AlertItem, AlertKind, Severity
from halflife.models.errors import ConfigError, Unavailable
from halflife.monitoring.adapters.channels.console import Console
from halflife.monitoring.adapters.channels.eml import Eml, file_name
from halflife.monitoring.adapters.channels.smtp import Security, Smtp
from halflife.monitoring.adapters.channels.webhook import Webhook, envelope
from halflife.monitoring.adapters.sql_ledger import SqlLedger
from halflife.monitoring.alerts.outbox import deliver
from halflife.testing.channel_checks import Arrival, ChannelSpecimen, Check, carries_the_key, channel_checks
from halflife.testing.fakes import RememberingChannel

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SCHEMA = Path(__file__).parents[3] / "infra" / "docs" / "webhook.schema.json"

ALERT = Alert(
    "demo-v12",
    Severity.WARNING,
    12,
    "v12: 1 finding went stale, drift in âge",
    "On version 12, 1 finding went stale and the data drifted (âge).",
    (
        AlertItem(AlertKind.FINDINGS, Severity.WARNING, 'gap("fpr", a="[red]") > 0.05 no longer holds.', "gap[1]"),
        AlertItem(AlertKind.DRIFT, Severity.WARNING, "Drift in âge."),
    ),
    {"report": "/home/ana/reports/v12/conclusions.html"},
)


class Unplugged(StringIO):
    """A terminal that was closed."""

    def write(self, text: str) -> int:
        raise BrokenPipeError(32, "Broken pipe")


# --- console ---------------------------------------------------------------------------------------------------------


def test_the_console_shows_a_compact_message_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    """Subject, items and links on stderr, nothing on stdout; brackets in a claim are text and no markup."""
    Console().send(ALERT)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [
        "● warning v12: 1 finding went stale, drift in âge",
        '  gap[1]  gap("fpr", a="[red]") > 0.05 no longer holds.',
        "  Drift in âge.",
        "  report: /home/ana/reports/v12/conclusions.html",
    ]


def test_the_console_counts_what_it_does_not_show() -> None:
    """A long alert stays short on the terminal it shares with a progress bar."""
    terminal = Terminal(record=True, width=200, file=StringIO())
    items = tuple(replace(ALERT.items[1], sentence=f"Item {k}.") for k in range(9))
    Console(terminal).send(replace(ALERT, items=items))
    assert "  Item 4.\n  and 4 more\n" in terminal.export_text()


def test_a_closed_terminal_ends_nothing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Who pipes stderr into ``head`` loses alerts there, and neither the run nor its standard output."""
    bar = Terminal(file=Unplugged())
    monkeypatch.setattr("sys.stderr", Unplugged())
    for channel in (Console(), Console(bar)):
        with pytest.raises(Unavailable, match=r"^the terminal takes no text: Broken pipe$"):
            channel.send(ALERT)
    assert "on_broken_pipe" not in vars(bar)
    sys.stdout.write("still here\n")
    assert capsys.readouterr().out == "still here\n"


# --- .eml files ------------------------------------------------------------------------------------------------------


def test_an_eml_file_is_a_message_any_mail_program_reads(tmp_path: Path) -> None:
    """The standard library reads back subject, addresses, both bodies and the key."""
    Eml(tmp_path / "new" / "alerts", recipients=("ana@example.org", "bo@example.org")).send(ALERT)
    message = message_from_bytes((tmp_path / "new/alerts/demo-v12.eml").read_bytes(), policy=policy.default)
    assert message["Subject"] == ALERT.subject
    assert message["To"] == "ana@example.org, bo@example.org"
    assert message["X-Halflife-Key"] == "demo-v12"
    assert message.get_body(("plain",)).get_content().startswith(ALERT.sentence)
    assert message.get_body(("html",)).get_content().startswith("<!doctype html>")
    assert not message.defects


def test_the_same_key_is_the_same_file(tmp_path: Path) -> None:
    """A repeat changes nothing, not even the date; no partial file is left beside it."""
    channel = Eml(tmp_path)
    channel.send(ALERT)
    before = (tmp_path / "demo-v12.eml").read_bytes()
    channel.send(replace(ALERT, subject="another"))
    assert (tmp_path / "demo-v12.eml").read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["demo-v12.eml"]


@given(st.lists(st.text(min_size=1), min_size=2, max_size=2, unique=True))
def test_no_key_escapes_the_folder_or_takes_anothers_file(keys: list[str]) -> None:
    """Whatever a key holds, its file name is one plain name, and two keys have two."""
    first, second = map(file_name, keys)
    assert first != second
    for name in (first, second):
        assert Path(name).name == name
        assert len(name) < 100


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A file where the folder should be: the message says which path and why."""
    (tmp_path / "alerts").write_text("not a folder")
    with pytest.raises(Unavailable) as caught:
        Eml(tmp_path / "alerts" / "deeper").send(ALERT)
    assert str(caught.value) == f"{tmp_path}/alerts/deeper/demo-v12.eml cannot be written: Not a directory"


# --- mail server -----------------------------------------------------------------------------------------------------


class Mailbox:
    """What an SMTP server was given; refuses the recipients it is told to."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []
        self.unknown: set[str] = set()

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient, or say that there is none of that name."""
        if address in self.unknown:
            return "550 no such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - its name
        """Keep the message."""
        self.taken.append(envelope)
        return "250 kept"


@pytest.fixture
def free_port() -> int:
    """A port nobody listens on."""
    with create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.fixture
def mailbox() -> Mailbox:
    """An empty mailbox."""
    return Mailbox()


@pytest.fixture
def plain(mailbox: Mailbox, free_port: int) -> Iterator[int]:
    """Port of a mail server without encryption."""
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port)
    controller.start()
    yield free_port
    controller.stop()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that signs itself, with its key, in one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def guarded(mailbox: Mailbox, free_port: int, certificate: Path) -> Iterator[int]:
    """Port of a mail server that wants STARTTLS, and ana with her password."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def knows(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
        right = isinstance(given, LoginPassword) and (given.login, given.password) == (b"ana", b"hunter2")
        return AuthResult(success=right, handled=right)

    controller = Controller(
        mailbox,
        hostname="127.0.0.1",
        port=free_port,
        tls_context=context,
        require_starttls=True,
        authenticator=knows,
        auth_required=True,
    )
    controller.start()
    yield free_port
    controller.stop()


def open_smtp(port: int, **other: Any) -> Smtp:
    """A channel to a server on this machine, unencrypted unless told otherwise."""
    given: dict[str, Any] = {"security": Security.NONE, "recipients": ("ana@example.org",)} | other
    return Smtp("127.0.0.1", "Halflife <h@example.org>", port=port, **given)


def test_mail_arrives_with_an_identity_made_of_the_key(plain: int, mailbox: Mailbox) -> None:
    """The server gets both parts, every recipient, and the same Message-ID for the same alert."""
    channel = open_smtp(plain, recipients=("ana@example.org", "bo@example.org"))
    channel.send(ALERT)
    channel.send(ALERT)
    first, second = (message_from_bytes(e.content, policy=policy.default) for e in mailbox.taken)
    assert mailbox.taken[0].rcpt_tos == ["ana@example.org", "bo@example.org"]
    assert first["Subject"] == ALERT.subject
    assert first["Message-ID"] == second["Message-ID"]
    assert [part.get_content_type() for part in first.iter_parts()] == ["text/plain", "text/html"]


def test_mail_goes_over_starttls_with_a_login(
    guarded: int, mailbox: Mailbox, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """User and password come from the environment, and travel encrypted only."""
    monkeypatch.setenv("MAIL_USER", "ana")
    monkeypatch.setenv("MAIL_PASSWORD", "hunter2")
    channel = open_smtp(
        guarded,
        security=Security.STARTTLS,
        ca_file=str(certificate),
        user_env="MAIL_USER",
        password_env="MAIL_PASSWORD",
    )
    channel.send(ALERT)
    assert len(mailbox.taken) == 1
    monkeypatch.setenv("MAIL_PASSWORD", "wrong-one")
    with pytest.raises(Unavailable) as caught:
        channel.send(ALERT)
    assert str(caught.value) == f"mail server 127.0.0.1:{guarded} refuses the user or password (535)"
    assert "hunter2" not in repr(channel)


def test_a_certificate_nobody_vouches_for_is_refused(guarded: int, mailbox: Mailbox) -> None:
    """Without its certificate among the trusted ones, the server gets nothing."""
    with pytest.raises(Unavailable, match=r"did not take the message: .*certificate verify failed"):
        open_smtp(guarded, security=Security.STARTTLS).send(ALERT)
    assert mailbox.taken == []


def test_a_server_without_starttls_is_refused(plain: int, mailbox: Mailbox) -> None:
    """Encryption that was asked for is never given up silently."""
    with pytest.raises(Unavailable, match="STARTTLS extension not supported by server"):
        open_smtp(plain, security=Security.STARTTLS).send(ALERT)
    assert mailbox.taken == []


def test_a_mail_server_that_is_down_is_named(free_port: int) -> None:
    """Nobody listens: the message names host, port and cause."""
    with pytest.raises(Unavailable) as caught:
        open_smtp(free_port).send(ALERT)
    assert str(caught.value) == (
        f"mail server 127.0.0.1:{free_port} did not take the message: [Errno 111] Connection refused"
    )


def test_one_unknown_recipient_does_not_keep_the_mail_from_the_others(
    plain: int, mailbox: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    """The others get it once; who was refused is logged. When nobody is known, it is a failure."""
    mailbox.unknown = {"gone@example.org"}
    with caplog.at_level(logging.WARNING):
        open_smtp(plain, recipients=("ana@example.org", "gone@example.org")).send(ALERT)
    assert mailbox.taken[0].rcpt_tos == ["ana@example.org"]
    assert "refuses gone@example.org (550 no such user here)" in caplog.text
    with pytest.raises(Unavailable, match=r"refuses every recipient: gone@example.org \(550 no such user here\)$"):
        open_smtp(plain, recipients=("gone@example.org",)).send(ALERT)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"recipients": ()}, "channel 'smtp' has no recipients; name at least one address"),
        ({"user_env": "U"}, "channel 'smtp' needs both user_env and password_env, or neither"),
        (
            {"user_env": "U", "password_env": "P"},
            "channel 'smtp' would send its password to 127.0.0.1 unencrypted; set security to starttls or ssl",
        ),
        ({"recipients": ("ana@example.org\nBcc: x@example.org",)}, "is no address"),
    ],
)
def test_settings_that_cannot_work_are_refused_at_once(settings: dict[str, Any], message: str) -> None:
    """Nobody to send to, half a login, a password in the clear, an address that holds a header."""
    with pytest.raises(ConfigError) as caught:
        open_smtp(25, **settings)
    assert message in str(caught.value)


def test_a_password_that_is_not_set_is_named_by_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the variable and what it should hold."""
    monkeypatch.setenv("MAIL_USER", "ana")
    monkeypatch.delenv("MAIL_PASSWORD", raising=False)
    channel = open_smtp(25, security=Security.SSL, user_env="MAIL_USER", password_env="MAIL_PASSWORD")
    with pytest.raises(ConfigError) as caught:
        channel.send(ALERT)
    assert str(caught.value) == (
        "environment variable MAIL_PASSWORD is not set; it should hold the password for 127.0.0.1"
    )


# --- webhook ---------------------------------------------------------------------------------------------------------


class Receiver:
    """A web server that keeps what is posted and answers as told, the last answer for ever."""

    def __init__(self) -> None:
        self.answers = [200]
        self.bodies: list[bytes] = []
        self.headers: list[dict[str, str]] = []
        kept = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                kept.bodies.append(self.rfile.read(int(self.headers["content-length"])))
                kept.headers.append(
                    {name.lower(): value for name, value in self.headers.items()} | {":path": self.path}
                )
                code = kept.answers.pop(0) if len(kept.answers) > 1 else kept.answers[0]
                self.send_response(code)
                if code == 302:
                    self.send_header("location", "/elsewhere")
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *args: object) -> None:
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A running web server."""
    receiver = Receiver()
    thread = Thread(target=receiver.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield receiver
    receiver.server.shutdown()
    thread.join()
    receiver.server.server_close()


@pytest.fixture(autouse=True)
def _shared_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK_SECRET", SECRET)


def open_webhook(receiver: Receiver, path: str = "/hook", login: str = "", **other: Any) -> Webhook:
    """A channel to the running web server."""
    return Webhook(f"http://{login}127.0.0.1:{receiver.port}{path}", "HOOK_SECRET", "demo", **other)


def test_a_webhook_is_signed_and_carries_the_key(receiver: Receiver) -> None:
    """The specification's own library accepts the signature; id and body name the alert's key."""
    open_webhook(receiver).send(ALERT)
    (body,), (headers,) = receiver.bodies, receiver.headers
    verified = Verifier(SECRET).verify(body, headers)
    assert verified["id"] == headers["webhook-id"] == "demo-v12"
    assert (verified["type"], verified["source"], verified["subject"]) == ("halflife.alert", "demo", "v12")
    assert verified["data"]["items"][0]["finding"] == "gap[1]"
    assert verified["data"]["sentence"] == ALERT.sentence


def test_a_body_that_was_changed_on_the_way_does_not_verify(receiver: Receiver) -> None:
    """One other byte, and the receiver can tell."""
    open_webhook(receiver).send(ALERT)
    with pytest.raises(Exception, match="No matching signature"):
        Verifier(SECRET).verify(receiver.bodies[0].replace(b"stale", b"fresh"), receiver.headers[0])


texts = st.text(max_size=20)
items = st.builds(AlertItem, st.sampled_from(AlertKind), st.sampled_from(Severity), texts, texts)
alerts = st.builds(
    Alert,
    key=st.text(min_size=1, max_size=20),
    severity=st.sampled_from(Severity),
    version=st.integers(0, 10_000),
    subject=st.text(st.characters(exclude_characters="\r\n", codec="utf-8"), max_size=20),
    sentence=texts,
    items=st.lists(items, max_size=3).map(tuple),
    links=st.dictionaries(texts, texts, max_size=2),
)


@settings(max_examples=50, deadline=None)
@given(alerts)
def test_every_body_is_as_the_published_schema_says(alert: Alert) -> None:
    """Any alert's body validates against infra/docs/webhook.schema.json; without a key it would not."""
    schema = json.loads(SCHEMA.read_text())
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    body = json.loads(json.dumps(envelope(alert, "demo", datetime.now(UTC))))
    assert list(validator.iter_errors(body)) == []
    assert not validator.is_valid({name: value for name, value in body.items() if name != "id"})
    assert not validator.is_valid(body | {"data": body["data"] | {"severity": "loud"}})


@pytest.mark.parametrize(
    ("code", "said"), [(500, "500 Internal Server Error"), (404, "404 Not Found"), (302, "302 Found")]
)
def test_anything_but_2xx_is_a_failure_that_names_the_host_only(receiver: Receiver, code: int, said: str) -> None:
    """Errors and redirects are not delivered; neither token nor password of the address is in the message."""
    receiver.answers = [code]
    channel = open_webhook(receiver, "/services/T0/s3cret?token=abc", login="ana:hunter2@")
    with pytest.raises(Unavailable) as caught:
        channel.send(ALERT)
    assert str(caught.value) == f"webhook http://127.0.0.1:{receiver.port} answered {said}, not 2xx"
    assert len(receiver.bodies) == 1
    assert "s3cret" not in repr(channel)
    assert "hunter2" not in repr(channel)


def test_a_login_in_the_address_is_sent_as_one(receiver: Receiver) -> None:
    """User and password reach the server as basic authorization, and the path stays as it was."""
    open_webhook(receiver, "/hook?x=1", login="ana:h%40x@").send(ALERT)
    assert receiver.headers[0]["authorization"] == "Basic YW5hOmhAeA=="
    assert receiver.headers[0][":path"] == "/hook?x=1"


def test_a_webhook_that_nobody_serves_is_named(free_port: int) -> None:
    """Nobody listens: the message names the host and the cause."""
    with pytest.raises(Unavailable) as caught:
        Webhook(f"http://127.0.0.1:{free_port}/hook", "HOOK_SECRET").send(ALERT)
    assert str(caught.value) == (
        f"webhook http://127.0.0.1:{free_port} does not answer: [Errno 111] Connection refused"
    )


@pytest.mark.parametrize("value", ["whsec_", "whsec_not*base64!", "a"])
def test_a_secret_that_cannot_sign_is_named_but_not_quoted(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the variable, never what it holds."""
    monkeypatch.setenv("HOOK_SECRET", value)
    with pytest.raises(ConfigError) as caught:
        Webhook("https://example.org/hook", "HOOK_SECRET").send(ALERT)
    assert str(caught.value).startswith("environment variable HOOK_SECRET holds no usable secret; ")
    assert "not*base64" not in str(caught.value)


@pytest.mark.parametrize("url", ["ftp://example.org", "example.org/hook", "https://", "file:///etc/passwd"])
def test_an_address_that_is_not_http_is_refused_at_once(url: str) -> None:
    """Only http and https have webhooks."""
    with pytest.raises(ConfigError, match="needs an address that begins with https:// or http://"):
        Webhook(url, "HOOK_SECRET")


# --- the contract ----------------------------------------------------------------------------------------------------


def mailed(content: bytes) -> Arrival:
    """A mail as its reader sees it: subject and text."""
    message = message_from_bytes(content, policy=policy.default)
    assert not message["Bcc"]
    return Arrival(message["X-Halflife-Key"], f"{message['Subject']}\n{message.get_body(('plain',)).get_content()}")


def posted(body: bytes) -> Arrival:
    """A body as its reader sees it: the sentences in ``data``."""
    whole = json.loads(body)
    data = whole["data"]
    items = (item["sentence"] for item in data["items"])
    return Arrival(whole["id"], "\n".join((data["subject"], data["sentence"], *items)))


@pytest.fixture
def specimen(request: pytest.FixtureRequest, tmp_path: Path, free_port: int) -> ChannelSpecimen:
    """The channel of the name that the test is given, with its other side."""
    if request.param == "console":
        terminal = Terminal(record=True, width=500, file=StringIO())
        told: list[Arrival] = []

        def printed() -> list[Arrival]:
            text = terminal.export_text(clear=True)
            told.extend(Arrival("", part) for part in text.split("● ")[1:])
            return told

        return ChannelSpecimen(
            Console(terminal),
            printed,
            Console(Terminal(file=Unplugged())),
            shows=lambda alert: (alert.subject, *(item.sentence for item in alert.items)),
        )
    if request.param == "eml":
        (tmp_path / "file").touch()
        folder = tmp_path / "alerts"

        def filed() -> list[Arrival]:
            files = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime_ns)
            return [mailed(path.read_bytes()) for path in files]

        return ChannelSpecimen(Eml(folder), filed, Eml(tmp_path / "file" / "alerts"))
    if request.param == "smtp":
        request.getfixturevalue("monkeypatch").setenv("MAIL_USER", "ana")
        request.getfixturevalue("monkeypatch").setenv("MAIL_PASSWORD", "hunter2")
        port, mailbox = request.getfixturevalue("guarded"), request.getfixturevalue("mailbox")
        ca_file = str(request.getfixturevalue("certificate"))
        login = {"security": Security.STARTTLS, "user_env": "MAIL_USER", "password_env": "MAIL_PASSWORD"}
        return ChannelSpecimen(
            open_smtp(port, ca_file=ca_file, **login),
            lambda: [mailed(envelope.content) for envelope in mailbox.taken],
            open_smtp(port, **login),  # it does not trust the server
            secrets=("hunter2",),
        )
    if request.param == "webhook":
        receiver = request.getfixturevalue("receiver")
        hook = "/services/s3cret?token=abc-def"
        return ChannelSpecimen(
            open_webhook(receiver, hook, login="ana:hunter2@"),
            lambda: [posted(body) for body in receiver.bodies],
            Webhook(f"http://ana:hunter2@127.0.0.1:{free_port}{hook}", "HOOK_SECRET"),
            secrets=("hunter2", "s3cret", "abc-def", SECRET, SECRET.removeprefix("whsec_")),
        )
    fake = RememberingChannel()
    return ChannelSpecimen(
        fake,
        lambda: [Arrival(a.key, "\n".join((a.subject, a.sentence, *(i.sentence for i in a.items)))) for a in fake.got],
        RememberingChannel(failing=lambda: Unavailable("nobody is there")),
    )


@pytest.mark.parametrize("specimen", ["console", "eml", "smtp", "webhook", "remembering"], indirect=True)
@pytest.mark.parametrize("check", channel_checks())
def test_a_channel_keeps_the_contract(specimen: ChannelSpecimen, check: Check) -> None:
    """What each check states in its first line is true of every channel, against a real other side."""
    if check is carries_the_key and isinstance(specimen.channel, Console):
        return  # whoever reads a terminal drops nothing
    check(specimen)


# --- together --------------------------------------------------------------------------------------------------------


def test_nothing_is_lost_when_mail_is_down_and_the_webhook_stumbles(
    receiver: Receiver, free_port: int, tmp_path: Path, mailbox: Mailbox
) -> None:
    """SMTP down, webhook 500 then 200, files fine: each arrives exactly once in the end, none waits for another."""
    receiver.answers = [500, 200]
    channels = {"smtp": open_smtp(free_port), "webhook": open_webhook(receiver), "eml": Eml(tmp_path / "alerts")}
    ledger = SqlLedger("sqlite://")
    ledger.enqueue(ALERT, list(channels))

    first = deliver(ledger, channels, 0.0)
    assert [d.channel for d in first.sent] == ["eml"]
    assert {d.channel: d.error.split(": ")[-1] for d in first.failed} == {
        "smtp": "[Errno 111] Connection refused",
        "webhook": f"webhook http://127.0.0.1:{receiver.port} answered 500 Internal Server Error, not 2xx",
    }
    second = deliver(ledger, channels, 60.0)
    assert [d.channel for d in second.sent] == ["webhook"]
    assert receiver.bodies[0] != b""
    assert receiver.headers[0]["webhook-id"] == receiver.headers[1]["webhook-id"]

    server = Controller(mailbox, hostname="127.0.0.1", port=free_port)
    server.start()
    try:
        assert [d.channel for d in deliver(ledger, channels, 180.0).sent] == ["smtp"]
    finally:
        server.stop()
    assert (len(mailbox.taken), len(receiver.bodies), len(list((tmp_path / "alerts").iterdir()))) == (1, 2, 1)
    assert {d.state for d in ledger.deliveries()} == {"sent"}
    assert deliver(ledger, channels, 1e9) == deliver(ledger, channels, 1e9)
