"""The drawings of docs/figures: one exact tiling, and how times grow."""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np

from benchmarks.measure import figure
from stability.hull import reactant
from stability.interface import electrochemical_reactions
from stability.phases import competing_phases
from stability.tables.phase_table import load_phase_table
from stability.voltage_range import reaction_over_range

mpl.use("Agg")

from matplotlib import pyplot as plt
from matplotlib.patches import Rectangle

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from matplotlib.axes import Axes

    from stability.hull import Reactant
    from stability.phases import CompetingPhases
    from stability.voltage_range import EnvelopePoint, Tile

FOLDER = Path(__file__).parents[1] / "docs" / "figures"
LINES = FOLDER / "growth.jsonl"
"""The kept output of `python -m benchmarks growth`."""
SSE, CATHODE = "Li6PS5Cl", "LiFePO4"
LOW, HIGH = 2.5, 4.0
"""The voltage window of the cathode. [V]"""
INK, QUIET, BLUE, RED = "#222222", "#8a8a8a", "#2166ac", "#b2402a"
STYLE = {
    "font.family": "DejaVu Sans",
    "font.size": 8,
    "axes.edgecolor": INK,
    "axes.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.major.width": 0.7,
    "ytick.major.width": 0.7,
    "legend.frameon": False,
    "svg.hashsalt": "catholyte",  # Equal input, equal file.
}
_SIZES = (6.5, 5.5, 4.8)  # [pt] Of names in tiles, from what reads well to what still reads.


def draw(table: str) -> None:
    """Draw both figures anew.

    Parameters
    ----------
    table : str
        Name or path of the phase table of the tiling.
    """
    FOLDER.mkdir(parents=True, exist_ok=True)
    with mpl.rc_context(STYLE):
        _tiling(table)
        _growth([figure(line) for line in LINES.read_text(encoding="utf-8").splitlines()])


def _save(name: str) -> None:
    path = FOLDER / name
    plt.savefig(path, metadata={"Date": None})
    plt.close()
    lines = (line.rstrip() for line in path.read_text(encoding="utf-8").splitlines())
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _tiling(table: str) -> None:
    """Draw the tiles of one pair, and the envelopes beside them."""
    phases = competing_phases(load_phase_table(table))
    sse, cathode = reactant(SSE, phases), reactant(CATHODE, phases)
    found = reaction_over_range(sse, cathode, phases, LOW, HIGH)
    drawing, (plane, beside) = plt.subplots(
        1, 2, figsize=(7.6, 5.2), width_ratios=(2.6, 1), sharey=True, layout="constrained"
    )
    plane.set(
        xlim=(0, 1),
        ylim=(LOW, HIGH),
        xlabel=f"share of the atoms from {_written(SSE)}",
        ylabel="voltage against Li/Li$^+$ [V]",
    )
    plane.set_title(
        f"products of {_written(CATHODE)} (left) with {_written(SSE)} (right); "
        "the darker, the more the contact adds",
        fontsize=8,
        color=QUIET,
    )
    colours = mpl.colormaps["YlOrBr"]
    deepest = min(point.mutual for point in found.envelope)
    for tile in found.tiles:
        share = _mutual(tile, sse, cathode, phases) / deepest
        plane.add_patch(
            Rectangle(
                (tile.sse_fraction_low, tile.voltage_low),
                tile.sse_fraction_high - tile.sse_fraction_low,
                tile.voltage_high - tile.voltage_low,
                facecolor=colours(0.03 + 0.5 * share),
                edgecolor="white",
                linewidth=0.5,
            )
        )
    for spine in plane.spines.values():
        spine.set_visible(True)
    _envelopes(beside, found.envelope)
    drawing.canvas.draw()
    for tile in found.tiles:
        _name_products(plane, tile)
    _save("tiling.svg")


def _mutual(tile: Tile, sse: Reactant, cathode: Reactant, phases: CompetingPhases) -> float:
    """Return the mutual energy in the middle of a tile, for its colour, in eV per non-Li atom."""
    voltage = (tile.voltage_low + tile.voltage_high) / 2
    (there,) = electrochemical_reactions(sse, cathode, phases, [voltage])
    return float(
        np.interp(
            (tile.sse_fraction_low + tile.sse_fraction_high) / 2,
            [kink.sse_fraction for kink in there.kinks],
            [kink.mutual for kink in there.kinks],
        )
    )


def _written(formula: str) -> str:
    """Return a formula with its numbers set low."""
    return re.sub(r"([\d.]+)", r"$_{\1}$", formula)


def _name_products(plane: Axes, tile: Tile) -> None:
    """Write the products into a tile, in the largest type and the fewest lines that fit."""
    names = sorted(tile.products, key=len)
    corners = plane.transData.transform(
        [
            (tile.sse_fraction_low, tile.voltage_low),
            (tile.sse_fraction_high, tile.voltage_high),
        ]
    )
    width, height = corners[1] - corners[0]
    middle = (
        (tile.sse_fraction_low + tile.sse_fraction_high) / 2,
        (tile.voltage_low + tile.voltage_high) / 2,
    )
    for size in _SIZES:
        for n_lines in range(1, len(names) + 1):
            per_line = -(-len(names) // n_lines)
            rows = [names[k : k + per_line] for k in range(0, len(names), per_line)]
            text = plane.text(
                *middle,
                "\n".join("  ".join(map(_written, row)) for row in rows),
                size=size,
                color=INK,
                ha="center",
                va="center",
                linespacing=1.15,
            )
            box = text.get_window_extent()
            if box.width < width - 6 and box.height < height - 4:
                return
            text.remove()


def _envelopes(axes: Axes, envelope: Iterable[EnvelopePoint]) -> None:
    """Draw the most negative energies against the voltage of the plane beside."""
    points = list(envelope)
    volts = [point.voltage for point in points]
    for name, colour, said, place in (
        ("total", RED, "total: all that\ncan happen", (-880, 3.2)),
        ("mutual", BLUE, "mutual: what the\ncontact adds", (-690, 2.62)),
    ):
        energies = [1000 * getattr(point, name) for point in points]
        axes.plot(energies, volts, color=colour, linewidth=1.4)
        worst = int(np.argmin(energies))
        axes.plot(energies[worst], volts[worst], "o", color=colour, markersize=4, clip_on=False)
        axes.text(*place, said, color=colour, ha="center", va="center")
    axes.set(
        xlim=(-1250, 0),
        xticks=(-1000, -500, 0),
        xlabel="most negative energy\n[meV per non-Li atom]",
    )
    axes.tick_params(left=False)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x", color="#e6e6e6", linewidth=0.6)
    axes.set_title("dots: the worst case", fontsize=8, color=QUIET)


def _growth(lines: Iterable[tuple[str, float, str]]) -> None:
    """Draw time against elements, against phases, and against pairs."""
    series: dict[str, Mapping[str, list[float]]] = {}
    split = [(*re.findall(r"growth_(\w+?)_([\d.]+)_(\w+?)(?:_|$)", name)[0], value)
             for name, value, _ in lines]  # fmt: skip
    for what, rows in groupby(split, key=lambda row: row[0]):
        found: dict[str, list[float]] = {"at": []}
        for _, at, quantity, value in rows:
            found.setdefault(quantity, []).append(value)
            if quantity == "closed":
                found["at"].append(float(at))
        series[what] = found
    _, (elements, phases, pairs) = plt.subplots(1, 3, figsize=(7.6, 2.7), layout="constrained")
    for axes, of, against in (
        (elements, "elements", "at"),
        (phases, "margin", "phases"),
        (pairs, "pairs", "at"),
    ):
        for quantity, colour, said in (
            ("range", RED, "exact range 2 to 4.25 V"),
            ("closed", BLUE, "closed"),
        ):
            axes.plot(
                series[of][against], series[of][quantity], "o-", color=colour, markersize=3,
                linewidth=1.2, label=said,
            )  # fmt: skip
        axes.set_yscale("log")
        axes.grid(color="#ececec", linewidth=0.6)
        axes.set_axisbelow(True)
    elements.set(xlabel="elements of the pair, with Li", ylabel="time [μs per pair]")
    phases.set(xscale="log", xlabel="competing phases, 8 elements", ylabel="time [μs per pair]")
    phases.set_xticks([200, 400, 800], ["200", "400", "800"], minor=False)
    phases.minorticks_off()
    pairs.set(xscale="log", xlabel="pairs of the realistic mix", ylabel="time [ms]")
    n = np.array(series["pairs"]["at"])
    for quantity in ("range", "closed"):
        last = series["pairs"][quantity][-1]
        pairs.plot(n, last * n / n[-1], ":", color=QUIET, linewidth=1, zorder=1)
    pairs.text(n[1], series["pairs"]["closed"][1] / 2.5, "dotted: slope 1", color=QUIET, size=7)
    elements.legend(loc="upper left", fontsize=7, handlelength=1.4)
    elements.set_ylim(1, 30_000)
    _save("growth.svg")
