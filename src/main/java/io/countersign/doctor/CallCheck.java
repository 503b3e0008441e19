package io.countersign.doctor;

import io.countersign.doctor.Finding.Mark;
import io.countersign.tls.CallerTls;
import io.countersign.tls.Certificates;
import io.countersign.tls.ListenerTls;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Plays a call step by step, on the terms of sending, up to the first failure that makes the rest meaningless. The server
 * sees several connections, of which the last three at most bring a request, a {@code GET}. Where something about the server
 * is not as the terms want it, it gets neither our certificate nor a request.
 */
public final class CallCheck {
    private final Call call;
    private final Lookup lookup;
    private final Patience patience;
    private final Consumer<Finding> told;
    private final CallerTls tls;
    private boolean well = true;

    /** Where hosts are, as calls look them up. */
    public interface Lookup {
        InetAddress[] resolve(String host) throws UnknownHostException;
    }

    /** @param told gets each step's finding as soon as it has ended */
    public CallCheck(Call call, Lookup lookup, Patience patience, Consumer<Finding> told) {
        this.call = call;
        this.lookup = lookup;
        this.patience = patience;
        this.told = told;
        this.tls = call.terms().tls();
    }

    /** @return whether nothing has failed */
    public boolean run() {
        tell(terms());
        Reach reach = new Reach(call, patience);
        if (tell(reach.name(lookup)) && tell(reach.connect())) {
            handshakes(reach.reached());
        }
        return well;
    }

    private Finding terms() {
        return Finding.ok(
                        "terms",
                        (call.partner() == null ? "the company's, " : "those of partner " + call.partner() + ", ")
                                + call.url())
                .with(List.of(
                        "we show " + tls.identity().described(),
                        "trusted: " + call.trustedBy()
                                + (tls.verifyHost() ? "" : "; the host's name is not verified (verifyHost: false)")));
    }

    private void handshakes(Network network) {
        List<Look> looks = ListenerTls.PROTOCOLS.stream()
                .map(version -> Look.at(network, call.host(), call.port(), version))
                .toList();
        List<Look> working = looks.stream().filter(Look::worked).toList();
        if (working.isEmpty()) {
            tell(Finding.failed("TLS", "neither 1.3 nor 1.2", new NoHandshake(network, call.host()).cause(looks)));
            return;
        }
        looks.forEach(look -> tell(
                look.worked()
                        ? Finding.ok(look.version(), look.suite())
                        : Finding.none(
                                look.version(),
                                "not spoken"
                                        + Optional.ofNullable(look.failure())
                                                .map(failure -> ": " + failure.getMessage())
                                                .orElse("")
                                        + "; one of the two is enough")));
        server(network, working);
    }

    private void server(Network network, List<Look> looks) {
        Look first = looks.get(0);
        ServerCheck server = new ServerCheck(call, first);
        if (!tell(server.chain()) || !tell(server.host()) || !tell(server.revocation())) {
            return;
        }
        if (looks.stream().anyMatch(look -> !look.chain().equals(first.chain()))) {
            tell(Finding.warning(
                    "server's chain",
                    "differs between versions",
                    new Cause(
                            "the server shows other certificates under TLS 1.2 than under TLS 1.3: "
                                    + looks.stream()
                                            .map(look -> Certificates.fingerprint(
                                                    look.chain().get(0)))
                                            .collect(Collectors.joining(", ")),
                            "the partner looks whether there are several servers behind this address, of which one is set"
                                    + " up otherwise")));
        }
        Finding asked = new AskedFor(call, first).judge(tls.clock().instant());
        if (tell(asked)) {
            Cause unlisted = asked.mark() == Mark.WARNING && first.request() != null
                    ? new Cause(asked.wrong(), asked.remedy())
                    : null;
            ours(network, looks, unlisted);
        }
    }

    private void ours(Network network, List<Look> looks, @Nullable Cause unlisted) {
        Request request = new Request(call, network);
        List<Finding> taken = new ArrayList<>();
        for (int i = 0; i < looks.size(); i++) {
            Look look = looks.get(i);
            Request.Result result = request.stands(look.version().replace("TLS ", "TLSv"));
            Finding finding = new Acceptance(call, look, unlisted).judge(result, i == 0);
            taken.add(finding);
            tell(finding);
        }
        if (taken.stream().noneMatch(Finding::isFailure)) {
            AnswerCheck check = new AnswerCheck(call, patience);
            Request.Result result = request.answer(ListenerTls.PROTOCOLS);
            tell(check.judge(result));
            check.clock(result.answer(), tls.clock().instant()).ifPresent(this::tell);
        }
    }

    /** @return whether it goes on */
    private boolean tell(Finding finding) {
        told.accept(finding);
        well &= !finding.isFailure();
        return !finding.isFailure();
    }
}
