"""Checks of our own, beside those of Schemathesis: `run` has them loaded.

The contract of ISUUMO has 500 for some bad requests, always with an empty body. A failure of the server
has a problem document. So the one can be told from the other, also where 500 is excepted.
"""

import schemathesis


@schemathesis.check
def failures_are_not_contract(ctx, response, case):
    """A 500 with a body is a failure of the server, wherever it comes from."""
    if response.status_code == 500:
        assert response.content == b"", "the server failed"


@schemathesis.check
def every_answer_is_complete(ctx, response, case):
    """What docs/http.md promises of every answer. 431 is given before a request is whole."""
    if response.status_code == 431:
        return
    for name in ("x-request-id", "cache-control", "x-content-type-options", "content-security-policy"):
        assert response.headers.get(name), f"{name} is missing"
    if response.status_code >= 400:
        assert response.headers["cache-control"] == ["no-store"], "an error may be kept"


@schemathesis.hook
def filter_headers(context, headers):
    """No header has such characters: they are refused with a bare 400 before there is a request."""
    return all(ord(c) >= 32 and c != "\x7f" for value in (headers or {}).values() for c in str(value))


@schemathesis.deserializer("image/png")
def png(ctx, response):
    """A picture, as a text of its bytes."""
    if not response.content.startswith(b"\x89PNG\r\n\x1a\n"):
        raise ValueError("not a PNG")
    return response.content.decode("latin-1")
