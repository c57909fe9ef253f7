"""The current batch of results, in SQL: the one that ``ranked_pairs`` holds."""

from __future__ import annotations

CURRENT = "catholyte_batch"
"""Variable of a connection that names the current batch; the one run last without it."""
CHOICE = """
    WITH asked AS (SELECT CAST(? AS VARCHAR) AS text)
    SELECT batch_id, name,
           CASE WHEN text IS NULL THEN 0 WHEN batch_id = text THEN 1 WHEN name = text THEN 2 ELSE 3
           END AS kind
    FROM batches, asked
    WHERE text IS NULL OR starts_with(batch_id, text) OR starts_with(name, text)
    QUALIFY kind = min(kind) OVER () AND (
        kind > 0 OR row_number() OVER (ORDER BY run_at DESC, batch_id) = 1
    )
    ORDER BY run_at DESC, batch_id
"""
"""Batches that a text may mean, or the current one for no text: its id and name first."""
