"""What two more readers found odd: idle words, doings without an occasion, stiff English."""

import re
from collections.abc import Callable
from functools import cache

import pytest

from helpers.corpora.korean_english import PARTS, Pair, load

# name: pattern in the Korean, pattern in the English, the fault that a reader found
PATTERNS = {
    "the same thing every day": (
        r"(매일|마다|자주|항상|보통|가끔) .*\b그 \S+[을를] \S+다\.$", "",
        "그 아이는 매일 그 바나나를 먹는다."),
    "an adjective of what is pointed at": (
        r"그 (슬픈|무거운|짧은|예쁜|맛있는|큰|작은|재미있는|비싼) \S+[을를] ", "",
        "철수는 누나에게 그 무거운 가방을 줄 것이다."),
    "tasteless": ("맛없", "", "그는 샤워한 후에 맛없는 커피를 마셨다."),
    "a lasting fact in the past": (
        r"에 (산|섬|강|호수)이? ?[이가]? 많(았|았니)", "", "중국에 산이 많았다."),
    "nationality in the past": (
        r"(미국인|한국인|외국인|관광객)이?(었|였)(다|니)", "", "너는 미국인이었니?"),
    "a past profession under a belief": (
        r"[였었]다고 생각", r"\bthinks? (that )?\w+ was an? (writer|doctor|cook|singer)\b",
        "우리 어머니는 준호가 작가였다고 생각한다. | my mother thinks that Junho was a writer"),
    "one of a thing with several people": (
        r"^(우리|그들|너희|그 (남자|여자|노인)들)[은는도] (?!.*(고|지만|(?<!에)서|때) ).*"
        r"한 (잔|권|병|개|벌|장|곡|편)[을를] ", "", "그들은 집에서 주스 한 잔을 마신다."),
    "a single deed counted in the present": (
        r"(한|두|세|네) (잔|권|병|곡|편|켤레)[을를] \S+[는한긴신른]다\.$", "",
        "어머니는 노래 한 곡을 부른다."),
    "will not remember": ("기억하지 않", "", "친구는 그 약속을 기억하지 않았다."),
    "a pet that one has": (
        r"[은는]( \S+)? (개|고양이|강아지)[가이] (있|없)[었다]", r"\b(have|has|had|not have)\b",
        "나는 까만 개가 있었다. | I had a black dog"),
    "football against winter": (
        r"(축구|여행|겨울)[을를] 싫어하지만 \S+( \S+)?[은는] (?!\1)(축구|여행|겨울)[을를] 좋아", "",
        "나는 축구를 싫어하지만 그녀는 겨울을 좋아한다."),
    "when one stays": ("언제 .*머무", "", "너는 언제 섬에 머무를 거니?"),
    "an hour and the countryside": (
        r"시에 \S*(시골|마을)[을에]|시에 \S+을 떠나", "", "민지는 몇 시에 시골을 떠났니?"),
    "because it ended": (
        "(시험|수업)이 끝", r"\bbecause the (exam|class) ended", "시험이 끝나서 그는 잤다. | "
        "he slept because the exam ended"),
    "who did what one asks otherwise": (
        r"^누가 .*(지켰|읽었|기다렸|씻었|마셨)니", "", "누가 그 규칙을 지켰니?"),
    "liking trips": (
        "여행을 (좋아|싫어)", r"\b(like|hate)s? trips\b", "나는 여행을 좋아한다. | I like trips"),
    "warm tea": ("따뜻한 (차|커피)", "", "따뜻한 차를 마셨다."),
    "an observation as a topic": (
        r"^(물|커피|국수|고기|맥주|수프)[은는] (정말 |아주 )?(따뜻|뜨겁|차갑|맛있|시원)\S+다\.", "",
        "물은 정말 따뜻하다."),
    "not sleeping without a sleep": (
        r"(?<!잠을 )(?<!많이 )(?<!일찍 )(?<!늦게 )\b못 [자잤잘]"
        r"|(?<!잠을 )(?<!많이 )(?<!일찍 )자지 못", "", "철수는 못 자서 커피를 마셨다."),
    "any text, any word": (
        r"(?<![그이저내의]) (글|단어)[을를] (읽|잊|설명|번역|이해)"
        r"|^\S+[은는] (글|단어)[을를] (읽|잊|설명)",
        "", "나는 오늘 단어를 잊어버렸다."),
    "they against him": (
        r"^그들은 .*지만 그(녀)?는 ", "", "그들은 표가 없어서 연극을 보지 못했지만 그는 봤다."),
    "office hours of farmers": ("(농부|어부)는 .*시(부터|까지)", "",
        "농부는 아홉 시부터 다섯 시까지 일한다."),
    "animals at weekends": (
        r"(주말|요일)에 (고래|새|물고기|오리|말|개|고양이|토끼)([가이은는]| \S+ 마리가) ", "",
        "주말에 고래 두 마리가 헤엄쳤다."),
    "able once": (r"^\S+( \S+)?[은는] (\S+ )?\S+ 수 있었다\.", "", "우리 삼촌은 노래할 수 있었다."),
    "afraid of nothing said": (r"^\S+( \S+)?[은는] 무서워(한|했)다\.", "", "민수는 무서워한다."),
    "a bad thought": (r"생각[은이] 나쁘|나쁜 생각|생각[은이] 나빴", "", "준호의 생각은 나빴다."),
    "told what one saw": (
        "^(?!나|우리).*[은는] 너에게 .*다\\.$", "", "영희의 동생은 너에게 강아지를 보여줬다."),
    "a wish of a weekday": (
        "(요일|주말)에 .*고 싶(었|어 했)다\\.$", "", "나는 토요일에 교과서를 사고 싶었다."),
    "tasted from afar": (
        r"^저 \S+[은는도] (\S+ )?(달|시다|맵|맛있|뜨겁|차갑|부드럽|편하|무겁)", "", "저 귤은 다니?"
        .replace("다니", "달다")),
    "home from nowhere": (
        r"^\S+( \S+)?[은는] (샤워하|오래 이야기하)고 (\S+ \S+고 )?집에 돌아[가갔갈]", "",
        "우리 누나는 샤워하고 물을 마시고 집에 돌아갔다."),
    "strolling by bicycle": ("자전거를 타고 산책", "", "그들은 자전거를 타고 산책할 것이다."),
    "a known thing without 은": (
        r"^(그 )?\S+[이가] \S+[었았웠렸졌]지만 \S+( \S+)?[은는] (다시 |끝까지 )?(읽|샀|봤|이해했)",
        "", "그 책이 어려웠지만 나는 다시 읽었다."),
    "weekdays of buses": (
        r"요일에 (버스|기차|택시|비행기)[가] (도착|출발|왔)", "", "일요일에 버스가 도착했다."),
    "months of lateness": (r"월에 \S+에 늦", "", "나는 십일월에 수업에 늦었다."),
    "a long time to a place": (r"(에|으로|로|까지) 오래 (걸어|뛰어)", "",
        "나는 역에 오래 걸어갔다."),
    "bare habits": (
        r"^\S+( \S+)?[은는] (웃는|운|잔|논|앉는|춤춘|일하는)다\.$", "", "친구는 웃는다."),
    "bare plans": (r"^\S+( \S+)?[은는] (놀|울|웃을|달릴|걸을) 것이다\.$", "",
        "남동생은 놀 것이다."),
    "fridges put a sole egg": (
        "달걀을 넣", r"\bput the egg\b", "그는 냉장고에 달걀을 넣었다. | he put the egg into it"),
    "laughing at a success": (
        r"(시험이 쉬|경기에 (져|졌)).* 웃", "", "그녀는 경기에 졌기 때문에 웃지 않았다."),
    "tasks of the eye": (
        r"^[이저] \S+[은는] (크|작|예쁘|길|짧|더럽|깨끗하|넓)니", "", "저 침대는 크니?"),
    "reading a play": ("연극을 (보|봤)", r"\bwatch(ed)? (a|the) plays?\b",
        "연극을 봤다. | he watched a play"),
    "late for the school": (
        "학교에 늦", r"\bfor the school\b", "우리는 학교에 늦었다. | we were late for the school"),
    "going hiking in the progressive": (
        "고 있", r"\b(am|is|are|was|were) (\S+ )?going (hiking|fishing|shopping|swimming)\b",
        "민수는 등산하고 있었니? | was Minsu going hiking ?"),
    "a past before what was said": (
        r"[았었였했졌갔왔]다고 (말했|들었)",
        r"\b(said|heard) that (I|you|he|she|we|they|[A-Z]\w+) "
        r"(was|were|went|came|bought|met|received|passed|won|arrived|got|read|wrote|ate)\b"
        r"(?! .*\bbecause\b)",
        "할머니는 준호가 목수였다고 들었다. | my grandmother heard that Junho was a carpenter"),
    "lost before what followed": (
        r"잃어버려서 .*다\.$", r"\bbecause (he|she|I|we|they|\w+) lost\b",
        "그는 우산을 잃어버려서 새 우산을 샀다. | he bought one because he lost his umbrella"),
    "broken before what followed": (
        "망가져서 ", r"\bbroke( down)?\b",
        "냉장고가 망가져서 나는 고기를 버렸다. | I threw meat away because the fridge broke down"),
    "ill at one moment": (
        "감기에 걸려서", r"\bbecause .*\b(caught|catch|catches) a cold",
        "그는 감기에 걸려서 잤다. | he slept because he caught a cold"),
    "angry at one moment": (
        "화나서", r"\b(got|get|gets) angry",
        "그는 화나서 나갔다. | he went out because he got angry"),
    "waiting for a season": (
        "(봄|여름|가을|겨울)을 기다", r"\bwait(s|ed|ing)? for\b",
        "언니는 겨울을 기다렸다. | my older sister waited for winter"),
    "several at one wheel": (
        r"^(\S+들|우리|너희)[은는] .*(차|버스|택시|트럭)[를을] (\S+ )?운전", "",
        "운전사들은 그 트럭을 운전하고 있었다."),
    "several in one shirt": (
        r"^(?!아들)(\S+들|우리|너희)[은는] .*(사|빌려)서 (입|신)", "",
        "그들은 셔츠를 사서 입었다."),
    "a habit of buying": (r"돈이 있으면 .*[을를] (산다|사고)", "",
        "그녀는 돈이 있으면 컴퓨터를 산다."),
    "poured in a shop": (
        r"(슈퍼마켓|가게|시장|편의점)에 \S+ \S+ (잔|그릇)이 ", "",
        "슈퍼마켓에 우유 한 잔이 있다."),
    "the hour of what has none": (
        "몇 시에 .*(결혼|등산|여행)", "", "몇 시에 결혼했니?"),
    "glasses that are not cleaned": (
        r"안경을 (못 닦|닦지)", "", "친구는 저녁에 안경을 못 닦았다."),
    "tired and showing thirst": ("고 목말라한다", "", "그는 피곤하고 목말라한다."),
    "laundry of one garment": (r"옷이 더러[우워]\S+ .*빨래|옷이 더러우면 .*(빨래한|빤)다", "",
        "그 옷이 더러우면 어머니는 빨래한다."),
    "singing as the frame of a walk": (
        "노래하면서 (산책|걷|걸)", "", "나는 노래하면서 산책했다."),
    "a pear in its skin": ("배를 씻어서 먹", "", "그는 배를 씻어서 먹었다."),
    "not very delicious": (
        "별로 맛있", r"not very delicious", "빵이 별로 맛있지 않았다. | it was not very delicious"),
    "an umbrella by the piece": (r"우산[을이]? \S+ 개", "", "우산이 한 개 있다."),
    "gave it to me": (
        r"(나|너|그|그녀|우리|그들)에게 .*[을를] (줬|줄|준|주고)",
        r"\b(gave|give|gives) (a|an|the|new) \w+( \w+)? to (me|you|him|her|us|them)\b(?! \w)",
        "그는 나에게 새 가방을 줬다. | he gave a new bag to me"),
    "here as a topic that is asked": (r"^여기는 .*니\?", "", "여기는 우체국이니?"),
}  # fmt: skip
COUNTED = re.compile(" (한|두|세|네|다섯|여섯) (잔|권|병|개|벌|장|곡|편|켤레|자루|송이|대)[을를] ")


@cache
def everything() -> list[Pair]:
    return [pair for part in PARTS for pair in load(part)]


def matches(name: str) -> Callable[[str, str], bool]:
    korean, english, _ = PATTERNS[name]
    in_korean, in_english = re.compile(korean), re.compile(english)
    return lambda k, e: bool(in_korean.search(k) and in_english.search(e))


@pytest.mark.parametrize("name", PATTERNS)
def test_the_corpus_has_none_of_it(name: str) -> None:
    is_fault = matches(name)
    pairs = ((p.korean, " ".join(p.english)) for p in everything())
    found = [f"{k} | {e}" for k, e in pairs if is_fault(k, e)]
    assert len(found) == 0, f"{len(found)} pairs, such as\n" + "\n".join(found[:6])


@pytest.mark.parametrize("name", PATTERNS)
def test_each_pattern_finds_the_fault_that_a_reader_found(name: str) -> None:
    korean, _, english = PATTERNS[name][2].partition(" | ")
    assert matches(name)(korean, english)


def test_nothing_is_counted_or_described_in_a_list_of_deeds() -> None:
    adjectives = re.compile(r" (부드러운|맛있는|예쁜|큰|작은|비싼|새|무거운|따뜻한) \S+[을를] ")
    found = [
        p.korean for p in everything()
        if p.clauses >= 3 and (COUNTED.search(p.korean) or adjectives.search(p.korean))
    ]  # fmt: skip
    assert found == []


def test_who_cannot_sleep_cannot_sleep_a_sleep() -> None:
    met = [p for p in load("train") if "잠" in p.morphemes]
    assert len(met) >= 15
    for pair in met:
        at = pair.morphemes.index("잠")
        assert {pair.english[j] for i, j in pair.alignment if i == at} <= {"sleep", "sleeping"}


def test_what_passes_is_met_in_the_past_and_what_lasts_in_the_present() -> None:
    many = [p.korean for p in load("train") if re.search("에 (산|섬|강|호수)이 많다", p.korean)]
    assert len(many) >= 5
