"""Checks in the transformed template that everything that calls a function calls its alias.

The alias points to the published version, and during a deployment to two of them. A call of the function itself would
run code that is not released yet.
"""

import json
import re
import sys

# Of each kind of resource, what names the function that it calls.
CALLERS = {
    "AWS::Lambda::EventSourceMapping": lambda it: [it["FunctionName"]],
    "AWS::Lambda::Permission": lambda it: [it["FunctionName"]],
    "AWS::Scheduler::Schedule": lambda it: [it["Target"]["Arn"]],
    "AWS::ApiGatewayV2::Api": lambda it: [{"Ref": name} for name in integrations(it)],
}


def integrations(api):
    """The functions behind the routes. Their names stand within a text: …/functions/${Name}/invocations."""
    return re.findall(r"/functions/\$\{(\w+?)(?:\.Arn)?\}/invocations", json.dumps(api["Body"]))


def main(path):
    with open(path, encoding="utf-8") as file:
        resources = json.load(file)["Resources"]
    functions = {name for name, resource in resources.items() if resource["Type"] == "AWS::Lambda::Function"}
    aliases = {
        name: resource["Properties"]["FunctionName"]["Ref"]
        for name, resource in resources.items()
        if resource["Type"] == "AWS::Lambda::Alias"
    }
    called, wrong = set(), []
    for name, resource in resources.items():
        for target in CALLERS.get(resource["Type"], lambda _: [])(resource["Properties"]):
            alias = target.get("Ref")
            called.add(aliases.get(alias))
            if alias not in aliases:
                wrong.append(f"{name} calls {json.dumps(target)}, which is no alias")
        if resource["Type"] == "AWS::Lambda::EventInvokeConfig" and resource["Properties"]["Qualifier"] != "live":
            wrong.append(f"{name} is not the alias's")
    wrong += [f"nothing calls {name}" for name in sorted(functions - called)]
    for fault in wrong:
        print(fault, file=sys.stderr)
    print(f"{len(functions)} functions, {len(wrong)} faults in how they are called")
    return 1 if wrong else 0


sys.exit(main(sys.argv[1]))
