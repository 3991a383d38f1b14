-shop = Café Brown

hello = This is { -shop }. Write “reserve”.
greeting = Welcome, { $name }.
booked = { $count ->
        [one] One guest
       *[other] { $count } guests
    } at { $time }: it is booked.
more = More
table-label = Table { $number }

words-reserve =
    reserve
    book a table
words-cancel = cancel
