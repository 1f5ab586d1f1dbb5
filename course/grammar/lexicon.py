"""The words of the Korean-English grammar, as tables.

Every table is plain text, one word a line, read into objects at the end of the module.

Nouns: ``Korean English [flags]``, under a heading ``[class counter]``.  ``_`` joins the words of a
longer English name, ``/`` introduces an irregular plural, ``:`` a noun's own counter (``:-`` none).
Homographs carry a sense after ``#`` (배#pear, 배#ship, 배#belly); what the sentence shows is 배
each time.  Flags: ``mass`` (no article, no plural), ``plural`` (English has only the plural),
``name`` (no article), ``he`` and ``she`` (the pronoun that takes it up again), ``in``/``at``/``on``
(the preposition of a place).

Verbs: ``stem | English | subjects | objects | places | flags``.  An irregular class stands behind
the stem: ``듣:ㄷ``.  English is the base form, with an irregular past after ``/`` and further words
after a space.  Subjects, objects and places are lists of nouns, classes and `GROUPS`, so that what
is eaten can be eaten.  Flags: ``the`` (a bare object is definite: closes the door), ``plural`` (a
bare object is meant in general: likes cats), ``stative`` (no progressive, no time), ``uncounted``
(wears two hats is not said), ``to``, ``on``, ``bare``, ``arrive``, ``towards`` (how a place is
marked), ``dative``, ``comitative``, ``become``, ``uncontracted`` (피었다), ``own`` (one wears
one's own), ``noneg``, ``nonneg``, ``single``, ``placed`` (always with a place),
``hither`` (a motion without its goal).

Adjectives: ``stem | English | nouns that it describes | flags``.  Flags: ``adnominal`` (only before
a noun), ``noadnominal``, ``mind`` (passing: 'a hungry student', but not 'I am a hungry student').
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

NOUNS = """
[person 명]
학생 student
선생님 teacher
의사 doctor
간호사 nurse
경찰관 police_officer
소방관 firefighter
요리사 cook
가수 singer
배우 actor
화가 painter
작가 writer
기자 journalist
변호사 lawyer
판사 judge
군인 soldier
농부 farmer
어부 fisherman/fishermen
조종사 pilot
운동선수 athlete
과학자 scientist
교수 professor
회사원 office_worker
점원 shop_assistant
이웃 neighbour
친구 friend
아이 child/children
소년 boy he
소녀 girl she
남자 man/men he
여자 woman/women she
노인 old_man/old_men he
왕 king he
여왕 queen she
왕자 prince he
공주 princess she
비서 secretary
손님 guest
관광객 tourist
외국인 foreigner
대학생 university_student
목수 carpenter
통역사 interpreter
시인 poet
소설가 novelist
영웅 hero/heroes
한국인 Korean
미국인 American
독일인 German
호주인 Australian
이탈리아인 Italian

[thief 명]
도둑 thief/thieves

[baby 명]
아기 baby

[kin -]
어머니 mother she
아버지 father he
할머니 grandmother she
할아버지 grandfather he
이모 aunt she
삼촌 uncle he
형 older_brother he
오빠 older_brother he
누나 older_sister she
언니 older_sister she
남동생 younger_brother he
여동생 younger_sister she
아들 son he
딸 daughter she
아내 wife/wives she
남편 husband he

[name -]
민수 Minsu name he
철수 Cheolsu name he
준호 Junho name he
현우 Hyeonu name he
영희 Yeonghui name she
민지 Minji name she
수미 Sumi name she
유나 Yuna name she

[animal 마리]
고양이 cat
개 dog
강아지 puppy
새 bird
말 horse
소 cow
돼지 pig
닭 chicken
양 sheep/sheep
토끼 rabbit
쥐 mouse/mice
호랑이 tiger
사자 lion
곰 bear
원숭이 monkey
코끼리 elephant
여우 fox
늑대 wolf/wolves
사슴 deer/deer
뱀 snake
개구리 frog
물고기 fish/fish
거북이 turtle
오리 duck
나비 butterfly
염소 goat
독수리 eagle
다람쥐 squirrel
고래 whale
상어 shark

[fruit 개]
사과 apple
배#pear pear
바나나 banana
오렌지 orange
복숭아 peach
수박 watermelon
딸기 strawberry

[vegetable 개]
감자 potato
고구마 sweet_potato
당근 carrot
양파 onion
토마토 tomato
오이 cucumber

[dish 개]
달걀 egg
샌드위치 sandwich
햄버거 hamburger

[food -]
빵 bread mass
밥 rice mass
고기 meat mass
생선 fish mass
국수 noodles plural
라면 ramen mass
김치 kimchi mass
치즈 cheese mass
초콜릿 chocolate mass
아이스크림 ice_cream mass
케이크 cake mass
피자 pizza mass
수프 soup mass
불고기 bulgogi mass
과일 fruit mass
버터 butter mass
꿀 honey mass

[meal -]
아침#meal breakfast mass
점심#meal lunch mass
저녁#meal dinner mass

[hotdrink 잔:cup]
커피 coffee mass
차#tea tea mass

[drink 잔:glass]
물 water mass
우유 milk mass
주스 juice mass
콜라 cola mass

[alcohol 병:bottle]
맥주 beer mass
와인 wine mass

[book 권]
책 book
잡지 magazine
소설 novel
사전 dictionary
교과서 textbook
만화책 comic_book
동화책 storybook
공책 notebook
일기장 diary

[text -]
신문 newspaper :부
시 poem :편
이메일 email :통
기사 article :편
이야기 story :편
보고서 report :개
문장 sentence :개
단어 word :개

[letter 통]
편지 letter

[blade 자루]
칼 knife/knives

[cloth 장]
수건 towel
담요 blanket

[sheet 장]
그림 picture
사진 photo
표 ticket
지도 map
카드 card
우표 stamp

[pen 자루]
연필 pencil
펜 pen

[thing 개]
가방 bag
지갑 wallet
열쇠 key
우산 umbrella
시계 clock
모자 hat
목도리 scarf/scarves
반지 ring
선물 present
인형 doll
장난감 toy
공 ball
풍선 balloon
의자 chair
책상 desk
식탁 table
침대 bed
소파 sofa
거울 mirror
상자 box
병 bottle
컵 cup
접시 plate
숟가락 spoon
베개 pillow
램프 lamp
달력 calendar
바구니 basket
동전 coin
문 door
창문 window
탑 tower

[clothes 벌]
치마 skirt
드레스 dress
양복 suit
코트 coat
셔츠 shirt

[wear -]
옷 clothes plural
바지 trousers plural
안경 glasses plural

[pair 켤레:pair]
신발 shoes plural
양말 socks plural
장갑 gloves plural

[machine 대]
컴퓨터 computer
노트북 laptop
휴대폰 mobile_phone
카메라 camera
라디오 radio
텔레비전 television
냉장고 fridge
세탁기 washing_machine
피아노 piano
기타 guitar
바이올린 violin

[vehicle 대]
차#car car
자전거 bicycle
버스 bus
기차 train
택시 taxi
비행기 plane
오토바이 motorbike
트럭 lorry

[ship 척]
배#ship ship

[flower 송이]
꽃 flower
장미 rose

[tree 그루]
나무 tree
사과나무 apple_tree

[building 채]
집#house house

[stuff -]
음악 music mass
돈 money mass
약 medicine mass
비누 soap mass
종이 paper mass
눈#snow snow mass
숙제 homework mass
일 work mass
도움 help mass
시간 time mass

[media -]
텔레비전#tv television mass
라디오#radio radio

[show -]
노래 song :곡
영화 film :편
연극 play :편
드라마 drama :편
경기 match
뉴스 news mass
수업 class :개
회의 meeting :개
시험 exam :개
파티 party
여행 trip
문제 problem :개
질문 question :개
계획 plan :개
약속 promise :개
비밀 secret :개
꿈 dream
이름 name :개
규칙 rule :개
대답 answer
이유 reason :개
소식 news mass

[language -]
한국어 Korean mass
영어 English mass
일본어 Japanese mass
중국어 Chinese mass
독일어 German mass
프랑스어 French mass
스페인어 Spanish mass

[subject -]
수학 mathematics mass
과학 science mass
역사 history mass
미술 art mass
화학 chemistry mass
철학 philosophy mass

[sport -]
축구 football mass
야구 baseball mass
농구 basketball mass
배구 volleyball mass
테니스 tennis mass
배드민턴 badminton mass
탁구 table_tennis mass

[body -]
배#belly stomach
머리 head
다리 leg
팔 arm
손 hand
발 foot
눈#eye eyes plural
코 nose
귀 ear
목 throat
이#tooth tooth
허리 back

[place 곳]
학교 school name at
집 home name at :-
도서관 library in
공원 park in
시장 market at
병원 hospital in
회사 office at
은행 bank at
우체국 post_office at
식당 restaurant in
카페 cafe in
서점 bookshop in
가게 shop in
백화점 department_store in
극장 theatre at
영화관 cinema at
박물관 museum in
미술관 art_gallery in
동물원 zoo at
수영장 swimming_pool at
체육관 gym in
역 station at
공항 airport at
항구 harbour at
호텔 hotel in
교회 church at
절 temple at
대학교 university at
약국 pharmacy in
빵집 bakery in
경찰서 police_station at
정류장 bus_stop at
교실 classroom in :개
사무실 office in :개
방 room in :개
부엌 kitchen in :개
거실 living_room in :개
욕실 bathroom in :개
정원 garden in
마당 yard in
농장 farm on
숲 forest in
산 mountain on :개
바다 sea in :-
강 river in :개
호수 lake in
섬 island on :개
해변 beach on
들판 field in
도시 city in
마을 village in
시골 countryside in :-
거리 street in :-
다리#bridge bridge on :개
운동장 playground in :개
하늘 sky in :-
궁전 palace in

[country -]
한국 Korea name in
미국 America name in
영국 Britain name in
일본 Japan name in
중국 China name in
프랑스 France name in
독일 Germany name in
캐나다 Canada name in
이탈리아 Italy name in
호주 Australia name in

[town -]
서울 Seoul name in
부산 Busan name in
런던 London name in
파리 Paris name in
도쿄 Tokyo name in
뉴욕 New_York name in

[nature -]
비 rain mass
바람 wind
날씨 weather
해 sun
달 moon
"""

# Lists that the tables below use.  A class of NOUNS is a group of its own name.
GROUPS = """
PEOPLE = person name kin
ADULTS = person name kin -아이 -소년 -소녀 -학생 -왕자 -공주 -남동생 -여동생
KNOWN = person kin name
CHILDREN = 아이 소년 소녀 학생 강아지 민수 유나
PET = 고양이 개 강아지 토끼 새 거북이
LIVESTOCK = 소 돼지 닭 양 염소 말 오리 토끼
HUNTER = 호랑이 사자 늑대 곰 독수리 여우 개 고양이 상어
GRAZER = 말 소 염소 양 사슴 토끼 코끼리
FRUITEATER = 원숭이 곰 코끼리 다람쥐 돼지 새 토끼
RUNNER = 말 개 강아지 토끼 사슴 여우 늑대 호랑이 사자 염소
FLYER = 새 나비 독수리 오리
SWIMMER = 물고기 고래 상어 거북이 오리
SLEEPER = 고양이 개 강아지 곰 사자 호랑이 원숭이 토끼 돼지 여우 뱀
EATABLE = fruit vegetable dish food -버터 -꿀
COOKABLE = 생선 고기 국수 수프 불고기 감자 달걀 meal
BAKED = 케이크 빵 피자 샌드위치 햄버거 수프 김치 주스
DRINKS = hotdrink drink alcohol
READABLE = 책 잡지 소설 사전 교과서 만화책 동화책 신문 시 편지 이메일 기사 이야기 보고서 문장 단어
    일기장
WRITABLE = 편지 이메일 소설 시 기사 보고서 책 이야기 문장
SHOWN = 영화 연극 드라마 경기 뉴스 텔레비전#tv
UNCOUNTED = body nature 집 하늘 시골 바다 라디오#radio 텔레비전#tv
SOLD = fruit vegetable 빵 고기 생선 김치 옷 신발 양말 모자 가방 우산 시계 꽃 책 우유 꿀 컴퓨터
    자전거 그림 반지 인형 의자 -배#pear
GARMENT = 치마 드레스 양복 코트 셔츠 옷 바지
HEADWEAR = 모자 안경
GOODS = clothes wear pair pen machine fruit vegetable dish food 책 잡지 소설 사전 만화책 공책 사진
    표 지도 카드 우표 가방 지갑 우산 시계 모자 목도리 반지 선물 인형 장난감 공 의자 책상 식탁 침대
    소파 거울 컵 접시 칼 수건 베개 담요 램프 달력 바구니 꽃 장미 자전거 오토바이 트럭 피아노 기타
    바이올린 약 비누 종이 그림 집#house 신문 풍선 숟가락 drink alcohol -배#pear
GIFTS = 책 소설 동화책 사전 연필 펜 가방 지갑 우산 시계 모자 목도리 반지 선물 인형 장난감 공 컵 꽃
    장미 옷 장갑 양말 돈 사진 그림 카드 초콜릿 케이크 사과 배#pear 오렌지 물 열쇠 표 자전거 카메라
    기타 담요 수건 코트 빵 동전 풍선 강아지 약 우유 꿀
SENDABLE = 편지 이메일 카드 선물 사진 돈 꽃 책 옷 과일 보고서
LENDABLE = 책 우산 돈 자전거 연필 펜 사전 노트북 카메라 기타 차#car 공책 교과서 칼 소설 코트
    만화책
LOSABLE = 열쇠 지갑 가방 우산 표 돈 반지 모자 휴대폰 공책 카메라 장갑 목도리 안경 인형 공 카드
    시계
PORTABLE = 컵 접시 책 가방 열쇠 꽃 사전 램프 시계 바구니 카메라 노트북 휴대폰 펜 연필 숟가락 칼 병
    신문 공책 장미 지도 안경 상자 케이크 빵 잡지 인형 사진 수건
PACKABLE = 책 지갑 열쇠 우산 카메라 공책 연필 펜 돈 표 사전 수건 옷 휴대폰 사과 배#pear 빵 교과서
    장갑 약 비누 물
DRAWABLE = 그림 꽃 나무 고양이 개 말 새 장미 나비 지도 집#house 기차 물고기 코끼리 공주 왕 해 달
VISIBLE = animal 친구 의사 경찰관 가수 배우 군인 아이 소년 소녀 도둑 왕 공주 꽃 나무 비행기 기차
    해 달 산 바다 탑
FIXABLE = 컴퓨터 노트북 휴대폰 카메라 라디오 텔레비전 냉장고 세탁기 차#car 자전거 트럭 시계 의자
    책상 문 창문 피아노 침대 오토바이 버스 배#ship 소파 우산
MAKEABLE = 인형 장난감 의자 책상 상자 바구니 가방 케이크 빵 샌드위치 수프 김치 치즈 식탁 옷 그림
    드레스 침대 램프 영화 음악 주스 거울 담요 베개
PLAYABLE = 피아노 기타 바이올린
ONOFF = 텔레비전 라디오 컴퓨터 램프 세탁기 노트북 카메라 휴대폰
OPENABLE = 문 창문 상자 가방 병 냉장고 지갑 선물
CLOSABLE = 문 창문 상자 가방 냉장고 지갑 노트북
WASHABLE = 접시 컵 사과 딸기 과일 칼 숟가락 감자 당근 오이 토마토 고구마 복숭아 배#pear
LAUNDRY = 옷 양말 셔츠 수건 담요 바지 코트 치마 장갑 모자 신발 베개 드레스
WIPEABLE = 창문 거울 책상 식탁 접시 칼 컵 안경 신발 자전거 의자 문
ROOMS = 방 교실 부엌 거실 욕실 사무실 마당 거리 수영장
TOWNS = country town
STUDYPLACE = 도서관 집 학교 교실 카페 방 사무실 대학교
EATPLACE = 식당 집 카페 부엌 공원 호텔 거실 정원 학교 회사
SHOPPLACE = 시장 가게 백화점 공항 역
READPLACE = 도서관 집 카페 방 공원 교실 서점 정원 거실
WORKPLACE = 회사 은행 병원 우체국 식당 호텔 서점 약국 경찰서 백화점 박물관 동물원 농장 공항 빵집
    미술관 학교 대학교 가게
RESTPLACE = 집 방 공원 호텔 정원 숲 해변 거실 카페 농장 시골 섬
WALKPLACE = 공원 숲 해변 거리 정원 산 들판 마당 다리#bridge
RUNPLACE = 공원 운동장 해변 들판 거리 체육관 학교 숲
PLAYPLACE = 공원 운동장 마당 해변 정원 방 거실 학교 집
WATERPLACE = 바다 강 호수 수영장
MEETPLACE = 공원 학교 역 카페 공항 시장 극장 도서관 식당 정류장 교회 거리 병원 박물관 호텔 항구
GOPLACE = 학교 집 도서관 공원 시장 병원 회사 은행 우체국 식당 카페 서점 가게 백화점 극장 영화관
    박물관 미술관 동물원 수영장 체육관 역 공항 항구 호텔 교회 절 대학교 약국 빵집 경찰서 정류장 산
    바다 강 호수 섬 해변 농장 숲 시골 궁전 TOWNS
HOMEPLACE = 도시 마을 시골 섬 농장 TOWNS
VISITPLACE = 박물관 미술관 동물원 궁전 절 섬 교회 농장 시장 대학교 TOWNS
TREEPLACE = 공원 정원 산 숲 마당 섬 거리 학교 들판 농장 절
WILDPLACE = 숲 산 들판 동물원 섬
BEAUTIFUL = 공원 정원 산 바다 강 호수 섬 도시 마을 궁전 해변 꽃 장미 노래 그림 드레스 여왕 공주
    반지 사진 나비 음악 새 배우 여자
QUIETABLE = 도서관 공원 마을 교실 방 카페 거리 숲 절 교회 시골 호수 해변 호텔
BUSYPLACE = 시장 거리 식당 역 교실 공항 극장 운동장 카페
GROWNUP = 의사 간호사 경찰관 변호사 교수 화가 작가 기자 가수 배우 과학자 판사 농부 군인 점원
    선생님 요리사 왕 여왕 회사원
PROFESSIONS = 학생 선생님 의사 간호사 경찰관 소방관 요리사 가수 배우 화가 작가 기자 변호사 판사
    군인 농부 어부 조종사 운동선수 과학자 교수 회사원 점원 친구 비서 손님 관광객 외국인 대학생
    목수 통역사 시인 소설가 영웅 한국인 미국인 독일인 호주인 이탈리아인
CALLED = name kin 남자 여자 이웃 친구 손님
IDENTIFIABLE = book letter 사진 표 지도 카드 우표 연필 펜 가방 지갑 열쇠 우산 시계 모자 반지 선물
    인형 장난감 fruit vegetable 꽃 나무 사과나무 늑대 여우 고래 상어 컴퓨터 기차 비행기 코트
    드레스 호텔 궁전 절 박물관 은행 우체국 약국 역 문제 질문 시 신문 꿈 비밀 그림 탑 달력 기타
    바이올린 냉장고 담요 베개 -배#pear
HAVABLE = 신발 양말 장갑 코트 돈 시간 남동생 여동생 아들 딸 이모 삼촌 친구 고양이 개 강아지 말
    토끼 집#house 차#car 자전거 질문 꿈 계획 시험 수업 회의 표 우산 카메라 피아노 기타 비밀 문제
    숙제 컴퓨터 노트북 열쇠 책 지도 선물 정원 휴대폰 안경 농장 바이올린 양복 우표 냉장고 텔레비전
    소 양 닭 사전 오토바이
NEEDED = 물 돈 시간 도움 약 우산 표 지도 코트 사전 비누 종이 수건 담요 의사 친구 선생님 변호사
    가방 연필 펜 안경 신발 장갑 의자 책상 침대 카메라 컴퓨터 통역사 열쇠 칼 계획 휴대폰 자전거
    냉장고 세탁기 램프 거울 베개 비서 모자 양말 접시 숟가락 옷 버터 우유 목도리
PLENTY = 돈 시간 친구 책 숙제 일 질문 옷 비밀 사진 신발 시험 우표 인형 모자 가방 꽃 고양이 기타
OWNED = thing blade cloth clothes wear pair machine vehicle book letter pen building 사진 카드 표
    친구 선생님 이웃 의사 고양이 개 강아지 말 꿈 약속 비밀 계획 질문 이름 대답 방 학교 정원 회사
    마을 도시 가게 농장 이야기 노래 시 소설 -버스 -택시 -기차 -비행기
NEWABLE = book clothes wear pair machine vehicle ship building 가방 지갑 열쇠 우산 시계 모자
    목도리 반지 인형 장난감 공 의자 책상 식탁 침대 소파 거울 칼 수건 담요 램프 달력 신문 영화 노래
    펜 연필 학교 도서관 병원 식당 카페 호텔 공항 극장 박물관 역 다리#bridge 계획 선생님 친구 규칙
    카드 지도
HERE = 공원 학교 역 카페 공항 시장 극장 도서관 식당 교회 병원 박물관 호텔 집 교실 방 부엌 거실
    사무실 정원 은행 서점 농장 가게 서울 부산 한국 파리 런던 일본
ASKABLE = 책 소설 만화책 동화책 잡지 영화 연극 드라마 노래 경기 질문 문제 이야기 시 기사 신문 단어
    꽃 과일 고기 생선 옷 약 음악 선물 그림 사진 케이크 빵 와인 일
"""

VERBS = """
먹 | eat/ate | PEOPLE | EATABLE meal | EATPLACE |
먹 | eat/ate | HUNTER | 고기 생선 | |
먹 | eat/ate | FRUITEATER | fruit 당근 감자 고구마 과일 | |
먹 | eat/ate | PEOPLE | | EATPLACE |
공부하 | study | PEOPLE | | STUDYPLACE |
요리하 | cook | PEOPLE | | 부엌 집 식당 |
청소하 | clean | PEOPLE | | 집 학교 교실 |
운전하 | drive/drove | ADULTS | | 도시 거리 시골 |
기다리 | wait | PEOPLE | | MEETPLACE |
마시 | drink/drank | PEOPLE | hotdrink drink | EATPLACE |
마시 | drink/drank | ADULTS | alcohol | 식당 집 호텔 |
마시 | drink/drank | 고양이 개 강아지 | 물 우유 | | uncounted
마시 | drink/drank | GRAZER 토끼 새 사자 호랑이 | 물 | | uncounted
읽 | read/read | PEOPLE | READABLE | READPLACE |
쓰 | write/wrote | PEOPLE | WRITABLE | STUDYPLACE |
쓰 | wear/wore | PEOPLE | HEADWEAR | | stative uncounted own
입 | wear/wore | PEOPLE | GARMENT | | stative uncounted own
신 | wear/wore | PEOPLE | 신발 양말 | | stative uncounted own
끼 | wear/wore | PEOPLE | 반지 장갑 | | stative uncounted own
벗 | take/took off | PEOPLE | 모자 코트 신발 양말 장갑 안경 옷 | | the own uncounted
보 | watch | PEOPLE | SHOWN | 집 극장 영화관 거실 호텔 |
보 | see/saw | PEOPLE | VISIBLE | | stative
듣:ㄷ | listen to | PEOPLE | 음악 노래 라디오#radio 뉴스 이야기 | 집 방 카페 공원 학교 거실 |
배우 | learn | PEOPLE | language subject sport | 학교 대학교 집 도서관 |
공부하 | study | PEOPLE | language subject | STUDYPLACE |
가르치 | teach/taught | 선생님 교수 민수 유나 어머니 아버지 삼촌 이모 통역사 과학자 영희 여자 남자
    언니 형 | language subject sport | 학교 대학교 집 교실 | dative
사 | buy/bought | PEOPLE | GOODS | SHOPPLACE |
팔 | sell/sold | ADULTS | SOLD | 시장 가게 백화점 거리 | plural
만들 | make/made | PEOPLE | MAKEABLE | 집 부엌 방 학교 |
요리하 | cook | PEOPLE | COOKABLE | 부엌 집 식당 |
씻 | wash | PEOPLE | WASHABLE | 부엌 집 마당 욕실 |
빨 | wash | PEOPLE | LAUNDRY | 집 마당 욕실 강 |
닦 | wipe | PEOPLE | WIPEABLE | | the
청소하 | clean | PEOPLE | ROOMS | |
열 | open | PEOPLE | OPENABLE | | the
닫 | close | PEOPLE | CLOSABLE | | the
켜 | turn on | PEOPLE | ONOFF | | the
끄 | turn off | PEOPLE | ONOFF | | the
잃어버리 | lose/lost | PEOPLE | LOSABLE | 역 공항 시장 공원 학교 해변 백화점 |
발견하 | discover | 과학자 민수 아이 왕 농부 어부 소년 소녀 남동생 관광객 군인 | 비밀 섬 탑 호수
    마을 숲 | |
발견하 | find/found | 과학자 민수 아이 왕 농부 어부 소년 소녀 남동생 관광객 군인 | 동전 반지 편지
    지도 상자 열쇠 그림 | |
기억하 | remember | PEOPLE | 약속 이름 노래 이야기 꿈 규칙 대답 단어 | | the stative
만나 | meet/met | PEOPLE | KNOWN | MEETPLACE |
기다리 | wait for | PEOPLE | KNOWN 버스 기차 택시 편지 소식 대답 배#ship | MEETPLACE | uncounted
돕:ㅂ | help | PEOPLE | KNOWN | 학교 병원 집 농장 시장 |
사랑하 | love | PEOPLE | name kin | | stative
좋아하 | like | PEOPLE | fruit vegetable food hotdrink drink sport language subject 고양이 개
    강아지 새 말 토끼 원숭이 나비 꽃 장미 음악 영화 책 소설 노래 바다 인형 기차 -배#pear -차#tea |
    | plural stative
싫어하 | hate | PEOPLE | vegetable 사과 바나나 달걀 빵 생선 국수 김치 치즈 수프 커피 우유 콜라
    맥주 와인 쥐 뱀 개구리 상어 늑대 시험 숙제 subject 약 | | plural stative
알 | know/knew | PEOPLE | 대답 비밀 이유 규칙 이름 노래 이야기 계획 단어 소식 | | the stative
    noneg
지키 | keep/kept | PEOPLE | 약속 비밀 규칙 | | the
믿 | believe | PEOPLE | 이야기 소식 대답 약속 name kin | | the stative uncounted
부르:르 | sing/sang | PEOPLE 새 | 노래 | 교회 집 학교 극장 공원 |
부르:르 | call | PEOPLE | 친구 의사 아이 경찰관 간호사 점원 개 고양이 택시 name kin | | uncounted
그리 | draw/drew | PEOPLE | DRAWABLE | 공원 학교 방 교실 카페 |
찍 | take/took | PEOPLE | 사진 | 공원 바다 산 해변 궁전 학교 동물원 정원 파리 서울 |
타 | ride/rode | PEOPLE | 자전거 말 오토바이 | 공원 거리 해변 들판 | uncounted
타 | take/took | PEOPLE | 버스 | 정류장 거리 | uncounted
타 | take/took | PEOPLE | 기차 | 역 서울 부산 | uncounted
타 | take/took | PEOPLE | 택시 | 거리 공항 역 | uncounted
타 | take/took | PEOPLE | 비행기 | 공항 | uncounted
타 | take/took | PEOPLE | 배#ship | 항구 섬 | uncounted
운전하 | drive/drove | ADULTS | 차#car 버스 트럭 택시 | 도시 거리 시골 | uncounted
빌리 | borrow | PEOPLE | LENDABLE | 도서관 학교 회사 |
주 | give/gave | PEOPLE | GIFTS | | dative
보내 | send/sent | PEOPLE | SENDABLE | 우체국 회사 | dative
보여주 | show | PEOPLE | 사진 그림 지도 편지 표 책 집#house 방 선물 반지 강아지 시계 정원 카드
    노트북 보고서 | | dative
받 | receive | PEOPLE | 편지 선물 이메일 카드 돈 꽃 소식 질문 도움 대답 사진 책 표 | 학교 회사
    우체국 |
가져오 | bring/brought | PEOPLE | 물 우산 의자 약 과일 빵 케이크 담요 수건 책 열쇠 카메라 접시 컵
    신문 교과서 상자 | |
자르:르 | cut/cut | PEOPLE | 빵 고기 종이 사과 배#pear 수박 케이크 치즈 양파 오이 당근 나무 | 부엌
    |
고르:르 | choose/chose | PEOPLE | 선물 옷 양말 장갑 책 셔츠 모자 반지 카드 영화 노래 드레스 신발
    가방 장난감 꽃 치마 코트 안경 케이크 인형 | 백화점 가게 시장 서점 |
고치 | fix | ADULTS | FIXABLE | 집 회사 마당 |
짓:ㅅ | build/built | 목수 농부 왕 아버지 삼촌 남자 할아버지 민수 친구 이웃 | 집#house 탑 | 마을
    산 섬 도시 |
심 | plant | PEOPLE | 나무 사과나무 꽃 장미 감자 당근 토마토 딸기 양파 | 정원 마당 농장 공원 들판
    |
키우 | raise | PEOPLE | PET LIVESTOCK | 집 농장 시골 마당 |
잡 | catch/caught | 어부 소년 아버지 삼촌 할아버지 | 물고기 | 강 호수 바다 |
잡 | catch/caught | 고양이 독수리 여우 뱀 | 쥐 토끼 개구리 새 | |
잡 | catch/caught | 경찰관 군인 | 도둑 | 역 시장 거리 공항 은행 |
던지 | throw/threw | PEOPLE | 공 | 운동장 공원 마당 |
밀 | push | PEOPLE | 문 의자 상자 책상 자전거 침대 차#car 소파 | | the
당기 | pull | PEOPLE | 문 의자 상자 소파 책상 | | the
시작하 | start | PEOPLE | 일 여행 숙제 수업 경기 회의 | | the
끝내 | finish | PEOPLE | 숙제 일 보고서 수업 회의 | 집 회사 도서관 | the
하 | do/did | PEOPLE | 숙제 | 집 도서관 방 카페 |
하 | play | PEOPLE | 축구 야구 농구 배구 | 운동장 공원 학교 체육관 |
치 | play | PEOPLE | 테니스 배드민턴 탁구 | 공원 체육관 학교 |
치 | play | PEOPLE | 피아노 기타 | 집 학교 교회 방 공원 | the uncounted
연주하 | play | PEOPLE | 바이올린 음악 피아노 기타 | 극장 학교 교회 공원 | the uncounted
연습하 | practise | PEOPLE | 노래 피아노 기타 바이올린 sport | 집 학교 체육관 방 | the uncounted
준비하 | prepare | PEOPLE | meal 선물 | 집 부엌 회사 |
준비하 | prepare for | PEOPLE | 파티 수업 회의 여행 시험 | 집 학교 회사 | the
설명하 | explain | PEOPLE | 문제 규칙 계획 단어 문장 이유 | 학교 교실 회사 | the dative
이해하 | understand/understood | PEOPLE | 문제 질문 문장 단어 수업 규칙 대답 이유 계획 이야기 | |
    the stative
번역하 | translate | PEOPLE | 책 시 소설 편지 문장 기사 이야기 노래 보고서 이메일 | 집 회사 도서관
    |
외우 | memorise | PEOPLE | 단어 시 노래 문장 이름 규칙 대답 | 학교 방 도서관 | the
풀 | solve | PEOPLE | 문제 | 학교 도서관 교실 집 | the
방문하 | visit | PEOPLE | VISITPLACE | |
떠나 | leave/left | PEOPLE | 집#house 도시 마을 섬 호텔 회사 학교 TOWNS 파티 | | the uncounted
건너 | cross | PEOPLE 개 고양이 사슴 말 | 강 다리#bridge 들판 | | the
버리 | throw/threw away | PEOPLE | 종이 신문 병 상자 편지 옷 신발 의자 잡지 인형 달력 양말 카드
    담요 우산 바구니 | |
모으 | collect | PEOPLE | 우표 동전 인형 카드 시계 사진 지도 그림 모자 컵 | | plural
사용하 | use | PEOPLE | 컴퓨터 사전 칼 펜 휴대폰 노트북 카메라 지도 숟가락 연필 비누 세탁기 돈
    종이 수건 | 집 학교 회사 부엌 |
칭찬하 | praise | PEOPLE | person name kin | |
초대하 | invite | PEOPLE | person name kin | |
도와주 | help | 간호사 점원 비서 경찰관 친구 소방관 선생님 민수 유나 아들 딸 | 의사 손님 관광객
    노인 외국인 할머니 할아버지 아이 과학자 교수 | 병원 역 공항 호텔 박물관 |
깨우 | wake/woke | PEOPLE | 아이 아기 친구 name kin 개 고양이 왕자 공주 손님 | |
안 | hug | PEOPLE | 아이 아기 인형 고양이 강아지 친구 name kin 토끼 | | uncounted
그리워하 | miss | PEOPLE | name kin 친구 바다 시골 TOWNS 선생님 | | the stative uncounted
존경하 | respect | PEOPLE | name kin 선생님 의사 교수 과학자 작가 시인 소방관 영웅 판사 | | the
    stative uncounted
돌보 | look after | PEOPLE | 아이 아기 고양이 개 강아지 할머니 할아버지 정원 토끼 말 노인 남동생
    여동생 양 | 집 | the
구하 | save | 소방관 의사 경찰관 군인 영웅 왕자 어부 개 간호사 | 아이 아기 고양이 소년 소녀 남자
    여자 개 노인 공주 왕 관광객 새 어부 | 강 바다 산 |
용서하 | forgive/forgave | PEOPLE | 친구 도둑 이웃 name kin | | the
따라가 | follow | PEOPLE 개 강아지 | 친구 경찰관 도둑 선생님 아이 소녀 소년 name kin 고양이 토끼 |
    | the
만지 | touch | PEOPLE | 고양이 강아지 말 피아노 그림 토끼 양 뱀 꽃 칼 공 거북이 코끼리 | | the
찾아가 | visit | PEOPLE | 친구 의사 선생님 교수 변호사 name kin | |

자 | sleep/slept | PEOPLE SLEEPER baby | | 집 방 호텔 소파 거실 교실 |
일어나 | get/got up | PEOPLE | | |
앉 | sit/sat | PEOPLE 고양이 개 | | 의자 소파 침대 | on stative
걷:ㄷ | walk | PEOPLE | | WALKPLACE |
달리 | run/ran | PEOPLE RUNNER | | RUNPLACE |
뛰 | jump | 개구리 | | 정원 마당 방 해변 부엌 |
뛰 | jump | CHILDREN 원숭이 고양이 남동생 여동생 아들 딸 | | 침대 소파 | placed
수영하 | swim/swam | PEOPLE | | WATERPLACE |
헤엄치 | swim/swam | SWIMMER | | 바다 강 호수 |
일하 | work | ADULTS | | WORKPLACE |
쉬 | rest | PEOPLE | | RESTPLACE |
놀 | play | CHILDREN 원숭이 고양이 강아지 개 아들 딸 여동생 남동생 | | PLAYPLACE |
울 | cry | PEOPLE baby | | 방 학교 병원 집 거리 |
웃 | laugh | PEOPLE baby | | 교실 방 극장 거리 |
노래하 | sing/sang | PEOPLE 새 | | 교회 극장 공원 정원 학교 |
춤추 | dance | PEOPLE | | 극장 거리 공원 방 해변 |
여행하 | travel | PEOPLE | | TOWNS |
운동하 | exercise | PEOPLE | | 체육관 공원 집 운동장 |
산책하 | take/took a walk | PEOPLE | | 공원 숲 해변 거리 정원 |
낚시하 | fish | 어부 아버지 삼촌 할아버지 민수 이웃 남자 소년 | | 강 호수 바다 |
기도하 | pray | PEOPLE | | 교회 절 집 방 |
쇼핑하 | shop | PEOPLE | | 백화점 시장 서울 파리 런던 도쿄 뉴욕 |
기침하 | cough | PEOPLE | | 교실 방 병원 극장 |
날 | fly/flew | FLYER 비행기 | | 하늘 |
넘어지 | fall/fell down | PEOPLE 말 | | 거리 산 운동장 욕실 | nonneg
이야기하 | talk | PEOPLE | | 카페 학교 공원 회사 | comitative
싸우 | fight/fought | 소년 소녀 친구 형 언니 남동생 여동생 민수 철수 현우 왕 군인 남자 여자 아이 |
    | 학교 거리 운동장 집 | comitative
결혼하 | get/got married | ADULTS -남편 -아내 -어머니 -아버지 -할머니 -할아버지 | |
    교회 호텔 | single
가 | go/went | PEOPLE | | GOPLACE | to
오 | come/came | PEOPLE | | GOPLACE | to
오 | come/came | PEOPLE | | | hither
오 | come/came | 손님 친구 학생 의사 선생님 이웃 기자 아이 경찰관 외국인 관광객 남자 여자 목수 도둑
    군인 노인 고양이 개 강아지 새 여우 사슴 곰 토끼 호랑이 버스 기차 택시 트럭 편지 소식 |
    | | hither
가 | go/went | PEOPLE | | | hither
돌아오 | come/came back | PEOPLE | | GOPLACE | to
돌아가 | go/went back | PEOPLE | | GOPLACE | to
들어가 | go/went into | PEOPLE 고양이 개 | | 방 교실 부엌 가게 은행 극장 숲 거실 식당 교회 병원
    서점 호텔 | bare
뛰어가 | run/ran | PEOPLE | | 학교 병원 역 정류장 공원 집 강 다리#bridge 바다 | to towards
이사하 | move | PEOPLE | | HOMEPLACE | to towards
오르:르 | climb | PEOPLE 염소 원숭이 | | 산 | bare
살 | live | PEOPLE | | HOMEPLACE | stative
살 | live | 고래 상어 물고기 거북이 | | 바다 | stative
살 | live | 물고기 오리 개구리 거북이 | | 강 호수 | stative
살 | live | 새 토끼 쥐 호랑이 사자 곰 원숭이 코끼리 여우 늑대 사슴 뱀 개구리 나비 독수리 다람쥐
    염소 | | WILDPLACE | stative
살 | live | 소 돼지 닭 양 말 오리 개 쥐 | | 농장 시골 들판 | stative
머무르:르 | stay | PEOPLE | | 호텔 집 섬 시골 병원 농장 서울 부산 파리 |
도착하 | arrive | PEOPLE 기차 버스 비행기 배#ship | | 역 공항 학교 집 정류장 회사 항구 서울 부산
    병원 극장 호텔 섬 | arrive
출발하 | depart | 기차 버스 비행기 배#ship 관광객 군인 | | |
시작되 | begin/began | 영화 수업 회의 경기 연극 시험 파티 드라마 뉴스 여행 | | |
끝나 | end | 영화 수업 회의 경기 연극 시험 파티 드라마 뉴스 여행 | | |
피 | bloom | 꽃 장미 | | 정원 마당 공원 산 학교 들판 | uncontracted
불 | blow/blew | 바람 | | |
뜨 | rise/rose | 해 달 | | | nonneg
지 | set/set | 해 달 | | | nonneg
되 | become/became | PEOPLE | 의사 간호사 경찰관 소방관 요리사 가수 배우 화가 작가 기자 변호사
    판사 군인 농부 어부 조종사 운동선수 과학자 교수 선생님 목수 통역사 시인 소설가 영웅 대학생
    비서 회사원 | | become stative
훔치 | steal/stole | 도둑 여우 원숭이 | 돈 반지 지갑 가방 시계 그림 차#car 자전거 카메라 휴대폰
    노트북 사과 빵 고기 닭 달걀 | |
죽 | die | 왕 여왕 물고기 나무 꽃 늑대 새 노인 말 영웅 쥐 | | |  nonneg
"""

ADJECTIVES = """
크 | big | animal book fruit vegetable thing blade cloth clothes machine vehicle ship tree
    building 방 공원 도시 학교 정원 식당 병원 공항 강 호수 섬 운동장 도서관 시장 백화점 농장 궁전
    가방 -배#pear -배#ship |
작 | small | animal book fruit vegetable thing blade cloth clothes machine vehicle ship tree
    building flower 방 공원 도시 마을 가게 정원 카페 섬 교회 부엌 호수 역 -배#pear -배#ship |
예쁘 | pretty | clothes flower 옷 신발 양말 장갑 모자 목도리 반지 인형 컵 접시 가방 소녀 아기 공주
    여자 나비 고양이 카드 그림 새 집#house 정원 |
귀엽:ㅂ | cute | 고양이 개 강아지 토끼 오리 다람쥐 원숭이 아기 아이 인형 새 곰 거북이 돼지 양 소년
    |
비싸 | expensive | clothes machine vehicle 옷 바지 안경 신발 가방 지갑 시계 반지 모자 침대 소파 표
    호텔 식당 와인 그림 고기 집#house 딸기 수박 장미 -차#car |
싸 | cheap | clothes machine 옷 바지 신발 양말 가방 우산 모자 표 연필 펜 공책 사과 바나나 자전거
    의자 장난감 호텔 식당 국수 라면 컵 책 |
맛있 | delicious | fruit dish food vegetable hotdrink 우유 주스 meal |
달 | sweet | fruit 케이크 초콜릿 아이스크림 꿀 주스 콜라 차#tea |
맵:ㅂ | spicy | 김치 라면 국수 수프 불고기 고기 피자 햄버거 |
뜨겁:ㅂ | hot | 커피 차#tea 물 수프 우유 해 감자 접시 |
차갑:ㅂ | cold | 물 우유 주스 맥주 콜라 수프 바람 바다 강 호수 |
신선하 | fresh | fruit vegetable 우유 생선 고기 빵 달걀 과일 주스 버터 |
재미있 | interesting | 책 소설 만화책 동화책 잡지 영화 연극 드라마 이야기 경기 수업 여행 질문 기사
    역사 과학 문제 일기장 뉴스 |
지루하 | boring | 책 소설 영화 연극 드라마 수업 회의 이야기 경기 보고서 일 여행 파티 기사 뉴스 |
어렵:ㅂ | difficult | 책 시험 문제 질문 숙제 수업 단어 문장 시 노래 일 수학 과학 화학 철학 한국어
    중국어 영어 독일어 규칙 |
쉽:ㅂ | easy | 책 시험 문제 질문 숙제 수업 단어 문장 노래 일 수학 영어 스페인어 규칙 미술 |
중요하 | important | 회의 시험 문제 편지 약속 소식 질문 이메일 보고서 계획 규칙 일 단어 표 경기
    수업 열쇠 이름 카드 |
무겁:ㅂ | heavy | 가방 상자 의자 책상 침대 소파 책 사전 코트 문 수박 바구니 컴퓨터 피아노 식탁 병
    담요 거울 |
가볍:ㅂ | light | 가방 상자 의자 노트북 신발 코트 우산 자전거 컵 모자 책 카메라 셔츠 담요 베개 |
길 | long | 편지 치마 드레스 코트 목도리 바지 소설 영화 이야기 강 여행 뱀 회의 보고서 문장 거리
    기차 시 이메일 |
짧 | short | 편지 치마 바지 소설 영화 이야기 여행 회의 연필 시 문장 기사 수업 노래 이메일 이름 |
높 | tall | 탑 |
높 | high | 산 다리#bridge 하늘 창문 |
넓 | spacious | 방 공원 거실 부엌 교실 정원 마당 운동장 집#house 농장 사무실 카페 욕실 도서관 |
좁 | narrow | 거리 침대 다리#bridge 문 창문 강 |
깊 | deep | 강 바다 호수 숲 수영장 컵 |
깨끗하 | clean | 방 부엌 욕실 거리 식당 옷 셔츠 수건 접시 컵 호텔 물 바다 교실 강 신발 창문 도시 |
더럽:ㅂ | dirty | 방 부엌 욕실 거리 옷 셔츠 수건 접시 컵 신발 창문 강 물 양말 자전거 차#car 바지 |
조용하 | quiet | QUIETABLE 아이 소녀 남자 고양이 소년 학생 이웃 거북이 |
시끄럽:ㅂ | noisy | BUSYPLACE 아이 이웃 음악 오토바이 세탁기 파티 개 학생 기차 비행기 닭 원숭이 |
아름답:ㅂ | beautiful | BEAUTIFUL |
유명하 | famous | 가수 배우 작가 화가 시인 소설가 과학자 운동선수 요리사 책 그림 노래 영화 식당
    박물관 궁전 교수 의사 기자 절 소설 호텔 변호사 영웅 |
친절하 | kind | person name kin |
똑똑하 | clever | person name kin 원숭이 개 여우 고래 말 |
젊 | young | GROWNUP 남자 여자 name 친구 교수 어부 이모 삼촌 |
늙 | old | 개 고양이 말 소 어부 농부 왕 여왕 사자 목수 곰 늑대 화가 교수 거북이 의사 나무 |
    adnominal
낡 | old | 자전거 차#car 책 사전 의자 침대 가방 신발 시계 집#house 컴퓨터 모자 코트 피아노 책상
    배#ship 라디오 소파 문 버스 지도 지갑 | adnominal
바쁘 | busy | person name kin |
피곤하 | tired | person name kin 말 | noadnominal mind
행복하 | happy | person name kin 강아지 | mind
슬프 | sad | person name kin 노래 영화 이야기 소식 소설 시 | mind
기쁘 | glad | person name kin | noadnominal mind
배고프 | hungry | person name kin 고양이 개 강아지 말 소 돼지 사자 호랑이 늑대 곰 여우 원숭이 새 |
    mind
목마르:르 | thirsty | person name kin 말 소 개 고양이 | mind
아프 | ill | person name kin 개 고양이 말 | mind
건강하 | healthy | person name kin 개 말 소 |
게으르:르 | lazy | person name kin 고양이 개 곰 돼지 |
부지런하 | hard-working | 농부 학생 회사원 요리사 목수 점원 비서 기자 어부 name kin 간호사 소 |
용감하 | brave | 소방관 경찰관 군인 왕자 소년 소녀 영웅 공주 사자 여왕 왕 name kin 어부 |
외롭:ㅂ | lonely | person name kin 늑대 | mind
강하 | strong | 군인 운동선수 소방관 왕 말 곰 호랑이 사자 바람 영웅 남자 여자 코끼리 name |
약하 | weak | 노인 왕 아기 새 쥐 늑대 말 바람 kin |
가난하 | poor | 농부 화가 시인 작가 어부 학생 왕자 목수 남자 여자 이웃 친구 name 도시 마을 |
부유하 | rich | 왕 여왕 의사 변호사 가수 배우 농부 이웃 삼촌 이모 남자 여자 도시 친구 name 소설가
    |
정직하 | honest | person name kin |
무섭:ㅂ | scary | 호랑이 사자 상어 뱀 늑대 영화 이야기 꿈 곰 독수리 숲 개 왕 |
느리 | slow | 거북이 버스 기차 컴퓨터 말 노래 배#ship 트럭 자전거 휴대폰 점원 |
빠르:르 | fast | 말 기차 비행기 버스 택시 자전거 배#ship 컴퓨터 차#car 사자 토끼 오토바이 노트북
    개 상어 |
위험하 | dangerous | 산 강 바다 칼 호랑이 상어 뱀 오토바이 거리 일 다리#bridge 늑대 경기 여행 도시
    숲 개 |
안전하 | safe | 공원 거리 도시 비행기 버스 기차 학교 마을 집#house 다리#bridge 배#ship 섬 장난감
    병원 차#car |
편하 | comfortable | 의자 침대 소파 신발 옷 바지 집#house 베개 기차 버스 방 호텔 코트 차#car 양말
    셔츠 비행기 |
특별하 | special | 선물 파티 여행 꿈 책 케이크 이야기 수업 카드 반지 손님 노래 친구 저녁#meal |
이상하 | strange | 꿈 이야기 이름 편지 소식 남자 여자 질문 모자 그림 도시 손님 영화 이메일 대답
    음악 규칙 |
어둡:ㅂ | dark | 방 숲 거리 하늘 교실 극장 부엌 욕실 거실 영화관 집#house 사무실 |
밝 | bright | 방 거실 교실 부엌 램프 달 하늘 사무실 미술관 해 카페 |
빨갛:ㅎ | red | 사과 장미 꽃 모자 차#car 자전거 가방 공 치마 우산 지갑 드레스 목도리 풍선 의자 문
    셔츠 컵 장갑 |
파랗:ㅎ | blue | 하늘 바다 모자 차#car 자전거 가방 공 치마 우산 드레스 셔츠 풍선 호수 문 바지 양말
    펜 |
노랗:ㅎ | yellow | 바나나 꽃 모자 차#car 버스 가방 우산 치마 풍선 새 달 오리 나비 택시 목도리 컵
    장미 |
하얗:ㅎ | white | 눈#snow 꽃 고양이 개 말 토끼 오리 새 셔츠 드레스 집#house 종이 문 양 강아지 접시
    의자 장미 염소 |
까맣:ㅎ | black | 고양이 개 말 새 차#car 모자 코트 가방 신발 양복 우산 염소 바지 양말 오토바이
    안경 강아지 의자 |
따뜻하 | warm | 코트 방 수프 담요 장갑 양말 집#house 목도리 물 날씨 우유 옷 바다 빵 바람 |
시원하 | cool | 바람 물 방 주스 날씨 숲 맥주 산 해변 도서관 |
춥:ㅂ | cold | 날씨 방 교실 거실 |
덥:ㅂ | hot | 날씨 방 교실 부엌 버스 |
맑 | clear | 하늘 물 날씨 강 호수 |
좋 | good | 날씨 책 의자 친구 계획 영화 식당 이웃 의사 꿈 대답 학교 소식 카메라 침대 호텔 음악
    선생님 와인 기타 |
나쁘 | bad | 날씨 꿈 소식 이웃 계획 친구 대답 왕 도둑 영화 |
"""

IRREGULAR_GERUNDS = {
    "die": "dying", "get": "getting", "sit": "sitting", "run": "running",
    "swim": "swimming", "cut": "cutting", "put": "putting", "shop": "shopping", "hug": "hugging",
    "begin": "beginning", "travel": "travelling", "see": "seeing", "set": "setting",
}  # fmt: skip
REGULAR_DOUBLING = {"hug": "hugged", "shop": "shopped", "travel": "travelled"}


# Time expressions: Korean | English | tenses in which they stand.
TIMES = """
어제 | yesterday | past
그제 | the_day_before_yesterday | past
오늘 | today | past future
내일 | tomorrow | future
모레 | the_day_after_tomorrow | future
지난주에 | last_week | past
지난달에 | last_month | past
작년에 | last_year | past
어젯밤에 | last_night | past
다음 주에 | next_week | future
다음 달에 | next_month | future
내년에 | next_year | future
매일 | every_day | present
아침마다 | every_morning | present
저녁마다 | every_evening | present
주말마다 | every_weekend | present
밤마다 | every_night | present
아침에 | in_the_morning | past present future
오후에 | in_the_afternoon | past present future
저녁에 | in_the_evening | past present future
밤에 | at_night | past present future
낮에 | during_the_day | past present future
주말에 | at_the_weekend | past future
월요일에 | on_Monday | past future
화요일에 | on_Tuesday | past future
수요일에 | on_Wednesday | past future
목요일에 | on_Thursday | past future
금요일에 | on_Friday | past future
토요일에 | on_Saturday | past future
일요일에 | on_Sunday | past future
봄에 | in_spring | past present future
여름에 | in_summer | past present future
가을에 | in_autumn | past present future
겨울에 | in_winter | past present future
일월에 | in_January | past present future
이월에 | in_February | past present future
삼월에 | in_March | past present future
사월에 | in_April | past present future
오월에 | in_May | past present future
유월에 | in_June | past present future
칠월에 | in_July | past present future
팔월에 | in_August | past present future
구월에 | in_September | past present future
시월에 | in_October | past present future
십일월에 | in_November | past present future
십이월에 | in_December | past present future
"""

# The native numerals as they stand before a counter or an hour.
NUMERALS = {
    "한": "one", "두": "two", "세": "three", "네": "four", "다섯": "five", "여섯": "six",
    "일곱": "seven", "여덟": "eight", "아홉": "nine", "열": "ten", "열한": "eleven",
    "열두": "twelve",
}  # fmt: skip

# Adverbs of manner: Korean | English | English verbs that they go with.
MANNERS = """
천천히 | slowly | eat drink read write walk open close push cross
빨리 | quickly | eat drink read write walk run wash fix translate finish
조용히 | quietly | read sit cry pray work study rest talk
열심히 | hard | study work practise exercise
혼자 | alone | come live travel eat study work walk rest cook shop exercise
다시 | again | read write watch see meet explain buy make call come go visit draw fix
많이 | a_lot | sleep cry laugh walk work travel rest
잘 | well | sing dance swim cook play draw sleep drive
일찍 | early | sleep get come go arrive depart start begin end
늦게 | late | get come go arrive depart start begin end
같이 | together | come eat study walk travel live work sing dance cook laugh shop
"""

# English verbs of what people do time and again, and of what takes days or years.
HABITS = (
    "eat drink sleep get read study exercise cook watch listen take walk run go come swim play "
    "sing dance rest work meet visit cry laugh talk clean wash fish pray shop call help write "
    "travel ride draw practise"
).split()
SEASONAL = (
    "live travel move visit bloom learn study teach work build plant raise come go meet fish swim "
    "buy sell rain snow collect climb write translate discover draw blow stay begin end "
    "arrive depart fix practise ride leave fly send receive see wash be fight sing dance"
).split()
# English verbs that stand in the progressive.
ONGOING = (
    "eat drink read write watch listen study teach buy make cook wash clean meet wait help sing "
    "draw take ride drive learn play practise prepare walk run swim work rest cry laugh dance "
    "exercise fish pray shop sleep talk fight go come rain snow plant fix look call travel fly "
    "wear sell cut choose push wipe do translate memorise"
).split()
LASTING = "live travel move raise collect become build stay bloom".split()  # not in a day
UNWILLED = "cry laugh cough fall lose die discover find fight".split()  # no can, must, want to

FREQUENCIES = {"항상": "always", "자주": "often", "가끔": "sometimes", "보통": "usually"}
DEGREES = {"아주": "very", "정말": "really", "너무": "too", "조금": "a_little"}
# Adjectives of which there can be too much or a little: too expensive, but not too delicious.
EXCESSIVE = (
    "비싸 크 작 느리 빠르 어렵 쉽 맵 달 춥 덥 무겁 길 짧 시끄럽 어둡 밝 더럽 좁 높 깊 "
    "뜨겁 차갑 지루하 바쁘 피곤하 슬프 배고프 목마르 아프 게으르 외롭 약하 위험하 무섭 이상하 "
    "가난하"
).split()
SLIGHT = (
    "비싸 크 작 느리 어렵 맵 달 춥 덥 무겁 길 짧 시끄럽 어둡 더럽 좁 뜨겁 차갑 지루하 바쁘 피곤하 "
    "슬프 배고프 목마르 아프 게으르 외롭 위험하 무섭 이상하"
).split()
# What cannot be seen cannot be pointed at by 저, and hardly by 이.
UNSEEN = (
    "뉴스 수업 회의 시험 파티 여행 계획 약속 비밀 꿈 이름 대답 이유 소식 이야기 일 도움 "
    "시간 숙제 드라마 음악"
).split()


@dataclass(frozen=True)
class Noun:
    """A noun of the table `NOUNS`; `korean` is what is written, `key` tells homographs apart."""

    key: str
    korean: str
    english: tuple[str, ...]
    plural: tuple[str, ...]
    kind: str
    counter: str = ""
    measure: str = ""
    flags: frozenset[str] = frozenset()

    @property
    def is_mass(self) -> bool:
        return "mass" in self.flags

    @property
    def is_plural(self) -> bool:
        return "plural" in self.flags

    @property
    def gender(self) -> str:
        return next((g for g in ("he", "she") if g in self.flags), "")

    @property
    def is_human(self) -> bool:
        return self.kind in ("person", "kin", "name")


@dataclass(frozen=True)
class Verb:
    """One sense of a verb: its forms in both languages and the nouns that go with it."""

    stem: str
    irregular: str
    base: str
    past: str
    tail: tuple[str, ...]
    subjects: tuple[str, ...]
    objects: tuple[str, ...]
    places: tuple[str, ...]
    flags: frozenset[str] = frozenset()

    @property
    def third(self) -> str:
        return third_person(self.base)

    @property
    def gerund(self) -> str:
        return gerund(self.base)


@dataclass(frozen=True)
class Adjective:
    """An adjective, the nouns that it describes, and where it may stand."""

    stem: str
    irregular: str
    english: str
    nouns: tuple[str, ...]
    flags: frozenset[str] = field(default=frozenset())


def third_person(base: str) -> str:
    """go -> goes, study -> studies, have -> has."""
    if base == "have":
        return "has"
    if base.endswith(("s", "sh", "ch", "x", "z", "o")):
        return base + "es"
    if base.endswith("y") and base[-2] not in "aeiou":
        return base[:-1] + "ies"
    return base + "s"


def gerund(base: str) -> str:
    """make -> making, swim -> swimming, see -> seeing."""
    if base in IRREGULAR_GERUNDS:
        return IRREGULAR_GERUNDS[base]
    if base.endswith("e"):
        return base[:-1] + "ing"
    return base + "ing"


def past_tense(base: str) -> str:
    """The regular past: cook -> cooked, like -> liked, study -> studied."""
    if base in REGULAR_DOUBLING:
        return REGULAR_DOUBLING[base]
    if base.endswith("e"):
        return base + "d"
    if base.endswith("y") and base[-2] not in "aeiou":
        return base[:-1] + "ied"
    return base + "ed"


def plural_form(word: str) -> str:
    """The regular plural: box -> boxes, diary -> diaries, potato -> potatoes."""
    if word.endswith(("s", "sh", "ch", "x")) or word in ("potato", "tomato"):
        return word + "es"
    if word.endswith("y") and word[-2] not in "aeiou":
        return word[:-1] + "ies"
    return word + "s"


def lines(table: str) -> list[str]:
    """The rows of a table; a line that is set in continues the one before."""
    joined = re.sub(r"\n +", " ", table)
    return [line.strip() for line in joined.split("\n") if line.strip()]


def rows(table: str) -> list[list[str]]:
    """The cells of a table."""
    return [[cell.strip() for cell in line.split("|")] for line in lines(table)]


def _read_nouns() -> dict[str, Noun]:
    nouns: dict[str, Noun] = {}
    kind = counter = measure = ""
    for line in NOUNS.split("\n"):
        if not line.strip():
            continue
        if line.startswith("["):
            kind, unit = line.strip("[]").split()
            counter, _, measure = unit.replace("-", "").partition(":")
            continue
        key, name, *flags = line.split()
        own = next((f[1:] for f in flags if f.startswith(":")), counter)
        singular, _, plural = name.partition("/")
        words = tuple(singular.split("_"))
        many = tuple(plural.split("_")) if plural else (*words[:-1], plural_form(words[-1]))
        if key in nouns:
            raise ValueError(f"NOUNS: {key!r} stands there twice; mark the sense with #")
        nouns[key] = Noun(key, key.partition("#")[0], words, many, kind, own.strip("-"), measure,
                          frozenset(f for f in flags if not f.startswith(":")))  # fmt: skip
    return nouns


NOUN = _read_nouns()
_GROUP: dict[str, tuple[str, ...]] = {}


def expand(names: str) -> tuple[str, ...]:
    """The keys of the nouns in a list of nouns, classes and groups; -x takes x out again."""
    found: dict[str, None] = {}
    for name in names.split():
        if name.startswith("-"):
            found.pop(name[1:])
        elif name in _GROUP:
            found.update(dict.fromkeys(_GROUP[name]))
        elif name in NOUN:
            found[name] = None
        else:
            raise ValueError(f"lexicon: {name!r} is neither a noun, a class nor a group")
    return tuple(found)


for _noun in NOUN.values():
    _GROUP[_noun.kind] = (*_GROUP.get(_noun.kind, ()), _noun.key)
for _line in lines(GROUPS):
    _name, _, _members = _line.partition(" = ")
    _GROUP[_name] = expand(_members)


def _read_verbs() -> list[Verb]:
    verbs = []
    for stem, english, subjects, objects, places, *flags in rows(VERBS):
        stem, _, irregular = stem.partition(":")
        first, *tail = english.split()
        base, _, past = first.partition("/")
        verbs.append(Verb(stem, irregular, base, past or past_tense(base), tuple(tail),
                          expand(subjects), expand(objects), expand(places),
                          frozenset(" ".join(flags).split())))  # fmt: skip
    return verbs


def _read_adjectives() -> list[Adjective]:
    adjectives = []
    for stem, english, nouns, *flags in rows(ADJECTIVES):
        stem, _, irregular = stem.partition(":")
        adjectives.append(Adjective(stem, irregular, english, expand(nouns),
                                    frozenset(" ".join(flags).split())))  # fmt: skip
    return adjectives


VERB = _read_verbs()
ADJECTIVE = _read_adjectives()
