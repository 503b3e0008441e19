package io.countersign.send;

import io.countersign.partner.Partners;
import io.countersign.receipt.ReceiptException;
import io.countersign.receipt.SignedReceipt;
import io.countersign.receipt.StatedReceipt;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whether the receipt in a partner's answer is for what was sent and, where it is signed, by the partner. An answer without
 * a receipt may be any; one that says that it is signed must be that.
 */
final class ReceiptCheck {
    private ReceiptCheck() {}

    /**
     * @param partners by whom it may be signed
     * @return the answer with its signature read, where it has one
     */
    static Answer check(Answer answer, @Nullable Partners partners) throws Failed {
        if (!answer.isSigned()) {
            checkStated(answer);
            return answer;
        }
        Answer read = answer;
        try {
            SignedReceipt signed = answer.read();
            read = answer.signed(signed);
            if (read.receipt() == null) {
                throw mismatch(read, "what is signed is not a receipt");
            }
            checkStated(read);
            signed.checkSigner(
                    answer.sent().pending().partner(), Objects.requireNonNull(partners, "partners is not set"));
            return read;
        } catch (ReceiptException untrusted) {
            throw new Failed(
                    untrusted.isPassing() ? FailureCode.REVOCATION_UNKNOWN : FailureCode.RECEIPT_UNTRUSTED,
                    "the partner answered " + answer.status() + " with a signed receipt that counts for nothing: "
                            + untrusted.getMessage(),
                    null,
                    read);
        }
    }

    private static void checkStated(Answer answer) throws Failed {
        StatedReceipt receipt = answer.receipt();
        Attempt.Sent sent = answer.sent();
        List<String> differences =
                receipt == null ? List.of() : receipt.differences(sent.name(), sent.size(), sent.sha256());
        if (!differences.isEmpty()) {
            throw mismatch(answer, String.join("; ", differences));
        }
    }

    private static Failed mismatch(Answer answer, String how) {
        return new Failed(
                FailureCode.RECEIPT_MISMATCH,
                "the partner answered " + answer.status() + " with a receipt for something else: " + how,
                null,
                answer);
    }
}
