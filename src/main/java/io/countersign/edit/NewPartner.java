package io.countersign.edit;

import java.util.Map;
import java.util.stream.Collectors;

/** The file of a partner that is added: a comment, the bean and its properties in their order. */
public record NewPartner(String name, String comment, Map<String, String> properties) {
    public String yaml() {
        return "# " + comment + "\n- beans:\n    - name: " + YamlText.scalar(name)
                + "\n      type: io.countersign.partner.Partner\n      properties:\n"
                + properties.entrySet().stream()
                        .map(each -> "        " + each.getKey() + ": " + YamlText.scalar(each.getValue()) + "\n")
                        .collect(Collectors.joining());
    }

    public String xml() {
        return "<!-- " + comment.replace("--", "- -")
                + " -->\n<beans xmlns=\"http://camel.apache.org/schema/xml-io\">\n"
                + "  <bean name=\"" + XmlTag.escaped(name) + "\" type=\"io.countersign.partner.Partner\">\n"
                + "    <properties>\n"
                + properties.entrySet().stream()
                        .map(each -> "      <property key=\"" + each.getKey() + "\" value=\""
                                + XmlTag.escaped(each.getValue()) + "\"/>\n")
                        .collect(Collectors.joining())
                + "    </properties>\n  </bean>\n</beans>\n";
    }
}
