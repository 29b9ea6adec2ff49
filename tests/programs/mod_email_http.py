import email, email.message, email.policy, email.utils, http, http.cookies, http.client, http.server, socket, threading, urllib.request, mimetypes
m = email.message.EmailMessage(); m["Subject"] = "Tést"; m["From"] = "a@b.c"; m["To"] = "Ä <x@y.z>"; m.set_content("body é\n"); m.add_alternative("<p>h</p>", subtype="html"); s = m.as_string().replace(m.get_boundary(), "BOUND"); print(s); p = email.message_from_string("Subject: =?utf-8?q?h=C3=A9?=\nX: 1\n\nhello", policy=email.policy.default); print(p["subject"], p["x"], p.get_content(), p.keys(), p.get_content_type(), email.utils.parseaddr("N <a@b>"), email.utils.formataddr(("N", "a@b")))
c = http.cookies.SimpleCookie("a=1; b=two"); print(c["a"].value, c.output(), http.HTTPStatus(404).phrase, http.HTTPMethod.GET, mimetypes.guess_type("x.png"))
class H(http.server.BaseHTTPRequestHandler):
    def do_GET(self): b = f"path {self.path}".encode(); self.send_response(200); self.send_header("Content-Length", len(b)); self.end_headers(); self.wfile.write(b)
    def do_POST(self): b = self.rfile.read(int(self.headers["Content-Length"])).upper(); self.send_response(201); self.end_headers(); self.wfile.write(b)
    def log_message(self, *a): pass
srv = http.server.ThreadingHTTPServer(("127.0.0.1", 0), H); threading.Thread(target=srv.serve_forever, daemon=True).start(); port = srv.server_port
k = http.client.HTTPConnection("127.0.0.1", port); k.request("GET", "/x?y=1"); r = k.getresponse(); print(r.status, r.reason, r.read()); k.request("POST", "/", b"data"); r = k.getresponse(); print(r.status, r.read()); k.close(); print(urllib.request.urlopen(f"http://127.0.0.1:{port}/u").read())
try: urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}/", method="PUT"))
except urllib.error.HTTPError as e: print(e.code, e.reason[:20]); e.close()
srv.shutdown(); srv.server_close(); a, b = socket.socketpair(); a.sendall(b"ping"); print(b.recv(2), b.recv(10), a.fileno() > 0, a.family.name, a.type.name); a.close(); print(b.recv(1)); b.close()
for bad in (lambda: socket.create_connection(("127.0.0.1", 1), 1), lambda: a.send(b"x"), lambda: socket.socket(999), lambda: socket.inet_aton("x"), lambda: socket.socket().bind(5), lambda: socket.getaddrinfo("host.invalid", 1) and 0 if False else socket.inet_pton(2, "q"), lambda: socket.socket().connect("x"), lambda: http.client.HTTPConnection("a:b")):
    try: print(bad())
    except Exception as e: print(type(e).__name__, e)
print(socket.inet_ntoa(b"\x7f\0\0\1"), socket.htons(1), socket.inet_pton(socket.AF_INET6, "::1"), socket.getaddrinfo("127.0.0.1", 80, type=socket.SOCK_STREAM)[0][4], socket.AF_INET, socket.gethostname() != "")
with socket.create_server(("127.0.0.1", 0)) as l:
    cl = socket.create_connection(l.getsockname()); cn, ad = l.accept(); cn.settimeout(0.01)
    try: cn.recv(1)
    except TimeoutError as e: print(repr(e))
    cl.send(b"abc"); ba = bytearray(5); print(cn.recv_into(ba), ba, cn.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE), cn.gettimeout()); f = cl.makefile("rw"); f.write("line\n"); f.flush(); print(cn.recv(9)); cl.close(); f.close(); cn.close()
import select; r, w = socket.socketpair(); w.send(b"x"); print(select.select([r], [], [], 0)[0] == [r], len(select.poll().poll(0))); r.close(); w.close(); import selectors; sel = selectors.DefaultSelector(); r, w = socket.socketpair(); sel.register(r, selectors.EVENT_READ, "data"); w.send(b"1"); print([(k.data, e) for k, e in sel.select(1)]); sel.close(); r.close(); w.close()
