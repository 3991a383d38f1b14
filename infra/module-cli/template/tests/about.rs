//! What the extension's pages say of it.

/// Before the channel is published nothing may be missing: then this list is empty.
#[test]
fn what_admins_would_look_for_and_is_missing_is_known() {
    let to_do = [
        "does",
        "first",
        "company",
        "icon",
        "accent",
        "price",
        "support.mail",
        "support.page",
        "support.hours",
        "terms",
        "privacy",
    ];
    assert_eq!(my_module::about().missing(), to_do);
}
