//! Why each setting is one: what LINE leaves open, or what differs between channels.

/// The settings about rules that LINE leaves open or that a caller may want otherwise, each with
/// the reason for its default.
pub(super) const REASONS: &[(&str, &str)] = &[
    (
        "default_active",
        "The module channels of the LINE Marketplace have the Default Active feature; others do not.",
    ),
    (
        "code_ttl_s",
        "LINE tells that an authorization code expires, but not when. RFC 6749 recommends ten minutes at most.",
    ),
    (
        "access_token_ttl_s",
        "LINE documents 15 minutes for stateless tokens. Shorter ones try out a client's renewal.",
    ),
    (
        "reply_token_ttl_s",
        "LINE documents one minute, does not promise more, and says that it may change.",
    ),
    (
        "webhook_timeout_ms",
        "LINE's page on error statistics tells of two seconds.",
    ),
    (
        "hold_ms",
        "How long a call that is never answered hangs; long enough for any client to give up.",
    ),
    (
        "monthly_limit",
        "The quota depends on the account's plan. None is no limit.",
    ),
    (
        "limit_scale",
        "LINE publishes its rate limits. Smaller ones make a test reach them.",
    ),
    (
        "retry_key_before_quota",
        "LINE does not tell which of the two is checked first. A retry of an accepted request at the end of the quota shows the difference.",
    ),
    (
        "job_ms",
        "LINE gives no times for what it answers with 202: narrowcasts, uploads to audiences, rich menus of many users.",
    ),
    (
        "narrowcast_least_recipients",
        "LINE refuses to send to very few recipients, and a small world has no more.",
    ),
    (
        "richmenu_statistics_least_users",
        "LINE's help tells of 20 users who tapped within the period. A small world has fewer.",
    ),
    (
        "transcoding_ms",
        "LINE gives no times for the preparation of videos and audios.",
    ),
    (
        "preview_while_preparing",
        "LINE documents 202 for content that is not ready, and no answer for its preview.",
    ),
    (
        "length_required",
        "LINE's front end has refused requests without a length, which its documents do not ask for.",
    ),
    (
        "refuse_unknown_members",
        "LINE's reference has an error text for a property that is invalid, and does not say of which objects. Refusing them all finds misspelled members.",
    ),
    (
        "refuse_null_members",
        "LINE's texts say that a member may not be null where it must be there; of others the reference says nothing.",
    ),
    (
        "attach_answer",
        "The table of the reference has `scope` as text, its example and the OpenAPI file `scopes` as a list.",
    ),
    (
        "attached_event",
        "LINE does not tell whether the event or the answer comes first, and events can be lost or doubled.",
    ),
    ("attached_event_delay_ms", "LINE gives no times for it."),
    ("acquire_lock_ms", "LINE says `a few seconds`."),
    ("control_event_delay_ms", "LINE gives no times for it."),
    (
        "detach_lag_ms",
        "LINE says that there is a time lag, but not how long.",
    ),
    (
        "detached_event",
        "LINE documents the event for erased accounts; whether a detach call brings one is not said.",
    ),
    (
        "list_suspended",
        "LINE does not tell whether suspended accounts are in the list.",
    ),
    (
        "list_page",
        "LINE's documents say that more than 100 count as 100; a smaller page makes tests short.",
    ),
    (
        "plus_is_space",
        "LINE's documents show only `%20`; whether it reads `+` as a space is not said.",
    ),
    (
        "redelivery",
        "Redelivery is a switch on LINE's console, off unless somebody turns it on.",
    ),
    (
        "redelivery_schedule_s",
        "LINE discloses neither the number of redeliveries nor their times, and may change both.",
    ),
    (
        "error_statistics",
        "Error statistics are a switch on LINE's console; only what fails while it is on is counted.",
    ),
    (
        "wrong_client_status",
        "RFC 6749 allows 400 and 401; of the two LINE documents only 400 for attaching.",
    ),
    (
        "missing_bot_status",
        "LINE documents no status for a call without the header that selects the bot.",
    ),
    (
        "not_attached_status",
        "LINE documents no status for a bot that the module channel is not attached to.",
    ),
    (
        "suspended_status",
        "LINE documents no status for a suspended account.",
    ),
    (
        "missing_scope_status",
        "LINE documents no status for a scope that was not granted; 403 is its word for a call that an account may not make.",
    ),
    (
        "standby_status",
        "LINE only says that a standby channel is not to send.",
    ),
];
