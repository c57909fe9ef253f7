"""What was measured beside what is predicted of it: calibrations, and cells of a laboratory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from catholyte.results import Record, Result

if TYPE_CHECKING:
    from jobs.figures.intervals import Estimate
    from jobs.figures.picture import Picture
    from screening.first_cycle.validation import Comparison as Compared


@dataclass(frozen=True, eq=False)
class Agreement(Result):
    """Measured figures beside predicted ones: a row for each, with a verdict: agree or miss."""

    @property
    def estimates(self) -> list[Estimate]:
        """The figures, as pictures take them."""
        from jobs.figures.intervals import Estimate

        return [
            Estimate(
                row["figure"],
                row["predicted"],
                row["predicted_low"],
                row["predicted_high"],
                row["measured"],
                row["unit"],
                row.get("reason") or "",
            )
            for row in self.rows
        ]

    @property
    def title(self) -> str:
        """How many figures are inside their intervals."""
        inside = sum(row["verdict"] == "agree" for row in self.rows)
        return f"{inside} of {len(self.rows)} measured figures inside their 90 % intervals"

    @property
    def verdicts(self) -> str:
        """One line for each figure: measured, predicted, agree or miss."""
        return "\n".join(one.verdict for one in self.estimates)

    def agreement(self, title: str) -> Picture:
        """Return figures of one unit as intervals, with the measured ones on them.

        Parameters
        ----------
        title : str
            What they are.

        Raises
        ------
        JobsError
            If they have several units.
        """
        from jobs.errors import JobsError
        from jobs.figures.intervals import agreement_picture

        units = {row["unit"] for row in self.rows}
        if len(units) != 1:
            raise JobsError(f"one axis has one unit, not {', '.join(sorted(units))}; choose")
        return agreement_picture(
            self.estimates, title=title, axis=f"{title[:1].lower()}{title[1:]} [{units.pop()}]"
        )


@dataclass(frozen=True, eq=False)
class Calibration(Agreement):
    """Measured cells beside what the model of the first cycle says of cells like them."""

    compared: tuple[Compared, ...]
    """The figures behind the rows."""

    @property
    def rows(self) -> list[Record]:
        """A row for each figure, with its place in the text and a verdict."""
        return [
            {
                "figure": f"{one.measurement.id} {one.measurement.cell}, "
                f"{one.measurement.quantity.replace('_', ' ')}",
                "id": one.measurement.id,
                "cell": one.measurement.cell,
                "quantity": one.measurement.quantity,
                "unit": one.measurement.unit,
                "measured": one.measurement.value,
                "predicted": one.value,
                "predicted_low": one.low,
                "predicted_high": one.high,
                "verdict": "agree" if one.inside else "miss",
                "fitted": one.measurement.used_for != "check",
                "place": one.measurement.place,
            }
            for one in self.compared
        ]

    @property
    def moved(self) -> list[Record]:
        """Pairs of the ranking that have another place by it, with both places."""
        return list(self.record["moved_places"] or ())

    def only(self, *ids: str) -> Calibration:
        """Return some of the figures, in this order.

        Raises
        ------
        QuestionError
            If there is no figure of this name.
        """
        from jobs.errors import QuestionError

        named = {one.measurement.id: one for one in self.compared}
        if lost := [name for name in ids if name not in named]:
            raise QuestionError(f"no figure is named {lost[0]!r}; known: {', '.join(named)}")
        return Calibration(self.record, tuple(named[name] for name in ids))

    def plot(self) -> Picture:
        """Return predicted against measured."""
        from jobs.figures.parity import parity_picture

        return parity_picture(self.compared)


@dataclass(frozen=True, eq=False)
class Comparison(Agreement):
    """Cells of a laboratory: what they have shown beside what is predicted of them."""

    @property
    def rows(self) -> list[Record]:
        """A row for each figure; ``fitted`` says whether the calibration has seen the cell."""
        units = {"mah_per_g": "mAh/g", "percent": "%"}
        rows = []
        for row in self.record["figures"]:
            end = next(end for end in units if row["quantity"].endswith(end))
            quantity = row["quantity"].removesuffix(f"_{end}")
            rows.append(
                {"figure": f"{row['id']}, {quantity.replace('_', ' ')}"}
                | row
                | {"quantity": quantity, "unit": units[end]}
                | {"verdict": {True: "agree", False: "miss", None: "no answer"}[row["inside"]]}
            )
        return rows

    def plot(self, unit: str = "mAh/g") -> Picture:
        """Return the figures of one unit as intervals, with the measured ones on them.

        Parameters
        ----------
        unit : str, optional
            ``mAh/g`` or ``%``.

        Raises
        ------
        QuestionError
            If it is another.
        """
        from jobs.errors import QuestionError
        from jobs.figures.intervals import agreement_picture

        if unit not in {"mAh/g", "%"}:
            raise QuestionError(f"unit {unit!r} is neither mAh/g nor %; write one of them")
        chosen = [one for one in self.estimates if one.unit == unit]
        return agreement_picture(chosen, title="Cells made here", axis=f"first cycle [{unit}]")
