hello = こんにちは
greeting = { $name }さん
# at most 4
more = 続き
