opens = Opening time
opens-help = Reservations begin at { -this } time.
-this = this
