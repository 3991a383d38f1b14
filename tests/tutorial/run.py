#!/usr/bin/env python3
"""Does what docs/tutorial.md says, in a copy of the repository, and fails where something else comes of it.

The words after a block's language say what is done with it:

    sh run        a command that must succeed
    sh fails      a command that must not
    sh serve      `cargo dev`, on free ports; it serves until the next heading
    text seen     each line stands in what the command before has said, in this order; … is anything
    diff edit F   lines of the file F, one place after the other, a line @@ between them: - goes, + comes
    rust add F    goes to the end of F
    toml write F  is F

A block without such a word is only to be read.
"""

import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
COPY = ROOT / "target/tutorial/tree"
TARGET = (ROOT / os.environ.get("CARGO_TARGET_DIR", "target")).resolve()
# The addresses in the text, and by which name `cargo dev --json` tells them.
ADDRESSES = {"http://127.0.0.1:9000": "public_url", "http://127.0.0.1:9001": "line_url"}
FREE_PORTS = "--port 0 --line-port 0 --dynamodb-port 0 --sqs-port 0 --json"
PATIENCE = 900


class Wrong(Exception):
    """What the tutorial says is not so."""


class Reader:
    """Someone who does what they read."""

    def __init__(self):
        self.said = ""
        self.server = None
        self.addresses = {}

    def meet(self, word, argument, text):
        words = {"run": self.run, "fails": self.fail, "serve": self.serve, "seen": self.look}
        words |= {"edit": self.edit, "add": self.add, "write": self.write}
        if word not in words:
            raise Wrong(f"no block is marked with {word!r}")
        words[word](*([argument] if argument else []), text)

    def run(self, text):
        if self.shell(text) != 0:
            raise Wrong("it failed")

    def fail(self, text):
        if self.shell(text) == 0:
            raise Wrong("it was to fail")

    def shell(self, text):
        for address, name in ADDRESSES.items():
            text = text.replace(address, self.addresses.get(name, address))
        command = ["bash", "-euo", "pipefail", "-c", text]
        done = subprocess.run(command, cwd=COPY, env=environment(), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=PATIENCE)
        self.said = done.stdout
        return done.returncode

    def serve(self, text):
        command = f"exec {text.strip()} {FREE_PORTS}"
        self.server = subprocess.Popen(["bash", "-c", command], cwd=COPY, env=environment(),
                                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        line = self.server.stdout.readline()
        if not line:
            raise Wrong("it did not start")
        ready = json.loads(line)
        self.addresses = {name: ready[name].rstrip("/") for name in ADDRESSES.values()}
        for address in self.addresses.values():
            urllib.request.urlopen(address + "/", timeout=10).close()

    def stop(self):
        if self.server:
            self.server.send_signal(signal.SIGINT)
            self.server.wait(timeout=60)
        self.server, self.addresses = None, {}

    def look(self, text):
        said = iter(self.said.splitlines())
        for wanted in filter(str.strip, text.splitlines()):
            pattern = ".*".join(re.escape(part) for part in wanted.strip().split("…"))
            if not any(re.fullmatch(pattern, line.strip()) for line in said):
                raise Wrong(f"not seen, or not after what stands before it: {wanted}")

    def edit(self, path, text):
        file = COPY / path
        whole = file.read_text()
        for place in re.split(r"(?m)^@@\n", text):
            lines = place.splitlines(keepends=True)
            old = "".join(line[1:] or "\n" for line in lines if line[0] in " -\n")
            new = "".join(line[1:] or "\n" for line in lines if line[0] in " +\n")
            if whole.count(old) != 1:
                raise Wrong(f"this stands {whole.count(old)} times in {path}:\n{old}")
            whole = whole.replace(old, new)
        file.write_text(whole)

    def add(self, path, text):
        with open(COPY / path, "a", encoding="utf-8") as file:
            file.write("\n" + text)

    def write(self, path, text):
        (COPY / path).write_text(text)


def environment():
    return os.environ | {"CARGO_TARGET_DIR": str(TARGET), "CARGO_TERM_COLOR": "never", "RUST_BACKTRACE": "0"}


def copy():
    """The working copy as it is; what has not changed stays as old as it was, so that it is not built anew.

    Its crates have another version: they share the target folder, where cargo tells a workspace's crates apart by name
    and version and not by folder, and would take the one's for the other's.
    """
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    names = {name for name in names.split("\0") if name and (ROOT / name).is_file()}
    for file in [file for file in COPY.rglob("*") if file.is_file()]:
        if str(file.relative_to(COPY)) not in names:
            file.unlink()
    for folder in sorted((folder for folder in COPY.rglob("*") if folder.is_dir()), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()
    for name in names:
        to, content = COPY / name, (ROOT / name).read_bytes()
        if name == "Cargo.toml":
            content = re.sub(rb'(?m)^version = ".*"', b'version = "0.0.0-tutorial"', content, count=1)
        if not to.exists() or to.read_bytes() != content:
            to.parent.mkdir(parents=True, exist_ok=True)
            to.write_bytes(content)


def parts(text):
    """The headings, as their lines, and the marked blocks, as (line, word, argument, text)."""
    block = None
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        if block is None and line.startswith("```"):
            words = line[3:].split() + ["", "", ""]
            block = (number, words[1], words[2], [])
        elif block is not None and line.startswith("```"):
            if block[1]:
                yield (*block[:3], "".join(block[3]))
            block = None
        elif block is not None:
            block[3].append(line)
        elif line.startswith("#"):
            yield line.strip()


def main():
    copy()
    reader, begun = Reader(), time.monotonic()
    try:
        for part in parts((ROOT / "docs/tutorial.md").read_text()):
            if isinstance(part, str):
                reader.stop()
                print(f"{time.monotonic() - begun:4.0f} s  {part}", flush=True)
                continue
            number, word, argument, text = part
            try:
                reader.meet(word, argument, text)
            except (Wrong, subprocess.TimeoutExpired, OSError) as error:
                sys.exit(f"docs/tutorial.md:{number}: {error}\n\n{text}\nThe last command said:\n{reader.said}")
    finally:
        reader.stop()
    print(f"{time.monotonic() - begun:4.0f} s  all of it is so")


main()
