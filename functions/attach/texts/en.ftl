# The pages by which an admin links an account. A translator may change what stands behind the =.

# The start page.
start-title = Link your LINE Official Account
start-lead = { $name } is an extension for LINE Official Accounts. An admin of the account must link it.
start-does = What it does
start-steps = How it goes
start-step-1 = The button opens a screen of LINE Official Account Manager.
start-step-2 = Choose the account to link, and allow it.
start-step-3 = You come back here, and can set up the extension at once.
start-permissions = What you will be asked to allow
start-know = Good to know
start-know-cost = Replies to your customers are free. Other messages that the extension sends count against your account's plan, and LINE may charge for them.
start-know-one = Only one extension can be linked to an account at a time.
start-know-beside = Please use no other system with the Messaging API of the same account: rich menus and answers of the two would get in each other's way.
start-know-leave = You can unlink it at any time.
start-price = Price
start-button = Start linking
start-note = Please finish within 15 minutes, in the same browser.
start-only = This link is for { $id } only.

# The account is linked.
linked-title = Your account is linked
linked = { $name } can now use { $extension }.
linked-unnamed = Your account
linked-first = What works now
linked-missing = What was not allowed
linked-missing-note = The extension works without it, but not all of it.
linked-again = Allow it again
linked-next = What comes next
linked-next-settings = Check the settings: they have good defaults, and you can change them at any time.
linked-next-try = Add your account as a friend with your own LINE app, and try it.
linked-open = Open the management screen
linked-signed-in = You are signed in to it in this browser.

# The account is not linked.
again = Start again
refused-title = Your account was not linked
refused = It was not allowed on LINE's screen, so nothing has changed.
failed-title = Your account could not be linked
failed = LINE did not accept it. Please try again; if it keeps happening, contact us.
misconfigured-title = This extension cannot be linked now
misconfigured = LINE did not accept it because of a mistake in the extension's settings. You did nothing wrong. Please contact the extension's provider, and try again later.
try-later-title = Linking is not possible right now
try-later = There is a temporary problem. Please wait a little and try again.
try-again = Try again
interrupted-title = Your account may or may not be linked
interrupted = Linking was interrupted. Please start again; if the account is linked already, this does no harm.
unlinked-title = Your account is no longer linked
unlinked = It was linked, and has been unlinked since. To use this extension again, start again.
start-over-title = This link cannot be used
start-over = It has been used already, or is too old. If you have seen the page that says so, your account is linked.
other-browser-title = Please use the browser you began with
other-browser = Linking can only be finished there. To go on in this browser, start again.
under-way-title = Linking is still in progress
under-way = Please wait. This page reloads by itself in a few seconds.

# The link is for another account than the one that was chosen.
another-title = Another account was chosen
another-unnamed = another account
another-unlinking = This link is for { $asked } only, but { $linked } was chosen, so that one is being unlinked. Start again and choose { $asked }.
another-stays = This link is for { $asked } only, but { $linked } was chosen. That one stays linked. Start again and choose { $asked }.

# The link itself is wrong.
uninvited-title = An invitation is needed
uninvited-none = Linking can only be started by the invitation that the provider has sent you. Please open that link.
uninvited-not-ours = This invitation is not a right one. Please check that you have opened the whole link, or ask the provider for a new one.
uninvited-run-out = This invitation has run out. Please ask the provider for a new one.
wrong-link-title = There is a mistake in this link
wrong-link-at = The account in the link, basic_search_id={ $id }, lacks its @: please open the link with basic_search_id=@{ $id } instead.
wrong-link-id = The account in the link, basic_search_id, is not a basic ID such as @381sakur: please ask whoever gave you the link for a correct one.
wrong-link-name = A link cannot be limited by { $name }: please ask whoever gave you the link for one without it.
