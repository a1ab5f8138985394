"""Which addresses may be asked: the public internet, and of the private networks only those that the configuration names."""

import asyncio
import ipaddress
import socket
from concurrent.futures import ThreadPoolExecutor

from aiohttp.abc import AbstractResolver, ResolveResult

from app.calls.ports import NotAnswered
from app.errors import BadInput

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
LOOKUPS = 8
"""Names looked up at the same time."""


class Allowed:
    """Decides about addresses. `networks` are those that are allowed besides the public internet."""

    def __init__(self, networks: tuple[Network, ...] = ()) -> None:
        self._networks = networks

    @classmethod
    def of(cls, text: str) -> "Allowed":
        """From `10.1.0.0/16, 127.0.0.1`. BadInput names what is no network."""
        networks = []
        for part in filter(None, (piece.strip() for piece in text.split(","))):
            try:
                networks.append(ipaddress.ip_network(part))
            except ValueError as error:
                raise BadInput(what=f"The network {part!r}", why=str(error)) from None
        return cls(tuple(networks))

    def allows(self, text: str) -> bool:
        """False for private, loopback, link-local (where clouds keep their metadata), multicast and reserved addresses, however
        they are written into an IPv6 address."""
        try:
            address = ipaddress.ip_address(text.partition("%")[0])
        except ValueError:
            return False
        inner = _inner(address)
        if any(each.version == network.version and each in network for network in self._networks for each in inner):
            return True
        return all(each.is_global and not each.is_multicast and not each.is_reserved for each in inner)


def _inner(address: Address) -> tuple[Address, ...]:
    """The address and the IPv4 addresses that it leads to."""
    if isinstance(address, ipaddress.IPv4Address):
        return (address,)
    if address.ipv4_mapped is not None:
        return (address.ipv4_mapped,)
    found: list[Address] = [address]
    if address.sixtofour is not None:
        found.append(address.sixtofour)
    if address.teredo is not None:
        found += address.teredo
    if address in _TRANSLATED:
        found = [ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)]
    return tuple(found)


def require(allowed: Allowed, host: str) -> None:
    """NotAnswered when `host` is an address that may not be asked; names are decided about once they are looked up."""
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return
    if not allowed.allows(host.strip("[]")):
        raise refused(host)


def refused(host: str) -> NotAnswered:
    return NotAnswered(
        who=host, why="its address is private; TRUNKLINE_FUNCTION_NETWORKS names the private networks that may be asked"
    )


class AllowedResolver(AbstractResolver):
    """Looks names up and gives out only what is allowed: the connection goes to the very address that was examined."""

    def __init__(self, allowed: Allowed) -> None:
        self._allowed = allowed
        self._threads = ThreadPoolExecutor(LOOKUPS, thread_name_prefix="lookup")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        def look_up() -> list[ResolveResult]:
            found = socket.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM)
            return [
                ResolveResult(
                    hostname=host,
                    host=str(address[0]),
                    port=port,
                    family=kind,
                    proto=protocol,
                    flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
                )
                for kind, _, protocol, _, address in found
            ]

        found = await asyncio.get_running_loop().run_in_executor(self._threads, look_up)
        good = [each for each in found if self._allowed.allows(each["host"])]
        if found and not good:
            raise refused(host)
        return good

    async def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
