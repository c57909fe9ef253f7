"""The command that serves pages and the interface for programs."""

from __future__ import annotations

import os
import sys
from pathlib import Path  # noqa: TC003  # typer reads annotations when it runs.
from typing import Annotated

import typer

from jobs.options import DEFAULT_STORE, Store, amount


def serve(
    *,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, amount("port", "Port to listen on.", "N")] = 8731,
    token_file: Annotated[
        Path | None,
        typer.Option(help="File with the token; or CATHOLYTE_TOKEN.", metavar="FILE"),
    ] = None,
    read_only: Annotated[
        bool, typer.Option("--read-only", help="Shut every route that changes something.")
    ] = False,
    no_work: Annotated[
        bool, typer.Option("--no-work", help="Do not compute what is submitted.")
    ] = False,
    store: Store = DEFAULT_STORE,
) -> None:
    """Serve the store: pages for people, /api/v1 for programs."""
    from jobs.errors import ServiceError

    try:
        from jobs.server.serving import serve as served
        from jobs.service.settings import service_settings
    except ModuleNotFoundError as error:
        raise ServiceError(
            f"{error.name} is not installed; run: pip install 'catholyte[service]'"
        ) from error
    settings = service_settings(
        store, host, port, token_file=token_file, read_only=read_only, environment=os.environ
    )
    print(f"http://{host}:{port}", file=sys.stderr)
    if not settings.loopback:
        print("no TLS here: put a proxy with TLS in front of it", file=sys.stderr)
    served(settings, working=not no_work)
