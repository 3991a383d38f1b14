"""Writes the template as CloudFormation gets it, after SAM's transform, to standard output.

SAM writes roles, permissions and the API's definition itself. What it wrote is checked too, and that needs no account:
the transform is a function of the template and of the values of its parameters.
"""

import json
import sys

from samcli.yamlhelper import yaml_parse
from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.translator.transform import transform

# The parameters without a default.
GIVEN = {"LineChannelId": "1234567890", "LineBotHeader": "X-Bot"}


def uploaded(template):
    """Deploying puts each function's code into a bucket; the transform takes nothing else."""
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "s3://bucket/code.zip"
    return template


class NoManagedPolicies:
    """The transform asks for the account's managed policies. The template names none."""

    def load(self):
        return {}


def main(path):
    with open(path, encoding="utf-8") as file:
        template = uploaded(yaml_parse(file.read()))
    try:
        written = transform(template, GIVEN, NoManagedPolicies())
    except InvalidDocumentException as error:
        sys.exit("\n".join(cause.message for cause in error.causes))
    json.dump(written, sys.stdout, indent=2)


main(sys.argv[1])
