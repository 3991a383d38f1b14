## Greeting

greeting = Thank you for adding us. You can make a reservation here.
greeting-name = { $name }, thank you for adding us. You can make a reservation here.

## What can be tapped

menu-bar = Menu
reserve-label = Reserve
list-label = My reservations
cancel-label = Cancel
staff-label = Ask staff
back-label = Back to reservations
wait-label = Wait for a free time
location-label = Nearest branch

## Reserving and cancelling

choose = Which time would you like?
nothing-free = Sorry, there is no free time at the moment.
too-late = That time cannot be chosen. Please choose another one.
taken = Sorry, { $slot } has just been taken. Please choose another time.
already-yours = You have already reserved { $slot }.
confirmed = Your reservation for { $slot } is confirmed.
reserved-heading = Reserved
cancelled = Your reservation for { $slot } is cancelled.
nothing-to-cancel = You have no reservation to cancel.
cancel-which = Which reservation shall we cancel?
list-heading = Your reservations:
no-reservations = You have no reservations.

## What is said unasked

waits = We will tell you here as soon as a time is free.
free-again-heading = Free again
freed = { $slot } is free again. The first to reserve has it.
reminder = See you tomorrow: your reservation is for { $slot }.
nearest = The branch nearest to you is { $branch }, about { $km } km away.
not-booked = Sorry, { $slot }, which you chose on our website, could not be reserved. Please choose another time.

## Staff

staff-answer = Our staff will answer you. To come back to the automatic service, write "Back to reservations".
back-with-us = You are back in the automatic service. You can make a reservation here.
staff-chat = This group is told of the next day's reservations, each day at { $time }.
digest-heading = Tomorrow's reservations:
no-digest = There are no reservations for tomorrow.

## A time

time = { $weekday ->
    [0] Sun
    [1] Mon
    [2] Tue
    [3] Wed
    [4] Thu
    [5] Fri
   *[6] Sat
} { $month }/{ $day } { $time }

## What is said

words-reserve = reserve
words-list = my reservations
words-cancel = cancel
words-staff = ask staff
words-back = back to reservations
