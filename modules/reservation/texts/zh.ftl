## Greeting

greeting = 感謝您加入好友！歡迎從這裡預約。
greeting-name = { $name }，感謝您加入好友！歡迎從這裡預約。

## What can be tapped

menu-bar = 選單
reserve-label = 預約
list-label = 我的預約
cancel-label = 取消預約
staff-label = 聯絡店員
back-label = 回到預約
wait-label = 等候空位
location-label = 尋找最近的分店

## Reserving and cancelling

choose = 請選擇時間。
nothing-free = 很抱歉，目前沒有可預約的時間。
too-late = 無法選擇該時間，請選擇其他時間。
taken = 很抱歉，{ $slot }已有人預約，請選擇其他時間。
already-yours = 您已預約{ $slot }。
confirmed = 已為您預約{ $slot }。
reserved-heading = 已預約
cancelled = 已取消{ $slot }的預約。
nothing-to-cancel = 沒有可取消的預約。
cancel-which = 要取消哪一個預約？
list-heading = 您的預約：
no-reservations = 目前沒有預約。

## What is said unasked

waits = 好的，一有空位就會在這裡通知您。
free-again-heading = 有空位了
freed = { $slot }有空位了，先預約先得。
reminder = 提醒您，明天{ $slot }有預約，期待您的光臨。
nearest = 離您最近的是{ $branch }（約{ $km }公里）。
not-booked = 很抱歉，您在網站上選擇的{ $slot }無法預約，請選擇其他時間。

## Staff

staff-answer = 將由店員為您服務，請稍候。若要回到自動服務，請傳送「回到預約」。
back-with-us = 已回到自動服務，歡迎從這裡預約。
staff-chat = 每天{ $time }會在這個群組通知隔天的預約。
digest-heading = 明天的預約：
no-digest = 明天沒有預約。

## A time

time = { $month }月{ $day }日({ $weekday ->
    [0] 日
    [1] 一
    [2] 二
    [3] 三
    [4] 四
    [5] 五
   *[6] 六
}) { $time }

## What is said

words-reserve = 預約
words-list = 我的預約
words-cancel =
    取消
    取消預約
words-staff = 聯絡店員
words-back = 回到預約
