import pytest

from jobs.cli import main


@pytest.fixture
def said(tmp_path, monkeypatch, capsys):
    """Return a function that runs the command line on a store, and returns code and output."""
    monkeypatch.setenv("CATHOLYTE_STORE", str(tmp_path / "store"))
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        out = capsys.readouterr()
        return ended.value.code or 0, out.out + out.err

    return run


def test_a_laboratory_keeps_its_materials_from_the_command_line(said):
    """Template, import, correct, show, remove."""
    assert said("material", "import", "--template", "m.csv")[0] == 0
    assert said("material", "import", "m.csv")[1].startswith("3 materials added")
    assert said("material", "correct", "our VGCF", "--set", "note=x", "--reason", "y")[0] == 0
    assert "version 2" in said("material", "show", "our vgcf")[1]
    assert said("material", "remove", "our VGCF", "--reason", "used up")[0] == 0
    assert "our VGCF" not in said("material", "list", "--csv")[1]


def test_bad_input_is_one_line_and_nothing_is_written(said, tmp_path):
    """The value and the remedy; exit code 2; no store."""
    code, text = said(
        "material", "add", "label=a", "kind=sse", "source=me", "formula=Li3N",
        "ionic_conductivity_s_per_cm=9.4",
    )  # fmt: skip

    assert code == 2
    assert "looks like mS/cm; write 0.0094" in text
    assert len(text.strip().splitlines()) == 1
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize("kind", ["material", "experiment"])
def test_a_file_that_was_filled_in_is_not_overwritten(kind, said, tmp_path):
    """One line, exit code 2, and the file as it was."""
    assert said(kind, "import", "--template", "m.csv")[0] == 0
    (tmp_path / "m.csv").write_text("filled in", encoding="utf-8")
    code, text = said(kind, "import", "--template", "m.csv")

    assert (code, len(text.strip().splitlines())) == (2, 1)
    assert "m.csv is there already" in text
    assert (tmp_path / "m.csv").read_text(encoding="utf-8") == "filled in"
