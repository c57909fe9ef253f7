"""A user's SQL on the published results, in a process of its own that may do nothing else.

DuckDB draws no line between a query and the process that runs it: a statement may ask for any
amount of memory and time, or for files. So each query gets a process with limits of the system,
on a copy that holds results only, and is killed when its time is up.
"""

from __future__ import annotations

import json
import os
import re
import selectors
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import psutil

from jobs.errors import QueryError, StoreError
from jobs.process.processes import Watch
from jobs.schema.current_batch import CHOICE, CURRENT
from jobs.store.batch_choice import chosen_id
from jobs.store.duckdb_words import plain_words

if TYPE_CHECKING:
    from collections.abc import Sequence

TIMEOUT = 5.0
"""Processor time that a query may take, if nothing else is said. [s]"""
LONGEST_TIMEOUT = 3600.0
"""How long it may be allowed to take. [s]"""
MOST_ROWS = 100_000
"""Rows of an answer, if nothing else is said."""
MOST_BYTES = 64_000_000
"""Size of an answer; larger ones are for `export`."""
MEMORY = 2_000_000_000
"""Memory that the process may map. [bytes]"""
LONGEST_QUERY = 100_000
"""Length of a statement. [bytes]"""

_LOOK = 0.1  # [s] Between looks at the processor time.
_STALLED = 300.0  # [s] Without any of it, as on a disk that does not answer.
_PUBLISHED = "results.duckdb"
_MAGIC, _MAGIC_AT = b"DUCK", 8  # How a DuckDB file begins, behind a checksum.
_CONFIG = {
    "access_mode": "READ_ONLY",
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
    "max_temp_directory_size": "0B",
    "temp_directory": "",
    "memory_limit": "1GB",
    "threads": "2",
    "lock_configuration": "true",
}
_FILES = re.compile(
    r"\b(?:read|write|parquet|sniff|arrow|sqlite|postgres|mysql|iceberg|delta)_\w+\s*\(|\bglob\s*\("
    r"|results\.duckdb|work\.duckdb|jobs\.sqlite|laboratory\.sqlite",
    re.IGNORECASE,
)
_MACHINE = re.compile(
    r"\b(?:duckdb_(?:databases|settings|secrets|extensions|temporary_files|logs)|current_setting"
    r"|(?:pragma_)?database_list)\b",
    re.IGNORECASE,
)
_FOUND = {  # What kinds of faults are called in a message.
    "refused": "query refused",
    "failed": "query failed",
    "memory": f"query stopped: it needs more than {MEMORY / 1e9:g} GB of memory; ask less at once",
}


class Answer(NamedTuple):
    """What a query found."""

    columns: tuple[str, ...]
    """Names of the columns, each once."""
    rows: list[dict[str, Any]]
    """Rows: numbers, texts, null, and lists and objects of these."""
    batch: str | None = None
    """Batch that ``ranked_pairs`` held, with its name; None where nothing was screened."""


def answer(
    store: Path,
    sql: str,
    *,
    batch: str | None = None,
    timeout: float = TIMEOUT,
    max_rows: int = MOST_ROWS,
) -> Answer:
    """Return what one SELECT or EXPLAIN finds in the published results.

    Parameters
    ----------
    store : Path
        The store.
    sql : str
        The statement.
    batch : str, optional
        Batch that ``ranked_pairs`` is to hold: its id, name, or a unique beginning of its id; the
        current one without.
    timeout : float, optional
        After so much processor time, its start included, it is killed. [s]
    max_rows : int, optional
        More rows than these are refused, not cut off.

    Raises
    ------
    StoreError
        If the store holds no results, or a file that is no database.
    QueryError
        If the statement is refused, fails, or asks for too much, or there is no such batch.
    """
    if not 0 < timeout <= LONGEST_TIMEOUT:
        raise QueryError(f"timeout {timeout:g} s is not within 0 to {LONGEST_TIMEOUT:g} s")
    _check(sql)
    choice = {"sql": CHOICE, "wanted": batch, "variable": CURRENT}
    return _asked(store, _PUBLISHED, sql, timeout=timeout, max_rows=max_rows, choice=choice)


def inspection(store: Path, file: str, sql: str, *, timeout: float) -> Answer:
    """Return what a question of our own finds in a database file that may be damaged.

    The file is opened read-only, in a process of its own: no lock of this process can be lost, and
    a file that crashes DuckDB takes nothing along.

    Parameters
    ----------
    store : Path
        The store.
    file : str
        Name of the file in it; nobody may be writing it.
    sql : str
        One SELECT of ours.
    timeout : float
        After so much processor time the process is killed. [s]
    """
    return _asked(store, file, sql, timeout=timeout, max_rows=1_000_000)


def _asked(
    store: Path,
    file: str,
    sql: str,
    *,
    timeout: float,
    max_rows: int,
    choice: dict[str, str | None] | None = None,
) -> Answer:
    """Ask in a process of its own.

    Raises
    ------
    StoreError
        If the file cannot be opened.
    QueryError
        If the statement is refused, fails, or asks for too much.
    """
    _check_file(store / file)
    request = {
        "store": str(store),
        "file": file,
        "sql": sql,
        "choice": choice,
        "config": _CONFIG,
        "max_rows": max_rows,
        "max_bytes": MOST_BYTES,
        "memory_bytes": MEMORY,
        "cpu_seconds": int(timeout) + 2,  # Should this process die, too; otherwise it is sharper.
    }
    found = _reply(request, timeout)
    fault = found.get("fault")
    if fault == "store":
        raise StoreError(f"store {store}, {file}: {plain_words(found['said'])}")
    if fault == "size":
        raise QueryError(
            f"query refused: it finds {found['said']}; add LIMIT, raise --max-rows, or use "
            "`catholyte export`"
        )
    if fault == "batch" and choice:
        chosen_id(found["batches"], choice["wanted"], store)
    if fault:
        raise QueryError(": ".join(filter(None, (_FOUND[fault], found["said"]))))
    columns = _distinct(found["columns"])
    here = str(store.resolve())
    rows = [
        dict(zip(columns, (_without(value, here) for value in row), strict=True))
        for row in found["rows"]
    ]
    return Answer(tuple(columns), rows, found.get("batch"))


def _check_file(path: Path) -> None:
    """Refuse a file of another program, for which DuckDB would look for an extension.

    Raises
    ------
    StoreError
        If there are no results, or they are no DuckDB file.
    """
    store = path.parent
    if not path.is_file():
        raise StoreError(f"no results in {store}; run `catholyte screen` first, or name --store")
    try:
        with path.open("rb") as file:
            start = file.read(_MAGIC_AT + len(_MAGIC))
    except OSError as error:
        raise StoreError(f"store {store}: {error.strerror}; see who may read it") from error
    if start[_MAGIC_AT:] != _MAGIC:
        raise StoreError(
            f"store {store}: {path.name} is no DuckDB file; restore it, or run a batch again"
        )


def _without(value: object, path: str) -> object:
    """Return a value without a path of this machine."""
    return value.replace(path, "(a path)") if isinstance(value, str) and path in value else value


def _check(sql: str) -> None:
    """Refuse what cannot be an honest question, with a clearer message than the process gives.

    Raises
    ------
    QueryError
        If it is too long, or asks for files or the machine.
    """
    try:
        length = len(sql.encode())
    except UnicodeEncodeError as error:
        raise QueryError("query refused: half a character; write UTF-8") from error
    if length > LONGEST_QUERY:
        raise QueryError(
            f"query refused: {length} bytes; at most {LONGEST_QUERY} are read, use a join"
        )
    if named := _FILES.search(sql):
        raise QueryError(
            f"query refused: {named[0].strip()[:40]}: files are not read here; ask the tables of "
            "docs/schema.md, and join other data in a notebook"
        )
    if named := _MACHINE.search(sql):
        raise QueryError(
            f"query refused: {named[0]} tells about the machine; ask the tables of docs/schema.md"
        )


def _reply(request: dict[str, Any], timeout: float) -> dict[str, Any]:
    """Return what the process answers, or kill it.

    Raises
    ------
    QueryError
        If it takes too long, or ends without an answer.
    """
    script = Path(__file__).with_name("sandboxed_query.py")
    # A file, not a pipe, which could block; in memory, as a full disk is no reason not to read.
    with os.fdopen(os.memfd_create("question"), "w+b") as question:
        question.write(json.dumps(request).encode())
        question.seek(0)
        process = subprocess.Popen(  # noqa: S603  # Our own script, by this interpreter.
            [sys.executable, "-I", str(script)],
            stdin=question,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            start_new_session=True,  # Ctrl-C is ours to pass on: by killing it.
        )
        try:
            said, ended = _read(process, timeout)
        finally:
            process.kill()
            process.wait()
            if process.stdout:
                process.stdout.close()
    if not ended or process.returncode == -signal.SIGXCPU:
        raise QueryError(
            f"query stopped after {timeout:g} s of processor time; ask for less, or allow more "
            "with --timeout"
        )
    try:
        found: dict[str, Any] = json.loads(said)
    except ValueError as error:
        raise QueryError(f"{_FOUND['memory']} (its process ended without an answer)") from error
    return found


def _environment() -> dict[str, str]:
    """Return what the process learns of this one: where its libraries are, and nothing else."""
    return {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "LANG") if name in os.environ}


def _read(process: subprocess.Popen[bytes], timeout: float) -> tuple[bytes, bool]:
    """Return what a process writes, and whether it has ended within its processor time."""
    said = bytearray()
    if process.stdout is None:
        return b"", False
    watch = Watch(psutil.Process(process.pid))
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while True:
            if not selector.select(_LOOK):
                spent, stalled = watch.look()
                if spent > timeout or stalled > _STALLED:
                    return b"", False
                continue
            piece = os.read(process.stdout.fileno(), 1 << 20)
            said += piece
            if not piece or len(said) > 2 * MOST_BYTES:
                return bytes(said), True


def _distinct(names: Sequence[str]) -> list[str]:
    """Return column names, with a number behind those that come again, as after a join."""
    distinct: list[str] = []
    for name in names:
        number, free = 1, name
        while free in distinct:
            free = f"{name}_{number}"
            number += 1
        distinct.append(free)
    return distinct
