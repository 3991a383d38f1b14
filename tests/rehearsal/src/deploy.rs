//! Deploying as a person does: `sam deploy` of what `sam build` has built.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tokio::process::Command;

use crate::aws::Aws;
use crate::error::{Failed, because};

pub(crate) const STACK: &str = "rehearsal";

/// What is deployed: template and bootstraps of a build, and the parameters.
#[derive(Debug, Clone)]
pub(crate) struct Deployment {
    /// `sam build`'s folder: template.yaml, and a folder for each function.
    pub(crate) build: PathBuf,
    pub(crate) parameters: BTreeMap<String, String>,
}

impl Deployment {
    /// The same with other parameters.
    pub(crate) fn with(&self, parameters: &[(&str, &str)]) -> Self {
        let mut changed = self.clone();
        for (name, value) in parameters {
            changed
                .parameters
                .insert((*name).to_owned(), (*value).to_owned());
        }
        changed
    }

    /// The next release: other code, in a build of its own under `folder`. Its programs do the same, and have the
    /// release's name behind their end.
    pub(crate) fn next(&self, release: &str, folder: &Path) -> Result<Self, Failed> {
        let build = folder.join(format!("release-{release}"));
        let _ = fs::remove_dir_all(&build); // of an earlier run
        copy(&self.build, &build, release).map_err(because("a copy of the build"))?;
        Ok(Self {
            build,
            ..self.with(&[("Release", release)])
        })
    }

    /// Deploys it, and waits until CloudFormation is done.
    ///
    /// # Errors
    /// What `sam deploy` says at its end.
    pub(crate) async fn deploy(&self, aws: &Aws, sam: &Path) -> Result<(), Failed> {
        let values = self
            .parameters
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        let output = Command::new(sam)
            .current_dir(&self.build)
            .envs(aws.variables())
            .args([
                "deploy",
                "--template-file",
                "template.yaml",
                "--stack-name",
                STACK,
                "--resolve-s3",
            ])
            .args(["--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"])
            .args([
                "--no-confirm-changeset",
                "--no-fail-on-empty-changeset",
                "--no-progressbar",
            ])
            .arg("--parameter-overrides")
            .args(values)
            .output()
            .await
            .map_err(because("sam deploy"))?;
        if output.status.success() {
            return Ok(());
        }
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        let lines: Vec<_> = said
            .lines()
            .filter(|line| !line.trim().is_empty())
            .collect();
        let last = lines[lines.len().saturating_sub(12)..].join("\n");
        Err(Failed(format!("sam deploy failed:\n{last}")))
    }
}

fn copy(from: &Path, to: &Path, release: &str) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target, release)?;
            continue;
        }
        fs::copy(entry.path(), &target)?;
        if entry.file_name() == "bootstrap" {
            let mut bootstrap = OpenOptions::new().append(true).open(&target)?;
            bootstrap.write_all(release.as_bytes())?;
        }
    }
    Ok(())
}

/// What CloudFormation has made.
#[derive(Debug, Clone)]
pub(crate) struct Deployed {
    /// Physical ids by logical ones.
    pub(crate) resources: BTreeMap<String, String>,
}

impl Deployed {
    pub(crate) async fn read(aws: &Aws) -> Result<Self, Failed> {
        let client = aws_sdk_cloudformation::Client::new(&aws.config());
        let listed = client
            .list_stack_resources()
            .stack_name(STACK)
            .into_paginator();
        let pages = listed.items().send();
        let resources = pages.collect::<Result<Vec<_>, _>>().await;
        let resources = resources.map_err(because("the stack's resources"))?;
        let resources = resources.iter().filter_map(|it| {
            let logical = it.logical_resource_id()?.to_owned();
            Some((logical, it.physical_resource_id()?.to_owned()))
        });
        Ok(Self {
            resources: resources.collect(),
        })
    }

    /// A resource's physical id.
    pub(crate) fn resource(&self, logical: &str) -> Result<&str, Failed> {
        let found = self.resources.get(logical).map(String::as_str);
        found.ok_or_else(|| Failed(format!("the stack has no {logical}")))
    }
}
