package io.countersign.admission;

import io.countersign.refusal.Refusal;
import io.countersign.refusal.Shown;
import io.countersign.tls.Certificates;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Preflight} tells a caller, in both forms.
 *
 * @param partner as whom it would be admitted; none where it would not
 * @param refusal why it would not
 * @param problem its problem document
 * @param faults what is wrong with its own certificates
 */
record Verdict(
        @Nullable String partner,
        @Nullable Refusal refusal,
        @Nullable String problem,
        List<String> faults,
        Shown shown,
        String address) {
    String json() {
        JsonObject json = new JsonObject();
        json.put("admitted", partner != null);
        json.put("partner", partner);
        json.put("address", address);
        json.put("tls", shown.tls());
        json.put("certificate", shown.certificates().isEmpty() ? null : certificate());
        json.put("certificatesShown", shown.certificates().size());
        if (problem != null) {
            json.put("problem", Jsoner.deserialize(problem, new JsonObject()));
            json.put("faults", new JsonArray(faults));
        }
        return json.toJson() + "\n";
    }

    private JsonObject certificate() {
        X509Certificate own = shown.certificates().get(0);
        JsonObject json = new JsonObject();
        json.put("fingerprint", Certificates.fingerprint(own));
        json.put("subject", own.getSubjectX500Principal().getName());
        json.put("issuer", own.getIssuerX500Principal().getName());
        json.put("notBefore", own.getNotBefore().toInstant().toString());
        json.put("notAfter", own.getNotAfter().toInstant().toString());
        return json;
    }

    String text() {
        StringBuilder text = new StringBuilder();
        if (partner != null) {
            line(text, "You would be admitted, as " + partner + ".");
        } else {
            Refusal why = Objects.requireNonNull(refusal);
            line(text, "You would not be admitted: " + why.code() + ". " + why.detail());
            faults.forEach(fault -> line(text, "  " + fault));
        }
        line(text, "");
        line(text, "address      " + address);
        line(text, "TLS          " + shown.tls());
        if (shown.certificates().isEmpty()) {
            line(text, "certificate  none");
        } else {
            X509Certificate own = shown.certificates().get(0);
            line(text, "certificate  " + Certificates.name(own));
            line(text, "  issued by  " + Certificates.name(own.getIssuerX500Principal()));
            line(
                    text,
                    "  valid      " + own.getNotBefore().toInstant() + " to "
                            + own.getNotAfter().toInstant());
            line(text, "  SHA-256    " + Certificates.fingerprint(own));
            line(text, "  shown with " + (shown.certificates().size() - 1) + " more");
        }
        if (problem != null) {
            line(
                    text,
                    "asked as     "
                            + Jsoner.deserialize(problem, new JsonObject()).getString("instance"));
        }
        return text.toString();
    }

    private static void line(StringBuilder text, String line) {
        text.append(line).append('\n');
    }
}
