"""What belongs together in the world: what stands where, who has what, what leads to what.

The grammar could say anything; these tables keep it to what people say.  A line that is set in
continues the one before.
"""

from __future__ import annotations

from .lexicon import NOUN, VERB, Verb, expand, lines, rows

# Who or what a thing or a person can be: 나는 학생이다, 이것은 책이다.
PROFESSIONS = expand("PROFESSIONS")
IDENTIFIABLE = expand("IDENTIFIABLE")

# What one has, needs, has a lot of.
HAVABLE = expand("HAVABLE")
NEEDED = expand("NEEDED")
PLENTY = expand("PLENTY")

# place | what is there
SIGHTS = """
공원 | 나무 꽃 새 아이 개 오리 나비 강아지 다람쥐
시장 | 과일 생선 꽃 손님 딸기 사과 감자 닭
숲 | 나무 새 사슴 뱀 다람쥐 여우 늑대 나비
동물원 | 원숭이 사자 호랑이 코끼리 곰 아이 뱀 거북이
도서관 | 책 학생 대학생 잡지 소설 사전 컴퓨터
교실 | 학생 의자 책상 책 아이
정원 | 꽃 나무 장미 나비 새 토마토 사과나무
농장 | 소 돼지 닭 양 말 염소 오리 감자 사과나무
바다 | 물고기 고래 상어 배#ship 거북이
호수 | 오리 물고기 개구리 배#ship
강 | 물고기 오리 개구리 배#ship
산 | 나무 눈#snow 꽃 사슴 염소 곰
거리 | 차#car 자전거 버스 나무 택시 트럭 관광객
해변 | 관광객 아이 거북이 새
공항 | 비행기 관광객 택시 버스 가게 식당 카페
역 | 기차 택시 관광객 가게 카페
병원 | 의사 간호사 노인 방 정원 약국
대학교 | 도서관 교실 사무실 체육관 식당 카페
회사 | 사무실 컴퓨터 회사원 식당
방 | 침대 책상 의자 거울 램프 책 시계 옷 피아노 컴퓨터 인형 장난감 소파 텔레비전 기타
거실 | 소파 텔레비전 피아노 식탁 시계 그림 거울 고양이 라디오
부엌 | 식탁 냉장고 접시 컵 칼 빵 과일 물 쥐 의자 감자 양파 당근 고기
욕실 | 거울 수건 비누 세탁기
사무실 | 컴퓨터 책상 의자 시계 비서 노트북 달력
마당 | 개 닭 나무 자전거 고양이 꽃
서점 | 책 잡지 소설 만화책 동화책 지도 손님
빵집 | 빵 케이크 샌드위치 손님
약국 | 약 비누
백화점 | 옷 신발 모자 가방 손님 시계 반지
박물관 | 그림 관광객 학생
미술관 | 그림 사진 화가
궁전 | 왕 여왕 공주 왕자 거울 정원 방 부엌 욕실 거실
마을 | 호수 교회 학교 시장 농부 탑 약국 빵집 가게 식당 정류장 운동장 우체국
도시 | 공원 은행 병원 공항 박물관 극장 대학교 백화점 동물원 호텔 역 영화관 미술관 우체국 경찰서
    식당 카페 서점 수영장 체육관 도서관 회사 시장 다리#bridge 궁전 강
섬 | 나무 산 호텔 호수 뱀 새 거북이 항구 해변 마을 숲 농장 절
들판 | 꽃 소 양 말 염소 나비 토끼
하늘 | 새 달 비행기 풍선 독수리
식당 | 손님 요리사 점원 식탁
카페 | 손님 커피 케이크 의자 피아노 기타
항구 | 배#ship 어부 관광객
운동장 | 학생 공 아이 운동선수
학교 | 선생님 학생 체육관 도서관 피아노 교실 운동장 교회
정류장 | 버스 의자 택시
극장 | 배우 가수 피아노
교회 | 피아노 기타 탑
호텔 | 수영장 식당 손님 관광객 방 욕실 부엌 정원 거실
가게 | 우산 장난감 과일 우유 물 손님
체육관 | 공 거울 운동선수
다리#bridge | 자전거 차#car 버스
시골 | 농장 호수 강 들판 마당 숲
"""

# where | of what there may be a lot
ABUNDANCE = """
town 도시 | 공원 은행 병원 박물관 극장 대학교 백화점 호텔 역 영화관 미술관 식당 카페 서점 수영장
    체육관 도서관 회사 시장 다리#bridge 교회 절 학교 약국 빵집 정류장 우체국 경찰서 궁전 가게 공항
    택시 차#car 항구
마을 | 농장 교회 학교 가게 빵집 식당 정원 마당 호수 절 카페 약국 정류장
섬 시골 | 농장 호수 숲 들판 산 마을 강 해변 절 정원 호텔
country | 산 섬 강 호수 도시 마을 해변 농장 숲 공항 박물관 항구 대학교 궁전 다리#bridge 절 교회
학교 대학교 | 교실 운동장 체육관 도서관 사무실 정원 식당
호텔 궁전 | 방 욕실 정원 부엌 수영장 거실 식당
바다 | 섬
"""

# side | English | of what | what is there
SIDES = """
위 | on | 책상 식탁 의자 침대 소파 냉장고 피아노 | 책 컵 접시 가방 열쇠 꽃 사전 램프 시계 바구니
    카메라 노트북 휴대폰 펜 연필 숟가락 칼 병 신문 공책 장미 지도 안경 상자 케이크 빵 인형 고양이
    수건 모자 사과 배#pear 바나나 오렌지 토마토 라디오 편지 선물
안 | in | 상자 가방 지갑 냉장고 바구니 | 사과 배#pear 복숭아 딸기 오렌지 책 열쇠 돈 사진 표 장난감
    우유 물 주스 달걀 고기 당근 양파 고구마 오이 반지 동전 우산 카메라 수건 편지 인형 연필 공 장갑
    버터 치즈 수박
아래 | under | 책상 식탁 의자 침대 나무 소파 다리#bridge | 고양이 개 공 신발 상자 가방 쥐 강아지
    양말 개구리 토끼 열쇠 동전 바구니
옆 | next to | 집#house 학교 은행 병원 도서관 역 호텔 나무 강 교회 시장 우체국 공원 | 나무 꽃 카페
    식당 약국 서점 공원 가게 버스 자전거 우체국 차#car 탑 트럭 고양이 개 빵집 정류장 경찰서
옆 | next to | 의자 침대 책상 소파 창문 문 식탁 | 의자 책상 꽃 가방 고양이 개 소파 램프 상자 거울
    시계 식탁
뒤 | behind | 집#house 학교 병원 도서관 호텔 교회 궁전 극장 | 나무 정원 산 차#car 호수 운동장
    자전거 강 공원 들판 숲 트럭
뒤 | behind | 나무 의자 소파 문 침대 | 고양이 개 상자 아이 쥐 강아지 공
앞 | in front of | 집#house 학교 은행 병원 역 도서관 극장 호텔 식당 궁전 경찰서 | 나무 차#car 버스
    택시 자전거 오토바이 개 정류장 학생 군인 아이 관광객 트럭 경찰관 꽃
앞 | in front of | 문 창문 거울 침대 텔레비전 | 고양이 개 의자 신발 소파 상자 램프
"""

# Adjectives with a comparative.
COMPARATIVES = {
    "크": "bigger", "작": "smaller", "빠르": "faster", "느리": "slower", "무겁": "heavier",
    "비싸": "more expensive", "싸": "cheaper", "강하": "stronger", "길": "longer",
    "높": "higher", "어렵": "more difficult", "쉽": "easier", "재미있": "more interesting",
    "아름답": "more beautiful", "똑똑하": "cleverer", "유명하": "more famous",
    "위험하": "more dangerous", "달": "sweeter",
}  # fmt: skip

# cause | yes or no | what it leads to (yes) or prevents (no): English verb, objects, places
CAUSES = """
rain | yes | read 책 집; watch 영화 집; sleep - 집; listen 음악 집; cook 수프 집; rest - 집; study
    한국어 집; write 편지 집; take 버스 -; take 택시 -; buy 우산 -; come_back - 집; go_back - 집;
    draw 그림 방
rain | no | go - 공원; go - 산; go - 바다; take_walk - 공원; run - 공원; ride 자전거 공원; play
    축구 운동장; swim - 바다; exercise - 공원; walk - 해변; visit 동물원 -; play 야구 공원; go -
    동물원; come
snow | yes | read 책 집; rest - 집; take 기차 -; drink 차#tea 카페; wear 코트 -; wear 장갑 -; take
    사진 공원; take 사진 산; listen 음악 집
snow | no | drive 차#car -; ride 자전거 -; go - 산; ride 오토바이 -; go - 시장; run - 거리; play
    테니스 공원; come
춥 | yes | wear 코트 -; wear 장갑 -; drink 차#tea -; eat 수프 -; wear 양말 -; buy 코트 -; buy 담요
    -; cook 수프 -; watch 영화 집; stay - 집; close 창문 -; close 문 -
춥 | no | swim - 바다; swim - 호수; take_walk - 해변; ride 자전거 -; play 테니스 공원; go - 바다;
    eat 아이스크림 -; open 창문 -
덥 | yes | swim - 수영장; swim - 바다; eat 아이스크림 -; drink 물 -; drink 주스 -; go - 바다; eat
    수박 -; rest - 숲; open 창문 -; go - 수영장; drink 콜라 -; go - 호수; drink 맥주 -
덥 | no | run - 공원; play 축구 운동장; wear 코트 -; cook 고기 -; exercise - 공원; walk - 거리;
    drink 커피 -; eat 수프 -; wear 장갑 -
좋 | yes | go - 공원; go - 산; take_walk - 공원; run - 공원; ride 자전거 공원; play 축구 운동장;
    walk - 해변; visit 동물원 -; play 야구 공원; travel - 부산; take 사진 정원; plant 나무 정원;
    plant 꽃 정원
좋 | no | watch 텔레비전#tv -; take 택시 -; sleep - 집
따뜻하 | yes | go - 공원; take_walk - 정원; ride 자전거 -; plant 나무 -; plant 꽃 -; open 창문 -;
    walk - 공원; play 테니스 공원; play 배드민턴 공원; go - 동물원
따뜻하 | no | wear 코트 -; wear 장갑 -
피곤하 | yes | sleep - 집; rest - 집; drink 커피 -; go_back - 집; rest - 방; listen 음악 방; sleep
    - 방; sleep; drink 차#tea 집
피곤하 | no | work - 회사; study language 도서관; exercise - 체육관; run - 공원; cook 저녁#meal -;
    play 테니스 -; clean 방 -; go - 시장; dance; do 숙제 -; drive 차#car -
아프 | yes | go - 병원; rest - 집; sleep - 집; go_back - 집; buy 약 -; visit 의사 -; call 의사 -;
    drink 차#tea -
아프 | no | go - 학교; work - 회사; exercise - 체육관; eat meal -; swim - 수영장; play 축구 -;
    travel - TOWNS; study 수학 -; go - 회사; come - 학교; come; sing; dance
배고프 | yes | eat EATABLE -; eat COOKABLE -; cook COOKABLE -; eat fruit 부엌; eat dish 식당; buy
    빵 -; buy 과일 시장; make 샌드위치 부엌; go - 식당; eat 불고기 식당; buy dish -; eat 국수 -;
    go - 빵집
배고프 | no | sleep; study subject 도서관; work - 회사; exercise
목마르 | yes | drink 물 -; drink 주스 -; drink 우유 -; drink 콜라 -; drink 차#tea -; buy 물 -; buy
    주스 -
목마르 | no | run; exercise; drink 커피 -
바쁘 | yes | work - 회사; eat 샌드위치 -; take 택시 -; study subject 도서관
바쁘 | no | rest; watch 영화 -; meet 친구 -; play 피아노 -; travel - TOWNS; read 소설 -; cook
    저녁#meal -; go - 극장; sleep; eat 아침#meal -; eat 점심#meal -; take_walk; visit 박물관 -; go
    - 파리; come
슬프 | yes | cry; listen 노래 방; call 친구 -; meet 친구 -; cry - 방; write 시 -; eat 초콜릿 -;
    listen 음악 -; drink 와인 -
슬프 | no | laugh; sing; dance; eat 저녁#meal -; sing 노래 -
행복하 | yes | laugh; sing 노래 -; dance; sing; draw 그림 -; play 피아노 -; make 케이크 -; buy 꽃
    -
행복하 | no | cry
외롭 | yes | call 친구 -; meet 친구 -; write 편지 -; listen 라디오#radio -; raise 고양이 -; raise
    개 -; cry; write 시 -; send 편지 -; raise 강아지 -
외롭 | no | sing; laugh; dance
시험 있 | yes | study language -; study subject 도서관; read 교과서 도서관; memorise 단어 -; study
    subject 학교; solve 문제 -; go - 도서관; read 교과서 -
시험 있 | no | watch 드라마 -; play 농구 -; meet 친구 -; watch 영화 -; go - 극장; rest; travel
돈 없 | yes | work - 식당; work - 가게; work - 호텔; borrow 돈 -; work - 서점
돈 없 | no | buy GOODS -; travel - TOWNS; take 택시 -; buy clothes -; buy machine -; buy 선물 -
시간 없 | yes | take 택시 -; eat 샌드위치 -; take 버스 -
시간 없 | no | rest; read 소설 -; watch 영화 -; exercise; meet 친구 -; play 기타 -; cook 저녁#meal
    -; clean 방 -; write 편지 -; visit 미술관 -; read 신문 -; take_walk
돈 있 | yes | buy GOODS -; travel - TOWNS; take 택시 -; buy machine -; buy clothes -; buy 집#house
    -; buy 선물 -
돈 있 | no | work
시간 있 | yes | rest; read 소설 -; watch 영화 -; exercise; meet 친구 -; play 기타 -; cook
    저녁#meal -; visit 미술관 -; draw 그림 -; take_walk; clean 방 -
시간 있 | no | take 택시 -; work - 회사
"""

# Two things at a time: what goes on | what is done meanwhile
MEANWHILE = """
listen 음악 노래 라디오#radio | study language subject; cook COOKABLE; clean ROOMS; take_walk;
    rest; draw DRAWABLE; run; wash WASHABLE; wash LAUNDRY; exercise; drive 차#car; write 편지
    이메일 보고서; wipe WIPEABLE
drink 커피 차#tea 주스 우유 | read 책 신문 소설 잡지 이메일 편지; write 편지 이메일 시 보고서;
    listen 음악 라디오#radio; watch 뉴스 드라마 영화; wait 버스 기차 친구; study language subject
sing 노래 | clean ROOMS; wash WASHABLE; wash LAUNDRY; cook COOKABLE; take_walk; dance; walk; drive
    차#car
watch 텔레비전#tv 드라마 뉴스 영화 | eat EATABLE meal; drink hotdrink drink; rest; exercise;
    laugh; cry
eat 빵 과일 샌드위치 케이크 사과 바나나 | read 신문 책 만화책; watch 드라마 영화 텔레비전#tv; wait
    버스 기차
cry | read 편지 소설; write 편지; watch 영화 드라마
"""

# What people do one thing after another.
DAILY = (
    "eat drink sleep get read study exercise cook wash clean watch listen take write work come go "
    "play draw run swim rest visit meet buy make practise sing dance walk shop call send finish do "
    "translate memorise pray ride learn give wipe turn fix plant open close"
).split()

# What is on when somebody comes: 내가 집에 왔을 때 그는 자고 있었다.
INTERRUPTIONS = ("go", "come", "arrive", "call", "visit", "open")


def sights() -> dict[str, tuple[str, ...]]:
    """What is where."""
    return {place: expand(things) for place, things in rows(SIGHTS)}


def abundance() -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Where there may be a lot of what."""
    return [(expand(where), expand(things)) for where, things in rows(ABUNDANCE)]


def sides() -> list[tuple[str, str, tuple[str, ...], tuple[str, ...]]]:
    """Side, its English, of what, and what is there."""
    return [(k, e, expand(g), expand(f)) for k, e, g, f in rows(SIDES)]


Deed = tuple[Verb, tuple[str, ...], tuple[str, ...]]  # a verb, its objects, its places


def deeds(text: str, places: bool = True) -> list[Deed]:
    """Find the verbs that a cell names: 'read 책 집' -> 읽 with 책 at 집."""
    found: list[Deed] = []
    for entry in text.split(";"):
        name, *rest = entry.split()
        base, _, tail = name.partition("_")
        where: tuple[str, ...] = ()
        if places:
            what = expand(rest[0]) if rest and rest[0] != "-" else ()
            where = expand(rest[1]) if len(rest) > 1 and rest[1] != "-" else ()
        else:
            what = expand(" ".join(rest))
        matches: list[Deed] = []
        for verb in VERB:
            if verb.base != base or tail != (verb.tail[-1] if tail and verb.tail else ""):
                continue
            if not where and verb.flags & {"to", "on", "bare"}:
                continue
            if (not tail and verb.tail and base in ("take", "come", "go")) or bool(what) != bool(
                verb.objects
            ):
                continue
            objects = tuple(o for o in what if o in verb.objects)
            spots = tuple(p for p in where if p in verb.places)
            people = sum(NOUN[k].is_human for k in verb.subjects) > 40
            if people and bool(objects) == bool(what) and bool(spots) == bool(where):
                matches.append((verb, objects, spots))
        if not matches:
            raise ValueError(f"scenes: no verb does {entry.strip()!r}")
        found += matches
    return found


def effects() -> dict[str, tuple[list[Deed], list[Deed]]]:
    """For each cause what it leads to and what it prevents."""
    table: dict[str, tuple[list[Deed], list[Deed]]] = {}
    for cause, answer, text in rows(CAUSES):
        table.setdefault(cause, ([], []))[answer == "no"].extend(deeds(text))
    return table


def meanwhile() -> list[tuple[list[Deed], list[Deed]]]:
    """Background and foreground of two things done at a time."""
    return [(deeds(a, False), deeds(b, False)) for a, b in (
        line.split("|") for line in lines(MEANWHILE))]  # fmt: skip
