"""Commands on materials of one's own, with measured figures."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  # typer reads annotations when it runs.
from typing import Annotated

import typer

from jobs.commands.experiment import Fields, texts_of
from jobs.options import DEFAULT_STORE, Csv, Json, Store, style

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Add, import, list, show, correct and remove materials of your own.",
)
"""The group ``catholyte material``."""

Label = Annotated[str, typer.Argument(help="Label of the material.", metavar="LABEL")]
Reason = Annotated[str, typer.Option(help="Why; kept with the new version.")]


@app.command("add")
def add(
    fields: Annotated[
        list[str], typer.Argument(help="Fields as docs/materials.md lists.", metavar="FIELD=VALUE")
    ],
    *,
    store: Store = DEFAULT_STORE,
) -> None:
    """Keep one material; its measured figures go before anything predicted."""
    from jobs.lab.kept_materials import add_materials
    from screening.batch.material_file import material

    added, known = add_materials(store, [material(texts_of(fields))])
    print(f"material {(added + known)[0]} {'added' if added else 'was there already, exactly so'}")


@app.command("import")
def import_(
    path: Annotated[
        Path | None, typer.Argument(help="CSV file; docs/materials.md tells the header.")
    ] = None,
    *,
    template: Annotated[
        Path | None,
        typer.Option(help="Write a file to fill in, and stop.", metavar="FILE"),
    ] = None,
    store: Store = DEFAULT_STORE,
) -> None:
    """Keep the materials of a CSV file: all of them, or none."""
    from jobs.lab.kept_materials import import_materials
    from screening.batch.material_file import template as to_fill_in
    from screening.text.counts import counted

    if template is not None:
        from jobs.process.output_file import write_template

        write_template(template, to_fill_in(), store=store)
        print(f"{template}: fill it in, then `catholyte material import {template}`")
        return
    if path is None:
        raise typer.BadParameter("name a CSV file, or --template FILE to write one")
    added, known = import_materials(store, path)
    said = counted(len(added), "material")
    print(f"{said} added, {counted(len(known), 'was', 'were')} there already")


@app.command("list")
def list_(
    *,
    store: Store = DEFAULT_STORE,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """List your materials and those of the catalogue, with their labels."""
    from jobs.lab.kept_materials import kept_materials
    from jobs.show.material_list import print_materials

    print_materials(kept_materials(store), style=style(as_json=as_json, as_csv=as_csv))


@app.command("show")
def show(name: Label, *, store: Store = DEFAULT_STORE, as_json: Json = False) -> None:
    """Print one material with all its versions."""
    from jobs.lab.kept_materials import material_history
    from jobs.show.suggestion_list import print_history

    print_history(material_history(store, name), style=style(as_json=as_json, as_csv=False))


@app.command("correct")
def correct(
    name: Label, changes: Fields = None, *, reason: Reason, store: Store = DEFAULT_STORE
) -> None:
    """Add a corrected version of a material; what stood before is kept."""
    from jobs.lab.kept_materials import correct_material

    made = correct_material(store, name, texts_of(changes or []), reason=reason)
    print(f"material {made.label} corrected")


@app.command("remove")
def remove(name: Label, *, reason: Reason, store: Store = DEFAULT_STORE) -> None:
    """Take a material out of use; its versions are kept."""
    from jobs.lab.kept_materials import correct_material

    made = correct_material(store, name, {}, reason=reason, remove=True)
    print(f"material {made.label} is no longer used")
