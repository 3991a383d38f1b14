"""Whether the documents speak of what is there: files, tests, links, and versions of what is installed.

A path or file name in backticks must exist; a test that is named must be a function; a link to a file must lead to one,
and to a heading of it, if it names one. What a document, the checks or a workflow install has a version, the one that
the checks have themselves; an action of a workflow has a commit's hash.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Names of files that a reader makes, or that are another project's.
ELSEWHERE = {"samconfig.toml", "cargo-lambda.log", "cargo-mutants.txt", "template.json", "line.json", "table.sqlite"}
ENDINGS = (".rs", ".md", ".toml", ".yaml", ".py", ".txt", ".stderr")


REQUIREMENTS = "tests/contract/requirements.txt"


# Documents whose rules are held by tests.
HELD_BY_TESTS = ("docs/invariants.md", "docs/security.md")


def tracked():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True)
    return [name for name in listed.stdout.splitlines() if (ROOT / name).exists()]


def anchor(heading):
    kept = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return kept.replace(" ", "-")


def without_blocks(text):
    return re.sub(r"(?ms)^```.*?^```", "", text)


class Documents:
    def __init__(self):
        self.files = tracked()
        self.names = {Path(name).name for name in self.files}
        folders = {str(parent) for name in self.files for parent in Path(name).parents}
        self.folders = folders - {"."}
        code = [(ROOT / name).read_text() for name in self.files if name.endswith((".rs", ".py"))]
        self.functions = set(re.findall(r"\b(?:fn|def) (\w+)", "\n".join(code)))
        self.wrong = []

    def is_path(self, path, document):
        if Path(path).name in ELSEWHERE or path.startswith(("target/", "modules/my-module")):
            return True
        path = path.rstrip("/")
        here = str(Path(document).parent / path)
        for known in (path, here):
            if known in self.files or known in self.folders:
                return True
        # In a table a file may be named by its end, as the folder stands before it.
        return any(name.endswith("/" + path) for name in [*self.files, *self.folders])

    def check(self, document):
        text = without_blocks((ROOT / document).read_text())
        for word in re.findall(r"`([^`\n]+)`", text):
            looks_like_path = re.fullmatch(r"[\w.@/-]+", word) and (
                word.endswith(ENDINGS) or re.fullmatch(r"[\w.-]+(/[\w.-]+)*/", word)
            )
            if looks_like_path and not word.startswith((".", "/")) and not self.is_path(word, document):
                self.wrong.append(f"{document}: there is no {word}")
        for said in re.findall(r"[Tt]ests? ((?:`\w+`(?:, | and )?)+)", text):
            for name in re.findall(r"`(\w+)`", said):
                if name not in self.functions:
                    self.wrong.append(f"{document}: there is no test {name}")
        for link in re.findall(r"\]\(([^)\s]+)\)|<img src=\"([^\"]+)\"", text):
            self.check_link(document, link[0] or link[1])

    def check_link(self, document, link):
        if re.match(r"[a-z]+:", link):
            return
        path, _, heading = link.partition("#")
        target = (ROOT / document).parent / path if path else ROOT / document
        if not target.exists():
            self.wrong.append(f"{document}: the link {link} leads nowhere")
        elif heading:
            headings = re.findall(r"(?m)^#+ (.*)$", without_blocks(target.read_text()))
            if heading not in map(anchor, headings):
                self.wrong.append(f"{document}: {path or document} has no heading for #{heading}")


def pinned():
    """The versions in the requirements, by name, and the lines without one."""
    lines = [line for line in (ROOT / REQUIREMENTS).read_text().splitlines() if line and not line.startswith("#")]
    versions = dict(line.split("==") for line in lines if "==" in line)
    return versions, [line for line in lines if "==" not in line]


def packages(words):
    """What stands behind `install`, without options and their values."""
    values = False
    for word in words:
        if not values and not word.startswith("-"):
            yield word
        values = word in ("--requirement", "-r", "--root")


def unpinned(text, versions):
    for tool, rest in re.findall(r"\b(pip|cargo|npm)\"? install ([^`\n;&|)]+)", text):
        for package in packages(rest.split()):
            name, _, version = package.partition("==" if tool == "pip" else "@")
            known = versions.get(name, version)
            if not version:
                yield f"{tool} install {package}: it has no version"
            elif version != known:
                yield f"{tool} install {package}: {REQUIREMENTS} has {known}"
    for action in re.findall(r"\buses: (\S+)", text):
        if not re.fullmatch(r"\S+@[0-9a-f]{40}", action):
            yield f"uses {action}: it has no commit's hash"


def check_versions(documents):
    versions, without = pinned()
    documents.wrong += [f"{REQUIREMENTS}: {line} has no version" for line in without]
    for name in documents.files:
        if name.endswith(".md") or name.startswith((".ci/", ".github/")):
            faults = unpinned((ROOT / name).read_text(), versions)
            documents.wrong += [f"{name}: {fault}" for fault in faults]


def check_tests(documents):
    """A rule is held by a test of that name: a name of four words or more is one."""
    code = "".join((ROOT / name).read_text() for name in documents.files if name.endswith(".rs"))
    known = set(re.findall(r"\bfn (\w+)", code))
    for name in HELD_BY_TESTS:
        for test in re.findall(r"`([a-z0-9]+(?:_[a-z0-9]+){3,})`", (ROOT / name).read_text()):
            if test not in known:
                documents.wrong.append(f"{name}: there is no test {test}")


def main():
    documents = Documents()
    check_versions(documents)
    check_tests(documents)
    for name in documents.files:
        # The generator's own README speaks of the module that it makes.
        if name.endswith(".md") and not name.startswith("infra/module-cli/template/"):
            documents.check(name)
    for wrong in documents.wrong:
        print(wrong, file=sys.stderr)
    print(f"{sum(name.endswith('.md') for name in documents.files)} documents, {len(documents.wrong)} faults")
    return 1 if documents.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
