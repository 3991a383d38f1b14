"""Our list of what LINE's webhooks are made of, against the models of LINE's own Python SDK.

The list is shared/tests/line_types/types.toml, and events.json beside it has a webhook in which all of it occurs.
What the SDK has and the list has not is named, and so is what the SDK does not read of the webhook as we wrote it.
"""

import inspect
import json
import pathlib
import re
import tomllib

from linebot.v3 import webhooks
from linebot.v3.webhooks import models

DATA = pathlib.Path(__file__).parents[2] / "shared/tests/line_types"
SCHEMAS = tomllib.loads((DATA / "types.toml").read_text())["schemas"]
WEBHOOK = json.loads((DATA / "events.json").read_text())


def private(model, name):
    """What the SDK keeps in a model under two underscores."""
    return getattr(model, f"_{model.__name__}__{name}", None)


def listed(name):
    """The members of a schema, those of the one that stands for it among them."""
    schema = SCHEMAS[name]
    members = {member.split(":")[0] for member in schema["members"]}
    return members | (listed(schema["of"]) if "of" in schema else set())


def words(model):
    """All that each member can say where the SDK knows it: it keeps that in the code of its checks."""
    check = r"@validator\('(\w+)'\)\s+def \w+_validate_enum\(.*?not in \((.*?)\):"
    for field, values in re.findall(check, inspect.getsource(model), re.DOTALL):
        yield model.__fields__[field].alias, re.findall(r"'([^']+)'", values)


def words_not_listed(name, model):
    """The same of what the members of a schema can say."""
    for member, values in words(model):
        known = SCHEMAS[name].get("words", {}).get(member, [])
        yield from (f"{name}.{member} of {value!r}" for value in values if value not in known)


def not_listed():
    """Each schema, type, member and word that the SDK has and the list has not, by its name."""
    modes = SCHEMAS["Event"]["words"]["mode"]
    missing = [f"Event.mode of {mode.value!r}" for mode in models.EventMode if mode.value not in modes]
    for name, model in inspect.getmembers(models, inspect.isclass):
        members = private(model, "properties")
        if members is None:
            continue  # EventMode, which is words alone
        if name not in SCHEMAS:
            missing.append(name)
            continue
        missing += words_not_listed(name, model)
        missing += [f"{name}.{member}" for member in members if member not in listed(name)]
        types = private(model, "discriminator_value_class_map") or {}
        for word, schema in types.items():
            entry = SCHEMAS.get(schema, {})
            if (entry.get("of"), entry.get("type")) != (name, word):
                missing.append(f"{name} of the type {word}")
    return missing


def not_read():
    """Each event of ours that is another one when the SDK has read it and written it again."""
    webhook = webhooks.CallbackRequest.from_dict(WEBHOOK)
    assert len(webhook.events) == len(WEBHOOK["events"])
    pairs = zip(webhook.events, WEBHOOK["events"])
    return [sent for read, sent in pairs if read.to_dict() != sent]
