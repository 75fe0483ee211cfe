from pathlib import Path

import pytest

from adapters.csv_tables import read
from adapters.geo_files import Unreadable

TEXT = "编号,名称\r\nw1,望津区\r\nw2,云麓区\r\n"


def written(folder: Path, content: str | bytes) -> Path:
    """A CSV file of these bytes."""
    path = folder / "d.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_a_table_is_the_same_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    table = read(written(tmp_path, TEXT.encode(encoding)))
    assert table.columns == {"编号": ["w1", "w2"], "名称": ["望津区", "云麓区"]}
    assert list(table.lines) == [2, 3]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_seen_in_the_header(tmp_path: Path, delimiter: str) -> None:
    assert read(written(tmp_path, TEXT.replace(",", delimiter))).columns["编号"] == ["w1", "w2"]


def test_a_named_delimiter_goes_before_what_is_seen(tmp_path: Path) -> None:
    table = read(written(tmp_path, "id:a,b\nw1:c,d\n"), delimiter=":")
    assert table.columns == {"id": ["w1"], "a,b": ["c,d"]}


def test_a_value_over_several_lines_counts_for_the_line_it_begins_on(tmp_path: Path) -> None:
    table = read(written(tmp_path, 'id,text\nw1,"two\nlines"\n\nw2,x\n'))
    assert list(table.lines) == [2, 5]


def test_blank_rows_are_passed_over(tmp_path: Path) -> None:
    assert read(written(tmp_path, "id,text\n,,\nw1,x\n".replace(",,", ","))).count == 1


def test_rows_that_are_too_short_or_too_long_are_left_out_and_counted(tmp_path: Path) -> None:
    table = read(written(tmp_path, "id,text\nw1\nw2,x\nw3,y,z\n"))
    assert table.columns["id"] == ["w2"]
    assert list(table.misfits) == [(2, 1), (4, 3)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"id,id\n1,2\n", "two columns called id"),
        (b"\xff\x00\xff\x81\x82\n", "is not text in"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        read(written(tmp_path, content))


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="there is no file"):
        read(tmp_path / "nothing.csv")
    with pytest.raises(Unreadable, match="cannot be read"):
        read(tmp_path)


def test_a_wrong_encoding_and_one_that_does_not_exist_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path, TEXT.encode("gbk"))
    with pytest.raises(Unreadable, match="not text in UTF-8"):
        read(path, encoding="UTF-8")
    with pytest.raises(Unreadable, match="there is no encoding 'GBX'"):
        read(path, encoding="GBX")
