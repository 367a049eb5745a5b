"""The sample service and the world around it: its functions, their events, a database and AWS that answer by heart."""

import json
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.fake_aws import FakeAws
from tests.support.fake_postgres import Failure, FakePostgres, Rows
from tests.support.isolated import Run, run_event, time_import

PROJECT = Path(__file__).parents[2] / "fixtures" / "my-api"

HANDLERS = {
    "createUser": "handlers/users.create",
    "getUser": "handlers/users.get",
    "processPayment": "handlers/payments.process",
    "dailyReport": "handlers/reports.daily",
    "processUpload": "handlers/uploads.process",
    "auditLog": "handlers.audit.record",
    "publicApi": "handlers/public_api.handler",
}

OWN_FOLDERS = ("handlers", "my_api")
"""What `package.patterns` lets ship."""

SETTINGS = {
    "STAGE": "dev",
    "SERVICE": "my-api-dev",
    "LOG_LEVEL": "info",
    "PAYMENTS_TABLE": "my-api-payments",
    "UPLOADS_BUCKET": "my-api-uploads-dev-eu-west-1",
    "REPORTS_BUCKET": "my-api-reports-dev-eu-west-1",
    "REPORT_TIME_ZONE": "Europe/Berlin",
    "AUDIT_STREAM": "my-api-audit-dev",
}

_USER_COLUMNS = {"id": "uuid", "name": "text", "email": "text", "country": "text", "created_at": "timestamptz"}
_CREATED_AT = "2026-03-01 10:15:00.123456+00"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """All that an event brought about."""

    run: Run
    statements: list[tuple[str, tuple[str | None, ...]]]
    """What the database was asked, in order."""
    calls: list[tuple[str, Any]]
    """What AWS was asked, in order."""

    @property
    def visible(self) -> tuple[Any, ...]:
        """What someone outside the function can see of it."""
        return self.run.answer, self.run.error, self.statements, self.calls


def read_event(function: str) -> Any:
    """Return the event that the sample has for a function."""
    return json.loads((PROJECT / "events" / f"{function}.json").read_text(encoding="utf-8"))


@contextmanager
def same_world() -> Iterator[tuple[FakePostgres, FakeAws]]:
    """Run a database and an AWS that answer the same each time."""
    objects = {f"{SETTINGS['UPLOADS_BUCKET']}/uploads/summer 2026/beach.png": _make_png(320, 200)}
    with FakePostgres(_answer_statement) as postgres, FakeAws(objects=objects, answers=_AWS_ANSWERS) as aws:
        yield postgres, aws


def answer_event(  # noqa: PLR0913 - the circumstances of a run, each by name
    function: str,
    task_root: Path,
    *,
    python: Path,
    runtime_packages: Path | None,
    event: object = None,
    prelude: Path | None = None,
    record: bool = False,
) -> Outcome:
    """Give a function its event, or another, in a world that is the same each time."""
    with same_world() as (postgres, aws):
        run = run_event(
            task_root,
            HANDLERS[function],
            read_event(function) if event is None else event,
            python=python,
            runtime_packages=runtime_packages,
            environment={**SETTINGS, "DATABASE_URL": postgres.url, "AWS_ENDPOINT_URL": aws.url},
            prelude=prelude,
            record=record,
        )
        return Outcome(run=run, statements=postgres.statements, calls=aws.calls)


def import_handler(function: str, task_root: Path, *, python: Path, runtime_packages: Path | None) -> float:
    """Return the seconds that a function's import takes; nothing connects to anything while it does."""
    return time_import(
        task_root,
        HANDLERS[function],
        python=python,
        runtime_packages=runtime_packages,
        environment={**SETTINGS, "DATABASE_URL": "postgresql://127.0.0.1:1/service"},
    )


def _answer_statement(statement: str, parameters: tuple[str | None, ...]) -> Rows | Failure:
    match statement.split(maxsplit=1)[0], parameters:
        case "INSERT", (_, "taken@example.com", _):
            return Failure(code="23505", message='duplicate key value violates unique constraint "users_email_key"')
        case "INSERT", (name, email, country):
            row = ("6f1c2a52-3f0e-4a7d-9a53-1f6d4f0f3c11", name, email, country, _CREATED_AT)
            return Rows(columns=_USER_COLUMNS, rows=(row,))
        case "SELECT", ("6f1c2a52-3f0e-4a7d-9a53-1f6d4f0f3c11" as user_id,):
            row = (user_id, "Ada Lovelace", "ada.lovelace@example.com", "GB", _CREATED_AT)
            return Rows(columns=_USER_COLUMNS, rows=(row,))
        case "SELECT", _:
            return Rows(columns=_USER_COLUMNS, rows=())
        case _:
            return Failure(code="42601", message=f"nothing is known about: {statement}")


def _put_item(question: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Know the second payment already, and be too busy for the ninth."""
    match question["Item"]["id"]["S"][-1]:
        case "1":
            return 400, _refusal("ConditionalCheckFailedException")
        case "8":
            return 400, _refusal("TransactionConflictException")
        case _:
            return 200, {}


def _refusal(code: str) -> dict[str, Any]:
    return {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "no"}


def _query(question: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Give two pages of payments, three hours apart on either side of midnight in Berlin."""
    first = 0 if "ExclusiveStartKey" not in question else 6
    page = {"Items": [_payment(number) for number in range(first, first + 6)], "Count": 6, "ScannedCount": 6}
    return 200, page if first else {**page, "LastEvaluatedKey": {"id": {"S": "5"}}}


def _payment(number: int) -> dict[str, Any]:
    return {
        "id": {"S": str(number)},
        "amount": {"N": f"{number * 7 + 3}.{number % 4}5"},
        "currency": {"S": ("EUR", "CHF")[number % 2]},
        "day": {"S": "2026-02-28"},
        "paidAt": {"S": f"2026-02-28T{(number // 2) * 3 + 8:02}:30:00+00:00"},
    }


_AWS_ANSWERS = {
    "DynamoDB_20120810.PutItem": _put_item,
    "DynamoDB_20120810.Query": _query,
    "Firehose_20150804.PutRecordBatch": lambda question: (
        200,
        {"FailedPutCount": 0, "RequestResponses": [{"RecordId": str(i)} for i in range(len(question["Records"]))]},
    ),
}


def _make_png(width: int, height: int) -> bytes:
    """Return a picture of two colour slopes."""
    rows = b"".join(
        b"\0" + b"".join(bytes((x * 255 // width, y * 255 // height, 128)) for x in range(width)) for y in range(height)
    )

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack("!I", len(content)) + kind + content + struct.pack("!I", zlib.crc32(kind + content))

    header = struct.pack("!IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
