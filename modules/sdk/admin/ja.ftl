opens = 開店時刻
opens-help = この時刻から予約を受け付けます。
