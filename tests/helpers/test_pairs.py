"""`load_pairs` on files such as Tatoeba exports, whole and damaged in every way we know."""

import bz2
import csv
import gzip
import io
import lzma
import random
import re
import shlex
import subprocess
import sys
import tarfile
import unicodedata
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers.pair_files import split_quoted
from helpers.pairs import load_pairs, split_by_source
from helpers.text import normalise, tokenise

# Sentences of our own, in the shape of the exports: several targets for a source, sources that
# differ in a mark alone, an apostrophe, digits, a pair of marks without letters.
KOREAN = [
    ("Come.", "와."),
    ("Sleep!", "자!"),
    ("Sleep.", "자."),
    ("Sleep.", "주무세요."),
    ("Who ate it?", "누가 먹었어?"),
    ("I don't drink coffee.", "나는 커피를 안 마신다."),
    ("I don't drink coffee.", "저는 커피를 마시지 않아요."),
    ("It's 8:30.", "지금 8시 30분이다."),
    ("My cat sleeps on the chair.", "내 고양이는 의자 위에서 잔다."),
    ("The library is closed today.", "도서관은 오늘 문을 닫았다."),
    ("?!", "?!"),
    ("We walked to school together.", "우리는 같이 학교에 걸어갔다."),
]
FRENCH = [
    ("Come.", "Viens."),
    ("Come.", "Venez."),
    ("Who ate it?", "Qui l'a mangé ?"),
    ("I don't drink coffee.", "Je ne bois pas de café."),
    ("It's 8:30.", "Il est 8\u202fh\u202f30."),
    ("My cat sleeps on the chair.", "Mon chat dort sur la chaise."),
    ("The library is closed today.", "La bibliothèque est fermée aujourd’hui."),
    ("We walked to school together.", "Nous sommes allés à l'école à pied ensemble."),
    ("Where is the station?", "Où est la gare ?"),
    ("Summer was hot.", "L'été fut chaud."),
]
CREDIT = "CC-BY 2.0 (France) Attribution: tatoeba.org #{} (anna) & #{} (bora)"


def two(pairs):
    return "".join(f"{source}\t{target}\n" for source, target in pairs)


def three(pairs):
    return "".join(f"{s}\t{t}\t{CREDIT.format(i, i + 90)}\n" for i, (s, t) in enumerate(pairs, 700))


def four(pairs):
    return "".join(f"{i}\t{s}\t{i + 5_000}\t{t}\n" for i, (s, t) in enumerate(pairs, 1276))


@pytest.fixture
def save(tmp_path):
    def write(content, name="kor.txt"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def everything(file):
    return sorted(file.train + file.validation + file.test)


# Whole files


@pytest.mark.parametrize("pairs", [KOREAN, FRENCH], ids=["Korean", "French"])
@pytest.mark.parametrize("export", [two, three, four])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["no BOM", "BOM"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_every_form_of_export_gives_the_same_pairs(save, pairs, export, mark, end, form):
    text = mark + unicodedata.normalize(form, export(pairs)).replace("\n", end)
    file = load_pairs(save(text))
    assert everything(file) == sorted((normalise(s), normalise(t)) for s, t in pairs)
    assert file.report.lines == file.report.kept == len(pairs)
    assert not file.report.dropped
    assert not any("line ends" in note for note in file.report.notes)


def test_decomposed_hangul_is_composed_and_counted(save):
    file = load_pairs(save(unicodedata.normalize("NFD", three(KOREAN))))
    assert all(unicodedata.is_normalized("NFC", target) for _, target in everything(file))
    lines = [i for i, (_, target) in enumerate(KOREAN, 1) if target != "?!"]
    assert file.report.normalised == {"letters composed (NFC)": lines}
    assert "11: letters composed (NFC), lines 1, 2, 3, 4, 5 and 6 more" in str(file.report)


def test_no_break_spaces_and_invisible_characters_go_and_are_counted(save):
    extra = "\u200bHello\u00a0there.\t\ufeff안녕\u00ad하세요. \n"
    file = load_pairs(save(two(KOREAN) + extra))
    assert ("Hello there.", "안녕하세요.") in everything(file)
    assert file.report.normalised == {"spaces made plain, invisible characters removed": [13]}


def test_swap_reads_an_english_korean_file_as_korean_to_english(save):
    path = save(three(KOREAN))
    file = load_pairs(path, swap=True)
    assert everything(file) == sorted((korean, english) for english, korean in KOREAN)
    assert "source 2, target 1 of 3" in str(file.report)


def test_swapped_files_name_the_empty_side_by_its_role(save):
    file = load_pairs(save(two(KOREAN) + "Run.\t\n"), swap=True)
    assert file.report.dropped == {"empty source": [13]}


def test_other_layouts_are_read_by_the_columns_named(save):
    text = "".join(f"{i}\t{t}\tko\t{s}\n" for i, (s, t) in enumerate(KOREAN))
    with pytest.raises(ValueError, match=r"first column holds numbers.*columns=\(2, 4\)"):
        load_pairs(save(text))
    assert everything(load_pairs(save(text), columns=(4, 2))) == sorted(KOREAN)
    for wrong in ((1, 1), (0, 2), (2, 5)):
        with pytest.raises(ValueError, match="two different numbers from 1 to 4"):
            load_pairs(save(text), columns=wrong)


def test_further_columns_behind_the_attribution_are_passed_over(save):
    text = three(KOREAN).replace("\n", "\t6\t:n,go\n")
    assert everything(load_pairs(save(text))) == sorted(KOREAN)


def test_a_header_is_recognised_counted_and_shown(save):
    file = load_pairs(save("English\tKorean\n" + two(KOREAN)))
    assert file.report.dropped == {"header": [1]}
    assert everything(file) == sorted(KOREAN)
    assert r"1: header, line 1 (line 1 reads 'English\tKorean')" in str(file.report)
    assert load_pairs(save("English\tKorean\n" + two(KOREAN)), header=False).report.kept == 13
    assert load_pairs(save("Kolom satu\tKolom dua\n" + two(KOREAN)), header=True).report.kept == 12
    assert load_pairs(save("Kolom satu\tKolom dua\n" + two(KOREAN))).report.kept == 13


def test_other_alphabets_emoji_and_very_long_lines_are_read(save):
    pairs = [
        ("Peace be with you.", "שלום עליכם."),
        ("Welcome!", "أهلًا وسهلًا!"),
        ("Good 👍🏽", "좋아 👨‍👩‍👧"),
        ("la " * 40_000 + "la", "라 " * 40_000 + "라"),
        ("Quote", '"He said ""no"""'),
    ]
    assert everything(load_pairs(save(two(pairs)))) == sorted(pairs)


def test_unicode_line_separators_do_not_end_a_line(save):
    file = load_pairs(save(two(KOREAN) + "One\u2028two\x85three\x0bfour\x1cfive\t하나\n"))
    assert file.report.lines == 13
    assert ("One two three four five", "하나") in everything(file)


def test_mixed_line_ends_are_read_and_mentioned(save):
    lines = two(KOREAN).splitlines()
    file = load_pairs(save("\r\n".join(lines[:4]) + "\n" + "\r".join(lines[4:]) + "\r"))
    assert everything(file) == sorted(KOREAN)
    assert "line ends are mixed (3 × CR LF, 1 × LF, 8 × CR)" in str(file.report)


def test_another_encoding_is_read_when_it_is_named(save):
    for encoding in ("cp949", "utf-16", "utf-16-le", "utf-8-sig"):
        file = load_pairs(save(three(KOREAN).encode(encoding)), encoding=encoding)
        assert everything(file) == sorted(KOREAN), encoding


# Lines that are dropped


def test_every_dropped_line_is_counted_with_its_reason_and_number(save):
    bad = [
        "",  # 13
        "No tab at all",
        "No target\t\t" + CREDIT.format(1, 2),
        "\u00a0\t출처 없음\t" + CREDIT.format(1, 2),
        "\t\t",
        f"Come.\t{KOREAN[0][1]}\t" + CREDIT.format(3, 4),  # 18: line 1 again
        "Stray\ttab\there\tand there",
        "Credit\t" + CREDIT.format(5, 6),
        "A stray\ttab\tagain",
        unicodedata.normalize("NFD", "Sleep.\t자."),  # line 3 again, in another form
    ]
    file = load_pairs(save(three(KOREAN) + "\n".join(bad) + "\n"))
    assert everything(file) == sorted(KOREAN)
    assert file.report.dropped == {
        "blank line": [13, 17],
        "1 column where 3 are expected": [14],
        "empty target": [15],
        "empty source": [16],
        "the same pair stands further up": [18, 22],
        "4 columns where 3 are expected": [19],
        "the attribution stands in column 2": [20],
        "column 3 is not the attribution": [21],
    }
    report = str(file.report)
    assert report.startswith("kor.txt: 22 lines read, 12 pairs kept, 10 lines dropped")
    assert "1: 1 column where 3 are expected, line 14 (line 14 reads 'No tab at all')" in report
    assert "2: the same pair stands further up, lines 18, 22" in report


def test_stray_columns_in_a_file_of_two_are_dropped_but_credits_and_empty_ones_are_not(save):
    bad = f"A\tB\tC\nRun.\t달려.\t{CREDIT.format(1, 2)}\nJump.\t뛰어.\t\n"
    file = load_pairs(save(two(KOREAN) + bad))
    assert everything(file) == sorted([*KOREAN, ("Run.", "달려."), ("Jump.", "뛰어.")])
    assert file.report.dropped == {"3 columns where 2 are expected": [13]}
    assert "2 lines with another number of columns than most" in str(file.report)


def test_numbered_exports_drop_lines_that_lost_their_numbers(save):
    bad = "7\tOnly three\t8\nSeven\tno\tnumber\t없다\n7\tA\t8\tB\tC\n"
    file = load_pairs(save(four(KOREAN) + bad))
    assert everything(file) == sorted(KOREAN)
    assert file.report.dropped == {
        "3 columns where 4 are expected": [13],
        "no number before a sentence where others have one": [14],
        "5 columns where 4 are expected": [15],
    }


def test_a_sentence_about_tatoeba_is_no_attribution(save):
    pair = ("I like this site.", "tatoeba.org 좋아해.")
    assert pair in everything(load_pairs(save(three([*KOREAN, pair]))))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("No tab", "1 column where 2 are expected"),
        ("Run.\t ", "empty target"),
        ("A\tB\tC", "3 columns where 2 are expected"),
    ],
)
def test_strict_raises_on_the_first_malformed_line(save, line, reason):
    with pytest.raises(ValueError, match=rf"kor\.txt: line 13: {reason}"):
        load_pairs(save(two(KOREAN) + line + "\nNo\n"), strict=True)
    # Blank lines and repetitions are no mistakes of form.
    assert load_pairs(save(two(KOREAN + KOREAN) + "\n"), strict=True).report.kept == 12


def test_damaged_letters_are_kept_and_mentioned(save):
    file = load_pairs(save(two(KOREAN) + "Don\x92t.\t하지 마.\nOh.\t\ufffd\n"))
    assert file.report.kept == 14
    assert "2 lines with damaged characters" in str(file.report)
    assert "lines 13, 14" in str(file.report)


def test_long_pairs_are_dropped_by_the_tokens_of_the_tokeniser_given(save):
    path = save(two(KOREAN))
    file = load_pairs(path, maximum_tokens=4)
    kept = [pair for pair in KOREAN if max(len(tokenise(side)) for side in pair) <= 4]
    assert everything(file) == sorted(kept) and 0 < len(kept) < 12
    assert sum(map(len, file.report.dropped.values())) == 12 - len(kept)
    file = load_pairs(path, tokenise=list, maximum_tokens=8)
    assert all(len(side) <= 8 for pair in everything(file) for side in pair)


def test_a_tokeniser_s_refusal_names_the_line(save):
    def refuse(text):
        if "coffee" in text:
            raise ValueError("cut: 'coffee' is unknown")
        return text.split()

    with pytest.raises(ValueError, match=r"line 6: tokenise refuses it: cut: 'coffee'"):
        load_pairs(save(two(KOREAN)), tokenise=refuse, maximum_tokens=9)


# Files that cannot be used


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r"is empty \(0 bytes\)"),
        (b"\xef\xbb\xbf", "0 lines, all blank"),
        (b"\n \n\t\n", "3 lines, all blank"),
        (b"source\ttarget\n", "nothing but a header in line 1"),
        ("Go.,가.\nHi.,안녕.\n".encode(), "most lines have no tab; .*divided by delimiter=','"),
        (b"one\ntwo\n", "no line has a tab"),
        (b"Go.\t\n\tHi.\n", r"no pair is left of 2 lines \(empty target: line 1; empty source"),
        (b"1\t2\n3\t4\n", "list of links"),
        ("1\teng\tHi.\n2\tkor\t안녕.\n".encode(), "list of sentences, expected pairs"),
        (b"a\tb\tc\td\n", "4 columns, expected source and target first; say which"),
        (three(KOREAN).encode("utf-16"), 'byte-order mark of UTF-16.*encoding="utf-16"'),
        (three(KOREAN).encode("utf-16-le"), 'looks like UTF-16: pass encoding="utf-16-le"'),
        (three(KOREAN).encode("utf-16-be"), 'looks like UTF-16: pass encoding="utf-16-be"'),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_the_reason(save, content, message):
    with pytest.raises(ValueError, match=message) as caught:
        load_pairs(save(content))
    assert str(caught.value).startswith("load_pairs: kor.txt")


# Files of other kinds


def packed(files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


PACKED = {
    "kor.txt.gz": gzip.compress(three(KOREAN).encode()),
    "kor.txt.bz2": bz2.compress(three(KOREAN).encode()),
    "kor.txt.xz": lzma.compress(three(KOREAN).encode()),
    "kor-eng.zip": packed({"kor.txt": three(KOREAN), "_about.txt": "about", "README": "Hi.\n"}),
}


@pytest.mark.parametrize("name", PACKED)
def test_a_packed_file_is_read_as_it_is(save, name):
    file = load_pairs(save(PACKED[name], name))
    assert everything(file) == sorted(KOREAN) and file.report.name == name


@pytest.mark.parametrize("name", PACKED)
def test_a_packed_file_cut_off_is_named(save, name):
    with pytest.raises(ValueError, match=r"damaged.*fetch it again|cut off"):
        load_pairs(save(PACKED[name][:-40], name))


def test_one_of_several_files_in_a_zip_archive_is_named_like_one_in_a_folder(save):
    path = save(packed({"a/kor.txt": three(KOREAN), "a/fra.txt": three(FRENCH)}), "both.zip")
    with pytest.raises(ValueError, match=r"holds a/kor\.txt, a/fra\.txt, expected one") as error:
        load_pairs(path)
    [advised] = re.findall(r"load_pairs\('(.*)'\)", str(error.value))
    assert everything(load_pairs(advised)) == sorted(KOREAN)
    with pytest.raises(FileNotFoundError, match=r"no file 'a/deu\.txt' in both\.zip, which holds"):
        load_pairs(path / "a" / "deu.txt")


def test_a_tar_archive_is_unpacked_as_the_message_says(save, tmp_path):
    kor = save(three(KOREAN), "kor.txt")
    with tarfile.open(tmp_path / "my pairs.tar.gz", "w:gz") as tar:
        tar.add(kor, "inside.txt")
    with pytest.raises(ValueError, match=r"is a tar archive that holds inside\.txt") as error:
        load_pairs(tmp_path / "my pairs.tar.gz")
    [command] = re.findall(r"\(python (.*)\) and pass", str(error.value))
    subprocess.run([sys.executable, *shlex.split(command)], cwd=tmp_path, check=True)
    assert everything(load_pairs(tmp_path / "inside.txt")) == sorted(KOREAN)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            packed({"[Content_Types].xml": "", "xl/workbook.xml": ""}),
            "an Excel workbook.*CSV UTF-8",
        ),
        (packed({"word/document.xml": ""}), "a Word document.*plain text"),
        (packed({"mimetype": "", "content.xml": ""}), "an OpenDocument file.*CSV UTF-8"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "an old Excel or Word file"),
        (b'<?xml version="1.0"?>\n<!DOCTYPE tmx SYSTEM "tmx14.dtd">\n<tmx/>', "memory.*Moses"),
        ('\ufeff<?xml version="1.0"?><tmx version="1.4">'.encode("utf-16-le"), "memory.*Moses"),
        (b'<?xml version="1.0"?><xliff/>', "an XML file"),
        (b'{"en": "Hi.", "ko": "\xec\x95\x88"}\n', "a JSON file"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(90), "a 7z archive.*7-Zip"),
        (b"%PDF-1.7\n", "a PDF"),
        (b"<!DOCTYPE html>\n<html><body>406</body></html>", "a web page"),
    ],
)
def test_a_file_of_another_kind_is_called_by_its_name(save, content, message):
    with pytest.raises(ValueError, match=rf"pairs\.dat: it is .*{message}"):
        load_pairs(save(content, "pairs.dat"))


def test_what_a_spreadsheet_saves_is_read_as_the_message_says(save):
    # "CSV UTF-8", as the message for workbooks advises; and "Unicode text", which is UTF-16.
    pairs = [*KOREAN, ('He said "no", twice.', '그는 두 번, "아니"라고 했다.'), ("a\nb", "c\td")]
    for mark, encoding, kept in ((",", "utf-8-sig", "utf-8"), ("\t", "utf-16", "utf-16")):
        text = io.StringIO()
        csv.writer(text, delimiter=mark, lineterminator="\r\n").writerows(pairs)
        path = save(text.getvalue().encode(encoding), "sheet.csv")
        file = load_pairs(path, delimiter=mark, quoted=True, encoding=kept)
        assert everything(file) == sorted((normalise(s), normalise(t)) for s, t in pairs)
        assert file.report.lines == file.report.kept == len(pairs)
        assert "1 row over several lines, from line 14" in str(file.report)


# Quotes


def test_quotes_of_a_spreadsheet_are_noted_and_read_where_asked(save):
    text = '"line\nbreak"\t"줄 ""하나"""\n"one"\t"하나"\n' + two(KOREAN[:3]) + '"two"\t"둘"\n' * 9
    file = load_pairs(save(text))
    assert ('break"', '"줄 ""하나"""') in everything(file)
    assert "2 lines with a quotation mark that has no partner, lines 1, 2" in str(file.report)
    assert "most columns are in quotes, which stay: pass quoted=True" in str(file.report)
    file = load_pairs(save(text), quoted=True)
    assert everything(file) == sorted(
        [("line break", '줄 "하나"'), ("one", "하나"), ("two", "둘"), *KOREAN[:3]]
    )
    assert file.report.dropped == {"the same pair stands further up": [*range(8, 16)]}
    assert file.report.lines == 14 == file.report.kept + 8
    assert "quot" not in str(file.report)


def test_quotes_in_sentences_are_letters(save):
    pairs = [*KOREAN, ('"No," he said.', '"아니"라고 했다.'), ('"Yes"', '"응" 하고')]
    for options in ({}, {"quoted": True}):
        file = load_pairs(save(two(pairs)), **options)
        wanted = [(s.strip('"') if options and s == '"Yes"' else s, t) for s, t in pairs]
        assert everything(file) == sorted(wanted), options
        assert not any("partner" in note for note in file.report.notes)
    # A quote that nobody closes swallows nothing.
    file = load_pairs(save('"Wait\t기다려\n' + two(KOREAN)), quoted=True)
    assert everything(file) == sorted([*KOREAN, ('"Wait', "기다려")])


quoted_text = st.text(st.sampled_from('ab"\t\n\r,; 가'), min_size=1, max_size=6)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(quoted_text, quoted_text), min_size=1), st.sampled_from("\t,;"))
def test_quoted_columns_are_cut_as_the_csv_module_writes_them(rows, mark):
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=mark, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    assert split_quoted(text.getvalue(), mark)[: len(rows)] == [list(row) for row in rows]
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=mark, lineterminator="\r\n").writerows(rows)
    assert split_quoted(text.getvalue(), mark)[: len(rows)] == [list(row) for row in rows]


# Delimiters, columns, headers


@pytest.mark.parametrize("mark", [";", "|", " ||| ", ","])
@pytest.mark.parametrize("quotes", [False, True])
def test_another_delimiter_is_recognised_and_the_advice_works(save, mark, quotes):
    pairs = [(s.replace(",", ""), t.replace(",", "")) for s, t in KOREAN]
    rows = [f'"{s}"{mark}"{t}"' if quotes else f"{s}{mark}{t}" for s, t in pairs]
    path = save("\n".join(rows) + "\nA stray\ttab.\nAnother\tone.\n")
    with pytest.raises(ValueError, match=r"most lines have no tab; .* divided by") as error:
        load_pairs(path)
    [advice] = re.findall(r"divided by (.*): pass that", str(error.value))
    file = load_pairs(path, **eval(f"dict({advice})"))
    assert everything(file) == sorted(pairs)
    assert file.report.dropped == {"1 column where 2 are expected": [13, 14]}


def test_prose_with_commas_is_no_table(save):
    lines = ["Well, then.", "No.", "One, two, three.", "Yes, sir.", "So.", "What?"]
    with pytest.raises(ValueError, match=r"no line has a tab.*save it as tab-separated text"):
        load_pairs(save("\n".join(lines) + "\n"))


def test_the_sentences_among_many_columns_are_recognised_and_the_advice_works(save):
    rows = [
        f"{i}\teng\t{s}\tCK\t{i + 9000}\tkor\t{t}\t0.8{i}\thttps://example.org/{i}\n"
        for i, (s, t) in enumerate(KOREAN, 700)
        if s != "?!"
    ]
    with pytest.raises(ValueError, match="first column holds numbers") as error:
        load_pairs(save("".join(rows)))
    assert "links" not in str(error.value)
    assert "columns 3 and 7 look like sentences ('Come.' and '와.')" in str(error.value)
    [columns] = re.findall(r"columns=(\(.*?\))", str(error.value))
    file = load_pairs(save("".join(rows)), columns=eval(columns))
    assert everything(file) == sorted(pair for pair in KOREAN if pair[0] != "?!")
    numbers = "".join(f"{i}\t{i + 1}\n" for i in range(9))
    with pytest.raises(ValueError, match="list of links"):
        load_pairs(save(numbers))


@pytest.mark.parametrize(
    "header",
    [
        "한국어\t영어",
        "원문\t번역문",
        "영어(원문)\t한국어(번역)",
        "Source sentence (en)\tTarget sentence (ko)",
        "en-US\tko_KR",
        "Text 1\tText 2",
        "Anglais\tCoréen",
        "日本語\t英語",
    ],
)
def test_headers_in_several_languages_are_dropped(save, header):
    file = load_pairs(save(f"{header}\n{two(KOREAN)}"))
    assert file.report.dropped == {"header": [1]} and everything(file) == sorted(KOREAN)


def test_a_first_line_that_is_no_sentence_is_noted_and_the_advice_works(save):
    path = save("Kolom satu\tKolom dua\n" + two(KOREAN))
    assert "line 1 may be a header ('Kolom satu | Kolom dua')" in str(load_pairs(path).report)
    for header, kept in ((True, 12), (False, 13)):
        report = load_pairs(path, header=header).report
        assert report.kept == kept and "may be a header" not in str(report)
    assert "may be a header" not in str(load_pairs(save(two(KOREAN))).report)
    first = "Sentence.\t문장.\n"  # words of headers, but a sentence
    assert load_pairs(save(first + two(KOREAN))).report.kept == 13


# Two files


def test_two_files_are_read_line_by_line(save):
    sources, targets = ("\n".join(side) + "\n" for side in zip(*KOREAN, strict=True))
    one, other = save(sources, "talk.en-ko.en"), save(targets, "talk.en-ko.ko")
    file = load_pairs((one, other))
    assert everything(file) == sorted(KOREAN)
    assert file.report.name == "talk.en-ko.en and talk.en-ko.ko"
    assert everything(load_pairs([other, one], swap=True)) == sorted(KOREAN)
    save(sources, "another.txt")  # as long, but nothing to do with them
    # Alone, either of them is no file of pairs: the message finds the other.
    with pytest.raises(ValueError, match=r"'talk\.en-ko\.ko' beside it has as many lines") as error:
        load_pairs(one)
    [paths] = re.findall(r"load_pairs\(\((.*)\)\)", str(error.value))
    assert everything(load_pairs(eval(f"({paths})"))) == sorted(KOREAN)
    zipped = save(packed({one.name: sources, other.name: targets, "LICENSE": ""}), "talk.zip")
    with pytest.raises(ValueError, match="expected one text file; say which") as error:
        load_pairs(zipped)
    [paths] = re.findall(r"load_pairs\(\((.*)\)\)", str(error.value))
    assert everything(load_pairs(eval(f"({paths})"))) == sorted(KOREAN)


def test_stray_carriage_returns_and_tabs_move_no_line_of_two_files(save):
    one, other = save("A\tb.\r\nC\rd.\r\n\nE.\n", "x.en"), save("가.\n나.\n\n\u00a0\n", "x.ko")
    file = load_pairs((one, other), fractions=(1, 0, 0))
    assert everything(file) == [("A b.", "가."), ("C d.", "나.")]
    assert file.report.dropped == {"blank line": [3], "empty target": [4]}
    assert file.report.lines == 4


def test_two_files_of_different_lengths_are_refused(save):
    one, other = save("A.\nB.\n", "x.en"), save("가.\n", "x.ko")
    with pytest.raises(ValueError, match=r"x\.en has 2 and x\.ko has 1 lines, expected as many"):
        load_pairs((one, other))
    with pytest.raises(ValueError, match="3 files were given, expected one or two"):
        load_pairs((one, other, one))


# What is written in two ways


def test_html_entities_are_decoded_and_counted(save):
    extra = "Tom&apos;s &amp;quot;cat&amp;quot; &lt;3\t톰의 &#44256;양이\nR&D; AT&T\t가\n"
    file = load_pairs(save(two(KOREAN) + extra))
    assert {('Tom\'s "cat" <3', "톰의 고양이"), ("R&D; AT&T", "가")} <= set(everything(file))
    assert file.report.normalised["HTML entities decoded, such as &quot; and &#39;"] == [13]


def test_full_width_forms_are_noted_and_made_one_where_asked(save):
    text = two(KOREAN) + "Why？\t왜？\nＡ１.\t에이.\n"
    file = load_pairs(save(text))
    assert ("Why？", "왜？") in everything(file)
    assert "？ and ? are different in the sources: pass fold_widths=True" in str(file.report)
    file = load_pairs(save(text), fold_widths=True)
    assert {("Why?", "왜?"), ("A1.", "에이.")} <= set(everything(file))
    assert file.report.normalised["full-width forms made plain, such as ？"] == [13, 14]
    assert "fold_widths" not in str(file.report)
    chinese = [("谁？", "Who?"), ("走。", "Go.")]
    assert "fold_widths" not in str(load_pairs(save(two(chinese)), fractions=(1, 0, 0)).report)


@pytest.mark.parametrize("tail", ["I am a stu", "I am a student.\t나는 학"])
def test_a_last_line_cut_off_is_an_error_that_names_it(save, tail):
    with pytest.raises(ValueError, match=r"line 13, the last, is cut off: it has \d column"):
        load_pairs(save(three(KOREAN) + tail))
    # Given a line end, it is a line like another.
    assert load_pairs(save(three(KOREAN) + tail + "\n")).report.lines == 13


def test_a_last_line_cut_off_within_a_letter_is_an_error_that_names_it(save):
    whole = (three(KOREAN) + "I am a student.\t나는 학").encode()
    with pytest.raises(ValueError, match=r"line 13, the last, is cut off within a character"):
        load_pairs(save(whole[:-1]))


def test_a_complete_last_line_without_line_end_is_kept_and_mentioned(save):
    file = load_pairs(save(two(KOREAN).rstrip("\n")))
    assert everything(file) == sorted(KOREAN)
    assert "line 12, the last, has no line end" in str(file.report)
    file = load_pairs(save("Hi.\t안녕."), fractions=(1, 0, 0))
    assert file.report.notes == ["line 1, the last, has no line end: check that it is complete"]


def test_a_latin_1_byte_among_utf_8_is_placed_to_the_byte(save):
    content = three(KOREAN).encode() + b"Coffee.\tCaf\xe9.\n" + three(FRENCH).encode()
    with pytest.raises(ValueError) as caught:
        load_pairs(save(content))
    place = len(three(KOREAN).encode()) + len("Coffee.\tCaf") + 1
    assert f"line 13, byte 12 of the line (byte {place} of the file): 0xE9" in str(caught.value)
    assert "1 line like it" in str(caught.value)
    assert "correct or delete line 13" in str(caught.value)


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (two(FRENCH).replace("\u202f", " ").replace("’", "'").encode("latin-1"), "cp1252"),
        (two(FRENCH).replace("\u202f", " ").encode("cp1252"), "cp1252"),
        (b"Coffee.\tCaf\xe9\nA\tB\nC\tD\nE\tF\n", "cp1252"),
        (two(KOREAN).encode("cp949"), "cp949"),
    ],
    ids=["Latin-1", "Windows-1252", "one byte", "CP949"],
)
def test_a_file_in_another_encoding_is_recognised_and_then_read(save, content, encoding):
    path = save(content)
    with pytest.raises(ValueError, match=rf'is not valid UTF-8; .*encoding="{encoding}"'):
        load_pairs(path)
    assert not load_pairs(path, encoding=encoding).report.dropped


def test_a_wrong_encoding_is_named(save):
    with pytest.raises(ValueError, match="encoding='utf8mb4' was given, which Python does not"):
        load_pairs(save(two(KOREAN)), encoding="utf8mb4")
    with pytest.raises(ValueError, match=r"line 1, byte \d+ of the line .* is not valid ascii"):
        load_pairs(save(two(KOREAN)), encoding="ascii")


def test_a_folder_is_an_error_that_names_a_file_in_it(save):
    path = save(two(KOREAN))
    with pytest.raises(IsADirectoryError, match=r"is a folder.*for instance .*kor\.txt"):
        load_pairs(path.parent)


def test_a_missing_file_is_an_error_that_names_a_similar_one(save):
    path = save(two(KOREAN))
    with pytest.raises(FileNotFoundError, match=r"no file 'kro.txt' .*did you mean 'kor.txt'"):
        load_pairs(path.with_name("kro.txt"))
    with pytest.raises(FileNotFoundError, match="nor a folder"):
        load_pairs(path.parent / "nowhere" / "kor.txt")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"fractions": (0.8, 0.1)}, "expected three shares"),
        ({"fractions": (0.8, 0.1, 0.2)}, "add up to 1"),
        ({"fractions": (1.2, -0.1, -0.1)}, "three shares"),
        ({"fractions": (0, 0.5, 0.5)}, "train's above 0"),
        ({"fractions": (float("nan"), 0.5, 0.5)}, "three shares"),
        ({"limit": 0}, "limit=0"),
        ({"maximum_tokens": 0}, "maximum_tokens=0"),
    ],
)
def test_options_that_make_no_sense_are_named(save, options, message):
    with pytest.raises(ValueError, match=message):
        load_pairs(save(two(KOREAN)), **options)


# Parts


def letters(source):
    return "".join(re.findall(r"[^\W_]", source.casefold())) or source


def test_no_source_is_in_two_parts_though_it_has_several_targets(save):
    file = load_pairs(save(three(KOREAN)), fractions=(0.4, 0.3, 0.3))
    sources = [{letters(s) for s, _ in part} for part in (file.train, file.validation, file.test)]
    assert sum(map(len, sources)) == len(set.union(*sources)) == 9
    assert file.report.sources == 10
    assert file.report.sources_with_several_targets == 2
    assert file.report.parts == {
        "train": len(file.train),
        "validation": len(file.validation),
        "test": len(file.test),
    }


def test_the_split_does_not_depend_on_the_order_of_the_lines(save):
    lines = three(KOREAN + FRENCH).splitlines()
    one = load_pairs(save("\n".join(lines) + "\n"))
    random.Random(4).shuffle(lines)
    other = load_pairs(save("\n".join(lines) + "\n"))
    assert (one.train, one.validation, one.test) == (other.train, other.validation, other.test)


def test_the_seed_chooses_the_split(save):
    path = save(two([(f"Sentence {i}.", f"문장 {i}.") for i in range(100)]))
    assert load_pairs(path, seed=1).test == load_pairs(path, seed=1).test
    assert load_pairs(path, seed=1).test != load_pairs(path, seed=2).test
    assert load_pairs(path).report.parts == {"train": 80, "validation": 10, "test": 10}


def test_a_limit_takes_a_sample_of_the_whole_file_whatever_its_order(save):
    pairs = [(f"Sentence {i}.", f"문장 {i}.") for i in range(300)]
    one = load_pairs(save(unicodedata.normalize("NFD", two(pairs))), limit=50)
    other = load_pairs(save(two(pairs[::-1])), limit=50)
    assert everything(one) == everything(other)
    numbers = [int(source[9:-1]) for source, _ in everything(one)]
    assert len(numbers) == 50 and 100 < sum(numbers) / 50 < 200
    assert len(one.report.dropped["beyond limit=50"]) == 250
    composed = one.report.normalised["letters composed (NFC)"]  # of the pairs kept
    assert len(composed) == 50 and not set(composed) & set(one.report.dropped["beyond limit=50"])


@pytest.mark.parametrize("count", range(3, 12))
def test_tiny_files_fill_every_part(save, count):
    file = load_pairs(save(two([(f"S {i}", f"T {i}") for i in range(count)])))
    assert len(file.train) + len(file.validation) + len(file.test) == count
    assert len(file.train) >= 1 and len(file.validation) == len(file.test) == 1


@pytest.mark.parametrize("count", [1, 2])
def test_too_few_sources_for_three_parts_are_an_error_with_a_way_out(save, count):
    path = save(two([(f"S {i}", f"T {i}") for i in range(count)]))
    with pytest.raises(ValueError, match=r"cannot fill 3 parts; .*fractions=\(1, 0, 0\)"):
        load_pairs(path)
    file = load_pairs(path, fractions=(1, 0, 0))
    assert (len(file.train), file.validation, file.test) == (count, [], [])


def test_train_gets_a_source_however_small_its_share():
    for count in range(3, 8):
        pairs = [(f"S {i}", "T") for i in range(count)]
        train, validation, test = split_by_source(pairs, fractions=(0.02, 0.49, 0.49))
        assert min(len(train), len(validation), len(test)) >= 1


def test_targets_that_test_shares_with_training_are_mentioned(save):
    file = load_pairs(save(two([(f"Sentence {i}", "같다") for i in range(20)])))
    assert "the targets of 2 among 2 test pairs also stand in train" in str(file.report)


sentence = st.text(st.sampled_from("abAB.!? 가나\u1100\u1161"), min_size=1, max_size=4)


@given(st.lists(st.tuples(sentence, sentence)), st.integers(0, 3), st.randoms())
def test_split_by_source_loses_nothing_and_keeps_sources_apart(pairs, seed, chance):
    fractions = (0.5, 0.2, 0.3)
    try:
        parts = split_by_source(pairs, seed, fractions)
    except ValueError:
        keys = {letters(normalise(source)) for source, _ in pairs}
        assert len(keys) < 3
        return
    assert sorted(pair for part in parts for pair in part) == sorted(pairs)
    assert all(parts)
    keys = [{letters(normalise(source)) for source, _ in part} for part in parts]
    assert sum(map(len, keys)) == len(set.union(*keys))
    shuffled = list(pairs)
    chance.shuffle(shuffled)
    assert split_by_source(shuffled, seed, fractions) == parts


field = st.text(st.sampled_from("ab 가\u1100\u1161\u00a0\u200b\ufeff\u2028👍."), max_size=5)
line = st.one_of(
    st.lists(field, max_size=5).map("\t".join),
    st.tuples(field, field).map("\t".join),
    st.sampled_from([f"go\t가\t{CREDIT.format(1, 2)}", "source\ttarget", "1\t2\t3\t4", "1\t2"]),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(
    lines=st.lists(st.tuples(line, st.sampled_from(["\n", "\r\n", "\r"])), max_size=12),
    mark=st.sampled_from(["", "\ufeff"]),
    export=st.sampled_from([two, three, four]),
    closed=st.booleans(),
    limit=st.sampled_from([None, 6]),
    maximum=st.sampled_from([None, 3]),
)
def test_every_line_of_a_random_file_is_kept_or_counted(
    tmp_path, lines, mark, export, closed, limit, maximum
):
    text = mark + export(KOREAN * 2) + "".join(map("".join, lines))
    text = text if closed else text.rstrip("\r\n")
    path = tmp_path / "random.tsv"
    path.write_bytes(text.encode())
    with open(path, encoding="utf-8-sig", newline=None) as file:  # Python's own idea of a line
        numbers = list(enumerate(file, start=1))
    try:
        pairs = load_pairs(path, maximum_tokens=maximum, limit=limit, fractions=(1, 0, 0))
    except ValueError as error:
        assert not closed and f"line {len(numbers)}, the last, is cut off" in str(error)
        return
    report = pairs.report
    gone = [number for found in report.dropped.values() for number in found]
    assert report.lines == len(numbers)
    assert report.kept == len(pairs.train) == len(set(pairs.train))
    assert report.kept + len(gone) == report.lines
    assert len(set(gone)) == len(gone) and set(gone) <= set(range(1, report.lines + 1))
    assert all(found == sorted(found) for found in report.dropped.values())
    kept = [text for number, text in numbers if number not in gone]
    fields = [[normalise(field) for field in text.rstrip("\n").split("\t")] for text in kept]
    assert sorted(
        (row[1], row[3]) if export is four else (row[0], row[1]) for row in fields
    ) == sorted(pairs.train)
    assert str(report).count("dropped") >= len(report.dropped)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(quoted_text, quoted_text), max_size=6), st.booleans())
def test_every_row_of_a_spreadsheet_is_kept_or_counted(tmp_path, rows, two_files):
    rows = [*rows, *KOREAN]
    if two_files:
        rows = [[side.replace("\n", " ").replace("\r", " ") for side in row] for row in rows]
        paths = tmp_path / "x.en", tmp_path / "x.ko"
        for path, side in zip(paths, zip(*rows, strict=True), strict=True):
            path.write_bytes("".join(f"{line}\n" for line in side).encode())
        file = load_pairs(paths, fractions=(1, 0, 0))
    else:
        text = io.StringIO(newline="")
        csv.writer(text, delimiter="\t", lineterminator="\r\n").writerows(rows)
        (tmp_path / "x.tsv").write_bytes(text.getvalue().encode())
        file = load_pairs(tmp_path / "x.tsv", quoted=True, fractions=(1, 0, 0))
    report = file.report
    gone = [number for found in report.dropped.values() for number in found]
    assert report.lines == len(rows) == report.kept + len(gone) and len(set(gone)) == len(gone)
    wanted = {(normalise(s), normalise(t)) for s, t in rows if normalise(s) and normalise(t)}
    assert set(file.train) == wanted
