### What guests and staff read. A comment `# at most N` limits the characters of the text below it.

-how-to-begin = 「順番を取る」で受付票をお取りします。お店の外でお待ちいただけます。

greeting = ご登録ありがとうございます。{ -how-to-begin }
greeting-name = { $name }さま、ご登録ありがとうございます。{ -how-to-begin }

## What can be tapped

# at most 20
take-label = 順番を取る
# at most 20
ticket-label = 受付票を見る
# at most 20
give-up-label = 受付を取り消す
# at most 20
staff-label = スタッフに相談
# at most 20
return-label = 受付に戻る
# at most 20
come-label = 向かいます
# at most 20
next-label = 次の方
people-label = { $people }名
# at most 20
counter-label = カウンター
# at most 20
table-label = テーブル
# at most 20
either-label = どちらでも
seats-label = テーブル { $seats }名

## Taking a ticket

people-question = 何名さまですか？
people-help = 1名から{ $most }名までの人数でお答えください。受付をやめるときは「やめる」とお送りください。
seating-question = お席のご希望をお選びください。
name-question = お呼び出しするお名前を教えてください。
stopped = 受付をやめました。
ticket-taken =
    受付番号は{ $number }番です。{ $ahead ->
        [0] まもなくお呼びします。
       *[other] ただいま{ $ahead }組お待ちです。
    }
has-ticket = すでに{ $number }番の受付票をお持ちです。

## The ticket

ticket-shown =
    受付番号{ $number }番です。{ $ahead ->
        [0] 次にお呼びします。
       *[other] あと{ $ahead }組です。
    }
no-ticket = 受付票はありません。
gave-up = { $number }番の受付を取り消しました。
next-but-one = { $number }番のお客さま、あと1組でお呼びします。お店の近くでお待ちください。
called = { $number }番のお客さま、お席のご用意ができました。{ $minutes }分以内にお越しください。
welcome = { $number }番のお客さま、お待ちしております。
too-late = この受付票はもうお使いになれません。
missed = { $number }番は、お時間を過ぎたため取り消しとなりました。
closed = 本日の受付は終了しました。{ $number }番は取り消しとなりました。申し訳ございません。
far = お店まで歩いて約{ $minutes }分です。お早めにお戻りください。
near = お店の近くにいらっしゃいます。そのままお待ちください。

## Staff

staff = スタッフがお答えします。受付に戻るときは「受付に戻る」とお送りください。
back = 受付に戻りました。
group-named = このグループからお呼び出しができます。「次の方」とお送りください。
what-is-free = どのお席が空きましたか？
nobody-fits = ご案内できるお客さまはいません。
staff-called = { $number }番 { $name }さま（{ $people }名）をお呼びしました。
staff-coming = { $number }番 { $name }さま（{ $people }名）がいらっしゃいます。
staff-given-up = { $number }番 { $name }さまが取り消されました。
staff-missed = { $number }番 { $name }さまはいらっしゃいませんでした。

## What is said

words-take =
    順番を取る
    受付
words-ticket =
    受付票を見る
    受付票
words-give-up =
    受付を取り消す
    取り消し
words-staff =
    スタッフに相談
    スタッフ
words-return = 受付に戻る
words-stop =
    やめる
    中止
words-back = 戻る
words-next =
    次の方
    次
