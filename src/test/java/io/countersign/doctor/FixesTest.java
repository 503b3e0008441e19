package io.countersign.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.doctor.Finding.Mark;
import io.countersign.version.Advisory;
import io.countersign.version.Release;
import io.countersign.version.Standing;
import io.countersign.version.Standing.Known;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What {@code countersign doctor} says of old versions, and what to do. */
class FixesTest {
    private static final Release JAVA = Release.of("17.0.9");

    private static Advisory advisory(String artifact, String id, String here) {
        return new Advisory(List.of(artifact), List.of(id), List.of(), "17.0.15", "doors stay open", here, "", "");
    }

    private static Known known(String name, String artifact, String id, String here) {
        return new Known(name, JAVA, advisory(artifact, id, here));
    }

    @Test
    void anOldJdkIsAWarningThatSaysWhichToInstall() {
        Finding java =
                fixes(Set.of(), known("JDK", Advisory.JDK, "CVE-0000-1", "")).java();
        assertThat(java.mark()).isEqualTo(Mark.WARNING);
        assertThat(java.seen()).isEqualTo("17.0.9");
        assertThat(java.wrong()).isEqualTo("CVE-0000-1 (doors stay open); fixed: 17.0.15");
        assertThat(java.remedy()).isEqualTo("we install JDK 17.0.15");
        assertThat(fixes(Set.of(), known("JDK", Advisory.JDK, "CVE-0000-1", ""))
                        .libraries()
                        .mark())
                .isEqualTo(Mark.OK);
    }

    @Test
    void anOldLibraryIsAWarningAndOneThatDoesNoHarmIsNot() {
        Finding old = fixes(
                        Set.of("org.example:odd"),
                        known("a", "g:a", "CVE-0000-1", ""),
                        known("b", "g:b", "CVE-0000-2", "not affected because it is not used"))
                .libraries();
        assertThat(old.mark()).isEqualTo(Mark.WARNING);
        assertThat(old.seen()).isEqualTo("7 compared with known vulnerabilities; does no harm here: CVE-0000-2");
        assertThat(old.wrong()).isEqualTo("a 17.0.9: CVE-0000-1 (doors stay open); fixed: 17.0.15");
        assertThat(old.remedy()).startsWith("we install a newer Countersign");
        assertThat(old.details()).containsExactly("versions unknown: org.example:odd");
        Finding well = fixes(Set.of(), known("b", "g:b", "CVE-0000-2", "mitigated by a door"))
                .libraries();
        assertThat(well.mark()).isEqualTo(Mark.OK);
        assertThat(well.details()).isEmpty();
    }

    @Test
    void aNewJdkIsWell() {
        assertThat(fixes(Set.of()).java().mark()).isEqualTo(Mark.OK);
    }

    private static Fixes fixes(Set<String> unknown, Known... known) {
        return new Fixes(new Standing(JAVA, List.of(known), unknown, 7));
    }
}
