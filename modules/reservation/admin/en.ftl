## About

name = Easy Reservation
sentence = Guests reserve a free time right in their LINE chat with you.
reserves = Takes, shows and cancels reservations at any hour
reminds = Reminds guests the day before
tells-staff = Tells your staff's group about tomorrow's reservations
first-steps = When a guest writes “reserve”, they are offered the free times.
price = 3,300 yen a month, tax included
hours = Weekdays, 10:00 to 18:00
needs-sending = To answer guests and to remind them
needs-receiving = To hear what guests ask for
needs-profile = To greet guests by their name and in their language
needs-menu = To show the reservation menu in chats

## Settings

shop-name = Shop's name
language = Default language
japanese = Japanese
chinese = Chinese
english = English
opens = First time of a day
closes = Closing time
minutes = Minutes of one reservation
days = Days that can be reserved ahead
remind = Remind the day before
remind-at = Time of the reminder
staff-hours = Hours that staff have a chat
zone = Time zone
branch = Branch (name latitude,longitude)
staff-word = Password that makes a group the staff's
digest-at = Time at which staff are told of tomorrow
your-shop = Your shop
times = When guests can reserve
reminders = Reminders to guests
staff = Your staff
branches = Branches
shop-name-help = It is shown on the card that confirms a reservation. It may stay empty.
language-help = Used for guests whose language is not known.
closes-help = Only times that end by then are offered.
remind-help = Each reminder counts as a message of your account's plan.
staff-hours-help = After staff were asked into a chat, the extension answers again when these hours are over.
staff-word-help = The group in which it is written is told of tomorrow's reservations. Choose one that guests do not know.
branch-help = For example: Shibuya 35.6580,139.7016. Guests who send their location are told the nearest.
