"""Asks an SQS endpoint, with boto3, whether its FIFO queues do what this project relies on.

    python3 sqs_probe.py http://127.0.0.1:9003

One line for each check, then `N passed, M failed`; the exit code is 1 if a check failed.
It makes queues of its own, so it can be run again on the same server.
"""

import json
import sys
import threading
import time
import uuid

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

MEBIBYTE = 1024 * 1024
CHECKS = []


def check(function):
    """A check: it is named by its function, and fails by raising."""
    CHECKS.append(function)
    return function


class Queue:
    """A queue that only one check uses."""

    def __init__(self, sqs, **attributes):
        self.sqs = sqs
        self.name = f"probe-{uuid.uuid4().hex}.fifo"
        attributes = {"FifoQueue": "true", **attributes}
        self.url = sqs.create_queue(QueueName=self.name, Attributes=attributes)["QueueUrl"]

    def attributes(self):
        return self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["All"])["Attributes"]

    def send(self, body, group="g", id=None, **more):
        """Sends a message whose deduplication id is its body, if no other is given."""
        return self.sqs.send_message(
            QueueUrl=self.url,
            MessageBody=body,
            MessageGroupId=group,
            MessageDeduplicationId=id or body,
            **more,
        )

    def receive(self, most=10, **more):
        answer = self.sqs.receive_message(
            QueueUrl=self.url,
            MaxNumberOfMessages=most,
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
            **more,
        )
        return answer.get("Messages", [])

    def bodies(self, most=10, **more):
        return [message["Body"] for message in self.receive(most, **more)]

    def delete(self, message):
        self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])

    def change(self, message, seconds):
        self.sqs.change_message_visibility(
            QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=seconds
        )


def equal(got, wanted):
    if got != wanted:
        raise AssertionError(f"got {got!r}, wanted {wanted!r}")


def refused(code, call, *arguments, **named):
    """The call must fail with this code."""
    try:
        call(*arguments, **named)
    except ClientError as error:
        equal(error.response["Error"]["Code"], code)
        equal(error.response["Error"]["Type"], "Sender")
        return error
    raise AssertionError(f"was not refused with {code}")


@check
def a_message_comes_back_whole(sqs):
    queue = Queue(sqs)
    attributes = {
        "text": {"DataType": "String", "StringValue": "x"},
        "number": {"DataType": "Number", "StringValue": "1.5"},
        "bytes": {"DataType": "Binary", "BinaryValue": b"\x00\xff"},
    }
    body = "tab\t line\r\n \u00e9 \ud7ff \ue000 \ufffd \U00010000 \U0010ffff"
    sent = queue.send(body, id="d", MessageAttributes=attributes)
    [message] = queue.receive()
    equal(message["Body"], body)
    equal(message["MessageAttributes"], attributes)
    equal(message["MD5OfBody"], sent["MD5OfMessageBody"])
    equal(message["MD5OfMessageAttributes"], sent["MD5OfMessageAttributes"])


@check
def system_attributes_are_returned(sqs):
    queue = Queue(sqs)
    sent = queue.send("m")
    [message] = queue.receive()
    attributes = message["Attributes"]
    equal(attributes["MessageGroupId"], "g")
    equal(attributes["MessageDeduplicationId"], "m")
    equal(attributes["SequenceNumber"], sent["SequenceNumber"])
    equal(attributes["ApproximateReceiveCount"], "1")
    for name in ["SenderId", "SentTimestamp", "ApproximateFirstReceiveTimestamp"]:
        if name not in attributes:
            raise AssertionError(f"{name} is missing")


@check
def messages_of_a_group_come_together_and_in_order(sqs):
    queue = Queue(sqs)
    for group, body in [("1", "1a"), ("2", "2a"), ("1", "1b"), ("1", "1c")]:
        queue.send(body, group)
    equal(queue.bodies(), ["1a", "1b", "1c", "2a"])


@check
def sequence_numbers_grow(sqs):
    queue = Queue(sqs)
    numbers = [int(queue.send(str(number), str(number))["SequenceNumber"]) for number in range(5)]
    equal(numbers, sorted(set(numbers)))


@check
def a_group_in_flight_holds_back_its_later_messages_only(sqs):
    queue = Queue(sqs)
    for group, body in [("1", "1a"), ("1", "1b"), ("2", "2a")]:
        queue.send(body, group)
    [first] = queue.receive(1)
    equal(first["Body"], "1a")
    equal(queue.bodies(), ["2a"])
    queue.delete(first)
    equal(queue.bodies(), ["1b"])


@check
def a_group_stays_locked_after_a_partial_delete(sqs):
    queue = Queue(sqs)
    for body in ["a", "b", "c"]:
        queue.send(body)
    first, second = queue.receive(2)
    queue.delete(first)
    equal(queue.bodies(), [])
    queue.delete(second)
    equal(queue.bodies(), ["c"])


@check
def a_message_given_back_waits_for_a_later_one_in_flight(sqs):
    queue = Queue(sqs)
    for body in ["a", "b", "c"]:
        queue.send(body)
    first, second = queue.receive(2)
    queue.change(first, 0)
    equal(queue.bodies(), [])
    queue.change(second, 0)
    equal(queue.bodies(), ["a", "b", "c"])


@check
def a_batch_given_back_comes_again_in_order(sqs):
    queue = Queue(sqs)
    for body in ["a", "b", "c"]:
        queue.send(body)
    entries = [
        {"Id": str(index), "ReceiptHandle": message["ReceiptHandle"], "VisibilityTimeout": 0}
        for index, message in enumerate(queue.receive())
    ]
    changed = sqs.change_message_visibility_batch(QueueUrl=queue.url, Entries=entries)
    equal([entry["Id"] for entry in changed["Successful"]], ["0", "1", "2"])
    messages = queue.receive()
    equal([message["Body"] for message in messages], ["a", "b", "c"])
    equal(messages[0]["Attributes"]["ApproximateReceiveCount"], "2")


@check
def a_duplicate_is_answered_like_the_first(sqs):
    queue = Queue(sqs)
    first = queue.send("one", "g", "id")
    second = queue.send("two", "h", "id")
    equal(second["MessageId"], first["MessageId"])
    equal(second["SequenceNumber"], first["SequenceNumber"])
    equal(queue.bodies(), ["one"])


@check
def a_duplicate_is_known_after_deletion(sqs):
    queue = Queue(sqs)
    queue.send("m")
    [message] = queue.receive()
    queue.delete(message)
    queue.send("m")
    equal(queue.bodies(), [])


@check
def high_throughput_deduplicates_by_group(sqs):
    queue = Queue(
        sqs, DeduplicationScope="messageGroup", FifoThroughputLimit="perMessageGroupId"
    )
    queue.send("one", "g", "id")
    queue.send("two", "h", "id")
    queue.send("three", "h", "id")
    equal(queue.bodies(), ["one", "two"])
    equal(queue.attributes()["FifoThroughputLimit"], "perMessageGroupId")


@check
def deduplication_by_content_needs_no_id(sqs):
    queue = Queue(sqs, ContentBasedDeduplication="true")
    for body in ["a", "a", "b"]:
        sqs.send_message(QueueUrl=queue.url, MessageBody=body, MessageGroupId="g")
    equal(queue.bodies(), ["a", "b"])


@check
def group_and_deduplication_id_are_required(sqs):
    queue = Queue(sqs)
    refused("MissingParameter", sqs.send_message, QueueUrl=queue.url, MessageBody="m")
    without_id = {"MessageBody": "m", "MessageGroupId": "g"}
    refused("InvalidParameterValue", sqs.send_message, QueueUrl=queue.url, **without_id)
    good = {"Id": "0", "MessageBody": "m", "MessageGroupId": "g", "MessageDeduplicationId": "d"}
    for bad in [{"Id": "1", "MessageBody": "m"}, {"Id": "1", **without_id}]:
        batch = {"QueueUrl": queue.url, "Entries": [good, bad]}
        refused("InvalidParameterValue", sqs.send_message_batch, **batch)
    for odd in ["a b", "x" * 129]:
        refused("InvalidParameterValue", queue.send, "m", odd, "d")
        refused("InvalidParameterValue", queue.send, "m", "g", odd)
    refused("InvalidParameterValue", queue.send, "m", DelaySeconds=1)


@check
def one_bad_entry_of_a_batch_harms_no_other(sqs):
    queue = Queue(sqs)
    entries = [
        {"Id": id, "MessageBody": body, "MessageGroupId": "g", "MessageDeduplicationId": id}
        for id, body in [("0", "a"), ("1", "\x01"), ("2", "b")]
    ]
    answer = sqs.send_message_batch(QueueUrl=queue.url, Entries=entries)
    equal([entry["Id"] for entry in answer["Successful"]], ["0", "2"])
    [failed] = answer["Failed"]
    equal((failed["Id"], failed["Code"], failed["SenderFault"]), ("1", "InvalidMessageContents", True))
    equal(queue.bodies(), ["a", "b"])


@check
def batches_that_are_wrong_are_refused_whole(sqs):
    queue = Queue(sqs)
    prefix = "AWS.SimpleQueueService."

    def send(*ids, body="m"):
        entries = [
            {"Id": id, "MessageBody": body, "MessageGroupId": "g", "MessageDeduplicationId": "d"}
            for id in ids
        ]
        sqs.send_message_batch(QueueUrl=queue.url, Entries=entries)

    refused(prefix + "EmptyBatchRequest", send)
    refused(prefix + "TooManyEntriesInBatchRequest", send, *map(str, range(11)))
    refused(prefix + "BatchEntryIdsNotDistinct", send, "a", "b", "a")
    for odd in ["a.b", "", "x" * 81]:
        refused(prefix + "InvalidBatchEntryId", send, odd)
    refused(prefix + "BatchRequestTooLong", send, "a", "b", body="x" * (MEBIBYTE // 2 + 1))
    equal(queue.bodies(), [])


@check
def a_message_may_have_one_mebibyte_with_its_attributes(sqs):
    queue = Queue(sqs)
    attributes = {"k": {"DataType": "String", "StringValue": "x"}}
    longest = "a" * (MEBIBYTE - len("kStringx"))
    queue.send(longest, id="fits", MessageAttributes=attributes)
    refused("InvalidParameterValue", queue.send, longest + "a", id="not", MessageAttributes=attributes)


@check
def a_long_poll_returns_when_a_message_arrives(sqs):
    queue = Queue(sqs)
    got = []
    poll = threading.Thread(target=lambda: got.extend(queue.bodies(WaitTimeSeconds=20)))
    began = time.monotonic()
    poll.start()
    queue.send("m")
    poll.join()
    equal(got, ["m"])
    if time.monotonic() - began > 15:
        raise AssertionError("it waited to its end")


@check
def a_message_comes_again_after_its_time_out_with_another_handle(sqs):
    queue = Queue(sqs)
    queue.send("m")
    [first] = queue.receive(VisibilityTimeout=3)
    equal(queue.bodies(), [])
    [second] = queue.receive(WaitTimeSeconds=10)
    equal(second["MessageId"], first["MessageId"])
    if second["ReceiptHandle"] == first["ReceiptHandle"]:
        raise AssertionError("the handle is the same")
    refused("InvalidParameterValue", queue.delete, first)
    refused("InvalidParameterValue", queue.change, first, 10)
    entry = {"Id": "0", "ReceiptHandle": first["ReceiptHandle"]}
    answer = sqs.delete_message_batch(QueueUrl=queue.url, Entries=[entry])
    equal(answer["Failed"][0]["Code"], "ReceiptHandleIsInvalid")
    queue.delete(second)
    queue.delete(second)


@check
def a_message_not_in_flight_cannot_be_held_longer(sqs):
    queue = Queue(sqs)
    queue.send("m")
    [message] = queue.receive(VisibilityTimeout=0)
    refused("AWS.SimpleQueueService.MessageNotInflight", queue.change, message, 10)
    refused("InvalidParameterValue", queue.delete, message)
    refused("InvalidParameterValue", queue.change, message, 43201)


@check
def a_handle_that_is_none_is_refused(sqs):
    queue = Queue(sqs)
    for call in [queue.delete, lambda message: queue.change(message, 0)]:
        refused("ReceiptHandleIsInvalid", call, {"ReceiptHandle": "garbage"})


@check
def the_delay_of_the_queue_holds_messages_back(sqs):
    queue = Queue(sqs, DelaySeconds="3")
    for body in ["a", "b"]:
        queue.send(body)
    equal(queue.bodies(), [])
    equal(queue.attributes()["ApproximateNumberOfMessagesDelayed"], "2")
    equal(queue.bodies(WaitTimeSeconds=10)[0], "a")


@check
def a_poison_message_moves_on_and_frees_its_group(sqs):
    dead = Queue(sqs)
    arn = dead.attributes()["QueueArn"]
    policy = {"deadLetterTargetArn": arn, "maxReceiveCount": 2}
    queue = Queue(sqs, RedrivePolicy=json.dumps(policy))
    sent = queue.send("poison")
    queue.send("next")
    for _ in range(2):
        equal(queue.bodies(1, VisibilityTimeout=0), ["poison"])
    equal(queue.bodies(1), ["next"])
    [message] = dead.receive(WaitTimeSeconds=10)
    equal((message["Body"], message["MessageId"]), ("poison", sent["MessageId"]))
    equal(message["Attributes"]["MessageGroupId"], "g")
    equal(message["Attributes"]["DeadLetterQueueSourceArn"], queue.attributes()["QueueArn"])


@check
def queues_are_created_as_fifo_only_by_name_and_attribute(sqs):
    name = f"probe-{uuid.uuid4().hex}"
    create = sqs.create_queue
    refused("InvalidParameterValue", create, QueueName=name, Attributes={"FifoQueue": "true"})
    refused("InvalidParameterValue", create, QueueName=name + ".fifo")
    queue = Queue(sqs)
    same = {"FifoQueue": "true"}
    equal(create(QueueName=queue.name, Attributes=same)["QueueUrl"], queue.url)
    other = {"FifoQueue": "true", "DelaySeconds": "1"}
    refused("QueueAlreadyExists", create, QueueName=queue.name, Attributes=other)
    equal(sqs.get_queue_url(QueueName=queue.name)["QueueUrl"], queue.url)
    missing = refused(
        "AWS.SimpleQueueService.NonExistentQueue", sqs.get_queue_url, QueueName=name
    )
    if not isinstance(missing, sqs.exceptions.QueueDoesNotExist):
        raise AssertionError("boto3 does not know the error")


@check
def a_purge_empties_the_queue_and_its_memory(sqs):
    queue = Queue(sqs)
    queue.send("m")
    sqs.purge_queue(QueueUrl=queue.url)
    equal(queue.bodies(), [])
    refused("AWS.SimpleQueueService.PurgeQueueInProgress", sqs.purge_queue, QueueUrl=queue.url)
    queue.send("m")
    equal(queue.bodies(), ["m"])


def main(endpoint):
    sqs = boto3.client(
        "sqs",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="key",
        aws_secret_access_key="secret",
        # What is refused shall not be asked again.
        config=Config(retries={"total_max_attempts": 1}, read_timeout=40),
    )
    failed = 0
    for function in CHECKS:
        name = function.__name__.replace("_", " ")
        try:
            function(sqs)
        except Exception as error:  # Whatever it is, the other checks are still worth while.
            failed += 1
            print(f"FAILED {name}: {type(error).__name__}: {error}"[:500])
        else:
            print(f"ok     {name}")
    print(f"{len(CHECKS) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
