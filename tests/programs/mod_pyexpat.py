"""pyexpat: events, errors with their places, namespaces, declarations, entities."""
import io
import pyexpat
from xml.parsers import expat
import xml.etree.ElementTree as ET
import xml.dom.minidom
import xml.sax
import plistlib
import xmlrpc.client

HANDLERS = [n for n in dir(pyexpat.ParserCreate()) if n.endswith("Handler")]


def events(document, *, feed=None, default=False, skip=(), setup=None, **options):
    parser = pyexpat.ParserCreate(**options)
    for name in HANDLERS:
        if name in skip or (name.startswith("Default") and not default):
            continue

        def handler(*args, name=name):
            print("   ", name, *args)
            return 1
        setattr(parser, name, handler)
    if setup:
        setup(parser)
    try:
        if feed:
            for i in range(0, len(document), feed):
                parser.Parse(document[i:i + feed], False)
            parser.Parse(document[:0], True)
        else:
            parser.Parse(document, True)
    except pyexpat.ExpatError as e:
        print("    error", e, e.code, e.lineno, e.offset)


DOCUMENTS = [
    "<a/>",
    "<?xml version='1.0' encoding='utf-8' standalone='yes'?>\n<a x='1' y=\"2\">t&amp;x<b/>\r\nz &#65;&#x42;</a>\n<!-- end --><?pi data?>",
    "<!DOCTYPE a [<!ENTITY e 'va<b>l</b>ue'><!ENTITY f '&e;!'>]><a t='x &lt; y\n z'>&f;</a>",
    "<!DOCTYPE a SYSTEM 's.dtd'><a>&unknown;</a>",
    "<!DOCTYPE a PUBLIC '-//X//Y' 's.dtd' [<!ELEMENT a (b|(c,d?)*)+><!ELEMENT b (#PCDATA|c)*><!ELEMENT c EMPTY>"
    "<!ATTLIST a k CDATA 'v' i ID #REQUIRED l (x|y) 'x' n NMTOKENS #IMPLIED><!NOTATION n SYSTEM 'n'>"
    "<!ENTITY u SYSTEM 'u' NDATA n><!ENTITY x SYSTEM 'file'><!ENTITY % p 'text'>%p2;]><a i='  q  '/>",
    "<a><![CDATA[<x>&amp;]]]]><![CDATA[>]]></a>",
    "<a xmlns='u' xmlns:p='v' p:k='1' j='2'><p:b xmlns=''/><c/></a>",
    "text", "", "  ", "<a>", "<a></b>", "<a>&undefined;</a>", "<a", "<a b></a>", "<a b='1' b='2'/>", "<a/><b/>",
    "<a/>text", "<a>]]></a>", "<a b='<'/>", "<1/>", "<a>\x01</a>", "<a>&#0;</a>", "<a><!-- -- --></a>", " <?xml version='1.0'?><a/>",
    "<?xml version='1.0' encoding='nonsense-1'?><a/>", "<!DOCTYPE a [<!ENTITY e '&e;'>]><a>&e;</a>",
    "<!DOCTYPE a [<!ENTITY e '<b>'>]><a>&e;</a>", "<a>\n  <b>\n</a>", "<?XML a?><a/>", "<a><?xml a?></a>", "<p:a/>", "<!DOCTYPE><a/>",
    "<!DOCTYPE a [<!ELEMENT>]><a/>", "<a>&;</a>", "<a>& </a>", "<a b=1/>", "<a/ >", "<!x><a/>", "<a><!x></a>", "&amp;",
]
for document in DOCUMENTS:
    print(repr(document))
    events(document)
for document in DOCUMENTS[:7]:
    print("namespaces", repr(document))
    events(document, namespace_separator=" ", skip=["CharacterDataHandler"])
for document in DOCUMENTS[1:3] + DOCUMENTS[5:6]:
    print("default only", repr(document))
    events(document, default=True, skip=[n for n in HANDLERS if n not in ("DefaultHandler", "StartElementHandler")])
    events(document, default=True, skip=[n for n in HANDLERS if n not in ("DefaultHandlerExpand", "EndElementHandler")])

print("bytes")
events("<a>é€😀</a>".encode(), feed=1)
events("<?xml version='1.0' encoding='iso-8859-1'?><a>é</a>".encode("latin-1"))
events("<?xml version='1.0' encoding='cp1252'?><a>€</a>".encode("cp1252"))
events("\ufeff<a>é</a>".encode("utf-16-le"))
events(b"<a>\xff</a>")
try:
    events("<?xml version='1.0' encoding='shift_jis'?><a/>".encode())
except ValueError as e:
    print("   ", e)


def buffered(parser):
    parser.buffer_text = True
    parser.ordered_attributes = True
    parser.specified_attributes = True
    parser.namespace_prefixes = True


print("buffered")
events(DOCUMENTS[1], setup=buffered)
events(DOCUMENTS[6], setup=buffered, namespace_separator="#")
events("<!DOCTYPE a [<!ATTLIST a d CDATA 'x'>]><a e='1'>t</a>", setup=buffered)

print("positions")
parser = pyexpat.ParserCreate()


def where(*args):
    print("   ", args, parser.CurrentLineNumber, parser.CurrentColumnNumber, parser.CurrentByteIndex)


parser.StartElementHandler = parser.EndElementHandler = parser.CharacterDataHandler = where
parser.Parse("<a>\n <b>é<c/></b>\r\n</a>", True)
print(parser.buffer_size, parser.buffer_used, parser.intern)


class Failing:
    def __call__(self, *args):
        raise LookupError("from a handler")


parser = pyexpat.ParserCreate()
parser.StartElementHandler = Failing()
try:
    parser.Parse("<a><b/></a>", True)
except LookupError as e:
    print(e)

print("external")
parser = pyexpat.ParserCreate()


def external(context, base, system, public):
    print("   ", context, base, system, public)
    sub = parser.ExternalEntityParserCreate(context)
    sub.Parse("<?xml encoding='utf-8'?>inner <i/> text", True)
    return 1


parser.SetBase("here")
parser.ExternalEntityRefHandler = external
parser.StartElementHandler = parser.CharacterDataHandler = lambda *a: print("   ", *a)
parser.Parse("<!DOCTYPE a [<!ENTITY x SYSTEM 'file'>]><a>&x;</a>", True)

print("what is built on it")
tree = ET.fromstring("<r a='1'><b>x</b>tail<c xmlns='u'/></r>")
print(ET.tostring(tree), [e.tag for e in tree.iter()])
try:
    ET.fromstring("<r><b></r>")
except ET.ParseError as e:
    print(e, e.code, e.position)
print(xml.dom.minidom.parseString("<a><b c='d'>e</b><!--f--></a>").toprettyxml())


class Handler(xml.sax.ContentHandler):
    def startElement(self, name, attrs):
        print("   ", name, dict(attrs))


xml.sax.parseString(b"<a b='c'><d/></a>", Handler())
print(plistlib.loads(plistlib.dumps({"a": [1, 2.5, True, b"x", "text"], "d": {}})))
print(xmlrpc.client.loads(xmlrpc.client.dumps((1, "two", [3.0, None]), "m", allow_none=True)))
print(expat.ErrorString(3), expat.errors.messages[7], expat.model.XML_CTYPE_SEQ)
try:
    pyexpat.ParserCreate(namespace_separator="ab")
except ValueError as e:
    print(e)
laughs = "<!DOCTYPE a [<!ENTITY l0 'ha'>" + "".join(
    f"<!ENTITY l{i} '{f'&l{i - 1};' * 10}'>" for i in range(1, 9)) + "]><a>&l8;</a>"
parser = pyexpat.ParserCreate()
try:
    parser.Parse(laughs, True)
except pyexpat.ExpatError as e:
    print(e.code)
