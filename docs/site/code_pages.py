"""Pages that the code says by itself: every command, the front door, every route."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import typer

import catholyte
from jobs.cli import app
from jobs.server.application import create_app
from jobs.service.settings import ServiceSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

CLASSES = (
    "Store", "Window", "Pair", "Description", "Cell", "Coatings", "Prediction", "Microstructure",
    "Agreement", "Calibration", "Comparison",
)  # fmt: skip
CONTRACT = "http://127.0.0.1:8731/api/v1/openapi.json"


def command_page() -> str:
    """Return every command with its arguments and options."""
    group: Any = typer.main.get_command(app)
    parts = [
        "# Commands",
        "What `--help` prints, on one page. Exit codes: [conventions](conventions.md#exit-codes).",
    ]
    for name, command in _commands(group, "catholyte"):
        told = [one.get_help_record(typer.Context(command)) for one in command.params]
        rows = [f"| `{_plain(word)}` | {_plain(text)} |" for word, text in filter(None, told)]
        parts += [f"## {name}", _plain(command.help or "")]
        parts.append("| | |\n|---|---|\n" + "\n".join(rows))
    return "\n\n".join(parts) + "\n"


def _commands(group: Any, name: str) -> Iterator[tuple[str, Any]]:
    for part, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _commands(command, f"{name} {part}")
        else:
            yield f"{name} {part}", command


def _plain(text: str) -> str:
    """Return a help text as a line of Markdown."""
    return re.sub(r"\s+", " ", text).strip().replace("|", r"\|")


def python_page() -> str:
    """Return the front door, as its docstrings document it."""
    public = [name for name in catholyte.__all__ if name not in {"Result", *CLASSES}]
    functions = [name for name in public if name[0].islower()]
    others = [name for name in public if name[0].isupper()]
    parts = ["# Python", "```{eval-rst}\n.. automodule:: catholyte\n```", "## Questions"]
    parts += [f"```{{eval-rst}}\n.. autofunction:: catholyte.{name}\n```" for name in functions]
    parts.append("## Answers")
    parts += [
        f"```{{eval-rst}}\n.. autoclass:: catholyte.{name}\n   :members:\n```"
        for name in ("Result", *CLASSES, *others)
    ]
    return "\n\n".join(parts) + "\n"


def http_page() -> str:
    """Return every route of the interface for programs, as its own contract lists them."""
    service = create_app(ServiceSettings(store=Path("no-store")))

    async def contract() -> Any:
        transport = httpx.ASGITransport(app=service)
        async with httpx.AsyncClient(transport=transport) as client:
            return (await client.get(CONTRACT)).json()

    found = asyncio.run(contract())
    parts = [
        "# HTTP",
        "Every route of [the service](service.md), from its contract at `/api/v1/openapi.json`.",
    ]
    for path, methods in found["paths"].items():
        for method, route in methods.items():
            if not path.startswith("/api/"):
                continue
            parts += [f"## {method.upper()} {path}", _plain(route.get("description", ""))]
            rows = [
                f"| `{one['name']}` | {one['in']} | {'yes' if one.get('required') else ''} "
                f"| {_plain(one.get('description', ''))} |"
                for one in route.get("parameters", ())
            ]
            if rows:
                parts.append("| parameter | in | needed | meaning |\n|---|---|---|---|")
                parts[-1] += "\n" + "\n".join(rows)
            body = route.get("requestBody", {}).get("content", {})
            for schema in (one["schema"] for one in body.values()):
                rows = _fields(schema, found)
                if rows:
                    parts.append("| field of the body | needed | meaning |\n|---|---|---|")
                    parts[-1] += "\n" + "\n".join(rows)
    return "\n\n".join(part for part in parts if part) + "\n"


def _fields(schema: Any, contract: Any) -> list[str]:
    if reference := schema.get("$ref"):
        schema = contract["components"]["schemas"][reference.rpartition("/")[2]]
    needed = schema.get("required", ())
    return [
        f"| `{name}` | {'yes' if name in needed else ''} | {_plain(one.get('description', ''))} |"
        for name, one in schema.get("properties", {}).items()
    ]
