// SPDX-License-Identifier: Apache-2.0
package tollway.portmap;

import java.io.StringReader;
import java.util.ArrayDeque;
import java.util.Deque;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import tollway.bytes.MalformedBytesException;

/**
 * Reads the XML of routers: elements and text alone. Whoever sends a document type or an entity of
 * its own is not read, so nothing is fetched and nothing grows.
 */
final class RouterXml {
  /** What is found, in the order of the text. */
  interface Reader {
    void begin(String element);

    /** Text that is all an element holds, trimmed and not empty. */
    void text(String element, String text) throws MalformedBytesException;
  }

  private static final int DEPTH_LIMIT = 24;
  private static final int ELEMENT_LIMIT = 2000;
  private static final int TEXT_LIMIT = 1024;

  private RouterXml() {}

  /** The caller bounds {@code text}'s length. */
  static void read(String text, Reader reader) throws MalformedBytesException {
    if (text.contains("<!DOCTYPE")) {
      throw new MalformedBytesException("a document type");
    }
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    factory.setXMLResolver(
        (publicId, systemId, base, namespace) -> {
          throw new XMLStreamException("nothing is fetched");
        });
    try {
      read(factory.createXMLStreamReader(new StringReader(text)), reader);
    } catch (XMLStreamException | RuntimeException odd) {
      // The parser answers some nonsense with exceptions of its own.
      throw new MalformedBytesException("not XML", odd);
    }
  }

  private static void read(XMLStreamReader in, Reader reader)
      throws XMLStreamException, MalformedBytesException {
    Deque<String> open = new ArrayDeque<>();
    StringBuilder text = new StringBuilder();
    int elements = 0;
    while (in.hasNext()) {
      switch (in.next()) {
        case XMLStreamConstants.START_ELEMENT -> {
          elements++;
          open.push(in.getLocalName());
          text.setLength(0);
          if (open.size() > DEPTH_LIMIT || elements > ELEMENT_LIMIT) {
            throw new MalformedBytesException("too many elements");
          }
          reader.begin(in.getLocalName());
        }
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> {
          if (text.length() + in.getTextLength() <= TEXT_LIMIT) {
            text.append(in.getText());
          } else if (!in.isWhiteSpace()) {
            throw new MalformedBytesException("too much text");
          }
        }
        case XMLStreamConstants.END_ELEMENT -> {
          String element = open.pop();
          String whole = text.toString().trim();
          text.setLength(0);
          if (!whole.isEmpty()) {
            reader.text(element, whole);
          }
        }
        case XMLStreamConstants.DTD,
            XMLStreamConstants.ENTITY_REFERENCE,
            XMLStreamConstants.ENTITY_DECLARATION ->
            throw new MalformedBytesException("an entity");
        default -> {
          // Comments and instructions say nothing to us.
        }
      }
    }
  }
}
