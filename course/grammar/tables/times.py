"""Times, numbers and adverbs of the grammar, as tables."""

from __future__ import annotations

# Time expressions: Korean | English | tenses in which they stand.
TIMES = """
어제 | yesterday | past
그제 | the_day_before_yesterday | past
오늘 | today | past future
내일 | tomorrow | future
모레 | the_day_after_tomorrow | future
어젯밤에 | last_night | past
밤에 | at_night | past future
요즘 | these_days | present
이번 주에 | this_week | future
이번 주말에 | this_weekend | future
내년에 | next_year | future
지난주에 | last_week | past
작년에 | last_year | past
다음 주에 | next_week | future
다음 달에 | next_month | future
매일 | every_day | present
아침마다 | every_morning | present
저녁마다 | every_evening | present
주말마다 | every_weekend | present
아침에 | in_the_morning | past present future
오후에 | in_the_afternoon | past present future
저녁에 | in_the_evening | past present future
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

FREQUENCIES = {"항상": "always", "자주": "often", "가끔": "sometimes", "보통": "usually"}
DEGREES = {"아주": "very", "정말": "really", "너무": "too", "조금": "a_little"}
# What cannot be seen cannot be pointed at by 저, and hardly by 이.
UNSEEN = (
    "뉴스 수업 회의 시험 파티 여행 계획 약속 비밀 꿈 이름 대답 이유 소식 이야기 일 도움 "
    "시간 숙제 드라마 음악 생각 질문 문제"
).split()
