"""What the service is told when it starts; nothing else is read from anywhere."""

from __future__ import annotations

import ipaddress
from pathlib import Path  # noqa: TC003  # pydantic reads annotations when it runs.
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from jobs.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Mapping

TOKEN = "CATHOLYTE_TOKEN"  # noqa: S105  # The name of a variable, not its value.
"""Environment variable that holds the token, where no file is named."""
_SHORTEST = 16


class ServiceSettings(BaseModel):
    """Where the service listens, on what, and for whom."""

    model_config = ConfigDict(frozen=True)

    store: Path
    """The store that it serves."""
    host: str = "127.0.0.1"
    """Address to listen on."""
    port: int = 8731
    """Port to listen on; 0 lets the system choose."""
    token: str | None = None
    """What people sign in with and programs send; None on loopback, where nobody has to."""
    read_only: bool = False
    """Whether every route that changes something is shut."""

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach it."""
        return _is_loopback(self.host)

    @property
    def hosts(self) -> frozenset[str] | None:
        """What the header Host may be; None for anything, where a token is asked for instead."""
        if not self.loopback:
            return None
        names = ("localhost", "127.0.0.1", "[::1]")
        return frozenset(f"{name}:{self.port}" for name in names)


def service_settings(
    store: Path,
    host: str,
    port: int,
    *,
    token_file: Path | None,
    read_only: bool,
    environment: Mapping[str, str],
) -> ServiceSettings:
    """Return the settings of a service, or refuse to open a door that nobody guards.

    Parameters
    ----------
    store : Path
        The store.
    host, port : str, int
        Where to listen.
    token_file : Path or None
        File that holds the token; the environment is asked without.
    read_only : bool
        Whether nothing may be changed.
    environment : mapping
        Environment variables.

    Raises
    ------
    ServiceError
        If an address that others can reach has no token, or the token cannot be had or is short.
    """
    token = environment.get(TOKEN)
    if token_file is not None:
        try:
            token = token_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ServiceError(f"token file {token_file} cannot be read: {error}") from error
    if token is not None and len(token) < _SHORTEST:
        raise ServiceError(
            f"a token of {len(token)} characters can be guessed; write {_SHORTEST} or more"
        )
    if not _is_loopback(host) and token is None:
        raise ServiceError(
            f"{host} can be reached by others: give --token-file FILE, or listen on 127.0.0.1"
        )
    return ServiceSettings(store=store, host=host, port=port, token=token, read_only=read_only)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
