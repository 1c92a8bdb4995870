"""Every setting of Ombud, in one class: built once in each process and handed on, never read from the environment elsewhere.

`.env.example` and `docs/reference/settings.md` are written from this class: `python -m runtime.settings --write`.
"""

import sys
from datetime import timedelta
from email.utils import parseaddr
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any, Literal

from pydantic import AliasChoices, Field, SecretStr, ValidationInfo, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, SettingsConfigDict

from runtime.addresses import as_network, is_server, named_networks
from runtime.key_forms import WANTED, is_written

PREFIX = "OMBUD_"


def _or_plain(name: str, description: str, plain: str | None = None) -> Any:
    """A field that can also be given under the name which Temporal's own tools use."""
    return Field(None, validation_alias=AliasChoices(PREFIX + name, plain or name), description=description)


class Settings(BaseSettings):
    """What the operator decides. Everything has a default with which one machine runs all of it."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        populate_by_name=True,
        frozen=True,
        hide_input_in_errors=True,  # what is refused may be a secret with one letter too many
    )

    state_dir: Path = Field(Path(".ombud"), description="Folder of the embedded services: their data, logs, ports and secrets.")
    development: bool = Field(
        False,
        description="A development machine: time scales, fail points and the demo's login are allowed. Never in production.",
    )

    policies_dir: Path | None = Field(
        None,
        description="Folder with `packs/` and `calendars/` whose files are added to the shipped ones; a file of the same name "
        "replaces the shipped one. Empty: the shipped ones alone.",
    )

    database_url: SecretStr | None = Field(
        None, description="PostgreSQL as the application's role; may name several hosts. Empty: the embedded server."
    )
    database_admin_url: SecretStr | None = Field(
        None,
        description="PostgreSQL as the administrator's role (no BYPASSRLS): for keys, people, endpoints, sources and settings, "
        "by the API and the command line. Empty: the embedded server, or nothing can be administered.",
    )
    database_owner_url: SecretStr | None = Field(
        None, description="PostgreSQL as the role that owns the tables; used by `ombud migrate` only. Empty: the embedded server."
    )
    database_pool_min: int = Field(2, ge=0, description="Database connections that each process keeps open.")
    database_pool_max: int = Field(10, ge=1, description="Database connections that each process opens at most.")

    temporal_address: str | None = _or_plain(
        "TEMPORAL_ADDRESS", "A Temporal server that runs already, host:port. Empty: embedded."
    )
    temporal_namespace: str = Field("default", description="Temporal namespace in which the cases run.")
    temporal_pages_url: str = Field(
        "", description="Address of Temporal's own pages; operations go from a case to its workflow there. Empty: no link."
    )
    temporal_cli_path: Path | None = _or_plain(
        "TEMPORAL_CLI_PATH", "Temporal's command-line program for the embedded server. Empty: looked for, and got when missing."
    )
    temporal_api_key: SecretStr | None = Field(None, description="API key of Temporal Cloud.")
    temporal_tls: bool | None = Field(None, description="Speak TLS with Temporal. Empty: when a key or a certificate is given.")
    temporal_tls_ca_path: Path | None = Field(None, description="PEM file of the authority that signed Temporal's certificate.")
    temporal_tls_cert_path: Path | None = Field(None, description="PEM file of the client certificate for Temporal (mutual TLS).")
    temporal_tls_key_path: Path | None = Field(None, description="PEM file of the client certificate's private key.")
    temporal_door: Literal["open", "signed", "closed"] | None = Field(
        None,
        description="What a command may do that is told by Temporal's own signal or update without a signature. open: "
        "everything, for tenants of development alone; signed: no more than report what a machine noticed; closed: nothing, "
        "signed or not. "
        "Empty: open for tenants of development, signed for all others.",
    )
    temporal_codec: Literal["none", "opens", "aes"] = Field(
        "none",
        description="aes: payloads and the words of failures are sealed under the master key before Temporal sees them. opens: "
        "what is sealed is read, and nothing is sealed: every process goes there first, on the way to `aes` and back. "
        "none: neither.",
    )
    temporal_lists: bool = Field(True, description="Temporal's lists say phase, queue, priority, due time; changes are billed.")
    task_queue: str = Field(
        "ombud",
        description="Task queue of cases. Notices, webhooks and remedies have one of their own: this name and `-outbound`.",
    )
    worker_deployment_name: str | None = _or_plain(
        "WORKER_DEPLOYMENT_NAME", "Temporal Worker Deployment of this worker. Empty: unversioned.", "TEMPORAL_DEPLOYMENT_NAME"
    )
    worker_build_id: str | None = _or_plain(
        "WORKER_BUILD_ID", "Build id of this worker inside its deployment.", "TEMPORAL_WORKER_BUILD_ID"
    )

    master_key: SecretStr | None = Field(
        None,
        description="32 bytes in base64 under which the keys of all texts are encrypted. Or `file:` and where they lie, or "
        "`aws-kms:` and what AWS KMS sealed (`ombud master-key new --aws-kms`). Empty: made in the state folder.",
    )
    master_key_next: SecretStr | None = Field(
        None,
        description="The master key that comes next: it opens already and seals nothing yet. Given to every process before "
        "the first one has it as OMBUD_MASTER_KEY. Empty: none is coming.",
    )
    master_keys_earlier: SecretStr | None = Field(
        None,
        description="Master keys of before, with commas between them, the latest first: they open and seal nothing. Kept until "
        "`ombud master-key rotate` says that they are not needed. Empty: none.",
    )
    digest_key: SecretStr | None = Field(
        None,
        description="Root of the keyed digests, 32 bytes in base64: it opens nothing, and stays when the master key is changed. "
        "`ombud master-key digest-key` prints the one in use. Empty: it follows from the first master key that is known.",
    )

    heads_file: Path | None = Field(
        None,
        description="File with the signed heads of the record, where the database's owners cannot change it. What "
        "`ombud audit verify` compares with and `ombud audit sign-heads` adds to; with one that is missing, empty, shorter or "
        "older than it must be, verifying fails. Empty: nothing is compared.",
    )
    heads_public_key: str | None = Field(
        None,
        pattern="^[0-9a-f]{64}$",
        description="Public key (hex) of whoever signs the heads. Empty: the one that follows from the master key.",
    )
    heads_key_file: Path | None = Field(
        None, description="Key to sign heads with, for the process that does, and on no machine of API, worker or database."
    )
    heads_max_age_hours: int = Field(
        49, ge=1, description="Hours after which signed heads are too old: signed each day, a day that failed is seen the next."
    )
    evidence_url: SecretStr | None = Field(
        None,
        description="Bucket in which the files of evidence lie (`s3://bucket/prefix`, `gs://...`, `az://...`); access is found "
        "where the cloud's own tools look for it. Empty: the folder `evidence` in the state folder, which every API must share.",
    )
    evidence_types: str = Field(
        "image/png image/jpeg image/gif image/webp image/heic application/pdf video/mp4 video/quicktime video/webm audio/mpeg "
        "text/plain text/csv application/json message/rfc822",
        description="Media types of files that are taken as evidence, with spaces between them.",
    )
    evidence_scanner: str | None = Field(
        None,
        description="A clamd that looks through files before they are kept: `host:port`, or the path of its socket. While it "
        "does not answer, no file is taken. Empty: files are not scanned.",
    )
    evidence_max_bytes: int = Field(25_000_000, ge=1, description="Bytes that one file of evidence may have.")

    smtp_host: str | None = Field(None, description="Mail server for notices. Empty: the embedded mail catcher, when it runs.")
    smtp_port: int = Field(587, ge=1, le=65535, description="Port of the mail server.")
    smtp_username: str | None = Field(None, description="User name at the mail server. Empty: no login.")
    smtp_password: SecretStr | None = Field(None, description="Password at the mail server.")
    smtp_starttls: bool = Field(True, description="Demand encryption (STARTTLS) from the mail server.")
    smtp_from: str = Field("Ombud <disputes@localhost>", description="Sender of notices, as the parties see it.")

    intake_readers: int = Field(
        2,
        ge=1,
        le=64,
        description="Processes in which the API has mails and large payloads read. One tenant has at most all but one of them.",
    )
    intake_reading_for: timedelta = Field(
        timedelta(seconds=10),
        ge=timedelta(seconds=1),
        description="Processor time for one mail; what takes more is kept unread, as it came, in seconds or ISO 8601.",
    )
    mail_relay: str = Field(
        "",
        description="Names (`authserv-id`) of the mail relay in front of the mail door, with spaces between: of its "
        "`Authentication-Results` SPF, DKIM and DMARC are read, and of nobody else's. It must take away such headers of others. "
        "Empty: nothing proves a sender, and answers by mail are to place, but in tenants for development.",
    )
    mail_hosts: str = Field(
        "",
        description="Your own mail servers behind the relay, with spaces between: names by which they go in `Received` (`by "
        "mx1.in.example`), and networks from which they hand mail on to each other (`198.51.100.0/24`). A refusal that one of "
        "them hands back itself is believed. Empty: those of `OMBUD_MAIL_RELAY` alone, and nothing of yours behind them.",
    )
    mail_reply_to: str = Field(
        "",
        description="Address for answers to letters, whose mail server also takes `name+anything@` for it: each letter gets one "
        "of its own below it, which nobody can guess. Empty: answers go to the sender of notices.",
    )
    mail_addresses: str = Field(
        "",
        description="Addresses at which mail for Ombud arrives, beside the sender of notices, with spaces between: what comes "
        "from one of them is our own mail and never causes a letter.",
    )
    mail_per_sender: int = Field(
        20,
        ge=1,
        description="Mails of one sender to one tenant that may cause letters in a day (UTC). More are kept for the team.",
    )
    mail_per_domain: int | None = Field(
        None,
        ge=1,
        description="Mails from one domain (behind the @) to one tenant that may cause letters in a day (UTC). More are kept for "
        "the team. Empty: five times those of one sender. Raise it where many people write from one provider of mail.",
    )
    mail_per_tenant: int = Field(
        2000, ge=1, description="Mails to one tenant that may cause letters in a day (UTC). More are kept for the team."
    )
    mail_unplaced_most: int = Field(
        1000,
        ge=1,
        description="Mails of one tenant that wait to be placed. Beyond it mail is refused for now, and its server tries again.",
    )
    mail_unplaced_bytes: int = Field(
        500_000_000, ge=1_000_000, description="Bytes that a tenant's waiting mails may have together."
    )

    backups_kept_for_days: int | None = Field(
        None,
        ge=0,
        description="For how many days the oldest backup (or log) of the database is kept: so long a backup can bring back what "
        "was erased since. Said by whoever makes them and told by `ombud doctor`; Ombud cannot see them. Empty: not said.",
    )

    public_url: str = Field(
        "http://127.0.0.1:8080", description="Where people reach the API and the pages; links in notices begin with it."
    )
    api_host: str = Field("127.0.0.1", description="Address on which the API listens.")
    api_port: int = Field(8080, ge=0, le=65535, description="Port on which the API listens; 0 takes a free one.")
    console: Literal["with_api", "off"] = Field(
        "with_api",
        description="Where the pages for people are: with_api, on the address of the API; off: nowhere, or in a process of "
        "their own (`ombud console run`).",
    )
    party_links: bool = Field(
        True,
        description="Whether letters to parties bring a link to their own page of the case, at OMBUD_PUBLIC_URL. Off where the "
        "pages for people are nowhere.",
    )
    console_host: str = Field("127.0.0.1", description="Address on which a console of its own listens.")
    console_port: int = Field(8090, ge=0, le=65535, description="Port on which a console of its own listens; 0 takes a free one.")
    oidc_issuer: str | None = Field(
        None,
        description="Provider of identities with which people sign in to the pages (OpenID Connect), as it names itself. Empty: "
        "nobody does.",
    )
    oidc_client_id: str = Field("ombud", description="Our client's id at the provider of identities.")
    oidc_client_secret: SecretStr | None = Field(None, description="Our client's secret at the provider of identities.")
    oidc_tenant: str | None = Field(None, description="Tenant whose people sign in with the provider of identities.")
    oidc_groups_claim: str = Field("groups", description="Claim in which the provider names somebody's groups.")
    oidc_roles: str = Field(
        "",
        description="What its groups make of somebody here, as `group=role` with commas between: mediator, lead or ops. Whoever "
        "is in none of these groups does not sign in.",
    )
    oidc_queues: str = Field(
        "",
        description="Which queues come with its groups, as `group=queue` with commas between. Empty: queues are looked after in "
        "Ombud, and signing in changes none.",
    )
    local_port: int = Field(
        8400,
        ge=0,
        le=65500,
        description="First of the ports that `ombud up` takes: the API here, then Temporal's pages, the mail catcher and the "
        "Temporal server. For one that is taken it takes the next free one and says so. 0: whichever are free. "
        "OMBUD_API_PORT, when it is set, goes first.",
    )
    worker_health_port: int | None = Field(
        None, ge=0, le=65535, description="Port of the worker's health, readiness and metrics; 0 takes a free one. Empty: none."
    )
    api_health_port: int | None = Field(
        None, ge=0, le=65535, description="Port of the API's health and metrics. Empty: whoever reaches the API reads them there."
    )
    health_host: str = Field(
        "127.0.0.1", description="Address on which the health ports of API, worker and upkeep listen. They ask for no key."
    )
    trusted_proxies: str = Field(
        "",
        description="Addresses or networks of your proxies, with commas between them, whose `X-Forwarded-For` is believed. "
        "Empty: nobody's, and the other end of the connection counts. Behind a proxy, set it: wrong keys, links that are opened "
        "or asked for again, and reports by form are counted by the address they come from, and else all come from the proxy. "
        "`*` is refused: by it anybody could say that they come from anywhere.",
    )
    tenant_budget_per_second: float = Field(
        200,
        gt=0,
        description="What one tenant may lastingly ask of all API processes together, each second, counted in reads of one case: "
        "a list or a new case is 10, a command 3, a bulk 50.",
    )
    tenant_budget_burst: float = Field(2000, ge=50, description="What a tenant may ask at once after a pause, counted so.")
    tenant_costly_at_once: int = Field(
        2, ge=1, description="Lists and other costly requests of one tenant that one API process works on at the same time."
    )
    tenant_asks_at_once: int = Field(
        8,
        ge=1,
        description="Commands of one tenant that one process, API or worker, waits for Temporal to judge at the same time; fewer "
        "while answers are slow. Others are on disk, and answered 202 when their turn does not come in time.",
    )
    api_database_for: timedelta = Field(
        timedelta(seconds=5),
        description="How long the API waits for Postgres before it answers 503, in seconds or ISO 8601. Workers wait longer.",
    )
    metrics: bool = Field(
        True, description="Answer Prometheus at /metrics of the health ports, and of the API where it has none of its own."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="Least important log line to write.")
    log_format: Literal["console", "json"] = Field(
        "console", description="Log lines for people (console) or for machines (json)."
    )

    relay_every_for: timedelta = Field(
        timedelta(seconds=2),
        description="Pause between two looks for commands that Temporal has not taken, in seconds or ISO 8601.",
    )
    sweep_every_for: timedelta = Field(
        timedelta(seconds=30),
        description="Pause between two looks for what should run in Temporal and does not, in seconds or ISO 8601.",
    )
    lease_for: timedelta = Field(
        timedelta(minutes=30),
        description="Work on a case counts as over when its owner has done nothing for so long, in seconds or ISO 8601.",
    )
    webhook_allow_private: bool = Field(
        False,
        description="Let webhooks of tenants for development go to private and loopback addresses: it opens the way inside.",
    )
    paypal_certificate_path: Path | None = Field(
        None,
        description="PEM file of the certificate that PayPal signs its webhooks with, the same for everybody. Empty: there are "
        "no intake sources of PayPal.",
    )

    paypal_client_id: str | None = Field(
        None,
        description="Id of an app of your PayPal account that may read disputes. With its secret every dispute is asked for at "
        "PayPal before a webhook is believed; without, cases from PayPal pay nothing by themselves.",
    )
    paypal_client_secret: SecretStr | None = Field(None, description="Secret of that app.")
    stripe_api_key: SecretStr | None = Field(
        None,
        description="Restricted key of your Stripe account that may read and write disputes: evidence for Stripe is then handed "
        "in there, and not asked of your endpoint for remedies.",
    )
    stripe_api_url: str | None = Field(None, description="Another address than Stripe's own, for tries with its mock server.")
    provider_tenant: str | None = Field(
        None,
        description="The tenant whose PayPal and Stripe accounts these are. Without it they serve nobody: another company's "
        "cases are neither asked for nor answered by your account.",
    )
    paypal_api_url: str = Field(
        "https://api-m.paypal.com", description="Where PayPal is asked; its sandbox is `https://api-m.sandbox.paypal.com`."
    )

    fail_point: str | None = Field(
        None,
        description="Kill this process at the named point, `name` or `name:n` for its n-th passing. Ignored outside development.",
    )

    @field_validator("*", mode="after")
    @classmethod
    def _from_the_working_folder(cls, value: Any) -> Any:
        """Let a relative path mean the folder in which the command was started, now and for every process that it starts.

        Links stay as they are: a certificate that is renewed by changing a link must be found under the link's name.
        """
        return value.absolute() if isinstance(value, Path) else value

    @field_validator("relay_every_for", "sweep_every_for", "lease_for", "api_database_for", "intake_reading_for", mode="before")
    @classmethod
    def _in_seconds(cls, value: Any) -> Any:
        """Take a bare number for seconds, also as text, which is all that an environment can give."""
        try:
            return float(value) if isinstance(value, str) else value
        except ValueError:
            return value

    def environment(self) -> dict[str, str]:
        """What was set, as variables for a process that works in another folder: secrets readable, paths absolute."""
        return {PREFIX + name.upper(): _as_variable(getattr(self, name)) for name in sorted(self.model_fields_set)}

    @property
    def message_domain(self) -> str:
        """The domain in the Message-IDs of notices: that of their sender."""
        return parseaddr(self.smtp_from)[1].rpartition("@")[2] or "localhost"

    @property
    def own_addresses(self) -> frozenset[str]:
        """Where our mail comes from and goes to, in lower case."""
        named = (parseaddr(self.smtp_from)[1], self.mail_reply_to.strip(), *self.mail_addresses.split())
        return frozenset(address.lower() for address in named if address)

    @property
    def own_mail_servers(self) -> tuple[tuple[str, ...], tuple[IPv4Network | IPv6Network, ...]]:
        """The names and the networks of our own mail servers."""
        named = self.mail_hosts.split()
        networks = {one: as_network(one) for one in named}
        return tuple(one for one in named if networks[one] is None), tuple(one for one in networks.values() if one is not None)

    @field_validator("mail_hosts")
    @classmethod
    def _are_servers(cls, value: str) -> str:
        """Refuse what names everybody, or nobody: also an address with a slip of the pen, which would be taken for a name."""
        for one in value.split():
            if not is_server(one):
                raise ValueError("Name hosts and networks, with spaces between them: mx1.in.example 198.51.100.0/24.")
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        """Refuse what names no proxy."""
        try:
            return ",".join(named_networks(value))
        except ValueError:
            raise ValueError("Name addresses or networks, with commas between them: 192.0.2.5, 198.51.100.0/24.") from None

    @field_validator("master_key", "master_key_next", "master_keys_earlier", "digest_key")
    @classmethod
    def _is_a_key(cls, value: SecretStr | None, about: ValidationInfo) -> SecretStr | None:
        if value is not None:
            given = value.get_secret_value()
            for key in given.split(",") if about.field_name == "master_keys_earlier" else [given]:
                if not is_written(key):
                    raise ValueError(WANTED)
        return value


def _as_variable(value: Any) -> str:
    """The text that reads as the same value again; nothing reads as empty."""
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, timedelta):
        return repr(value.total_seconds())
    return "" if value is None else str(value)


def env_example() -> str:
    """The text of `.env.example`: every variable, commented out, with its meaning and default."""
    head = "# Every setting of Ombud with its default. Copy to .env and change what you need.\n"
    head += "# A relative path means the folder in which the command is started, where .env is looked for too.\n"
    head += "# Written from the class Settings by `python -m runtime.settings --write`; do not edit.\n"
    blocks = [f"# {field.description}\n# {names[0]}={_default(field)}\n" for names, field in _fields()]
    return head + "\n" + "\n".join(blocks)


def reference_page() -> str:
    """The text of `docs/reference/settings.md`."""
    head = "# Settings\n\nRead from the environment and from `.env`, which is looked for in the folder where the command is\n"
    head += "started. A relative path means that folder too. The processes that `ombud up` and `ombud demo` start get\n"
    head += "everything that was set, with absolute paths: it does not matter where they work.\n\n"
    head += "This page is written from the class `Settings` by `python -m runtime.settings --write`; do not edit it.\n"
    sections = []
    for names, field in _fields():
        also = f" Also read from `{names[1]}`." if len(names) > 1 else ""
        default = f"`{_default(field)}`" if _default(field) else "empty"
        secret = " A secret: keep it out of files that are shared." if "SecretStr" in str(field.annotation) else ""
        sections.append(f"## {names[0]}\n\n{field.description}{also}{secret} Default: {default}.\n")
    return head + "\n" + "\n".join(sections)


def _fields() -> list[tuple[list[str], FieldInfo]]:
    found = []
    for name, field in Settings.model_fields.items():
        alias = field.validation_alias
        names = [str(choice) for choice in alias.choices] if isinstance(alias, AliasChoices) else [PREFIX + name.upper()]
        found.append((names, field))
    return found


def _default(field: FieldInfo) -> str:
    value = field.default
    if value is None:
        return ""
    return f"{value.total_seconds():g}" if isinstance(value, timedelta) else _as_variable(value)


def write_documents(root: Path) -> None:
    """Write both documents anew below the project's folder."""
    (root / ".env.example").write_text(env_example(), encoding="utf-8")
    page = root / "docs" / "reference" / "settings.md"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(reference_page(), encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit("usage: python -m runtime.settings --write")
    write_documents(Path(__file__).parents[1])
