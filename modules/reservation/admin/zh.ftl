## About

name = 輕鬆預約
sentence = 讓顧客直接在LINE聊天中預約空檔。
reserves = 全天候受理預約、查詢與取消
reminds = 在預約前一天提醒顧客
tells-staff = 將隔天的預約通知店員群組
first-steps = 顧客傳送「預約」後，就會看到可預約的時間。
price = 每月新台幣700元（含稅）
hours = 平日10:00至18:00
needs-sending = 向顧客傳送預約相關的回覆與提醒
needs-receiving = 接收顧客的預約操作
needs-profile = 以顧客的名字問候，並使用顧客的語言
needs-menu = 在聊天畫面顯示預約選單

## Settings

shop-name = 店名
language = 預設語言
japanese = 日文
chinese = 繁體中文
english = 英文
opens = 最早預約時間
closes = 打烊時間
minutes = 每次預約時間（分鐘）
days = 可預約幾天內
remind = 前一天提醒
remind-at = 提醒時間
staff-hours = 店員服務時數
zone = 時區
branch = 分店（店名 緯度,經度）
staff-word = 設定店員群組的通關密語
digest-at = 通知店員隔天預約的時間
your-shop = 店家資訊
times = 可預約的時間
reminders = 給顧客的提醒
staff = 店員
branches = 分店位置
shop-name-help = 會顯示在預約確認卡上，可留空。
language-help = 不確定顧客語言時使用此語言。
closes-help = 只提供在此時間前結束的預約。
remind-help = 每則提醒都會計入帳號的訊息則數。
staff-hours-help = 店員接手聊天後，經過此時數會恢復自動回覆。
staff-word-help = 傳送此密語的群組會收到隔天的預約。請使用顧客不知道的字詞。
branch-help = 例：台南店 22.9971,120.2126。會告知傳送位置的顧客最近的分店。
