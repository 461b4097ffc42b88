"""The environment, read once, where the program starts."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """What an installation is told from outside; everything else it keeps under `home`.

    `database_url` None means the embedded server under `home`. `prefect_api_url` None means that `serve`
    and the demo start a Prefect server of their own on the same PostgreSQL. The other two addresses matter
    only beside a `database_url`: where its role may not make roles, they name the application's own login
    and Prefect's own database.
    """

    home: Path
    database_url: str | None = None
    database_app_url: str | None = None
    database_prefect_url: str | None = None
    prefect_api_url: str | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    durable: bool = True
    secret: str | None = None
    backup_folder: Path | None = None
    backup_key: str | None = None
    inbox: Path | None = None
    smtp_url: str | None = None
    mail_from: str | None = None
    metrics_token: str | None = None
    log_as_data: bool = False
    address: str | None = None
    oidc_issuer: str | None = None
    oidc_client_id: str | None = None
    oidc_client_secret: str | None = None
    oidc_name: str = "your school's account"

    @property
    def templates(self) -> Path:
        """The pages' and letters' templates: beside the package in a checkout, inside it when installed."""
        package = Path(__file__).parent
        installed = package / "_templates"
        return installed if installed.is_dir() else package.parent / "templates"


def default_home(environ: Mapping[str, str]) -> Path:
    """The per-user data directory; /var/lib/casework for root."""
    if os.geteuid() == 0:
        return Path("/var/lib/casework")
    base = environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "casework"


def read(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment; README lists every variable in one table."""
    env = os.environ if environ is None else environ
    home = env.get("CASEWORK_HOME")
    return Settings(
        home=(Path(home) if home else default_home(env)).absolute(),
        database_url=env.get("DATABASE_URL") or None,
        database_app_url=env.get("DATABASE_APP_URL") or None,
        database_prefect_url=env.get("DATABASE_PREFECT_URL") or None,
        prefect_api_url=env.get("CASEWORK_PREFECT_API_URL") or None,
        host=env.get("CASEWORK_HOST", "127.0.0.1"),
        port=int(env.get("CASEWORK_PORT", "8000")),
        durable=env.get("CASEWORK_DURABLE", "1") != "0",
        secret=env.get("CASEWORK_SECRET") or None,
        backup_folder=_folder(env.get("CASEWORK_BACKUP_FOLDER")),
        backup_key=env.get("CASEWORK_BACKUP_KEY") or None,
        inbox=_folder(env.get("CASEWORK_INBOX")),
        smtp_url=env.get("CASEWORK_SMTP_URL") or None,
        mail_from=env.get("CASEWORK_MAIL_FROM") or None,
        log_as_data=env.get("CASEWORK_LOG") == "json",
        metrics_token=env.get("CASEWORK_METRICS_TOKEN") or None,
        address=(env.get("CASEWORK_ADDRESS") or "").rstrip("/") or None,
        oidc_issuer=env.get("CASEWORK_OIDC_ISSUER") or None,
        oidc_client_id=env.get("CASEWORK_OIDC_CLIENT_ID") or None,
        oidc_client_secret=env.get("CASEWORK_OIDC_CLIENT_SECRET") or None,
        oidc_name=env.get("CASEWORK_OIDC_NAME") or "your school's account",
    )


def _folder(named: str | None) -> Path | None:
    return Path(named).absolute() if named else None


def quiet_environment(home: Path) -> dict[str, str]:
    """Prefect's settings for every process of ours: its own home, offline, and no server by accident.

    Prefect reads them when it is first imported.
    """
    return {
        "PREFECT_HOME": str(home / "prefect"),
        "PREFECT_SERVER_EPHEMERAL_ENABLED": "false",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_CLI_PROMPT": "false",
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "DO_NOT_TRACK": "1",
    }
