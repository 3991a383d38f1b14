greeting = Welcome
more = Show more
