package io.countersign.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signed libraries without their signatures, so that the JVM takes their classes from an archive. */
class UnsignedCopiesTest {
    @TempDir
    private Path folder;

    private Path libraries;
    private Path copies;

    @BeforeEach
    void oneIsSigned() throws Exception {
        libraries = Files.createDirectory(folder.resolve("lib"));
        copies = Files.createDirectory(folder.resolve("copies"));
        Path signed = Path.of(BouncyCastleProvider.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        Files.copy(signed, libraries.resolve("bcprov.jar"));
        try (JarOutputStream plain =
                new JarOutputStream(Files.newOutputStream(libraries.resolve("plain.jar")), new Manifest())) {
            plain.putNextEntry(new JarEntry("META-INF/services/some.RSA"));
        }
        Files.writeString(libraries.resolve("countersign.jsa"), "no jar");
    }

    @Test
    void holdTheSameWithoutSignatureAndDigests() throws Exception {
        assertThat(UnsignedCopies.make(libraries, copies)).containsExactly(copies.resolve("bcprov.jar"));
        try (JarFile signed = new JarFile(libraries.resolve("bcprov.jar").toFile());
                JarFile copy = new JarFile(copies.resolve("bcprov.jar").toFile())) {
            assertThat(signed.getManifest().getEntries()).hasSizeGreaterThan(1_000);
            assertThat(copy.getManifest().getEntries()).isEmpty();
            assertThat(copy.getManifest().getMainAttributes())
                    .isEqualTo(signed.getManifest().getMainAttributes())
                    .isNotEmpty();
            List<String> left = signed.stream()
                    .map(JarEntry::getName)
                    .filter(name -> copy.getEntry(name) == null)
                    .toList();
            assertThat(left).isNotEmpty().allMatch(name -> name.matches("META-INF/\\w+[.](SF|RSA)"));
            String one = BouncyCastleProvider.class.getName().replace('.', '/') + ".class";
            assertThat(copy.getInputStream(copy.getEntry(one)).readAllBytes())
                    .isEqualTo(signed.getInputStream(signed.getEntry(one)).readAllBytes());
        }
    }

    @Test
    void areOfUseWhereTheJdkTakesCiphersFromThem() throws Exception {
        List<Path> made = UnsignedCopies.make(libraries, copies);
        assertThat(UnsignedCopies.serve(made)).isTrue();
        Path less = copies.resolve("less.jar");
        try (JarFile copy = new JarFile(made.get(0).toFile());
                JarOutputStream out = new JarOutputStream(Files.newOutputStream(less))) {
            for (JarEntry entry : Collections.list(copy.entries())) {
                if (!entry.getName().contains("/symmetric/AES")) {
                    out.putNextEntry(new JarEntry(entry.getName()));
                    copy.getInputStream(entry).transferTo(out);
                }
            }
        }
        assertThat(UnsignedCopies.serve(List.of(less))).isFalse();
    }
}
