"""English verbs by what can be said with them: when, in what mood, and of which things.

A verb stands here in its base form, for all rows of `verbs` that have it.
"""

from __future__ import annotations

# --- when ----------------------------------------------------------------------------------------

# What people do time and again.
HABITS = (
    "eat drink sleep get read study exercise cook watch listen take walk run go come swim play "
    "sing dance rest work meet laugh talk clean wash fish pray call help write ride draw "
    "practise do tidy greet"
).split()
# What happens in a month, a season or a year.
SEASONAL = "live travel move visit plant rain snow stay be".split()
# What takes days or years.
LASTING = "live travel move raise keep collect save become stay".split()
# What happens at an hour.
HOURLY = "arrive depart begin end leave meet get go come eat".split()
# What people do on a day that they name; of other deeds one says yesterday, today or tomorrow.
DATED = (
    "eat study exercise cook watch go come meet visit swim play dance rest work clean help travel "
    "practise learn teach arrive depart leave stay buy sell fish pray bake move live invite take "
    "begin end climb walk run ride read"
).split()
# What people do at home or in passing is not told of a week or a weekday.
HOMELY = "eat read watch rest cook take bake sleep clean".split()
# What is said of a night.
NIGHTLY = "sleep watch read rest drink study rain snow walk cry call write have".split()
# What lasts for hours, and of it what is done from one hour to another.
LASTING_HOURS = "study work sleep exercise walk wait rest practise swim talk run".split()
WORKING = ("study", "work")
# What may be not done yet, or done already, with its participle.
PARTICIPLES = {
    "eat": "eaten", "buy": "bought", "meet": "met", "finish": "finished", "do": "done",
    "call": "called", "clean": "cleaned", "read": "read", "come": "come", "arrive": "arrived",
    "leave": "left", "write": "written",
}  # fmt: skip
# Of what one may do so with one thing alone: only drinks water.
SINGLED = "eat drink buy read watch study learn plant".split()
# What a question asks for: whom one meets, what one eats.
ASKED_WHAT = (
    "먹 마시 사 읽 만들 배우 공부하 가르치 그리 주문하 고르 받 잃어버리 찾 가져오 팔 빌리 입 주 "
    "보내"
).split()
ASKED_WHOM = (
    "만나 기다리 돕 도와주 초대하 좋아하 그리워하 찾아가 존경하 믿 돌보 깨우 칭찬하"
).split()

# What is over at once: nobody says on which day.
MOMENTARY = "turn open close kick".split()

# --- in what mood --------------------------------------------------------------------------------

# What goes on, in the progressive.
ONGOING = (
    "eat drink read write watch listen study teach make cook boil bake grill slice fry peel wash "
    "clean wipe tidy brush change look wait help sing draw paint take ride drive learn play "
    "practise prepare walk run swim work rest cry laugh dance exercise fish pray sleep talk fight "
    "go come rain snow plant fix travel cut choose do translate memorise solve explain cross "
    "collect use worry kick lie blow follow hold call climb order"
).split()
# What people look forward to or are set on (want to).
WANTED = (
    "eat drink watch read travel go meet visit swim play rest sleep buy live learn sing dance ride "
    "stay see keep become walk listen"
).split()
# What a question asks whether one wants it: what do you want to eat?
ASKED_FOR = "eat drink buy watch read learn meet see".split()
# What people know how to do (can).
SKILLS = "swim drive play cook ride speak draw sing dance fix bake make run teach".split()
# What people have to do (must).
OWED = (
    "study work clean cook exercise go buy finish write meet prepare practise memorise wash call "
    "get do fix send"
).split()
# What people plan (will).
PLANNED = (
    "go come meet visit travel study learn buy make cook clean swim play watch read rest exercise "
    "help invite call send give move practise prepare eat drink work write sleep plant stay leave "
    "arrive depart begin end wait bake take walk fish tidy teach"
).split()
# What people may be expected to do, and do not.
DENIED = (
    "eat drink watch buy meet go come sleep study work call read understand answer sell learn help "
    "invite win finish exercise swim drive cook clean take"
).split()
# What one does not do, ever: 고기를 안 먹는다.
SHUNNED = "eat drink watch read exercise cook swim drive".split()
# What befalls one: it is not by will that one does not do it.
UNWILLED = (
    "cry laugh fall lose hear miss forget hurt know fight hate worry trust begin end blow fail"
).split()

# --- of which things -----------------------------------------------------------------------------

# What is done to somebody's thing: uses her bicycle.
KEPT = "fix use read ride wash like".split()
# What is done to a thing that may be described: ate delicious bread, but not washed a red cup.
TASTED = (
    "eat drink buy read watch wear make receive give hear listen write draw cook sing tell have"
).split()
# What is done to somebody, always.
GIVING = "give show lend return send".split()
# Of what each has its own: they wear hats, they ride bicycles.
WORN = ("wear", "ride")
