"""What stands against what: tastes, choices, qualities; and what is said of others.

Events are written as `course.grammar.events` says.  A line that is set in continues the one before.
"""

from __future__ import annotations

# what is thought, said, known or heard of another | tenses | by whom it is said
# (think = 생각하다, say = 말하다, hear = 듣다, believe = 믿다)
REPORTS = """
합격하 시험 | past future | think say hear believe
떨어지 시험 | past | say hear
오 ~늦게 ; 오 ~일찍 | future | think say
도착하 @역+공항+호텔 | past | say hear think
이사하 @서울+부산+시골 | past future | say hear
결혼하 | past future | say hear
여행하 | past future | say hear
가 @병원 | past | say hear think
가 @파리+런던+도쿄+한국 | past future | say hear
사 차#car+집#house+자전거+피아노 | past future | say hear
팔 차#car+집#house+자전거 | past future | say hear
잃어버리 지갑+열쇠+휴대폰+가방 | past | say hear think
찾 지갑+열쇠+강아지 | progressive | say hear
걸리 감기 | past | say hear think
다치 다리+팔 | past | say hear
아프 ; 바쁘 ; 피곤하 | present past | think say hear
행복하 ; 외롭 ; 슬프 | present past | think
친절하 ; 정직하 ; 똑똑하 ; 부지런하 ; 게으르 ; 용감하 | present | think say hear
부유하 ; 유명하 | present | think say hear
이기 경기 | past future | think say hear believe
지 경기 | past | say hear
치 피아노+기타 ~잘 ; 노래하 ~잘 ; 요리하 ~잘 ; 그리 그림 ~잘 ; 춤추 ~잘 | present | think say hear
좋아하 커피+음악+축구+고양이+영화 | present | think say hear
먹 고기+생선 not ; 마시 커피 not | present | think say hear
싫어하 우유+생선+개+야구 | present | think say hear
살 @서울+부산+시골+미국+일본 | present past | say hear think
일하 @은행+병원+회사+식당 | present past | say hear think
되 의사+선생님+가수+작가+간호사 | past future | say hear
공부하 ~열심히 ; 일하 ~열심히 | present past | think say hear
배우 한국어+영어+피아노 | present past | say hear
자 ; 공부하 ; 일하 | progressive | think say
기다리 버스+친구 | progressive | say think
알 비밀+이유 ; 알 이름 | present | think say
읽 편지+이메일 | past | think say
쓰 소설+시+책 | past progressive | say hear
키우 개+고양이 | present | say hear
끝내 숙제+일+보고서 | past | think say believe
받 편지+선물 | past | say hear think
만나 가수+배우+작가 | past | say hear
있 시험+회의+약속#appointment | present | say hear
없 시간+돈 | present | say think
많 일+숙제+친구 | present | say think hear
비/오 ; 눈#snow/오 | future | think say hear
날씨/좋 ; 날씨/춥 ; 날씨/덥 | future | think say hear
시험/어렵 ; 시험/쉽 | past future | think say hear
영화/재미있 ; 영화/슬프 ; 영화/지루하 ; 책/재미있 ; 책/어렵 | present | think say hear
기차/출발하 ; 기차/도착하 ; 비행기/도착하 | past | say think hear
"""

# what several people do differently: verb | objects, or @places, or ~adverbs (any two are said)
CHOICES = """
마시 | 커피 차#tea 우유 주스 물 콜라
마시 | 맥주 와인 콜라
먹 | 빵 국수 샌드위치 김밥
먹 | 사과 바나나 딸기 수박 복숭아 오렌지
먹 | 피자 불고기 햄버거 국수 라면
먹 | 고기 생선
먹 | 케이크 초콜릿 아이스크림 과일
주문하 | 피자 불고기 국수 햄버거 수프
주문하 | 커피 차#tea 주스 콜라
사 | 사과 딸기 수박 복숭아 바나나
사 | 고기 생선 달걀 감자 양파
사 | 모자 가방 신발 시계 우산
사 | 셔츠 바지 치마 코트
사 | 책 잡지 신문
사 | 컴퓨터 카메라 휴대폰 노트북
입 | 치마 바지 드레스
입 | 양복 드레스 코트
쓰 | 모자 안경
읽 | 책 신문 잡지 만화책
읽 | 소설 시 동화책
쓰 | 편지 이메일 보고서
쓰 | 소설 시 기사
보 | 영화 드라마 뉴스 경기
보 | 연극 영화
듣 | 음악 뉴스
공부하 | 수학 과학 역사 영어 미술
배우 | 한국어 영어 중국어 일본어 프랑스어
배우 | 피아노 기타 바이올린
가르치 | 수학 역사 과학 영어 음악
치 | 피아노 기타
치 | 테니스 탁구 배드민턴
하 | 축구 야구 농구 배구
하 | 숙제 축구
키우 | 고양이 개 새 물고기 토끼
키우 | 소 닭
심 | 나무 꽃
심 | 감자 당근 토마토 양파
그리 | 꽃 나무 집#house 고양이
굽 | 고기 생선 감자
끓이 | 라면 국수 수프
씻 | 접시 컵
씻 | 사과 딸기 토마토
청소하 | 부엌 거실 방 욕실
닦 | 창문 거울 식탁
타 | 버스 지하철 택시
타 | 기차 비행기 버스
타 | 자전거 오토바이
운전하 | 버스 택시 트럭
고치 | 자전거 시계 의자 컴퓨터
받 | 선물 편지 꽃 카드
모으 | 우표 동전 인형
되 | 의사 선생님 가수 작가 간호사 요리사
가 | @산 @바다 @공원
가 | @도서관 @영화관 @체육관 @카페
가 | @시장 @백화점 @서점
가 | @박물관 @미술관 @동물원
가 | @학교 @회사
살 | @도시 @시골
살 | @서울 @부산
일하 | @은행 @병원 @식당 @회사 @우체국
공부하 | @도서관 @집 @카페
쉬 | @방 @거실 @정원
자 | @침대 @소파
수영하 | @바다 @수영장 @호수
산책하 | @공원 @해변 @숲
기다리 | @역 @공항 @정류장
먹 점심#meal | @식당 @집 @공원
여행하 | 미국 영국 프랑스 일본 중국 이탈리아
일어나 | ~일찍 ~늦게
자 | ~일찍 ~늦게
돌아오 @집 | ~일찍 ~늦게
걷 | ~빨리 ~천천히
먹 점심#meal | ~빨리 ~천천히
도착하 | ~일찍 ~늦게
"""

# what one likes and another does not, or does less (any two of a line)
TASTES = """
커피 차#tea 우유 주스
콜라 주스 물
맥주 와인
사과 배#pear 복숭아 오렌지
딸기 수박 바나나
수박 복숭아
고기 생선
불고기 피자 햄버거
국수 빵
라면 국수
케이크 초콜릿 아이스크림
당근 오이 양파 토마토
감자 고구마
고양이 개
개 새 토끼
말 소
바다 호수 강
도시 시골
여름 겨울
봄 가을
비 눈#snow
축구 야구 농구
배구 농구
테니스 탁구 배드민턴
영화 연극
영화 드라마
뉴스 드라마
음악 미술
책 영화
소설 시
소설 만화책
신문 잡지
수학 역사
과학 미술
영어 수학
중국어 일본어
피아노 기타 바이올린
기차 비행기
버스 지하철
자전거 오토바이
서울 부산
파리 런던 도쿄
도서관 영화관
박물관 동물원
편지 이메일
"""

# two people: what the one is and the other is
OPPOSITES = """
키.크 | 키.작
바쁘 | 한가하
부지런하 | 게으르
건강하 | 아프
부유하 | 가난하
행복하 | 슬프
기쁘 | 슬프
배고프 | 배부르
있 시간 | 없 시간
있 돈 | 없 돈
많 돈 | 없 돈
많 친구 | 없 친구
많 숙제 | 없 숙제
합격하 시험 | 떨어지 시험
이기 경기 | 지 경기
웃 | 울
일하 | 쉬
일하 | 자
공부하 | 놀 ; 자 ; 쉬
일어나 ~일찍 | 일어나 ~늦게
먹 ~많이 | 먹 ~조금
좋아하 축구+여행+겨울 | 싫어하 축구+여행+겨울
오 | 오 not
늦 학교 | 늦 학교 not
알 이유+비밀 | 모르 이유+비밀
있 우산+표+차#car | 없 우산+표+차#car
"""

# two things of a kind: first second | what the first is | what the second is
PAIRS = """
코끼리 쥐 | 크 | 작
말 강아지 | 크 | 작
고래 물고기 | 크 | 작
수박 딸기 | 크 | 작
도시 마을 | 크 | 작
토끼 거북이 | 빠르 | 느리
비행기 배#ship | 빠르 | 느리
지하철 버스 | 빠르 | 느리
기차 자전거 | 빠르 | 느리
여름 겨울 | 덥 | 춥
봄 겨울 | 따뜻하 | 춥
가을 여름 | 시원하 | 덥
도시 시골 | 시끄럽 | 조용하
시장 도서관 | 시끄럽 | 조용하
택시 버스 | 비싸 | 싸
택시 지하철 | 비싸 | 싸
고기 감자 | 비싸 | 싸
차#car 자전거 | 비싸 | 싸
백화점 시장 | 비싸 | 싸
커피 주스 | 뜨겁 | 차갑
수프 아이스크림 | 뜨겁 | 차갑
소설 시 | 길 | 짧
바지 치마 | 길 | 짧
코트 셔츠 | 무겁 | 가볍
피아노 기타 | 무겁 | 가볍
사전 잡지 | 무겁 | 가볍
컴퓨터 노트북 | 무겁 | 가볍
소파 의자 | 편하 | 불편하
오토바이 기차 | 위험하 | 안전하
호랑이 강아지 | 무섭 | 귀엽
뱀 토끼 | 무섭 | 귀엽
수학 미술 | 어렵 | 쉽
중국어 영어 | 어렵 | 쉽
영화 회의 | 재미있 | 지루하
거실 부엌 | 넓 | 좁
거실 욕실 | 밝 | 어둡
방 교실 | 작 | 크
하늘 눈#snow | 파랗 | 하얗
"""

# nouns | what they are | although or because of that, what they also are: 어렵지만 재미있다
THOUGH = """
책 소설 | 어렵 | 재미있
책 소설 이야기 | 길 | 재미있
책 이야기 노래 시 | 짧 | 아름답
책 소설 영화 | 유명하 | 지루하
영화 소설 이야기 노래 | 슬프 | 아름답
영화 이야기 꿈 | 무섭 | 재미있
영화 이야기 | 이상하 | 재미있
한국어 중국어 수학 과학 역사 | 어렵 | 재미있
수업 숙제 일 | 어렵 | 재미있
숙제 시험 문제 질문 | 쉽 | 중요하
회의 수업 | 지루하 | 중요하
시험 일 | 어렵 | 중요하
여행 | 힘들 | 재미있
여행 일 경기 | 위험하 | 재미있
김치 라면 국수 | 맵 | 맛있
불고기 피자 케이크 고기 생선 딸기 | 비싸 | 맛있
국수 라면 빵 샌드위치 김밥 | 싸 | 맛있
사과 복숭아 배#pear | 작 | 맛있
커피 차#tea 수프 | 뜨겁 | 맛있
식당 | 작 | 유명하
식당 카페 | 시끄럽 | 좋
식당 카페 | 싸 | 깨끗하
호텔 | 비싸 | 불편하
방 부엌 욕실 | 작 | 깨끗하
방 사무실 집#house | 좁 | 밝
방 집#house | 넓 | 어둡
방 교실 | 넓 | 춥
옷 코트 신발 가방 시계 드레스 모자 | 비싸 | 예쁘
옷 신발 가방 우산 모자 컵 | 싸 | 예쁘
신발 코트 의자 | 예쁘 | 불편하
신발 코트 바지 | 비싸 | 편하
가방 상자 | 작 | 무겁
가방 컴퓨터 | 크 | 가볍
차#car 컴퓨터 카메라 노트북 | 비싸 | 좋
차#car 컴퓨터 | 비싸 | 느리
오토바이 | 빠르 | 위험하
버스 | 느리 | 싸
택시 비행기 | 비싸 | 빠르
택시 | 비싸 | 편하
도시 시장 거리 | 시끄럽 | 재미있
마을 섬 공원 호수 | 작 | 아름답
산 바다 강 | 위험하 | 아름답
바다 호수 강 | 깊 | 맑
날씨 | 맑 | 춥
날씨 | 춥 | 좋
호랑이 사자 | 무섭 | 아름답
토끼 강아지 고양이 | 작 | 빠르
고양이 | 게으르 | 귀엽
개 | 크 | 귀엽
곰 코끼리 | 크 | 귀엽
PEOPLE | 바쁘 | 행복하
PEOPLE | 가난하 | 행복하
PEOPLE | 가난하 | 정직하
PEOPLE | 부유하 | 외롭
PEOPLE | 부유하 | 행복하 not
PEOPLE | 피곤하 | 행복하
PEOPLE | 게으르 | 똑똑하
PEOPLE | 게으르 | 친절하
PEOPLE | 조용하 | 용감하
PEOPLE | 유명하 | 외롭
PEOPLE | 유명하 | 친절하
PEOPLE | 피곤하 | 자 not
PEOPLE | 배고프 | 먹 not
PEOPLE | 있 돈 | 행복하 not
PEOPLE | 없 돈 | 행복하
PEOPLE | 많 일 | 행복하
PEOPLE | 많 친구 | 외롭
"""

# nouns | two qualities that go well together: 맛있고 싸다
ALIKE = """
국수 라면 빵 사과 바나나 김밥 샌드위치 | 맛있 | 싸
사과 딸기 복숭아 수박 배#pear 오렌지 | 달 | 맛있
과일 생선 고기 우유 토마토 오이 | 신선하 | 맛있
커피 차#tea 수프 | 뜨겁 | 맛있
주스 물 맥주 | 차갑 | 맛있
케이크 아이스크림 초콜릿 | 달 | 맛있
김치 라면 | 맵 | 맛있
방 거실 교실 사무실 집#house 부엌 | 넓 | 밝
방 욕실 부엌 호텔 식당 거리 | 깨끗하 | 조용하
방 거실 집#house | 따뜻하 | 편하
방 부엌 욕실 | 어둡 | 좁
방 교실 | 어둡 | 춥
방 욕실 거리 | 좁 | 더럽
호텔 식당 | 싸 | 깨끗하
호텔 | 비싸 | 불편하
도서관 카페 공원 | 조용하 | 시원하
공원 정원 | 넓 | 아름답
공원 거리 마을 | 조용하 | 깨끗하
마을 섬 | 작 | 조용하
바다 호수 강 | 맑 | 깊
바다 호수 | 넓 | 아름답
산 | 높 | 아름답
산 | 높 | 위험하
도시 시장 | 크 | 시끄럽
날씨 | 맑 | 따뜻하
바람 | 차갑 | 강하
하늘 | 맑 | 파랗
책 소설 | 길 | 어렵
책 영화 소설 이야기 | 짧 | 재미있
책 영화 수업 회의 | 길 | 지루하
영화 이야기 소설 | 슬프 | 아름답
시험 문제 숙제 | 길 | 어렵
시험 문제 숙제 단어 | 짧 | 쉽
신발 바지 코트 | 가볍 | 편하
의자 소파 침대 | 크 | 편하
옷 신발 가방 모자 | 싸 | 예쁘
코트 담요 장갑 목도리 | 따뜻하 | 가볍
가방 상자 책상 | 크 | 무겁
컴퓨터 노트북 카메라 | 작 | 가볍
차#car 자전거 기차 | 빠르 | 편하
지하철 | 빠르 | 싸
지하철 기차 | 빠르 | 안전하
오토바이 | 빠르 | 위험하
반지 시계 드레스 | 비싸 | 예쁘
강아지 토끼 고양이 | 작 | 귀엽
개 말 고래 | 크 | 똑똑하
말 사자 호랑이 곰 | 크 | 강하
말 토끼 | 빠르 | 예쁘
PEOPLE | 친절하 | 똑똑하
PEOPLE | 친절하 | 정직하
PEOPLE | 부지런하 | 정직하
PEOPLE | 부지런하 | 똑똑하
PEOPLE | 젊 | 건강하
PEOPLE | 건강하 | 행복하
PEOPLE | 키.크 | 친절하
PEOPLE | 조용하 | 친절하
PEOPLE | 유명하 | 부유하
PEOPLE | 배고프 | 피곤하
PEOPLE | 피곤하 | 목마르
PEOPLE | 바쁘 | 피곤하
PEOPLE | 외롭 | 슬프
"""
