"""pyexpat: events, positions, errors, entities, namespaces, encodings; what stands on it."""
import io
import plistlib
import xml.etree.ElementTree as ET
import xml.dom.minidom
import xml.sax
from xml.parsers import expat

HANDLERS = (
    "StartElement EndElement ProcessingInstruction CharacterData UnparsedEntityDecl NotationDecl StartNamespaceDecl "
    "EndNamespaceDecl Comment StartCdataSection EndCdataSection StartDoctypeDecl EndDoctypeDecl EntityDecl XmlDecl "
    "ElementDecl AttlistDecl SkippedEntity"
).split()


def parse(data, step=None, separator=None, default=False, **settings):
    p = expat.ParserCreate(namespace_separator=separator)
    p.SetReparseDeferralEnabled(False)
    for name in HANDLERS:
        setattr(p, name + "Handler", lambda *args, name=name: print(
            "  ", name, args, p.CurrentLineNumber, p.CurrentColumnNumber, p.CurrentByteIndex))
    p.ExternalEntityRefHandler = lambda *args: print("   external", args[1:]) or 1
    if default:
        p.DefaultHandlerExpand = lambda text: print("   default", repr(text))
    for name, value in settings.items():
        setattr(p, name, value)
    try:
        if step is None:
            p.Parse(data, True)
        else:
            for i in range(0, len(data), step):
                p.Parse(data[i:i + step], False)
            p.Parse(b"", True)
    except expat.ExpatError as e:
        print("  !", e, e.code, e.lineno, e.offset)


DOCUMENT = b"""<?xml version="1.0" encoding="iso-8859-1" standalone="no"?>
<?style href="a.css"?>
<!-- a comment -->
<!DOCTYPE root SYSTEM "root.dtd" [
<!ELEMENT root (a, (b|c)*, d?)>
<!ELEMENT a (#PCDATA|b)*> <!ELEMENT b EMPTY> <!ELEMENT c ANY>
<!ATTLIST root one CDATA #REQUIRED two (x|y) "x" three NMTOKENS "  p   q ">
<!NOTATION n PUBLIC "pub id">
<!ENTITY e "&#226; &lt; <b/>">
<!ENTITY outside SYSTEM "file.ent">
<!ENTITY picture SYSTEM "file.gif" NDATA n>
]>
<root one="1&#10;&e2;" xmlns:p="urn:p" p:q="r"
>text \xe4 &e; &#x20ac;&amp;<![CDATA[<raw>
&amp;]]]]><p:a/>
&outside;</root>
<?end?>
""".replace(b"&e2;", b"")
for options in ({}, {"separator": "!"}, {"step": 1, "separator": " "}, {"buffer_text": True, "ordered_attributes": True}):
    print(options)
    parse(DOCUMENT, **options)
parse(DOCUMENT.replace(b"iso-8859-1", b"cp1252"), separator="!", namespace_prefixes=True)
print("specified")
parse(b'<!DOCTYPE a [<!ATTLIST a b CDATA "c">]><a d="e"/>', specified_attributes=True)
print("encodings")
for data in ("<a>\u20ac\U0001f600</a>".encode("utf-16"), "\ufeff<a>\u20ac</a>".encode(), "<a>\u20ac</a>"):
    parse(data)
print("errors")
for bad in (
    b"", b" ", b"<a>", b"<a></b>", b"<a", b"<a b>", b"<a b='1' b='2'/>", b"<a>&x;</a>", b"<a>&#0;</a>", b"<a/><b/>", b"<a/>x",
    b"x", b"<a>]]></a>", b"<a>\x01</a>", b"<a>\xff</a>", b"<a><!-- -- --></a>", b"<a><?xml version='1.0'?></a>",
    b" <?xml version='1.0'?><a/>", b"<?xml version='1.0' foo='x'?><a/>", b"<a><![CDATA[x</a>", b"<a b='<'/>", b"<a b=c/>",
    b"<!DOCTYPE a [<!ENTITY x '&x;'>]><a>&x;</a>", b"<!DOCTYPE a [<!ENTITY x '&y;'><!ENTITY y '&x;'>]><a b='&x;'/>",
    b"<!DOCTYPE a [<!ELEMENT a>]><a/>", b"<!DOCTYPE a [", b"<?xml version='1.0' encoding='no-such'?><a/>", b"<a>\n\n  <b></a>",
    b"<!DOCTYPE a [<!ENTITY x '<b>'>]><a>&x;</a>", b"<1/>", b"</a>", b"<a:b:c/>", b"<a \xc3\xa4='\xc3\xa4' \xe2\x82\xac='x'/>",
):
    print(bad)
    try:
        parse(bad)
    except LookupError as e:
        print(type(e).__name__, e)
for bad in (b"<x:a/>", b"<a xmlns:xml='urn:x'/>", b"<a xmlns:x=''/>", b"<a xmlns:x='u' xmlns:y='u' x:b='' y:b=''/>"):
    print(bad)
    parse(bad, separator="!")
laughs = b"<!DOCTYPE a [<!ENTITY a0 'ha'>" + b"".join(
    b"<!ENTITY a%d '%s'>" % (i, b"&a%d;" % (i - 1) * 10) for i in range(1, 9)) + b"]><a>&a8;</a>"
p = expat.ParserCreate()
try:
    p.Parse(laughs, True)
except expat.ExpatError as e:
    print(e.code, expat.ErrorString(e.code))

print("default handler")
p = expat.ParserCreate()
p.DefaultHandler = lambda text: print("  ", repr(text))
p.Parse(b"<a b='c'>text<!--x-->&lt;<b/></a>", True)


class Stop(Exception):
    pass


def stop(*args):
    raise Stop(args)


p = expat.ParserCreate()
p.StartElementHandler = stop
try:
    p.Parse(b"<a><b/></a>", True)
except Stop as e:
    print("stopped", e, p.StartElementHandler)

print("ElementTree")
tree = ET.fromstring("<r xmlns='urn:a' a='1'><b>x</b>tail<c d='&lt;'/></r>")
print(ET.tostring(tree), [(e.tag, e.attrib, e.text, e.tail) for e in tree.iter()])
for bad in ("<a><b></a>", "", "<a>&nbsp;</a>"):
    try:
        ET.fromstring(bad)
    except ET.ParseError as e:
        print(e, e.code, e.position)
pull = ET.XMLPullParser(["start", "end", "start-ns", "comment"])
pull.feed("<a xmlns:x='u'><!--c--><x:b/></a>")
pull.close()
print([(k, getattr(v, "tag", v) if k != "comment" else v.text) for k, v in pull.read_events()])
print(xml.dom.minidom.parseString("<a b='c'><d>x</d></a>").toprettyxml())
print(plistlib.loads(plistlib.dumps({"a": [1, 2.5, True, b"x"], "b": "\u20ac"})))


class Names(xml.sax.ContentHandler):
    def startElementNS(self, name, qname, attrs):
        print("sax", name, dict(attrs))


reader = xml.sax.make_parser()
reader.setFeature(xml.sax.handler.feature_namespaces, True)
reader.setContentHandler(Names())
reader.parse(io.BytesIO(b"<a xmlns='u' c='d'><b/></a>"))
