"""The way to Whop: directly, or through the proxy of WHOP_PROXY_URL.

The proxy variables of the machine, and those of `.netrc`, were set for other programs and are not
read. Which authorities this machine trusts (SSL_CERT_FILE, SSL_CERT_DIR) is, as by everybody.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

import httpx

import settings

RETRIES = 1


def http_client(url: str, timeout: httpx.Timeout) -> httpx.Client:
    """A client for the address of `url`. This machine is never asked through a proxy."""
    proxy = settings.current().whop_proxy_url
    transport = httpx.HTTPTransport(
        retries=RETRIES,
        proxy=proxy if proxy and not is_this_machine(url) else None,
        verify=httpx.create_ssl_context(),
        trust_env=False,
    )
    return httpx.Client(timeout=timeout, transport=transport, trust_env=False)


def is_this_machine(url: str) -> bool:
    """True for an address on loopback."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
