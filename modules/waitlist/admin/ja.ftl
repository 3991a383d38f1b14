### What the restaurant's admins read.

## Settings

language = 既定の言語
japanese = 日本語
english = 英語
zone = タイムゾーン
tables = テーブルの席数
counter = カウンターに並んで座れる人数
minutes = お呼び出しからお待ちする時間（分）
closes = 受付終了時刻
place = お店の場所
metres = お店の近くとみなす距離（メートル）
staff-word = スタッフのグループの合言葉

## About

name = かんたん順番待ち
sentence = お客さまはLINEで順番を取り、お店の外でお待ちいただけます。
does-call = 順番の受付とお呼び出しをします
first-steps = スタッフのグループで合言葉を送ると、お呼び出しができます。
price = 月額2,200円（税込）
hours = 平日10:00〜18:00
needs-sending = お客さまにお返事し、お呼び出しするため
needs-receiving = お客さまの受付をするため
needs-profile = お名前と言語を知るため
