package io.countersign.revocation;

import io.countersign.text.OneLine;
import io.countersign.tls.Authorities;
import io.countersign.tls.Authorities.Authority;
import io.countersign.tls.KeyMaterialException;
import io.countersign.tls.PemFile;
import java.nio.file.Path;
import java.security.cert.CRLException;
import java.security.cert.X509CRL;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.security.auth.x500.X500Principal;

/** The revocation lists that stand in files, at one moment. Immutable. */
public final class RevocationLists {
    private static final RevocationLists NONE = new RevocationLists(List.of());

    private final List<RevocationList> all;
    private final Map<X500Principal, List<RevocationList>> byIssuer;

    private RevocationLists(List<RevocationList> all) {
        this.all = List.copyOf(all);
        this.byIssuer = all.stream().collect(Collectors.groupingBy(RevocationList::issuer));
    }

    public static RevocationLists none() {
        return NONE;
    }

    /**
     * Reads the lists of a PEM or DER file, or of every file of a folder whose authorities {@link Authorities#read} reads,
     * {@code .crl} files included. There may be none.
     *
     * @throws KeyMaterialException where a file cannot be read, or holds a list that cannot be used: a delta or indirect
     *     one, one with critical extensions that are not known, or one that is not valid yet
     */
    public static RevocationLists read(Path fileOrFolder) throws KeyMaterialException {
        List<RevocationList> lists = new ArrayList<>();
        for (Path file : Authorities.files(fileOrFolder)) {
            for (X509CRL list : PemFile.read(file).revocationLists()) {
                try {
                    lists.add(begun(RevocationList.of(file.toString(), list), Instant.now()));
                } catch (CRLException unusable) {
                    throw new KeyMaterialException(file, String.valueOf(unusable.getMessage()), unusable);
                }
            }
        }
        return lists.isEmpty() ? NONE : new RevocationLists(lists);
    }

    /** One of the future would prove nothing good, so that everybody whom its authority has certified were refused. */
    private static RevocationList begun(RevocationList list, Instant now) throws CRLException {
        if (list.thisUpdate().isAfter(now.plus(RevocationList.ALLOWANCE))) {
            throw new CRLException("holds a revocation list of '"
                    + OneLine.printable(list.issuer().getName()) + "' that is not valid before "
                    + list.thisUpdate() + "; accepted: lists whose thisUpdate has come, or comes within "
                    + RevocationList.ALLOWANCE.toMinutes() + " minutes");
        }
        return list;
    }

    /** All of them, for a view of their dates; whether the signature of one holds is not known before it is needed. */
    public List<RevocationList> lists() {
        return all;
    }

    /** Those that the authority has signed. */
    List<RevocationList> of(Authority issuer) {
        List<RevocationList> named = byIssuer.getOrDefault(issuer.name(), List.of());
        return named.isEmpty()
                ? named
                : named.stream().filter(list -> list.isSignedBy(issuer)).toList();
    }
}
