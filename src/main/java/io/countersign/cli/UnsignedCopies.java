package io.countersign.cli;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.crypto.Cipher;

/**
 * Copies of the signed libraries of an installation, without their signatures. The JVM takes no class of a signed jar from an
 * archive, and to check it costs a sixth of a start; for {@code bin/share-classes}, which says where they are used.
 */
public final class UnsignedCopies {
    private UnsignedCopies() {}

    /**
     * Ends with exit code 1 where this JDK demands the signatures of providers of cryptography, as Oracle's does (JCE provider
     * code signing).
     *
     * @param arguments the folder of the libraries, and the one to make
     */
    public static void main(String[] arguments) throws IOException, ReflectiveOperationException {
        Path copies = Files.createDirectories(Path.of(arguments[1]));
        if (!serve(make(Path.of(arguments[0]), copies))) {
            System.exit(1);
        }
    }

    /** @return those that were made */
    static List<Path> make(Path libraries, Path copies) throws IOException {
        List<Path> made = new ArrayList<>();
        try (Stream<Path> files = Files.list(libraries)) {
            for (Path jar :
                    files.filter(file -> file.toString().endsWith(".jar")).toList()) {
                Path copy = copies.resolve(jar.getFileName());
                if (copy(jar, copy)) {
                    made.add(copy);
                }
            }
        }
        return made;
    }

    /** @return false, and there is none, where the jar has no signature */
    public static boolean copy(Path jar, Path copy) throws IOException {
        try (JarFile signed = new JarFile(jar.toFile(), false)) {
            if (signed.stream().noneMatch(UnsignedCopies::isSignature)) {
                return false;
            }
            Manifest manifest = signed.getManifest();
            manifest.getEntries().clear(); // they are the entries' digests
            try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(copy), manifest)) {
                for (JarEntry entry : Collections.list(signed.entries())) {
                    if (!isSignature(entry) && !entry.getName().equals(JarFile.MANIFEST_NAME)) {
                        out.putNextEntry(new JarEntry(entry.getName()));
                        signed.getInputStream(entry).transferTo(out);
                    }
                }
            }
            return true;
        }
    }

    private static boolean isSignature(JarEntry entry) {
        return entry.getName().toUpperCase(Locale.ROOT).matches("META-INF/[^/]+[.](SF|RSA|DSA|EC)");
    }

    /** Whether this JDK takes a cipher from a provider that is in one of them. */
    static boolean serve(List<Path> copies) throws IOException, ReflectiveOperationException {
        URL[] urls = new URL[copies.size()];
        for (int i = 0; i < urls.length; i++) {
            urls[i] = copies.get(i).toUri().toURL();
        }
        try (URLClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
            Class<?> provider = loader.loadClass("org.bouncycastle.jce.provider.BouncyCastleProvider");
            Cipher.getInstance("AES/GCM/NoPadding", (Provider)
                    provider.getDeclaredConstructor().newInstance());
            return true;
        } catch (GeneralSecurityException | SecurityException demanded) {
            return false;
        }
    }
}
