package io.countersign.edit;

import java.util.Optional;

/** The text of a file that describes a partner, and the partner's properties in it. */
public sealed interface PartnerText permits YamlText, XmlText {
    /**
     * @param file its name, by whose ending it is XML or YAML; for messages too
     * @param property what is to be changed
     * @param value what it is to be, for messages that leave it to a person
     * @throws UneditableException where the partner's bean is not found once, in a form that is known here
     */
    static PartnerText of(String file, String text, String partner, String property, String value)
            throws UneditableException {
        return file.endsWith(".xml")
                ? XmlText.of(file, text, partner, XmlText.element("", property, value))
                : YamlText.of(file, text, partner, property, value);
    }

    /** What is written for a property, with placeholders as they are; empty where it is not there. */
    Optional<String> value(String property) throws UneditableException;

    /** The whole text with the property's value replaced, or the property added behind the others. */
    String with(String property, String value) throws UneditableException;

    /**
     * The whole text without the property and its line.
     *
     * @param otherwise the value to set instead where something else, a comment say, stands on that line
     */
    String without(String property, String otherwise) throws UneditableException;
}
