# What stands around every page. A translator may change what stands behind the = of each line.
frame-skip = Skip to the content
frame-nav = Pages
frame-language = Language
frame-support = Help:
frame-support-page = Support page
frame-terms = Terms of use
frame-privacy = Privacy policy

# The notice that LINE asks for while an account cannot be used. { $name } is the account.
locked-title = This page cannot be used
locked = The LINE Official Account { $name } is unavailable, so this page cannot be used.
locked-unnamed = The LINE Official Account is unavailable, so this page cannot be used.

# The permissions that an account gives.
scope-message-send = Send messages
scope-message-receive = Receive messages and other events
scope-account-manage = Set rich menus and read statistics
scope-message-mark-as-read = Mark messages as read
scope-profile-read = Read users' profiles
scope-message-templated-pnp = Send notification messages to phone numbers
scope-coupon-manage = Manage coupons
