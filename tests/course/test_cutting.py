"""`cut`, on sentences written by hand and on what means the same written otherwise."""

import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from course.grammar import cut
from course.grammar.cutting.choosing import choose
from course.grammar.cutting.forms import UNWRITTEN
from course.grammar.cutting.spelling import run_together, ways

FEWEST = 10  # training sentences that hold a morpheme

# Words and their cuts, written by hand: each stands in a sentence of the grammar's.
CUTS = {
    "나는 학생이다": "나 는 학생 이다",
    "내가 갔다": "나 가 가 았다",
    "네가 먹었니?": "너 가 먹 었니",
    "누가 왔니?": "누구 가 오 았니",
    "그녀는 의사였다": "그녀 는 의사 이었다",
    "그는 의사니?": "그 는 의사 이니",
    "나는 서울에 산다": "나 는 서울 에 살 ㄴ다",
    "나는 사과를 산다": "나 는 사과 를 사 ㄴ다",
    "그는 어디에 사니?": "그 는 어디 에 살 니",
    "그는 무엇을 사니?": "그 는 무엇 을 사 니",
    "나는 음악을 들었다": "나 는 음악 을 듣 었다",
    "그는 공원에서 걸었다": "그 는 공원 에서 걷 었다",
    "우리는 친구를 도왔다": "우리 는 친구 를 돕 았다",
    "그들은 노래를 불렀다": "그들 은 노래 를 부르 었다",
    "그녀는 편지를 썼다": "그녀 는 편지 를 쓰 었다",
    "나는 영화를 봤다": "나 는 영화 를 보 았다",
    "나는 영화를 보았다": "나 는 영화 를 보 았다",
    "나는 숙제를 했다": "나 는 숙제 를 하 였다",
    "나는 물을 마셨다": "나 는 물 을 마시 었다",
    "나는 한국어를 배웠다": "나 는 한국어 를 배우 었다",
    "그는 배우니?": "그 는 배우 이니",
    "그는 영어를 배우니?": "그 는 영어 를 배우 니",
    "나는 내일 학교에 갈 것이다": "나 는 내일 학교 에 가 ㄹ 것 이다",
    "너는 무엇을 먹을 거니?": "너 는 무엇 을 먹 을 것 이니",
    "나는 고기를 안 먹는다": "나 는 고기 를 안 먹 는다",
    "나는 고기를 먹지 않는다": "나 는 고기 를 먹 지 않 는다",
    "나는 의사가 아니다": "나 는 의사 가 아니 다",
    "그는 수영할 수 있다": "그 는 수영하 ㄹ 수 있 다",
    "나는 물을 마시고 싶다": "나 는 물 을 마시 고 싶 다",
    "그는 물을 마시고 싶어 한다": "그 는 물 을 마시 고 싶 어 하 ㄴ다",
    "나는 책을 읽고 있다": "나 는 책 을 읽 고 있 다",
    "그는 일해야 한다": "그 는 일하 여야 하 ㄴ다",
    "큰 개와 작은 고양이가 있다": "크 ㄴ 개 와 작 은 고양이 가 있 다",
    "예쁜 꽃이 있다": "예쁘 ㄴ 꽃 이 있 다",
    "재미있는 책을 읽는다": "재미있 는 책 을 읽 는다",
    "추운 방이다": "춥 ㄴ 방 이다",
    "나무 밑에 개가 있다": "나무 아래 에 개 가 있 다",
    "빨간 모자이다": "빨갛 ㄴ 모자 이다",
    "학생 네 명이 왔다": "학생 네 명 이 오 았다",
    "네 친구가 왔다": "너 의 친구 가 오 았다",
    "네 시에 온다": "네 시 에 오 ㄴ다",
    "사과 네 개를 산다": "사과 네 개 를 사 ㄴ다",
    "네 개는 크다": "너 의 개 는 크 다",
    "내 책이다": "나 의 책 이다",
    "날씨가 추워서 나는 집에 있었다": "날씨 가 춥 어서 나 는 집 에 있 었다",
    "비가 오면 나는 집에서 쉰다": "비 가 오 면 나 는 집 에서 쉬 ㄴ다",
    "나는 피곤할 때 쉰다": "나 는 피곤하 ㄹ 때 쉬 ㄴ다",
    "비가 왔기 때문에 그는 쉬었다": "비 가 오 았기 때문 에 그 는 쉬 었다",
    "나는 자기 전에 책을 읽는다": "나 는 자 기 전 에 책 을 읽 는다",
    "나는 일한 후에 쉰다": "나 는 일하 ㄴ 후 에 쉬 ㄴ다",
    "나는 잔 후에 커피 한 잔을 마신다": "나 는 자 ㄴ 후 에 커피 한 잔 을 마시 ㄴ다",
    "나는 음악을 들으면서 공부한다": "나 는 음악 을 듣 으면서 공부하 ㄴ다",
    "나는 그가 친절하다고 생각한다": "나 는 그 가 친절하 다고 생각하 ㄴ다",
    "나는 그가 목수라고 믿는다": "나 는 그 가 목수 이라고 믿 는다",
    "나는 버스로 학교에 간다": "나 는 버스 로 학교 에 가 ㄴ다",
    "나는 연필로 편지를 쓴다": "나 는 연필 로 편지 를 쓰 ㄴ다",
    "그는 시골로 이사했다": "그 는 시골 로 이사하 였다",
    "고양이는 잡지 않는다": "고양이 는 잡 지 않 는다",
    "그는 잡지 두 권을 읽었다": "그 는 잡지 두 권 을 읽 었다",
    "나는 팔이 아프다": "나 는 팔 이 아프 다",
    "나는 학생이고 그는 의사이다": "나 는 학생 이고 그 는 의사 이다",
    "농부는 사과를 팔 것이다": "농부 는 사과 를 팔 ㄹ 것 이다",
}

# Typed otherwise than the grammar writes it, and read as the grammar would write it.
READ = """
난 학생이다 | 나 는 학생 이다
넌 누구니? | 너 는 누구 이니
난 널 좋아한다 | 나 는 너 를 좋아하 ㄴ다
이게 뭐니? | 이것 이 무엇 이니
이건 책이다 | 이것 은 책 이다
그게 내 가방이다 | 그것 이 나 의 가방 이다
뭐를 먹니? | 무엇 을 먹 니
뭐 먹니? | 무엇 을 먹 니
너는 뭘 샀니? | 너 는 무엇 을 사 았니
걔는 학생이다 | 그 아이 는 학생 이다
내게 책이 있다 | 나 에게 책 이 있 다
그는 네게 편지를 보냈다 | 그 는 너 에게 편지 를 보내 었다
누굴 만났니? | 누구 를 만나 았니
우린 친구다 | 우리 는 친구 이다
나는 배우고 싶다 | 나 는 배우 고 싶 다
나는 배우고 그는 가수이다 | 나 는 배우 이고 그 는 가수 이다
네가 네 개를 먹었다 | 너 가 네 개 를 먹 었다
사과 네 개가 있다 | 사과 네 개 가 있 다
나는 산다 | 나 는 살 ㄴ다
나는학생이다 | 나 는 학생 이다
세개를 먹었다 | 세 개 를 먹 었다
커피한잔을 마셨다 | 커피 한 잔 을 마시 었다
여섯시에 일어난다 | 여섯 시 에 일어나 ㄴ다
일하기전에 커피를 마신다 | 일하 기 전 에 커피 를 마시 ㄴ다
그는 집에 가고 싶어한다 | 그 는 집 에 가 고 싶 어 하 ㄴ다
나는 수영할수있다 | 나 는 수영하 ㄹ 수 있 다
나는 내일 갈것이다 | 나 는 내일 가 ㄹ 것 이다
나는 친구하고 영화를 봤다 | 나 는 친구 와 영화 를 보 았다
나는 친구랑 영화를 봤다 | 나 는 친구 와 영화 를 보 았다
민수랑 수미는 친구다 | 민수 와 수미 는 친구 이다
친구한테 편지를 썼다 | 친구 에게 편지 를 쓰 었다
선생님께 편지를 보냈다 | 선생님 에게 편지 를 보내 었다
학교에는 학생이 많다 | 학교 에 학생 이 많 다
학교에서는 공부한다 | 학교 에서 공부하 ㄴ다
오늘은 월요일이다 | 오늘 은 월요일 이다
어제는 비가 왔다 | 어제 는 비 가 오 았다
일요일마다 쉰다 | 일요일 마다 쉬 ㄴ다
나는 10시에 일어난다 | 나 는 열 시 에 일어나 ㄴ다
사과 7개를 먹었다 | 사과 일곱 개 를 먹 었다
3월에 서울에 갔다 | 삼월 에 서울 에 가 았다
우리들은 학생이다 | 우리 들 은 학생 이다
나는 공부를 했다 | 나 는 공부하 였다
나는 한국어를 잘한다 | 나 는 한국어 를 잘 하 ㄴ다
나는 갈 거다 | 나 는 가 ㄹ 것 이다
먹으면 안 된다 | 먹 으면 안 되 ㄴ다
나 는 학생 이다 | 나 는 학생 이다
그는 기뻐한다 | 그 는 기쁘 어 하 ㄴ다
그는 기뻐 한다 | 그 는 기쁘 어 하 ㄴ다
그녀는 슬퍼했다 | 그녀 는 슬프 어 하 였다
내일은 바쁠 것이다 | 내일 은 바쁘 ㄹ 것 이다
그는 키가 크고 친절하다 | 그 는 키 가 크 고 친절하 다
우리 집에 고양이가 두 마리 있다 | 우리 집 에 고양이 가 두 마리 있 다
고양이가 의자위에 있다 | 고양이 가 의자 위 에 있 다
몇 시니 | 몇 시 이니
여름에는 덥고 겨울에는 춥다 | 여름 에 덥 고 겨울 에 춥 다
그는 나에게 책 한권을 줬다 | 그 는 나 에게 책 한 권 을 주 었다
친구가 오기전에 방을 청소했다 | 친구 가 오 기 전 에 방 을 청소하 였다
토요일엔 쉰다 | 토요일 에 쉬 ㄴ다
나는 네 말을 이해한다 | 나 는 너 의 말 을 이해하 ㄴ다
나는 병원에 가야한다 | 나 는 병원 에 가 아야 하 ㄴ다
나는 맥주 2병을 마셨다 | 나 는 맥주 두 병 을 마시 었다
지금은 2시이다 | 지금 은 두 시 이다
저 가방은 저것보다 싸다 | 저 가방 은 저것 보다 싸 다
누구의 책이니? | 누구 의 책 이니
이것은 내 것이다 | 이것 은 나 의 것 이다
친구의 책이다 | 친구 의 책 이다
네 시간이 없다 | 너 의 시간 이 없 다
네 명이 왔다 | 네 명 이 오 았다
네 친구 네 명이 왔다 | 너 의 친구 네 명 이 오 았다
사과를 네 개 먹었다 | 사과 를 네 개 먹 었다
날 좋아하니? | 나 를 좋아하 니
나는 잔다 | 나 는 자 ㄴ다
이가 아프다 | 이 가 아프 다
서울에서 살고 싶다 | 서울 에서 살 고 싶 다
나는 배가 아프다고 말했다 | 나 는 배 가 아프 다고 말하 였다
그는 올 것이라고 말했다 | 그 는 오 ㄹ 것 이라고 말하 였다
그는 학생이라고 말했다 | 그 는 학생 이라고 말하 였다
나는 네가 좋다 | 나 는 너 가 좋 다
나는 네게 말했다 | 나 는 너 에게 말하 였다
내 개가 네 개보다 크다 | 나 의 개 가 너 의 개 보다 크 다
뭐하니 | 무엇 을 하 니
나는공부를한다 | 나 는 공부하 ㄴ다
나는책을읽고싶다 | 나 는 책 을 읽 고 싶 다
사과하고 배를 샀다 | 사과 와 배 를 사 았다
나는 친구하고 놀았다 | 나 는 친구 와 놀 았다
우리는 공부하고 놀았다 | 우리 는 공부하 고 놀 았다
기차가 빠르다 | 기차 가 빠르 다
저 새는 예쁘다 | 저 새 는 예쁘 다
새 새가 왔다 | 새 새 가 오 았다
나는 새다 | 나 는 새 이다
이 책은 재밌다 | 이 책 은 재미있 다
그건 비밀이다 | 그것 은 비밀 이다
오늘 덥다 | 오늘 덥 다
선생님께서 오셨다 | 선생님 이 오 았다
나는 수학 공부를 했다 | 나 는 수학 을 공부하 였다
나는 내일 갈 거예요 | 나 는 내일 가 ㄹ 것 이다
나는 밥을 먹어요 | 나 는 밥 을 먹 는다
나는 밥을 먹습니다 | 나 는 밥 을 먹 는다
너는 밥을 먹었습니까? | 너 는 밥 을 먹 었니
나는 밥을 먹었어 | 나 는 밥 을 먹 었다
너는 밥을 먹었어? | 너 는 밥 을 먹 었니
저는 학생입니다 | 나 는 학생 이다
저는 학생이에요. | 나 는 학생 이다
제가 했어요 | 나 가 하 였다
당신은 누구세요? | 너 는 누구 이니
어디 가? | 어디 에 가 니
지금 뭐 해? | 지금 무엇 을 하 니
나는 책 읽는다 | 나 는 책 을 읽 는다
우리 엄마는 의사다 | 우리 어머니 는 의사 이다
나는 매우 피곤하다 | 나 는 아주 피곤하 다
집에 가고 있어요 | 집 에 가 고 있 다
할 수 있어요 | 하 ㄹ 수 있 다
나는 피자 먹고싶어 | 나 는 피자 를 먹 고 싶 다
저는 한국어를 배우고 있습니다 | 나 는 한국어 를 배우 고 있 다
뭐 해? | 무엇 을 하 니
이 책은 정말 재미있어요 | 이 책 은 정말 재미있 다
엄마한테 선물을 줬다 | 어머니 에게 선물 을 주 었다
내일 서울에 갈 거예요 | 내일 서울 에 가 ㄹ 것 이다
왜 안 왔어? | 왜 안 오 았니
지금 몇 시에요? | 지금 몇 시 이니
나는 너를 사랑해 | 나 는 너 를 사랑하 ㄴ다
사랑해요 | 사랑하 ㄴ다
아이스크림 먹고 싶다 | 아이스크림 을 먹 고 싶 다
넌 뭘 먹고 싶어? | 너 는 무엇 을 먹 고 싶 니
어머니가 부엌에서 요리하신다 | 어머니 가 부엌 에서 요리하 ㄴ다
토요일에 뭐 할 거야? | 토요일 에 무엇 을 하 ㄹ 것 이니
배고파 | 배고프 다
병원에 가야 해요 | 병원 에 가 아야 하 ㄴ다
이것은 누구의 가방이야? | 이것 은 누구 의 가방 이니
나는 행복해 | 나 는 행복하 다
너무 피곤해요 | 너무 피곤하 다
나는 매일 커피 한 잔을 마셔요 | 나 는 매일 커피 한 잔 을 마시 ㄴ다
밥 먹었어? | 밥 을 먹 었니
뭐해 | 무엇 을 하 니
누구야? | 누구 이니
이름이 뭐야? | 이름 이 무엇 이니
이름이 뭐예요? | 이름 이 무엇 이니
그는 나한테 책을 줬어요 | 그 는 나 에게 책 을 주 었다
추워 | 춥 다
좋아 | 좋 다
내 동생은 학생이다 | 나 의 동생 은 학생 이다
나는 아직 밥을 안 먹었다 | 나 는 아직 밥 을 안 먹 었다
그는 이미 갔다 | 그 는 벌써 가 았다
글을 썼다 | 글 을 쓰 었다
술을 마시지 않는다 | 술 을 마시 지 않 는다
9시부터 6시까지 일한다 | 아홉 시 부터 여섯 시 까지 일하 ㄴ다
월요일부터 금요일까지 학교에 간다 | 월요일 부터 금요일 까지 학교 에 가 ㄴ다
아침부터 저녁까지 공부했다 | 아침 부터 저녁 까지 공부하 였다
학교까지 걸어갔다 | 학교 까지 걸어가 았다
두 시간 공부했다 | 두 시간 공부하 였다
8시간 동안 잤다 | 여덟 시간 동안 자 았다
공부를 열심히 했다 | 열심히 공부하 였다
우리 집은 학교에서 가깝다 | 우리 집 은 학교 에서 가깝 다
나는 물만 마신다 | 나 는 물 만 마시 ㄴ다
사과만 산다 | 사과 만 사 ㄴ다
고양이만 집에 있다 | 고양이 만 집 에 있 다
나는 친구가 별로 없다 | 나 는 친구 가 별로 없 다
이 책이 가장 재미있다 | 이 책 이 제일 재미있 다
어젯밤에 이상한 꿈을 꾸었다 | 어젯밤 에 이상하 ㄴ 꿈 을 꾸 었다
강아지를 병원에 데려갔다 | 강아지 를 병원 에 데려가 았다
가방에 책을 넣었다 | 가방 에 책 을 넣 었다
해변을 걷는다 | 해변 을 걷 는다
같이 가자 | 같이 가 자
나가지 말자 | 나가 지 말 자
그 소식을 듣고 깜짝 놀랐다 | 그 소식 을 듣 고 놀라 았다
여기서 기다려라 | 여기 에서 기다리 어라
이거 얼마야? | 이것 은 얼마 이니
어디 아파? | 어디 가 아프 니
울지 마라 | 울 지 말 아라
내 생일은 5월이다 | 나 의 생일 은 오월 이다
나는 수영을 못한다 | 나 는 수영하 지 못하 ㄴ다
나는 수영을 못 한다 | 나 는 수영하 지 못하 ㄴ다
나는 못 수영한다 | 나 는 수영하 지 못하 ㄴ다
나는 운전을 못해 | 나 는 운전하 지 못하 ㄴ다
나는 수영을 잘 못해요 | 나 는 잘 수영하 지 못하 ㄴ다
나는 숙제를 못 했다 | 나 는 숙제 를 하 지 못하 였다
한국어를 못한다 | 한국어 를 하 지 못하 ㄴ다
나는 가지 못 한다 | 나 는 가 지 못하 ㄴ다
나는 운동을 안 한다 | 나 는 운동하 지 않 는다
거기서 만나자 | 거기 에서 만나 자
저기서 놀았다 | 저기 에서 놀 았다
나는 춤을 못 춘다 | 나 는 춤추 지 못하 ㄴ다
저는 춤을 못 춰요 | 나 는 춤추 지 못하 ㄴ다
친구와 춤을 췄어요 | 친구 와 춤추 었다
"""


def table(text: str) -> list[list[str]]:
    """The rows of a table, each with its cells."""
    return [line.split(" | ") for line in text.strip().splitlines()]


@pytest.mark.parametrize(("sentence", "morphemes"), CUTS.items())
def test_new_sentences_are_cut_as_by_hand(sentence: str, morphemes: str) -> None:
    assert cut(sentence) == morphemes.split()


def test_spacing_marks_and_decomposed_letters_do_not_matter() -> None:
    expected = ["나", "는", "학생", "이다"]
    for text in ("나는 학생이다", " 나는   학생이다 . ", "나는\t학생이다!", "나는 학생이다。"):
        assert cut(text) == expected
        assert cut(unicodedata.normalize("NFD", text)) == expected
    assert cut("나는 수영할수있다") == cut("나는 수영할 수 있다")
    assert cut("나는 갈것이다") == cut("나는 갈 것이다")


def test_a_sentence_typed_already_cut_is_taken_as_it_stands() -> None:
    for typed in CUTS.values():
        assert cut(typed + ".") == typed.split()


@pytest.mark.parametrize(("sentence", "morphemes"), table(READ))
def test_what_means_the_same_is_read_as_the_grammar_writes_it(
    sentence: str, morphemes: str
) -> None:
    assert " ".join(cut(sentence)) == morphemes


@pytest.mark.parametrize(
    ("apart", "together"),
    [
        ("나는 학생 이다", "나는 학생이다"),
        ("너는 학생 이니?", "너는 학생이니?"),
        ("그녀는 의사 였다", "그녀는 의사였다"),
        ("그녀는 의사 이었다", "그녀는 의사였다"),
        ("그들은 학생들 이다", "그들은 학생들이다"),
        ("나는 학생 이고 그는 의사 이다", "나는 학생이고 그는 의사이다"),
        ("나는 갈 것 이다", "나는 갈 것이다"),
    ],
)
def test_a_copula_written_apart_belongs_to_the_noun_before_it(apart: str, together: str) -> None:
    assert cut(apart) == cut(together)
    assert "이" not in cut(apart)  # the tooth


def test_a_tooth_is_still_a_tooth() -> None:
    assert cut("나는 이가 아프다") == ["나", "는", "이", "가", "아프", "다"]
    assert cut("이것은 이이다") == ["이것", "은", "이", "이다"]


@pytest.mark.parametrize(
    "text",
    [
        "“나는 학생이다”",
        "“나는 학생이다.”",
        '"나는 학생이다."',
        "'나는 학생이다'.",
        "‘나는 학생이다’",
    ],
)
def test_quotation_marks_around_a_sentence_do_not_matter(text: str) -> None:
    assert cut(text) == ["나", "는", "학생", "이다"]


@pytest.mark.parametrize(
    ("word", "pieces"),
    [
        ("나는학생이다", ("나는", "학생이다")),
        ("세개를", ("세", "개를")),
        ("일하기전에", ("일하기", "전에")),
    ],
)
def test_words_run_together_are_split(word: str, pieces: tuple[str, ...]) -> None:
    assert pieces in run_together(word)
    assert ways(word)


@pytest.mark.parametrize("word", ["한약을", "새해가", "부자다", "나이가", "이불이", "네모를"])
def test_an_unknown_word_is_not_split_into_known_ones(word: str) -> None:
    assert not ways(word)


def test_a_sentence_is_chosen_as_a_whole() -> None:
    def read(sentence: str) -> list[str]:
        words = sentence.split()
        following = [*words[1:], ""]
        options = [ways(word, after) for word, after in zip(words, following, strict=True)]
        return [m for reading in choose(options).readings for m in reading.cut]

    assert read("나는 사과를 산다")[-2:] == ["사", "ㄴ다"]
    assert read("나는 서울에 산다")[-2:] == ["살", "ㄴ다"]
    assert read("나는 배우고 싶다")[2:4] == ["배우", "고"]
    assert read("나는 배우고 그는 가수다")[2:4] == ["배우", "이고"]
    assert read("난 잔다")[:2] == ["나", "는"]


def test_an_object_of_an_earlier_verb_is_no_mistake() -> None:
    assert cut("나는 책을 읽는 학생이다".replace("읽는 ", "읽고 "))[-1] == "이다"
    assert cut("책을 읽을 때 나는 행복하다")[-2:] == ["행복하", "다"]
    assert cut("너는 학생이니") == cut("너는 학생이니?")


def test_only_text_is_cut() -> None:
    with pytest.raises(ValueError, match="pass a string"):
        cut(["나는", "학생이다"])  # type: ignore[arg-type]


# In another style than the grammar's, and the plain sentence that says the same.
STYLED = """
저는 학생입니다 | 나는 학생이다
제 이름은 유나예요 | 내 이름은 유나이다
저희는 친구예요 | 우리는 친구이다
그 사람은 누구예요 | 그 사람은 누구이니
어디에 가요? | 어디에 가니?
어디에 가요 | 어디에 가니
너는 왜 왔습니까 | 너는 왜 왔니
나는 내일 갈 거예요 | 나는 내일 갈 것이다
내일은 안 바쁠 겁니다 | 내일은 안 바쁠 것이다
봄에 눈이 왔어요 | 봄에 눈이 왔다
나는 밥 안 먹었어 | 나는 밥을 안 먹었다
그는 학생이 아니야 | 그는 학생이 아니다
나는 학생이야 | 나는 학생이다
나는 갈 거야 | 나는 갈 것이다
숙제가 어렵지 않아요 | 숙제가 어렵지 않다
그는 가지 않아요 | 그는 가지 않는다
비가 와 | 비가 온다
나는 고기를 안 먹어 | 나는 고기를 안 먹는다
나는 영화가 좋아 | 나는 영화가 좋다
시간 있어요? | 시간이 있니?
민수 씨는 회사원입니다 | 민수는 회사원이다
책 두 권 샀어요 | 책 두 권을 샀다
일요일 쉬었어 | 일요일에 쉬었다
누구 거예요? | 누구의 것이니?
학교 안 갔어? | 학교에 안 갔니?
우리 어머니는 의사세요 | 우리 어머니는 의사이다
어머니께서 오셨어요 | 어머니가 왔다
할머니가 빵을 만드셨어요 | 할머니가 빵을 만들었다
할아버지께서 주무십니다 | 할아버지가 잔다
할머니께서 빵을 드셨어요 | 할머니가 빵을 먹었다
아버지는 커피를 드세요 | 아버지는 커피를 마신다
나는 공원에서 걸었어요 | 나는 공원에서 걸었다
나는 음악을 들어요 | 나는 음악을 듣는다
빨리 가세요 | 빨리 가라
물 주세요 | 물을 줘라
문을 여세요 | 문을 열어라
도와주세요 | 도와줘라
같이 갑시다 | 같이 가자
걱정하지 마 | 걱정하지 마라
빨리 와! | 빨리 와라
밥을 먹어! | 밥을 먹어라
조용히 해! | 조용히 해라
비가 와! | 비가 온다
배고파! | 배고프다
울지 마세요 | 울지 마라
엄마는 집에 계셔 | 어머니는 집에 있다
저는 운동을 자주 해요 | 나는 자주 운동한다
이 가방은 얼마예요? | 이 가방은 얼마니?
저는 요즘 바빠요 | 나는 요즘 바쁘다
"""
# What may be a command or says more than any plain form; advice shows the plain form.
UNREAD = """
나는 집에 가! / 네가 생각난다 / 나는 회사를 그만두다 / 잘못했다
밥을 먹어 / 집에 가 / 빨리 와 / 나를 봐 / 비가 오네요 / 잘 자 / 10분 걸린다
열 분 걸린다 / 그만 먹어라 / 불만이 많다
이 사람 누구예요? / 아버지가 집에 안 계십니다 / 내일 비가 올까요?
제가 할게요 / 나는 가겠습니다 / 철수야 / 예쁜다 / 선생님, 질문이 있어요
"""


@pytest.mark.parametrize(("sentence", "plain"), table(STYLED))
def test_a_polite_or_casual_sentence_is_read_as_the_plain_one(sentence: str, plain: str) -> None:
    assert cut(sentence) == cut(plain)


@pytest.mark.parametrize(
    "sentence", [s.strip() for line in UNREAD.strip().splitlines() for s in line.split(" / ")]
)
def test_a_form_that_says_more_than_a_plain_one_is_refused(sentence: str) -> None:
    with pytest.raises(ValueError, match=r"^cut: "):
        cut(sentence)


def test_every_morpheme_that_is_read_stands_in_training() -> None:
    train = Path(__file__).parents[2] / "data" / "korean_english" / "train.tsv"
    lines = train.read_text(encoding="utf-8").splitlines()[1:]
    seen = {m for line in lines for m in line.split("\t")[1].split()}
    typed = [*CUTS, *(row[0] for text in (READ, STYLED) for row in table(text))]
    assert {m for sentence in typed for m in cut(sentence)} - seen == set()


def test_no_morpheme_that_the_training_sentences_hold_is_left_out() -> None:
    train = Path(__file__).parents[2] / "data" / "korean_english" / "train.tsv"
    seen: Counter[str] = Counter()
    for line in train.read_text(encoding="utf-8").splitlines()[1:]:
        seen.update(set(line.split("\t")[1].split()))
    assert sorted(m for m in UNWRITTEN if seen[m] >= FEWEST) == []
