//! Values that CloudFormation refuses, each with a sentence that a person can act by.

/// Wrong parameters, and what is said of them.
type Refusal = (&'static [(&'static str, &'static str)], &'static str);

const ADDRESS: &str =
    "must be empty, or an address with https:// (http:// for localhost or 127.0.0.1 only)";
const NO_SLASH: &str = "https:// and a host name without a slash at the end";

#[rustfmt::skip]
pub(super) const REFUSALS: &[Refusal] = &[
    (&[("LineChannelId", "my channel")], "must be the channel ID's digits"),
    (&[("LineBotHeader", "X-Bot: 1")], "must be the name of an HTTP header"),
    (&[("LineScopes", "")], "LineScopes"),
    (&[("LineDefaultActive", "yes")], "LineDefaultActive"),
    (&[("MaySendToMany", "yes")], "MaySendToMany"),
    (&[("LineRegion", "TH")], "LineRegion"),
    (&[("LineBrandType", "premium,verified")], "must be empty, or of premium, verified and unverified"),
    (&[("RequireInvitation", "no")], "RequireInvitation"),
    (&[("LineApiUrl", "http://api.example.com")], ADDRESS),
    (&[("LineDataApiUrl", "data.example.com")], ADDRESS),
    (&[("LineManagerUrl", "https://")], ADDRESS),
    (&[("PublicUrl", "https://bot.example.com/")], NO_SLASH),
    (&[("DomainName", "https://bot.example.com")], "must be empty, or a domain name in lower case without https://"),
    (&[("CertificateArn", "bot.example.com")], "must be empty, or the ARN of an ACM certificate"),
    (&[("HostedZoneId", "example.com.")], "must be empty, or the ID of a hosted zone"),
    (&[("DomainName", "bot.example.com"), ("PublicUrl", "")], "DomainName needs CertificateArn."),
    (
        &[("DomainName", "bot.example.com"), ("CertificateArn", "arn:aws:acm:us-east-1:000000000000:certificate/1")],
        "Give DomainName or PublicUrl, not both.",
    ),
    (
        &[("CertificateArn", "arn:aws:acm:us-east-1:000000000000:certificate/1")],
        "CertificateArn is for DomainName, which is empty.",
    ),
    (&[("HostedZoneId", "Z123")], "HostedZoneId is for DomainName, which is empty."),
    (&[("Architecture", "amd64")], "Architecture"),
    (&[("WebhookReservedConcurrency", "-1")], "not less than 0"),
    (&[("WorkerMaximumConcurrency", "1")], "not less than 2"),
    (&[("WorkerMaximumConcurrency", "1001")], "not greater than 1000"),
    (&[("WebhookThrottlingRateLimit", "0")], "not less than 1"),
    (&[("WebhookThrottlingBurstLimit", "0")], "not less than 1"),
    (&[("ThrottlingRateLimit", "0")], "not less than 1"),
    (&[("ThrottlingBurstLimit", "0")], "not less than 1"),
    (&[("TableName", "a table")], "must be empty, or a table's name"),
    (&[("TableName", "restored")], "TableName needs TableStreamLabel, or nobody counts what accounts use."),
    (&[("TableStreamLabel", "latest")], "must be empty, or the label of a table's stream"),
    (&[("TableStreamLabel", "2026-11-30T00:00:00.000")], "TableStreamLabel is for TableName, which is empty."),
    (&[("TableKeyArn", "alias/my-key")], "must be empty, or the ARN of a KMS key (not of an alias)"),
    (&[("TableDeletionProtection", "on")], "TableDeletionProtection"),
    (&[("EraseAfterDays", "0")], "not less than 1"),
    (&[("ParkedDays", "14")], "not less than 15"),
    (&[("ProfileDays", "1")], "not less than 2"),
    (&[("Release", "a release")], "must be of letters, digits, points, colons, underscores and hyphens"),
    (&[("DeploymentType", "Linear")], "DeploymentType"),
    (&[("LogRetentionDays", "10")], "LogRetentionDays"),
    (&[("LogLevel", "info")], "LogLevel"),
    (&[("SystemLogLevel", "ERROR")], "SystemLogLevel"),
    (&[("NoWebhookHours", "169")], "not greater than 168"),
];
