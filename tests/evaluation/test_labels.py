from pathlib import Path

import pytest

from platewarden.evaluation.labels import LabelError, LabelledPlate, folder_of, load_labels

HEADER = "file,x1,y1,x2,y2,text"


def labels(folder: Path, text: str, name: str = "county.csv") -> Path:
    """A file of labels."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_photograph_has_as_many_plates_as_it_has_rows(tmp_path: Path) -> None:
    """Rows of one file belong together, in the order in which files are first named."""
    text = f"{HEADER}\nb.jpg,1,2,30,40,ABC123\na.jpg,5,6,70,80,XYZ9\nb.jpg,50,2,90,40,DEF456\n"
    photos = load_labels(labels(tmp_path, text))
    assert [photo.file for photo in photos] == ["b.jpg", "a.jpg"]
    assert photos[0].plates == [
        LabelledPlate("ABC123", (1.0, 2.0, 30.0, 40.0)),
        LabelledPlate("DEF456", (50.0, 2.0, 90.0, 40.0)),
    ]
    assert photos[1].path == tmp_path / "a.jpg"


def test_a_row_without_text_marks_a_place_that_does_not_count(tmp_path: Path) -> None:
    """Nobody could read it, so nobody is asked to."""
    photos = load_labels(labels(tmp_path, f"{HEADER}\na.jpg,1,2,30,40,\n"))
    assert (photos[0].plates, photos[0].uncounted) == ([], [(1.0, 2.0, 30.0, 40.0)])


def test_state_and_light_are_taken_where_they_are_given(tmp_path: Path) -> None:
    """Both columns may be absent, or empty in a row; other columns are left alone; order does not matter."""
    text = "note,state,light,text,file,x1,y1,x2,y2\n,ny,Night,abc-123,a.jpg,1,2,30,40\nx,,,DEF 4,a.jpg,1,2,30,40\n"
    photo = load_labels(labels(tmp_path, text))[0]
    assert [(plate.plate, plate.state) for plate in photo.plates] == [("ABC123", "NY"), ("DEF4", "")]
    assert photo.light == "night"


def test_photographs_lie_in_the_folder_of_the_same_name_or_beside_the_labels(tmp_path: Path) -> None:
    """county.csv finds county/ if there is one; a folder that is given is taken."""
    path = labels(tmp_path, f"{HEADER}\na.jpg,1,2,30,40,A1\n")
    assert folder_of(path) == tmp_path
    (tmp_path / "county").mkdir()
    assert load_labels(path)[0].path == tmp_path / "county" / "a.jpg"
    assert load_labels(path, tmp_path / "other")[0].path == tmp_path / "other" / "a.jpg"


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("", "line 1: the column file is missing"),
        ("file,x1,y1,x2,text\n", "line 1: the column y2 is missing"),
        (f"{HEADER}\n", "no row below the header"),
        (f"{HEADER}\na.jpg,1,2,30,40,A1\nb.jpg,1,2\n", "line 3: not as many fields"),
        (f"{HEADER}\na.jpg,1,2,30,40,A1,more\n", "line 2: not as many fields"),
        (f"{HEADER}\n,1,2,30,40,A1\n", "line 2, field file: "),
        (f"{HEADER}\na.jpg,1,two,30,40,A1\n", "line 2, field y1: not a number"),
        (f"{HEADER}\na.jpg,nan,2,30,40,A1\n", "line 2, field x1: not a number"),
        (f"{HEADER}\na.jpg,1,2,30,1e9,A1\n", "line 2, field y2: not a number"),
        (f"{HEADER}\na.jpg,31,2,30,40,A1\n", "line 2, field x2: must be greater than x1"),
        (f"{HEADER}\na.jpg,1,40,30,40,A1\n", "line 2, field y2: must be greater than y1"),
        (f"{HEADER}\na.jpg,1,2,30,40,ABCDEF123456\n", "line 2, field text: a plate has at most 10"),
        (f"{HEADER}\na.jpg,1,2,30,40,?\n", "line 2, field text: no letter"),
        (f"{HEADER},state\na.jpg,1,2,30,40,A1,New York\n", "line 2, field state: must be two letters"),
        (f"{HEADER},light\na.jpg,1,2,30,40,A1,noon\n", "line 2, field light: must be one of day, dusk"),
        (
            f"{HEADER},light\na.jpg,1,2,30,40,A1,day\na.jpg,1,2,30,40,A1,night\n",
            "line 3, field light: another light",
        ),
        (f'{HEADER}\n"a.jpg,1,2', "not a CSV file"),
    ],
)
def test_a_bad_row_is_named_by_line_and_field(tmp_path: Path, text: str, cause: str) -> None:
    """The error says where to look, what is wrong, and quotes no plate."""
    with pytest.raises(LabelError) as raised:
        load_labels(labels(tmp_path, text))
    assert cause in str(raised.value)
    assert "county.csv" in str(raised.value)
    assert "ABCDEF123456" not in str(raised.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """A missing file, and one that is no text."""
    with pytest.raises(LabelError, match=r"nowhere\.csv: No such file"):
        load_labels(tmp_path / "nowhere.csv")
    picture = tmp_path / "picture.csv"
    picture.write_bytes(b"\xff\xd8\xff\xe0")
    with pytest.raises(LabelError, match=r"picture\.csv: not a CSV file in UTF-8"):
        load_labels(picture)


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    """Spreadsheets write one."""
    assert load_labels(labels(tmp_path, f"\ufeff{HEADER}\na.jpg,1,2,30,40,A1\n"))[0].file == "a.jpg"
