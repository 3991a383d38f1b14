//! `cargo dev` as a script starts it: one line of JSON when it is ready, and the addresses in it
//! answer.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use serde_json::Value;

#[tokio::test]
async fn it_says_in_one_line_where_everything_is() {
    let ports = ["--port", "--line-port", "--dynamodb-port", "--sqs-port"];
    let arguments = ports.iter().flat_map(|port| [*port, "0"]);
    let mut dev = Command::new(env!("CARGO_BIN_EXE_dev"))
        .args(arguments)
        .arg("--json")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut said = BufReader::new(dev.stdout.take().unwrap());
    said.read_line(&mut line).unwrap();
    let ready: Value = serde_json::from_str(&line).unwrap();
    for (name, path) in [("public_url", "/"), ("line_url", "/_emulator/state")] {
        let url = format!("{}{path}", ready[name].as_str().unwrap());
        let answer = reqwest::get(&url).await.unwrap();
        assert_eq!(answer.status(), 200, "{url}");
    }
    dev.kill().unwrap();
    dev.wait().unwrap();
}
