package io.countersign.edit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A change of a partner's file leaves everything else in it as it was, or is refused. */
class PartnerTextTest {
    private static final String YAML = """
            # Acme – sends us orders 😀
            - beans:
                # the bean
                - name: other
                  type: io.countersign.partner.Partner
                  properties:
                    enabled: false
                - name: acme # here
                  type: io.countersign.partner.Partner
                  properties:
                    # since May
                    certificates: acme.crt # pinned
                    addresses: "any"

            - route:
                id: x # behind
            """;

    private static final String XML = """
            <?xml version="1.0"?>
            <!-- Acme <bean name="acme"> – 😀 -->
            <beans xmlns="http://camel.apache.org/schema/xml-io">
              <bean name="other" type="io.countersign.partner.Partner">
                <properties>
                  <property key="enabled" value="false"/>
                </properties>
              </bean>
              <bean type='io.countersign.partner.Partner' name='acme'>
                <properties>
                  <!-- since May -->
                  <property key="certificates" value="acme.crt"/> <!-- pinned -->
                  <property value='a > b' key='addresses'/>
                </properties>
              </bean>
            </beans>
            """;

    @Test
    void aYamlValueIsReplacedWhereItStands() throws Exception {
        PartnerText text = yaml(YAML);
        assertThat(text.value("certificates")).contains("acme.crt");
        assertThat(text.with("certificates", "acme.crt, new.crt from 2026-12-01"))
                .isEqualTo(
                        YAML.replace("certificates: acme.crt #", "certificates: acme.crt, new.crt from 2026-12-01 #"));
        assertThat(text.with("addresses", "::1")).isEqualTo(YAML.replace("\"any\"", "\"::1\""));
    }

    @Test
    void aYamlPropertyIsAddedBehindTheOthersAndTakenAway() throws Exception {
        String disabled = yaml(YAML).with("enabled", "false");
        assertThat(disabled)
                .isEqualTo(YAML.replace("addresses: \"any\"\n", "addresses: \"any\"\n        enabled: false\n"));
        assertThat(yaml(disabled).without("enabled", "true")).isEqualTo(YAML);
        assertThat(yaml(YAML).without("enabled", "true")).isEqualTo(YAML);
    }

    @Test
    void aLineWithACommentIsKeptAndSetInstead() throws Exception {
        String disabled = YAML.replace("addresses: \"any\"", "enabled: false # until the audit");
        assertThat(yaml(disabled).without("enabled", "true"))
                .isEqualTo(YAML.replace("addresses: \"any\"", "enabled: true # until the audit"));
    }

    @Test
    void yamlPropertiesGoBeforeTheFirstWhereTheLastIsLonger() throws Exception {
        String folded = YAML.replace("addresses: \"any\"", "addresses: >-\n          any");
        assertThat(yaml(folded).with("enabled", "false"))
                .isEqualTo(folded.replace("        certificates", "        enabled: false\n        certificates"));
    }

    @Test
    void windowsLinesAndAMissingLastOneStayAsTheyAre() throws Exception {
        String windows = YAML.replace("\n", "\r\n");
        assertThat(yaml(windows).with("enabled", "false"))
                .isEqualTo(YAML.replace("addresses: \"any\"\n", "addresses: \"any\"\n        enabled: false\n")
                        .replace("\n", "\r\n"));
        String cut = YAML.substring(0, YAML.indexOf("\"any\"") + 5);
        assertThat(yaml(cut).with("enabled", "false")).isEqualTo(cut + "\n        enabled: false");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'certificates: acme.crt' | 'certificates: &pin acme.crt' | line 12: this is not a simple value",
                "'certificates: acme.crt' | 'certificates: !!str acme.crt' | line 12: this is not a simple value",
                "'certificates: acme.crt' | 'certificates: >-\n          acme.crt' | line 12: this is not a simple value",
                "'certificates: acme.crt' | 'certificates: acme.crt,\n          new.crt' | line 12: this is not a simple value",
                "'certificates: acme.crt' | 'certificates: [acme.crt]' | line 12: this is not a simple value",
            })
    void aYamlValueOfAnotherFormIsLeftToAPerson(String simple, String other, String said) {
        assertThatThrownBy(() -> yaml(YAML.replace(simple, other)).with("certificates", "x.crt"))
                .isInstanceOf(UneditableException.class)
                .hasMessageStartingWith("routes/partners/acme.camel.yaml, " + said)
                .hasMessageEndingWith("write there by hand: certificates: x.crt");
    }

    static Stream<String> otherYaml() {
        return Stream.of(
                "- beans: [{name: acme, type: io.countersign.partner.Partner, properties: {certificates: acme.crt}}]\n",
                "- beans:\n    - name: acme\n      properties: {certificates: acme.crt}\n",
                "- beans:\n    - name: acme\n      properties: &p\n        certificates: acme.crt\n",
                "- beans:\n    - name: x\n      properties: &p\n        certificates: a\n    - name: acme\n      properties: *p\n",
                "- beans:\n    - name: acme\n    - name: acme\n",
                "- beans:\n    - name: acme\n      type: io.countersign.partner.Partner\n",
                "- beans:\n    - name: globex\n",
                "- beans: [\n",
                "");
    }

    @ParameterizedTest
    @MethodSource("otherYaml")
    void yamlOfAnotherFormIsLeftToAPerson(String text) {
        assertThatThrownBy(() -> yaml(text)).isInstanceOf(UneditableException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a.crt, b c.crt until 2026-12-01",
                "x: y",
                "it's \"so\" \\ #1",
                "::1",
                "{{x}}",
                "true",
                " x",
                "ä",
                "*"
            })
    void whatIsWrittenIsReadAsItWasMeant(String value) throws Exception {
        for (String quote : new String[] {"\"", "'", ""}) {
            String before = YAML.replace("\"any\"", quote + "any" + quote);
            assertThat(yaml(yaml(before).with("addresses", value)).value("addresses"))
                    .as("%s in %s", value, quote)
                    .contains(value);
        }
        assertThat(xml(xml(XML).with("addresses", value)).value("addresses")).contains(value);
        assertThat(xml(xml(XML).with("url", value)).value("url")).contains(value);
    }

    @Test
    void anXmlValueIsReplacedWhereItStands() throws Exception {
        assertThat(xml(XML).value("certificates")).contains("acme.crt");
        assertThat(xml(XML).value("addresses")).contains("a > b");
        assertThat(xml(XML).with("certificates", "acme.crt, new.crt"))
                .isEqualTo(XML.replace("\"acme.crt\"", "\"acme.crt, new.crt\""));
    }

    @Test
    void anXmlPropertyIsAddedBehindTheOthersAndTakenAway() throws Exception {
        String disabled = xml(XML).with("enabled", "false");
        assertThat(disabled)
                .isEqualTo(XML.replace(
                        "key='addresses'/>\n",
                        "key='addresses'/>\n      <property key=\"enabled\" value=\"false\"/>\n"));
        assertThat(xml(disabled).without("enabled", "true")).isEqualTo(XML);
        String told = disabled.replace(
                "value=\"false\"/>\n    </properties>\n  </bean>\n</beans>",
                "value=\"false\"/> <!-- audit -->\n    </properties>\n  </bean>\n</beans>");
        assertThat(xml(told).without("enabled", "true")).contains("value=\"true\"/> <!-- audit -->");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<beans><bean name=\"acme\"/></beans>",
                "<beans><bean name=\"acme\"><properties><property key=\"a\" value=\"b\"/></properties></bean><bean name=\"acme\"/></beans>",
                "<!DOCTYPE beans [<!ENTITY x \"y\">]><beans><bean name=\"acme\"><properties><property key=\"a\" value=\"&x;\"/></properties></bean></beans>",
            })
    void xmlOfAnotherFormIsLeftToAPerson(String text) {
        assertThatThrownBy(() -> xml(text)).isInstanceOf(UneditableException.class);
    }

    @Test
    void anXmlPropertyOfAnotherFormIsLeftToAPerson() {
        String oneLine =
                "<beans><bean name=\"acme\"><properties><property key=\"a\" value=\"b\"/></properties></bean></beans>";
        assertThatThrownBy(() -> xml(oneLine).with("enabled", "false"))
                .hasMessage(
                        "acme.camel.xml, line 1: the last property is not an element on a line of its own, so it is not"
                                + " changed by a command; write there by hand: <property key=\"enabled\" value=\"false\"/>");
        String nested = XML.replace(
                "<property key=\"certificates\" value=\"acme.crt\"/>",
                "<property key=\"certificates\"><properties><property key=\"enabled\" value=\"x\"/></properties></property>");
        assertThatThrownBy(() -> xml(nested).with("certificates", "x"))
                .hasMessageContaining("line 12: this has no attribute value");
    }

    @Test
    void aFileIsReplacedInOneStepAndKeepsItsPermissions(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("acme.camel.yaml"), "old");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        Path link = Files.createSymbolicLink(folder.resolve("link.camel.yaml"), file);
        TextFile.write(link, "new ä");
        assertThat(link).isSymbolicLink();
        assertThat(file).content(StandardCharsets.UTF_8).isEqualTo("new ä");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r-----");
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).hasSize(2);
        }
    }

    private static PartnerText yaml(String text) throws UneditableException {
        return PartnerText.of("routes/partners/acme.camel.yaml", text, "acme", "enabled", "false");
    }

    private static PartnerText xml(String text) throws UneditableException {
        return PartnerText.of("acme.camel.xml", text, "acme", "enabled", "false");
    }
}
