//! Addresses: which ones parameters and functions take, and what the bundle's own address is.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use regex_lite::Regex;
use serde_json::{Value, json};
use shared::env::Env;
use template::{is_made, template, with};
use template_file::Template;

const CERTIFICATE: &str =
    "arn:aws:acm:ap-northeast-1:123456789012:certificate/00000000-0000-0000-0000-000000000000";

/// A template with this domain.
fn with_domain() -> Template {
    with(&[
        ("DomainName", "bot.example.com"),
        ("CertificateArn", CERTIFICATE),
    ])
}

/// Whether CloudFormation takes this value for a parameter: its pattern must match all of it.
fn takes(parameter: &str, value: &str) -> bool {
    let template = template().unwrap();
    let pattern = template.document()["Parameters"][parameter]["AllowedPattern"].clone();
    let pattern = pattern.as_str().unwrap_or_else(|| panic!("{parameter}"));
    Regex::new(&format!("^(?:{pattern})$"))
        .unwrap()
        .is_match(value)
}

/// Whether the functions take it.
fn is_read(value: &str) -> bool {
    let env = Env::from_map([("LINE_API_URL".to_owned(), value.to_owned())].into());
    env.url("LINE_API_URL", "https://api.line.me").is_ok()
}

#[test]
fn an_address_is_https_or_this_machines_for_template_and_functions_alike() {
    let taken = [
        "",
        "https://api.line.me",
        "https://api.line.me:8443",
        "http://localhost:9001",
        "http://127.0.0.1",
    ];
    let refused = [
        "api.line.me",
        "http://api.line.me",
        "http://localhost.example.com",
        "http://127.0.0.1@example.com",
        "https://user@example.com",
        "https://",
        "https://example.com?query",
        "https://example.com#fragment",
        "https://exam ple.com",
        "ftp://example.com",
    ];
    for parameter in [
        "LineApiUrl",
        "LineDataApiUrl",
        "LineManagerUrl",
        "PublicUrl",
    ] {
        for address in taken {
            assert!(takes(parameter, address), "{parameter}: {address}");
        }
        for address in refused {
            assert!(!takes(parameter, address), "{parameter}: {address}");
        }
    }
    assert!(taken.into_iter().all(is_read));
    assert!(!refused.into_iter().any(is_read));
    // The outputs are the public address and a path, so that one does not end with a slash.
    for ends in ["https://api.line.me/", "https://proxy.example.com/line/"] {
        assert!(takes("LineApiUrl", ends) && is_read(ends), "{ends}");
        assert!(!takes("PublicUrl", ends), "{ends}");
    }
}

#[test]
fn a_domain_is_a_name_and_not_an_address() {
    for name in ["", "example.com", "bot.example.co.jp", "b-1.example.com"] {
        assert!(takes("DomainName", name), "{name}");
    }
    for name in [
        "https://example.com",
        "example.com/",
        "localhost",
        "-a.example.com",
        "Example.com",
    ] {
        assert!(!takes("DomainName", name), "{name}");
    }
}

#[test]
fn contradictions_between_addresses_are_refused() {
    let refusals = |values: &[(&str, &str)]| with(values).refusals().unwrap();
    let domain = ("DomainName", "bot.example.com");
    let certificate = ("CertificateArn", CERTIFICATE);
    let zone = ("HostedZoneId", "Z123");
    let public = ("PublicUrl", "https://bot.example.com");
    for agreed in [
        &[][..],
        &[public],
        &[domain, certificate],
        &[domain, certificate, zone],
    ] {
        assert_eq!(refusals(agreed), [""; 0], "{agreed:?}");
    }
    assert_eq!(refusals(&[domain]), ["DomainName needs CertificateArn."]);
    let both = refusals(&[domain, certificate, public]);
    assert!(both[0].starts_with("Give DomainName or PublicUrl, not both."));
    assert_eq!(
        refusals(&[certificate, zone]),
        [
            "CertificateArn is for DomainName, which is empty.",
            "HostedZoneId is for DomainName, which is empty.",
        ]
    );
}

/// The address in each output that has the public one, and that attach is given.
fn public_addresses(template: &Template) -> Vec<Value> {
    let outputs = ["StartPage", "WebhookUrl", "RedirectUrl"];
    let value = |name: &str| &template.document()["Outputs"][name]["Value"];
    let mut addresses: Vec<Value> = outputs
        .iter()
        .map(|name| template.resolve(value(name)).unwrap())
        .collect();
    let attach = template.function("AttachFunction").unwrap();
    addresses.push(json!(attach.variables["PUBLIC_URL"]));
    addresses
}

#[test]
fn the_public_address_is_the_domains_or_the_one_given_or_the_apis_own() {
    let of = |address: &str| {
        ["/", "/webhook", "/attach/callback", ""].map(|path| json!(format!("{address}{path}")))
    };
    assert_eq!(
        public_addresses(&with_domain()),
        of("https://bot.example.com")
    );
    let given = with(&[("PublicUrl", "https://www.example.com")]);
    assert_eq!(public_addresses(&given), of("https://www.example.com"));
    let own = public_addresses(&template().unwrap());
    assert_eq!(
        own[1],
        "https://HttpApi.execute-api.us-east-1.amazonaws.com/webhook"
    );
    // Then attach takes the host that was asked.
    assert_eq!(own[3], "");
}

#[test]
fn with_a_domain_the_apis_own_address_is_switched_off() {
    let switched_off = |template: &Template| {
        let api = &template.resource("HttpApi").unwrap()["Properties"];
        let switch = template.resolve(&api["DisableExecuteApiEndpoint"]);
        switch.unwrap() == json!(true)
    };
    assert!(switched_off(&with_domain()));
    assert!(!switched_off(&template().unwrap()));
    assert!(!switched_off(&with(&[(
        "PublicUrl",
        "https://www.example.com"
    )])));
}

#[test]
fn a_domain_leads_to_the_apis_default_stage() {
    let parts = ["ApiDomain", "ApiDomainMapping", "ApiDomainRecord"];
    let made = |template: &Template| parts.map(|part| is_made(template, part));
    assert_eq!(made(&template().unwrap()), [false, false, false]);
    let domain = with_domain();
    assert_eq!(made(&domain), [true, true, false]);
    let zone = domain
        .clone()
        .with_parameter("HostedZoneId", "Z123")
        .unwrap();
    assert_eq!(made(&zone), [true, true, true]);
    let mapping = &domain.resource("ApiDomainMapping").unwrap()["Properties"];
    assert_eq!(mapping["ApiId"]["Ref"], "HttpApi");
    assert_eq!(mapping["Stage"]["Ref"], "HttpApi.Stage");
    // A path of its own would stand before each route.
    assert!(mapping["ApiMappingKey"].is_null());
    let record = &zone.resource("ApiDomainRecord").unwrap()["Properties"];
    assert_eq!(
        record["AliasTarget"]["DNSName"]["Fn::GetAtt"],
        json!(["ApiDomain", "RegionalDomainName"])
    );
}
