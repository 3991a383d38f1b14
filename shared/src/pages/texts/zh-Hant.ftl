# 每個頁面都會出現的文字。請只修改每一行 = 右邊的內容。
frame-skip = 跳到主要內容
frame-nav = 頁面
frame-language = 語言
frame-support = 聯絡我們
frame-support-page = 支援頁面
frame-terms = 服務條款
frame-privacy = 隱私權政策

# 帳號無法使用期間，依照LINE的建議顯示的說明。{ $name } 是帳號名稱。
locked-title = 無法使用此頁面
locked = 由於LINE官方帳號「{ $name }」目前無法使用，因此無法使用此頁面。
locked-unnamed = 由於LINE官方帳號目前無法使用，因此無法使用此頁面。

# 帳號允許的權限。
scope-message-send = 傳送訊息
scope-message-receive = 接收訊息等事件
scope-account-manage = 設定圖文選單與取得統計
scope-message-mark-as-read = 將訊息標示為已讀
scope-profile-read = 取得使用者的個人資料
scope-message-templated-pnp = 以電話號碼傳送通知型訊息
scope-coupon-manage = 管理優惠券
