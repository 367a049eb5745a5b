"""What events of all kinds have in common: an account, a region and a moment that are nobody's."""

ACCOUNT = "123456789012"
REGION = "eu-west-1"
REQUEST_ID = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"
ISO_TIME = "2026-01-01T12:00:00.000Z"
ISO_SECONDS = "2026-01-01T12:00:00Z"
EPOCH_SECONDS = 1767268800
EPOCH_MS = EPOCH_SECONDS * 1000
COMMON_LOG_TIME = "01/Jan/2026:12:00:00 +0000"
SOURCE_IP = "192.0.2.1"
USER_AGENT = "lbundle"
HTTP_HEADERS = {
    "Accept": "application/json",
    "Content-Type": "application/json",
    "Host": f"abcdef1234.execute-api.{REGION}.amazonaws.com",
    "User-Agent": USER_AGENT,
    "X-Amzn-Trace-Id": "Root=1-5e1b4151-5ac6c58dc39e6b1b9c2d3e4f",
    "X-Forwarded-For": SOURCE_IP,
    "X-Forwarded-Port": "443",
    "X-Forwarded-Proto": "https",
}


def arn(service: str, resource: str, default: str, prefix: str = "") -> str:
    """Return an ARN as it is, or that of a resource of this name."""
    if resource.startswith("arn:"):
        return resource
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{prefix}{resource or default}"
