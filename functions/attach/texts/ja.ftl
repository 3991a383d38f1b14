# 管理者の方がアカウントを連携する画面の文言です。各行の = の右側だけを書き換えてください。

# はじめの画面
start-title = LINE公式アカウントと連携する
start-lead = 「{ $name }」は、LINE公式アカウントの拡張機能です。アカウントの管理者の方が操作してください。
start-does = できること
start-steps = 連携の流れ
start-step-1 = ボタンを押すと、LINE Official Account Managerの画面が開きます。
start-step-2 = 連携するアカウントを選び、許可します。
start-step-3 = この画面に戻り、続けて設定に進めます。
start-permissions = 許可をお願いする内容
start-know = ご確認ください
start-know-cost = お客さまへの応答は無料です。それ以外に拡張機能から送るメッセージは、アカウントの料金プランの通数に数えられ、LINEの料金がかかることがあります。
start-know-one = 1つのアカウントに同時に連携できる拡張機能は1つだけです。
start-know-beside = 同じアカウントで、Messaging APIを使うほかのシステムを併用しないでください。リッチメニューや応答が重なり、正しく動かないことがあります。
start-know-leave = 連携はいつでも解除できます。
start-price = 料金
start-button = 連携をはじめる
start-note = 15分以内に、同じブラウザで最後まで進めてください。
start-only = このリンクで連携できるのは{ $id }だけです。

# 連携が完了した画面
linked-title = 連携が完了しました
linked = 「{ $name }」で「{ $extension }」をお使いいただけます。
linked-unnamed = アカウント
linked-first = すぐにお使いいただけること
linked-missing = 許可されていない内容
linked-missing-note = このままでもお使いいただけますが、一部の機能が動きません。
linked-again = もう一度許可する
linked-next = 次にすること
linked-next-settings = 設定をご確認ください。そのままでも使えるようになっており、いつでも変更できます。
linked-next-try = ご自身のLINEでアカウントを友だち追加して、お試しください。
linked-open = 管理画面を開く
linked-signed-in = このブラウザでは、管理画面にログイン済みです。

# 連携できなかった画面
again = 最初からやり直す
refused-title = 連携しませんでした
refused = LINEの画面で許可されなかったため、アカウントは連携されていません。
failed-title = 連携できませんでした
failed = LINEが連携を受け付けませんでした。もう一度お試しいただき、くり返す場合はお問い合わせください。
misconfigured-title = 現在この拡張機能は連携できません
misconfigured = 拡張機能の設定に問題があり、LINEに受け付けられませんでした。お客さまの操作に問題はありません。提供元にお問い合わせのうえ、後ほどお試しください。
try-later-title = ただいま連携できません
try-later = 一時的な問題が起きています。少し待ってから、もう一度お試しください。
try-again = もう一度試す
interrupted-title = 連携できたか確認できません
interrupted = 処理が途中で止まりました。最初からやり直してください。すでに連携が済んでいた場合でも、やり直して問題ありません。
unlinked-title = 連携は解除されています
unlinked = このアカウントの連携は、完了したあとに解除されました。もう一度お使いになる場合は、最初からやり直してください。
start-over-title = このリンクは使えません
start-over = すでに使われたか、期限が切れています。完了画面をご覧になった場合は、連携は済んでいます。
other-browser-title = はじめたときと同じブラウザで開いてください
other-browser = 連携をはじめたブラウザでのみ完了できます。このブラウザで続ける場合は、最初からやり直してください。
under-way-title = 連携の処理をしています
under-way = このままお待ちください。この画面は数秒後に自動で更新されます。

# リンクの指定と別のアカウントが選ばれた画面
another-title = 別のアカウントが選ばれました
another-unnamed = 別のアカウント
another-unlinking = このリンクは{ $asked }専用ですが、{ $linked }が選ばれたため、その連携を解除しています。最初からやり直し、{ $asked }を選んでください。
another-stays = このリンクは{ $asked }専用ですが、{ $linked }が選ばれました。{ $linked }の連携はそのまま残ります。最初からやり直し、{ $asked }を選んでください。

# リンクに誤りがある画面
uninvited-title = 招待リンクが必要です
uninvited-none = 連携は、提供元からお送りした招待リンクからのみはじめられます。招待リンクを開いてください。
uninvited-not-ours = この招待リンクは正しくありません。リンクの全体を開いているかご確認のうえ、提供元に新しいリンクをお求めください。
uninvited-run-out = この招待リンクは期限が切れています。提供元に新しいリンクをお求めください。
wrong-link-title = このリンクには誤りがあります
wrong-link-at = アカウントの指定「basic_search_id={ $id }」に@がないため、「basic_search_id=@{ $id }」に直したリンクを開いてください。
wrong-link-id = アカウントの指定「basic_search_id」が正しいベーシックID（例：@381sakur）ではないため、リンクの提供元に正しいリンクをお求めください。
wrong-link-name = リンクでは「{ $name }」を指定できないため、リンクの提供元に「{ $name }」のないリンクをお求めください。
