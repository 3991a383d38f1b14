"""ministack, the emulator of AWS, with what it lacks for this template filled in, and every call written down.

    aws.py RECORDING

Each filling is for a gap of the emulator that has a name. Where the gap has closed, this ends with a sentence that says
so: then the filling must go. RECORDING gets a line of JSON for each call that a function makes.
"""

import json
import os
import sys
from urllib.parse import parse_qsl

from ministack import app
from ministack.services import lambda_svc, secretsmanager
from ministack.services.cloudformation import provisioners

TYPES = provisioners._RESOURCE_HANDLERS


def closed(gap):
    """Ends the whole process, from whichever thread."""
    print(f"the emulator has now {gap}: take its filling out of tests/rehearsal/aws.py", file=sys.stderr, flush=True)
    os._exit(1)


def placeholder(logical_id, properties, stack):
    """A resource that is nothing but its name."""
    return f"{stack}-{logical_id}", {"Arn": f"arn:aws:placeholder:::{stack}-{logical_id}"}


def keep(physical_id, old, new, stack):
    return physical_id, {"Arn": f"arn:aws:placeholder:::{physical_id}"}


def types_without_a_provisioner():
    """Gradual deployments and saved queries: CloudFormation there does not know their types."""
    for kind in ("AWS::CodeDeploy::Application", "AWS::CodeDeploy::DeploymentGroup", "AWS::Logs::QueryDefinition"):
        if kind in TYPES:
            closed(kind)
        TYPES[kind] = {"create": placeholder, "update": keep, "delete": provisioners._cfn_noop_delete}


def alarms_of_metric_math():
    """An alarm over an expression of several metrics is refused there."""
    alarm = TYPES["AWS::CloudWatch::Alarm"]
    expression = {"Metrics": [{"Id": "a", "Expression": "1"}], "ComparisonOperator": "GreaterThanThreshold",
                  "EvaluationPeriods": 1, "Threshold": 1}
    try:
        alarm["create"]("Probe", expression, "probe")
    except ValueError:
        pass
    else:
        closed("alarms of metric math")

    def create(logical_id, properties, stack):
        make = placeholder if "Metrics" in properties else alarm["create"]
        return make(logical_id, properties, stack)

    def update(physical_id, old, new, *more):
        return keep(physical_id, old, new, None) if "Metrics" in new else alarm["update"](physical_id, old, new, *more)

    def delete(physical_id, properties, *more):
        if "Metrics" not in properties:
            alarm["delete"](physical_id, properties, *more)

    TYPES["AWS::CloudWatch::Alarm"] = {**alarm, "create": create, "update": update, "delete": delete}


def secrets():
    """A secret without a value has an empty one there, and Ref gives its name instead of its ARN."""
    secret = TYPES["AWS::SecretsManager::Secret"]
    reference, _ = secret["create"]("Probe", {}, "probe")
    probe = secretsmanager._secrets.pop(reference, None)
    if probe is None or not probe["Versions"]:
        closed("secrets as in AWS")

    def named(arn):
        return next((name for name, kept in secretsmanager._secrets.items() if kept["ARN"] == arn), arn)

    def create(logical_id, properties, stack):
        name, attributes = secret["create"](logical_id, properties, stack)
        if not {"SecretString", "GenerateSecretString"} & set(properties):
            secretsmanager._secrets[name]["Versions"].clear()
        return attributes["Arn"], attributes

    def update(arn, *more):
        _, attributes = secret["update"](named(arn), *more)
        return arn, attributes

    def delete(arn, *more):
        secret["delete"](named(arn), *more)

    TYPES["AWS::SecretsManager::Secret"] = {**secret, "create": create, "update": update, "delete": delete}


def functions_by_name():
    """A call does not tell which function makes it: all have the same keys. The session token, which nobody checks
    there, becomes the function's name."""
    worker_env = lambda_svc._provided_worker_env

    def named(config, code_dir, port):
        return {**worker_env(config, code_dir, port), "AWS_SESSION_TOKEN": config["FunctionName"]}

    lambda_svc._provided_worker_env = named


def shards_of_tumbling_windows():
    """Where a mapping has a tumbling window, Lambda names the shard of a batch. There, the batch is all."""
    execute = lambda_svc._execute_function

    def with_shard(function, event, *more, **named):
        records = event.get("Records") or [{}] if isinstance(event, dict) else [{}]
        if records[0].get("eventSource") == "aws:dynamodb":
            if "shardId" in event:
                closed("shards of tumbling windows")
            event = {**event, "shardId": "shardId-00000000000000000000-rehearsal", "state": {},
                     "eventSourceARN": records[0]["eventSourceARN"], "isFinalInvokeForWindow": False,
                     "isWindowTerminatedEarly": False}
        return execute(function, event, *more, **named)

    lambda_svc._execute_function = with_shard


class Recorder:
    """Writes down who calls what. Whatever has no token of a function is somebody else's call."""

    def __init__(self, inner, path):
        self.inner = inner
        self.file = open(path, "a", buffering=1, encoding="utf-8")

    async def __call__(self, scope, receive, send):
        headers = {name.decode().lower(): value.decode() for name, value in scope.get("headers", [])}
        function = headers.get("x-amz-security-token")
        if scope["type"] != "http" or not function:
            return await self.inner(scope, receive, send)
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        self.write(function, headers, body)
        messages = [{"type": "http.request", "body": body, "more_body": False}]

        async def replay():
            return messages.pop() if messages else await receive()

        return await self.inner(scope, replay, send)

    def write(self, function, headers, body):
        target = headers.get("x-amz-target", "")
        request = json.loads(body) if target else dict(parse_qsl(body.decode()))
        called = {"function": function, "target": target or request.get("Action", ""), "request": request}
        self.file.write(json.dumps(called, ensure_ascii=False) + "\n")


def main():
    recording = sys.argv.pop(1)
    types_without_a_provisioner()
    alarms_of_metric_math()
    secrets()
    shards_of_tumbling_windows()
    functions_by_name()
    app.app = Recorder(app.app, recording)
    app.main()


if __name__ == "__main__":
    main()
