package io.countersign.receipt;

import io.countersign.refusal.Code;
import io.countersign.refusal.Refusal;
import io.countersign.tls.CompanyIdentity;
import io.countersign.tls.KeyMaterialException;
import io.countersign.transfer.Arrival;
import io.countersign.transfer.Intake;
import io.countersign.transfer.ReceiptFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.stream.IntStream;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;

/**
 * Answers with a receipt in the form that the request would like: JSON, or that signed with the company's key. A signed one
 * is kept beside the other, {@code receipts/PARTNER/ID.p7m}, before it is answered, and is the answer from then on, to the
 * byte.
 *
 * @param signer none where receipts are not signed, whatever a request would like
 */
record ReceiptAnswer(ReceiptFolder kept, @Nullable CompanyIdentity signer) {
    static final String JSON = "application/json";
    static final String SIGNED = "application/pkcs7-mime; smime-type=signed-data; name=\"receipt.p7m\"";

    /** So that two requests at once get the same signature; of all instances, since route files may be loaded anew. */
    private static final Object[] LOCKS =
            IntStream.range(0, 64).mapToObj(i -> new Object()).toArray();

    /** What the request would like; to be asked before the message's headers are removed. */
    static String wish(Exchange exchange) {
        // Since intake the message may have got other headers, from the partner's own route.
        return exchange.getProperty(Arrival.PROPERTY) == null
                ? exchange.getMessage().getHeader("Accept", "", String.class)
                : exchange.getProperty(Intake.ACCEPT, "", String.class);
    }

    /** @throws Refusal where it should be signed and cannot be; the transfer stands, and its sender may ask again */
    void write(Message answer, String wish, String partner, String id, byte[] receipt) throws Refusal {
        if (signer != null && AcceptHeader.prefersSigned(wish)) {
            answer.setBody(signed(signer, partner, id, receipt));
            answer.setHeader(Exchange.CONTENT_TYPE, SIGNED);
        } else {
            answer.setBody(receipt);
            answer.setHeader(Exchange.CONTENT_TYPE, JSON);
        }
    }

    private byte[] signed(CompanyIdentity company, String partner, String id, byte[] receipt) throws Refusal {
        Path file = kept.file(partner, id).resolveSibling(id + ".p7m");
        synchronized (LOCKS[Math.floorMod(file.hashCode(), LOCKS.length)]) {
            try {
                return Files.readAllBytes(file);
            } catch (NoSuchFileException notYet) {
                return sign(company, file, id, receipt);
            } catch (IOException unreadable) {
                throw notNow(id, unreadable);
            }
        }
    }

    private byte[] sign(CompanyIdentity company, Path file, String id, byte[] receipt) throws Refusal {
        try {
            byte[] signed = ReceiptSignature.of(
                    receipt, company.inForce(), Clock.systemUTC().instant());
            kept.durable().write(file, signed);
            return signed;
        } catch (KeyMaterialException | ReceiptException | IOException unusable) {
            throw notNow(id, unusable);
        }
    }

    private static Refusal notNow(String id, Exception why) {
        return new Refusal(
                Code.UNAVAILABLE,
                "What was sent has been received as " + id
                        + ", and its receipt cannot be signed at the moment. Ask again"
                        + " later, under the same Idempotency-Key, or for the receipt alone.",
                "the receipt " + id + " cannot be signed: " + why,
                why);
    }
}
