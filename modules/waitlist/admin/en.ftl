## Settings

language = Default language
japanese = Japanese
english = English
zone = Time zone
tables = Seats of the tables
counter = People side by side at the counter
minutes = Minutes to come when called
closes = Closing time
place = Where you are
metres = Metres that count as near
staff-word = Word that makes a group your staff's

## About

name = Easy Waiting List
sentence = Guests take a number in LINE, and wait where they like.
does-call = Takes parties and calls them
first-steps = Write your word in your staff's group: parties are called from there.
price = 2,200 yen a month, tax included
hours = Weekdays, 10:00 to 18:00
needs-sending = To answer guests and to call them
needs-receiving = To take their tickets
needs-profile = To know their name and language
