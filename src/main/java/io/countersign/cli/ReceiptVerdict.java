package io.countersign.cli;

import io.countersign.receipt.KeptReceipt;
import io.countersign.receipt.KeptReceipt.Content;
import io.countersign.receipt.ReceiptException;
import io.countersign.receipt.SignedReceipt;
import io.countersign.receipt.StatedReceipt;
import io.countersign.settings.Problems;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came of verifying a receipt.
 *
 * @param words what was found, for people; where something is wrong, only that
 */
record ReceiptVerdict(Standing standing, String words) {
    private static final int BUFFER = 64 * 1024;

    enum Standing {
        /** Signed by whom it should be, and not for another payload than the one that is there. */
        GOOD,
        /** Nobody has signed it; its payload is there, and is the one that it names. */
        UNSIGNED,
        /** Nobody has signed it, and its payload is not there. */
        UNPROVEN,
        WRONG
    }

    /** @param given the payload to compare with; without it, the one that is still where it was put */
    static ReceiptVerdict of(KeptReceipt receipt, @Nullable Path given, ReceiptSigners signers) {
        List<String> right = new ArrayList<>();
        List<String> wrong = new ArrayList<>();
        try {
            Content content = receipt.read();
            SignedReceipt signature = content.signature();
            if (signature == null) {
                right.add("nobody has signed it");
            } else {
                checkSigner(receipt, signature, signers, right, wrong);
            }
            Path payload = given != null ? given : receipt.payload(content.stated());
            if (payload == null) {
                right.add("its payload is not here to be compared");
            } else {
                compare(content.stated(), payload, right, wrong);
            }
            Standing standing =
                    signature != null ? Standing.GOOD : payload == null ? Standing.UNPROVEN : Standing.UNSIGNED;
            return wrong.isEmpty()
                    ? new ReceiptVerdict(standing, String.join("; ", right))
                    : new ReceiptVerdict(Standing.WRONG, String.join("; ", wrong));
        } catch (ReceiptException | IOException unusable) {
            return new ReceiptVerdict(Standing.WRONG, why(unusable));
        }
    }

    private static void checkSigner(
            KeptReceipt receipt,
            SignedReceipt signature,
            ReceiptSigners signers,
            List<String> right,
            List<String> wrong) {
        try {
            right.add("signed by " + signers.who(receipt, signature) + ", on " + signature.signedAt());
        } catch (CertificateException notIts) {
            wrong.add("it is signed by " + signature.signerName() + ", on " + signature.signedAt() + ": "
                    + notIts.getMessage());
        }
    }

    private static void compare(StatedReceipt stated, Path payload, List<String> right, List<String> wrong)
            throws IOException {
        long size = Files.size(payload);
        String sha256 = sha256(payload);
        if (stated.isFor(size, sha256)) {
            right.add("its payload " + payload + " has its size and digest");
        } else {
            wrong.add("it is for " + stated.size() + " bytes with the SHA-256 " + stated.sha256() + ", and " + payload
                    + " has " + size + " bytes with the SHA-256 " + sha256);
        }
    }

    private static String sha256(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[BUFFER];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException(missing);
        }
    }

    /** What is told of a receipt is more than its innermost cause. */
    static String why(Exception wrong) {
        return wrong instanceof ReceiptException ? String.valueOf(wrong.getMessage()) : Problems.reason(wrong);
    }
}
