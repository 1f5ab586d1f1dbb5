"""The verbs of the Korean-English grammar: who does what, to what, and where.

``stem | English | who | objects | places | flags``.  An irregular class stands behind the stem:
``듣:ㄷ``.  English is the base form, with an irregular past after ``/`` and further words after a
space.  The lists name nouns, classes and groups of `nouns`.  A row is one thing that people say:
its objects may be had at each of its places and by each of its subjects.  `verb_classes` says when
and in what mood a verb is said.

Flags of the object: ``the`` (a bare object is definite), ``plural`` (a bare one is plural: likes
cats), ``several`` (plural and definite: solves the problems), ``whole`` (one, though it is a mass:
bakes a cake), ``own`` (English writes the subject's possessive: loses his key), ``count`` (it may
be counted), ``plainobject`` (it takes no adjective), ``goal`` (Korean marks it with 에: 시험에
합격하다).
Flags of a person: ``dative`` (에게, *to*), ``double`` (에게, but English puts the person before the
object: asks him the way), ``phone`` (에게, but the person is the English object: calls a friend),
``comitative`` (와, *with*).
Flags of a place: ``to``, ``towards`` (로), ``on``, ``arrive``, ``into``, ``set`` (에, though it is
no goal: 정원에 심는다), ``bare`` (no English preposition), ``path`` (를: 해변을 걷다), ``hither``
(a motion without its goal).
Flags of the verb: ``stative`` (no progressive, no time), ``past`` (told in the past and the future
only), ``present`` (never in the past: 안다), ``ongoing`` (always in the progressive: 찾고 있다),
``single`` (once in a while at most), ``noneg`` (never negated), ``unable`` (negated by 못하다),
``negated`` (English negates it: 모르다, *does not know*), ``become``, ``scene`` (a stranger may be
presented doing it: 아이가 울고 있다; the subjects are strangers), ``told`` (for the scripts alone;
see `scripts.TOLD`, too).
"""

VERBS = """
먹 | eat/ate | PEOPLE | RESTAURANT | 식당 집 |
먹 | eat/ate | PEOPLE | 사과 배#pear 바나나 오렌지 복숭아 토마토 오이 고구마 샌드위치 햄버거 | |
    count
먹 | eat/ate | PEOPLE | 딸기 귤 감자 당근 달걀 만두 과자 | | plural count
먹 | eat/ate | PEOPLE | 김치 생선 고기 수프 수박 과일 채소 | |
먹 | eat/ate | PEOPLE | SWEETS | 카페 집 |
먹 | eat/ate | PEOPLE | 샌드위치 김밥 과일 | 공원 집 |
먹 | eat/ate | PEOPLE | 아침#meal | 집 호텔 |
먹 | eat/ate | PEOPLE | 점심#meal 저녁#meal 밥 | 식당 집 |
먹 | take/took | PEOPLE | 약 | | plainobject
먹 | eat/ate | 토끼 | 당근 | | plural
먹 | eat/ate | 원숭이 코끼리 | 바나나 사과 | | plural
먹 | eat/ate | 고양이 | 생선 | |
먹 | eat/ate | 호랑이 사자 개 강아지 | 고기 | | plainobject
먹 | eat/ate | 아이 소년 소녀 | 아이스크림 바나나 샌드위치 | 공원 놀이터 | scene
마시 | drink/drank | PEOPLE | hotdrink | 카페 집 회사 | count
마시 | drink/drank | PEOPLE | 주스 | 카페 집 | count
마시 | drink/drank | PEOPLE | 물 우유 콜라 | | count
마시 | drink/drank | ADULTS | alcohol | 집 식당 | count
마시 | drink/drank | ADULTS | 술 | 집 식당 |
마시 | drink/drank | 고양이 강아지 | 물 우유 | | plainobject
마시 | drink/drank | 말 소 코끼리 | 물 | | plainobject
읽 | read/read | PEOPLE | 책 소설 잡지 | 도서관 카페 집 공원 방 | count
읽 | read/read | YOUNG | 만화책 | 집 방 카페 | count
읽 | read/read | PEOPLE | 신문 기사 | 집 카페 회사 |
읽 | read/read | PEOPLE | 편지 이메일 시 이야기 일기 | |
읽 | read/read | YOUNG | 교과서 | 도서관 교실 |
읽 | read/read | 딸 아들 여동생 동생 남동생 | 동화책 | 방 도서관 | count
읽 | read/read | 학생 대학생 | 책 소설 교과서 | 도서관 교실 | scene
읽 | read/read | 노인 남자 여자 | 신문 책 | 공원 카페 | scene
쓰 | write/wrote | PEOPLE | 편지 카드 | 집 방 카페 | dative
쓰 | write/wrote | PEOPLE | 이메일 | | dative
쓰 | write/wrote | PEOPLE | 시 | 방 집 |
읽 | read/read | PEOPLE | 글 | 도서관 카페 집 방 |
쓰 | write/wrote | PEOPLE | 글 | 방 집 카페 |
번역하 | translate | ADULTS | 글 | |
이해하 | understand/understood | PEOPLE | 글 | | the stative unable
쓰 | write/wrote in | PEOPLE | 일기 | 방 집 | own plainobject
쓰 | write/wrote | ADULTS | 보고서 | 회사 사무실 |
쓰 | write/wrote | 작가 | 소설 | | scene
쓰 | write/wrote | 기자 | 기사 | | scene
쓰 | wear/wore | PEOPLE | 모자 안경 | | stative
입 | wear/wore | PEOPLE | 코트 셔츠 바지 | | stative
입 | wear/wore | GIRLS | 치마 드레스 | | stative
입 | wear/wore | MEN | 양복 | 회사 | stative
신 | wear/wore | PEOPLE | 신발 양말 | | stative
차 | wear/wore | PEOPLE | 시계 | | stative
벗 | take/took off | PEOPLE | 모자 코트 신발 양말 장갑 안경 | | own
갈아입 | change | PEOPLE | 옷 | 방 집 | plainobject
보 | watch | PEOPLE | 영화 | 영화관 집 | count
보 | watch | PEOPLE | 텔레비전#tv | 집 거실 | plainobject
보 | watch | PEOPLE | 드라마 | 집 거실 |
보 | watch | PEOPLE | 뉴스 | 집 거실 | the
보 | watch | PEOPLE | 연극 | 극장 |
보 | watch | PEOPLE | 경기 | |
보 | look at | PEOPLE | 그림 | 미술관 박물관 | plural
보 | look at | PEOPLE | 사진 지도 달 하늘 시계 카드 | | the
보 | look at | PEOPLE | 별 꽃 | | plural
보 | look in | PEOPLE | 거울 | | the plainobject
보 | see/saw | PEOPLE | 사자 호랑이 곰 원숭이 코끼리 뱀 | 동물원 | past
보 | see/saw | PEOPLE | 토끼 뱀 | 산 숲 | past
보 | see/saw | PEOPLE | 고래 거북이 | 바다 | past
보 | see/saw | PEOPLE | 가수 배우 | 공항 백화점 | past
보 | take/took | YOUNG | 시험 | 학교 교실 |
듣:ㄷ | listen to | PEOPLE | 음악 | 집 방 카페 |
듣:ㄷ | listen to | PEOPLE | 노래 | 집 방 카페 | count
듣:ㄷ | listen to | PEOPLE | 라디오#radio | 집 방 | the plainobject
듣:ㄷ | listen to | PEOPLE | 뉴스 이야기 | | the
듣:ㄷ | hear/heard | PEOPLE | 소식 이야기 | | the past
듣:ㄷ | take/took | YOUNG 대학생 | 수업 | 학교 대학교 | plainobject
배우 | learn | PEOPLE | language | 학교 대학교 |
배우 | learn | YOUNG | subject | 학교 대학교 |
배우 | learn | ADULTS | 테니스 탁구 | |
배우 | learn | YOUNG | 축구 농구 | 체육관 학교 |
배우 | learn to play | PEOPLE | 피아노 기타 바이올린 | | the plainobject
공부하 | study | PEOPLE | language | 도서관 집 카페 |
공부하 | study | YOUNG 대학생 | subject | 도서관 학교 방 |
공부하 | study | YOUNG | | 도서관 집 학교 카페 방 |
공부하 | study | 학생 대학생 | | 도서관 교실 카페 | scene
가르치 | teach/taught | 선생님 교수 | language subject | 학교 대학교 | dative
가르치 | teach/taught | name 친구 남자 여자 어머니 아버지 이모 삼촌 형 언니 아내 남편 | language
    수학 과학 역사 미술 음악 | 학교 | dative
가르치 | teach/taught | 삼촌 이모 언니 형 | 테니스 축구 | | dative
사 | buy/bought | PEOPLE | 사과 배#pear 복숭아 오렌지 귤 딸기 감자 고구마 양파 당근 오이 토마토
    버섯 바나나 | 시장 슈퍼마켓 | plural count
사 | buy/bought | PEOPLE | 수박 | 시장 슈퍼마켓 | count
사 | buy/bought | PEOPLE | 과일 채소 생선 고기 김치 | 시장 슈퍼마켓 |
사 | buy/bought | PEOPLE | 치즈 버터 소금 비누 | 슈퍼마켓 |
사 | buy/bought | ADULTS | 술 | 편의점 슈퍼마켓 |
좋아하 | like | ADULTS | 술 | | stative
사 | buy/bought | PEOPLE | 설탕 | 슈퍼마켓 가게 |
사 | buy/bought | PEOPLE | 수건 | 슈퍼마켓 | count
사 | buy/bought | PEOPLE | 달걀 과자 만두 | 슈퍼마켓 | plural count
사 | buy/bought | PEOPLE | 물 우유 주스 콜라 커피 | 편의점 슈퍼마켓 | count
사 | buy/bought | PEOPLE | 김밥 샌드위치 햄버거 라면 아이스크림 초콜릿 우산 신문 | 편의점 |
사 | buy/bought | ADULTS | 맥주 와인 | 편의점 슈퍼마켓 | count
사 | buy/bought | PEOPLE | 코트 셔츠 바지 | 백화점 시장 | count
사 | buy/bought | PEOPLE | 신발 양말 장갑 | 백화점 시장 | count
사 | buy/bought | PEOPLE | 옷 선물 모자 목도리 지갑 | 백화점 |
사 | buy/bought | PEOPLE | 가방 시계 반지 | 백화점 |
사 | buy/bought | GIRLS | 치마 드레스 | 백화점 시장 | count
사 | buy/bought | PEOPLE | 책 소설 잡지 사전 동화책 | 서점 | count
사 | buy/bought | YOUNG | 만화책 교과서 | 서점 | count
사 | buy/bought | PEOPLE | 장미 꽃 | 시장 | plural count
사 | buy/bought | PEOPLE | 약 | 약국 | plainobject
사 | buy/bought | PEOPLE | 빵 케이크 샌드위치 | 빵집 |
사 | buy/bought | PEOPLE | 연필 펜 공책 장난감 인형 공 카드 지도 | 가게 | count
사 | buy/bought | PEOPLE | 컵 접시 칼 | 시장 가게 | count
사 | buy/bought | PEOPLE | 표 | 역 영화관 극장 | count
사 | buy/bought | PEOPLE | 우표 | 우체국 | plural count
사 | buy/bought | ADULTS | 컴퓨터 노트북 휴대폰 카메라 침대 소파 책상 의자 책장 식탁 옷장 거울 램프
    세탁기 냉장고 텔레비전 에어컨 피아노 기타 바이올린 담요 베개 안경 | |
사 | buy/bought | ADULTS | 차#car 집#house 자전거 오토바이 | |
팔 | sell/sold | ADULTS | 차#car 집#house 자전거 오토바이 피아노 기타 카메라 컴퓨터 | | own past
팔 | sell/sold | 농부 | 사과 감자 딸기 복숭아 고구마 배#pear 당근 양파 | 시장 | plural scene
팔 | sell/sold | 점원 | 옷 신발 가방 모자 시계 | 백화점 가게 | plural
만들 | make/made | PEOPLE | 샌드위치 김밥 불고기 비빔밥 피자 수프 | 부엌 집 |
만들 | make/made | PEOPLE | 케이크 | 부엌 집 | whole
만들 | make/made | PEOPLE | 만두 과자 | 부엌 집 | plural
만들 | make/made | PEOPLE | 김치 주스 음식 빵 치즈 | 집 |
만들 | make/made | GIRLS | 카드 인형 가방 | |
만들 | make/made | 목수 아버지 할아버지 삼촌 민수 준호 | 의자 책상 책장 식탁 침대 | |
만들 | make/made | 어머니 할머니 이모 유나 영희 | 옷 드레스 치마 | |
요리하 | cook | PEOPLE | 생선 고기 | 부엌 집 |
요리하 | cook | PEOPLE | | 부엌 집 |
요리하 | cook | 요리사 | | 식당 부엌 | scene
끓이 | boil | PEOPLE | 물 | 부엌 | plainobject
끓이 | make/made | PEOPLE | 라면 국수 수프 차#tea | 부엌 집 |
삶 | boil | PEOPLE | 달걀 감자 고구마 | 부엌 | plural count
굽:ㅂ | bake | PEOPLE | 빵 | 집 부엌 |
굽:ㅂ | bake | PEOPLE | 케이크 | 집 부엌 | whole
굽:ㅂ | bake | PEOPLE | 과자 고구마 | 집 부엌 | plural
굽:ㅂ | grill | PEOPLE | 고기 생선 | 마당 집 |
썰 | slice | PEOPLE | 양파 오이 당근 감자 버섯 토마토 | 부엌 | plural count
볶 | fry | PEOPLE | 양파 버섯 채소 고기 감자 | 부엌 | plural
깎 | peel | PEOPLE | 사과 배#pear 감자 당근 | 부엌 | plural count
자르:르 | cut/cut | PEOPLE | 케이크 빵 고기 수박 | 부엌 |
자르:르 | cut/cut | PEOPLE | 종이 | | plainobject
씻 | wash | PEOPLE | 사과 배#pear 딸기 복숭아 토마토 오이 감자 당근 과일 채소 | 부엌 | plural
씻 | wash | PEOPLE | 접시 컵 숟가락 | 부엌 | plural
씻 | wash | PEOPLE | 칼 | 부엌 | the
씻 | wash | PEOPLE | 손 발 얼굴 | 욕실 | own plainobject
닦 | brush | PEOPLE | 이#tooth | 욕실 | own plainobject
감 | wash | PEOPLE | 머리#hair | 욕실 | own plainobject
닦 | wipe | PEOPLE | 책상 식탁 | | the
닦 | clean | PEOPLE | 창문 거울 안경 신발 | | the
빨 | wash | PEOPLE | 옷 양말 바지 셔츠 수건 담요 장갑 | 집 | the
청소하 | clean | PEOPLE | 방 집#house 거실 부엌 욕실 화장실 마당 | | the
청소하 | clean | ADULTS | 사무실 | | the
청소하 | clean | 학생 아이 | 교실 | | the scene
청소하 | clean | PEOPLE | | |
정리하 | tidy | PEOPLE | 방 책상 옷장 책장 | | the
버리 | take/took out | PEOPLE | 쓰레기 | | the plainobject
버리 | throw/threw away | PEOPLE | 옷 신발 상자 신문 종이 병 장난감 인형 의자 편지 양말 | |
옮기 | move | PEOPLE | 책상 침대 소파 의자 상자 식탁 책장 짐 피아노 | | the
열 | open | PEOPLE | 문 창문 가방 상자 냉장고 병 | | the
닫 | close | PEOPLE | 문 창문 냉장고 가방 | | the
켜 | turn on | PEOPLE | 불 음악 | | the plainobject
켜 | turn on | PEOPLE | 텔레비전 라디오 컴퓨터 에어컨 노트북 램프 | | the
끄 | turn off | PEOPLE | 불 음악 | | the plainobject
끄 | turn off | PEOPLE | 텔레비전 라디오 컴퓨터 에어컨 램프 휴대폰 | | the
잃어버리 | lose/lost | PEOPLE | CARRIED | 시장 공원 공항 지하철역 | own past
찾 | look for | PEOPLE | CARRIED | 집 방 | own ongoing
찾 | look for | PEOPLE | 화장실 지하철역 약국 은행 편의점 정류장 우체국 역 호텔 박물관 | | ongoing
    plainobject
찾 | look for | PEOPLE | 고양이 강아지 | 공원 | own ongoing
줍:ㅂ | pick up | PEOPLE | 동전 지갑 열쇠 우산 모자 | 길#road 공원 운동장 | past
줍:ㅂ | pick up | PEOPLE | 쓰레기 | 공원 해변 | plainobject
놓치 | miss | PEOPLE | 버스 기차 지하철 비행기 | | the past plainobject
기억하 | remember | PEOPLE | 이름 약속 전화번호 주소 노래 꿈 이야기 | | the stative
잊어버리 | forget/forgot | PEOPLE | 약속 이름 전화번호 주소 단어 | | the past
잊어버리 | forget/forgot | YOUNG | 숙제 | | own past plainobject
만나 | meet/met | PEOPLE | 친구 name RELATIVES | 공원 카페 역 식당 지하철역 공항 영화관 |
만나 | meet/met | YOUNG | 선생님 교수 | 학교 대학교 | the
만나 | meet/met | ADULTS | 손님 변호사 기자 | 회사 사무실 카페 |
기다리 | wait for | PEOPLE | 친구 name RELATIVES | 공원 카페 역 식당 지하철역 공항 |
기다리 | wait for | PEOPLE | 버스 | 정류장 | the plainobject
기다리 | wait for | PEOPLE | 기차 | 역 | the plainobject
기다리 | wait for | PEOPLE | 지하철 | 지하철역 | the plainobject
기다리 | wait for | PEOPLE | 택시 | 호텔 공항 | plainobject
기다리 | wait for | PEOPLE | 편지 손님 | |
기다리 | wait for | YOUNG | 방학 주말 생일 | | the
기다리 | wait for | PEOPLE | season | | nonneg
기다리 | wait for | 남자 여자 학생 노인 | 버스 | 정류장 | the scene
기다리 | wait for | 관광객 남자 여자 | 택시 | 공항 호텔 | scene
기다리 | wait | PEOPLE | | 역 카페 공원 병원 |
돕:ㅂ | help | PEOPLE | CLOSE 이웃 | |
도와주 | help | PEOPLE | 노인 외국인 관광객 친구 아이 | 역 공항 지하철역 |
도와주 | help | 간호사 의사 | 노인 아이 | 병원 | scene
사랑하 | love | PEOPLE | name kin | | stative
사랑하 | love | PEOPLE | 부모님 가족 | | own stative plainobject
좋아하 | like | PEOPLE | fruit vegetable 국수 고기 생선 빵 김치 치즈 케이크 피자 치킨 초콜릿
    아이스크림 비빔밥 불고기 hotdrink 우유 주스 콜라 | | plural stative
좋아하 | like | PEOPLE | 고양이 개 강아지 새 말 토끼 코끼리 꽃 장미 나무 | | plural stative
좋아하 | like | PEOPLE | 음악 영화 책 소설 시 노래 만화책 드라마 게임 여행 눈#snow 비 바다 sport
    season | | plural stative
좋아하 | like | YOUNG | subject language | | stative
싫어하 | hate | PEOPLE | 당근 양파 오이 버섯 생선 치즈 우유 콜라 쥐 뱀 | | plural stative
싫어하 | hate | YOUNG | 시험 숙제 subject 약 | | plural stative
싫어하 | hate | PEOPLE | 겨울 여름 비 | | stative
알 | know/knew | PEOPLE | 이름 전화번호 주소 이유 비밀 길#way 규칙 노래 | |
    the stative noneg present
    plainobject
알 | know/knew | PEOPLE | name 선생님 | | the stative noneg present plainobject
모르:르 | know/knew | PEOPLE | 이름 전화번호 주소 이유 비밀 길#way 규칙 노래 | | the stative noneg
    negated plainobject
모르:르 | know/knew | PEOPLE | name | | stative noneg present negated
지키 | keep/kept | PEOPLE | 약속 비밀 | | the
지키 | follow | PEOPLE | 규칙 | | the
믿 | trust | PEOPLE | name kin 친구 | | stative
부르:르 | sing/sang | PEOPLE | 노래 | 방 공원 교회 | count
부르:르 | sing/sang | 가수 아이 소녀 | 노래 | 극장 공원 | scene
그리 | draw/drew | PEOPLE | 그림 나무 집#house 고양이 강아지 새 지도 | 방 공원 카페 |
그리 | draw/drew | PEOPLE | 꽃 장미 | 정원 공원 | plural
그리 | paint | 화가 | 그림 | 해변 공원 | scene
찍 | take/took | PEOPLE | 사진 | 공원 바다 산 해변 동물원 궁전 제주도 파리 서울 | plural
찍 | take/took | 관광객 | 사진 | 궁전 해변 거리 | plural scene
타 | ride/rode | PEOPLE | 자전거 | 공원 해변 |
타 | ride/rode | 소년 소녀 남자 여자 | 자전거 | 공원 해변 | scene
타 | ride/rode | ACTIVE | 말 | 제주도 농장 |
타 | ride/rode | MEN | 오토바이 | |
타 | take/took | PEOPLE | 버스 택시 기차 비행기 | | plainobject
타 | take/took | PEOPLE | 지하철 | | the plainobject
타 | board | PEOPLE | 배#ship | | the plainobject
운전하 | drive/drove | ADULTS | 차#car | |
운전하 | drive/drove | 삼촌 운전사 남자 | 버스 택시 트럭 | |
빌리 | borrow | PEOPLE | 책 소설 잡지 사전 만화책 동화책 | | count
빌리 | borrow | PEOPLE | 돈 우산 자전거 오토바이 카메라 연필 펜 노트북 공책 교과서 | |
빌려주 | lend/lent | PEOPLE | 책 소설 사전 공책 돈 우산 자전거 연필 펜 카메라 노트북 | | dative
돌려주 | return | PEOPLE | 책 소설 공책 돈 우산 카메라 사전 자전거 지갑 열쇠 모자 | | the dative
    past
주 | give/gave | PEOPLE | 선물 책 카드 초콜릿 돈 과일 케이크 인형 장난감 모자 목도리 지갑 반지 시계
    편지 우산 표 사진 연필 사과 물 약 가방 장갑 그림 지도 시 빵 샌드위치 | | dative
주 | give/gave | PEOPLE | 꽃 장미 귤 과자 딸기 | | dative plural
보내 | send/sent | PEOPLE | 편지 카드 선물 사진 돈 이메일 과일 책 보고서 | | dative
보여주 | show | PEOPLE | 사진 그림 지도 편지 선물 반지 카드 강아지 보고서 표 | | dative
보여주 | show | PEOPLE | 방 여권 공책 시계 집#house | | dative own
말하 | speak/spoke | PEOPLE | language | | told
말하 | tell/told | PEOPLE | 이름 비밀 이유 계획 | | the double past
묻:ㄷ | ask | PEOPLE | 길#way 이름 이유 전화번호 주소 | | the double
대답하 | answer | PEOPLE | 질문 | | the goal
전화하 | call | PEOPLE | | | phone
인사하 | greet | PEOPLE | | | phone
사과하 | apologise | PEOPLE | | | dative past
받 | receive | PEOPLE | 편지 선물 이메일 카드 돈 시계 | |
받 | receive | PEOPLE | 꽃 장미 | | plural
가져오 | bring/brought | PEOPLE | 소금 설탕 물 의자 우산 과일 빵 케이크 담요 수건 컵 접시 책
    카메라 사진
    | | past
넣 | put/put | PEOPLE | 우유 물 고기 생선 채소 과일 주스 달걀 김치 | 냉장고 | the into
넣 | put/put | PEOPLE | 책 지갑 열쇠 우산 옷 카메라 노트북 휴대폰 | 가방 상자 | the into
넣 | put/put | PEOPLE | 설탕 우유 | 커피 차#tea | into plainobject
넣 | put/put | PEOPLE | 소금 버섯 양파 | 수프 국수 | into plainobject
꾸 | have/had | PEOPLE | 꿈 | | past
놀라 | be/was surprised | PEOPLE | | | past noneg
고르:르 | choose/chose | PEOPLE | 옷 신발 선물 모자 가방 시계 코트 셔츠 | 백화점 시장 |
고르:르 | choose/chose | MEN | 양복 | 백화점 |
고르:르 | choose/chose | PEOPLE | 책 소설 | 서점 도서관 |
고르:르 | choose/chose | PEOPLE | 수박 과일 생선 | 시장 |
고르:르 | choose/chose | PEOPLE | 영화 케이크 꽃 카드 노래 | |
고치 | fix | ADULTS 할아버지 | TOOLS 의자 문 창문 오토바이 침대 | | the
심 | plant | PEOPLE | 나무 사과나무 | 정원 마당 | plural count set
심 | plant | PEOPLE | 꽃 장미 | 정원 마당 | plural set
심 | plant | 농부 할아버지 할머니 삼촌 | 감자 고구마 당근 양파 토마토 딸기 오이 | 농장 | plural set
키우 | keep/kept | PEOPLE | PET 거북이 물고기 새 | 집 | count
키우 | raise | 농부 할아버지 삼촌 | 소 닭 말 오리 | 농장 | plural
잡 | catch/caught | 어부 | 물고기 | 바다 강 호수 | scene
잡 | catch/caught | 고양이 | 쥐 새 | | past scene
잡 | catch/caught | 경찰관 | 도둑 | 역 시장 은행 | past scene
던지 | throw/threw | ACTIVE | 공 | 운동장 공원 | the
차 | kick | ACTIVE | 공 | 운동장 공원 | the
시작하 | start | PEOPLE | 일 | | the past
시작하 | start | 선생님 교수 | 수업 | | the past
시작하 | start | ADULTS | 회의 | | the past
시작하 | start | YOUNG | 숙제 | | own past plainobject
끝내 | finish | PEOPLE | 일 보고서 회의 | | the past
끝내 | finish | YOUNG | 숙제 | | own past plainobject
하 | do/did | YOUNG | 숙제 | 집 도서관 방 카페 | own plainobject
하 | play | YOUNG 아버지 | 게임 | 집 방 | plural
하 | play | ACTIVE | 축구 야구 농구 배구 | 운동장 공원 학교 |
치 | play | ACTIVE | 배드민턴 탁구 | 체육관 |
치 | play | ACTIVE | 테니스 | 공원 |
치 | play | PEOPLE | 피아노 기타 | 집 교회 방 | the
연주하 | play | PEOPLE | 바이올린 피아노 기타 | 극장 교회 학교 | the
연습하 | practise | PEOPLE | 피아노 기타 바이올린 | 집 | the
연습하 | practise | YOUNG | 농구 축구 테니스 | 학교 체육관 |
준비하 | prepare for | YOUNG | 시험 | 도서관 | the
준비하 | prepare for | PEOPLE | 여행 파티 | | the
준비하 | prepare for | ADULTS | 회의 수업 | | the
준비하 | prepare | PEOPLE | meal | 부엌 집 |
준비하 | prepare | PEOPLE | 선물 음식 | |
하 | make/made | PEOPLE | 저녁#meal | | plainobject
설명하 | explain | ADULTS 선생님 교수 | 문제 규칙 계획 이유 단어 문장 | | the dative
이해하 | understand/understood | PEOPLE | 질문 문제 문장 규칙 이유 영화 계획 | | the stative unable
번역하 | translate | ADULTS | 책 소설 편지 기사 이메일 보고서 시 | |
외우 | memorise | YOUNG | 단어 문장 | 도서관 방 학교 | plural
외우 | memorise | PEOPLE | 전화번호 이름 주소 노래 시 | | the
풀 | solve | YOUNG | 문제 | 도서관 교실 집 | several plainobject
합격하 | pass | YOUNG | 시험 | | the goal past
떨어지 | fail | YOUNG | 시험 | | the goal past
걸리 | catch/caught | PEOPLE | 감기 | | goal past plainobject
늦 | be/was late for | PEOPLE | 수업 회의 학교 약속#appointment | | the goal past plainobject
이기 | win/won | YOUNG 운동선수 | 경기 | | the past goal plainobject
지 | lose/lost | YOUNG 운동선수 | 경기 | | the goal past
주문하 | order | PEOPLE | RESTAURANT 수프 커피 차#tea 주스 콜라 맥주 물 | 식당 |
졸업하 | graduate from | YOUNG | 대학교 학교 | | the past plainobject
방문하 | visit | PEOPLE | TOWNS | | plainobject
방문하 | visit | PEOPLE | 박물관 미술관 절 대학교 농장 | |
찾아가 | visit | PEOPLE | 선생님 친구 변호사 RELATIVES | | the
구경하 | look at | PEOPLE | 옷 신발 가방 | 백화점 시장 | plural plainobject
구경하 | look at | PEOPLE | 코끼리 사자 호랑이 원숭이 곰 | 동물원 | plural
구경하 | look around | PEOPLE | 시장 백화점 박물관 미술관 동물원 궁전 절 서울 부산 파리 도쿄 | |
    the
여행하 | travel around | PEOPLE | TOWNS | | plainobject
떠나 | leave/left | PEOPLE | TOWNS 마을 시골 호텔 | | the past plainobject
건너 | cross | PEOPLE | 길#road 다리#bridge | | the
건너 | cross | 아이 노인 학생 고양이 | 길#road | | the scene
모으 | collect | PEOPLE | 우표 동전 인형 카드 만화책 시계 모자 사진 | | plural
모으 | save | PEOPLE | 돈 | | plainobject
사용하 | use | PEOPLE | 컴퓨터 | 도서관 학교 회사 집 | the
사용하 | use | PEOPLE | 사전 노트북 카메라 지도 | | plainobject
칭찬하 | praise | 선생님 어머니 아버지 할머니 할아버지 교수 | 학생 아들 딸 name 아이 | | the past
초대하 | invite | PEOPLE | 친구 name 이웃 선생님 RELATIVES | |
깨우 | wake/woke | PEOPLE | 아들 딸 동생 남동생 여동생 아이 name 남편 아내 | | the
안 | hold/held | PEOPLE | 아이 아기 강아지 고양이 | | the plainobject
안 | hug | PEOPLE | 동생 아들 딸 친구 어머니 할머니 | | the plainobject
안 | hold/held | 딸 여동생 민지 유나 아이 | 인형 | | the plainobject
돌보 | look after | PEOPLE | 아기 아이 고양이 강아지 할머니 할아버지 동생 남동생 여동생 | 집 | the
돌보 | look after | 간호사 | 노인 아이 | 병원 | plural scene
걱정하 | worry about | PEOPLE | 시험 날씨 | | the plainobject
걱정하 | worry about | PEOPLE | 돈 | | plainobject
걱정하 | worry about | PEOPLE | 부모님 가족 | | own plainobject
그리워하 | miss | PEOPLE | 친구 할머니 할아버지 TOWNS 시골 바다 | | the stative
그리워하 | miss | PEOPLE | 부모님 가족 | | own stative plainobject
존경하 | respect | PEOPLE | 선생님 교수 할머니 할아버지 아버지 어머니 | | the stative noneg
존경하 | respect | PEOPLE | 부모님 | | own stative noneg plainobject
용서하 | forgive/forgave | PEOPLE | name 친구 동생 남동생 여동생 남편 아내 | | the past
다치 | hurt/hurt | PEOPLE | 다리 팔 손 허리 | | own past plainobject
자 | sleep/slept | PEOPLE | | 집 방 호텔 |
자 | sleep/slept | 고양이 강아지 아기 개 | | 방 침대 소파 | scene
일어나 | get/got up | PEOPLE | | |
샤워하 | take/took a shower | PEOPLE | | 욕실 집 |
세수하 | wash | PEOPLE | | 욕실 |
설거지하 | do/did the dishes | PEOPLE | | 부엌 집 |
빨래하 | do/did the laundry | PEOPLE | | 집 |
앉 | sit/sat | PEOPLE | | 의자 소파 침대 | on stative
앉 | sit/sat | 고양이 강아지 | | 의자 소파 침대 | on stative scene
눕:ㅂ | lie/lay down | PEOPLE | | 침대 소파 | on
걷:ㄷ | walk | PEOPLE | | 공원 숲 해변 거리 | path
다니 | attend | YOUNG | | 학교 대학교 | bare stative
걸어가 | walk | PEOPLE | | 학교 역 회사 집 지하철역 시장 정류장 도서관 | to
달리 | run/ran | ACTIVE | | 공원 운동장 해변 |
달리 | run/ran | 개 강아지 | | 공원 해변 운동장 | scene
달리 | run/ran | 말 | | 농장 | scene
뛰어가 | run/ran | YOUNG | | 학교 역 정류장 집 지하철역 | to towards
수영하 | swim/swam | ACTIVE | | 바다 수영장 강 |
헤엄치 | swim/swam | 물고기 오리 | | 강 호수 | scene
헤엄치 | swim/swam | 고래 거북이 | | 바다 | scene
일하 | work | ADULTS | | OFFICES |
일하 | work | 의사 간호사 | | 병원 |
일하 | work | 농부 | | 농장 | scene
일하 | work | 요리사 | | 식당 호텔 |
일하 | work | 점원 | | 백화점 편의점 가게 |
일하 | work | 회사원 변호사 | | 사무실 회사 |
쉬 | rest | PEOPLE | | 집 방 호텔 카페 공원 해변 |
놀 | play | 동생 남동생 여동생 아들 딸 | | 공원 놀이터 집 방 해변 |
놀 | play | PLAYERS 강아지 | | 공원 놀이터 마당 해변 | scene
울 | cry | PEOPLE | | 방 |
울 | cry | 아이 아기 소녀 소년 | | | scene
웃 | laugh | PEOPLE 아기 | | |
노래하 | sing/sang | PEOPLE | | 공원 교회 방 |
노래하 | sing/sang | 새 가수 아이 | | 공원 | scene
춤추 | dance | YOUNG 남자 여자 | | 방 공원 |
운동하 | exercise | PEOPLE | | 체육관 공원 집 |
산책하 | take/took a walk | PEOPLE | | 공원 숲 해변 |
등산하 | go/went hiking | PEOPLE | | |
낚시하 | fish | MEN 할아버지 | | 강 바다 호수 |
낚시하 | fish | 어부 노인 | | 강 바다 호수 | scene
기도하 | pray | PEOPLE | | 교회 절 |
넘어지 | fall/fell down | PEOPLE | | 길#road 운동장 욕실 | past noneg
이야기하 | talk | PEOPLE | | 카페 공원 거실 | comitative
싸 | pack | PEOPLE | 짐 | | own plainobject
싸우 | fight/fought | YOUNG | | | comitative past
결혼하 | get/got married | name 친구 남자 여자 이모 삼촌 형 오빠 누나 언니 동생 아들 딸 | | 교회
    호텔 |
    single past
가 | go/went | PEOPLE | | ERRANDS | to
데려가 | take/took | ADULTS | 아이 강아지 고양이 아들 딸 동생 | 병원 공원 동물원 학교 바다 | the to
데려오 | bring/brought | PEOPLE | 친구 아이 강아지 동생 | 집 | the to past
가 | go/went | PEOPLE | | 거기 | to past
가 | go/went | PEOPLE | | TOWNS | to past
가 | go/went | PEOPLE | | | hither
오 | come/came | PEOPLE | | 집 | to told
오 | come/came | PEOPLE | | | hither
오 | come/came | PEOPLE | | 여기 | to
오 | come/came | 손님 이웃 버스 기차 택시 지하철 | | | hither scene
돌아오 | come/came back | PEOPLE 아이 | | 집 | to
돌아가 | go/went back | PEOPLE | | 집 학교 회사 호텔 한국 서울 부산 | to
들어가 | go/went | PEOPLE | | 방 교실 가게 은행 카페 식당 서점 병원 사무실 | into
나가 | go/went out | PEOPLE | | |
이사하 | move | PEOPLE | | 서울 부산 제주도 시골 도시 미국 일본 캐나다 | to towards past
오르:르 | climb | ACTIVE | | 산 | bare
살 | live | PEOPLE | | TOWNS 시골 도시 마을 섬 | stative
살 | live | 고래 | | 바다 | stative
살 | live | 물고기 오리 | | 강 호수 | stative
살 | live | 토끼 뱀 새 곰 | | 숲 | stative
살 | live | 소 닭 | | 농장 | stative
머무르:르 | stay | PEOPLE | | 호텔 섬 시골 서울 부산 파리 런던 |
도착하 | arrive | PEOPLE | | 역 공항 학교 집 회사 호텔 병원 서울 부산 | arrive past
도착하 | arrive | 기차 버스 | | 서울 부산 역 정류장 | arrive past scene
도착하 | arrive | 비행기 | | 공항 서울 제주도 | arrive past scene
도착하 | arrive | 배#ship | | 항구 섬 부산 | arrive past scene
출발하 | depart | 기차 버스 비행기 배#ship | | |
시작되 | begin/began | 영화 수업 회의 경기 연극 시험 파티 드라마 뉴스 | | |
끝나 | end | 영화 수업 회의 경기 연극 시험 파티 드라마 뉴스 | | |
시작되 | start | 방학 | | | past
끝나 | be/was over | 방학 | | | past
불 | blow/blew | 바람 | | | scene
따라가 | follow | 강아지 | 아이 소년 소녀 | | the scene
되 | become/became | 동생 아들 딸 name 친구 남자 여자 형 오빠 누나 언니 남동생 여동생 | 의사 간호사
    경찰관 소방관 요리사 가수 배우 화가 작가 기자 변호사 군인 농부 운동선수 과학자 교수 선생님
    대학생 회사원 | | become stative past
"""

# Adverbs of manner: Korean | English | their English verbs; without any, only the scripts say it.
MANNERS = """
천천히 | slowly | eat drink read walk open close cross
빨리 | quickly | eat drink run walk finish tidy clean write change
조용히 | quietly | read sit cry pray work study rest talk close open
열심히 | hard | study work practise exercise
혼자 | alone | live travel eat study work walk rest cook exercise watch come go stay play
다시 | again | read write watch see meet explain call come go visit draw fix practise start begin
많이 | a_lot | sleep cry laugh walk work rest talk read eat drink
푹 | well | sleep rest
잘 | well | sing swim cook play draw sleep drive
일찍 | early | sleep get come go arrive depart start begin end leave
늦게 | late | sleep get come go arrive depart begin end
같이 | together | eat study walk travel live work sing dance cook laugh play watch exercise
    clean practise come go rest swim
오래 | for_a_long_time | walk talk wait sleep rest run swim sit cry work stay
조금 | a_little |
자주 | often |
끝까지 | to_the_end |
"""
