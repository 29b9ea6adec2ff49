import hashlib, uuid, secrets, zlib, random, os
print(len(secrets.token_bytes(8)), len(secrets.token_hex(4)), secrets.compare_digest(b"a", b"b"), secrets.choice([1]), uuid.UUID("12345678123456781234567812345678"), uuid.uuid3(uuid.NAMESPACE_URL, "http://x"), uuid.UUID(int=0).version, len(os.urandom(5)), uuid.uuid4().version, uuid.UUID(bytes=b"\1" * 16).hex)
for bad in ("uuid.UUID('x')", "uuid.UUID()", "uuid.UUID(int=-1)", "secrets.choice([])", "secrets.token_bytes(-1)", "hashlib.sha256(5)", "hashlib.sha256('a')", "zlib.crc32('a')"):
    try: print(bad, eval(bad))
    except Exception as e: print(bad, type(e).__name__, e)
data = bytes(range(256)) * 40; h = hashlib.sha512()
for i in range(0, len(data), 777): h.update(data[i:i + 777])
print(h.hexdigest() == hashlib.sha512(data).hexdigest(), h.hexdigest()[:40], hashlib.md5(data, usedforsecurity=False).hexdigest(), hashlib.sha3_512(data).hexdigest()[:20], hashlib.shake_256(data).hexdigest(10), hashlib.blake2s(data, digest_size=5, salt=b"s").hexdigest(), zlib.adler32(data))
import io; print(hashlib.file_digest(io.BytesIO(data), "sha1").hexdigest())
