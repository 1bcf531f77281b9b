"""A real mail server for the tests: Debian's python3-aiosmtpd on a port of its own on loopback.

    mail_server.py plain|starttls|tls [CERTIFICATE KEY NAME PASSWORD]

Says `PORT n`, then one line of JSON for each letter it has taken, and ends with its standard input.
Recipients say what happens: `nobody@` is refused, `grey@` is put off the first time, `cut@` loses
the connection after the letter was taken, and so does `cut-once@` the first time; to `slow@` the
letter is taken and the answer never comes.
"""

import asyncio
import base64
import json
import ssl
import sys

try:
    from aiosmtpd.smtp import SMTP, AuthResult
except ImportError:
    sys.exit("install the package python3-aiosmtpd")


class Handler:
    def __init__(self):
        self.seen = set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.split("@")[0]
        if name == "nobody":
            return "550 5.1.1 no such user"
        if name == "grey" and name not in self.seen:
            self.seen.add(name)
            return "451 4.7.1 come again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        letter = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "tls": server.transport.get_extra_info("ssl_object") is not None,
            "signed_in": bool(session.authenticated),
            "content": base64.b64encode(envelope.content).decode(),
        }
        print(json.dumps(letter), flush=True)
        name = envelope.rcpt_tos[0].split("@")[0]
        if name == "cut" or (name == "cut-once" and name not in self.seen):
            self.seen.add(name)
            server.transport.abort()
        if name == "slow":
            await asyncio.sleep(3600)
        return "250 taken"


async def main():
    mode, *rest = sys.argv[1:]
    context, options = None, {"enable_SMTPUTF8": True}
    if rest:
        certificate, key, name, password = rest
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)

        def authenticator(server, session, envelope, mechanism, given):
            fits = given.login == name.encode() and given.password == password.encode()
            return AuthResult(success=fits, handled=fits)

        options |= {"authenticator": authenticator, "auth_required": True}
    if mode == "starttls":
        options |= {"tls_context": context, "require_starttls": True}
    if mode == "tls":
        options |= {"auth_require_tls": False}
    handler = Handler()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(handler, hostname="mail.test", **options),
        "127.0.0.1",
        0,
        ssl=context if mode == "tls" else None,
    )
    print("PORT", server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main())
