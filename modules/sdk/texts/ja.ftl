### For the tests and the documents' examples.

-shop = カフェ・ブラウン

hello = { -shop }です。「予約」とお送りください。
greeting = { $name }さん、いらっしゃいませ。
booked = { $count }名様、{ $time }に承りました。
# at most 20
more = もっと見る
# at most 20
table-label = テーブル{ $number }

words-reserve =
    予約
    予約する
words-cancel =
    キャンセル
    取り消し
