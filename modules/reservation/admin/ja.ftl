### What a shop's admins read, on the pages and in the settings.

## About

name = かんたん予約
sentence = お客さまがLINEのトークから、空いている時間をそのまま予約できます。
reserves = 予約の受付・確認・キャンセルに24時間おこたえします
reminds = 予約の前日に、お客さまへお知らせします
tells-staff = 翌日の予約を、スタッフのグループにお知らせします
first-steps = お客さまが「予約」と送ると、空いている時間をご案内します。
price = 月額3,300円（税込）
hours = 平日10:00〜18:00
needs-sending = 予約のご案内やお知らせを、お客さまに送るため
needs-receiving = お客さまからの予約の操作を受け取るため
needs-profile = お客さまのお名前でごあいさつし、言語に合わせてご案内するため
needs-menu = トーク画面に予約メニューを表示するため

## Settings

shop-name = 店名
language = 既定の言語
japanese = 日本語
chinese = 中国語（繁体字）
english = 英語
opens = 最初の予約時間
closes = 閉店時間
minutes = 1件の所要時間（分）
days = 何日先まで受け付けるか
remind = 前日にお知らせする
remind-at = お知らせの時刻
staff-hours = スタッフ対応を終えるまでの時間
zone = タイムゾーン
branch = 店舗（店名 緯度,経度）
staff-word = スタッフのグループを登録する合言葉
digest-at = 翌日の予約をスタッフに知らせる時刻
your-shop = お店の情報
times = 予約を受け付ける時間
reminders = お客さまへのお知らせ
staff = スタッフ
branches = 店舗の場所
shop-name-help = 予約の確認カードに表示されます。空欄のままでもかまいません。
language-help = 言語がわからないお客さまには、この言語でご案内します。
closes-help = この時刻までに終わる予約だけをご案内します。
remind-help = お知らせは1通ごとに、アカウントのメッセージ通数に数えられます。
staff-hours-help = スタッフがお客さまに対応したあと、この時間がたつと自動応答に戻ります。
staff-word-help = この言葉を送ったグループに、翌日の予約をお知らせします。お客さまに知られない言葉にしてください。
branch-help = 例：渋谷店 35.6580,139.7016。位置情報を送ったお客さまに、近い店舗をご案内します。
