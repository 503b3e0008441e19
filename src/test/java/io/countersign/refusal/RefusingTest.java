package io.countersign.refusal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which answer a failure gets. */
class RefusingTest {
    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(new IOException("No space left on device"), 507),
                Arguments.of(new FileSystemException("order", null, "Disk quota exceeded"), 507),
                Arguments.of(new FileSystemException("no space left", null, "Not a directory"), 503),
                Arguments.of(new IllegalStateException("Cannot store file: inbox/acme/no space left"), 503));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void onlyAFullDiskIsStorageFull(Exception failure, int status) throws Exception {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            Exchange exchange = new DefaultExchange(context);
            exchange.setException(failure);
            Refusing refusing = new Refusing();
            refusing.setRefusals(new Refusals());
            refusing.process(exchange);

            assertThat(exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE))
                    .isEqualTo(status);
        }
    }
}
