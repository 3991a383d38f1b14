#!/usr/bin/env python3
"""Holds that a module's tests, `cargo dev` and `cargo module` build nothing again that the tests of all have built.

Cargo builds a crate anew for other features, another profile, or another build of what it depends on. Which builds a
command needs is what cargo calls its unit graph; it shows that only as an unstable option.
"""

import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parents[2]
UNSTABLE = ["-Z", "unstable-options", "--unit-graph"]


def main():
    tests_of_all = builds("test", "--workspace")
    faults = 0
    for command in commands():
        for unit in again(builds(*command), tests_of_all):
            print(f"cargo {' '.join(command)} builds again what `cargo test --workspace` has built: {words(unit)}")
            faults += 1
    if faults:
        sys.exit("features that are missing go into infra/unified-features; what a profile says must hold for all")
    print("one build")


def commands():
    """What an author runs. The kit alone is what a module is built with that has no other dependencies."""
    for manifest in sorted(ROOT.glob("modules/*/Cargo.toml")):
        if manifest.parent.name != "sdk":  # is tested with all the others
            yield "test", "--package", tomllib.loads(manifest.read_text())["package"]["name"]
    yield "build", "--package", "line-module-kit"
    yield "build", "--bin", "dev"
    yield "build", "--bin", "module-cli"


def builds(*command):
    """The builds that a command needs, by what they are."""
    profiles_as_written = {key: value for key, value in os.environ.items() if not key.startswith("CARGO_PROFILE_")}
    environment = profiles_as_written | {"RUSTC_BOOTSTRAP": "1"}
    said = subprocess.run(["cargo", *command, "--locked", *UNSTABLE], cwd=ROOT, env=environment, check=True,
                          stdout=subprocess.PIPE)
    units, names = json.loads(said.stdout)["units"], {}

    def name(index):
        if index not in names:
            unit = units[index]
            needs = sorted(name(needed["index"]) for needed in unit["dependencies"])
            names[index] = hashlib.sha256(json.dumps([own(unit), needs], sort_keys=True).encode()).hexdigest()
        return names[index]

    return {name(index): unit | {"needs": [name(needed["index"]) for needed in unit["dependencies"]]}
            for index, unit in enumerate(units)}


def own(unit):
    """What makes a build another one, apart from what it needs. A profile's name is not: `cargo test` has its own."""
    profile = {key: value for key, value in unit["profile"].items() if key not in ("name", "panic")}
    return [profile] + [unit[key] for key in ("pkg_id", "target", "platform", "mode", "features")]


def again(some, all_of_them):
    """What is not among them, although all that it needs is: the rest follows from it."""
    return [unit for name, unit in some.items()
            if name not in all_of_them and all(needed in all_of_them for needed in unit["needs"])]


def words(unit):
    package = unit["pkg_id"].split("#")[-1]
    profile = unit["profile"]
    return (f"{package} ({unit['target']['name']}, {unit['mode']}) with the features {unit['features']}, "
            f"debug {profile['debuginfo']}, opt-level {profile['opt_level']}")


main()
