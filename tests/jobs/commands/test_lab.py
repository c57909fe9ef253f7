CELL = ("id=K1", "date=2026-05-04", "sse=LZC", "cathode=LiFePO4", "recipe=lfp-vgcf-hand",
        "first_charge_mah_per_g=140", "first_discharge_mah_per_g=126", "source=K1")  # fmt: skip


def test_a_laboratory_moves_to_another_store(command):
    """Written by export, read by import; the second time nothing is new."""
    assert command("experiment", "add", *CELL)[0] == 0
    assert command("export", "--lab", "lab.jsonl")[0] == 0

    code, output, _ = command("lab", "import", "lab.jsonl", "--store", "other")
    again = command("lab", "import", "lab.jsonl", "--store", "other")[1]

    assert code == 0
    assert output == "1 version added, 0 were there already\n"
    assert again == "0 versions added, 1 was there already\n"
    assert "K1" in command("experiment", "list", "--store", "other")[1]


def test_what_is_no_backup_is_refused(command, tmp_path):
    """One line, exit 2, and no store is made."""
    (tmp_path / "lab.jsonl").write_text("nothing\n", encoding="utf-8")
    code, _, errors = command("lab", "import", "lab.jsonl", "--store", "other")

    assert code == 2
    assert errors.count("\n") == 1
