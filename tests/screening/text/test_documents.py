import os

import pytest

from screening.errors import BatchError
from screening.text import documents as batch_file
from screening.text.documents import document, plain_text


@pytest.fixture
def written(tmp_path):
    """Return a function from the content of a file to its path."""

    def write(content, name="trial.toml"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def refusal(path):
    """Return the one line with which a file is refused."""
    with pytest.raises(BatchError) as error:
        document(path)
    assert "\n" not in str(error.value)
    assert str(path) in str(error.value)
    return str(error.value)


def test_the_values_of_a_file_are_read(written):
    """Keys, arrays and tables."""
    toml = 'name = "a"\nsses = ["LPSCl"]\n[filter]\nanions = ["Cl"]\n'

    assert document(written(toml)).values == {
        "name": "a",
        "sses": ["LPSCl"],
        "filter": {"anions": ["Cl"]},
    }


@pytest.mark.parametrize("breaks", ["\n", "\r\n"])
def test_a_mark_and_line_ends_of_windows_do_not_matter(breaks, written):
    """Editors add them; the place of a key is the same."""
    text = '\n\nname = "a"\n'

    read = document(written(b"\xef\xbb\xbf" + text.replace("\n", breaks).encode()))

    assert read.values == {"name": "a"}
    assert read.places.place(("name",)) == (3, 1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = 1\na = 2\nb = 3", "line 2, column 6: no valid TOML"),
        ("[filter]\n[filter]", "line 2"),
        ("sses = [", "at its end: no valid TOML"),
        ("\n\nsses = [,]", "line 3, column 9: no valid TOML"),
        ("just text", "line 1, column 6: no valid TOML"),
        ("a = " + "[" * 100_000, "nested too deeply"),
        ("a." * 900_000 + "b = 1", "line 1: nested too deeply"),
        ("x = 1\n[" + "'a' . " * 5000 + "b]", "line 2: nested too deeply"),
        ("x = {" + "a." * 900 + "b = 1}", "line 1: nested too deeply"),
        ("a.b = 1\n" * 2, "line 2, column 8: no valid TOML"),
        ("x = " + "{a = " * 12 + "1" + "}" * 12, "nested too deeply"),
        ("draws = " + "9" * 5000, "line 1: a number of 5000 digits"),
    ],
)
def test_faulty_toml_is_refused_with_its_place(text, said, written):
    """Line and column, as an editor counts them."""
    assert said in refusal(written(text))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('name = "a"'.encode("utf-16"), "this is UTF-16"),
        (b"PK\x03\x04 zipped", "a zip archive"),
        (b"\x1f\x8b\x08", "gzip"),
        (b'name = "a"\nsses = "\x00"', "line 2: a NUL byte"),
        (b'name = "a"\n# caf\xe9', "line 2: no UTF-8 text"),
    ],
)
def test_what_is_no_plain_text_is_refused(content, said, written):
    """The line says what it is, not what a decoder thinks of it."""
    assert said in refusal(written(content))


def test_three_tables_inside_each_other_are_read(written):
    """A filter is two deep, and a name with dots is one."""
    text = 'a.b.c = 1\n"d.e.f.g.h.i.j.k.l.m.n" = 2\n'

    assert document(written(text)).values == {
        "a": {"b": {"c": 1}},
        "d.e.f.g.h.i.j.k.l.m.n": 2,
    }


def test_a_file_of_another_kind_is_refused(written):
    """A batch in YAML or JSON is none."""
    for name in ("trial.yaml", "trial.json"):
        assert "the ending is not .toml" in refusal(written("{}", name))


def test_a_large_file_is_refused_unread(written, monkeypatch):
    """Ten bytes are allowed here; the file has eleven."""
    monkeypatch.setattr(batch_file, "LARGEST_FILE", 10)

    assert "split it" in refusal(written("#" * 11))
    assert document(written("#" * 10)).values == {}


def test_a_pipe_a_device_and_a_folder_are_refused_at_once(tmp_path):
    """None of them is waited for."""
    pipe = tmp_path / "pipe.toml"
    os.mkfifo(pipe)
    device = tmp_path / "device.toml"
    device.symlink_to(os.devnull)

    for path in (pipe, device, tmp_path):
        assert "no ordinary file" in refusal(path)


def test_a_circle_of_links_and_an_absent_file_are_refused(tmp_path):
    """The system says which."""
    circle = tmp_path / "circle.toml"
    circle.symlink_to(circle)

    assert "symbolic links" in refusal(circle)
    assert "No such file" in refusal(tmp_path / "absent.toml")


def test_a_path_that_no_system_has_is_refused(tmp_path):
    """A NUL in it, or more characters than a name may have."""
    for name in ("a\0b.toml", "a" * 5000 + ".toml"):
        with pytest.raises(BatchError, match="check the path"):
            plain_text(tmp_path / name, "list", most=10)
