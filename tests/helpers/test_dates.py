"""The date corpus: right, unambiguous, its parts apart, and rebuilt to the byte."""

import re
from collections import Counter
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path

import pytest

from course.grammar import dates as writer
from helpers import corpora
from helpers.corpora import dates

ROOT = Path(__file__).parents[2]
PARTS = {part: dates.load(part) for part in dates.SIZES}
ALL = [pair for pairs in PARTS.values() for pair in pairs]

# Month names and weekdays as their first letters or exact forms, written down by hand: nothing
# here comes from Babel. Monday is first.
MONTHS = {
    "de": "jan feb mär apr mai jun jul aug sep okt nov dez",
    "el": "ιαν φεβ μαρ,μάρ απρ μαΐ,μαϊ ιουν ιουλ αυγ,αύγ σεπ οκτ νοε δεκ",
    "en": "jan feb mar apr may jun jul aug sep oct nov dec",
    "es": "ene feb mar abr may jun jul ago sep oct nov dic",
    "fr": "janv févr mars avr mai juin juil août sept oct nov déc",
    "it": "gen feb mar apr mag giu lug ago set ott nov dic",
    "nl": "jan feb maart,mrt apr mei jun jul aug sep okt nov dec",
    "pt": "jan fev mar abr mai jun jul ago set out nov dez",
    "ru": "янв фев мар апр мая июн июл авг сен окт ноя дек",
    "tr": "oca şub mar nis may haz tem ağu eyl eki kas ara",
}
WEEKDAYS = {
    "de": "montag,mo dienstag,di mittwoch,mi donnerstag,do freitag,fr samstag,sa sonntag,so",
    "el": "δευτέρα,δευ τρίτη,τρί τετάρτη,τετ πέμπτη,πέμ παρασκευή,παρ σάββατο,σάβ κυριακή,κυρ",
    "en": "monday,mon tuesday,tue wednesday,wed thursday,thu friday,fri saturday,sat sunday,sun",
    "es": "lunes,lun martes,mar miércoles,mié jueves,jue viernes,vie sábado,sáb domingo,dom",
    "fr": "lundi,lun mardi,mar mercredi,mer jeudi,jeu vendredi,ven samedi,sam dimanche,dim",
    "it": "lunedì,lun martedì,mar mercoledì,mer giovedì,gio venerdì,ven sabato,sab domenica,dom",
    "nl": "maandag,ma dinsdag,di woensdag,wo donderdag,do vrijdag,vr zaterdag,za zondag,zo",
    "pt": "segunda-feira,seg terça-feira,ter quarta-feira,qua quinta-feira,qui sexta-feira,sex "
    "sábado,sáb domingo,dom",
    "ru": "понедельник,пн вторник,вт среда,ср четверг,чт пятница,пт суббота,сб воскресенье,вс",
    "tr": "pazartesi,pzt salı,sal çarşamba,çar perşembe,per cuma,cum cumartesi,cmt pazar,paz",
    "vi": "thứ-hai,th-2 thứ-ba,th-3 thứ-tư,th-4 thứ-năm,th-5 thứ-sáu,th-6 thứ-bảy,th-7 chủ-nhật,cn",
    "ko": "월요일,월 화요일,화 수요일,수 목요일,목 금요일,금 토요일,토 일요일,일",
    "ja": "月曜日,月 火曜日,火 水曜日,水 木曜日,木 金曜日,金 土曜日,土 日曜日,日",
    "zh": "星期一,周一 星期二,周二 星期三,周三 星期四,周四 星期五,周五 星期六,周六 星期日,周日",
}


def read_by_hand(source: str, locale: str) -> tuple[str, str | None]:
    """Return the ISO date and the weekday's name that the tables above find in a source."""
    language = locale[:2]
    text = source.lower()
    if language in ("ko", "ja", "zh"):
        match = re.fullmatch(r"(\d{4})\D+(\d+)\D+(\d+)(?:\. | ?日|일 ?|\.|)?(.*)", text)
        year, month, day, rest = match.groups()
        return f"{year}-{int(month):02}-{int(day):02}", rest.strip("() ") or None
    if language == "vi":
        match = re.fullmatch(r"(?:(.+), )?(\d+) (?:tháng|thg) (\d+), (\d{4})", text)
        weekday, day, month, year = match.groups()
        return (
            f"{year}-{int(month):02}-{int(day):02}",
            weekday.replace(" ", "-") if weekday else None,
        )
    numbers = re.findall(r"\d+", text)
    words = [word for word in re.findall(r"[^\W\d]+(?:-feira)?", text) if word not in ("de", "г")]
    if not words:  # German digits
        day, month, year = map(int, numbers)
        return date(year, month, day).isoformat(), None
    day, year = map(int, numbers)
    month_word = words.pop(0 if language == "tr" else -1)
    months = [
        number
        for number, stems in enumerate(MONTHS[language].split(), start=1)
        if month_word.startswith(tuple(stems.split(",")))
    ]
    assert len(months) == 1 and len(words) <= 1, source
    return date(year, months[0], day).isoformat(), words[0] if words else None


@pytest.mark.parametrize("locale", writer.LOCALES)
def test_every_date_and_weekday_agrees_with_tables_written_by_hand(locale):
    weekdays = [names.split(",") for names in WEEKDAYS[locale[:2]].split()]
    pairs = [pair for pair in ALL if pair.locale == locale]
    assert len(pairs) > 1_000
    for source, target, _ in pairs:
        iso, weekday = read_by_hand(source, locale)
        assert iso == target, source
        if weekday is not None:
            assert weekday in weekdays[date.fromisoformat(target).weekday()], source


@pytest.mark.parametrize(
    ("locale", "source"),
    [
        ("de", "Dienstag, 13. September 2005"),
        ("el", "Τρίτη 13 Σεπτεμβρίου 2005"),
        ("en_GB", "Tuesday, 13 September 2005"),
        ("en_US", "Tuesday, September 13, 2005"),
        ("es", "martes, 13 de septiembre de 2005"),
        ("fr", "mardi 13 septembre 2005"),
        ("it", "martedì 13 settembre 2005"),
        ("ja", "2005年9月13日火曜日"),
        ("ko", "2005년 9월 13일 화요일"),
        ("nl", "dinsdag 13 september 2005"),
        ("pt_BR", "terça-feira, 13 de setembro de 2005"),
        ("ru", "вторник, 13 сентября 2005 г."),
        ("tr", "13 Eylül 2005 Salı"),
        ("vi", "Thứ Ba, 13 tháng 9, 2005"),
        ("zh_Hans", "2005年9月13日星期二"),
    ],
)
def test_the_full_form_of_each_locale_is_what_its_readers_write(locale, source):
    assert writer.written(date(2005, 9, 13), locale)[0] == source
    assert writer.readings(source) == {"2005-09-13"}


def test_sizes_and_locales_are_as_promised():
    assert {part: len(pairs) for part, pairs in PARTS.items()} == {
        "train": 45_000,
        "validation": 2_500,
        "test": 2_500,
    }
    for pairs in PARTS.values():
        assert set(Counter(pair.locale for pair in pairs)) == set(writer.LOCALES)
    assert all("1900" <= pair.target[:4] <= "2099" for pair in ALL)


def test_no_source_has_two_readings():
    for source, target, _ in ALL:
        assert writer.readings(source) == {target}, source


def test_no_source_stands_twice_with_two_answers_in_any_capitals():
    answers: dict[str, set[str]] = {}
    for source, target, _ in ALL:
        answers.setdefault(source.lower(), set()).add(target)
    assert all(len(targets) == 1 for targets in answers.values())
    assert max(Counter(pair.source for pair in ALL).values()) == 1


def test_digits_alone_never_leave_day_and_month_open():
    digits = [pair for pair in ALL if not any(c.isalpha() for c in pair.source)]
    assert len(digits) > 500
    for source, target, _ in digits:
        _, month, day = map(int, target.split("-"))
        assert day > 12 or day == month, source


def test_ambiguous_forms_are_recognised_as_such():
    assert writer.readings("03.07.2005") == {"2005-07-03", "2005-03-07"}
    assert writer.readings("2005. 7. 3.") == {"2005-07-03", "2005-03-07"}
    assert writer.readings("07.07.2005") == {"2005-07-07"}
    assert writer.readings("MAR 13 SET 2005") == {"2005-09-13"}
    assert writer.readings("31.04.2005") == set()
    assert writer.readings("hello") == set()


def test_every_form_of_every_day_of_a_leap_year_can_be_read_back():
    for locale in writer.LOCALES:
        for offset in range(0, 366):
            day = date(2024, 1, 1) + timedelta(days=offset)
            for source in writer.written(day, locale):
                assert day.isoformat() in writer.readings(source), (locale, source)


def test_no_date_is_in_two_parts():
    days = [{pair.target for pair in pairs} for pairs in PARTS.values()]
    assert sum(map(len, days)) == len(set.union(*days))


def test_validation_and_test_hold_no_character_that_training_lacks():
    known = set("".join(pair.source for pair in PARTS["train"]))
    for part in ("validation", "test"):
        assert set("".join(pair.source for pair in PARTS[part])) <= known


def test_sources_are_plain_text_with_single_spaces():
    for source, _, _ in ALL:
        assert source == " ".join(source.split(" ")) and source.isprintable() and "  " not in source


def test_the_files_are_rebuilt_to_the_byte(tmp_path):
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    locked = re.search(r"(?im)^babel==(\S+)", lock)[1]
    if version("babel") != locked:
        pytest.skip(f"the files were made with Babel {locked}, this is {version('babel')}")
    writer.write(tmp_path)
    for part in dates.SIZES:
        committed = corpora.data_file("dates", f"{part}.tsv").read_bytes()
        assert (tmp_path / f"{part}.tsv").read_bytes() == committed


def test_the_card_states_the_true_sizes():
    card = corpora.data_file("dates", "README.md").read_text(encoding="utf-8")
    for part, size in dates.SIZES.items():
        bytes_ = corpora.data_file("dates", f"{part}.tsv").stat().st_size
        assert f"| `{part}.tsv` | {size:,} | {bytes_:,} |" in card
    train = PARTS["train"]
    counts = Counter(pair.locale for pair in train).values()
    characters = len(set("".join(pair.source for pair in train)))
    assert f"{min(counts):,} to {max(counts):,} training pairs each" in card
    assert f"{characters} different characters" in card


def test_an_unknown_part_is_an_error_that_names_the_parts():
    with pytest.raises(ValueError, match="part='dev' was given, expected one of train, valid"):
        dates.load("dev")


def test_a_missing_data_folder_is_named_with_the_way_out(monkeypatch, tmp_path):
    monkeypatch.setattr(corpora, "DATA", tmp_path)
    with pytest.raises(FileNotFoundError, match=r"dates/test\.tsv .* COURSE_DATA"):
        dates.load("test")


def test_the_data_folder_is_the_repository_s_else_the_environment_s(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    assert corpora._find_data() == ROOT / "data"
    package = tmp_path / "elsewhere" / "helpers" / "corpora" / "__init__.py"
    monkeypatch.setattr(corpora, "__file__", str(package))
    assert corpora._find_data() == tmp_path
    monkeypatch.delenv("COURSE_DATA")
    assert corpora._find_data() == tmp_path / "elsewhere" / "data"
