-how-to-begin = “Take a ticket” gives you a number, and you can wait outside.

greeting = Thank you for adding us. { -how-to-begin }
greeting-name = Thank you for adding us, { $name }. { -how-to-begin }

## What can be tapped

take-label = Take a ticket
ticket-label = My ticket
give-up-label = Give up
staff-label = Ask staff
return-label = Back to the list
come-label = Coming
next-label = Next
people-label = { $people ->
    [one] 1 person
   *[other] { $people } people
}
counter-label = Counter
table-label = Table
either-label = Either
seats-label = Table for { $seats }

## Taking a ticket

people-question = How many are you?
people-help = Please answer with a number from 1 to { $most }, or “stop”.
seating-question = Where would you like to sit?
name-question = By which name shall we call you?
stopped = No ticket is taken.
ticket-taken =
    Your number is { $number }. { $ahead ->
        [0] We call you soon.
        [one] One party waits before you.
       *[other] { $ahead } parties wait before you.
    }
has-ticket = You have number { $number } already.

## The ticket

ticket-shown =
    Your number is { $number }. { $ahead ->
        [0] You are next.
        [one] One party waits before you.
       *[other] { $ahead } parties wait before you.
    }
no-ticket = You have no ticket.
gave-up = Number { $number } is given up.
next-but-one = Number { $number }: there is one party before you. Please wait nearby.
called = Number { $number }: your table is ready. Please come within { $minutes ->
    [one] a minute
   *[other] { $minutes } minutes
}.
welcome = Number { $number }: we look forward to seeing you.
too-late = This ticket is no longer good.
missed = Number { $number }: the time is over, and the ticket with it.
closed = We are closing. We are sorry that number { $number } was not called.
far = It is a walk of about { $minutes ->
    [one] a minute
   *[other] { $minutes } minutes
} to us. Please come back in time.
near = You are near. Please wait there.

## Staff

staff = Our staff will answer you. Say “back to the list” when you are done.
back = You are back at the list.
group-named = Parties are called from this group. Say “next”.
what-is-free = What is free?
nobody-fits = Nobody who waits fits there.
staff-called = Called: { $number }, { $name }, { $people ->
    [one] 1 person
   *[other] { $people } people
}.
staff-coming = Coming: { $number }, { $name }, { $people ->
    [one] 1 person
   *[other] { $people } people
}.
staff-given-up = Given up: { $number }, { $name }.
staff-missed = Not come: { $number }, { $name }.

## What is said

words-take =
    Take a ticket
    ticket please
words-ticket = My ticket
words-give-up = Give up
words-staff =
    Ask staff
    staff
words-return = Back to the list
words-stop = Stop
words-back = Back
words-next = Next
