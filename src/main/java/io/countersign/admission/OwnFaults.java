package io.countersign.admission;

import io.countersign.tls.Certificates;
import io.countersign.tls.Strength;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What a caller can see of its own certificates by itself, and should look at when they are not accepted. Nothing here asks
 * what is trusted or who is known, so that the caller may read all of it.
 */
final class OwnFaults {
    private OwnFaults() {}

    static List<String> of(List<X509Certificate> shown, Instant now) {
        X509Certificate leaf = shown.get(0);
        List<String> faults = new ArrayList<>();
        add(faults, () -> Certificates.checkDates(leaf, now), "; it is " + now + " here");
        add(faults, () -> Strength.check(leaf), "");
        add(faults, () -> purpose(leaf), "");
        for (X509Certificate above : shown.subList(1, shown.size())) {
            add(faults, () -> Certificates.checkDates(above, now), "");
            add(faults, () -> Strength.check(above), "");
        }
        if (Certificates.isSelfSigned(leaf)) {
            faults.add("It is self-signed: whoever runs this service has to have the certificate itself.");
        } else if (shown.size() == 1) {
            faults.add("No other certificate was shown with it. If an intermediate authority has issued it, show the"
                    + " certificate of that, too (RFC 8446, 4.4.2).");
        } else if (!issuedByNext(shown)) {
            faults.add("The certificates are not in order: each should be issued by the next (RFC 8446, 4.4.2).");
        }
        return faults;
    }

    private interface Check {
        void run() throws CertificateException;
    }

    private static void add(List<String> faults, Check check, String more) {
        try {
            check.run();
        } catch (CertificateException wrong) {
            String text = String.valueOf(wrong.getMessage());
            faults.add(Character.toUpperCase(text.charAt(0)) + text.substring(1) + more + ".");
        }
    }

    private static void purpose(X509Certificate leaf) throws CertificateException {
        if (!Certificates.allowsClientAuthentication(leaf)) {
            throw new CertificateException("certificate " + Certificates.name(leaf)
                    + " is not for TLS clients: its purposes lack clientAuth, or its key usage digitalSignature");
        }
    }

    private static boolean issuedByNext(List<X509Certificate> shown) {
        for (int i = 0; i + 1 < shown.size(); i++) {
            if (!Certificates.isSignedBy(shown.get(i), shown.get(i + 1).getPublicKey())) {
                return false;
            }
        }
        return true;
    }
}
