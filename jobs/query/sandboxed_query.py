"""The process that answers one query of a user, and ends: run as a script by `jobs.query.sandbox`.

It limits itself before it reads anything, then opens the published results read-only. It imports
nothing of ours, so that it starts fast and holds nothing worth stealing. Its request is JSON on
standard input; its answer is one JSON object on standard output.
"""

from __future__ import annotations

import json
import os
import re
import resource
import sys
from decimal import Decimal
from typing import IO, Any

_READS = frozenset(("SELECT", "EXPLAIN"))
_PATH = re.compile(r"""(?<![\w.)])(?:~|\.{1,2})?/[^\s"';:,()]*""")
_MEMORY = re.compile(r"out of memory|bad.allocation|failed to allocate|bad_alloc", re.IGNORECASE)


def main() -> None:
    """Answer the query on standard input."""
    request = json.load(sys.stdin)
    _limit(request["memory_bytes"], request["cpu_seconds"])
    try:
        text = _answer(request)
    except MemoryError:
        text = _fault("memory")
    with os.fdopen(sys.stdout.fileno(), "w", closefd=False) as answer:
        answer.write(text)


def _limit(memory: int, seconds: int) -> None:
    """Bind this process: memory, time, no file that is written, no core dump."""
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        _, hard = resource.getrlimit(what)
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (least, least))


def _answer(request: dict[str, Any]) -> str:
    """Return columns and rows, or a fault: store, batch, refused, failed, memory or size."""
    import duckdb  # noqa: PLC0415  # Behind the limits of memory.

    try:
        os.chdir(request["store"])
        connection = duckdb.connect(request["file"], read_only=True, config=request["config"])
    except (duckdb.Error, OSError) as error:
        return _fault("store", error)
    try:
        found = connection.extract_statements(request["sql"])
        kinds = [statement.type.name for statement in found]
    except Exception as error:  # noqa: BLE001  # Whatever a parser raises is a refusal.
        return _fault("refused", error)
    if len(found) != 1 or kinds[0] not in _READS:
        return _fault("refused", f"one SELECT is read, this is {', '.join(kinds) or 'nothing'}")
    try:
        current = None
        if choice := request["choice"]:
            batches = connection.execute(choice["sql"], [choice["wanted"]]).fetchall()
            if len(batches) > 1 or (choice["wanted"] is not None and not batches):
                return json.dumps({"fault": "batch", "batches": batches})
            for name, title, *_ in batches:
                connection.execute(f"SET VARIABLE {choice['variable']} = ?", [name])
                current = f"batch {name} ({title})"
        result = connection.execute(found[0])
        return _fetched(result, current, request["max_rows"], request["max_bytes"])
    except Exception as error:  # noqa: BLE001  # Nothing that a query does may show a traceback.
        memory = isinstance(error, MemoryError) or _MEMORY.search(str(error))
        return _fault("memory") if memory else _fault("failed", error)


def _fetched(result: Any, current: str | None, max_rows: int, max_bytes: int) -> str:
    """Return the rows, or say that there are too many."""
    columns = [column[0] for column in result.description or ()]
    rows: list[str] = []
    size = 0
    while batch := result.fetchmany(1000):
        for row in batch:
            rows.append(json.dumps([_plain(value) for value in row]))
            size += len(rows[-1])
            if len(rows) > max_rows:
                return _fault("size", f"more than {max_rows} rows")
            if size > max_bytes:
                return _fault("size", f"more than {max_bytes / 1e6:g} MB")
    told = f'"columns": {json.dumps(columns)}, "batch": {json.dumps(current)}'
    return f'{{{told}, "rows": [{", ".join(rows)}]}}'


def _plain(value: Any) -> Any:
    """Return a value that JSON holds: dates and times as text, bytes as hexadecimal digits."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    return str(value)


def _fault(kind: str, said: object = "") -> str:
    """Return a fault with the first line of what is said of it, without paths."""
    first = (str(said).strip().splitlines() or [type(said).__name__ if kind != "memory" else ""])[0]
    return json.dumps({"fault": kind, "said": _PATH.sub("(a path)", first)[:500]})


def _quiet(stream: IO[str]) -> None:
    """Let nothing that a library prints reach the caller."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, stream.fileno())


if __name__ == "__main__":
    _quiet(sys.stderr)
    main()
