# The management screen of an account's admins. A translator may change what stands behind the =.
# { $name } and the like are filled in; what stands between { and } is not to be translated.

# Moments. $month is 1 to 12, $clock is like 18:05.
month-name = { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[other] December
}
month = { month-name } { $year }
moment = { $day } { month-name } { $year }, { $clock }

# Where one can go.
nav-overview = Overview
nav-settings = Settings
nav-chats = Chats
nav-permissions = Permissions
nav-interference = Conflicts
nav-data = Data
accounts-link = Accounts
to-accounts = To my accounts

# The accounts of this browser, signing in and out.
accounts-title = Your accounts
accounts-more = An account is here after it was linked in this browser. To manage another one, link it: if it is linked already, nothing of it changes.
accounts-add = Link another account
sign-out = Sign out
sign-in-title = Sign in to the management screen
sign-in = The provider has made this link for you. It can be used once.
sign-in-button = Sign in
signed-out-title = You are not signed in
signed-out = To see an account's management screen, link the account once more: LINE's screen is the proof that you are its admin. If it is linked already, nothing of it changes.
sign-in-by-linking = Link and sign in

# What is shown instead of a page.
not-found-title = There is no such page
not-found = The address may be mistyped, or the page was moved.
forged-title = That was not done
forged = The request did not come from a page of this screen, or the page was too old. Please go back, load the page again, and repeat it.
too-many-title = Too many changes at once
too-many = Please wait a minute, and go on then.
unavailable-title = This page cannot be shown right now
unavailable = There is a temporary problem. Please try again in a little while. Nothing of your account is lost.
left-title = The account is being unlinked
left = { $name } will be unlinked within a few minutes. Thank you for having used this extension.

# How it is going.
overview-title = Overview
badge-on = Answering
badge-off = Not answering
answering = It has been answering since { $since }.
paused-title = It is paused by the provider.
paused = The provider has paused the extension, usually for maintenance. You need not do anything; if it lasts, please ask them.
not-entitled-title = The service has ended for this account.
not-entitled = By the provider's books the account is not entitled to the service at the moment. Please contact them.
scope-missing-title = It may not send messages.
scope-missing = The permission to send messages was not granted. You can grant it under Permissions.
not-answering-title = It is not answering at the moment.
not-answering = Please contact the provider.
problems-title = What went wrong lately
problems-none = Nothing in the last seven days.
problem-fault = { $count ->
    [one] One message or tap could not be handled because of a fault in the extension.
   *[other] { $count } messages or taps could not be handled because of a fault in the extension.
}
problem-fault-remedy = The provider sees them, and can handle them once the fault is mended. You need not do anything.
problem-refused = { $count ->
    [one] LINE did not take one answer.
   *[other] LINE did not take { $count } answers.
}
problem-refused-remedy = Often the month's messages are used up: see below.
problem-late = { $count ->
    [one] One answer came too late to be sent.
   *[other] { $count } answers came too late to be sent.
}
problem-late-remedy = Please look through your chats: a customer may be waiting.
problem-unknown = { $count ->
    [one] Of one message this month it is not known whether it was delivered.
   *[other] Of { $count } messages this month it is not known whether they were delivered.
}
problem-unknown-remedy = They are not sent again, so that nobody is written to twice.
problem-denied = LINE has refused something for want of a permission: { $permission }.
problem-denied-remedy = Please grant it again:
overview-month = Messages in { $month }
sent-events = Messages and taps of customers
sent-replies = Replies (free)
sent-pushes = Other messages (counted)
sent-to-many = Messages to many (counted)
sent-users = Customers who were active
quota-title = Your plan at LINE
quota-used = Counted so far
quota-forecast = Expected by the end of the month
quota-limit = Your plan's limit
quota-left = Left
quota-label = { $used } of { $limit } messages are used, and { $forecast } are expected by the end of the month.
quota-label-unlimited = { $used } messages are counted this month.
quota-note = These numbers are the whole account's, and include what you broadcast yourself.
quota-unknown = LINE does not tell your plan's numbers at the moment.
quota-out = The month's messages are used up. Replies still work; reminders and other messages do not, until the plan is changed or the month is over.
quota-nearly-out = The month's messages are nearly used up. When they are, only replies still work.
quota-will-be-out = If it goes on like this, the messages will not last until the end of the month.

# Settings.
settings-title = Settings
settings-group = Settings
settings-save = Save
settings-preview = Preview without saving
settings-preview-title = Preview
settings-preview-lead = Your customers would read this:
settings-preview-only = This is a preview. Nothing is saved yet.
settings-saved = The settings are saved. They hold from the next message on.
settings-undone = The change was taken back.
settings-nothing = Nothing was changed.
settings-wrong = { $count ->
    [one] One setting needs another value. Nothing is saved yet.
   *[other] { $count } settings need other values. Nothing is saved yet.
}
settings-changed-meanwhile = Somebody else has saved settings while you were editing. Yours are kept below and are not saved yet: please look at them, and save again. Changed meanwhile:
settings-schema-changed = The extension was updated while you were editing, and its settings are not the same any more. Yours are kept below where they still fit: please look at them, and save again.
settings-undo-late = That change cannot be taken back any more: the settings were changed since.
settings-to-many = Messages to many count against your account's plan.
settings-place = Latitude and longitude, such as 35.6580, 139.7016. A map shows them when you press and hold the place.
settings-list = One a line, at most { $most } lines.
wrong-text = Please write one line of at most { $most } characters.
wrong-number = Please write a whole number from { $least } to { $most }.
wrong-decimal = Please write a number from { $least } to { $most }.
wrong-place = Please write two numbers with a comma between them, such as 35.6580, 139.7016.
wrong-list = Please write at most { $most } lines.
wrong-time = Please write a time of day, such as 09:30.
wrong-choice = Please choose one of these.
history-title = Changes
history-none = No changes in the last 90 days.
history-you = you
history-another = another admin
history-undo = Undo
value-on = on
value-off = off
value-empty = (empty)

# Chats.
chats-title = Chats
chats-lead = In each chat either the extension answers, or your staff do.
chats-none = There are no chats yet
chats-none-lead = A chat is here as soon as somebody writes to your account.
chats-chat = Chat
chats-holder = Who answers
chats-heard = Last change
chats-next = More chats
chat-user = Customer …{ $end }
chat-group = Group …{ $end }
holder-ours = Extension
holder-theirs = Staff
holder-gone = Gone
why-default = The extension answers, as usual.
why-not-default = Staff answer, as usual.
why-gone = The customer has blocked the account, or it is no longer in the group.
why-lapsed = The extension's time in this chat was over on { $at }.
why-taken = The extension has had the chat since { $at }.
why-taken-until = The extension has had the chat since { $at }, and has it until { $until }.
why-theirs = Staff or another system have had the chat since { $at }.
why-active = LINE has let the extension answer since { $at }.
why-standby = LINE has had somebody else answer since { $at }.
chat-take = Let the extension answer
chat-take-lead = The extension answers in this chat for 12 hours, or until it is given back.
chat-give-back = Let staff answer
chat-give-back-lead = Your staff answer in this chat, and the extension is silent.
chat-taken = The extension answers in this chat now.
chat-given-back = Your staff answer in this chat now.
chat-forbidden = That is not possible at the moment: the customer is gone, or a permission is missing.
chat-nobody = LINE knows nobody to speak to in this chat.
chat-not-done = LINE has not done it. Please try again in a little while.
chat-say-again = It was done at LINE, and could not be written down here. Please do it once more.
timeline-title = What happened
timeline-none = Nothing in the last 30 days.
timeline-note = What happened is kept for 30 days.
kind-message = The customer wrote
kind-edit = The customer changed a message
kind-unsend = The customer took a message back
kind-follow = The customer added the account as a friend
kind-unfollow = The customer blocked the account
kind-join = The account joined the group
kind-leave = The account left the group
kind-memberJoined = Somebody joined the group
kind-memberLeft = Somebody left the group
kind-postback = The customer tapped a button
kind-videoPlayComplete = The customer watched a video to its end
kind-beacon = The customer came near a beacon
kind-accountLink = The customer linked their member account
kind-membership = The customer's membership changed
kind-delivery = A notification reached the customer
kind-activated = The extension was given the chat
kind-deactivated = The extension gave the chat away
kind-timer = A time that the extension had planned
kind-signal = News from another chat
kind-command = News from the provider's systems
kind-erase = The data of this chat were erased
kind-other = Something that LINE told
verdict-handled = Done
verdict-recorded = Noted
verdict-standby = Staff's
verdict-gone = Gone
verdict-suspended = Suspended
verdict-paused = Paused
verdict-not-entitled = Service ended
verdict-detached = Not linked
verdict-scope-missing = Permission missing
verdict-to-many-not-allowed = Not allowed
verdict-token-expired = Too late
verdict-unknown = Not certain
verdict-refused = Refused
verdict-failed = Failed
verdict-waiting = Under way
came-nothing = The extension had nothing to do.
came-silent = The extension did something without writing, such as setting a menu.
came-sent = { $count ->
    [one] The extension sent one message.
   *[other] The extension sent { $count } messages.
}
came-recorded = It was noted, and nothing was to be done.
came-standby = Nothing was sent: staff or another system had the chat.
came-gone = Nothing was sent: the customer had blocked the account, or it was no longer in the group.
came-suspended = Nothing was sent: the account was suspended.
came-paused = Nothing was sent: the provider had paused the extension.
came-not-entitled = Nothing was sent: the service had ended for this account.
came-detached = Nothing was sent: the account was not linked.
came-scope-missing = Nothing was sent: a permission was missing.
came-to-many-not-allowed = Nothing was sent: messages to many are not switched on in the settings.
came-token-expired = The answer came too late, and LINE did not take it.
came-unknown = It is not certain whether the answer was delivered. It was not sent twice.
came-refused = LINE did not take the answer. The provider sees this.
came-failed = A fault of the extension. The provider sees this, and can handle it later.
came-waiting = It is being worked at, or is waiting for the next try.

# Permissions.
permissions-title = Permissions
permissions-lead = What you have allowed the extension to do for your account.
permissions-unknown = LINE has not told yet what was granted. Everything is tried until it does.
permission-granted = Granted
permission-missing = Not granted
permission-refused = Refused by LINE
permission-unknown = Not known
permission-without = It is needed for this: { $need }
permission-without-it = What needs it does not work.
permissions-more-lead = To grant more, link the account once more, and allow everything on LINE's screen. Settings and data stay as they are.
permissions-more = Grant more

# What gets in the way.
interference-title = Conflicts with other systems
interference-lead = Other systems that use the same account can get in the extension's way. This is what can be seen from here.
interference-good = All good
interference-none = Nothing was found that gets in the way of the extension.
interference-unchecked = LINE could not be asked about rich menus just now. Please look again in a little while.
interference-do = What to do:
interference-chats = Seen in:
default-menu-title = The account's rich menu is not the extension's
default-menu = Another system, or somebody in LINE Official Account Manager, has set another menu for all customers.
default-menu-remedy = Switch the other menu off where it was set. The extension sets its own again when you link the account once more.
user-menu-title = Some customers see another rich menu
user-menu = Another system has given single customers a menu of its own, which covers the extension's.
user-menu-remedy = Ask whoever runs the other system to stop linking rich menus to users.
taps-title = Taps on buttons that are not the extension's
taps = Customers have tapped buttons to which the extension had no answer. Another system may be sending messages with buttons.
taps-remedy = Use one system for messages with buttons, or ask the provider whether these buttons are an older version's.
standby-title = Somebody else answers in chats for more than a day
standby = In these chats LINE lets another system or your staff answer, and the extension is silent.
standby-remedy = If that is not intended, open the chat and let the extension answer. If it happens again and again, another system may be taking them.

# Data, and leaving.
data-title = Data
export-title = Download what is kept
export-lead = One file with everything that is kept of this account: a JSON object a line. Large accounts come in several files; the last line of a file says where the next one is.
export-button = Download
sign-out-all-title = Sign out everywhere
sign-out-all-lead = Ends every session that can see this account, on all devices. Do this if a device was lost, or somebody has left your team.
sign-out-all = Sign out everywhere
leave-title = Unlink the account
leave-lead = The extension stops working for this account:
leave-1 = Customers are not answered by it any more, from now on.
leave-2 = Its rich menus are taken away.
leave-3 = Planned reminders are not sent.
leave-4 = What is kept is erased after some time; download it before, if you need it.
leave-type = To go on, type the account's name: { $name }
leave-wrong = This is not the account's name. Nothing was changed.
leave-button = Unlink
