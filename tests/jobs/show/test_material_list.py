import json

from jobs.show.material_list import print_materials
from screening.catalogue.own_material import Material


def test_ones_own_stand_before_the_catalogue(capsys):
    """With whose they are; the catalogue with its labels."""
    ours = Material(label="ours", kind="sse", source="notebook 9", formula="Li3YBr6")

    print_materials([ours], style="json")

    rows = json.loads(capsys.readouterr().out)
    assert rows[0] == {
        "kind": "sse", "name": "ours", "labels": "", "formula": "Li3YBr6",
        "whose": "yours: notebook 9",
    }  # fmt: skip
    assert {"kind": "sse", "name": "Li6PS5Cl", "labels": "LPSCl"}.items() <= rows[1].items()
    assert {row["kind"] for row in rows} == {"sse", "cathode", "carbon", "anode"}
