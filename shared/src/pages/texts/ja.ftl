# どのページにも出る文言です。各行の = の右側だけを書き換えてください。
frame-skip = 本文へ移動
frame-nav = ページ
frame-language = 表示言語
frame-support = お問い合わせ
frame-support-page = サポートページ
frame-terms = 利用規約
frame-privacy = プライバシーポリシー

# アカウントが利用できない間に、LINEの案内に沿って表示する文言です。{ $name } はアカウント名です。
locked-title = この画面はご利用いただけません
locked = LINE公式アカウント「{ $name }」が利用できない状態のため、この画面はご利用いただけません。
locked-unnamed = LINE公式アカウントが利用できない状態のため、この画面はご利用いただけません。

# アカウントが許可する内容です。
scope-message-send = メッセージの送信
scope-message-receive = メッセージなどのイベントの受信
scope-account-manage = リッチメニューの設定と統計の取得
scope-message-mark-as-read = メッセージを既読にする
scope-profile-read = ユーザーのプロフィールの取得
scope-message-templated-pnp = 電話番号宛ての通知メッセージの送信
scope-coupon-manage = クーポンの管理
