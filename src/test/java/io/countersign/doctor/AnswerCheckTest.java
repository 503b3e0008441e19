package io.countersign.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.address.AllowedAddresses;
import io.countersign.doctor.Finding.Mark;
import io.countersign.partner.CallTerms;
import io.countersign.testing.Certified;
import io.countersign.testing.Issue;
import io.countersign.tls.Authorities;
import io.countersign.tls.CallerTls;
import io.countersign.tls.Identity;
import io.countersign.tls.ServerTrust;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever a server answers, it is explained. */
class AnswerCheckTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final AnswerCheck check = new AnswerCheck(call(), new Patience(SECOND, SECOND, SECOND, SECOND));

    @ParameterizedTest
    @CsvSource({"title, 60000", "title, 10000", "detail, 10000", "instance, 10000", "type, 10000", "partner, 10000"})
    void arraysWithinArraysAreNoWords(String name, int deep) {
        String nested = "{\"" + name + "\":" + "[".repeat(deep / 2) + "]".repeat(deep / 2) + "}";
        for (String body : List.of(nested, "{\"" + name + "\":" + "[".repeat(deep))) {
            Finding finding = check.judge(problem(500, body));
            assertThat(finding.mark()).isEqualTo(Mark.FAILED);
            assertThat(finding.wrong()).isEqualTo("the server has trouble of its own (500)");
            assertThat(finding.details()).isEmpty();
            assertThat(check.judge(problem(200, body)).details()).isEmpty();
        }
    }

    @Test
    void onlyWhatIsTextCounts() {
        Finding finding = check.judge(
                problem(
                        500,
                        "{\"type\":\"urn:countersign:problem:unavailable\",\"title\":7,\"detail\":[1],\"instance\":\"urn:1\"}"));
        assertThat(finding.wrong()).isEqualTo("the server refuses us: unavailable");
        assertThat(finding.details()).containsExactly("instance: urn:1");
    }

    private static Request.Result problem(int status, String body) {
        return new Request.Result(
                "TLSv1.3", new HttpAnswer(status, Map.of("Content-Type", "application/problem+json"), body), null);
    }

    private static Call call() {
        Certified ours = Issue.to("CN=company").selfSigned();
        return new Call(
                "acme",
                URI.create("https://localhost/exchange"),
                new CallTerms(
                        new CallerTls(
                                new Identity(ours.keys().getPrivate(), ours.chain()),
                                new ServerTrust(Set.of(), Authorities.of(List.of())),
                                true,
                                (path, stapled) -> {},
                                Clock.systemUTC()),
                        AllowedAddresses.ANYWHERE),
                "the serverTrust of partner acme",
                List.of());
    }
}
