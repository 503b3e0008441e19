package io.countersign.edit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A partner in Camel's XML: {@code <property key="…" value="…"/>} within the properties of its bean. */
final class XmlText implements PartnerText {
    private final String file;
    private final String text;
    private final List<XmlTag> properties;
    private final String byHand;

    private XmlText(String file, String text, List<XmlTag> properties, String byHand) {
        this.file = file;
        this.text = text;
        this.properties = properties;
        this.byHand = byHand;
    }

    /** @param byHand the element that a person is to write where this cannot */
    static XmlText of(String file, String text, String partner, String byHand) throws UneditableException {
        if (text.contains("<!DOCTYPE")) {
            throw new UneditableException(file, "it has a document type", byHand);
        }
        List<XmlTag> properties = new ArrayList<>();
        int beans = 0;
        boolean within = false;
        int depth = 0;
        for (XmlTag tag : XmlTag.in(text)) {
            if (tag.name().equals("bean") && tag.kind() != XmlTag.Kind.CLOSE) {
                within = tag.kind() == XmlTag.Kind.OPEN
                        && tag.attribute("name", text).equals(partner);
                beans += tag.attribute("name", text).equals(partner) ? 1 : 0;
                depth = 0;
            } else if (tag.name().equals("bean")) {
                within = false;
            } else if (tag.kind() == XmlTag.Kind.CLOSE) {
                depth--;
            } else if (within) {
                // properties, and in it the property itself; deeper ones are of something else
                if (depth == 1 && tag.name().equals("property")) {
                    properties.add(tag);
                }
                depth += tag.kind() == XmlTag.Kind.OPEN ? 1 : 0;
            }
        }
        if (beans != 1 || properties.isEmpty()) {
            throw new UneditableException(
                    file, "it does not have one bean with the name " + partner + " and properties within", byHand);
        }
        return new XmlText(file, text, properties, byHand);
    }

    @Override
    public Optional<String> value(String property) throws UneditableException {
        XmlTag found = find(property, byHand);
        return found == null ? Optional.empty() : Optional.of(found.attribute("value", text));
    }

    @Override
    public String with(String property, String value) throws UneditableException {
        XmlTag found = find(property, element("", property, value));
        if (found == null) {
            return added(property, value);
        }
        XmlTag.Range range = found.attributes().get("value");
        return range == null
                ? text
                : text.substring(0, range.start()) + XmlTag.escaped(value) + text.substring(range.end());
    }

    @Override
    public String without(String property, String otherwise) throws UneditableException {
        XmlTag found = find(property, element("", property, otherwise));
        if (found == null) {
            return text;
        }
        Lines lines = new Lines(text);
        boolean alone =
                text.substring(lines.start(found.start()), found.start()).isBlank()
                        && text.substring(found.end(), lines.end(found.end())).isBlank();
        return alone && found.kind() == XmlTag.Kind.EMPTY
                ? text.substring(0, lines.start(found.start())) + text.substring(lines.next(found.end()))
                : with(property, otherwise);
    }

    private String added(String property, String value) throws UneditableException {
        XmlTag last = properties.get(properties.size() - 1);
        Lines lines = new Lines(text);
        String indent = text.substring(lines.start(last.start()), last.start());
        String line = element(last.prefix(), property, value);
        if (!indent.isBlank() || last.kind() != XmlTag.Kind.EMPTY) {
            throw new UneditableException(
                    file, lines.number(last.start()), "the last property is not an element on a line of its own", line);
        }
        return lines.inserted(last.end(), indent + line);
    }

    private @Nullable XmlTag find(String property, String byHand) throws UneditableException {
        List<XmlTag> found = properties.stream()
                .filter(tag -> tag.attribute("key", text).equals(property))
                .toList();
        if (found.isEmpty()) {
            return null;
        }
        int line = new Lines(text).number(found.get(0).start());
        if (found.size() > 1) {
            throw new UneditableException(file, line, "this is there twice", byHand);
        }
        if (!found.get(0).attributes().containsKey("value")) {
            throw new UneditableException(file, line, "this has no attribute value", byHand);
        }
        return found.get(0);
    }

    static String element(String prefix, String property, String value) {
        return "<" + prefix + "property key=\"" + property + "\" value=\"" + XmlTag.escaped(value) + "\"/>";
    }
}
