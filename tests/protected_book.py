"""Opening an encrypted workbook as its recipient does."""

from __future__ import annotations

import io

import msoffcrypto


def opened(data: bytes, passphrase: str) -> bytes:
    """The plain workbook, its integrity verified."""
    file = msoffcrypto.OfficeFile(io.BytesIO(data))
    file.load_key(password=passphrase, verify_password=True)
    out = io.BytesIO()
    file.decrypt(out, verify_integrity=True)
    return out.getvalue()
