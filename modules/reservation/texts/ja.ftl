### What guests and staff read. `# at most N` limits the characters of the text below it, in all languages.

## Greeting

greeting = 友だち追加ありがとうございます。ご予約はこちらからどうぞ。
greeting-name = { $name }さん、友だち追加ありがとうございます。ご予約はこちらからどうぞ。

## What can be tapped

# at most 14
menu-bar = メニュー
# at most 20
reserve-label = 予約する
# at most 20
list-label = 予約を確認
# at most 20
cancel-label = 取り消す
# at most 20
staff-label = スタッフに相談
# at most 20
back-label = 予約に戻る
# at most 20
wait-label = 空きを待つ
# at most 20
location-label = 近くの店舗を探す

## Reserving and cancelling

choose = ご希望の時間をお選びください。
nothing-free = 申し訳ありません。ただいまご予約いただける時間がありません。
too-late = その時間は選べません。別の時間をお選びください。
taken = 申し訳ありません。{ $slot }はほかの方の予約が入りました。別の時間をお選びください。
already-yours = { $slot }はすでにご予約済みです。
confirmed = { $slot }のご予約を承りました。
reserved-heading = ご予約済み
cancelled = { $slot }のご予約を取り消しました。
nothing-to-cancel = 取り消せるご予約はありません。
cancel-which = どのご予約を取り消しますか？
list-heading = ご予約：
no-reservations = 現在のご予約はありません。

## What is said unasked

waits = 承知しました。空きが出ましたら、こちらでお知らせします。
free-again-heading = 空きが出ました
freed = { $slot }に空きが出ました。先着順でご予約いただけます。
reminder = 明日、{ $slot }のご予約をいただいています。お待ちしております。
nearest = 最寄りの店舗は{ $branch }です（約{ $km } km）。
not-booked = 申し訳ありません。ウェブサイトでお選びの{ $slot }は、ご予約をお取りできませんでした。お手数ですが、別の時間をお選びください。

## Staff

staff-answer = スタッフがお答えします。しばらくお待ちください。自動のご案内に戻るときは「予約に戻る」とお送りください。
back-with-us = 自動のご案内に戻りました。ご予約はこちらからどうぞ。
staff-chat = 毎日{ $time }に、翌日のご予約をこのグループにお知らせします。
digest-heading = 明日のご予約：
no-digest = 明日のご予約はありません。

## A time

time = { $month }月{ $day }日({ $weekday ->
    [0] 日
    [1] 月
    [2] 火
    [3] 水
    [4] 木
    [5] 金
   *[6] 土
}) { $time }

## What is said

words-reserve =
    予約
    予約する
words-list =
    予約確認
    予約を確認
words-cancel = キャンセル
words-staff = スタッフに相談
words-back = 予約に戻る
