"""What people do together: one thing after another, on the way, and at the same time.

Events are written as `course.grammar.events` says.  A line that is set in continues the one before.
"""

from __future__ import annotations

# occasion | who | what one person does, in this order; any two or three of them can be told.
ROUTINES = """
at home | any | 읽 책+소설+잡지 @집 ; 보 드라마+뉴스 ; 듣 음악 ; 마시 차#tea ; 먹 과일
at home with a film | any | 보 영화+드라마 @집 ; 마시 차#tea+커피 ; 듣 음악 ; 먹 과일
weekday morning | any | 일어나 -> 세수하 ; 먹 아침#meal ; 닦 이#tooth ; 갈아입 옷 ; 나가
early morning | any | 일어나 ~일찍 -> 산책하 ; 샤워하 ; 먹 아침#meal ; 읽 신문 ; 마시 커피
morning with exercise | any | 일어나 ~일찍 -> 운동하 ; 샤워하 ; 마시 우유+주스 ; 갈아입 옷 ; 나가
Sunday morning | any | 일어나 ~늦게 -> 마시 커피 ; 읽 책+신문 ; 청소하 방 ; 먹 점심#meal ; 나가 ->
    산책하
evening at home | any | 돌아오 @집 -> 샤워하 ; 먹 저녁#meal ; 설거지하 ; 보 드라마+뉴스+영화 ; 마시
    차#tea ; 자
evening with a book | any | 돌아오 @집 -> 갈아입 옷 ; 먹 저녁#meal ; 듣 음악+라디오#radio ; 읽
    소설+책 ; 끄 불 -> 자
bedtime | any | 샤워하 ; 닦 이#tooth ; 쓰 일기 ; 읽 책+소설 ; 끄 불 -> 자
school day | young | 가 @학교 -> 공부하 ; 먹 점심#meal ; 하 축구+농구 @운동장 ; 돌아오 @집 -> 쉬
after school | young | 돌아오 @집 -> 먹 빵+과일+샌드위치 ; 하 숙제 ; 놀 @마당+공원 ; 먹 저녁#meal ;
    보 텔레비전#tv
evening before the exam | young | 먹 저녁#meal ; 읽 교과서 ; 외우 단어 ; 샤워하 ; 자
library | young | 가 @도서관 -> 빌리 책+소설+사전 ; 하 숙제 ; 읽 잡지+신문 ; 마시 커피 @카페 ;
    돌아가 @집
study group | young | 만나 친구 -> 공부하 @카페+도서관 ; 먹 점심#meal ; 외우 단어 ; 돌아가 @집
working day | adult | 가 @회사 -> 일하 ; 먹 점심#meal ; 쓰 보고서+이메일 ; 운동하 @체육관 ; 돌아가
    @집
office morning | adult | 도착하 @회사 -> 켜 컴퓨터 ; 읽 이메일 ; 마시 커피 ; 쓰 보고서 ; 먹
    점심#meal
day of a meeting | adult | 준비하 회의 ; 먹 점심#meal ; 쓰 이메일 ; 돌아가 @집 -> 쉬
end of the working day | adult | 끝내 일 ; 끄 컴퓨터 ; 만나 친구 -> 먹 저녁#meal ; 마시 맥주 ; 타
    택시 -> 돌아가 @집
beach | any | 가 @바다 -> 수영하 ; 먹 수박+아이스크림 ; 걷 @해변 ; 찍 사진 ; 돌아오 @집 -> 쉬
mountain | any | 일어나 ~일찍 -> 오르 @산 ; 찍 사진 ; 쉬 ; 돌아오 @집 -> 샤워하 ; 먹 저녁#meal
lake | any | 가 @호수 -> 낚시하 ; 먹 점심#meal ; 산책하 ; 쉬 ; 돌아가 @집
park | any | 가 @공원 -> 타 자전거 ; 먹 샌드위치+아이스크림 ; 찍 사진 ; 산책하 ; 돌아가 @집
park with a friend | any | 만나 친구 -> 산책하 @공원 ; 치 배드민턴 ; 먹 아이스크림+김밥 ; 쉬 ; 마시
    커피 @카페 ; 돌아가 @집
zoo | any | 가 @동물원 -> 구경하 코끼리+사자+원숭이 ; 찍 사진 ; 먹 점심#meal ; 돌아가 @집
shopping | any | 가 @백화점 -> 구경하 옷+신발 ; 사 모자+가방+시계+셔츠 ; 먹 점심#meal ; 마시 커피
    @카페 ; 돌아오 @집
market | adult | 가 @시장 -> 구경하 꽃 ; 먹 국수 ; 사 생선+고기+과일+감자+양파 ; 돌아오 @집 ->
    요리하
cooking dinner | any | 씻 오이+토마토 ; 썰 양파+감자+당근 ; 끓이 수프+국수 ; 굽 생선 ; 먹
    저녁#meal ; 설거지하
baking | any | 굽 빵+케이크 ; 마시 차#tea ; 쉬
Sunday lunch | any | 요리하 ; 먹 점심#meal ; 설거지하 ; 산책하 ; 마시 차#tea
cleaning day | any | 열 창문 ; 정리하 책상+옷장 ; 청소하 방+거실 ; 닦 창문+거울+책상 ; 빨래하 ;
    버리 쓰레기 ; 쉬
kitchen | any | 먹 저녁#meal ; 설거지하 ; 닦 식탁 ; 청소하 부엌 ; 쉬 @거실
visit to the hospital | any | 가 @병원 -> 만나 의사 ; 가 @약국 -> 사 약 ; 돌아오 @집 -> 먹 약 ; 자
cafe | any | 만나 친구 -> 마시 커피+차#tea @카페 ; 먹 케이크 ; 이야기하 ~오래 ; 타 버스 -> 돌아가
    @집
restaurant | any | 가 @식당 -> 먹 불고기+국수+피자 ; 마시 차#tea+커피 @카페 ; 돌아가 @집
cinema | any | 만나 친구 -> 보 영화 ; 먹 저녁#meal ; 마시 커피 ; 타 지하철+버스 -> 돌아가 @집
theatre | any | 타 택시 -> 가 @극장 -> 보 연극 ; 마시 와인 ; 돌아가 @집
evening of films | any | 초대하 친구 -> 보 영화 ; 주문하 피자 ; 마시 콜라+맥주 ; 이야기하 ~오래
gallery | any | 가 @미술관 -> 구경하 그림 ; 먹 점심#meal ; 마시 커피 @카페 ; 돌아가 @집
airport | any | 챙기 짐 ; 가 @공항 -> 먹 샌드위치 ; 타 비행기
arrival abroad | any | 도착하 @공항 -> 찾 짐 ; 타 택시 -> 가 @호텔 -> 샤워하 ; 먹 저녁#meal ; 자
trip abroad | any | 사 지도 ; 타 비행기 -> 가 @파리+런던+도쿄 -> 구경하 박물관+궁전 ; 찍 사진 ; 사
    선물 ; 돌아오 @집
trip by train | any | 타 기차 -> 가 @부산+서울+시골 -> 먹 생선+국수 ; 찍 사진 ; 돌아오 @집
Seoul | any | 도착하 @서울 -> 타 지하철 ; 구경하 궁전+시장 ; 먹 불고기 ; 사 선물
hotel | any | 도착하 @호텔 -> 샤워하 ; 수영하 @수영장 ; 먹 저녁#meal ; 마시 와인+맥주 ; 자
football day | young | 하 축구 @운동장+공원 ; 마시 콜라 ; 먹 김밥+아이스크림
gym | any | 가 @체육관 -> 운동하 ; 샤워하 ; 마시 물 ; 돌아가 @집
swimming | any | 가 @수영장 -> 수영하 ; 샤워하 ; 먹 라면+아이스크림 ; 돌아가 @집
farm | adult | 일어나 ~일찍 -> 돌보 소+닭 ; 먹 아침#meal ; 심 감자+당근+양파 ; 먹 점심#meal ; 쉬
    @집
visit in the country | any | 타 기차+버스 -> 가 @시골 -> 만나 할머니+할아버지 ; 먹 점심#meal ; 심
    나무+꽃 ; 돌아오 @집
moving house | adult | 정리하 옷장+책장 ; 버리 의자+신문 ; 챙기 짐 ; 옮기 침대+책상 ; 청소하
    방+거실 ; 먹 라면
bank and shops | adult | 가 @은행 -> 찾 돈 ; 가 @시장 -> 사 고기+감자 ; 보내 편지 @우체국 ; 돌아오
    @집 -> 요리하
fishing | adult | 가 @강+호수 -> 잡 물고기 ; 먹 점심#meal ; 산책하 ; 돌아오 @집 -> 쉬
repairs | adult | 고치 의자+문+자전거 ; 청소하 마당 ; 샤워하 ; 마시 맥주+주스 ; 쉬 @거실
computer evening | any | 켜 컴퓨터 ; 보 뉴스 ; 읽 이메일 ; 듣 음악 ; 자
church | any | 가 @교회 -> 기도하 ; 노래하 ; 먹 점심#meal ; 돌아오 @집
temple | any | 오르 @산 ; 구경하 절 ; 기도하 ; 마시 차#tea ; 먹 점심#meal ; 돌아가 @집
ill at home | any | 끓이 수프 ; 먹 약 ; 눕 @침대 -> 자
"""

# two deeds | what both are done to: 사과를 씻어서 먹었다 (washed an apple and ate it)
SHARED = """
씻 먹 | 사과 딸기 배#pear 복숭아 토마토 오이
자르 먹 | 수박 케이크 고기
깎 먹 | 사과 배#pear
사 먹 | 빵 김밥 샌드위치 아이스크림 사과 햄버거 바나나 딸기 케이크 초콜릿
사 마시 | 커피 주스 우유 콜라 물
굽 먹 | 고기 생선 고구마 빵
삶 먹 | 달걀 감자 고구마
끓이 먹 | 라면 국수 수프
끓이 마시 | 차#tea 물
만들 먹 | 샌드위치 수프 김밥 피자 케이크
주문하 먹 | 피자 불고기 국수 햄버거
주문하 마시 | 커피 주스 맥주
빌리 읽 | 책 소설 잡지 만화책 동화책
사 읽 | 책 소설 신문 잡지 만화책
번역하 보내 | 편지 이메일 보고서
쓰 보내 | 편지 이메일 카드 보고서
쓰 주 > | 편지 카드 시
찍 보내 > | 사진
찍 보여주 > | 사진
그리 보여주 > | 그림 지도
그리 주 > | 그림 지도
사 주 > | 꽃 선물 책 장갑 목도리 시계 초콜릿 모자 가방 인형
만들 주 > | 인형 케이크 가방 샌드위치 장난감
만들 팔 | 빵 의자 가방 인형 치즈
굽 주 > | 케이크 빵
고치 팔 | 자전거 차#car 시계 카메라 컴퓨터
고치 타 | 자전거 오토바이
고치 사용하 | 컴퓨터 노트북 카메라
빌리 타 | 자전거 오토바이
빌리 사용하 | 노트북 카메라 사전
빌리 입 | 코트 양복 드레스
사 입 | 코트 셔츠 바지 치마 드레스 양복
사 신 | 신발 양말
사 심 | 나무 장미 꽃 사과나무
잡 굽 | 물고기
외우 부르 | 노래
배우 부르 | 노래
사 보내 > | 선물 꽃 책 과일
사 연습하 | 기타 피아노 바이올린
"""

# what for | where one goes: 책을 빌리러 도서관에 갔다
PURPOSES = """
빌리 책+소설+사전 ; 읽 책+신문+잡지 ; 공부하 ; 하 숙제 ; 돌려주 책 | @도서관
사 책+소설+사전+잡지 ; 구경하 책 | @서점
사 과일+생선+고기+감자+꽃 ; 사 옷+신발 ; 팔 과일+생선 | @시장
사 옷+신발+시계+가방 ; 사 선물 ; 구경하 옷+가방 | @백화점
사 빵+케이크+샌드위치 | @빵집
사 약 | @약국
사 우유+물+주스+우산 | @가게
만나 의사 | @병원
보내 편지+선물+카드 ; 사 우표 | @우체국
찾 돈 ; 빌리 돈 | @은행
보 영화 | @영화관
보 연극 | @극장
구경하 그림 | @미술관
구경하 코끼리+사자+호랑이+원숭이+곰 ; 찍 사진 | @동물원
수영하 | @수영장
수영하 ; 쉬 ; 찍 사진 ; 낚시하 ; 놀 | @바다
낚시하 ; 수영하 ; 잡 물고기 ; 쉬 | @강+호수
운동하 ; 치 탁구+배드민턴 ; 하 농구+배구 | @체육관
산책하 ; 달리 ; 타 자전거 ; 그리 그림 ; 쉬 ; 찍 사진 ; 놀 ; 만나 친구 | @공원
마시 커피+차#tea ; 만나 친구 ; 먹 케이크 ; 쉬 | @카페
먹 점심#meal+저녁#meal ; 먹 불고기+국수+피자 ; 만나 친구 | @식당
타 기차 ; 만나 친구+할머니+이모 ; 사 표 | @역
타 비행기 ; 만나 친구+삼촌+이모 | @공항
타 배#ship ; 사 생선 ; 구경하 배#ship | @항구
공부하 ; 배우 영어+수학+한국어 ; 만나 선생님+친구 ; 보 시험 | @학교
공부하 역사 ; 만나 교수 | @대학교
일하 | @회사
기도하 ; 노래하 | @교회
기도하 ; 쉬 | @절
만나 할머니+할아버지+이모+삼촌 ; 쉬 ; 심 감자 | @시골
돌보 소+말+닭 ; 일하 ; 사 달걀+우유 | @농장
하 축구+야구+농구 ; 달리 ; 놀 | @운동장
자 ; 쉬 ; 찾 책+안경 ; 청소하 | @방
마시 물 ; 만들 샌드위치 ; 끓이 라면+차#tea ; 요리하 | @부엌
찍 사진 ; 쉬 ; 심 나무 | @산
쉬 ; 수영하 ; 낚시하 | @섬
"""

# What one is told to do, what one is told not to do, and what is proposed.
ORDERS = """
열 문+창문 ; 닫 문+창문 ; 켜 불+에어컨 ; 끄 불+텔레비전 ; 씻 손+발 ; 닦 이#tooth ; 먹
    밥+약+아침#meal ;
    마시 물+우유 ; 읽 책+교과서 ; 공부하 ~열심히 ; 하 숙제 ; 자 ~일찍 ; 자 ~푹 ; 쉬 ~푹 ; 일어나
    ~일찍 ; 가 @학교+집 ; 오
    @여기 ; 오 ~빨리 ; 돌아오 @집 ~일찍 ; 입 코트 ; 벗 모자+신발 ; 청소하 방+화장실 ; 정리하
    책상+방 ;
    버리 쓰레기 ; 기다리 ; 앉 @의자 ; 걷 ~천천히 ; 먹 ~천천히 ; 쓰 일기 ; 외우 단어 ; 운동하 ; 타
    버스+지하철 ; 전화하 >어머니+할머니 ; 지키 약속+비밀 ; 쉬 @집 ; 가져오 물+의자+우산
"""
FORBIDDEN = """
열 창문+냉장고 ; 끄 불 ; 울 ; 걱정하 ; 마시 술+콜라 ; 먹 아이스크림+초콜릿 ; 늦 학교+수업 ;
    잃어버리 지갑+우산 ; 잊어버리 약속 ; 나가 ; 달리
"""
PROPOSALS = """
가 @공원+바다+산+영화관+도서관 ; 먹 점심#meal+저녁#meal+피자+불고기+국수 ; 마시 커피+차#tea ; 보
    영화+드라마 ; 산책하 ; 운동하 ; 하 축구+농구 ; 치 테니스+탁구+배드민턴 ; 공부하 ; 요리하 ;
    청소하 집#house+방 ; 쉬 @집 ; 걷 ; 찍 사진 ; 기다리 버스 ; 듣 음악 ; 타 택시+버스+지하철 ;
    수영하
    @바다 ; 만들 케이크+김밥 ; 심 꽃+나무 ; 돌아가 @집 ; 여행하 ; 노래하 ; 사 과일+우산
"""

# what goes on meanwhile | what is done: 음악을 들으면서 공부한다 (one person, two things at a time)
WHILES = """
듣 음악 | 공부하 ; 운동하 ; 산책하 ; 그리 그림 ; 청소하 방 ; 요리하 ; 쓰 편지+이메일 ; 쉬 ; 걷 ;
    달리 ; 기다리 버스+기차
듣 라디오#radio | 운전하 차#car ; 요리하 ; 설거지하 ; 청소하 방+집#house ; 먹 아침#meal ; 고치
    자전거 ; 일하
듣 뉴스 | 먹 아침#meal ; 마시 커피 ; 준비하 저녁#meal+아침#meal ; 운동하
마시 커피 | 읽 책+신문+소설 ; 쓰 이메일+편지+보고서 ; 보 드라마+뉴스 ; 이야기하 ; 기다리 친구+기차
    ; 일하
마시 차#tea | 읽 책+소설 ; 쉬 ; 이야기하 ; 듣 음악 ; 쓰 시+편지
마시 맥주 | 보 경기+영화 ; 이야기하
노래하 | 설거지하 ; 청소하 방 ; 요리하 ; 춤추 ; 걷 ; 샤워하 ; 치 기타+피아노 ; 산책하
보 텔레비전#tv+드라마 | 먹 저녁#meal+과일 ; 쉬 ; 마시 차#tea+주스 ; 먹 아이스크림 ; 운동하
보 영화 | 먹 초콜릿+피자 ; 울 ; 웃 ; 마시 콜라+맥주
먹 빵+샌드위치 | 읽 신문+만화책 ; 기다리 버스+기차 ; 보 뉴스 ; 걷 ; 일하
먹 아이스크림 | 걷 ; 보 텔레비전#tv ; 산책하 ; 이야기하
먹 아침#meal | 읽 신문 ; 보 뉴스 ; 이야기하
울 | 읽 편지 ; 쓰 편지 ; 보 영화+드라마 ; 이야기하 ; 안 어머니+친구 !
웃 | 이야기하 ; 읽 편지+만화책 ; 보 사진
이야기하 | 먹 점심#meal+저녁#meal ; 산책하 ; 마시 차#tea+커피 ; 걷 ; 요리하
기다리 버스+기차 | 읽 책+신문 ; 마시 커피 ; 외우 단어 ; 듣 음악 ; 먹 빵
기다리 친구 | 읽 잡지+책 ; 마시 커피+주스 ; 듣 음악
일하 @카페+식당+서점 | 공부하 ; 배우 영어+중국어
여행하 | 찍 사진 ; 쓰 일기 ; 배우 영어
보 지도 | 걷 ; 찾 역+호텔+박물관
"""

# when A comes there | what B is doing there (the place is not said again)
FOUND = """
열 문 | 자 ; 읽 책 ; 듣 음악 ; 공부하 ; 청소하 방
돌아오 @집 ; 오 @집 | 준비하 저녁#meal ; 자 ; 읽 신문+책 ; 보 텔레비전#tv ; 청소하 거실 ; 먹
    저녁#meal ; 요리하 ; 설거지하 ; 치 피아노 ; 전화하
들어가 @방 | 자 ; 울 ; 공부하 ; 읽 책+소설 ; 듣 음악 ; 쓰 편지 ; 하 숙제 ; 정리하 옷장 ; 찾 안경
들어가 @부엌 | 요리하 ; 설거지하 ; 썰 양파+오이 ; 만들 샌드위치 ; 마시 물 ; 굽 케이크 ; 끓이 라면
들어가 @거실 | 보 드라마+경기 ; 마시 차#tea ; 닦 창문 ; 먹 과일 ; 치 기타
가 @공원 | 산책하 ; 하 축구 ; 달리 ; 타 자전거 ; 치 배드민턴 ; 찍 사진
가 @도서관 | 공부하 ; 읽 책+잡지 ; 쓰 보고서 ; 찾 책 ; 하 숙제
도착하 @역 | 기다리 기차 ; 사 표 ; 마시 커피 ; 읽 신문
도착하 @공항 | 기다리 비행기 ; 보 지도 ; 먹 샌드위치 ; 읽 잡지
들어가 @교실 | 설명하 문제 ; 읽 교과서 ; 보 시험 ; 외우 단어 ; 자
도착하 @회사 | 읽 이메일 ; 마시 커피 ; 쓰 보고서 ; 전화하
들어가 @카페 ; 도착하 @카페 | 마시 커피 ; 읽 책 ; 기다리 친구 ; 먹 케이크
들어가 @식당 ; 도착하 @식당 | 먹 저녁#meal ; 주문하 국수 ; 기다리 친구 ; 마시 맥주
도착하 @정류장 | 기다리 버스 ; 듣 음악 ; 읽 책
가 @바다 | 수영하 ; 낚시하 ; 찍 사진 ; 쉬
가 @체육관 | 운동하 ; 치 탁구 ; 하 농구
가 @수영장 | 수영하 ; 쉬
가 @병원 | 자 ; 기다리 의사 ; 읽 잡지
도착하 @농장 | 심 감자 ; 고치 트럭 ; 돌보 소+말
가 @시장 | 사 과일+생선 ; 팔 과일+생선 ; 먹 국수
일어나 | 먹 아침#meal ; 읽 신문 ; 준비하 아침#meal ; 자 ; 샤워하 ; 마시 커피
"""

# what A is doing | what then happens, or what another does: 내가 공부하고 있을 때 친구가 전화했다
INTERRUPTED = """
공부하 ; 하 숙제 ; 쓰 보고서+이메일 | 친구/전화하 ; 어머니/들어오 @방 ; 컴퓨터/망가지 ; 손님/오 ;
    형/켜 음악
자 | 친구/전화하 ; 비/오 ; 아기/울 ; 고양이/들어오 @방
샤워하 | 친구/전화하 ; 손님/오 ; 친구/오 ; 남편/돌아오 @집
요리하 ; 준비하 저녁#meal | 친구/전화하 ; 손님/오 ; 아이/돌아오 @집 ; 아버지/돌아오 @집 ; 아기/울
먹 저녁#meal ; 먹 점심#meal | 친구/전화하 ; 친구/오 ; 이웃/오 ; 아버지/돌아오 @집
읽 책+소설+신문 ; 읽 편지 | 친구/전화하 ; 아이/울 ; 고양이/들어오 @방 ; 어머니/돌아오 @집
보 영화+드라마+뉴스 ; 보 텔레비전#tv | 친구/전화하 ; 아기/울 ; 텔레비전/망가지 ; 누나/돌아오 @집
산책하 ; 걷 @공원+거리 ; 달리 @공원 | 비/오 ; 눈#snow/오 ; 친구/전화하 ; 만나 선생님+친구+이웃
타 자전거 | 비/오 ; 넘어지 ; 만나 친구
운전하 | 비/오 ; 눈#snow/오 ; 친구/전화하 ; 차#car/망가지
수영하 @바다+호수+강 ; 낚시하 | 비/오 ; 바람/불 ; 친구/오
하 축구+야구+농구 ; 치 테니스 | 비/오 ; 눈#snow/오 ; 넘어지 ; 다치 다리+손
기다리 버스 ; 기다리 택시 | 비/오 ; 눈#snow/오 ; 만나 친구+선생님 ; 친구/전화하
기다리 친구 | 비/오 ; 친구/전화하 ; 만나 선생님
청소하 방+거실 ; 정리하 책상+옷장 | 친구/전화하 ; 손님/오 ; 아이/돌아오 @집
일하 | 친구/전화하 ; 컴퓨터/망가지 ; 손님/오
빨래하 ; 심 꽃+나무 ; 청소하 마당 | 비/오 ; 이웃/오 ; 친구/전화하
마시 커피 @카페 ; 먹 점심#meal @식당 | 친구/들어오 ; 친구/전화하 ; 비/오 ; 만나 선생님+이웃
여행하 | 잃어버리 지갑+카메라 ; 걸리 감기 ; 만나 친구
"""

# Rows of `verbs.VERBS` for what the scripts alone say: natural in their context, less so out of it.
TOLD = """
먹 | eat/ate | PEOPLE | | | told
입 | wear/wore | PEOPLE | 옷 | | stative told
쓰 | write/wrote | PEOPLE | 소설 책 기사 | | told
쓰 | put/put up | PEOPLE | 우산 | | own plainobject told
보내 | send/sent | PEOPLE | 꽃 | | dative plural told
사 | buy/bought | PEOPLE | 강아지 고양이 닭 물고기 나무 사과나무 양복 | | told
팔 | sell/sold | PEOPLE | 과일 생선 빵 치즈 | 시장 | told
팔 | sell/sold | PEOPLE | 의자 인형 가방 | 시장 | plural told
빌리 | borrow | PEOPLE | 양복 드레스 코트 | | told
만들 | make/made | PEOPLE | 아침#meal 장난감 의자 | | told
굽:ㅂ | grill | PEOPLE | 물고기 감자 | | plural told
버리 | throw/threw away | PEOPLE | 우유 고기 생선 | | the told
배우 | learn | PEOPLE | 노래 | | told
정리하 | put/put away | PEOPLE | 책 옷 | | the told
찾 | look for | PEOPLE | 물 책 | | told
읽 | read/read | PEOPLE | 동화책 | | told
잡 | catch/caught | PEOPLE | 물고기 | 강 바다 호수 | told
놀 | play | YOUNG | | 공원 마당 운동장 | told
챙기 | pack | PEOPLE | 짐 | | own plainobject told
찾 | collect | PEOPLE | 짐 | 공항 | own plainobject told
찾 | withdraw/withdrew | PEOPLE | 돈 | 은행 | told
만나 | see/saw | PEOPLE | 의사 | 병원 | told
만나 | meet/met | PEOPLE | 가수 배우 작가 화가 이웃 | | told
기다리 | wait for | PEOPLE | 비행기 의사 | | the plainobject told
돌보 | look after | PEOPLE | 소 말 닭 | 농장 | plural told
구경하 | look at | PEOPLE | 그림 꽃 책 배#ship | | plural told
칭찬하 | praise | PEOPLE | 요리사 | | the past told
좋아하 | like | PEOPLE | 라면 물 맥주 와인 햄버거 소 연극 신문 잡지 편지 이메일 기차 비행기 버스
    자전거 오토바이 치마 바지 도시 시골 호수 강 공원 시장 도서관 영화관 박물관 동물원 town | |
    plural stative told
좋아하 | like | PEOPLE | 피아노 기타 바이올린 지하철 뉴스 | | the stative told
싫어하 | hate | PEOPLE | 축구 야구 여행 개 | | plural stative told
여행하 | travel | PEOPLE | | | told
운전하 | drive/drove | ADULTS | | | told
연습하 | practise | PEOPLE | | | told
걱정하 | worry | PEOPLE | | | told
대답하 | answer | PEOPLE | | | told
화나 | get/got angry | PEOPLE | | | noneg told
들어오 | come/came | PEOPLE 고양이 | | 방 | into told
들어오 | come/came in | PEOPLE 고양이 | | | hither told
망가지 | break/broke down | 컴퓨터 차#car 냉장고 세탁기 텔레비전 | | | past noneg told
망가지 | break/broke | 자전거 휴대폰 | | | past noneg told
쉬 | be/was closed | 가게 식당 카페 | | | stative told
막히 | be/was congested | 길#road | | | stative told
끝나 | be/was over | 일 | | | told
"""
