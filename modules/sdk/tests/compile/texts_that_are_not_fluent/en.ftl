hello = a
and so on
