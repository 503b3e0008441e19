package io.countersign.cli;

import io.countersign.tls.CertificateRequest;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code countersign certs request}. */
@Command(
        name = "request",
        mixinStandardHelpOptions = true,
        description =
                "Makes a private key, and the request (PKCS#10) with which an authority issues a certificate for it,"
                        + " good for both sides of TLS and for signing receipts.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:both files were written", "1:nothing was written; why was printed", "2:wrong usage"})
final class RequestCertificate implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--subject",
            required = true,
            description = "RFC 4514, such as 'CN=edi.acme.example, O=Acme, C=DE'.")
    private String subject = "";

    @Option(names = "--dns", paramLabel = "NAME", description = "A host name; as many as there are.")
    private List<String> dns = new ArrayList<>();

    @Option(names = "--ip", paramLabel = "ADDRESS", description = "An IP address; as many as there are.")
    private List<String> ip = new ArrayList<>();

    @Option(names = "--uri", paramLabel = "URI", description = "A URI; as many as there are.")
    private List<String> uri = new ArrayList<>();

    @Option(names = "--email", paramLabel = "ADDRESS", description = "An e-mail address; as many as there are.")
    private List<String> email = new ArrayList<>();

    @Option(names = "--key-type", paramLabel = "ec|rsa", description = "P-256 (default), or RSA with 3072 bits.")
    private CertificateRequest.Kind kind = CertificateRequest.Kind.EC;

    @Option(
            names = "--out",
            paramLabel = "DIR|BASENAME",
            required = true,
            description =
                    "BASENAME.key and BASENAME.csr are written; in a folder that exists, they are called company.")
    private Path out = Path.of("");

    @Override
    public Integer call() throws GeneralSecurityException, IOException {
        PrintWriter print = spec.commandLine().getOut();
        Path base = Files.isDirectory(out) ? out.resolve("company") : out;
        Path key = base.resolveSibling(base.getFileName() + ".key");
        Path csr = base.resolveSibling(base.getFileName() + ".csr");
        KeyPair keys;
        String text;
        try {
            CertificateRequest request = new CertificateRequest(subject);
            dns.forEach(request::dns);
            ip.forEach(request::ip);
            uri.forEach(request::uri);
            email.forEach(request::email);
            keys = CertificateRequest.newKeys(kind);
            text = request.pem(keys);
            Path folder = base.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
        } catch (IllegalArgumentException wrong) {
            spec.commandLine().getErr().println(wrong.getMessage());
            return 1;
        }
        try {
            if (Files.exists(csr)) {
                throw new FileAlreadyExistsException(csr.toString());
            }
            create(key, CertificateRequest.keyPem(keys), "rw-------");
            create(csr, text, "rw-r--r--");
            print.println("wrote " + key + " (the private key: it stays here, readable by you alone) and " + csr);
            print.println("key pin: " + CertificateFacts.keyPin(keys.getPublic()));
            next(print, base, key, csr);
            return 0;
        } catch (FileAlreadyExistsException there) {
            spec.commandLine()
                    .getErr()
                    .println(there.getFile() + " is there already, and is never replaced; nothing was written");
            return 1;
        }
    }

    private static void next(PrintWriter print, Path base, Path key, Path csr) {
        Path certificate = base.resolveSibling(base.getFileName() + ".crt");
        print.println("next:");
        print.println("  1. send " + csr
                + " to the authority, and ask for the purposes TLS client, TLS server and e-mail protection (which signed"
                + " receipts need)");
        print.println("  2. put what comes back, and behind it the authorities above it but for the root, into "
                + certificate + ", and look at it: countersign certs show " + certificate);
        print.println("  3. give it to the partners, who pin it next to the one in use");
        print.println("  4. set countersign.certificate = " + certificate + " and countersign.key = " + key);
    }

    /** Never open to others, not even for a moment. */
    private static void create(Path file, String text, String permissions) throws IOException {
        FileAttribute<?>[] attributes =
                FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                        ? new FileAttribute<?>[] {
                            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                        }
                        : new FileAttribute<?>[0];
        try (SeekableByteChannel channel = Files.newByteChannel(
                file, Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW), attributes)) {
            ByteBuffer rest = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
        }
    }
}
