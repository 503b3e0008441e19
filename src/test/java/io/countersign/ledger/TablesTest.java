package io.countersign.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.countersign.testing.LedgerKind;
import io.countersign.testing.TestLedger;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Flyway is asked where the tables are not those that are known here. */
class TablesTest {
    @TempDir
    private Path folder;

    @Test
    void theNewestIsThatOfTheLastMigration() {
        Flyway all = Flyway.configure()
                .dataSource("jdbc:sqlite:" + folder.resolve("none.db"), "", "")
                .locations("classpath:io/countersign/ledger")
                .load();
        assertThat(Stream.of(all.info().all()).map(MigrationInfo::getVersion).max(MigrationVersion::compareTo))
                .hasValue(MigrationVersion.fromVersion(Tables.NEWEST));
    }

    @ParameterizedTest
    @EnumSource
    void onesThatAreThereAreKnownByTheirVersion(LedgerKind kind) throws Exception {
        try (Ledger ledger = TestLedger.open(kind, folder, "here")) {
            assertThat(ledger.<String>read(Tables::there)).isEqualTo(Tables.NEWEST);
            ledger.commit(connection -> {
                Database.run(connection, "ALTER TABLE ledger_version RENAME COLUMN version TO another");
                return true;
            });
            assertThatThrownBy(() -> ledger.<String>read(Tables::there)).isInstanceOf(LedgerException.class);
            ledger.commit(connection -> {
                Database.run(connection, "ALTER TABLE ledger_version RENAME TO another");
                return true;
            });
            assertThat(ledger.<String>read(Tables::there)).isEmpty();
        }
    }

    @Test
    void versionsAreComparedAsNumbers() {
        assertThat(Tables.isNewer("10")).isTrue();
        assertThat(Tables.isOlder("10")).isFalse();
        assertThat(Tables.isOlder("6.1")).isTrue();
        assertThat(Tables.isNewer("6.1")).isFalse();
        assertThat(Tables.isNewer(Tables.NEWEST)).isFalse();
        assertThat(Tables.isOlder(Tables.NEWEST)).isFalse();
        assertThat(Tables.isNewer("")).isFalse();
        assertThat(Tables.isOlder("")).isFalse();
    }
}
