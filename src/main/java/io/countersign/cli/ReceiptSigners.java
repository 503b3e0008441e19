package io.countersign.cli;

import io.countersign.partner.PartnerDirectory;
import io.countersign.partner.Partners;
import io.countersign.receipt.KeptReceipt;
import io.countersign.receipt.SignedReceipt;
import io.countersign.refusal.Refusal;
import io.countersign.settings.Problems;
import io.countersign.tls.Authorities;
import io.countersign.tls.Certificates;
import io.countersign.tls.CertificationPath;
import io.countersign.tls.KeyMaterialException;
import io.countersign.tls.PemFile;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Whose signatures count on receipts, as of when they were made and from files alone: ours on those that we gave, the
 * partner's on those that it gave, and on others anyone's whom the trust knows. Fails closed.
 */
final class ReceiptSigners implements AutoCloseable {
    private final Home home;
    private final List<X509Certificate> named;
    private final boolean instead;
    private final List<X509Certificate> own;
    private final List<String> unusable;
    private final PartnerDirectory directory;

    private ReceiptSigners(
            Home home,
            List<X509Certificate> named,
            boolean instead,
            List<X509Certificate> own,
            List<String> unusable,
            PartnerDirectory directory) {
        this.home = home;
        this.named = named;
        this.instead = instead;
        this.own = own;
        this.unusable = unusable;
        this.directory = directory;
    }

    /** @param ca certificates to trust instead of {@code countersign.trust}: authorities', or signers' themselves */
    static ReceiptSigners of(HomeOption option, @Nullable Path ca) throws IOException, KeyMaterialException {
        List<X509Certificate> named = ca == null ? List.of() : PemFile.read(ca).certificates();
        Authorities authorities =
                Authorities.of(named.stream().filter(Certificates::isAuthority).toList());
        Home home = option.openOffline(ca == null ? null : authorities);
        List<String> unusable = new ArrayList<>();
        List<X509Certificate> own = new OwnCertificates(home, unusable)
                .chains().stream().map(chain -> chain.certificates().get(0)).toList();
        PartnerDirectory directory = home.files().read(new Problems()).directory();
        return new ReceiptSigners(home, named, ca != null, own, unusable, directory);
    }

    /**
     * Who has signed a receipt.
     *
     * @throws CertificateException where it is not who it should be, saying why
     */
    String who(KeptReceipt receipt, SignedReceipt signed) throws CertificateException {
        if (named.contains(signed.signer())) {
            return signed.signerName() + ", whom --ca names";
        }
        String partner = receipt.partner();
        return switch (receipt.direction()) {
            case RECEIVED -> us(signed);
            case SENT -> partner(String.valueOf(partner), signed);
            case ELSEWHERE -> anyone(signed);
        };
    }

    /** Ours are those in use, and others of the same name under the trust: they were in use before. */
    private String us(SignedReceipt signed) throws CertificateException {
        X509Certificate signer = signed.signer();
        if (!instead && own.contains(signer)) {
            return "us, " + signed.signerName();
        }
        if (own.stream().noneMatch(each -> each.getSubjectX500Principal().equals(signer.getSubjectX500Principal()))) {
            throw new CertificateException("that is not us: "
                    + (own.isEmpty()
                            ? String.join("; ", unusable)
                            : "our certificate is "
                                    + own.stream().map(Certificates::name).collect(Collectors.joining(", or "))));
        }
        checkPath(signed);
        return "us, " + signed.signerName();
    }

    private String partner(String partner, SignedReceipt signed) throws CertificateException {
        if (instead && directory.partner(partner) == null) {
            checkPath(signed);
            return signed.signerName() + ", under --ca; partner " + partner
                    + " is described by no file that can be used";
        }
        then(signed).checkSigner(partner, signed.shown());
        return "partner " + partner + ", " + signed.signerName();
    }

    private String anyone(SignedReceipt signed) throws CertificateException {
        if (!instead && own.contains(signed.signer())) {
            return "us, " + signed.signerName();
        }
        if (!instead) {
            try {
                return "partner " + then(signed).identify(signed.shown()).id() + ", " + signed.signerName();
            } catch (Refusal notAPartner) {
                // Then it must at least be somebody whom the trust knows.
            }
        }
        checkPath(signed);
        return signed.signerName() + ", under " + (instead ? "--ca" : "countersign.trust");
    }

    private void checkPath(SignedReceipt signed) throws CertificateException {
        try {
            CertificationPath.ofSigner(signed.shown(), home.trust(), signed.signedAt());
        } catch (IllegalArgumentException malformed) {
            throw new CertificateException(malformed.getMessage(), malformed);
        }
    }

    /** The partners as their files describe them now, when the receipt was signed. */
    private Partners then(SignedReceipt signed) {
        Partners partners = new Partners(Clock.fixed(signed.signedAt(), ZoneOffset.UTC));
        partners.use(directory);
        return partners;
    }

    @Override
    public void close() throws IOException {
        home.close();
    }
}
