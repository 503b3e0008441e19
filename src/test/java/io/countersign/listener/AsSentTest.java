package io.countersign.listener;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AsSentTest {
    private final AsSent asSent = new AsSent();

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            CamelHttpUri                        | 'CamelHttpUri' is Camel's own
            Accept, camelfilename               | 'camelfilename' is Camel's own
            org.apache.camel.x                  | 'org.apache.camel.x' is Camel's own
            Client-Cert                         | 'Client-Cert' is for admission alone
            Accept, client-cert                 | 'client-cert' is for admission alone
            CLIENT-CERT-CHAIN, Accept           | 'CLIENT-CERT-CHAIN' is for admission alone
            """)
    void whatMeansSomethingToUsIsNotLetIn(String headers, String reason) {
        assertThatThrownBy(() -> asSent.setHeaders(headers))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason)
                .hasMessageEndingWith("cannot be let in");
    }

    @Test
    void otherHeadersAre() {
        assertThatCode(() -> asSent.setHeaders("Accept, X-Client-Cert, Content-Type"))
                .doesNotThrowAnyException();
    }
}
