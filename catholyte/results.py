"""What questions return: plain records that show themselves, become tables, and plot."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd
    import pyarrow as pa

    from jobs.figures.picture import Picture
    from jobs.work.cycle_curve import CellCurve
    from screening.results.model_electrode import ModelElectrode

Record = dict[str, Any]

_MOST_ROWS = 30
"""Rows that a notebook shows; tables have all of them."""
_DIGITS = 4


@dataclass(frozen=True, eq=False)
class Result:
    """An answer; which rows it has as a table is said by each kind."""

    record: Record
    """What the command of the same name prints with ``--json``, units in the names."""

    @property
    def rows(self) -> list[Record]:
        """Rows of its table; of an answer without one, the record itself."""
        return [{k: v for k, v in self.record.items() if not isinstance(v, (list, dict))}]

    @property
    def title(self) -> str:
        """What was asked."""
        return type(self).__name__

    def to_arrow(self) -> pa.Table:
        """Return the table for Arrow."""
        import pyarrow as pa

        return pa.Table.from_pylist(self.rows)

    def to_pandas(self) -> pd.DataFrame:
        """Return the table for pandas, which must be installed.

        Raises
        ------
        JobsError
            If it is not.
        """
        from jobs.errors import JobsError

        try:
            import pandas as pd
        except ImportError as error:
            raise JobsError("pandas is not installed; pip install pandas, or to_arrow()") from error
        return pd.DataFrame(self.rows)

    def _repr_html_(self) -> str:
        names = list(dict.fromkeys(name for row in self.rows for name in row))
        head = "".join(f"<th>{escape(name)}</th>" for name in names)
        body = "".join(
            f"<tr>{''.join(f'<td>{escape(_text(row.get(name)))}</td>' for name in names)}</tr>"
            for row in self.rows[:_MOST_ROWS]
        )
        left = len(self.rows) - _MOST_ROWS
        more = f"<p>and {left} more rows</p>" if left > 0 else ""
        return (
            f"<table><caption>{escape(self.title)}</caption>"
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"
        )


@dataclass(frozen=True, eq=False)
class Window(Result):
    """Where a material is stable, and its redox staircase: a row a step."""

    @property
    def title(self) -> str:
        """The material and its limits."""
        low, high = self.limits
        upper = "without an upper limit" if high is None else f"to {high:.2f} V"
        return f"{self.record['formula']}: stable from {low:.2f} V {upper} against Li/Li+"

    @property
    def limits(self) -> tuple[float, float | None]:
        """Reduction and oxidation limit [V vs. Li/Li+]; None for an end that stays open."""
        return self.record["reduction_limit_v"], self.record["oxidation_limit_v"]

    @property
    def rows(self) -> list[Record]:
        """A row for each step, rising in voltage."""
        return [step | {"products": _listed(step["products"])} for step in self.record["steps"]]

    def plot(self, *others: Window) -> Picture:
        """Return a picture of the staircase, with those of other materials below it.

        Raises
        ------
        QuestionError
            If one of them is no window.
        """
        from jobs.errors import QuestionError
        from jobs.figures.windows import window_picture

        if wrong := [one for one in others if not isinstance(one, Window)]:
            said = type(wrong[0]).__name__
            raise QuestionError(f"plot: {said} is no window; write ca.window(...)")
        return window_picture([self.record, *(other.record for other in others)])


@dataclass(frozen=True, eq=False)
class Pair(Result):
    """Reactions of an SSE with a cathode: on contact, and a row for each voltage asked for."""

    @property
    def title(self) -> str:
        """The pair, and the energy on contact."""
        energy = 1000 * self.record["chemical"]["energy_ev_per_atom"]
        return (
            f"{self.record['sse']} with {self.record['cathode']}: {energy:.0f} meV/atom on contact"
        )

    @property
    def rows(self) -> list[Record]:
        """The reaction on contact, and one row for each voltage."""
        chemical = self.record["chemical"]
        contact = {
            "voltage_v": None,
            "sse_fraction": chemical["sse_fraction"],
            "energy_ev_per_atom": chemical["energy_ev_per_atom"],
            "products": _listed(chemical["products"]),
        }
        return [contact] + [
            {
                "voltage_v": at["voltage_v"],
                "sse_fraction": at["mutual_sse_fraction"],
                "mutual_ev_per_non_li_atom": at["mutual_ev_per_non_li_atom"],
                "total_ev_per_non_li_atom": at["total_ev_per_non_li_atom"],
                "products": _listed(at["mutual_products"]),
            }
            for at in self.record["electrochemical"]
        ]

    def plot(self) -> Picture:
        """Return its tiles over fraction and voltage; without a range of voltage, E(x)."""
        from jobs.figures.reactions import reaction_picture
        from jobs.figures.tiles import tile_picture

        ranged = "worst_over_range" in self.record
        return tile_picture(self.record) if ranged else reaction_picture(self.record)


@dataclass(frozen=True, eq=False)
class Description(Result):
    """All that is known of an SSE: a row for each property, with its origin and source."""

    @property
    def title(self) -> str:
        """The material."""
        return str(self.record["formula"])

    @property
    def rows(self) -> list[Record]:
        """A row for each property."""
        return list(self.record["properties"])

    def plot(self) -> Picture:
        """Return its density against pressure."""
        from jobs.figures.curves import density_picture

        return density_picture(self.record)


@dataclass(frozen=True, eq=False)
class Cell(Result):
    """The energy of a cell, and a row for each input."""

    @property
    def title(self) -> str:
        """The cell and its energy."""
        energy = self.record["cell_energy_wh_per_kg"]
        return f"{self.record['sse']} with {self.record['cathode']}: {energy:.0f} Wh/kg of cell"

    @property
    def rows(self) -> list[Record]:
        """A row for each input."""
        return list(self.record["inputs"])

    def plot(self) -> Picture:
        """Return the masses of its layers."""
        from jobs.figures.masses import cell_picture

        return cell_picture(self.record)


@dataclass(frozen=True, eq=False)
class Microstructure(Result):
    """A generated composite: its active surface and its tortuosity."""

    electrode: ModelElectrode
    """The voxels behind the numbers."""

    @property
    def title(self) -> str:
        """How many voxels."""
        return f"generated composite of {self.record['voxels']}^3 voxels"

    def plot(self) -> Picture:
        """Return its middle section."""
        from jobs.figures.sections import section_picture

        return section_picture(self.electrode)


@dataclass(frozen=True, eq=False)
class Ranking(Result):
    """Pairs in the order of an objective, the best first."""

    objective: str
    """What they are ranked by."""
    table: pa.Table
    """A row for each pair: columns of the ranking, and all of the pair."""

    @property
    def title(self) -> str:
        """What they are ranked by."""
        return f"{self.table.num_rows} pairs by {self.objective}"

    @property
    def rows(self) -> list[Record]:
        """A row for each pair."""
        rows: list[Record] = self.table.to_pylist()
        return rows

    def to_arrow(self) -> pa.Table:
        """Return the table for Arrow, with the types of its columns."""
        return self.table

    def plot(self) -> Picture:
        """Return the intervals, the best on top."""
        from jobs.figures.intervals import ranking_picture

        return ranking_picture(self.rows, self.objective)

    def front(self, x: str, y: str) -> Picture:
        """Return the pairs over two columns, with those that no other pair beats."""
        from jobs.figures.fronts import front_picture

        return front_picture(self.rows, x, y)


@dataclass(frozen=True, eq=False)
class Coatings(Result):
    """Coatings between an SSE and a cathode: a row for each, the best first, refused ones last."""

    @property
    def title(self) -> str:
        """The pair, and how many pass."""
        found = self.record
        passed = sum(one["rank"] is not None for one in self.rows)
        return f"{found['sse']} with {found['cathode']}: {passed} of {len(self.rows)} coatings pass"

    @property
    def rows(self) -> list[Record]:
        """A row for each coating, with the gate that refuses it."""
        return list(self.record["coatings"])

    def plot(self) -> Picture:
        """Return those that no gate has refused, with their intervals."""
        from jobs.figures.intervals import coating_picture

        return coating_picture(self.record)


@dataclass(frozen=True, eq=False)
class Prediction(Result):
    """What cells should show in their first cycle: a row for each."""

    curves: Callable[[], Sequence[CellCurve]]
    """Returns their voltage curves; computed when they are drawn."""

    @property
    def title(self) -> str:
        """How many have an answer."""
        sound = sum(row["status"] == "ok" for row in self.rows)
        return f"first cycle of {sound} of {len(self.rows)} cells"

    @property
    def rows(self) -> list[Record]:
        """A row for each cell; one without an answer says why in ``reason``."""
        return list(self.record["cells"])

    def plot(self) -> Picture:
        """Return the voltage curves of the first six, with the intervals of both capacities."""
        from jobs.figures.cycles import planned_picture

        return planned_picture(self.rows, self.curves())


@dataclass(frozen=True, eq=False)
class Refusal(Result):
    """Why an SSE is not among the best: a row for each gate, its factors and its place."""

    @property
    def title(self) -> str:
        """The gate that refuses it; the place that it would have, and what limits it."""
        found = self.record
        gate = found["refused_by"]
        said = f"refused by the gate {gate}" if gate else "passes all gates"
        return (
            f"{found['formula']} with {found['cathode']}: {said}; place {found['place']} of "
            f"{found['rivals']}: {found['reason']}"
        )

    @property
    def rows(self) -> list[Record]:
        """A row for each gate."""
        return list(self.record["gates"])


@dataclass(frozen=True, eq=False)
class Energies(Result):
    """Enthalpies of formation: a row for each compound."""

    @property
    def title(self) -> str:
        """What they are."""
        return "Standard enthalpies of formation at 298.15 K, with 90 % intervals"

    @property
    def rows(self) -> list[Record]:
        """A row for each compound; one without an answer says why."""
        return list(self.record["energies"])


@dataclass(frozen=True, eq=False)
class Candidates(Result):
    """What a search finds: a row for each step, and how many it leaves."""

    @property
    def title(self) -> str:
        """How many are left."""
        return f"{len(self.sses)} candidates"

    @property
    def sses(self) -> list[str]:
        """Formulas of those that are left."""
        return list(self.record["sses"])

    @property
    def rows(self) -> list[Record]:
        """A row for each step."""
        return list(self.record["steps"])

    def plot(self) -> Picture:
        """Return how many each step leaves."""
        from jobs.figures.funnel import Stage, funnel_picture

        stages = [Stage(row["step"], row["left"]) for row in self.rows]
        return funnel_picture(stages, title="What each step leaves")


def _listed(products: Sequence[Record]) -> str:
    return " + ".join(one["formula"] for one in products)


def _text(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.{_DIGITS}g}" if isinstance(value, float) else str(value)
