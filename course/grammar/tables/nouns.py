"""The nouns of the Korean-English grammar, and the lists of them that other tables name.

Every noun is ``Korean English [flags]``; nouns that stand on one line are separated by ``;``.  A
heading ``[class counter]`` opens a class; ``[drink 잔:glass]`` adds the English measure.
``_`` joins the words of a longer English name, ``/`` introduces an irregular plural, ``:`` a noun's
own counter.  ``:-`` means that nobody counts it, ``:하나`` that the numeral stands alone and is one
(질문 하나).  Homographs carry a sense after ``#`` (배#pear, 배#ship); the sentence shows 배.

Flags: ``mass`` (no article, no plural), ``plural`` (English has only the plural), ``name`` (no
article), ``he`` and ``she`` (the pronoun that takes it up again), ``in``/``at``/``on`` (the
preposition of a place).
"""

NOUNS = """
[person 명]
사람 person/people; 학생 student; 대학생 university_student; 선생님 teacher :분; 의사 doctor :분
간호사 nurse; 경찰관 police_officer; 소방관 firefighter; 요리사 cook; 가수 singer; 배우 actor
화가 painter; 작가 writer; 기자 journalist; 변호사 lawyer; 군인 soldier; 농부 farmer
어부 fisherman/fishermen; 운동선수 athlete; 과학자 scientist; 교수 professor :분
회사원 office_worker; 점원 shop_assistant; 운전사 driver
목수 carpenter; 이웃 neighbour
친구 friend; 아이 child/children; 소년 boy he; 소녀 girl she; 남자 man/men he; 여자 woman/women she
노인 old_person/old_people :분; 손님 guest :분; 관광객 tourist; 외국인 foreigner; 한국인 Korean
미국인 American

[thief 명]
도둑 thief/thieves

[baby 명]
아기 baby

[family -]
부모님 parents plural; 가족 family

[kin -]
어머니 mother she; 아버지 father he; 할머니 grandmother she; 할아버지 grandfather he
이모 aunt she; 삼촌 uncle he; 형 older_brother he; 오빠 older_brother he; 누나 older_sister she
언니 older_sister she; 동생 younger_sibling; 남동생 younger_brother he
여동생 younger_sister she; 아들 son he
딸 daughter she; 아내 wife/wives she; 남편 husband he

[name -]
민수 Minsu name he; 철수 Cheolsu name he; 준호 Junho name he; 현우 Hyeonu name he
영희 Yeonghui name she; 민지 Minji name she; 수미 Sumi name she; 유나 Yuna name she

[animal 마리]
고양이 cat; 개 dog; 강아지 puppy; 새 bird; 말 horse; 소 cow; 닭 chicken
토끼 rabbit; 쥐 mouse/mice; 호랑이 tiger; 사자 lion; 곰 bear; 원숭이 monkey; 코끼리 elephant
뱀 snake
물고기 fish/fish; 거북이 turtle; 오리 duck
고래 whale

[fruit 개]
사과 apple; 배#pear pear; 바나나 banana; 오렌지 orange; 복숭아 peach; 수박 watermelon :통
딸기 strawberries plural; 귤 tangerine

[vegetable 개]
감자 potato; 고구마 sweet_potato; 당근 carrot; 양파 onion; 토마토 tomato; 오이 cucumber
버섯 mushroom

[dish 개]
달걀 egg; 샌드위치 sandwich; 햄버거 hamburger; 만두 dumpling; 과자 biscuits plural

[food -]
음식 food mass; 빵 bread mass; 고기 meat mass; 생선 fish mass; 국수 noodles plural
라면 ramen mass; 김치 kimchi mass; 김밥 gimbap mass; 비빔밥 bibimbap mass
불고기 bulgogi mass; 수프 soup mass; 치킨 fried_chicken mass; 피자 pizza mass
치즈 cheese mass; 초콜릿 chocolate mass; 아이스크림 ice_cream mass
케이크 cake mass; 과일 fruit mass; 채소 vegetables plural; 버터 butter mass
소금 salt mass; 설탕 sugar mass; 술 alcohol mass

[meal -]
밥 rice mass; 아침#meal breakfast mass; 점심#meal lunch mass; 저녁#meal dinner mass

[hotdrink 잔:cup]
커피 coffee mass; 차#tea tea mass

[drink 잔:glass]
물 water mass; 우유 milk mass; 주스 juice mass; 콜라 cola mass

[alcohol 병:bottle]
맥주 beer mass; 와인 wine mass

[book 권]
책 book; 잡지 magazine; 소설 novel; 사전 dictionary; 교과서 textbook; 만화책 comic_book
동화책 storybook; 공책 notebook; 일기 diary :-

[text -]
신문 newspaper :-; 시 poem :편; 이메일 email :통; 기사 article :편; 이야기 story :하나
보고서 report :-; 글 text :편; 문장 sentence :개; 단어 word :개
전화번호 phone_number; 주소 address

[letter 통]
편지 letter

[blade 자루]
칼 knife/knives

[cloth 장]
수건 towel; 담요 blanket

[sheet 장]
그림 picture :-; 사진 photo; 표 ticket; 지도 map; 카드 card; 우표 stamp; 종이 paper mass

[pen 자루]
연필 pencil; 펜 pen

[thing 개]
가방 bag; 지갑 wallet; 여권 passport :-; 열쇠 key; 우산 umbrella; 시계 watch
모자 hat; 목도리 scarf/scarves; 반지 ring; 선물 present; 인형 doll
장난감 toy; 공 ball; 의자 chair; 책상 desk; 식탁 table; 침대 bed; 소파 sofa
책장 bookcase; 옷장 wardrobe; 거울 mirror; 상자 box; 병 bottle; 컵 cup; 접시 plate
숟가락 spoon; 베개 pillow
램프 lamp; 동전 coin; 문 door; 창문 window
불 light :-

[clothes 벌]
치마 skirt; 드레스 dress; 양복 suit; 코트 coat; 셔츠 shirt

[wear -]
옷 clothes plural; 바지 trousers plural; 안경 glasses plural

[pair 켤레:pair]
신발 shoes plural; 양말 socks plural; 장갑 gloves plural

[machine 대]
컴퓨터 computer; 노트북 laptop; 휴대폰 mobile_phone; 카메라 camera; 라디오 radio
텔레비전 television; 냉장고 fridge; 세탁기 washing_machine; 에어컨 air_conditioner
피아노 piano; 기타 guitar; 바이올린 violin

[vehicle 대]
차#car car; 자전거 bicycle; 버스 bus on; 기차 train on; 택시 taxi; 비행기 plane on
오토바이 motorbike; 트럭 lorry; 지하철 underground on :-

[ship 척]
배#ship ship

[flower 송이]
꽃 flower; 장미 rose

[tree 그루]
나무 tree; 사과나무 apple_tree

[building 채]
집#house house

[stuff -]
음악 music mass; 돈 money mass; 약 medicine mass; 비누 soap mass
눈#snow snow mass; 숙제 homework mass; 일 work mass; 도움 help mass
시간 time mass; 쓰레기 rubbish mass; 짐 luggage mass

[media -]
텔레비전#tv television mass; 라디오#radio radio

[show -]
노래 song :곡; 영화 film :편; 연극 play :편; 드라마 drama :편; 경기 match
뉴스 news mass; 게임 game

[event -]
수업 class :하나; 회의 meeting :하나; 시험 exam :하나; 파티 party; 생일 birthday
여행 trip; 방학 holidays plural; 주말 weekend

[idea 하나]
문제 problem; 질문 question; 계획 plan; 약속 promise; 비밀 secret; 꿈 dream; 생각 idea; 규칙 rule
이유 reason; 이름 name; 소식 news mass :-
길#way way :-; 감기 cold :-
약속#appointment appointment; 줄 queue :-

[language -]
한국어 Korean mass; 영어 English mass; 일본어 Japanese mass; 중국어 Chinese mass
프랑스어 French mass

[subject -]
수학 mathematics mass; 과학 science mass; 역사 history mass; 미술 art mass

[sport -]
축구 football mass; 야구 baseball mass; 농구 basketball mass; 배구 volleyball mass
테니스 tennis mass; 배드민턴 badminton mass; 탁구 table_tennis mass


[body -]
머리 head; 머리#hair hair mass; 얼굴 face; 배#belly stomach; 다리 leg; 팔 arm; 손 hands plural
발 feet plural; 눈#eye eyes plural; 귀 ear; 목 throat; 이#tooth teeth plural; 허리 back

[season -]
봄 spring mass; 여름 summer mass; 가을 autumn mass; 겨울 winter mass

[time -]
낮 day; 밤 night

[place 곳]
학교 school name at; 집 home name at :-; 도서관 library in; 공원 park in; 시장 market at
병원 hospital in; 회사 office at; 은행 bank at; 우체국 post_office at; 식당 restaurant in
카페 cafe in; 서점 bookshop in; 가게 shop in; 편의점 convenience_store at; 슈퍼마켓 supermarket at
백화점 department_store in; 극장 theatre at; 영화관 cinema at; 박물관 museum in
미술관 art_gallery in; 동물원 zoo at; 놀이터 playground in
수영장 swimming_pool at; 체육관 gym in; 운동장 sports_field on :개; 역 station at
지하철역 underground_station at; 공항 airport at; 항구 harbour at; 호텔 hotel in; 교회 church at
절 temple at; 대학교 university at; 약국 pharmacy in; 빵집 bakery in
정류장 bus_stop at
교실 classroom in :개; 사무실 office in :개; 방 room in :개
부엌 kitchen in :개; 거실 living_room in :개; 욕실 bathroom in :개
화장실 toilet in :개; 정원 garden in; 마당 yard in :-; 농장 farm on; 숲 forest in :-
산 mountain on :-; 바다 sea in :-; 강 river in :개; 호수 lake in; 섬 island on :개
해변 beach on; 도시 city in; 마을 village in; 시골 countryside in :-
거리 street in :-; 길#road road on :-; 다리#bridge bridge on :개; 하늘 sky in :-; 궁전 palace in

[country -]
한국 Korea name in; 미국 America name in; 영국 Britain name in; 일본 Japan name in
중국 China name in; 프랑스 France name in; 독일 Germany name in; 캐나다 Canada name in
이탈리아 Italy name in; 호주 Australia name in

[town -]
서울 Seoul name in; 부산 Busan name in; 제주도 Jeju_Island name on; 런던 London name in
파리 Paris name in; 도쿄 Tokyo name in; 뉴욕 New_York name in

[nature -]
비 rain mass; 바람 wind; 날씨 weather; 달 moon; 별 star
"""

# Lists that the other tables use.  A class of NOUNS is a group of its own name; -x takes x out.
GROUPS = """
PEOPLE = name kin 친구 남자 여자
ADULTS = name 친구 남자 여자 어머니 아버지 이모 삼촌 형 오빠 누나 언니 아내 남편
YOUNG = name 친구 형 오빠 누나 언니 동생 남동생 여동생 아들 딸
ACTIVE = YOUNG 남자 여자 아버지 삼촌 이모
WOMEN = 영희 민지 수미 유나 여자 어머니 이모 누나 언니 아내
GIRLS = WOMEN 여동생 딸
MEN = 민수 철수 준호 현우 남자 아버지 삼촌 형 오빠 남편
RELATIVES = 할머니 할아버지 이모 삼촌 형 오빠 누나 언니
CLOSE = name kin 친구
PLAYERS = 아이 소년 소녀
TOWNS = country town
PET = 고양이 개 강아지 토끼
RESTAURANT = 비빔밥 불고기 국수 라면 치킨 피자 김밥 햄버거
SWEETS = 빵 케이크 아이스크림 초콜릿
TOOLS = 트럭 컴퓨터 노트북 카메라 라디오 텔레비전 냉장고 세탁기 에어컨 자전거 차#car 시계
CARRIED = 지갑 열쇠 우산 휴대폰 가방 여권 반지 카메라 장갑 목도리 모자 안경 시계
OFFICES = 회사 은행 병원 호텔 식당 카페 서점 백화점 공항 우체국 약국 빵집 도서관 박물관 편의점
    슈퍼마켓
ERRANDS = 학교 집 도서관 공원 시장 병원 회사 은행 우체국 식당 카페 서점 가게 편의점 슈퍼마켓 백화점
    극장 영화관 박물관 미술관 동물원 수영장 체육관 역 공항 교회 약국 빵집 산 바다 해변 대학교
"""
