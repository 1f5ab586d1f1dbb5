"""Why people do what they do, what keeps them from it, and what they do all the same.

Events are written as `course.grammar.events` says.  A line that is set in continues the one before.
"""

from __future__ import annotations

# cause | what it leads to | what it prevents (said with 지 않다, or with 못 where it says cannot)
#     | relations | who.  What is prevented suits so, because and if, but not when.
CAUSES = """
비/오 | 쉬 @집 ; 읽 책+소설 @집 ; 보 영화+드라마 @집 ; 듣 음악 @집 ; 쓰 우산 ; 타 버스+택시 ; 사
    우산 ! ; 닫 창문 ; 돌아가 @집 ~일찍 ! ; 끓이 라면+차#tea ; 들어가 @카페 -> 마시 커피 ! ; 그리
    그림 @집 | 산책하 ; 가 @공원+산+바다 ; 타 자전거 ; 하 축구+야구 cannot ; 운동하 @공원 ; 빨래하
    ; 열 창문 ; 치 테니스+배드민턴 cannot ; 달리 @공원 | so because if when | any
눈#snow/오 | 쉬 @집 ; 찍 사진 ; 타 지하철+기차 ; 입 코트 ; 마시 차#tea @집 ; 읽 책+소설 @집 ; 놀
    @마당+공원 ; 나가 -> 놀 ; 끓이 수프 | 운전하 차#car ; 타 자전거+오토바이 ; 가 @산+시장 ; 달리
    @공원 ; 나가 ; 치 테니스 cannot | so because if when | any
날씨/춥 | 입 코트 ; 쓰 모자 ; 마시 차#tea+커피 ; 끓이 수프+라면 ; 닫 창문+문 ; 있 @집 ; 사
    코트+장갑+목도리 ! ; 먹 수프+국수 ; 신 양말 | 수영하 @바다+호수 ; 산책하 @해변 ; 열 창문 ; 나가
    ; 먹 아이스크림 ; 타 자전거 ; 운동하 @공원 | so because if when | any
날씨/덥 | 수영하 @수영장+바다 ; 먹 아이스크림+수박 ; 마시 물+주스+콜라 ; 가 @수영장+바다+호수 ; 열
    창문 ; 샤워하 ; 쉬 @집 ; 켜 에어컨 ; 벗 코트 ! ; 쓰 모자 ; 가 @바다 -> 수영하 ; 사 아이스크림 !
    | 달리 @공원 ; 하 축구+농구 ; 입 코트 ; 마시 커피 ; 먹 수프 ; 나가 ; 자 cannot ; 운동하 @공원 |
    so because if when | any
날씨/좋 | 산책하 @공원+해변 ; 가 @공원+산+바다 ; 가 @공원 -> 산책하 ; 타 자전거 @공원 ; 하
    축구+야구 @공원 ; 찍 사진 @정원+공원+해변 ; 빨래하 ; 달리 @공원 ; 심 꽃 @정원 ! ; 나가 ; 가
    @바다 -> 찍 사진 ; 치 배드민턴+테니스 @공원 ; 낚시하 @강+호수 ; 청소하 마당 | 있 @집 ; 타
    버스+택시 ; 보 텔레비전#tv | so because if when | any
날씨/따뜻하 | 가 @공원 -> 산책하 ; 열 창문 ; 타 자전거 ; 심 꽃+나무 @정원 ; 산책하 ; 가
    @동물원+공원 ; 치 배드민턴 @공원 ; 벗 코트 ! ; 나가 -> 걷 ; 놀 @마당 | 입 코트 ; 닫 창문 | so
    because if when | any
날씨/나쁘 | 쉬 @집 ; 보 영화 @집 ; 읽 책 @집 ; 돌아가 @집 ~일찍 ! ; 청소하 집#house ; 요리하 @집 |
    가 @바다+산+공원 ; 낚시하 ; 산책하 ; 타 배#ship cannot ; 나가 ; 심 나무 ; 타 비행기 cannot | so
    because if when | any
바람/불 ~많이 | 닫 창문 ; 입 코트 ; 있 @집 ; 돌아가 @집 ! | 타 자전거 ; 치 배드민턴 cannot ; 타
    배#ship cannot ; 산책하 @해변 ; 낚시하 ; 쓰 모자 ; 열 창문 | so because if when | any
바람/시원하 | 산책하 ; 열 창문 ; 앉 @마당+정원 -> 쉬 ; 걷 @해변 ; 타 자전거 ; 나가 -> 산책하 | 켜
    에어컨 ; 닫 창문 | so because if when | any
길#road/미끄럽 | 걷 ~천천히 ; 타 지하철 ; 넘어지 ! ; 있 @집 | 타 자전거+오토바이 ; 달리 ; 운전하
    차#car ; 나가 | so because if when | any
길#road/막히 | 늦 회의+약속#appointment ! ; 타 지하철 ; 도착하 @공항+역+회사 ~늦게 ! ; 놓치
    기차+비행기 ! | 타 택시+버스 ; 운전하 차#car ; 보 경기 cannot | so because if | adult
피곤하 | 자 ~일찍 ; 쉬 @집 ; 쉬 @집 ~푹 ; 자 ~푹 ; 자 @소파+방 ; 눕 @침대+소파 ; 마시 커피 ;
    돌아가 @집 ~일찍 ; 샤워하 ;
    타 택시 ; 듣 음악 @방 | 운동하 ; 요리하 ; 청소하 방+집#house ; 나가 ; 설거지하 ; 보 영화 ;
    산책하 ; 가 @체육관+시장 ; 운전하 차#car | so because if when | any
졸리 | 마시 커피 ; 자 @소파+방 ; 눕 @침대 ; 세수하 ; 끄 텔레비전+불 | 읽 책 cannot ;
    공부하 cannot ; 운전하 차#car ; 보 영화+드라마 ; 끝내 숙제 cannot ! | so because if when | any
배고프 | 먹 빵+샌드위치+국수+사과+바나나 ; 끓이 라면 ; 만들 샌드위치 ; 가 @식당+빵집 ; 사 빵+햄버거
    ; 삶 달걀+감자 ; 굽 고기 ; 가 @식당 -> 먹 불고기+국수 ; 주문하 피자 ; 요리하 | 자 cannot ;
    공부하 cannot ; 운동하 cannot ; 기다리 cannot ! | so because if when | any
배부르 | 산책하 ; 쉬 @소파+거실 | 먹 케이크+아이스크림+과일 ; 먹 저녁#meal ; 주문하
    피자 | so because if when | any
목마르 | 마시 물+주스+우유+콜라+차#tea ; 사 물+주스 ; 가 @카페 -> 마시 주스+차#tea ; 끓이 차#tea ;
    가 @가게 -> 사 물 ; 찾 물 ! | 달리 cannot ; 노래하 cannot | so because if when | any
아프 | 가 @병원 ; 쉬 @집 ; 쉬 @집 ~푹 ; 먹 약 ; 눕 @침대 ; 돌아가 @집 ~일찍 ! ; 사 약 ; 자 ~일찍 ;
    가 @병원 ->
    만나 의사 ; 마시 차#tea ; 전화하 >어머니+아버지 ! | 일하 cannot ; 운동하 cannot ; 먹 cannot ;
    나가 cannot ; 여행하 cannot ; 만나 친구 cannot ; 자 cannot ; 오 cannot ! ; 요리하 cannot | so
    because if when | any
아프 | 가 @병원 ; 쉬 @집 ; 돌아가 @집 ! ; 먹 약 ; 눕 @침대 | 가 @학교 cannot ; 공부하 cannot ; 하
    숙제 cannot ; 보 시험 cannot ! ; 하 축구+농구 cannot | so because if when | young
머리.아프 | 먹 약 ; 쉬 @방+집 ; 가 @약국 -> 사 약 ; 눕 @침대+소파 ; 끄 텔레비전+음악 ; 자 ~일찍 ;
    마시 물 ; 닫 창문 | 공부하 cannot ; 일하 cannot ; 읽 책 cannot ; 보 텔레비전#tv ; 듣 음악 ;
    마시 맥주+와인 | so because if when | any
배#belly.아프 | 먹 약 ; 가 @병원+약국 ; 눕 @침대 ; 마시 차#tea ; 쉬 @집 ; 사 약 | 먹
    점심#meal+저녁#meal ; 먹 아이스크림 ; 마시 커피 ; 운동하 cannot ; 주문하 피자 | so because if
    when | any
이#tooth.아프 | 가 @병원 ; 먹 약 ; 먹 수프 ; 전화하 >의사 ! | 먹 초콜릿+고기 ; 자 cannot ; 먹
    아이스크림 ; 마시 콜라 | so because if when | any
다리.아프 | 앉 @의자+소파 ; 쉬 @카페+공원+집 ; 타 버스+택시 ; 가 @병원 ; 들어가 @카페 -> 쉬 ! ; 걷
    ~천천히 | 달리 cannot ; 오르 @산 cannot ; 운동하 ; 하 축구+농구 cannot ; 춤추 cannot ; 타
    자전거 | so because if when | any
허리.아프 | 눕 @침대 ; 가 @병원 ; 쉬 @집 ; 사 의자+침대 ! ; 산책하 ~천천히 | 운전하 차#car cannot ;
    옮기 상자+책상 cannot ; 청소하 집#house cannot ; 일하 cannot ; 치 테니스 | so because if when |
    adult
눈#eye.아프 | 가 @병원 ; 끄 컴퓨터+텔레비전 ; 벗 안경 ; 쉬 ; 사 안경 ! | 읽 책+신문 cannot ; 보
    텔레비전#tv ; 사용하 컴퓨터 ; 보 영화 | so because if when | any
목.아프 | 마시 차#tea+물 ; 가 @병원 ; 먹 약 ; 사 약 | 노래하 cannot ; 먹 아이스크림 ; 이야기하 ;
    마시 콜라+맥주 | so because if when | any
걸리 감기 | 먹 약 ; 쉬 @집 ; 쉬 @집 ~푹 ; 가 @병원 ; 눕 @침대 ; 마시 차#tea ; 자 ~일찍 ; 끓이 수프
    ; 가 @약국 ->
    사 약 | 나가 cannot ; 수영하 cannot ; 만나 친구 cannot ; 운동하 ; 먹 아이스크림 ; 여행하 cannot
    ; 오 cannot ! | so because if | any
다치 다리+팔+손 | 가 @병원 ; 쉬 @집 ; 만나 의사 ; 전화하 >어머니+친구 ; 먹 약 | 운동하 cannot ; 하
    농구+배구 cannot ; 운전하 차#car cannot ; 일하 cannot ; 치 테니스+탁구 cannot ; 타 자전거
    cannot | so because | any
바쁘 | 먹 샌드위치+김밥 ; 일하 ~늦게 ; 타 택시 ; 먹 점심#meal ~빨리 ; 자 ~늦게 ; 돌아가 @집 ~늦게 |
    만나 친구 cannot ; 쉬 cannot ; 보 영화 cannot ; 요리하 cannot ; 먹 아침#meal+점심#meal cannot ;
    여행하 cannot ; 읽 신문+소설 cannot ; 전화하 >친구+어머니 cannot ; 운동하 cannot ; 청소하
    집#house cannot ; 오 cannot ! ; 자 cannot | so because if when | any
한가하 | 읽 소설+책 ; 만나 친구 ; 보 영화 ; 산책하 @공원 ; 굽 빵 ; 청소하 집#house+방 ; 전화하
    >친구 ; 치 피아노+기타 ; 가 @카페 -> 마시 커피 ; 그리 그림 ; 쓰 편지 ; 구경하 시장+백화점 | |
    so because if when | any
있 시간 | 만나 친구 ; 읽 소설+책 ; 보 영화 ; 가 @박물관+미술관+영화관 ; 요리하 ; 운동하 ; 산책하 ;
    청소하 방 ; 치 기타+피아노 ; 굽 빵+케이크 ; 전화하 >할머니+친구 ; 고치 자전거 | 타 택시 | so
    because if when | any
없 시간 | 타 택시 ; 먹 샌드위치+빵 ; 걷 ~빨리 ; 뛰어가 @역+정류장 | 만나 친구 cannot ; 먹 아침#meal
    cannot ; 요리하 cannot ; 운동하 cannot ; 쉬 cannot ; 읽 신문 cannot ; 보 영화+드라마 cannot ;
    청소하 방 cannot ; 샤워하 cannot ; 쓰 편지 cannot | so because if when | any
없 돈 | 걷 ; 빌리 자전거 ; 일하 @식당+가게+서점 ; 먹 라면 ; 빌리 책 ; 팔 자전거+기타 ! | 사
    옷+신발+컴퓨터+자전거 cannot ; 여행하 cannot ; 타 택시 cannot ; 사 선물 cannot ; 가 @식당+극장
    cannot ; 보 연극 cannot ; 주문하 피자 cannot | so because if when | any
있 돈 | 사 옷+신발+가방+카메라 ; 여행하 ; 타 택시 ; 가 @백화점 -> 사 가방+시계 ; 사 선물 >어머니 ;
    먹 불고기 @식당 ; 사 컴퓨터+노트북 | | so because if when | any
있 시험 | 공부하 @도서관+집 ; 외우 단어 ; 읽 교과서 ; 가 @도서관 -> 공부하 ; 자 ~늦게 ; 일어나
    ~일찍 ; 빌리 교과서+공책 | 보 드라마+영화 ; 만나 친구 ; 놀 cannot ; 하 축구+농구 ; 여행하
    cannot ; 쉬 cannot ; 가 @극장+영화관+수영장 | so because if when | young
시험/어렵 | 공부하 ~많이 ; 울 ! ; 걱정하 ! ; 풀 문제 ~천천히 | 합격하 = cannot ! ; 풀 문제 cannot !
    ; 웃 cannot ! | so because if | young
시험/쉽 | 웃 ! ; 끝내 = ~일찍 ! ; 합격하 = ! | 공부하 ~많이 ; 걱정하 | so because if | young
시험/끝나 | 만나 친구 ; 가 @영화관+바다+수영장 ; 자 ~많이 ; 놀 ; 보 영화+드라마 ; 돌아가 @집 -> 쉬
    ; 여행하 ; 하 축구+농구 | 가 @도서관 ; 공부하 | so because | young
합격하 시험 | 웃 ! ; 놀라 ! ; 전화하 >어머니+아버지+친구 ; 받 선물 ; 먹 케이크 ; 춤추 ! ; 가 @식당
    -> 먹
    불고기 ; 여행하 | | so because if | young
떨어지 시험 | 울 ! ; 공부하 ~다시 ; 공부하 ~열심히 | 먹 저녁#meal ! ; 웃 ! ; 가 @파티 ! ; 만나 친구
    ! | so because | young
많 숙제 | 공부하 @도서관 ; 자 ~늦게 ; 있 @집 ; 돌아가 @집 ~일찍 ; 가 @도서관 ; 먹 저녁#meal ~빨리 |
    놀 cannot ; 만나 친구 cannot ; 보 텔레비전#tv+드라마 cannot ; 운동하 cannot ; 하 축구+농구
    cannot ; 쉬 cannot | so because if when | young
많 일 | 자 ~늦게 ; 돌아가 @집 ~늦게 ; 일어나 ~일찍 ; 먹 점심#meal @사무실 | 쉬 cannot ;
    만나 친구 cannot ; 먹 점심#meal cannot ; 보 영화 cannot ; 여행하 cannot ; 요리하 cannot | so
    because if when | adult
필요하 우산 | 가 @가게 ; 돌아가 @집 ! | | so because if when | any
필요하 약 | 가 @약국 ; 전화하 >의사 ! ; 가 @병원 | | so because if when | any
버스/오 ~늦게 | 타 택시+지하철 ; 늦 약속#appointment ! ; 기다리 ~오래 @정류장 ; 걷 ; 읽 책+신문
    @정류장 ; 놓치 기차 ! | 도착하 ~일찍 cannot ! ; 보 영화 cannot ! | so because if when | any
놓치 버스 | 타 택시+지하철 ; 걷 ; 늦 약속#appointment ; 기다리 @정류장 ; 전화하 >친구 | 도착하
    ~일찍 cannot ! | so because if | any
놓치 기차 | 돌아가 @집 ! ; 기다리 @역 ~오래 ! ; 타 버스 ; 전화하 >친구+어머니 ; 마시 커피 @역 | 보
    연극+경기 cannot ! ; 오 cannot ! | so because if | any
일어나 ~늦게 | 타 택시 ; 늦 약속#appointment ; 놓치 버스+기차 ; 먹 빵 ; 뛰어가 @정류장+역 | 먹
    아침#meal cannot ; 운동하 cannot ; 읽 신문 cannot ; 샤워하 cannot | because if | any
일어나 ~일찍 | 운동하 ; 먹 아침#meal ; 읽 신문 ; 산책하 @공원 ; 타 버스 ; 졸리 ! ; 마시 커피 | 놓치
    버스 ; 타 택시 ; 늦 약속#appointment | because if | any
자 ~늦게 | 일어나 ~늦게 ; 피곤하 ; 늦 약속#appointment ! ; 놓치 버스 ! ; 마시 커피 | 일어나 ~일찍
    cannot ; 운동하 cannot ; 먹 아침#meal cannot | so because if | any
자 cannot | 피곤하 ; 마시 커피 ; 쉬 @집 ; 눕 @소파 ! | 공부하 cannot ! ; 일하
    cannot ! ; 운동하 cannot ! | so because | any
잃어버리 열쇠 | 들어가 @집 cannot ! ; 전화하 >어머니+아버지+남편 ! ; 기다리 @마당 ! ; 찾 = ~오래 !
    | 열 문 cannot ! | so because | adult
잃어버리 지갑 | 걷 ! ; 전화하 >친구+어머니 ! ; 빌리 돈 ! ; 돌아가 @가게+식당 ! | 사 표 cannot ! ;
    타 택시+버스 cannot ! ; 사 선물 cannot ! ; 먹 점심#meal cannot ! | so because | any
잃어버리 휴대폰 | 돌아가 @카페+역+식당 ! ; 쓰 이메일 ! | 전화하 >친구+어머니 cannot ! ; 찍 사진
    cannot ! | so because | any
잃어버리 우산 | 돌아가 @카페+역 ! ; 타 택시 ! ; 전화하 >형+누나 ! | 나가 cannot ! | so because |
    any
컴퓨터/망가지 | 전화하 >친구+형+오빠 ! ; 사용하 노트북 ; 사 노트북 ! ; 읽 책 ! | 일하 cannot ; 쓰
    보고서+이메일 cannot ; 끝내 일+숙제 cannot ! ; 보내 이메일 cannot | so because if | any
차#car/망가지 | 타 버스+지하철+택시 ; 걷 ! ; 늦 회의+약속#appointment ! ; 전화하 >친구 ! | 여행하
    cannot ; 가 @바다+시골 cannot ! ; 운전하 cannot | so because if | adult
냉장고/망가지 | 버리 우유+고기+생선 ! ; 먹 저녁#meal @식당 ! | 사 고기+아이스크림+우유 | so because
    | adult
세탁기/망가지 | 빨 옷+양말 ! ; 고치 = ! | 빨래하 cannot | so because | adult
자전거/망가지 | 걷 ; 타 버스 ; 고치 = ; 늦 약속#appointment ! | 가 @강+공원 cannot ! | so because
    if | any
음악/시끄럽 | 닫 문+창문 ; 끄 라디오 ! ; 나가 ; 가 @도서관 -> 공부하 ; 일어나 ! | 자 cannot ;
    공부하 cannot ; 읽 책 cannot ; 쉬 cannot ; 듣 뉴스 cannot | so because if when | any
이웃/시끄럽 | 닫 창문 ; 전화하 >경찰관 ! ; 이사하 ! ; 일어나 ! | 자 cannot ; 공부하 cannot ; 쉬
    cannot ; 읽 책 cannot | so because if when | any
교실/시끄럽 | 가 @도서관 ; 닫 문 ; 나가 | 공부하 cannot ; 읽 교과서 cannot | so because
    if when | young
방/더럽 | 청소하 = ; 공부하 @거실
    | 초대하 친구 cannot ; 쉬 cannot ; 자 cannot | so because if when | any
옷/더럽 | 빨래하 ; 갈아입 = ! ; 돌아가 @집 ! | 만나 친구 cannot ! ; 가 @파티 cannot ! | so because
    if | any
방/춥 | 닫 창문+문 ; 입 코트 ; 마시 차#tea ; 신 양말 ; 자 @거실 | 자 cannot ; 공부하 cannot ; 열
    창문 ; 쉬 cannot | so because if when | any
방/덥 | 열 창문+문 ; 켜 에어컨 ; 마시 물+주스 ; 나가 ; 자 @거실 ; 벗 양말 | 자 cannot ; 공부하
    cannot ; 닫 창문 ; 쉬 cannot | so because if when | any
방/어둡 | 켜 불+램프 ; 사 램프 ! | 읽 책+신문 cannot ; 공부하 cannot ; 찾 열쇠 cannot ! ; 그리 그림
    cannot | so because if when | any
음식/맵 | 마시 물+우유 ; 울 ! ; 먹 빵 ; 주문하 주스+물 ! | 먹 = cannot | so because if when | any
음식/맛있 | 먹 ~많이 ; 칭찬하 요리사 ! | | so because if when | any
음식/맛없 | 나가 ! ; 먹 빵 ! | 먹 = | so because if when | any
커피/뜨겁 | 마시 = ~천천히 ; 기다리 ! ; 마시 물 ! | 마시 = cannot | so because if when | any
줄/길 | 기다리 ~오래 ; 가 @식당+카페 ! ; 돌아가 @집 ! ; 읽 책+신문 | 사 표 cannot ! ; 기다리 ; 보
    영화+경기 cannot ! ; 들어가 @박물관+식당 cannot ! | so because if when | any
가게/쉬 | 돌아가 @집 ! ; 가 @백화점+시장 ! | 사 빵+우유+과일 cannot ! ; 사 선물 cannot ! | so
    because if | any
가방/무겁 | 타 택시 ; 걷 ~천천히 ; 쉬 ; 넘어지 ! | 달리 cannot ; 걷 cannot ; 뛰어가 @역 cannot ! |
    so because if when | any
옷/비싸 | 가 @시장 ! ; 구경하 = ! | 사 = cannot ; 사 = not ! | so because if | any
책/어렵 | 읽 = ~천천히 ; 사용하 사전 ; 읽 = ~다시 | 읽 = cannot ; 이해하 = cannot ; 끝내 =
    cannot ! | so because if when | young
책/재미있 | 읽 = ~다시 ; 자 ~늦게 ! ; 읽 = ~빨리 ; 빌려주 = >친구 ! ; 읽 = @버스+지하철 | 자 cannot
    ! ; 보 텔레비전#tv ! | so because if when | any
영화/지루하 | 자 ! ; 나가 ! ; 돌아가 @집 ! | 보 = ~끝까지 ; 웃 ! | so because if when | any
영화/슬프 | 울 | 웃 ! ; 자 cannot ! | so because if when | any
수업/지루하 | 자 ; 그리 그림 ; 읽 만화책 | | so because if when | young
없 수업 | 쉬 @집 ; 만나 친구 ; 자 ~늦게 ! ; 가 @영화관+도서관 ; 일어나 ~늦게 ; 놀 | 가 @학교 ;
    일어나 ~일찍 | so because if when | young
수업/끝나 | 돌아가 @집 ; 만나 친구 ; 가 @도서관 -> 하 숙제 ; 하 축구+농구 ; 가 @카페+서점 ; 놀
    @운동장 | | so | young
일/끝나 | 돌아가 @집 -> 쉬 ; 만나 친구 ; 가 @식당 -> 먹 저녁#meal ; 마시 맥주 ; 가 @체육관 ->
    운동하 ; 끄 컴퓨터 ; 나가 | | so | adult
있 회의 | 가 @회사 ~일찍 ; 일어나 ~일찍 ; 끄 휴대폰 | 먹 점심#meal cannot ; 만나 친구
    cannot ; 오 cannot ! ; 쉬 cannot | so because if when | adult
있 약속#appointment | 나가 ; 갈아입 옷 ! ; 끝내 일 ~일찍 ; 샤워하 ; 타 택시 ! | 있 @집 ; 일하 ~늦게
    ; 보 드라마 cannot ; 가 @도서관+체육관 cannot ! | so because | any
슬프 | 울 ; 전화하 >친구 ; 듣 음악+노래 ; 만나 친구 ; 먹 초콜릿 ; 쓰 시+편지 ; 산책하 ~혼자 ; 안
    고양이+강아지 | 웃 ; 노래하 ; 춤추 ; 먹 저녁#meal ; 자 cannot ; 나가 | so because when | any
기쁘 | 웃 ; 춤추 ; 노래하 ; 전화하 >어머니+친구 ; 안 친구+어머니 ! | 자 cannot ! | so because
    when | any
외롭 | 전화하 >친구+어머니 ; 만나 친구 ; 쓰 편지 ; 듣 라디오#radio+음악 ; 키우 고양이+강아지+개 ;
    울 ; 가 @카페+공원 ; 초대하 친구+이웃 | 자 cannot | so because if when | any
심심하 | 보 텔레비전#tv+영화 ; 전화하 >친구 ; 읽 만화책+소설 ; 그리 그림 ; 나가 ; 치 피아노+기타 ;
    놀 @마당+공원 ; 굽 빵 ; 타 자전거 | | so because if when | any
화나 | 나가 ! ; 닫 문 ! ; 싸우 ! ; 걷 ~빨리 ! | 이야기하 ; 대답하 ; 웃 ; 전화하 >친구 ! ; 자 cannot
    | so because if when | any
무섭 | 켜 불 ; 울 ; 닫 문 ; 전화하 >어머니 ; 안 인형+강아지 ; 뛰어가 @집 ! | 자 cannot ; 들어가 @방
    cannot ! ; 나가 cannot | so if when | young
게으르 | 일어나 ~늦게 ; 눕 @소파 ; 늦 약속#appointment | 청소하 방 ; 운동하 ; 요리하 ; 일하 ;
    설거지하 ; 공부하 | so because | any
손님/오 | 청소하 집#house+거실 ; 요리하 ; 준비하 저녁#meal+음식 ; 굽 케이크+빵 ; 끓이 차#tea ; 가
    @시장 -> 사 고기+생선+과일 | 나가 cannot ; 쉬 cannot ; 자 ~일찍 cannot ; 보 드라마 cannot | so
    because if when | adult
친구/오 | 만들 샌드위치+케이크 ; 청소하 방 ; 준비하 음식 ; 끓이 라면 ; 기쁘 ! ; 가 @역 ! ; 마시
    차#tea | 자 ~일찍 ; 공부하 cannot ; 나가 | so because if when | any
아기/울 | 안 = ; 일어나 ; 노래하 | 자 cannot ; 쉬 cannot ; 나가 cannot ; 보 영화 cannot ; 일하
    cannot | so because if when | adult
어머니/아프 | 요리하 ; 청소하 집#house ; 사 약 ; 돌아가 @집 ~일찍 ; 설거지하 ; 끓이 수프 ; 가 @병원
    ; 빨래하 | 여행하 cannot ; 나가 ; 가 @파티+영화관 ; 놀 cannot | so because if when | young
이기 경기 | 웃 ! ; 춤추 ! ; 받 선물 ! ; 먹 불고기 @식당 ! ; 전화하 >아버지+친구 ! | | so because if
    | young
지 경기 | 울 ! ; 연습하 ~열심히 ; 연습하 ~다시 ; 돌아가 @집 ~일찍 ! | 웃 ! ; 자 cannot ! | so
    because if | young
받 선물 | 놀라 ! ; 쓰 편지+카드 ! ; 전화하 >할머니+친구+이모 ! ; 기쁘 ! | | so because | any
회사/멀 | 일어나 ~일찍 ; 타 지하철+버스+기차 | 자 ~많이 cannot ; 돌아오 @집 ~일찍 cannot
    | so because | adult
학교/멀 | 일어나 ~일찍 ; 타 지하철+버스+자전거 ; 돌아오 @집 ~늦게 | 자 ~많이 cannot ; 돌아오 @집
    ~일찍 cannot | so because | young
"""

# what somebody wanted | why it could not be | what was done instead: every pair of a line goes
# together: 바다에 가고 싶었지만 비가 와서 집에서 쉬었다
WISHES = """
가 @바다+산+공원 | 비/오 ; 날씨/나쁘 ; 날씨/춥 ; 피곤하 ; 걸리 감기 | 쉬 @집 ; 읽 책 @집 ; 보 영화
    @집
산책하 ; 나가 | 비/오 ; 눈#snow/오 ; 바람/불 ~많이 ; 다리.아프 ; 날씨/춥 | 읽 책 @집 ; 듣 음악 @집
    ; 마시 차#tea @집 ; 보 드라마
하 축구+야구 | 비/오 ; 눈#snow/오 ; 다리.아프 ; 날씨/나쁘 | 보 경기 @집 ; 쉬 @집 ; 읽 만화책 ; 치
    기타
하 축구+농구 ; 놀 ; 보 드라마 | 있 시험 ; 많 숙제 | 공부하 ; 가 @도서관
타 자전거 | 비/오 ; 바람/불 ~많이 ; 자전거/망가지 ; 길#road/미끄럽 | 타 버스+지하철
수영하 | 날씨/춥 ; 걸리 감기 ; 비/오 ; 목.아프 | 마시 차#tea @집 ; 쉬 @집 ; 읽 소설
운동하 | 피곤하 ; 허리.아프 ; 걸리 감기 ; 다리.아프 | 쉬 @집 ; 자 ~일찍 ; 눕 @침대
운동하 ; 만나 친구 ; 보 영화 | 바쁘 ; 많 일 ; 있 회의 | 일하 ~늦게 ; 가 @회사
만나 친구 | 아프 ; 피곤하 ; 비/오 ; 걸리 감기 | 전화하 >친구 ; 쉬 @집
여행하 | 없 돈 ; 바쁘 ; 어머니/아프 | 쉬 @집 ; 읽 책 @집
여행하 ; 사 자전거+카메라+컴퓨터 ; 사 차#car | 없 돈 | 일하 @식당+가게 ; 팔 기타
사 옷+신발+가방 | 없 돈 | 구경하 신발+옷 ; 돌아가 @집
사 코트 | 코트/비싸 | 사 모자+셔츠 ; 돌아가 @집
사 드레스 | 드레스/비싸 | 사 치마+모자 ; 돌아가 @집
먹 불고기 | 없 돈 ; 식당/쉬 ; 줄/길 ; 없 시간 | 먹 라면 ; 사 빵 ; 먹 김밥
먹 아이스크림 | 걸리 감기 ; 이#tooth.아프 ; 목.아프 ; 날씨/춥 | 마시 차#tea ; 먹 수프
마시 커피 | 카페/쉬 ; 목.아프 ; 배#belly.아프 | 마시 물 ; 끓이 차#tea ; 마시 차#tea
자 ~일찍 | 음악/시끄럽 ; 아기/울 ; 이웃/시끄럽 | 읽 책 ; 자 ~늦게
자 ~일찍 | 많 숙제 ; 많 일 ; 손님/오 ; 영화/재미있 ; 있 시험 | 자 ~늦게
공부하 @집 | 음악/시끄럽 ; 방/덥 ; 방/춥 ; 아기/울 ; 이웃/시끄럽 | 가 @도서관+카페 ; 공부하
    @도서관+카페
공부하 ; 하 숙제 | 머리.아프 ; 졸리 ; 피곤하 | 자 ; 쉬 ; 눕 @침대
쉬 @집 | 손님/오 | 청소하 거실 ; 요리하 ; 가 @시장
쉬 ; 보 드라마 | 방/더럽 | 청소하 =
쉬 ; 자 ~오래 | 많 일 ; 있 회의 ; 바쁘 | 가 @회사 ; 일하 ; 쓰 보고서
보 영화 @영화관 | 없 표 ; 줄/길 ; 없 돈 ; 비/오 | 보 드라마 @집 ; 돌아가 @집 ; 보 텔레비전#tv
보 연극+경기 | 놓치 기차 ; 피곤하 ; 길#road/막히 ; 없 표 | 돌아가 @집 ; 보 드라마 @집
타 버스 | 놓치 버스 ; 길#road/막히 | 타 지하철 ; 걷
타 택시 | 없 돈 ; 길#road/막히 | 타 지하철 ; 걷
요리하 | 피곤하 ; 없 시간 | 주문하 피자 ; 먹 저녁#meal @식당 ; 사 김밥+빵
읽 책 | 방/어둡 ; 눈#eye.아프 | 듣 음악 ; 듣 라디오#radio
읽 책+신문 | 머리.아프 ; 졸리 | 자 ; 쉬 ; 눕 @소파
읽 책+소설 | 졸리 ; 피곤하 | 자 ; 눕 @침대
쓰 이메일 | 컴퓨터/망가지 | 전화하 >친구 ; 쓰 편지
쓰 보고서 | 졸리 ; 피곤하 | 자 ; 마시 커피 ; 쉬
나가 ; 가 @파티 | 어머니/아프 ; 아기/아프 ; 걸리 감기 | 있 @집
빨래하 | 비/오 | 청소하 방 ; 정리하 옷장
키우 강아지+개 | 집#house/작 | 키우 고양이+물고기+새
치 피아노 | 손.아프 | 듣 음악 ; 읽 책
"""

# how things are, or what happened | what is done all the same: 피곤했지만 숙제를 끝냈다
DESPITE = """
피곤하 ; 졸리 | 끝내 숙제+일 ; 청소하 방 ; 운동하 ; 읽 책 ; 설거지하 ; 하 숙제 ; 일어나 ~일찍
피곤하 | 자 cannot ; 요리하 ; 만나 친구 ; 산책하 ; 가 @체육관
아프 ; 머리.아프 | 가 @학교+회사 ; 일하 ; 끝내 숙제+보고서 ; 요리하 ; 웃
배#belly.아프 | 먹 저녁#meal ; 가 @학교+회사 ; 웃
다리.아프 | 걷 ~오래 ; 오르 @산 ; 타 자전거 ; 춤추 ; 하 축구
걸리 감기 | 가 @학교+회사 ; 만나 친구 ; 수영하 ; 운동하 ; 먹 아이스크림
배고프 | 기다리 친구 ; 먹 not ; 공부하 ~열심히
배부르 | 먹 케이크+아이스크림+수박 ; 주문하 피자
목마르 | 마시 물 not
비/오 | 가 @공원+산+시장 ; 하 축구+야구 ; 산책하 ; 타 자전거 ; 쓰 우산 not ; 나가
눈#snow/오 | 운전하 차#car ; 타 자전거 ; 달리 @공원 ; 가 @산
날씨/춥 | 수영하 @바다 ; 먹 아이스크림 ; 입 코트 not ; 열 창문 ; 산책하 ; 나가
날씨/덥 | 하 축구+농구 ; 달리 @공원 ; 입 코트 ; 마시 커피 ; 오르 @산 ; 일하 ~열심히
날씨/좋 | 있 @집 ; 나가 not ; 보 텔레비전#tv ; 공부하 @도서관 ; 일하
날씨/나쁘 | 가 @바다 ; 낚시하 ; 여행하 ; 타 배#ship
바람/불 ~많이 | 타 자전거 ; 산책하 @해변 ; 열 창문 ; 치 배드민턴
바쁘 ; 없 시간 | 만나 친구 ; 읽 책+신문 ; 운동하 ; 전화하 >어머니+친구 ; 먹 아침#meal ; 요리하
바쁘 ; 많 일 | 자 ~일찍 ; 보 영화 ; 쉬 ; 돌아가 @집 ~일찍
있 시간 | 운동하 not ; 청소하 방 not ; 타 택시 ; 전화하 > not
없 돈 | 사 꽃+선물 ; 여행하 ; 타 택시 ; 행복하 ; 웃
있 돈 | 사 옷 not ; 걷 ; 타 버스
있 시험 | 보 영화+드라마 ; 놀 ; 만나 친구 ; 자 ~일찍 ; 하 축구+농구 ; 공부하 not
시험/어렵 | 합격하 = ; 풀 문제 ; 웃
공부하 ~열심히 | 떨어지 시험 ; 풀 문제 cannot ; 이해하 문제 cannot
공부하 not | 합격하 시험
많 숙제 | 놀 ; 만나 친구 ; 보 텔레비전#tv ; 자 ~일찍 ; 하 축구
일어나 ~일찍 | 놓치 버스+기차 ; 늦 약속#appointment+수업 ; 먹 아침#meal cannot
일어나 ~늦게 | 먹 아침#meal ; 늦 약속#appointment+수업 not ; 샤워하 ; 읽 신문
자 ~늦게 | 일어나 ~일찍 ; 피곤하 not ; 운동하
자 ~많이 | 피곤하 ; 졸리 ; 일어나 cannot ~일찍
기다리 ~오래 | 사 표 cannot ; 들어가 @식당 cannot ; 보 영화 cannot
전화하 >친구 | 만나 친구 cannot
책/어렵 | 읽 = ~끝까지 ; 이해하 = ; 읽 = ~다시
영화/지루하 | 보 = ~끝까지 ; 자 not
영화/슬프 | 울 not
음식/맵 | 먹 ~많이 ; 먹 = ; 마시 물 not
커피/뜨겁 | 마시 = ~빨리
옷/비싸 | 사 =
음악/시끄럽 ; 이웃/시끄럽 | 자 ; 공부하 ; 읽 책 ; 닫 창문 not
방/춥 | 열 창문 ; 자 ; 닫 창문 not
방/더럽 | 청소하 = not ; 자 ; 쉬
방/어둡 | 켜 불 not ; 읽 책
슬프 | 웃 ; 울 not
외롭 | 전화하 > not ; 웃 ; 만나 친구 not
무섭 | 들어가 @방 ; 울 not ; 보 영화 ; 웃
화나 | 웃 ; 싸우 not ; 이야기하 ~조용히
자전거/망가지 | 고치 = not
컴퓨터/망가지 | 끝내 일+숙제 ; 고치 = not
손님/오 | 청소하 not ; 요리하 not ; 일어나 not
지 경기 | 웃 ; 울 not
이기 경기 | 웃 not ; 울
배우 영어+한국어+중국어 | 이해하 = cannot
"""

# two people in one scene, each with a reason: scene | who | reason : deed ; deed | … || reason …
# a cell before || stands against any cell after it:
# 나는 피곤해서 집에서 쉬었지만 민수는 날씨가 좋아서 공원에 갔다
FOURS = """
appointment | any | 놓치 버스 : 늦 약속#appointment || 타 택시 : 도착하 ~일찍
restaurant | any | 배고프 : 먹 ~많이 ; 주문하 불고기 || 배부르 : 먹 not | 배#belly.아프 : 먹 cannot
drinks | any | 춥 : 마시 차#tea ; 마시 커피 || 덥 : 마시 콜라+주스 ; 먹 아이스크림
shopping | any | 있 돈 : 사 가방 || 없 돈 : 사 가방 cannot
shoes | any | 있 돈 : 사 신발 || 없 돈 : 사 신발 cannot
clothes | any | 있 돈 : 사 옷 || 없 돈 : 사 옷 cannot
travel | any | 있 시간 : 여행하 | 있 돈 : 여행하 || 많 일 : 여행하 cannot | 없 돈 : 여행하 cannot
cold and hot | any | 춥 : 입 코트 ; 닫 창문 || 덥 : 열 창문 ; 벗 코트 ; 켜 에어컨
evening | any | 피곤하 : 자 ~일찍 || 많 일 : 자 ~늦게
match | young | 이기 경기 : 웃 ; 춤추 ; 받 선물 || 지 경기 : 울
exam | young | 합격하 시험 : 웃 ; 받 선물 || 떨어지 시험 : 울 ; 공부하 ~다시
hard exam | young | 공부하 ~열심히 : 합격하 시험 || 공부하 not : 떨어지 시험
free | any | 바쁘 : 만나 친구 cannot || 한가하 : 만나 친구
free for a film | any | 바쁘 : 보 영화 cannot || 한가하 : 보 영화
free to rest | any | 바쁘 : 쉬 cannot || 한가하 : 쉬
homework | young | 많 숙제 : 놀 cannot || 없 숙제 : 놀
homework or a drama | young | 많 숙제 : 보 드라마 cannot || 없 숙제 : 보 드라마
homework or a friend | young | 많 숙제 : 만나 친구 cannot || 없 숙제 : 만나 친구
ill | any | 아프 : 쉬 @집 ; 가 @병원 ; 있 @집 || 건강하 : 운동하 ; 가 @산+공원
rain | any | 없 우산 : 타 택시 ; 나가 cannot || 있 우산 : 걷 ; 나가
tickets | any | 있 표 : 보 연극 || 없 표 : 보 연극 cannot
film | any | 있 표 : 보 영화 || 없 표 : 보 영화 cannot
"""
