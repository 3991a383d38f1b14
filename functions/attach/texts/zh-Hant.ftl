# 管理員連結帳號的頁面文字。請只修改每一行 = 右邊的內容。

# 開始頁面
start-title = 連結LINE官方帳號
start-lead = 「{ $name }」是LINE官方帳號的擴充功能。請由帳號管理員操作。
start-does = 功能介紹
start-steps = 連結流程
start-step-1 = 按下按鈕後，會開啟LINE Official Account Manager的畫面。
start-step-2 = 選擇要連結的帳號並允許。
start-step-3 = 返回此頁面，接著就能進行設定。
start-permissions = 需要您允許的權限
start-know = 連結前請確認
start-know-cost = 回覆顧客的訊息免費。擴充功能另外傳送的訊息會計入帳號方案的則數，LINE可能會收費。
start-know-one = 一個帳號同時只能連結一個擴充功能。
start-know-beside = 請勿在同一個帳號上同時使用其他透過Messaging API運作的系統，否則圖文選單與回覆可能互相衝突。
start-know-leave = 您可以隨時解除連結。
start-price = 費用
start-button = 開始連結
start-note = 請在15分鐘內，使用同一個瀏覽器完成。
start-only = 此連結僅供{ $id }使用。

# 連結完成
linked-title = 連結完成
linked = 「{ $name }」現在可以使用「{ $extension }」。
linked-unnamed = 帳號
linked-first = 現在就能使用
linked-missing = 尚未允許的權限
linked-missing-note = 擴充功能仍可使用，但部分功能無法運作。
linked-again = 再次允許
linked-next = 接下來
linked-next-settings = 請確認設定。預設值已可直接使用，之後也能隨時變更。
linked-next-try = 請用您自己的LINE將帳號加為好友，實際試用看看。
linked-open = 開啟管理頁面
linked-signed-in = 您已在此瀏覽器登入管理頁面。

# 未連結
again = 重新開始
refused-title = 未連結
refused = 由於未在LINE的畫面上允許，帳號尚未連結。
failed-title = 無法連結
failed = LINE未接受此連結。請再試一次；若問題持續發生，請與我們聯絡。
misconfigured-title = 目前無法連結此擴充功能
misconfigured = 擴充功能的設定有問題，因此LINE未接受。您的操作沒有問題。請聯絡擴充功能的提供者，稍後再試。
try-later-title = 目前無法連結
try-later = 發生暫時性的問題，請稍候再試。
try-again = 再試一次
interrupted-title = 無法確認是否已連結
interrupted = 處理中途停止。請重新開始；即使帳號已連結，重新開始也不會有問題。
unlinked-title = 連結已解除
unlinked = 此帳號在連結完成後已解除連結。若要再次使用，請重新開始。
start-over-title = 此連結無法使用
start-over = 連結已使用或已過期。若您已看到完成畫面，表示連結已完成。
other-browser-title = 請使用開始時的瀏覽器
other-browser = 只能在開始連結的瀏覽器中完成。若要在此瀏覽器繼續，請重新開始。
under-way-title = 正在處理連結
under-way = 請稍候，此頁面會在數秒後自動重新載入。

# 選擇了連結指定以外的帳號
another-title = 選擇了其他帳號
another-unnamed = 其他帳號
another-unlinking = 此連結僅供{ $asked }使用，但選擇的是{ $linked }，因此正在解除其連結。請重新開始並選擇{ $asked }。
another-stays = 此連結僅供{ $asked }使用，但選擇的是{ $linked }。{ $linked }會保持連結。請重新開始並選擇{ $asked }。

# 連結本身有誤
uninvited-title = 需要邀請連結
uninvited-none = 只能透過提供者寄送的邀請連結開始連結。請開啟邀請連結。
uninvited-not-ours = 此邀請連結不正確。請確認您開啟的是完整的連結，或向提供者索取新的連結。
uninvited-run-out = 此邀請連結已過期。請向提供者索取新的連結。
wrong-link-title = 此連結有誤
wrong-link-at = 帳號的指定「basic_search_id={ $id }」缺少@，請改為開啟「basic_search_id=@{ $id }」的連結。
wrong-link-id = 帳號的指定「basic_search_id」不是正確的基本ID（例如：@381sakur），請向提供連結的人索取正確的連結。
wrong-link-name = 連結中不能指定「{ $name }」，請向提供連結的人索取不含「{ $name }」的連結。
