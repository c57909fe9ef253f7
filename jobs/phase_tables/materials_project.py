"""The Materials Project, through its own client: the only module that imports mp_api.

The client fetches; everything that it leaves to chance is looked after here and in
:mod:`jobs.phase_tables.sync`: time limits, retries, pages that are short or come twice, and the
key, which is kept in memory only and sent to one host only.
"""

from __future__ import annotations

import logging
import re
import time
import warnings
from contextlib import contextmanager
from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from jobs.phase_tables.errors import DataError, ServiceError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from requests import PreparedRequest, Response

ENDPOINT = "https://api.materialsproject.org/"
"""Address of the service."""
KEY_LENGTH = 32
"""Characters of a key."""
ATTRIBUTION = (
    "Data of the Materials Project, CC BY 4.0: A. Jain et al., APL Materials 1, 011002 (2013), "
    "doi:10.1063/1.4812323"
)
"""How to cite it."""
THERMO_FIELDS = (
    "material_id", "formula_pretty", "chemsys", "thermo_type", "formation_energy_per_atom",
    "builder_meta",
)  # fmt: skip
"""Fields of thermo documents that are used."""
SUMMARY_FIELDS = (
    "material_id", "chemsys", "theoretical", "band_gap", "density", "volume", "nsites",
    "bulk_modulus", "shear_modulus",
)  # fmt: skip
"""Fields of summary documents that are used."""
PAGE = 1000
"""Documents of a page: the most that the service gives."""
_TIMEOUT = 60.0  # [s] The service itself gives up after 30.
_TO_CONNECT = 8.0  # [s] At the start.
_TRIES = 5  # Of one request, before the chunk is asked for again.
_LONGEST_WAIT = 120  # [s] That the service may ask for between two tries.
_TRANSIENT = (429, 500, 502, 503, 504)
_REFUSED = (401, 403)
_STATUS = re.compile(r"status code (\d{3})")
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class Answer(NamedTuple):
    """What the service says to one question."""

    documents: list[dict[str, Any]]
    """All pages together."""
    total: int | None
    """How many there are, by its own count; None if it did not say."""


class MaterialsProject:
    """A connection to the Materials Project."""

    def __init__(self, key: str, *, endpoint: str = ENDPOINT, wait: float = 0.5) -> None:
        _check_key(key)
        self.endpoint = endpoint if endpoint.endswith("/") else endpoint + "/"
        where = urlsplit(self.endpoint)
        if where.scheme != "https" and where.hostname not in _LOOPBACK:
            raise DataError(f"{self.endpoint} would send the key unencrypted; use https")
        self._key = key
        self._wait = wait
        self._last = 0.0
        self._resters: dict[str, Any] = {}
        self._session = _session(key, wait)

    @property
    def client(self) -> str:
        """The program that fetches."""
        return f"mp-api {version('mp-api')}"

    def database_version(self) -> str:
        """Return which version of the database answers now.

        Raises
        ------
        ServiceError
            If the service does not answer, or does not say.
        """
        with self._plain_errors():
            answer = self._session.get(f"{self.endpoint}heartbeat", timeout=(_TO_CONNECT, _TIMEOUT))
            try:
                said = answer.json().get("db_version")
            except (ValueError, AttributeError):
                said = None
        if not said:
            raise ServiceError(
                f"{self.endpoint} says no database version (status {answer.status_code}); "
                "try again later"
            )
        return str(said)

    def thermo(self, systems: Sequence[str], thermo_type: str) -> Answer:
        """Return the thermo documents of some chemical systems.

        Parameters
        ----------
        systems : sequence of str
            Such as Li and Li-O.
        thermo_type : str
            Kind of energies.
        """
        wire = "r2SCAN" if thermo_type == "R2SCAN" else thermo_type
        return self._asked("thermo", THERMO_FIELDS, systems, {"thermo_types": wire})

    def summary(self, systems: Sequence[str]) -> Answer:
        """Return the summary documents of some chemical systems.

        Parameters
        ----------
        systems : sequence of str
            Such as Li and Li-O.
        """
        return self._asked("summary", SUMMARY_FIELDS, systems, {"deprecated": False})

    def _asked(
        self, kind: str, fields: Sequence[str], systems: Sequence[str], more: Mapping[str, Any]
    ) -> Answer:
        rester = self._rester(kind)
        time.sleep(max(0.0, self._last + 0.4 * self._wait - time.monotonic()))
        with self._plain_errors():
            found = rester._query_resource(  # noqa: SLF001  # Only it keeps the service's own count.
                criteria={"chemsys": ",".join(systems), **more, "_limit": PAGE},
                fields=list(fields),
                use_document_model=False,
                chunk_size=PAGE,
            )
        self._last = time.monotonic()
        documents, meta = found.get("data"), found.get("meta") or {}
        if not isinstance(documents, list) or not all(isinstance(d, dict) for d in documents):
            raise ServiceError(f"{self.endpoint} answers no list of documents; try again later")
        return Answer(documents, meta.get("total_doc"))

    def _rester(self, kind: str) -> Any:
        """Return the client's part for one kind of documents.

        Raises
        ------
        DataError
            If mp-api is not installed.
        """
        if kind not in self._resters:
            with _quiet():
                try:  # It takes seconds: only where something is fetched.
                    routes = import_module(f"mp_api.client.routes.materials.{kind}")
                except ImportError as error:
                    raise DataError(
                        "data sync needs mp-api, which is not installed; install catholyte[mp]"
                    ) from error
                plain = getattr(routes, f"{kind.capitalize()}Rester")
                # The client's own heartbeat has no time limit and is never asked again.
                patient = type(
                    plain.__name__,
                    (plain,),
                    {"_get_heartbeat_info": staticmethod(lambda _: ("", []))},
                )
                self._resters[kind] = patient(
                    api_key=self._key,
                    endpoint=self.endpoint,
                    use_document_model=False,
                    session=self._session,
                    mute_progress_bars=True,
                    timeout=_TIMEOUT,
                )
        return self._resters[kind]

    @contextmanager
    def _plain_errors(self) -> Iterator[None]:
        """Turn what the client raises into one line without the key.

        Raises
        ------
        DataError
            If the service refuses the key or the question.
        ServiceError
            If it does not answer in a usable way.
        UnreachableError
            If there is no connection to it.
        """
        from requests import RequestException  # noqa: PLC0415  # Comes with mp-api, as does this.

        try:
            with _quiet():
                yield
        except (DataError, ServiceError):
            raise
        except Exception as error:
            said = f"{error}".replace(self._key, "(key)").replace("\n", " ")
            status = _STATUS.search(said)
            code = int(status[1]) if status else 0
            if code in _REFUSED:
                raise DataError(
                    f"{self.endpoint} refuses the key (status {code}); check MP_API_KEY"
                ) from None
            if '"blocked"' in said:
                raise DataError(
                    f"{self.endpoint} has blocked this address for a while; ask its support"
                ) from None
            if (code and code not in _TRANSIENT) or "does not support the request" in said:
                raise DataError(
                    f"{self.endpoint} refuses the question (status {code or 400}): {said[:200]}"
                ) from None
            if code or isinstance(error, ValueError | KeyError | TypeError):
                raise ServiceError(
                    f"{self.endpoint} answers badly ({f'status {code}' if code else said[:100]})"
                ) from None
            if isinstance(error, RequestException) or type(error).__name__ == "MPRestError":
                raise UnreachableError(
                    f"{self.endpoint} cannot be reached ({_shortly(said)})"
                ) from None
            raise


def _shortly(said: str) -> str:
    """Return what is at the bottom of a long message of the network."""
    for sign in ("Name or service not known", "name resolution", "Connection refused", "timed out"):
        if sign.lower() in said.lower():
            return sign.lower()
    return said[:150]


def _check_key(key: str) -> None:
    """Refuse what cannot be a key.

    Raises
    ------
    DataError
        If it has the wrong length or characters; the key itself is never shown.
    """
    if not key:
        raise DataError(
            "no key of the Materials Project; set MP_API_KEY (a key is free: "
            "next-gen.materialsproject.org/api)"
        )
    if len(key) != KEY_LENGTH or not (key.isascii() and key.isalnum()):
        raise DataError(
            f"MP_API_KEY is no key: {len(key)} characters, where a key has {KEY_LENGTH} letters "
            "and digits"
        )


def _session(key: str, wait: float) -> Any:
    """Return a session that retries, and sends the key to no other host.

    Raises
    ------
    DataError
        If mp-api is not installed.
    """
    try:
        from requests import Session  # noqa: PLC0415  # Comes with mp-api.
        from requests.adapters import HTTPAdapter  # noqa: PLC0415  # Comes with mp-api.
        from urllib3.util import Retry  # noqa: PLC0415  # Comes with mp-api.
    except ImportError as error:
        raise DataError(
            "data sync needs mp-api, which is not installed; install catholyte[mp]"
        ) from error

    class OneHost(Session):
        def rebuild_auth(self, prepared_request: PreparedRequest, response: Response) -> None:
            super().rebuild_auth(prepared_request, response)
            if urlsplit(prepared_request.url).netloc != urlsplit(response.url).netloc:
                prepared_request.headers.pop("x-api-key", None)

    session = OneHost()
    session.headers.update({"x-api-key": key, "user-agent": f"catholyte/{version('catholyte')}"})
    retries = Retry(
        total=_TRIES,
        connect=0,  # Whoever asks says so, and tries again.
        status_forcelist=_TRANSIENT,
        backoff_factor=wait,
        backoff_jitter=wait,
        retry_after_max=_LONGEST_WAIT,
        raise_on_status=False,
    )
    for scheme in ("http://", "https://"):
        session.mount(scheme, HTTPAdapter(max_retries=retries))
    return session


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what the client says to itself: warnings, and logs of retries."""
    loggers = [logging.getLogger(name) for name in ("mp_api", "urllib3")]
    levels = [one.level for one in loggers]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for one in loggers:
            one.setLevel(logging.CRITICAL)
        try:
            yield
        finally:
            for one, level in zip(loggers, levels, strict=True):
                one.setLevel(level)
