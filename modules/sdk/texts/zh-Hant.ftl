-shop = 布朗咖啡

hello = 這裡是{ -shop }。請輸入「預約」。
greeting = { $name }，歡迎光臨。
booked = 已為您預約{ $time }，{ $count }位。
more = 更多
# at most 8
table-label = { $number }號桌

words-reserve =
    預約
    訂位
words-cancel = 取消
